"""Workbooks as people spoil them, and what has to come of each.

A case starts from a real coder's workbook of the real study. Its steps spoil it, in order; each is

    a function of an open workbook     put, and whatever takes (book, names)
    a tuple                            an operation of LibreOffice, as in office.py
    Zipped(function)                   of the parts inside the file, by name, as bytes
    Filed(function)                    of the file's path

In every text of a case ``{sharing.level}`` stands for the address of a cell (Coding!D26), by the
row's name in :data:`ROWS` and the column's; ``{sharing}`` is the row, ``{level}`` the column's
letter. ``{marks}`` and ``{labels}`` are the two rows on top, ``{spare}`` the first empty one.
"""

import datetime as dt
import io
import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from helpers import read_rows
from office import Office
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from analysis.problems import Problem
from analysis.study.codebook import codebook_marks

UNITS = ("cambridgeshire", "essex", "gloucestershire", "hampshire")
CODING_PART = "xl/worksheets/sheet5.xml"
"""The sheet Coding inside a workbook that no program has saved."""
REASON, DAY = "read again", dt.date(2026, 11, 30)
ROWS = {
    "undated": "cambridgeshire/victim-first",
    "empty": "essex/guidance-exists",
    "hollow": "essex/guidance-clear",
    "sharing": "gloucestershire/stop-sharing-on-doubt",
    "link": "gloucestershire/third-party-link",
    "rule": "hampshire/guidance-clear",
}
"""Rows of the workbook that the cases name: coded, but for ``empty`` and ``hollow``."""


# --- what a case says --------------------------------------------------------------------------


@dataclass(frozen=True)
class Zipped:
    """A step on the parts of the file, by name, and the names."""

    change: Callable[[dict[str, bytes], "Names"], object]


@dataclass(frozen=True)
class Filed:
    """A step on the file itself."""

    change: Callable[[Path], object]


@dataclass(frozen=True)
class Refusal:
    """A problem that must be found: the place, and parts of the value, the rule and the remedy."""

    place: str
    value: str
    rule: str
    remedy: str


@dataclass(frozen=True)
class Row:
    """A row that must come into a table.

    Attributes:
        table: which.
        cells: its cells that are not empty; or that differ from the coding that it is like.
        like: the coding's row in :data:`ROWS`, or empty.
        replaces: whether that coding goes, and its old version is kept.
    """

    table: str
    cells: Mapping[str, str]
    like: str = ""
    replaces: bool = False


@dataclass(frozen=True)
class Case:
    """A spoiled workbook.

    Attributes:
        name: what was done to it, in words.
        steps: how (above).
        notes: every note that must be given, whole; none besides.
        gives: every row of the study that must change; none besides.
        refused: every problem that must be found; none besides. Empty: it must be taken in.
        before: what is changed in the study before the workbook is written.
        since: what is changed in the study after that.
        coder: whose workbook it is.
        reason: what is given as the reason of replacing.
    """

    name: str
    steps: tuple = ()
    notes: tuple[str, ...] = ()
    gives: tuple[Row, ...] = ()
    refused: tuple[Refusal, ...] = ()
    before: Callable[[Path], object] | None = None
    since: Callable[[Path], object] | None = None
    coder: str = "coder-1"
    reason: str = REASON


def taken(name: str, *steps: Any, notes: str | tuple = (), gives: tuple = (), **rest: Any) -> Case:
    """Return a case that must be taken in: with these notes, and giving these rows."""
    notes = (notes,) if isinstance(notes, str) else notes
    gives = (gives,) if isinstance(gives, Row) else gives
    return Case(name, steps, notes, gives, **rest)


def refused(name: str, *steps: Any, at: Any, **rest: Any) -> Case:
    """Return a case that must be refused; ``at``: (place, value, rule, remedy), or several."""
    several = at if isinstance(at[0], tuple) else (at,)
    return Case(name, steps, refused=tuple(Refusal(*one) for one in several), **rest)


def added(table: str, **cells: str) -> Row:
    """Return a new row, by those of its cells that are not empty."""
    return Row(table, cells)


def changed(cell: str, **cells: str) -> Row:
    """Return the coding of a row in :data:`ROWS` with other cells; its old version is kept."""
    return Row("codings", cells, cell, replaces=True)


def again(cell: str, **cells: str) -> Row:
    """Return a further coding that differs in some cells from that of a row in :data:`ROWS`."""
    return Row("codings", cells, cell)


# --- steps -------------------------------------------------------------------------------------


