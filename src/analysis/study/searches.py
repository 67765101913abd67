"""Which cells a search bears on: the units that it names, on the criteria that it was made for."""

import numpy as np
import pandas as pd

from analysis.frames import places
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
    rows = searches_by_unit(study)
    rows = rows.assign(criterion_id=rows["criterion_ids"].str.split(";")).explode("criterion_id")
    place = places(rows["unit_id"], study["units"]["unit_id"])
    column = places(rows["criterion_id"], study["criteria"]["criterion_id"])
    searched = np.zeros((len(study["units"]), len(study["criteria"])), dtype=bool)
    meant = (place >= 0) & (column >= 0)  # a search without criteria is on none
    searched[place[meant], column[meant]] = True
    return searched
