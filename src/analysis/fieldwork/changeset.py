"""Changesets: all changes that a workbook makes to a study, checked before any is written.

A changeset gives the new content of each table that changes; :func:`changing` writes the files.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis.fieldwork.filled_or_sorted import note_filled_or_sorted
from analysis.fieldwork.forms import REPLY
from analysis.fieldwork.workbook_content import ReadWorkbook, SheetRow
from analysis.frames import records
from analysis.problems import Problem, StudyError
from analysis.study import Study, journal, load
from analysis.study import vocabulary as v
from analysis.study.load import check
from analysis.study.tables import as_csv, is_marked

TO_BE_GIVEN = "(to be given)"
"""Placeholder in a dry run for the reason why rows are replaced, if none was given."""
ADDED, CHANGED, REMOVED, UNCHANGED = "added", "changed", "taken out", "unchanged"


@dataclass(frozen=True)
class Change:
    """One row that a workbook adds, changes, removes or leaves unchanged.

    Attributes:
        what: :data:`ADDED`, :data:`CHANGED`, :data:`REMOVED` or :data:`UNCHANGED`.
        table: the table.
        unit_id: the unit, or empty.
        criterion_id: the criterion, or empty.
        summary: the change in a few words.
        place: the address of the row in the workbook.
    """

    what: str
    table: str
    unit_id: str
    criterion_id: str
    summary: str
    place: str


@dataclass(frozen=True)
class Intake:
    """The result of taking in a workbook or a table.

    Attributes:
        changes: what becomes of each of its rows, in the order of the workbook.
        notes: what was normalised or left out in reading it, as sentences.
        written: the files of the study that were changed; empty in a dry run.
        answers: for a table, the number of cells with each level or unknown, by criterion.
    """

    changes: list[Change]
    notes: list[str]
    written: list[str] = field(default_factory=list)
    answers: dict[str, Counter] = field(default_factory=dict)


_FORM_COLUMNS = {"queries_count": "queries", "replaced_why": "level"}
"""Columns of tables that no form has, and the form's column from which each follows."""


_DAY_COLUMNS = ("read_on", "searched_on", "received_on", *v.REQUEST_DAYS)
"""Columns with the day of something done, which cannot be later than today."""


class TableDraft:
    """A table while it is being changed; ``lines`` has the workbook line behind each new row.

    ``order`` has the columns by which the table is sorted; if empty, new rows go to the end.
    """

    def __init__(self, study: Study, table: str):
        """Start from the current table."""
        self.table = study.descriptor.tables[table]
        self.rows: list[dict[str, str]] = records(study[table])
        self.lines: list[SheetRow | None] = [None] * len(self.rows)
        self.removed: set[int] = set()
        self.order = self._sort_columns()

    def places(self, *columns: str) -> dict[tuple[str, ...], list[int]]:
        """Return the indexes of the current rows, by their values in these columns."""
        by_key: dict[tuple[str, ...], list[int]] = {}
        for place, row in enumerate(self.rows):
            if place not in self.removed:
                by_key.setdefault(tuple(row[name] for name in columns), []).append(place)
        return by_key

    def add(self, row: Mapping[str, str], line: SheetRow) -> None:
        """Add a row; columns that it leaves out are empty."""
        self.rows.append({name: row.get(name, "") for name in self.table.columns})
        self.lines.append(line)

    def replace(self, place: int, row: Mapping[str, str], line: SheetRow) -> None:
        """Replace the row at an index."""
        self.rows[place] = {name: row.get(name, "") for name in self.table.columns}
        self.lines[place] = line

    def remove(self, place: int) -> dict[str, str]:
        """Remove a row and return it; the other rows keep their indexes."""
        self.removed.add(place)
        return self.rows[place]

    def finish(self) -> tuple[pd.DataFrame, list[SheetRow | None]]:
        """Return the table, sorted by ``order``, and the line behind each row."""
        places = [n for n in range(len(self.rows)) if n not in self.removed]
        if self.order:
            places.sort(key=lambda n: [self.rows[n][name] for name in self.order])
        cells = [[self.rows[n][name] for name in self.table.columns] for n in places]
        frame = pd.DataFrame(cells, columns=self.table.columns, dtype=object)
        return frame, [self.lines[n] for n in places]

    def _sort_columns(self) -> list[str]:
        """Return the longest prefix of the primary key by which the table is sorted."""
        key = list(self.table.data_schema.primaryKey)
        while key:
            keys = [[row[name] for name in key] for row in self.rows]
            if keys == sorted(keys):
                return key
            key.pop()
        return []


