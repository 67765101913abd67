"""Rules on groups of units and their weights."""

import numpy as np
import pandas as pd

from analysis.study.published import listed_units, units_among
from analysis.study.rules.engine import Draft, needs


@needs("units", "applicability", "group_weights")
def _groups_are_of_units(draft: Draft):
    units = draft.frames["units"]
    for name in ("applicability", "group_weights"):
        strange = [
            not all(units_among(units, one).any() for one in listed_units(text) or [text])
            for text in draft.frames[name]["among"]
        ]
        yield from draft.at(
            name,
            strange,
            "among",
            "it names a unit, or a column and a value, that units.csv does not hold",
            "write a column of units.csv and its value, or unit_ids joined by ;",
        )


@needs("units", "group_weights", "criteria", "recommendations")
def _group_weights_are_of_nodes(draft: Draft):
    frame, units = draft.frames["group_weights"], draft.frames["units"]
    parent = {}
    for name, key, above in (
        ("recommendations", "recommendation_id", "parent_id"),
        ("criteria", "criterion_id", "recommendation_id"),
    ):
        rows = draft.frames[name]
        if name == "criteria":
            rows = rows[rows["scored"] == "yes"]
            twice = set(parent) & set(rows[key])
        parent |= dict(zip(rows[key], rows[above], strict=True))
    yield from draft.at(
        "group_weights",
        ~frame["node_id"].isin(parent),
        "node_id",
        "it is no recommendation, finding or group, and no criterion that is scored",
        "name one by its id",
    )
    yield from draft.at(
        "group_weights",
        frame["node_id"].isin(twice),
        "node_id",
        "a criterion and a recommendation have this id, and it does not say which is meant",
        "give one of the two another id",
    )
    own: dict[str, list[dict]] = {}  # by node: for each row, its weight by unit
    again = np.zeros(len(frame), dtype=bool)
    for place, (node, among, weight) in enumerate(
        zip(frame["node_id"], frame["among"], frame["weight"], strict=True)
    ):
        among = dict.fromkeys(units.loc[units_among(units, among), "unit_id"], weight)
        again[place] = any(not among.keys().isdisjoint(one) for one in own.get(node, []))
        own.setdefault(node, []).append(among)
    yield from draft.at(
        "group_weights",
        again,
        "among",
        "an earlier row gives {node_id} a weight for one of these units",
        "let each unit have one weight",
    )
    raw = {
        name: weight
        for table, key in (("recommendations", "recommendation_id"), ("criteria", "criterion_id"))
        for name, weight in zip(
            draft.frames[table][key], draft.frames[table]["weight"], strict=True
        )
    }

    def weighs(node: str, unit: str) -> bool:
        weight = next((one[unit] for one in own.get(node, []) if unit in one), raw[node])
        return pd.to_numeric(weight, errors="coerce") != 0

    siblings: dict[str, list[str]] = {}
    for node, above in parent.items():
        siblings.setdefault(above, []).append(node)
    empty = [
        node in parent
        and any(
            not any(weighs(one, unit) for one in siblings[parent[node]])
            for unit in units.loc[units_among(units, among), "unit_id"]
        )
        for node, among in zip(frame["node_id"], frame["among"], strict=True)
    ]
    yield from draft.at(
        "group_weights",
        empty,
        "weight",
        "with it nothing beside {node_id} has a weight for one of these units",
        "leave a weight above 0; what does not apply to them is said in applicability.csv",
    )
