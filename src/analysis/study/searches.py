"""Which cells a search bears on: the units that it names, on the criteria that it was made for."""

import numpy as np
import pandas as pd

from analysis.frames import each_row
from analysis.study.load import Study


def searches_by_unit(study: Study) -> pd.DataFrame:
    """Return the searches with a row for each unit that they name.

    A search of many units at once counts for those that its row names, one that names none for
    none.
    """
    rows = study["searches"]
    named = rows["unit_ids"].where(rows["unit_id"] == "", rows["unit_id"])
    rows = rows.assign(unit_id=named.str.split(";")).explode("unit_id", ignore_index=True)
    return rows[rows["unit_id"] != ""].reset_index(drop=True)


def searched_cells(study: Study) -> np.ndarray:
    """Return for which cells a search is logged, shape (units, criteria), bool."""
    units, criteria = (
        {name: place for place, name in enumerate(study[table][key])}
        for table, key in (("units", "unit_id"), ("criteria", "criterion_id"))
    )
    searched = np.zeros((len(units), len(criteria)), dtype=bool)
    for row in each_row(study["searches"]):
        unit_ids = (row.unit_id or row.unit_ids).split(";")
        criterion_ids = row.criterion_ids.split(";")
        # A search without criteria is on none.
        searched[np.ix_(_among(units, unit_ids), _among(criteria, criterion_ids))] = True
    return searched


def _among(places: dict[str, int], names: list[str]) -> list[int]:
    return [places[name] for name in names if name in places]
