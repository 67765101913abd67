"""Rules on units and groups of them: the days on which each exists, its tile, its weights."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.study.dates import first_days, last_days, lives, possible_days
from analysis.study.published import listed_units, units_among
from analysis.study.rules.engine import Rule, RuleSet, name_unknown_ids, numbers, repeats


def _with_successors(units: pd.DataFrame) -> pd.DataFrame:
    """Add to units the list of their successors, and their last day."""
    last = last_days(units["exists_until"], np.inf)
    return units.assign(following=units["successor_ids"].str.split(";"), last_day=last)


def _follows_itself(units: pd.DataFrame) -> list[bool]:
    pairs = zip(units["unit_id"], units["following"], strict=True)
    return [unit in names for unit, names in pairs]


def _in_circles(units: pd.DataFrame) -> list[bool]:
    successors = dict(zip(units["unit_id"], units["following"], strict=True))
    pairs = zip(units["unit_id"], units["following"], strict=True)
    return [_leads_back(unit, names, successors) for unit, names in pairs]


def _leads_back(unit: str, following: list[str], successors: dict[str, list[str]]) -> bool:
    """Return whether a unit is its own successor by way of others."""
    seen, to_visit = {unit}, [name for name in following if name != unit]
    while to_visit:
        name = to_visit.pop()
        if name not in seen:
            seen.add(name)
            to_visit += successors.get(name, [])
            if unit in successors.get(name, []):
                return True
    return False


def _outlives_successor(units: pd.DataFrame) -> list[bool]:
    ended = dict(zip(units["unit_id"], units["last_day"], strict=True))
    pairs = zip(units["following"], units["last_day"], strict=True)
    return [any(ended.get(name, np.inf) < last for name in names) for names, last in pairs]


def _same_tile(units: pd.DataFrame) -> pd.Series:
    tiles = units[["tile_column", "tile_row"]].apply(numbers)
    return tiles.duplicated() & tiles.notna().all(axis=1)


def _with_lives(rows: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Add to rows their first and last possible day, and those of their units."""
    # A request is dated by sent_on, since its answer may come after the unit's last day.
    day = next((column for column in ("as_of", "sent_on") if column in rows), None)
    first, last = (first_days(rows[day]), last_days(rows[day])) if day else possible_days(rows)
    began, ended = lives(rows["unit_id"], units)
    return rows.assign(first_day=first, last_day=last, unit_first=began, unit_last=ended)


def _within_life(tables: tuple[str, ...], column: str, when: str) -> RuleSet:
    before = f"{when} before the first day of {{unit_id}} (exists_from in units.csv)"
    successors = f"{when} after the last day of {{unit_id}} (exists_until in units.csv)"
    remedy = "correct the row’s days or the unit’s, or name the unit that existed then"
    rules = (
        Rule(column, lambda rows: rows["last_day"] < rows["unit_first"], before, remedy),
        Rule(column, lambda rows: rows["first_day"] > rows["unit_last"], successors, remedy),
    )
    return RuleSet(tables, rules, needs=("units",), view=_with_lives)


def _match_no_unit(rows: pd.DataFrame, units: pd.DataFrame, *_) -> list[bool]:
    """Return in which rows ``among`` names an unknown unit, or matches no unit."""
    return [
        not all(units_among(units, unit).any() for unit in listed_units(text) or [text])
        for text in rows["among"]
    ]


def _with_nodes(
    rows: pd.DataFrame, units: pd.DataFrame, criteria: pd.DataFrame, groups: pd.DataFrame
) -> pd.DataFrame:
    """Add to the weights what is wrong with their node, and whether all its siblings weigh 0."""
    scored = criteria[criteria["scored"] == "yes"].set_index("criterion_id")
    groups = groups.set_index("recommendation_id")
    above: dict[Any, str] = groups["parent_id"].to_dict() | scored["recommendation_id"].to_dict()
    general = groups["weight"].to_dict() | scored["weight"].to_dict()
    among = [units.loc[units_among(units, text), "unit_id"] for text in rows["among"]]
    own, is_repeated = _own_weights(rows, among)
    siblings: dict[str, list[str]] = {}
    for node, group in above.items():
        siblings.setdefault(group, []).append(node)

    def any_weighs(nodes: list[str], unit: str) -> bool:
        weights = [own.get((node, unit), general[node]) for node in nodes]
        return bool((numbers(pd.Series(weights)) != 0).any())

    return rows.assign(
        nameless=~rows["node_id"].isin(above),
        ambiguous=rows["node_id"].isin(groups.index.intersection(scored.index)),
        is_repeated=is_repeated,
        weightless=[
            node in above and not all(any_weighs(siblings[above[node]], unit) for unit in ids)
            for node, ids in zip(rows["node_id"], among, strict=True)
        ],
    )


def _own_weights(rows: pd.DataFrame, among: list[pd.Series]) -> tuple[dict, list[bool]]:
    """Return the weight of each node for each unit, and which rows give one a second time."""
    own: dict[tuple[str, str], str] = {}
    is_repeated = []
    for node, weight, ids in zip(rows["node_id"], rows["weight"], among, strict=True):
        cells = [(node, unit) for unit in ids]
        is_repeated.append(not own.keys().isdisjoint(cells))
        for cell in cells:
            own.setdefault(cell, weight)
    return own, is_repeated


# fmt: off
RULES = (
    RuleSet(("units",), (
        Rule("successor_ids", lambda rows: name_unknown_ids(rows["successor_ids"], rows["unit_id"]),
             "it names a unit that is not in units.csv",
             "correct it, or add the unit that followed"),
        Rule("successor_ids", _follows_itself, "a unit does not follow itself",
             "name the unit that followed"),
        Rule("successor_ids", lambda rows: rows["following"].map(repeats),
             "a unit stands in it twice", "name each unit once"),
        Rule("successor_ids",
             lambda rows: (rows["successor_ids"] != "") & (rows["exists_until"] == ""),
             "another unit follows {unit_id}, and exists_until does not say when it ended",
             "give its last day in exists_until, or leave successor_ids empty"),
        Rule("successor_ids", _in_circles, "those that followed lead back to {unit_id}",
             "name the unit that came later, or leave successor_ids empty"),
        Rule("successor_ids", _outlives_successor,
             "a unit in it ended before {unit_id} did ({exists_until})",
             "name the unit that followed, or correct one of the two last days"),
        Rule("tile_column", _same_tile,
             "another unit has the tile at column {tile_column}, row {tile_row}",
             "give it a tile of its own"),
    ), view=_with_successors),
    _within_life(("codings", "assessments"), "observed_on", "all that the row can speak of lies"),
    _within_life(("published_scores",), "as_of", "its day lies"),
    _within_life(("requests",), "sent_on", "its day lies"),
    RuleSet(("applicability", "group_weights"), (
        Rule("among", _match_no_unit,
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
        Rule("among", lambda rows: rows["is_repeated"],
             "an earlier row gives {node_id} a weight for one of these units",
             "let each unit have one weight"),
        Rule("weight", lambda rows: rows["weightless"],
             "with it nothing beside {node_id} has a weight for one of these units",
             "leave a weight above 0; what does not apply to them is said in applicability.csv"),
    ), needs=("units", "criteria", "recommendations"), view=_with_nodes),
)
# fmt: on
