"""Coding workbooks: write one for each coder, and record which cells each coder was given.

Coders must work independently (Krippendorff, Content Analysis, 4th edition, 2019, chapter 12), so
a workbook holds only that coder's own codings. The cells that it covers are recorded as an
assignment, since a coder is taken to have read those cells and no others.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.fieldwork import passages
from analysis.fieldwork.coded_cells import Cell
from analysis.fieldwork.forms import CODE, coding_form, evidence_columns
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.row_reader import row_mark
from analysis.fieldwork.shared_sheets import (
    add_document_forms,
    codebook_page,
    coded_texts,
    offer_lists,
    source_and_evidence_pages,
)
from analysis.fieldwork.workbook_writer import FormRow, WorkbookMaker, save_new
from analysis.frames import grouped
from analysis.problems import refusal
from analysis.study import Study, journal
from analysis.study import vocabulary as v
from analysis.study.cells import exemptions
from analysis.study.codebook import codebook_marks, short_mark
from analysis.study.tables import as_csv, is_marked

KIND = "coding"

SPARE_ROWS = 100

_INSTRUCTIONS = (
    "One row of the sheet Coding is one {unit}, one criterion and one date. Choose the level from the list, or an unknown code where you cannot tell the level. If in doubt, choose inconclusive, and say why.",
    "Code what a source says, by the rules on the sheet Codebook. Never code what anyone is believed to do. Every level needs evidence: choose its ids, one a column.",
    "A date may be a year, a month or a day: 2021, 2021-12 or 2021-12-03. Where the document bears none, leave the date empty and say between which days it must lie, if that is known.",
    "For a second date of the same {unit} and criterion, use an empty row at the end, and leave its first column empty. Do not delete old rows. If you change one, it replaces your own earlier coding, whose old version is kept.",
    "Enter documents and evidence that the study does not have yet on New sources and New evidence, under the ids given there. Enter what you searched for on New searches, also where you found nothing.",
    "Write no personal details. Of a person concerned, say only that there was a case, and only where that is needed.",
    "Sheets may be sorted (whole rows), filtered and widened. Keep the first column of Coding, and the first row, as they are.",
)


def coding_workbook(
    study: Study,
    coder: str,
    units: Sequence[str] = (),
    only_unknown: bool = False,
    batch: str = "",
    beside: Path | None = None,
) -> bytes:
    """Return a coder's workbook.

    Args:
        study: the study.
        coder: the coder's name, as in ``codings.csv`` or as it is to be written there.
        units: the units to include; all units if empty.
        only_unknown: only the cells for which this coder has no level yet.
        batch: the id of the batch under which it is recorded (see :func:`assign`).
        beside: the folder of the workbook; links to documents are relative to it.

    Raises:
        StudyError: the coder has no name, or a unit is not in the study.
    """
    coder = checked_coder(study, coder)
    units = list(units) or list(study["units"]["unit_id"])
    own = study["codings"][study["codings"]["coder"] == coder]
    form = coding_form(evidence_columns(own["evidence_ids"]))
    title = f"Coding workbook of {coder}: {study.descriptor.title}"
    marks = codebook_marks(study.tables)
    about = {"Workbook": KIND, "Coder": coder}
    about["Coder mark"] = short_mark(normalised_text(coder, CODE))
    about |= {"Batch": batch} if batch else {}
    about["Codebook"] = short_mark(*marks.values())
    about |= {f"Criterion {name}": mark for name, mark in marks.items()}
    visible_study = passages.without_others_picks(study, coder)
    has_documents = len(visible_study["documents"]) > 0
    instructions = (*_INSTRUCTIONS, *passages.INSTRUCTIONS) if has_documents else _INSTRUCTIONS
    noun = study.settings.unit_noun.singular
    maker = WorkbookMaker(
        study, title, about, [line.replace("{unit}", noun) for line in instructions]
    )
    offer_lists(maker, visible_study)
    maker.page(codebook_page(study))
    for page in source_and_evidence_pages(visible_study, units):
        maker.page(page)
    rows = list(coding_rows(study, own, units, only_unknown))
    maker.form(form, rows, SPARE_ROWS, frozen=3)
    new_evidence = add_document_forms(maker, study, coder)
    if has_documents:
        maker.offer(**{"new evidence": new_evidence, "nothing found": passages.NOTHING})
        passages.add_passages(maker, visible_study, cells_of_rows(rows), beside)
    return maker.as_bytes()


def cells_of_rows(rows: Iterable[FormRow]) -> list[Cell]:
    """Return the cells of the rows of a sheet Coding, each once."""
    marks = (row.texts["row"].split("/") for row in rows)
    return list(dict.fromkeys((unit, criterion) for unit, criterion, _ in marks))


def checked_coder(study: Study, coder: str) -> str:
    """Return a coder's name as the study writes it; refuse one that a table cannot hold."""
    rule = fault_of_name(normalised_text(coder, CODE))
    if rule:
        remedy = "name the coder as it is to stand in the data, such as --coder coder-1"
        raise refusal("--coder", rule, remedy, coder)
    return recorded_name(study, coder)


