"""Where units lie: on a map of tiles, if each of them has one."""

from collections.abc import Iterator

import pandas as pd

from analysis.problems import WARNING, Problem
from analysis.study.load import Study


def has_map(study: Study) -> bool:
    """Return whether a map can be drawn: every unit has a tile."""
    return bool(_placed(study).all())


def half_a_map(study: Study) -> Iterator[Problem]:
    """Say once that no map is drawn because some units have no tile; that none has one is no fault."""
    placed = _placed(study)
    if placed.any() and not placed.all():
        first = int(placed.to_numpy().argmin())
        many = study.settings.unit_noun.plural
        rule = f"{(~placed).sum()} of {len(placed)} {many} have no tile, so that no map is drawn"
        remedy = "give each a tile_column and a tile_row, or leave them all empty"
        unit = study["units"]["unit_id"].iloc[first]
        yield Problem("units.csv", first + 2, "tile_column", unit, rule, remedy, WARNING)


def _placed(study: Study) -> pd.Series:
    return (study["units"][["tile_column", "tile_row"]] != "").all(axis=1)
