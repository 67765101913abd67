"""Rules on groups of units: whom they name, and which weights they have."""

import pandas as pd

from analysis.study.published import listed_units, units_among
from analysis.study.rules.engine import Draft, Rule, RuleSet


def _with_strange_groups(draft: Draft, name: str) -> pd.DataFrame:
    """Return rows with whether ``among`` names what is no unit, or holds for none."""
    rows, units = draft.frames[name], draft.frames["units"]
    return rows.assign(
        strange=[
            not all(units_among(units, one).any() for one in listed_units(text) or [text])
            for text in rows["among"]
        ]
    )


def _nodes(draft: Draft) -> pd.DataFrame:
    """Return every group and scored criterion, what it is part of, and its weight."""
    groups, criteria = draft.frames["recommendations"], draft.frames["criteria"]
    names = ["node", "above", "weight"]
    criteria = criteria[criteria["scored"] == "yes"]
    tables = (
        groups[["recommendation_id", "parent_id", "weight"]].set_axis(names, axis=1),
        criteria[["criterion_id", "recommendation_id", "weight"]].set_axis(names, axis=1),
    )
    return pd.concat([one.drop_duplicates("node", keep="last") for one in tables])


def _with_nodes(draft: Draft, name: str) -> pd.DataFrame:
    """Return the weights with what is wrong with their node, and with them beside others."""
    rows, units, nodes = draft.frames[name], draft.frames["units"], _nodes(draft)
    members = {
        text: units.loc[units_among(units, text), "unit_id"] for text in rows["among"].unique()
    }
    own: dict[tuple[str, str], str] = {}  # by node and unit
    again = []
    for node, among, weight in zip(rows["node_id"], rows["among"], rows["weight"], strict=True):
        keys = [(node, unit) for unit in members[among]]
        again.append(not own.keys().isdisjoint(keys))
        own = dict.fromkeys(keys, weight) | own
    above, general = (
        dict(zip(nodes["node"], nodes[column], strict=True)) for column in ("above", "weight")
    )
    siblings = {group: set(inside["node"]) for group, inside in nodes.groupby("above")}

    def weighs(node: str, unit: str) -> bool:
        return pd.to_numeric(own.get((node, unit), general[node]), errors="coerce") != 0

    return rows.assign(
        nameless=~rows["node_id"].isin(above),
        ambiguous=rows["node_id"].isin(nodes["node"][nodes["node"].duplicated()]),
        again=again,
        weightless=[
            node in above
            and not all(
                any(weighs(one, unit) for one in siblings[above[node]]) for unit in members[among]
            )
            for node, among in zip(rows["node_id"], rows["among"], strict=True)
        ],
    )


RULES = (
    RuleSet(
        ("applicability", "group_weights"),
        (
            Rule(
                "among",
                lambda rows: rows["strange"],
                "it names a unit, or a column and a value, that units.csv does not hold",
                "write a column of units.csv and its value, or unit_ids joined by ;",
            ),
        ),
        needs=("units", "applicability", "group_weights"),
        rows=_with_strange_groups,
    ),
    RuleSet(
        ("group_weights",),
        (
            Rule(
                "node_id",
                lambda rows: rows["nameless"],
                "it is no recommendation, finding or group, and no criterion that is scored",
                "name one by its id",
            ),
            Rule(
                "node_id",
                lambda rows: rows["ambiguous"],
                "a criterion and a recommendation have this id, and it does not say which is meant",
                "give one of the two another id",
            ),
            Rule(
                "among",
                lambda rows: rows["again"],
                "an earlier row gives {node_id} a weight for one of these units",
                "let each unit have one weight",
            ),
            Rule(
                "weight",
                lambda rows: rows["weightless"],
                "with it nothing beside {node_id} has a weight for one of these units",
                "leave a weight above 0; what does not apply to them is said in applicability.csv",
            ),
        ),
        needs=("units", "criteria", "recommendations"),
        rows=_with_nodes,
    ),
)