def put(*pairs: Any, **formats: Any) -> Callable:
    """Return a step that sets cells: address, value, address, value ...; and their attributes."""

    def step(book: Workbook, names: "Names") -> None:
        for place, value in zip(pairs[::2], pairs[1::2], strict=True):
            cell = names.cell(book, place)
            cell.value = names.said(value) if isinstance(value, str) else value
            for name, one in formats.items():
                setattr(cell, name, one)

    return step


def sheet(change: Callable, tab: str = "Coding") -> Callable:
    """Return a step on one sheet; ``change`` takes the sheet and the names."""
    return lambda book, names: change(book[tab], names)


def row(place: str, **cells: Any) -> Callable:
    """Return a step that fills cells of a row of Coding: ``row("spare", level="met")``."""
    return put(*itertools.chain(*((f"{{{place}.{name}}}", text) for name, text in cells.items())))


def document(tab: str, line: int = 3, **cells: Any) -> Callable:
    """Return a step that fills a row of a sheet for new documents, by the columns' marks."""

    def step(book: Workbook, names: "Names") -> None:
        places = {cell.value.partition(".")[2]: cell.column for cell in book[tab][1]}
        for name, text in cells.items():
            if name in places:
                book[tab].cell(line, places[name]).value = text

    return step


def copied(source: str, onto: str, **cells: Any) -> Callable:
    """Return a step that copies a row of Coding onto another, and then changes cells there."""

    def step(book: Workbook, names: "Names") -> None:
        for name in names.letters:
            value = names.cell(book, f"{{{source}.{name}}}").value
            names.cell(book, f"{{{onto}.{name}}}").value = value
        if cells:
            row(onto, **cells)(book, names)

    return step


def exact(place: str, xml: str) -> Zipped:
    """Return a step that writes a cell's XML itself; ``xml``: ``t="str"><v>7</v>`` and the like."""

    def change(parts: dict[str, bytes], names: "Names") -> None:
        cell = names.said(place).rpartition("!")[2]
        pattern = rf'<c r="{cell}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
        coding = parts[CODING_PART].decode()
        parts[CODING_PART] = re.sub(
            pattern, lambda found: f'<c r="{cell}"{found[1] or ""} {xml}</c>', coding, count=1
        ).encode()
        assert parts[CODING_PART].decode() != coding, f"{cell} is not in the file"

    return Zipped(change)


# --- names -------------------------------------------------------------------------------------


class _Places:
    """The addresses of a row's cells, as attributes; as text, the row's number."""

    def __init__(self, number: int, cells: Mapping[str, str]):
        self.number, self._cells = number, cells

    def __getattr__(self, name: str) -> str:
        if name not in self._cells:
            raise AttributeError(name)
        return self._cells[name]

    def __str__(self) -> str:
        return str(self.number)


@dataclass
class Names:
    """Where the rows and columns of a workbook are."""

    letters: dict[str, str]
    rows: dict[str, _Places] = field(default_factory=dict)

    @classmethod
    def of(cls, content: bytes) -> "Names":
        """Find them in a workbook that nobody has spoiled."""
        book = openpyxl.load_workbook(io.BytesIO(content))
        coding, start = book["Coding"], book["Start"]
        marks = [cell.value.partition(".")[2] for cell in coding[1]]
        names = cls({one: get_column_letter(n) for n, one in enumerate(marks, start=1)})
        held = {coding.cell(n, 1).value: n for n in range(3, coding.max_row + 1)}
        held.pop(None, None)
        last = max(held.values())
        numbers = {"marks": 1, "labels": 2, "spare": last + 1, "second": last + 2}
        numbers |= {"last": last, "far": last + 60}
        for name, cell in ROWS.items():
            numbers[name] = next(n for mark, n in held.items() if mark.startswith(f"{cell}/"))
        for name, number in numbers.items():
            cells = {one: f"Coding!{letter}{number}" for one, letter in names.letters.items()}
            names.rows[name] = _Places(number, cells)
        facts = {str(a.value).lower(): f"Start!{b.coordinate}" for a, b in start["A1:B40"]}
        names.rows["start"] = _Places(0, facts)
        return names

    def said(self, text: str) -> str:
        """Return a text with the names in it replaced."""
        return text.format(**self.rows, **self.letters) if "{" in text else text

    def number(self, row: str) -> int:
        """Return the number of a row."""
        return self.rows[row].number

    def cell(self, book: Workbook, place: str) -> Any:
        """Return the cell of an address."""
        tab, _, cell = self.said(place).rpartition("!")
        return book[tab.strip("'") or "Coding"][cell]


