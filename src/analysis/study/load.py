"""Load a study, or report everything that is wrong with it."""

import contextlib
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.problems import Problem, StudyError, refusal, shorten, why_no_folder
from analysis.study import journal
from analysis.study.dates import exist_on
from analysis.study.descriptor import FILE, Descriptor
from analysis.study.read_descriptor import read_descriptor
from analysis.study.rules import Draft, check_rules
from analysis.study.schema import check_schema
from analysis.study.scope import OWN, Scope
from analysis.study.settings import Settings
from analysis.study.signs import unseen_in_settings
from analysis.study.tables import as_csv, is_marked, read_table

_TRIES = 5

DOCUMENTS = "documents"
"""The folder of collected documents; nothing that is published is made from it."""
BESIDE = ("README.md", "LICENSE", "LICENSE.md", "CHANGELOG.md", DOCUMENTS)
"""Files and folders that may be in a study's folder without being described."""


@dataclass(frozen=True)
class Study:
    """A valid study.

    Attributes:
        folder: its folder.
        descriptor: its ``datapackage.json``, read.
        tables: every table by name; all cells are text, and the empty text is a missing value.
        migrated: its tables as they were loaded, if an older version wrote the study; else empty.
        day: the day whose units it shows. Rows of other units stay in ``tables``, and are left
            out of ``study[table]``. ``None``: it shows all units.
        scope: the scope of results, if it is not the study's own.
        inputs: SHA-256 of each file of the folder as it was read, by path; empty: not computed.
    """

    folder: Path
    descriptor: Descriptor
    tables: dict[str, pd.DataFrame]
    migrated: dict[str, pd.DataFrame] = field(default_factory=dict)
    day: dt.date | None = None
    scope: Scope = OWN
    inputs: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return one table; its index counts from 0 (spreadsheet row minus 2).

        Rows of units that do not exist on the study's day, or are not in its scope, are left out.
        """
        if not self._absent:
            return self.tables[table]
        if table not in self._present:
            rows = self.tables[table]
            if "unit_id" in rows:
                rows = rows[~rows["unit_id"].isin(self._absent)]
            self._present[table] = rows
        return self._present[table]

    def at(self, day: dt.date | None) -> "Study":
        """Return the study with the units that exist on a day; ``None``: with all units."""
        return replace(self, day=day)

    @cached_property
    def migrated_files(self) -> dict[str, bytes]:
        """The files that migration changes, by name; empty if no older version wrote the study.

        Whatever writes to the study's folder must write these too.
        """
        if not self.migrated:
            return {}
        tables, headers = self.descriptor.tables.items(), self.descriptor.headers
        files = {
            table.path: as_csv(self.migrated[name], is_marked(self.folder / table.path))
            for name, table in tables
            if table.path in headers
        }
        return {**files, FILE: self.descriptor.rewritten.encode()}

    @property
    def mark(self) -> str:
        """The mark on every page and sheet: the draft mark, and sentences on the scope."""
        return " ".join(filter(None, (self.settings.draft_mark, *self.scope.stated)))

    @cached_property
    def _absent(self) -> frozenset[str]:
        if self.day is None:
            return frozenset()
        units = self.tables["units"]
        absent = ~exist_on(units, self.day)
        if self.scope.units:
            absent |= ~units["unit_id"].isin(self.scope.units).to_numpy()
        return frozenset(units.loc[absent, "unit_id"])

    @cached_property
    def _present(self) -> dict[str, pd.DataFrame]:
        return {}

    def lookup(self, table: str, column: str) -> dict[str, str]:
        """Return a column of a table by the table's key, which must be a single column."""
        (key,) = self.descriptor.tables[table].data_schema.primaryKey
        rows = self.tables[table]
        return dict(zip(rows[key], rows[column], strict=True))

    def cited_evidence(self) -> set[str]:
        """Return the ids of the evidence that a coding or an assessment cites."""
        cited = (*self["codings"]["evidence_ids"], *self["assessments"]["evidence_ids"])
        return {part for ids in cited for part in ids.split(";") if part}

    @property
    def has_map(self) -> bool:
        """Whether a map can be drawn: every unit has a tile."""
        return bool((self["units"][["tile_column", "tile_row"]] != "").all(axis=None))

    @property
    def settings(self) -> Settings:
        """The study's own settings."""
        return self.descriptor.settings


