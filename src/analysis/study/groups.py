"""What holds for a group of units only: criteria that do not apply to them."""

import datetime as dt

import numpy as np

from analysis.study.dates import UNBOUNDED, day_number, first_days
from analysis.study.load import Study
from analysis.study.published import units_among


def exempt_cells(study: Study, day: dt.date) -> np.ndarray:
    """Return for which cells a criterion does not apply to a group of units on a day.

    Returns:
        Places of the rows of ``applicability.csv`` that say so; -1: none does; shape (units,
        criteria).
    """
    units, table = study["units"], study["applicability"]
    place = np.full((len(units), len(study["criteria"])), -1)
    begun = first_days(table["from_day"], UNBOUNDED) <= day_number(day)
    columns = study["criteria"]["criterion_id"].tolist()
    for number, row in enumerate(table.itertuples()):
        if begun[number]:
            place[units_among(units, row.among), columns.index(row.criterion_id)] = number
    return place


def exemptions(study: Study, day: dt.date) -> dict[tuple[str, str], str]:
    """Return why a criterion does not apply to units of a group, by unit and criterion."""
    units, criteria = study["units"]["unit_id"].tolist(), study["criteria"]["criterion_id"].tolist()
    place, rows = exempt_cells(study, day), study["applicability"].to_dict("records")
    return {
        (units[unit], criteria[column]): _said(rows[place[unit, column]])
        for unit, column in zip(*np.nonzero(place >= 0), strict=True)
    }


def _said(row: dict[str, str]) -> str:
    since = f" from {row['from_day']} on" if row["from_day"] else ""
    return f"The criterion does not apply here{since}: {row['reason'].rstrip('.')}."
