"""Which cells a search bears on, and to which units a criterion does not apply."""

import datetime as dt

import numpy as np
import pandas as pd

from analysis.frames import each_row, records
from analysis.study.dates import UNBOUNDED, first_days
from analysis.study.load import Study
from analysis.study.published import units_among


def searches_by_unit(study: Study) -> pd.DataFrame:
    """Return the searches with one row for each unit that they name.

    A search that covers many units counts only for those that its row names.
    """
    rows = study["searches"]
    named = rows["unit_ids"].where(rows["unit_id"] == "", rows["unit_id"])
    rows = rows.assign(unit_id=named.str.split(";")).explode("unit_id", ignore_index=True)
    return rows[rows["unit_id"] != ""].reset_index(drop=True)


def searched_cells(study: Study) -> np.ndarray:
    """Return which cells have a logged search, shape (units, criteria), bool."""
    units, criteria = (
        {name: place for place, name in enumerate(study[table][key])}
        for table, key in (("units", "unit_id"), ("criteria", "criterion_id"))
    )
    searched = np.zeros((len(units), len(criteria)), dtype=bool)
    for row in each_row(study["searches"]):
        unit_ids = (row.unit_id or row.unit_ids).split(";")
        criterion_ids = row.criterion_ids.split(";")
        # A search that names no criteria counts for none.
        searched[np.ix_(_positions(units, unit_ids), _positions(criteria, criterion_ids))] = True
    return searched


def _positions(places: dict[str, int], names: list[str]) -> list[int]:
    return [places[name] for name in names if name in places]


def exempt_cells(study: Study, day: dt.date) -> np.ndarray:
    """Return the cells whose criterion does not apply on a day, as ``applicability.csv`` says.

    Returns:
        The position of the row that says so; -1: none does; shape (units, criteria).
    """
    units, table = study["units"], study["applicability"]
    place = np.full((len(units), len(study["criteria"])), -1)
    in_force = first_days(table["from_day"], UNBOUNDED) <= day.toordinal()
    columns = study["criteria"]["criterion_id"].tolist()
    for number, row in enumerate(each_row(table)):
        if in_force[number]:
            place[units_among(units, row.among), columns.index(row.criterion_id)] = number
    return place


def exemptions(study: Study, day: dt.date) -> dict[tuple[str, str], str]:
    """Return a sentence on why a criterion does not apply, by unit and criterion.

    If several rows say so, the sentence has the earliest day and every reason.
    """
    units, table = study["units"], study["applicability"]
    in_force = table[first_days(table["from_day"], UNBOUNDED) <= day.toordinal()]
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
