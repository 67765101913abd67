"""Intake of a coding workbook: find new codings, and the codings that they replace."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from analysis.fieldwork.changeset import UNCHANGED, Changeset
from analysis.fieldwork.coded_cells import cells_given
from analysis.fieldwork.coding_workbook import fault_of_name, recorded_name
from analysis.fieldwork.forms import CODE
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.picks import Picks, bring_in_nothing_found
from analysis.fieldwork.row_reader import (
    DATE_COLUMNS,
    MARK_PATTERN,
    Mark,
    Row,
    RowReader,
    also_changed,
    bring_in_documents,
    dates_of,
    mark_of,
    note_missing,
    places_by_mark,
    text_mark,
)
from analysis.fieldwork.workbook_content import SheetRow
from analysis.study.codebook import codebook_marks, short_mark
from analysis.wording import agreeing

_CELL = ("unit_id", "criterion_id")

Existing = dict[tuple[str, ...], dict[str, int]]
"""A coder's codings: for each cell, the index of each coding by its fingerprint."""


def add_codings(changeset: Changeset, reason: str, on: dt.date) -> None:
    """Add the changes of a returned coding workbook to a changeset.

    Args:
        changeset: the changeset, with the current study and the workbook.
        reason: why existing codings are replaced; required if any is.
        on: the day of the replacement.
    """
    coder, reader = _coder_of(changeset), RowReader(changeset)
    if coder:
        batch = changeset.workbook.about.get("batch", "")
        picks = Picks(changeset, coder)
        bring_in_documents(changeset, reader, picks.quoted)
        picks.bring_in(batch)
        bring_in_nothing_found(changeset, reader, coder, picks.cells)
        _Codings(changeset, reader, coder).propose(reason, on)
        _record_return(changeset, coder, on)


class _Codings:
    """Compares the lines of one coding workbook with the study."""

    def __init__(self, changeset: Changeset, reader: RowReader, coder: str):
        self.changeset, self.reader, self.coder = changeset, reader, coder
        self.workbook, self.draft = changeset.workbook, changeset.draft("codings")
        self.existing: Existing = {
            key[1:]: places_by_mark(self.draft, places)
            for key, places in self.draft.places("coder", *_CELL).items()
            if key[0] == coder
        }
        dated = self.draft.places("coder", *_CELL, *DATE_COLUMNS)
        self.places_by_date = {key[1:]: places for key, places in dated.items() if key[0] == coder}
        self.outdated = changed_criteria(changeset)
        self.rules_marks = codebook_marks(changeset.study.tables)
        self.taken: list[tuple[SheetRow, Mark, Row]] = []
        self.unchanged: set[int] = set()

    def propose(self, reason: str, on: dt.date) -> None:
        seen: set[tuple[str, ...]] = set()
        returned: Counter[tuple[str, str]] = Counter()
        for line in self.workbook.forms.get("coding", []):
            mark = mark_of(self.changeset, line)
            if mark is None:
                continue
            returned.update([mark[:2]] if mark.unit else [])
            if not _has_content(line, mark):
                continue
            row = _coding(self.reader, line, mark, self.coder)
            if row is None:
                continue
            content = (*_cell(row), text_mark(row))
            returned.update([] if mark.unit else [_cell(row)])
            if content in seen:
                self.workbook.note("A row that was there twice was taken once", line.place())
            else:
                self._compare(line, mark, row)
            seen.add(content)
        note_missing(self.workbook, returned)
        for line, row, place in self._with_replaced_places():
            self._add_or_replace(
                line, row, place, {"replaced_on": on.isoformat(), "replaced_why": reason}
            )

    def _compare(self, line: SheetRow, mark: Mark, row: Row) -> None:
        """Record a row as unchanged, refuse it, or keep it as a new or changed coding."""
        place = self.existing.get(_cell(row), {}).get(text_mark(row))
        if place is not None:
            self.unchanged.add(place)
            self.changeset.record(UNCHANGED, "codings", row, _level_and_date(row), line)
        elif text_mark(row) == mark.fingerprint:
            _refuse_outdated(self.changeset, line, "the study holds another coding here since")
        elif row["criterion_id"] in self.outdated:
            _refuse_outdated(self.changeset, line, "the rules of this criterion were changed since")
        else:
            row["rules_mark"] = self.rules_marks[row["criterion_id"]]
            self.taken.append((line, mark, row))

    def _add_or_replace(self, line: SheetRow, row: Row, place: int | None, past: Row) -> None:
        """Add a new coding, or replace the coding that a row changes."""
        same_date = self.places_by_date.setdefault((*_cell(row), *dates_of(row)), [])
        place = same_date[0] if place is None and same_date else place
        if place is None:
            same_date.append(len(self.draft.rows))
            self.changeset.put("codings", row, _level_and_date(row), line)
            return
        taken_by, old = self.draft.lines[place], self.draft.rows[place]
        if place in self.unchanged or taken_by is not None:
            other = f" ({taken_by.place()})" if taken_by else ""
            rule = f"another row{other} gives this cell another coding of the same date"
            remedy = "keep one of the two, or change the date of one"
            self.workbook.refuse(line.place("level"), row["level"], rule, remedy)
            return
        summary = f"{_level_and_date(old)} → {_level_and_date(row)}{also_changed(old, row)}"
        self.changeset.keep_old("codings", old, past, line)
        self.changeset.put("codings", row, summary, line, place)

    def _with_replaced_places(self) -> Iterator[tuple[SheetRow, Row, int | None]]:
        """Yield each line and row with the index of the coding that it changes, if any.

        Coders often copy a row to add a second date. Then one of the copies is the original row,
        and the others are new.
        """
        copies: dict[int, list[tuple[SheetRow, Row]]] = {}
        for line, mark, row in self.taken:
            place = self.existing.get(_cell(row), {}).get(mark.fingerprint)
            if place is not None and place not in self.unchanged:
                copies.setdefault(place, []).append((line, row))
            elif place is None and mark.fingerprint not in ("", "new"):
                note = "the coding that this row changes was changed since"
                _refuse_outdated(self.changeset, line, note)
            else:
                yield line, row, None
        for place, lines in copies.items():
            date = dates_of(self.draft.rows[place])
            same_date = [row for _, row in lines if dates_of(row) == date]
            original = [lines[0][1]] if len(lines) == 1 else same_date
            for line, row in lines:
                if len(original) == 1:
                    yield line, row, place if row is original[0] else None
                    continue
                rule = "the row was copied, and we cannot tell which of the copies is the original"
                remedy = "clear the first column of the new one"
                self.workbook.refuse(line.place("row"), line["row"], rule, remedy)


