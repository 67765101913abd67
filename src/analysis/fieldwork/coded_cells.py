"""The cells that each coder read, and the state each coder gave: the input of agreement."""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.frames import each_row
from analysis.study import Study, as_coded, data_read_on, readers, states
from analysis.study import vocabulary as v
from analysis.study.dates import first_days
from analysis.wording import agreeing, counted, listed

Cell = tuple[str, str]
"""A unit and a criterion, by their ids."""
_CELL = ["unit_id", "criterion_id"]
_CODED_CELL = ["coder", *_CELL]
NO_ROW = "no row"
BY_AGREEMENT = "agreement"
"""The value of ``settled_by`` for an assessment by consensus."""


def coded_states(study: Study, as_of: dt.date | None = None) -> pd.DataFrame:
    """Return the state that each coder gives to each cell that at least one coder coded.

    Returns:
        One row per cell: ``unit_id``, ``criterion_id``, and a column for each coder with a level,
        an unknown, or :data:`NO_ROW`. The value is missing if the coder did not read the cell
        (:func:`cells_read`): a coder who was given two units did not skip all the others.
        Cells on which nobody has a row (``not_found`` for everyone) are left out: that nobody
        looked is not agreement.
    """
    as_of = as_of or data_read_on(study)
    read = cells_read(study, as_of)
    # Requests are left out: a refusal changes a cell's state, but not what a coder wrote.
    study = replace(study, tables={**study.tables, "requests": study.tables["requests"].iloc[:0]})
    by_coder = {name: states(as_coded(study, name), as_of, as_of).cells for name in readers(study)}
    if not by_coder:
        return pd.DataFrame(columns=_CELL)
    table = next(iter(by_coder.values()))[_CELL].copy()
    has_row = np.zeros(len(table), dtype=bool)
    for coder, cells in by_coder.items():
        with_row = (cells["row"] >= 0).to_numpy()
        keys = cells[_CELL].itertuples(index=False, name=None)
        was_read = np.array([cell in read[coder] for cell in keys], dtype=bool)
        table[coder] = cells["state"].where(with_row, NO_ROW).where(was_read, None)
        has_row |= with_row
    # Cells of a criterion not yet in force have no row for any coder, so they are dropped too.
    return table[has_row].reset_index(drop=True)


def cells_read(
    study: Study, by: dt.date | None = None, only_recorded: bool = False
) -> dict[str, set[Cell]]:
    """Return the cells that each coder had read by a day.

    A cell counts as read by a coder in three cases:

    - The coder has a row on it.
    - An assignment (``assignments.csv``) gave it to the coder, and the batch has come back: with
      a row of the coder, or with a recorded day of return.
    - No assignment records the batch, the coder has a row on the unit in it, and some coder has a
      row on the criterion in it. Rows from an imported table do not count here, since the table
      names the coder of each cell.

    Batches include units that no longer exist, since these show which criteria a batch covers.

    Args:
        study: the study.
        by: the day; default: all cells read so far.
        only_recorded: leave out the third case.
    """
    study = study.at(None)
    rows = pd.concat([study["codings"], study["codings_history"]], ignore_index=True)
    returned = study["assignments"][study["assignments"]["returned_on"] != ""]
    if by is not None:
        rows = rows[first_days(rows["read_on"]) <= by.toordinal()]
    if by is not None and by < data_read_on(study):
        returned = returned[first_days(returned["returned_on"]) <= by.toordinal()]
    with_row: dict[str, set[Cell]] = {name: set() for name in readers(study)}
    for coder, unit, criterion in each_row(rows[_CODED_CELL]):
        with_row.setdefault(coder, set()).add((unit, criterion))
    read = {name: set(cells) for name, cells in with_row.items()}
    batches, recorded = _cells_of_batches(study, rows), _recorded(study)
    for coder, batch in {*batches, *zip(returned["coder"], returned["batch"], strict=True)}:
        if (coder, batch) in recorded:
            read[coder] |= recorded[coder, batch]
        elif not only_recorded:
            read[coder] |= batches[coder, batch]
    if by is not None:
        # Leave out cells that were assigned before that day but coded after it.
        for coder, unit, criterion in each_row(study["codings"][_CODED_CELL]):
            if (unit, criterion) not in with_row[coder]:
                read[coder].discard((unit, criterion))
    return read


