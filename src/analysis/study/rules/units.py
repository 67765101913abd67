"""Rules on units: the days on which each exists, what follows it, and its tile on the map."""

import numpy as np
import pandas as pd

from analysis.study.dates import first_days, last_days, lives, possible_days
from analysis.study.rules.engine import Rule, RuleSet, numbers, repeats


def _with_successors(units: pd.DataFrame) -> pd.DataFrame:
    """Return the units with the list of those that follow them, and their last day."""
    last = last_days(units["exists_until"], np.inf)
    return units.assign(following=units["successor_ids"].str.split(";"), last_day=last)


def _follows_none(units: pd.DataFrame) -> list[bool]:
    known = {"", *units["unit_id"]}
    return [not known.issuperset(names) for names in units["following"]]


def _follows_itself(units: pd.DataFrame) -> list[bool]:
    pairs = zip(units["unit_id"], units["following"], strict=True)
    return [unit in names for unit, names in pairs]


def _in_circles(units: pd.DataFrame) -> list[bool]:
    after = dict(zip(units["unit_id"], units["following"], strict=True))
    pairs = zip(units["unit_id"], units["following"], strict=True)
    return [_leads_back(unit, names, after) for unit, names in pairs]


def _leads_back(unit: str, following: list[str], after: dict[str, list[str]]) -> bool:
    """Return whether a unit comes after itself by way of others."""
    seen, ahead = {unit}, [name for name in following if name != unit]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += after.get(name, [])
            if unit in after.get(name, []):
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
    """Return rows with the first and last day of which they speak, and those of their units."""
    # A request may be answered after the unit's end; it is not sent then.
    day = next((column for column in ("as_of", "sent_on") if column in rows), None)
    first, last = (first_days(rows[day]), last_days(rows[day])) if day else possible_days(rows)
    began, ended = lives(rows["unit_id"], units)
    return rows.assign(first_day=first, last_day=last, unit_first=began, unit_last=ended)


def _within_life(tables: tuple[str, ...], column: str, when: str) -> RuleSet:
    before = f"{when} before the first day of {{unit_id}} (exists_from in units.csv)"
    after = f"{when} after the last day of {{unit_id}} (exists_until in units.csv)"
    remedy = "correct the row’s days or the unit’s, or name the unit that existed then"
    rules = (
        Rule(column, lambda rows: rows["last_day"] < rows["unit_first"], before, remedy),
        Rule(column, lambda rows: rows["first_day"] > rows["unit_last"], after, remedy),
    )
    return RuleSet(tables, rules, needs=("units",), view=_with_lives)


# fmt: off
RULES = (
    RuleSet(("units",), (
        Rule("successor_ids", _follows_none, "it names a unit that is not in units.csv",
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
)
# fmt: on