# --- doing it ----------------------------------------------------------------------------------


def spoil(case: Case, path: Path, names: Names, office: Office | None) -> None:
    """Do a case's steps in a workbook."""
    for kind, several in itertools.groupby(case.steps, key=_kind):
        if kind is tuple:
            told = [
                tuple(names.said(one) if isinstance(one, str) else one for one in step)
                for step in several
            ]
            aside = path.with_name("aside.xlsx")
            office.fill(path, told, aside)
            aside.replace(path)
        elif kind is Zipped:
            with zipfile.ZipFile(path) as old:
                parts = {name: old.read(name) for name in old.namelist()}
            for step in several:
                step.change(parts, names)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
                for name, content in parts.items():
                    new.writestr(name, content)
        elif kind is Filed:
            for step in several:
                step.change(path)
        else:
            book = openpyxl.load_workbook(path)
            for step in several:
                step(book, names)
            book.save(path)


def _kind(step: Any) -> type | None:
    return type(step) if isinstance(step, tuple | Zipped | Filed) else None


def uses_office(case: Case) -> bool:
    """Return whether LibreOffice does any of a case's steps."""
    return any(isinstance(step, tuple) for step in case.steps)


def rows_of(folder: Path) -> dict[str, Counter]:
    """Return every table's rows, as often as each stands there."""
    return {
        path.stem: Counter(map(tuple, read_rows(folder, path.stem)[1:]))
        for path in folder.glob("*.csv")
    }


def expected(case: Case, folder: Path) -> dict[str, tuple[Counter, Counter]]:
    """Return for each table the rows that must go and those that must come."""
    result: dict[str, tuple[Counter, Counter]] = {}
    for table, kind, cells in _rows_moved(case, folder):
        header = read_rows(folder, table)[0]
        assert cells.keys() <= set(header), f"{table} has no such columns: {cells}"
        gone, come = result.setdefault(table, (Counter(), Counter()))
        (gone if kind == "gone" else come)[tuple(cells.get(name, "") for name in header)] += 1
    return result


def _rows_moved(case: Case, folder: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    marks = codebook_marks(
        {name: frame_of(folder, name) for name in ("criteria", "levels", "rules")}
    )
    for one in case.gives:
        old = coding(folder, ROWS[one.like], case.coder) if one.like else {}
        new = old | one.cells
        # That a coding keeps the mark of its rules is tested in test_rules_mark.py.
        mark = {"rules_mark": marks[new["criterion_id"]]} if one.table == "codings" else {}
        yield one.table, "come", new | mark
        if one.replaces:
            past = {"replaced_on": DAY.isoformat(), "replaced_why": case.reason}
            yield "codings", "gone", old
            yield "codings_history", "come", old | past


def frame_of(folder: Path, table: str) -> pd.DataFrame:
    """Return a table of a study as it stands in its file."""
    header, *rows = read_rows(folder, table)
    return pd.DataFrame(rows, columns=header)


def coding(folder: Path, cell: str, coder: str) -> dict[str, str]:
    """Return a coder's first coding of a cell, such as ``essex/guidance-exists``."""
    header, *rows = read_rows(folder, "codings")
    held = (dict(zip(header, one, strict=True)) for one in rows)
    key = (*cell.split("/"), coder)
    return next(o for o in held if (o["unit_id"], o["criterion_id"], o["coder"]) == key)


def moved(before: dict[str, Counter], after: dict[str, Counter]) -> dict:
    """Return for each table that differs the rows that went and those that came."""
    return {
        table: (before[table] - after[table], after[table] - before[table])
        for table in before
        if before[table] != after[table]
    }


def rows_named(place: str) -> set[tuple[str, int]]:
    """Return the sheet and the rows of an address: Coding!D26:D27 names two."""
    tab, _, cells = place.rpartition("!")
    numbers = [int(re.sub(r"\D", "", one)) for one in cells.split(":") if one[-1:].isdigit()]
    return {(tab, n) for n in range(min(numbers), max(numbers) + 1)} if numbers else {(place, 0)}


def fits(problem: Problem, wanted: Refusal, names: Names) -> bool:
    """Return whether a problem is the one that was to be found."""
    return (
        problem.column == names.said(wanted.place)
        and names.said(wanted.value) in problem.value
        and names.said(wanted.rule) in problem.rule
        and wanted.remedy in problem.remedy
    )
