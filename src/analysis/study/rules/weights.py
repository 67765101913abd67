"""Rules on groups of units: whom they name, and which weights they have."""

from typing import Any

import pandas as pd

from analysis.study.published import listed_units, units_among
from analysis.study.rules.engine import Rule, RuleSet, numbers


def _strange(rows: pd.DataFrame, units: pd.DataFrame, *_) -> list[bool]:
    """Return in which rows ``among`` names what is no unit, or holds for none."""
    return [
        not all(units_among(units, unit).any() for unit in listed_units(text) or [text])
        for text in rows["among"]
    ]


def _with_nodes(
    rows: pd.DataFrame, units: pd.DataFrame, criteria: pd.DataFrame, groups: pd.DataFrame
) -> pd.DataFrame:
    """Return the weights with what is wrong with their node, and with them beside others."""
    scored = criteria[criteria["scored"] == "yes"].set_index("criterion_id")
    groups = groups.set_index("recommendation_id")
    above: dict[Any, str] = groups["parent_id"].to_dict() | scored["recommendation_id"].to_dict()
    general = groups["weight"].to_dict() | scored["weight"].to_dict()
    among = [units.loc[units_among(units, text), "unit_id"] for text in rows["among"]]
    own, again = _own_weights(rows, among)
    siblings: dict[str, list[str]] = {}
    for node, group in above.items():
        siblings.setdefault(group, []).append(node)

    def any_weighs(nodes: list[str], unit: str) -> bool:
        weights = [own.get((node, unit), general[node]) for node in nodes]
        return bool((numbers(pd.Series(weights)) != 0).any())

    return rows.assign(
        nameless=~rows["node_id"].isin(above),
        ambiguous=rows["node_id"].isin(groups.index.intersection(scored.index)),
        again=again,
        weightless=[
            node in above and not all(any_weighs(siblings[above[node]], unit) for unit in ids)
            for node, ids in zip(rows["node_id"], among, strict=True)
        ],
    )


def _own_weights(rows: pd.DataFrame, among: list[pd.Series]) -> tuple[dict, list[bool]]:
    """Return the weight of each node for each unit, and which rows give one that is given."""
    own: dict[tuple[str, str], str] = {}
    again = []
    for node, weight, ids in zip(rows["node_id"], rows["weight"], among, strict=True):
        cells = [(node, unit) for unit in ids]
        again.append(not own.keys().isdisjoint(cells))
        for cell in cells:
            own.setdefault(cell, weight)
    return own, again


# fmt: off
RULES = (
    RuleSet(("applicability", "group_weights"), (
        Rule("among", _strange,
             "it names a unit, or a column and a value, that units.csv does not hold",
             "write a column of units.csv and its value, or unit_ids joined by ;"),
    ), needs=("units", "applicability", "group_weights")),
    RuleSet(("group_weights",), (
        Rule("node_id", lambda rows: rows["nameless"],
             "it is not a recommendation, finding, group or scored criterion",
             "name one by its id"),
        Rule("node_id", lambda rows: rows["ambiguous"],
             "a criterion and a recommendation have this id, and it does not say which is meant",
             "give one of the two another id"),
        Rule("among", lambda rows: rows["again"],
             "an earlier row gives {node_id} a weight for one of these units",
             "let each unit have one weight"),
        Rule("weight", lambda rows: rows["weightless"],
             "with it nothing beside {node_id} has a weight for one of these units",
             "leave a weight above 0; what does not apply to them is said in applicability.csv"),
    ), needs=("units", "criteria", "recommendations"), view=_with_nodes),
)
# fmt: on