def fault_of_name(name: str) -> str:
    """Return why a text cannot be a coder's name; empty if it can."""
    if not name:
        return "a coder needs a name"
    if not name.isprintable() or len(name) > 100:
        return "a coder's name is one printable line of at most 100 characters"
    return ""


def recorded_name(study: Study, coder: str) -> str:
    """Return a coder's name in the spelling of the study's codings, if the coder has any."""
    name = normalised_text(coder, CODE)
    names = {normalised_text(recorded, CODE): recorded for recorded in study["codings"]["coder"]}
    return names.get(name, name)


def coding_rows(
    study: Study, own: pd.DataFrame, units: Sequence[str], only_unknown: bool
) -> Iterator[FormRow]:
    """Yield the rows of a coder's sheet Coding; ``own`` has the coder's codings."""
    unit_name, label = study.lookup("units", "name"), study.lookup("criteria", "label")
    scale = study.lookup("criteria", "scale_id")
    by_cell = grouped(own, "unit_id", "criterion_id")
    exempt_cells = exemptions(study, dt.date.min)
    for unit in units:
        for criterion in study["criteria"]["criterion_id"]:
            rows = by_cell.get((unit, criterion), [])
            if not rows and (unit, criterion) in exempt_cells:
                continue  # the unit is always exempt from this criterion
            if only_unknown and any(row["level"] not in v.UNKNOWNS for row in rows):
                continue
            shown = {"unit_id": unit_name[unit], "criterion_id": label[criterion]}
            choices = {"level": f"scale {scale[criterion]}"}
            for row in rows or [{}]:
                mark = row_mark(unit, criterion, row)
                yield FormRow({**coded_texts(row), **shown, "row": mark}, choices)


_CRITERIA_OF_A_ROW = 300
"""The most criteria in a row: the ids, of at most 100 characters each, fit into one cell."""


@dataclass(frozen=True)
class CellSelection:
    """The cells to give to a coder.

    Attributes:
        units: the units to include; all units if empty.
        only_unknown: only the cells for which this coder has no level yet.
        round: the round of coding, ``pilot`` or ``main``; empty for the main round.
    """

    units: Sequence[str] = ()
    only_unknown: bool = False
    round: str = ""


def give_workbook(
    study: Study, coder: str, out: Path, selection: CellSelection, on: dt.date | None = None
) -> list[str]:
    """Write a coder's workbook, and record the assignment in the study: both or neither.

    Call it inside :func:`analysis.study.journal.changing` for the study's folder.

    Args:
        study: the study, as loaded from its folder.
        coder: the coder's name.
        out: the file to write.
        selection: the cells to give.
        on: the day; default: today.

    Returns:
        The files of the study that were changed; none if the coder was given the same cells that
        day already.

    Raises:
        StudyError: the workbook cannot be written as asked, or the study cannot be changed.
    """
    batch, rows = assign(study, coder, selection, on or dt.date.today())
    files = {}
    if len(rows):
        table = pd.concat([study["assignments"], rows], ignore_index=True)
        path = study.descriptor.tables["assignments"].path
        files = {**study.migrated_files, path: as_csv(table, is_marked(study.folder / path))}
    content = coding_workbook(
        study, coder, selection.units, selection.only_unknown, batch, out.parent
    )
    save_new(out, content, study, before=lambda: journal.commit(study.folder, files))
    return sorted(files)


def assign(
    study: Study, coder: str, selection: CellSelection, on: dt.date
) -> tuple[str, pd.DataFrame]:
    """Return the id of the batch that a coder is given on a day, and its new assignment rows.

    The id is the day with a counter. If the coder was given the same cells on the same day and
    in the same round already, that batch is returned, with no rows.
    """
    coder, day, recorded = checked_coder(study, coder), on.isoformat(), study["assignments"]
    units = list(selection.units) or list(study["units"]["unit_id"])
    own = study["codings"][study["codings"]["coder"] == coder]
    cells: dict[str, dict[str, None]] = {}
    for unit, criterion in cells_of_rows(coding_rows(study, own, units, selection.only_unknown)):
        cells.setdefault(unit, {})[criterion] = None
    given = {
        (unit, ";".join(list(ids)[start : start + _CRITERIA_OF_A_ROW]))
        for unit, ids in cells.items()
        for start in range(0, len(ids), _CRITERIA_OF_A_ROW)
    }
    today = recorded[(recorded["coder"] == coder) & (recorded["given_on"] == day)]
    today = today[today["round"] == selection.round]
    for batch, rows in today.groupby("batch"):
        if set(zip(rows["unit_id"], rows["criterion_ids"], strict=True)) == given:
            return str(batch), recorded.iloc[:0]
    taken = {*recorded["batch"], *study["codings"]["batch"]}
    numbers = (f"{day}-{number}" for number in range(1, len(taken) + 2))
    batch = next(number for number in numbers if number not in taken)
    place_of = {unit: place for place, unit in enumerate(units)}
    rows = [
        (coder, *pair, batch, day, "", selection.round)
        for pair in sorted(given, key=lambda pair: place_of[pair[0]])
    ]
    return batch, pd.DataFrame(rows, columns=recorded.columns, dtype=object)
