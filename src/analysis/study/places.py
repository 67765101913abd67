"""Where units lie: on a map of tiles, if each of them has one."""

import pandas as pd

from analysis.study.load import Study


def has_map(study: Study) -> bool:
    """Return whether a map can be drawn: every unit has a tile."""
    return bool(placed(study).all())


def placed(study: Study) -> pd.Series:
    """Return whether each unit has a tile."""
    return (study["units"][["tile_column", "tile_row"]] != "").all(axis=1)
