"""Rules on units: what follows them, their days, their place on the map."""

import numpy as np
import pandas as pd

from analysis.study.dates import (
    first_days,
    last_days,
    possible_days,
)
from analysis.study.rules.engine import Draft, needs


@needs("units")
def _successors_follow(draft: Draft):
    frame = draft.frames["units"]
    held, following = set(frame["unit_id"]), frame["successor_ids"].str.split(";")
    named = pd.Series(zip(frame["unit_id"], following, strict=True))
    after = dict(zip(frame["unit_id"], following, strict=True))
    last_day = last_days(frame["exists_until"], np.inf)
    ended = dict(zip(frame["unit_id"], last_day, strict=True))
    for wrong, rule, remedy in (
        (
            named.map(lambda one: any(name and name not in held for name in one[1])),
            "it names what is no unit of units.csv",
            "correct it, or add the unit that followed",
        ),
        (
            named.map(lambda one: one[0] in one[1]),
            "a unit does not follow itself",
            "name the unit that followed",
        ),
        (
            named.map(lambda one: len(set(one[1])) < len(one[1])),
            "a unit stands in it twice",
            "name each unit once",
        ),
        (
            (frame["successor_ids"] != "") & (frame["exists_until"] == ""),
            "another unit follows {unit_id}, and exists_until does not say when it ended",
            "give its last day in exists_until, or leave successor_ids empty",
        ),
        (
            named.map(lambda one: _leads_back(*one, after)),
            "those that followed lead back to {unit_id}",
            "name the unit that came later, or leave successor_ids empty",
        ),
        (
            [
                any(ended.get(name, np.inf) < last for name in ids)
                for ids, last in zip(following, last_day, strict=True)
            ],
            "a unit in it ended before {unit_id} did ({exists_until})",
            "name the unit that followed, or correct one of the two last days",
        ),
    ):
        yield from draft.at("units", wrong, "successor_ids", rule, remedy)


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


@needs("units")
def _rows_are_of_units_that_exist(draft: Draft):
    lives = draft.frames["units"].drop_duplicates("unit_id").set_index("unit_id")
    for name in ("codings", "assessments", "published_scores", "requests"):
        if name not in draft.frames:
            continue
        frame = draft.frames[name]
        if "read_on" in frame:
            first, last = possible_days(frame)
            column, when = "observed_on", "all that the row can speak of lies"
        else:
            # A request may be answered after the unit's end; it is not sent then.
            column, when = "sent_on" if name == "requests" else "as_of", "its day lies"
            first, last = first_days(frame[column]), last_days(frame[column])
        for limit, outside, side in (
            ("exists_from", lambda day, last=last: last < first_days(day), "before"),
            ("exists_until", lambda day, first=first: first > last_days(day), "after"),
        ):
            day = frame["unit_id"].map(lives[limit]).astype(object).fillna("")
            yield from draft.at(
                name,
                outside(day),
                column,
                f"{when} {side} the {'first' if side == 'before' else 'last'} day of {{unit_id}} ({limit} in units.csv)",
                "correct the row’s days or the unit’s, or name the unit that existed then",
            )


@needs("units")
def _tiles_are_unique(draft: Draft):
    frame = draft.frames["units"]
    tiles = frame[["tile_column", "tile_row"]].apply(pd.to_numeric, errors="coerce")
    repeated = tiles.duplicated() & tiles.notna().all(axis=1)
    yield from draft.at(
        "units",
        repeated,
        "tile_column",
        "another unit has the tile at column {tile_column}, row {tile_row}",
        "give it a tile of its own",
    )
