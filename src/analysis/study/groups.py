"""What holds for a group of units only: criteria that do not apply to them."""

import datetime as dt

import numpy as np

from analysis.frames import each_row, records
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
    in_force = first_days(table["from_day"], UNBOUNDED) <= day_number(day)
    columns = study["criteria"]["criterion_id"].tolist()
    for number, row in enumerate(each_row(table)):
        if in_force[number]:
            place[units_among(units, row.among), columns.index(row.criterion_id)] = number
    return place


def exemptions(study: Study, day: dt.date) -> dict[tuple[str, str], str]:
    """Return why a criterion does not apply to units of a group, by unit and criterion.

    Where several rows say so of a cell: from the earliest day on, and for every reason.
    """
    units, table = study["units"], study["applicability"]
    in_force = table[first_days(table["from_day"], UNBOUNDED) <= day_number(day)]
    rows: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in records(in_force):
        for unit in units.loc[units_among(units, row["among"]), "unit_id"]:
            rows.setdefault((unit, row["criterion_id"]), []).append(row)
    return {cell: _exemption_sentence(cell_rows) for cell, cell_rows in rows.items()}


def _exemption_sentence(rows: list[dict[str, str]]) -> str:
    first = min(row["from_day"] for row in rows)
    since = f" from {first} on" if first else ""
    reasons = dict.fromkeys(row["reason"].rstrip(".") for row in rows)
    return f"The criterion does not apply here{since}: {'. '.join(reasons)}."