def load(folder: str | Path, to_fill: Collection[str] = ()) -> Study:
    """Load a study, after completing or rolling back an interrupted change.

    Args:
        folder: the study's folder.
        to_fill: tables that may be empty, since they are about to be filled.

    Raises:
        StudyError: it is not valid; the error holds every problem found.
    """
    study, problems = read_whole(Path(folder))
    if study is not None and problems:
        empty = {name for name in to_fill if name in study.tables and study.tables[name].empty}
        to_fill_files = {study.descriptor.tables[name].path for name in empty}
        problems = [problem for problem in problems if problem.file not in to_fill_files]
    if study is None or problems:
        raise StudyError(problems)
    return study


def validate(folder: str | Path) -> list[Problem]:
    """Return every problem of a study, in the order of tables and rows; empty: it is valid."""
    try:
        return read_whole(Path(folder))[1]
    except StudyError as error:  # an interrupted change could not be completed
        return error.problems


def check(
    descriptor: Descriptor, frames: dict[str, pd.DataFrame], misread: list[Problem] | None = None
) -> list[Problem]:
    """Return every problem of a study's tables, in the order of tables and rows.

    Args:
        descriptor: the study's descriptor.
        frames: the tables that could be read.
        misread: problems found while reading the files; they are included in the result.
    """
    problems = list(misread or [])
    # A row with too few or too many cells is one problem, not one for each shifted cell.
    shifted_rows = {(problem.file, problem.row) for problem in problems if problem.row}
    for breaches in (
        check_schema(descriptor.tables, frames),
        check_rules(Draft(descriptor.tables, frames, descriptor.settings)),
    ):
        problems += [
            problem for problem in breaches if (problem.file, problem.row) not in shifted_rows
        ]
    order = {table.path: number for number, table in enumerate(descriptor.tables.values())}
    return sorted(
        problems,
        key=lambda problem: (order.get(problem.file, -1), problem.row or 0, problem.column),
    )


def read_whole(folder: Path) -> tuple[Study | None, list[Problem]]:
    """Read a consistent snapshot of a study, with its problems; retry if it changes meanwhile."""
    for _ in range(_TRIES):
        if folder.is_dir():
            journal.settle(folder)
        before = _stamp(folder)
        if journal.DECLARED in before:
            continue  # a change has begun since, and may have replaced only some tables
        read = _read(folder)
        if _stamp(folder) == before:
            return read
    rule, remedy = "the study is being changed all the time", "try again when that has ended"
    raise refusal(folder, rule, remedy)


def _stamp(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return inode, time and size of each file, which change with each version of a file."""
    stamp = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.endswith((".csv", ".json")) or path.name == journal.DECLARED:
            with contextlib.suppress(FileNotFoundError):  # removed since the folder was listed
                stat = path.lstat()
                stamp[path.name] = stat.st_ino, stat.st_mtime_ns, stat.st_size
    return stamp


def _read(folder: Path) -> tuple[Study | None, list[Problem]]:
    """Read a study once; if an older version wrote it, migrate its schema."""
    if not folder.is_dir():
        remedy = "name a study's folder, such as data/safe-to-share"
        return None, [Problem(shorten(folder, 200), None, "", "", why_no_folder(folder), remedy)]
    descriptor, problems = read_descriptor(folder)
    if descriptor is None:
        return None, problems
    if descriptor.settings is None:
        return None, _read_tables(folder, descriptor, problems)[1]
    problems += [*unseen_in_settings(descriptor), *_stray_files(folder, descriptor)]
    frames, problems = _read_tables(folder, descriptor, problems)
    return Study(folder, descriptor, frames, frames if descriptor.added else {}), problems


def _read_tables(
    folder: Path, descriptor: Descriptor, problems: list[Problem]
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    frames = {}
    for name, table in descriptor.tables.items():
        frame, misread = read_table(folder, table, descriptor.headers.get(table.path))
        problems += misread
        if frame is not None:
            frames[name] = frame
    problems = check(descriptor, frames, problems)
    return {name: frame.astype(object) for name, frame in frames.items()}, problems


def _stray_files(folder: Path, descriptor: Descriptor) -> list[Problem]:
    described = {FILE, *BESIDE, *(table.path for table in descriptor.tables.values())}
    described |= {Path(face).parts[0] for face in descriptor.settings.display.faces}
    strays = sorted(
        path.name
        for path in folder.iterdir()
        if path.name not in described and not path.name.startswith((".", "~$"))
    )
    rule, remedy = "the file is not described in datapackage.json", "describe it, or move it away"
    return [Problem(shorten(name), None, "", "", rule, remedy) for name in strays]
