"""Intake: read a returned workbook, and either report all its problems or change the study."""

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from itertools import product
from pathlib import Path

from analysis.fieldwork import (
    adjudication,
    coding_intake,
    coding_workbook,
    reply_form,
    request_tracker,
)
from analysis.fieldwork.changeset import TO_BE_GIVEN, Changeset, Intake
from analysis.fieldwork.forms import LAYOUT
from analysis.fieldwork.read_workbook import read_workbook
from analysis.fieldwork.sent_texts import Rows, rows_in
from analysis.fieldwork.workbook_content import ReadWorkbook
from analysis.study import Study, StudyError, journal, load
from analysis.study.versions import current_ids


def _every_cell(study: Study) -> list[tuple[str, str]]:
    return list(product(study["units"]["unit_id"], study["criteria"]["criterion_id"]))


KINDS: dict[str, Callable[[Changeset, str, dt.date], None]] = {
    coding_workbook.KIND: coding_intake.add_codings,
    adjudication.KIND: adjudication.add_adjudications,
    reply_form.KIND: reply_form.add_replies,
    request_tracker.KIND: request_tracker.add_requests,
}
"""The function that adds the changes of a workbook to a changeset, by kind of workbook."""
_WRITERS: dict[str, Callable[[Study, dict[str, str]], bytes]] = {
    coding_workbook.KIND: lambda study, about: coding_workbook.coding_workbook(
        study, about.get("coder", "")
    ),
    adjudication.KIND: lambda study, about: adjudication.adjudication_workbook(study),
    reply_form.KIND: lambda study, about: reply_form.reply_form(study, about.get("unit", "")),
    request_tracker.KIND: lambda study, about: request_tracker.tracking_workbook(
        study, _every_cell(study)
    ),
}
"""The function that writes a workbook again, by kind of workbook."""


def take_in(
    path: Path,
    folder: Path,
    reason: str = "",
    dry_run: bool = False,
    on: dt.date | None = None,
    preview: Callable[[Intake], None] = lambda intake: None,
) -> Intake:
    """Take a returned workbook into a study, as a whole or not at all.

    Args:
        path: the workbook.
        folder: the study's folder.
        reason: why existing rows are replaced; required if any is.
        dry_run: write nothing.
        on: the day of any replacement; default: today.
        preview: called with the result before anything is written.

    Raises:
        StudyError: the workbook cannot be taken in. The error holds every problem found, and the
            study is not changed.
    """
    # Lock the study while it is read and written, so that no other process changes it meanwhile.
    with nullcontext() if dry_run else journal.changing(folder):
        missing_reason = TO_BE_GIVEN if dry_run else ""
        intake, files = _prepared(load(folder), path, reason or missing_reason, on)
        preview(intake)
        if dry_run or not files:
            return intake
        journal.commit(folder, files)
        return replace(intake, written=sorted(files))


def _prepared(
    study: Study, path: Path, reason: str, on: dt.date | None
) -> tuple[Intake, dict[str, bytes]]:
    changeset = propose(study, path, reason, on or dt.date.today())
    files = changeset.files()
    if changeset.workbook.problems:
        raise StudyError(changeset.workbook.problems_in_order())
    return Intake(changeset.changes, changeset.workbook.sentences()), files


def propose(study: Study, path: Path, reason: str, on: dt.date) -> Changeset:
    """Return the changeset of a returned workbook; its problems are in ``changeset.workbook``.

    Raises:
        StudyError: the file cannot be opened as a workbook.
    """
    workbook = read_workbook(path)
    under_current_ids(workbook, study)
    changeset = Changeset(study, workbook)
    about = workbook.about
    remedy = "return the workbook that was sent; its first sheet says what it is"
    if not about:
        workbook.refuse("Start", "", "no sheet says what this workbook is", remedy)
    elif about.get("workbook") not in KINDS:
        known = f"it is not a workbook that can be taken in ({', '.join(KINDS)})"
        workbook.refuse_about("workbook", known, remedy)
    elif about.get("layout") != LAYOUT:
        rule = f"its layout is not the one read here ({LAYOUT})"
        workbook.refuse_about("layout", rule, "have a new workbook written")
    elif about.get("study") != study.descriptor.name:
        rule = f"it belongs to another study, and not to {study.descriptor.name}"
        workbook.refuse_about("study", rule, "name the study that it belongs to")
    elif about["workbook"] not in workbook.forms:
        workbook.refuse("Start", "", "the sheet to fill is not there", remedy)
    else:
        KINDS[about["workbook"]](changeset, reason, on)
        workbook.note_differences(workbook.texts_sent or _rows_sent(study, about))
    return changeset


def _rows_sent(study: Study, about: dict[str, str]) -> dict[str, Rows]:
    """Return the rows that a workbook was sent with, by writing it again.

    This is for workbooks from before version 0.2, which do not record the rows themselves.
    """
    try:
        return rows_in(_WRITERS[about["workbook"]](study, about))
    except (StudyError, KeyError):
        return {}  # its coder or unit is unclear, and was refused already


UNDER_ANOTHER_ID = "It was written under another id, and is read under today’s (former_ids)"


def under_current_ids(workbook: ReadWorkbook, study: Study) -> None:
    """Replace former ids by current ones in the row marks and the first sheet of a workbook."""
    units, criteria = (current_ids(study, table) for table in ("units", "criteria"))

    def current(mark: str) -> str:
        parts = mark.replace(" ", "").split("/")
        if len(parts) < 3:
            return mark
        unit, criterion, *rest = parts
        return "/".join([units.get(unit, unit), criteria.get(criterion, criterion), *rest])

    if not units and not criteria:
        return
    workbook.sent = [current(mark) for mark in workbook.sent]
    for line in (line for lines in workbook.forms.values() for line in lines if line["row"]):
        mark = current(line["row"])
        if mark != line["row"].replace(" ", ""):
            workbook.note(UNDER_ANOTHER_ID, line.place("row"))
            line.texts["row"] = mark
    about = workbook.about
    for former, current_id in criteria.items():
        if mark_then := about.get(f"criterion {former}".lower()):
            about.setdefault(f"criterion {current_id}".lower(), mark_then)
    if about.get("unit") in units:
        workbook.note(UNDER_ANOTHER_ID, workbook.about_places.get("unit", "Start"))
        about["unit"] = units[about["unit"]]