@dataclass
class Changeset:
    """All changes that a workbook would make to a study.

    Attributes:
        study: the current study.
        workbook: the workbook, with its notes and problems.
        drafts: drafts of the tables that it may change, by table name.
        changes: what becomes of each row of the workbook, in its order.
    """

    study: Study
    workbook: ReadWorkbook
    drafts: dict[str, TableDraft] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def draft(self, table: str) -> TableDraft:
        """Return the draft of a table; create it on the first call."""
        if table not in self.drafts:
            self.drafts[table] = TableDraft(self.study, table)
        return self.drafts[table]

    def keep_old(
        self, table: str, old: Mapping[str, str], why: Mapping[str, str], line: SheetRow
    ) -> None:
        """Add the old version of a replaced row to the history table; this needs a reason."""
        if why["replaced_why"] == TO_BE_GIVEN:
            self.workbook.note(
                "A row is replaced: give the reason with --reason", line.place("level")
            )
        if why["replaced_why"]:
            self.draft(f"{table}_history").add({**old, **why}, line)
        else:
            rule = "it would replace a row of the study, and no reason is given"
            self.workbook.refuse(line.place("level"), old["level"], rule, "repeat with --reason")

    def put(
        self,
        table: str,
        row: Mapping[str, str],
        summary: str,
        line: SheetRow,
        place: int | None = None,
    ) -> None:
        """Add a row, or replace the row at ``place``, and record the change."""
        draft = self.draft(table)
        if place is None:
            draft.add(row, line)
        else:
            draft.replace(place, row, line)
        self.record(ADDED if place is None else CHANGED, table, row, summary, line)

    def record(
        self, what: str, table: str, row: Mapping[str, str], summary: str, line: SheetRow
    ) -> None:
        """Record what becomes of a line."""
        unit, criterion = row.get("unit_id", ""), row.get("criterion_id", "")
        self.changes.append(Change(what, table, unit, criterion, summary, line.place()))

    @property
    def actual_changes(self) -> list[Change]:
        """The changes, without rows that stay unchanged."""
        return [change for change in self.changes if change.what != UNCHANGED]

    def files(self) -> dict[str, bytes]:
        """Return the new content of every table that changes, by file name.

        Violations of the study's rules are added to the workbook's problems, each with the
        address of the workbook cell that causes it.
        """
        frames, lines = dict(self.study.tables), {}
        for name, draft in self.drafts.items():
            frames[name], lines[draft.table.path] = draft.finish()
        self._note_future_days()
        note_filled_or_sorted(self.workbook, self._lines())
        # A cell that could not be read has a problem already: do not report it again as empty.
        refused = {problem.column for problem in self.workbook.problems}
        problems = [
            self._with_workbook_address(problem, lines)
            for problem in check(self.study.descriptor, frames)
        ]
        self.workbook.problems += [problem for problem in problems if problem.column not in refused]
        changed = {
            draft.table.path: as_csv(frames[name], is_marked(self.study.folder / draft.table.path))
            for name, draft in self.drafts.items()
            if not frames[name].equals(self.study[name])
        }
        # A study with an older schema is migrated together with its first change.
        return {**self.study.migrated_files, **changed} if changed else {}

    def checked_files(self) -> dict[str, bytes]:
        """Return :meth:`files`.

        Raises:
            StudyError: the workbook has problems, or the study would not be valid.
        """
        files = self.files()
        if self.workbook.problems:
            raise StudyError(self.workbook.problems)
        return files

    def _lines(self) -> list[SheetRow]:
        """Return the workbook rows that add or change something, and the answers of a unit."""
        lines = [line for draft in self.drafts.values() for line in draft.lines if line is not None]
        answers = self.workbook.forms.get(REPLY.name, [])
        lines += [line for line in answers if line["answer"] or line["document"]]
        return list({line.place(): line for line in lines}.values())

    def _note_future_days(self) -> None:
        """Note days of reading, searching and so on that are in the future."""
        today = dt.date.today().isoformat()
        for draft in self.drafts.values():
            for place, (row, line) in enumerate(zip(draft.rows, draft.lines, strict=True)):
                if line is None or place in draft.removed:
                    continue
                for name in _DAY_COLUMNS:
                    if row.get(name, "") > today:
                        note = "A day that is still to come was taken as it is"
                        self.workbook.note(note, line.place(name))

    def _with_workbook_address(
        self, problem: Problem, lines: dict[str, list[SheetRow | None]]
    ) -> Problem:
        file_lines = lines.get(problem.file, [])
        line = (
            file_lines[problem.row - 2]
            if problem.row and problem.row - 2 < len(file_lines)
            else None
        )
        if line is None:
            return problem
        column = _FORM_COLUMNS.get(problem.column, problem.column)
        if column == "evidence_ids":
            cited = line.several("evidence")
            # The rule text of a problem with one of several ids begins with that id.
            named = (name for name, text in cited.items() if problem.rule.startswith(f"{text} "))
            column = next(named, next(iter(cited), "evidence_1"))
        place = line.place(column)
        return replace(problem, file=self.workbook.file, row=None, column=place, of_kind="")


@contextmanager
def changing(folder: Path, name: str, dry_run: bool = False) -> Iterator[Changeset]:
    """Yield a changeset; write all its changes at the end of the block, or none of them.

    The study is locked while it is read and written, except in a dry run.

    Args:
        folder: the study's folder.
        name: the name of the source of the changes, for messages.
        dry_run: check the changes but do not write them.

    Raises:
        StudyError: the study would not be valid; it is not changed.
    """
    with nullcontext() if dry_run else journal.changing(folder):
        changeset = Changeset(load(folder), ReadWorkbook(name))
        yield changeset
        files = changeset.checked_files()
        if not dry_run:
            journal.commit(folder, files)
