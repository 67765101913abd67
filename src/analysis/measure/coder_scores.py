"""What a score owes to the coder: each unit's interval under every coder, and as settled."""

import datetime as dt

import pandas as pd

from analysis.fieldwork.coded_cells import cells_read
from analysis.measure.scores import scores
from analysis.measure.tree import TOTAL
from analysis.study import Study, as_coded, known, readers, states

SETTLED = "settled"


def scores_by_reading(study: Study, as_of: dt.date, known_by: dt.date) -> pd.DataFrame:
    """Return the interval of every unit in all, under each coder's codings and as settled.

    Returns:
        One row for each unit and reading with anything in the sum, and for coders only the units
        of which they read every cell that anybody coded
        (:func:`analysis.fieldwork.coded_cells.cells_read`): ``unit_id``, ``reading`` (a coder's name,
        or :data:`SETTLED`, which comes last), ``low`` and ``high`` on 0 to 100, ``known`` on 0 to 1.
    """
    read = cells_read(study, known_by)
    codings = known(study, known_by)["codings"]
    coded = set(zip(codings["unit_id"], codings["criterion_id"], strict=True))
    readings = {name: as_coded(study, name) for name in readers(study)}
    if not study.scope.coder:  # else it holds nothing that was settled
        readings[SETTLED] = study
    tables = []
    for name, reading in readings.items():
        table = scores(reading, states(reading, as_of, known_by))
        table = table[table["group_id"] == TOTAL].drop(columns="group_id")
        if name in read:
            units = {unit for unit, _ in read[name]} - {unit for unit, _ in coded - read[name]}
            table = table[table["unit_id"].isin(units)]
        table.insert(1, "reading", name)
        tables.append(table)
    order = {unit: place for place, unit in enumerate(study["units"]["unit_id"])}
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values("unit_id", key=lambda ids: ids.map(order), kind="stable").reset_index(
        drop=True
    )


def differing_units(table: pd.DataFrame) -> list[str]:
    """Return the units whose interval or known share is not the same under every reading."""
    rounded = table[["low", "high", "known"]].round(9).groupby(table["unit_id"], sort=False)
    return list(rounded.nunique().max(axis=1).loc[lambda most: most > 1].index)


def known_units(table: pd.DataFrame) -> list[str]:
    """Return the units of which any reading knows anything."""
    return list(dict.fromkeys(table.loc[table["known"] > 0, "unit_id"]))
