"""What each coder read and said, cell by cell: what agreement is measured on."""

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
"""What stands in ``settled_by`` where the codings agree."""


def coded_states(study: Study, as_of: dt.date | None = None) -> pd.DataFrame:
    """Return what each coder's rows say of each cell that any coder has a row on.

    Returns:
        One row a cell: ``unit_id``, ``criterion_id``, and a column for each coder with a level,
        an unknown, or :data:`NO_ROW`; missing where the coder did not read the cell
        (:func:`cells_read`), since who was given two units has not passed over all others.
        Cells on which nobody has a row (the derived ``not_found`` of everyone) are left out: to
        agree on not having looked is no agreement.
    """
    as_of = as_of or data_read_on(study)
    read = cells_read(study, as_of)
    # A request, refused or overturned, changes nothing of what a coder said.
    study = replace(study, tables={**study.tables, "requests": study.tables["requests"].iloc[:0]})
    by_coder = {name: states(as_coded(study, name), as_of, as_of).cells for name in readers(study)}
    if not by_coder:
        return pd.DataFrame(columns=_CELL)
    table = next(iter(by_coder.values()))[_CELL].copy()
    has_row = np.zeros(len(table), dtype=bool)
    for coder, cells in by_coder.items():
        own = (cells["row"] >= 0).to_numpy()
        keys = cells[_CELL].itertuples(index=False, name=None)
        seen = np.array([cell in read[coder] for cell in keys], dtype=bool)
        table[coder] = cells["state"].where(own, NO_ROW).where(seen, None)
        has_row |= own
    # A criterion that does not apply yet is in force for no coder.
    return table[has_row].reset_index(drop=True)


def cells_read(
    study: Study, by: dt.date | None = None, only_recorded: bool = False
) -> dict[str, set[Cell]]:
    """Return the cells that each coder had read by a day; default: all that they have read.

    A coder has read what was given (``assignments.csv``), once the batch has come back, with a
    coding or with none. Of a batch that no assignment records, the coder has read each unit with a row in it, on
    the criteria that anybody coded in that batch. A cell with a row of the coder's own was read,
    whatever was recorded. Of an imported table nothing else was: it says cell by cell who answered.
    ``only_recorded`` leaves out what no assignment records. A batch is taken whole, with the units
    that have ended since: they show on which criteria it was.
    """
    study = study.at(None)
    rows = pd.concat([study["codings"], study["codings_history"]], ignore_index=True)
    back = study["assignments"][study["assignments"]["returned_on"] != ""]
    if by is not None:
        rows = rows[first_days(rows["read_on"]) <= by.toordinal()]
    if by is not None and by < data_read_on(study):
        back = back[first_days(back["returned_on"]) <= by.toordinal()]
    own: dict[str, set[Cell]] = {name: set() for name in readers(study)}
    for coder, unit, criterion in each_row(rows[_CODED_CELL]):
        own.setdefault(coder, set()).add((unit, criterion))
    read = {name: set(cells) for name, cells in own.items()}
    batches, recorded = _cells_of_batches(study, rows), _recorded(study)
    for coder, batch in {*batches, *zip(back["coder"], back["batch"], strict=True)}:
        if (coder, batch) in recorded:
            read[coder] |= recorded[coder, batch]
        elif not only_recorded:
            read[coder] |= batches[coder, batch]
    if by is not None:
        # What was given before that day, and read after it, had not been read yet.
        for coder, unit, criterion in each_row(study["codings"][_CODED_CELL]):
            if (unit, criterion) not in own[coder]:
                read[coder].discard((unit, criterion))
    return read


def _cells_of_batches(study: Study, rows: pd.DataFrame) -> dict[tuple[str, str], set[Cell]]:
    """Return, by coder and batch, the units with a row, on all criteria coded in the batch."""
    sources, evidence = study["sources"], study["evidence"]
    tables = sources.loc[sources["kind"] == v.IMPORTED, "source_id"]
    from_table = set(evidence.loc[evidence["source_id"].isin(tables), "evidence_id"])
    imported = [bool(ids) and from_table.issuperset(ids.split(";")) for ids in rows["evidence_ids"]]
    units, criteria = defaultdict(set), defaultdict(set)
    for row in each_row(rows[~np.array(imported, dtype=bool)]):
        units[row.coder, row.batch].add(row.unit_id)
        criteria[row.batch].add(row.criterion_id)
    return {key: set(itertools.product(of, criteria[key[1]])) for key, of in units.items()}


def _recorded(study: Study) -> dict[tuple[str, str], set[Cell]]:
    """Return, by coder and batch, the cells that were given, as recorded."""
    recorded = defaultdict(set)
    for row, cell in cells_given(study):
        recorded[row.coder, row.batch].add(cell)
    return recorded


def cells_given(study: Study) -> Iterator[tuple[Any, Cell]]:
    """Yield each row of assignments with each cell that it gives; no criterion named: all."""
    all_criteria = list(study["criteria"]["criterion_id"])
    for row in each_row(study["assignments"]):
        for criterion in row.criterion_ids.split(";") if row.criterion_ids else all_criteria:
            yield row, (row.unit_id, criterion)


def left_out(study: Study) -> str:
    """Say which coded units do not exist on the study's day, and so are in no count; or nothing."""
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
    """Return, for each coded cell, the coders who were given it and put nothing down, by name.

    Two others may agree on such a cell; these coders do not agree with them. That a coder saw a
    cell is taken as sure here only where an assignment records it.
    """
    rows = study["codings"]
    own = defaultdict(set)
    for unit, criterion, coder in each_row(rows[["unit_id", "criterion_id", "coder"]]):
        own[unit, criterion].add(coder)
    read, names = cells_read(study, only_recorded=True), readers(study)
    without_row = {
        cell: [name for name in names if cell in read[name] and name not in of_cell]
        for cell, of_cell in own.items()
    }
    return {cell: names for cell, names in without_row.items() if names}


def disputed(study: Study) -> set[int]:
    """Return the assessments (by index) settled by agreement on which the codings do not agree.

    That comes about when a coder is added, or codes anew, after a cell was settled; and where
    a coder who was given the cell put nothing down.
    """
    levels: dict[Cell, dict[str, set[str]]] = {}
    for row in each_row(study["codings"]):
        of_cell = levels.setdefault((row.unit_id, row.criterion_id), {})
        of_cell.setdefault(row.coder, set()).add(row.level)
    silent, assessments, indexes = read_without_row(study), study["assessments"], set()
    for index, row in zip(assessments.index, each_row(assessments), strict=True):
        cell = row.unit_id, row.criterion_id
        differs = any(row.level not in given for given in levels.get(cell, {}).values())
        if row.settled_by == BY_AGREEMENT and (differs or cell in silent):
            indexes.add(index)
    return indexes
