"""Record what each coder was given: a coder has read what she was given, and no more."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.fieldwork.coding_workbook import (
    cells_of_rows,
    checked_coder,
    coding_rows,
    coding_workbook,
)
from analysis.fieldwork.workbook_writer import save_new
from analysis.study import Study, journal
from analysis.study.tables import as_csv, is_marked

_CRITERIA_OF_A_ROW = 300
"""Criteria of one row at most: their ids, each of 100 signs at most, fit into one cell."""


@dataclass(frozen=True)
class Order:
    """What a coder is to be given.

    Attributes:
        units: these units only; none named: all.
        only_unknown: only the cells for which this coder has no level yet.
        round: the round that it belongs to, ``pilot`` or ``main``; empty: the main one.
    """

    units: Sequence[str] = ()
    only_unknown: bool = False
    round: str = ""


def give_workbook(
    study: Study, coder: str, out: Path, order: Order, on: dt.date | None = None
) -> list[str]:
    """Write a coder's workbook, and record in the study what she was given: both or neither.

    Call it while :func:`analysis.study.journal.changing` is held for the study's folder.

    Args:
        study: the study, as it stands in its folder.
        coder: the coder.
        out: the file to write.
        order: what she is given.
        on: the day; default: today.

    Returns:
        The files of the study that were changed; none where the same was given that day.

    Raises:
        StudyError: the workbook cannot be written as asked, or the study cannot be changed.
    """
    batch, rows = assign(study, coder, order, on or dt.date.today())
    files = {}
    if len(rows):
        table = pd.concat([study["assignments"], rows], ignore_index=True)
        path = study.descriptor.tables["assignments"].path
        files = {**study.migrated_files, path: as_csv(table, is_marked(study.folder / path))}
    content = coding_workbook(study, coder, order.units, order.only_unknown, batch, out.parent)
    save_new(out, content, study, before=lambda: journal.commit(study.folder, files))
    return sorted(files)


def assign(study: Study, coder: str, order: Order, on: dt.date) -> tuple[str, pd.DataFrame]:
    """Return the batch of what a coder is given on a day, and the rows that record it.

    The batch is the day with a counter. What the same coder was given on the same day before is
    the same batch, and adds no row.
    """
    coder, day, recorded = checked_coder(study, coder), on.isoformat(), study["assignments"]
    units = list(order.units) or list(study["units"]["unit_id"])
    own = study["codings"][study["codings"]["coder"] == coder]
    cells: dict[str, dict[str, None]] = {}
    for unit, criterion in cells_of_rows(coding_rows(study, own, units, order.only_unknown)):
        cells.setdefault(unit, {})[criterion] = None
    given = {
        (unit, ";".join(list(ids)[start : start + _CRITERIA_OF_A_ROW]))
        for unit, ids in cells.items()
        for start in range(0, len(ids), _CRITERIA_OF_A_ROW)
    }
    today = recorded[(recorded["coder"] == coder) & (recorded["given_on"] == day)]
    today = today[today["round"] == order.round]
    for batch, rows in today.groupby("batch"):
        if set(zip(rows["unit_id"], rows["criterion_ids"], strict=True)) == given:
            return str(batch), recorded.iloc[:0]
    taken = {*recorded["batch"], *study["codings"]["batch"]}
    numbers = (f"{day}-{number}" for number in range(1, len(taken) + 2))
    batch = next(number for number in numbers if number not in taken)
    place_of = {unit: place for place, unit in enumerate(units)}
    rows = [
        (coder, *pair, batch, day, "", order.round)
        for pair in sorted(given, key=lambda pair: place_of[pair[0]])
    ]
    return batch, pd.DataFrame(rows, columns=recorded.columns, dtype=object)
