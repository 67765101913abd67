"""Import an existing table of units, criteria and answers, without adding anything to it.

The file becomes one source, identified by its hash. Each answer becomes a row of evidence that
gives its place in the table, and an assessment that cites this evidence. The map declares what a
blank means; a blank that means "looked and found nothing" becomes a search.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from analysis.fieldwork.changeset import UNCHANGED, Changeset, Intake
from analysis.fieldwork.table_answers import DATE_COLUMNS, Answer, AnswerReader
from analysis.fieldwork.table_file import TableFile, read_table_file
from analysis.fieldwork.table_map import (
    BESIDE,
    FOUND_NOTHING,
    NOBODY_LOOKED,
    NOT_ASKED,
    Searched,
    TableMap,
    default_map,
    read_map,
)
from analysis.fieldwork.workbook_content import SheetRow
from analysis.frames import records
from analysis.problems import StudyError, shorten
from analysis.study import Study, journal, load
from analysis.study import vocabulary as v

FILLED = ("units", "sources", "evidence")
"""Tables of the study that may be empty before the import."""
_KEYS = {
    "assessments": ("unit_id", "criterion_id", *DATE_COLUMNS),
    "codings": ("unit_id", "criterion_id", "coder", *DATE_COLUMNS),
    "searches": ("unit_id", "searched_on", "where"),
    "sources": ("source_id",),
}
"""The columns that identify a row, by table."""
_LOOKED_FOR_BY_NOBODY = (NOBODY_LOOKED, v.NOT_ASSESSED)
_NO_ROW_MEANINGS = (NOT_ASKED, *_LOOKED_FOR_BY_NOBODY)
"""Meanings that leave a cell not assessed. No row is added: it would hide a later search."""
_MAX_QUESTIONS_NAMED = 20
"""The most questions named in the evidence on the blanks of a unit; the rest are counted."""


def import_table(
    path: Path,
    folder: Path,
    map_path: Path | None = None,
    dry_run: bool = False,
    preview: Callable[[Intake], None] = lambda intake: None,
) -> Intake:
    """Import a table into a study, as a whole or not at all.

    Args:
        path: the table, ``.csv`` or ``.xlsx``.
        folder: the study's folder.
        map_path: the map; ``None`` if the table has the study's own headings and words.
        dry_run: write nothing.
        preview: called with the result before anything is written.

    Raises:
        StudyError: the table cannot be imported. The error holds every problem found, and the
            study is not changed.
    """
    with nullcontext() if dry_run else journal.changing(folder):
        imported, files = _prepared(load(folder, to_fill=FILLED), path, map_path)
        preview(imported)
        if dry_run or not files:
            return imported
        journal.commit(folder, files)
        return replace(imported, written=sorted(files))


def _prepared(study: Study, path: Path, map_path: Path | None) -> tuple[Intake, dict[str, bytes]]:
    if map_path is None:
        table = read_table_file(path)
        table_map = default_map(study, table)
    else:
        table_map = read_map(map_path)
        table = read_table_file(path, table_map.sheet, table_map.headings_row, table_map.last_row)
    changeset, workbook = Changeset(study, table.workbook), table.workbook
    reader = AnswerReader(changeset, table, table_map, map_path.name if map_path else "")
    answers = reader.read()
    if not workbook.problems:
        _Import(changeset, table, table_map).take(answers)
    table.note_outside_cells()
    files = changeset.files() if not workbook.problems else {}
    if workbook.problems:
        raise StudyError(workbook.problems_in_order())
    return Intake(changeset.changes, workbook.sentences(), answers=reader.counts), files


class _Import:
    """Compares the answers of one table with the study, and adds the rows that follow."""

    def __init__(self, changeset: Changeset, table: TableFile, table_map: TableMap):
        self.study, self.table, self.map = changeset.study, table, table_map
        self.changeset, self.workbook = changeset, table.workbook
        self.read_on = table_map.read_on or dt.date.today().isoformat()
        self.source_id = f"table-{table.sha256[:10]}"
        self.scale = self.study.lookup("criteria", "scale_id")
        self.evidence_ids = set(self.study["evidence"]["evidence_id"])
        self.existing = {name: changeset.draft(name).places(*key) for name, key in _KEYS.items()}

    def take(self, answers: list[Answer]) -> None:
        """Add the rows that follow from answers, and the table as their source."""
        cells: dict[tuple, list[Answer]] = defaultdict(list)
        for answer in answers:
            cells[answer.unit, answer.criterion, answer.dates].append(answer)
        for cell, cell_answers in cells.items():
            self._add_cell(cell, cell_answers)
        self._add_blanks(answers)
        if self.changeset.actual_changes:
            self._add_source()

    def _add_cell(self, cell: tuple, cell_answers: list[Answer]) -> None:
        """Add the answers of one unit, criterion and date; refuse contradictory ones."""
        unit, criterion, dates = cell
        given = [
            answer
            for answer in cell_answers
            if answer.meaning not in (*_NO_ROW_MEANINGS, FOUND_NOTHING)
        ]
        others = [answer for answer in cell_answers if answer not in given and not answer.coders]
        meanings = {answer.meaning for answer in [*given, *others]}
        codings = {
            (name, answer.meaning): answer for answer in given[::-1] for name in answer.coders
        }
        coders = {name for name, _ in codings}
        distinct = all(answer.coders for answer in given) and len(coders) == len(codings)
        if len(meanings) > 1 and (others or not distinct):
            first = cell_answers[0]
            other = next(answer for answer in cell_answers if answer.meaning != first.meaning)
            rule = f"{first.line.place('level')} says {shorten(first.text) or 'nothing'} of the same unit, criterion and date"
            remedy = "keep one of the two, give each its date, or name who gave it (coder)"
            self.workbook.refuse(other.line.place("level"), other.text, rule, remedy)
            return
        if not given:
            return
        if len(cell_answers) > 1 and not any(answer.coders for answer in cell_answers):
            note = "An answer that the table gives more than once was taken once"
            self.workbook.note(note, cell_answers[1].line.place("level"))
        row = dict(zip(DATE_COLUMNS, dates, strict=True))
        row |= {"unit_id": unit, "criterion_id": criterion, "read_on": self.read_on}
        row |= {"confidence": self.map.confidence}
        if len(meanings) == 1:
            self._assess(row, given)
        else:
            note = "Coders differ: their codings were taken in, and no level stands until they are settled (policygap settle)"
            self.workbook.note(note, given[0].line.place("level"))
        for (name, _), answer in reversed(codings.items()):
            self._code(row | {"coder": name}, answer)

    def _assess(self, row: dict[str, str], given: list[Answer]) -> None:
        why = f"{self.table.name} says so; the documents behind the table were not read"
        settled = {"settled_by": v.IMPORTED, "settled_why": why}
        old = self._add("assessments", row | settled, given)
        if old:
            rule = f"the map says that it means {given[0].meaning}, and the study holds {old['level']} of that date, settled by {shorten(old['settled_by'])}"
            remedy = "say in the map from when its answers are (observed_on or not_before), or change the level in a settling workbook (policygap settle)"
            self.workbook.refuse(given[0].line.place("level"), given[0].text, rule, remedy)

    def _code(self, row: dict[str, str], answer: Answer) -> None:
        old = self._add("codings", row, [answer])
        if old:
            rule = f"the study holds {old['level']} by {row['coder']} of that date"
            remedy = (
                "correct the table, or change the coding in a coder's workbook (policygap workbook)"
            )
            self.workbook.refuse(answer.line.place("level"), answer.text, rule, remedy)

    def _add(self, table: str, row: dict[str, str], given: list[Answer]) -> dict[str, str] | None:
        """Add the row for some answers; if the study has it with another level, return that row."""
        first, (_, old) = given[0], self._existing_row(table, row)
        if old and old["level"] != first.meaning:
            return old
        why = f"As the imported table has it: “{first.text}”."
        row = row | {"level": first.meaning, "rationale": why}
        if not old:
            row["evidence_ids"] = ";".join(dict.fromkeys(map(self._evidence, given)))
            self.changeset.put(table, row, first.meaning, first.line)
        else:
            self.changeset.record(UNCHANGED, table, row, first.meaning, first.line)
        return None

    def _evidence(self, answer: Answer) -> str:
        """Return the id of the evidence for an answer; add the evidence on the first call."""
        place = answer.line.place("level").rpartition("!")[2]
        column = "" if self.map.is_long else f", column “{answer.question}”,"
        what = f"says on “{answer.question}”" if self.map.is_long else "says"
        states = f"Row {answer.line.number}{column} of {self.table.name} {what}: “{answer.text}”."
        if answer.line["source"]:
            states += f" It names as its source: {answer.line['source']}"
        name, note = f"{self.source_id}-{place}", answer.line["note"]
        return self._add_evidence(name, answer.unit, states, note, answer.line)

    def _add_evidence(self, name: str, unit: str, states: str, note: str, line: SheetRow) -> str:
        if name not in self.evidence_ids:
            self.evidence_ids.add(name)
            row = {
                "evidence_id": name,
                "scope": "unit",
                "unit_id": unit,
                "source_id": self.source_id,
                "states": states,
                # The whole table was read, and none of the documents behind it.
                "extent_read": "whole_excerpt",
                "note": note,
            }
            self.changeset.put("evidence", row, name, line)
        return name

    def _add_blanks(self, answers: Iterable[Answer]) -> None:
        """Add searches for blanks that found nothing, and evidence on a unit's other blanks."""
        searches: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        unanswered: dict[str, list[Answer]] = defaultdict(list)
        for answer in answers:
            if answer.meaning in _NO_ROW_MEANINGS:
                unanswered[answer.unit].append(answer)
            elif answer.meaning == FOUND_NOTHING and self.map.searched:
                own_day = (
                    answer.line["date"] if len(answer.line["date"]) == len("YYYY-MM-DD") else ""
                )
                searches[answer.unit, own_day or self.map.searched.on].append(answer)
        for (unit, day), blanks in searches.items():
            self._search(self.map.searched, unit, day, blanks)
        for unit, blanks in unanswered.items():
            self._add_blank_evidence(unit, blanks)

    def _add_blank_evidence(self, unit: str, blanks: list[Answer]) -> None:
        """Add evidence that names the questions without an answer about a unit."""
        parts, kinds = [], {"not asked": (NOT_ASKED,), "nobody looked": _LOOKED_FOR_BY_NOBODY}
        for words, meanings in kinds.items():
            questions = [f"“{answer.question}”" for answer in blanks if answer.meaning in meanings]
            more = (
                [f"{len(questions) - _MAX_QUESTIONS_NAMED} more"]
                if questions[_MAX_QUESTIONS_NAMED:]
                else []
            )
            if questions:
                parts.append(f"{', '.join(questions[:_MAX_QUESTIONS_NAMED] + more)} ({words})")
        line = blanks[0].line
        name = f"{self.source_id}-{line.letters['unit_id']}{line.number}"
        states = f"No answer stands in {self.table.name} on {'; '.join(parts)}. What no answer means is what was declared when the table was brought in."
        states = " ".join([states, *_texts_beside(blanks, ("date", "source", "coder"))])
        self._add_evidence(name, unit, states, " ".join(_texts_beside(blanks, ("note",))), line)

    def _search(self, searched: Searched | None, unit: str, day: str, blanks: list[Answer]) -> None:
        if searched is None:
            return  # without it, the map has no answer with this meaning
        kinds = ("source", "note", "coder") if blanks[0].line["date"] == day else BESIDE
        note = " ".join([self._why_found_nothing(blanks), *_texts_beside(blanks, kinds)])
        row = {
            "unit_id": unit,
            "searched_on": day,
            "where": searched.where,
            "queries": " | ".join(searched.queries),
            "queries_count": str(len(searched.queries)),
        }
        place, old = self._existing_row("searches", row)
        old_note, old_criteria = (
            old.get("note", ""),
            {*old.get("criterion_ids", "").split(";")} - {""},
        )
        criteria = {answer.criterion for answer in blanks}
        row["note"] = old_note if note in old_note else f"{old_note} {note}".strip()
        row["criterion_ids"] = ";".join(
            name for name in self.scale if name in criteria | old_criteria
        )
        summary, line = ", ".join(name for name in self.scale if name in criteria), blanks[0].line
        if place is not None and criteria <= old_criteria and note in old_note:
            self.changeset.record(UNCHANGED, "searches", row, summary, line)
        else:
            self.changeset.put("searches", old | row, summary, line, place)

    def _why_found_nothing(self, blanks: list[Answer]) -> str:
        texts = dict.fromkeys(f"“{answer.text}”" if answer.text else "blank" for answer in blanks)
        return f"Imported from {self.table.name}, where the answer is {' or '.join(texts)}: that was declared to mean that it was looked for and not found."

    def _existing_row(
        self, table: str, row: Mapping[str, str]
    ) -> tuple[int | None, dict[str, str]]:
        """Return the index and the texts of the study's row with the same key."""
        places = self.existing[table].get(tuple(row[name] for name in _KEYS[table]))
        if not places:
            return None, {}
        return places[0], records(self.study[table].iloc[places])[0]

    def _add_source(self) -> None:
        row = {
            "source_id": self.source_id,
            "publisher": self.map.publisher or "Not stated",
            "title": self.workbook.file,
            "title_kind": "described",
            "kind": v.IMPORTED,
            "url": self.map.url,
            "extent_read": "whole_excerpt",
            "read_on": self.read_on,
            "sha256": self.table.sha256,
        }
        line = SheetRow(self.table.tab, self.table.headings_row)
        if not self._existing_row("sources", row)[1]:
            self.changeset.put("sources", row, self.workbook.file, line)


def _texts_beside(answers: Iterable[Answer], kinds: Iterable[str]) -> list[str]:
    """Return sentences on what the table has beside blanks: day, source, note and coder."""
    beside: dict[str, list[str]] = {}
    for answer in answers:
        parts = [f"{kind} {text}" for kind in kinds if (text := answer.line[kind])]
        if parts:
            beside.setdefault("; ".join(parts), []).append(f"“{answer.question}”")
    return [
        f"Beside {', '.join(questions)} it has: {text.rstrip('.')}."
        for text, questions in beside.items()
    ]