def _cell(row: Row) -> tuple[str, str]:
    return row["unit_id"], row["criterion_id"]


def _record_return(changeset: Changeset, coder: str, on: dt.date) -> None:
    """Record that a coder's batch came back, and note its cells read without a row."""
    batch = changeset.workbook.about.get("batch", "")
    draft = changeset.draft("assignments")
    places = draft.places("coder", "batch").get((coder, batch), []) if batch else []
    for row in (draft.rows[place] for place in places):
        row["returned_on"] = row["returned_on"] or on.isoformat()
    given = cells_given(changeset.study) if batch else ()
    cells = {(coder, *cell) for row, cell in given if (row.coder, row.batch) == (coder, batch)}
    without = cells - changeset.draft("codings").places("coder", "unit_id", "criterion_id").keys()
    place = changeset.workbook.about_places.get("batch", "Start")
    if without:
        share = f"{len(without)} of {len(cells)} cells given"
        count = share if len(cells) > 1 else "the cell given"
        verb = agreeing(len(without), "counts", "count")
        note = f"Batch {batch} of {coder} came back: {count} {verb} as read without a row"
        changeset.workbook.note(note, place)
    if not places and not changeset.changes:
        note = "No coding came back, and what was given is not recorded: nothing counts as read"
        changeset.workbook.note(note, place)


def _coder_of(changeset: Changeset) -> str:
    """Return the coder of a workbook; if unclear, add a problem and return an empty text."""
    workbook, study = changeset.workbook, changeset.study
    coder = recorded_name(study, workbook.about.get("coder", ""))
    rule = fault_of_name(coder)
    if not coder:
        rule = "it does not say whose coding this is"
    elif not rule and coder not in set(study["codings"]["coder"]):
        marks = (MARK_PATTERN.fullmatch(line["row"]) for line in workbook.forms.get("coding", []))
        if any(match and match[3] not in ("new", "aside") for match in marks):
            rule = "no coder of this name coded before, and rows here are marked as coded before"
    if not rule and workbook.about.get("coder mark") != short_mark(normalised_text(coder, CODE)):
        rule = "the workbook was written for another coder, and a coder's name was changed here"
    if rule:
        remedy = "write the coder's name in the line Coder as it stood when the workbook was sent"
        workbook.refuse_about("coder", rule, remedy)
        return ""
    return coder


def changed_criteria(changeset: Changeset) -> set[str]:
    """Return the criteria whose rules have changed since the workbook was written."""
    about, now = changeset.workbook.about, codebook_marks(changeset.study.tables)
    if about.get("codebook") == short_mark(*now.values()):
        return set()
    changed = {name for name, mark in now.items() if about.get(f"criterion {name}".lower()) != mark}
    note = "The workbook was written with an earlier version of the codebook"
    changeset.workbook.note(note, "Start")
    return changed


def _refuse_outdated(changeset: Changeset, line: SheetRow, rule: str) -> None:
    rule += ", after the workbook was written"
    remedy = "write a new workbook, and enter it there"
    changeset.workbook.refuse(line.place("level"), line["level"], rule, remedy)


def _has_content(line: SheetRow, mark: Mark) -> bool:
    """Return whether a line was sent with a coding, or has any text that we did not fill in."""
    if mark.fingerprint not in ("", "new"):
        return True  # it held a coding: if that was emptied, the line is refused later
    prefilled = {"row", "unit_id", "criterion_id"} if mark.unit else {"row"}
    return any(text for name, text in line.texts.items() if name not in prefilled)


def _coding(reader: RowReader, line: SheetRow, mark: Mark, coder: str) -> Row | None:
    unit, criterion = reader.unit(line, mark.unit), reader.criterion(line, mark.criterion)
    if not unit or not criterion:
        return None
    if mark.fingerprint not in ("", "new") and not any(
        line[name] for name in ("level", "rationale")
    ):
        rule = "a coding that was made is emptied here, and an old coding is never deleted"
        remedy = "put it back, or code the cell anew: not_assessed, say, with the reason"
        reader.workbook.refuse(line.place("level"), "", rule, remedy)
        return None
    return {
        "unit_id": unit,
        "criterion_id": criterion,
        "coder": coder,
        **{name: line[name] for name in (*DATE_COLUMNS, "read_on", "rationale")},
        "level": reader.level(line, criterion),
        "confidence": reader.confidence(line),
        "evidence_ids": reader.evidence_ids(line),
        "batch": reader.workbook.about.get("batch", ""),
    }


def _level_and_date(row: dict[str, str]) -> str:
    when = row["observed_on"] or "undated"
    return f"{row['level']} ({when}, {row['confidence']})"