def _cells_of_batches(study: Study, rows: pd.DataFrame) -> dict[tuple[str, str], set[Cell]]:
    """Return, by coder and batch, the coder's units with all criteria coded in the batch."""
    sources, evidence = study["sources"], study["evidence"]
    tables = sources.loc[sources["kind"] == v.IMPORTED, "source_id"]
    from_table = set(evidence.loc[evidence["source_id"].isin(tables), "evidence_id"])
    imported = [bool(ids) and from_table.issuperset(ids.split(";")) for ids in rows["evidence_ids"]]
    units, criteria = defaultdict(set), defaultdict(set)
    for row in each_row(rows[~np.array(imported, dtype=bool)]):
        units[row.coder, row.batch].add(row.unit_id)
        criteria[row.batch].add(row.criterion_id)
    return {
        key: set(itertools.product(coder_units, criteria[key[1]]))
        for key, coder_units in units.items()
    }


def _recorded(study: Study) -> dict[tuple[str, str], set[Cell]]:
    """Return, by coder and batch, the cells that assignments record as given."""
    recorded = defaultdict(set)
    for row, cell in cells_given(study):
        recorded[row.coder, row.batch].add(cell)
    return recorded


def cells_given(study: Study) -> Iterator[tuple[Any, Cell]]:
    """Yield each row of assignments with each of its cells; a row without criteria covers all."""
    all_criteria = list(study["criteria"]["criterion_id"])
    for row in each_row(study["assignments"]):
        for criterion in row.criterion_ids.split(";") if row.criterion_ids else all_criteria:
            yield row, (row.unit_id, criterion)


def left_out(study: Study) -> str:
    """Return a sentence on coded units that do not exist on the study's day; empty if none."""
    rows = study.tables["codings"]
    counts = rows.loc[~rows["unit_id"].isin(study["units"]["unit_id"]), "unit_id"].value_counts()
    if counts.empty:
        return ""
    names = study.lookup("units", "short_name")
    units = [
        f"{names[unit]} ({counted(counts[unit], 'coding', 'codings')})"
        for unit in study.tables["units"]["unit_id"]
        if unit in counts
    ]
    they = agreeing(len(counts), "it does", "they do")
    return f"Left out, as {they} not exist on {study.day}: {listed(units, 'units.csv')}."


def read_without_row(study: Study) -> dict[Cell, list[str]]:
    """Return, for each coded cell, the names of the coders who read it and entered no row.

    Such a coder does not agree with the others, even if these agree among themselves. Here a cell
    without a coder's row counts as read only if an assignment records it.
    """
    rows = study["codings"]
    coders_with_row = defaultdict(set)
    for unit, criterion, coder in each_row(rows[["unit_id", "criterion_id", "coder"]]):
        coders_with_row[unit, criterion].add(coder)
    read, names = cells_read(study, only_recorded=True), readers(study)
    without_row = {
        cell: [name for name in names if cell in read[name] and name not in of_cell]
        for cell, of_cell in coders_with_row.items()
    }
    return {cell: names for cell, names in without_row.items() if names}


def disputed(study: Study) -> set[int]:
    """Return the indexes of assessments by consensus whose codings do not agree (any more).

    This happens if a coder codes a cell after it was assessed, or changes a coding, or if a coder
    who was given the cell entered no row.
    """
    levels: dict[Cell, dict[str, set[str]]] = {}
    for row in each_row(study["codings"]):
        of_cell = levels.setdefault((row.unit_id, row.criterion_id), {})
        of_cell.setdefault(row.coder, set()).add(row.level)
    without_row, assessments, indexes = read_without_row(study), study["assessments"], set()
    for index, row in zip(assessments.index, each_row(assessments), strict=True):
        cell = row.unit_id, row.criterion_id
        differs = any(row.level not in given for given in levels.get(cell, {}).values())
        if row.settled_by == BY_AGREEMENT and (differs or cell in without_row):
            indexes.add(index)
    return indexes
