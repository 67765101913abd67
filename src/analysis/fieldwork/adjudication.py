"""Adjudication: write a settling workbook with all codings, and read assessments from it.

Levels on which all coders agree are filled in; the third reader decides the others. To overrule a
consensus, or to leave a coded cell without an assessment, the reader must give a name and a reason.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from analysis.fieldwork.changeset import REMOVED, UNCHANGED, Changeset
from analysis.fieldwork.coded_cells import BY_AGREEMENT, NO_ROW, Cell, disputed, read_without_row
from analysis.fieldwork.forms import adjudication_form, evidence_columns
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.row_reader import (
    CODED_COLUMNS,
    DATE_COLUMNS,
    Mark,
    Row,
    RowReader,
    also_changed,
    dates_of,
    mark_of,
    note_missing,
    places_by_mark,
    row_mark,
    text_mark,
)
from analysis.fieldwork.shared_sheets import (
    codebook_page,
    coded_texts,
    offer_lists,
    source_and_evidence_pages,
)
from analysis.fieldwork.workbook_content import SheetRow
from analysis.fieldwork.workbook_writer import FormRow, WorkbookMaker
from analysis.frames import grouped, records
from analysis.study import Study, readers
from analysis.study import vocabulary as v
from analysis.study.codebook import EARLIER_RULES, codebook_marks
from analysis.study.dates import date_in_words

KIND = "settling"
AGREEMENT, NO_ASSESSMENT = BY_AGREEMENT, "no assessment"
ADJUDICATED_COLUMNS = (*CODED_COLUMNS, "settled_by", "settled_why")
SPARE_ROWS = 40

_INSTRUCTIONS = (
    "This sheet has every cell that was coded, with what each coder says beside it. What all agree on is filled in. Where they differ, it is left for you to decide.",
    "Decide what is open: choose the level that stands, with its dates, evidence and reason. Say in Settled by who or what decided it, and in the last column why.",
    f"Settled by “{AGREEMENT}” stands only where all coders of the cell give that level. You may correct what they agree on: then say who and why.",
    f"To leave a coded cell without an assessment, choose “{NO_ASSESSMENT}” as its level, and say who and why.",
    "For a further date of a cell, use an empty row at the end. An assessment that you change is replaced; its old version is kept.",
    "After a reply of a unit was accepted: write the reply’s id in Settled by.",
)


def adjudication_workbook(study: Study, units: Sequence[str] = ()) -> bytes:
    """Return the settling workbook.

    Args:
        study: the study.
        units: the units to include; all units if empty.
    """
    units = list(units) or list(study["units"]["unit_id"])
    names = readers(study)
    cited = [*study["codings"]["evidence_ids"], *study["assessments"]["evidence_ids"]]
    title = f"Settling workbook: {study.descriptor.title}"
    maker = WorkbookMaker(study, title, {"Workbook": KIND}, _INSTRUCTIONS)
    offer_lists(maker, study, further=[NO_ASSESSMENT])
    maker.page(codebook_page(study))
    for page in source_and_evidence_pages(study, units):
        maker.page(page)
    rows = list(_rows(study, names, units))
    maker.form(adjudication_form(evidence_columns(cited), names), rows, SPARE_ROWS, frozen=3)
    return maker.as_bytes()


def _rows(study: Study, names: list[str], units: Sequence[str]) -> Iterator[FormRow]:
    unit_name, label = study.lookup("units", "name"), study.lookup("criteria", "label")
    scale = study.lookup("criteria", "scale_id")
    codings, assessments, set_aside = (
        grouped(study[name], "unit_id", "criterion_id")
        for name in ("codings", "assessments", "set_aside")
    )
    rules_marks = codebook_marks(study.tables)
    reopened = records(study["assessments"].loc[sorted(disputed(study))])
    without_row = read_without_row(study)
    for unit in units:
        for criterion in study["criteria"]["criterion_id"]:
            cell = (unit, criterion)
            shown = {"unit_id": unit_name[unit], "criterion_id": label[criterion]}
            choices = {"level": f"scale {scale[criterion]}"}
            coded, no_row_coders = codings.get(cell, []), without_row.get(cell, [])
            existing = assessments.get(cell, []), set_aside.get(cell, [])
            agreed = agree(coded) and not no_row_coders
            for row_codings, row, mark in _rows_of_cell(cell, coded, *existing, agreed):
                if row in reopened:
                    row = row | {"settled_by": ""}  # the coders no longer agree on this assessment
                texts = {**coded_texts(row), **shown, "row": mark}
                texts["compared"] = _comparison(coded, names, no_row_coders) if coded else ""
                for place, name in enumerate(names, start=1):
                    texts[f"said_{place}"] = "\n\n".join(
                        _coding_text(coding, rules_marks[criterion])
                        for coding in row_codings
                        if coding["coder"] == name
                    ) or (NO_ROW if name in no_row_coders else "")
                yield FormRow(texts, choices)


def _rows_of_cell(
    cell: Cell, coded: list[Row], existing: list[Row], set_aside: list[Row], agreed: bool
) -> Iterator[tuple[list[Row], Row, str]]:
    """Yield, for each workbook row of a cell, its codings, the texts to fill in, and its mark."""
    if set_aside:
        yield coded, set_aside[0] | {"level": NO_ASSESSMENT}, f"{cell[0]}/{cell[1]}/aside"
        return
    dates = dict.fromkeys(dates_of(row) for row in (*existing, *coded))
    if existing:
        # A coding whose dates match no assessment is shown beside the first assessment of the cell.
        by_dates = {dates_of(assessment): assessment for assessment in existing}
        other_dates = [coding for coding in coded if dates_of(coding) not in by_dates]
        for number, (date, row) in enumerate(by_dates.items()):
            row_codings = [coding for coding in coded if dates_of(coding) == date]
            mark = row_mark(*cell, row, ADJUDICATED_COLUMNS)
            yield [*row_codings, *(other_dates if number == 0 else [])], row, mark
        return
    for date in dates:
        row_codings = [coding for coding in coded if dates_of(coding) == date]
        row = _agreed_row(row_codings) if agreed else dict(zip(DATE_COLUMNS, date, strict=True))
        yield row_codings, row, f"{cell[0]}/{cell[1]}/new"


def agree(coded: list[Row]) -> bool:
    """Return whether two or more coders coded a cell, all with the same dates and levels."""
    by_coder: dict[str, set[tuple[str, ...]]] = {}
    for coding in coded:
        by_coder.setdefault(coding["coder"], set()).add((*dates_of(coding), coding["level"]))
    first, *others = by_coder.values() or [set()]
    return bool(others) and all(view == first for view in others)


def _agreed_row(row_codings: list[Row]) -> Row:
    """Return the assessment that follows from codings that agree.

    It cites the evidence of all codings, with the lowest confidence and the latest day of reading
    among them. The reason is the first coder's: the others give the same reason in other words.
    """
    first = row_codings[0]
    cited = dict.fromkeys(
        part for row in row_codings for part in row["evidence_ids"].split(";") if part
    )
    return {
        **{name: first[name] for name in (*DATE_COLUMNS, "level", "rationale")},
        "read_on": max(row["read_on"] for row in row_codings),
        "evidence_ids": ";".join(cited),
        "confidence": min((row["confidence"] for row in row_codings), key=v.CONFIDENCE.index),
        "settled_by": AGREEMENT,
        "settled_why": "",
    }


def _comparison(coded: list[Row], names: list[str], no_row_coders: list[str]) -> str:
    coders = {coding["coder"] for coding in coded}
    if no_row_coders:
        return "differ"
    if len(coders) == 1:
        return "one coder only" if len(names) > 1 else "one coder"
    if agree(coded):
        return "agree"
    levels = [{coding["level"] for coding in coded if coding["coder"] == name} for name in coders]
    return "levels agree, dates differ" if all(level == levels[0] for level in levels) else "differ"


def _coding_text(row: Row, rules_mark: str) -> str:
    cited = f"[{row['evidence_ids'].replace(';', ', ')}] " if row["evidence_ids"] else ""
    older = f"; {EARLIER_RULES}" if row["rules_mark"] not in ("", rules_mark) else ""
    head = f"{row['level']} ({date_in_words(row)}; {row['confidence']}{older})"
    return f"{head}\n{cited}{row['rationale']}"


def add_adjudications(changeset: Changeset, reason: str, on: dt.date) -> None:
    """Add the changes of a returned settling workbook to a changeset.

    Args:
        changeset: the changeset, with the current study and the workbook.
        reason: why assessments are replaced, used where the workbook gives no reason.
        on: the day of the replacement.
    """
    _Adjudication(changeset, reason, on).propose()


class _Adjudication:
    """Compares the lines of one settling workbook with the study."""

    def __init__(self, changeset: Changeset, reason: str, on: dt.date):
        self.changeset, self.workbook = changeset, changeset.workbook
        self.reason, self.on = reason, on
        self.reader = RowReader(changeset)
        self.codings = grouped(changeset.study["codings"], "unit_id", "criterion_id")
        self.without_row = read_without_row(changeset.study)
        self.draft = changeset.draft("assessments")
        self.set_aside_draft = changeset.draft("set_aside")
        self.existing = {
            cell: places_by_mark(self.draft, places, ADJUDICATED_COLUMNS)
            for cell, places in self.draft.places("unit_id", "criterion_id").items()
        }
        self.places_by_date = self.draft.places("unit_id", "criterion_id", *DATE_COLUMNS)
        self.set_aside = self.set_aside_draft.places("unit_id", "criterion_id")
        self.lines: dict[Cell, list[tuple[SheetRow, str, Row]]] = {}

    def propose(self) -> None:
        for line in self.workbook.forms[KIND]:
            mark = mark_of(self.changeset, line)
            if mark is not None:
                self._read(line, mark)
        returned = Counter({cell: len(lines) for cell, lines in self.lines.items()})
        note_missing(self.workbook, returned)
        for cell, lines in self.lines.items():
            self._adjudicate(cell, lines)

    def _read(self, line: SheetRow, mark: Mark) -> None:
        unit = self.reader.unit(line, mark.unit)
        criterion = self.reader.criterion(line, mark.criterion)
        if not unit or not criterion:
            return
        row = {name: line[name] for name in (*DATE_COLUMNS, "read_on", "rationale", "settled_by")}
        row |= {"unit_id": unit, "criterion_id": criterion, "settled_why": line["settled_why"]}
        level = re.sub(r"[\W_]+", " ", line["level"]).strip().lower()
        no_level = level == NO_ASSESSMENT
        row["level"] = NO_ASSESSMENT if no_level else self.reader.level(line, criterion)
        row["confidence"] = self.reader.confidence(line)
        row["evidence_ids"] = self.reader.evidence_ids(line)
        if row["settled_by"].casefold() == AGREEMENT:
            row["settled_by"] = AGREEMENT
        self.lines.setdefault((unit, criterion), []).append((line, mark.fingerprint, row))

    def _adjudicate(self, cell: Cell, lines: list[tuple[SheetRow, str, Row]]) -> None:
        filled = [entry for entry in lines if entry[2]["level"]]
        kept = {
            self.existing.get(cell, {}).get(text_mark(row, ADJUDICATED_COLUMNS))
            for _, _, row in filled
        }
        for line, sent_fingerprint, row in lines:
            if row["level"]:
                continue
            if sent_fingerprint in self.existing.get(cell, {}):
                rule = "an assessment that stood is emptied here"
            elif not filled:
                rule = "the cell was coded, and its level is left open"
            else:
                continue  # another row of the cell gives the assessment
            remedy = f"settle it, or choose “{NO_ASSESSMENT}”, and say who and why; to settle a part at a time, write the workbook with --units"
            self.workbook.refuse(line.place("level"), "", rule, remedy)
        without = [entry for entry in filled if entry[2]["level"] == NO_ASSESSMENT]
        if without and len(filled) > len(without):
            rule = f"the cell has an assessment in another row, and “{NO_ASSESSMENT}” here"
            self.workbook.refuse(without[0][0].place("level"), "", rule, "keep one of the two")
            return
        if without:
            self._remove_assessments(cell, *without[0])
            return
        for line, sent_fingerprint, row in filled:
            self._assess(cell, line, sent_fingerprint, row, kept)

    def _remove_assessments(
        self, cell: Cell, line: SheetRow, sent_fingerprint: str, row: Row
    ) -> None:
        """Remove the assessments of a coded cell, and record who decided this and why."""
        rule = "a coded cell is left without an assessment"
        if not self._has_decider_and_reason(line, row, rule):
            return
        new = {name: row[name] for name in ("unit_id", "criterion_id", "settled_by", "settled_why")}
        places = self.set_aside.get(cell, [])
        existing = self.set_aside_draft.rows[places[0]] if places else {}
        if {name: normalised_text(text) for name, text in existing.items()} == new:
            self.changeset.record(UNCHANGED, "set_aside", new, NO_ASSESSMENT, line)
            return
        for place in self.existing.get(cell, {}).values():
            old = self._replace_in_history(place, row, line)
            self.draft.remove(place)
            summary = f"{_level_and_date(old)} → {NO_ASSESSMENT}"
            self.changeset.record(REMOVED, "assessments", row, summary, line)
        place = places[0] if places else None
        self.changeset.put("set_aside", new, NO_ASSESSMENT, line, place)

    def _assess(
        self, cell: Cell, line: SheetRow, sent_fingerprint: str, row: Row, kept: set[int | None]
    ) -> None:
        by_fingerprint = self.existing.get(cell, {})
        place = by_fingerprint.get(text_mark(row, ADJUDICATED_COLUMNS))
        if place is not None:
            self.changeset.record(UNCHANGED, "assessments", row, _level_and_date(row), line)
            return
        if not self._check_decider(cell, line, row):
            return
        place = by_fingerprint.get(sent_fingerprint)
        if place is None and re.fullmatch("[0-9a-f]{10}", sent_fingerprint):
            rule = "the assessment that this row changes was changed since, after the workbook was written"
            remedy = "write a new workbook, and enter it there"
            self.workbook.refuse(line.place("level"), row["level"], rule, remedy)
            return
        same_date = self.places_by_date.get((*cell, *dates_of(row)), [])
        if place in kept or place is None or self.draft.lines[place] is not None:
            place = same_date[0] if same_date else None
        if place is None:
            self.changeset.put("assessments", row, _level_and_date(row), line)
        elif place in kept or self.draft.lines[place] is not None:
            rule = "another row gives this cell another assessment of the same date"
            remedy = "keep one of the two, or change the date of one"
            self.workbook.refuse(line.place("level"), row["level"], rule, remedy)
        else:
            old = self._replace_in_history(place, row, line)
            more = also_changed(
                old, row, confidence="confidence", settled_why="why it was settled so"
            )
            summary = f"{_level_and_date(old)} → {_level_and_date(row)}{more}"
            # The check of the old row does not carry over: nobody has checked the new one.
            self.changeset.put("assessments", row, summary, line, place)
        for place in self.set_aside.pop(cell, []):
            self.set_aside_draft.remove(place)
            self.changeset.record(REMOVED, "set_aside", row, "it has an assessment now", line)

    def _check_decider(self, cell: Cell, line: SheetRow, row: Row) -> bool:
        """Check who decided a row: "agreement" needs codings that agree, others a reason."""
        if row["settled_by"] != AGREEMENT:
            rule = "it is settled otherwise than by agreement"
            return self._has_decider_and_reason(line, row, rule)
        by_coder: dict[str, set[str]] = {}
        for coding in self.codings.get(cell, []):
            by_coder.setdefault(coding["coder"], set()).add(coding["level"])
        no_row_coders = self.without_row.get(cell, [])
        agreed = all(row["level"] in view for view in by_coder.values())
        if len(by_coder) > 1 and agreed and not no_row_coders:
            return True
        rule = f"the codings do not agree on {row['level']}"
        rule = (
            f"{' and '.join(no_row_coders)} read this cell and entered nothing"
            if no_row_coders
            else rule
        )
        rule = "fewer than two coded this cell" if len(by_coder) < 2 else rule
        remedy = "say who settled it, and why"
        self.workbook.refuse(line.place("settled_by"), AGREEMENT, rule, remedy)
        return False

    def _has_decider_and_reason(self, line: SheetRow, row: Row, rule: str) -> bool:
        for name, missing in (("settled_by", "who decided it"), ("settled_why", "why")):
            if not row[name] or (name == "settled_by" and row[name] == AGREEMENT):
                self.workbook.refuse(line.place(name), row[name], rule, f"say {missing}")
                return False
        return True

    def _replace_in_history(self, place: int, row: Row, line: SheetRow) -> Row:
        old = self.draft.rows[place]
        past = {
            "replaced_on": self.on.isoformat(),
            "replaced_by": row["settled_by"],
            "replaced_why": row["settled_why"] or self.reason,
        }
        self.changeset.keep_old("assessments", old, past, line)
        return old


def _level_and_date(row: Row) -> str:
    return f"{row['level']} ({row['observed_on'] or 'undated'}, {row['settled_by']})"
