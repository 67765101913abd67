"""Read and write a study's CSV files as text, without guessing or changing anything.

Every cell stays text: no type is inferred, and no code such as ``NA`` is read as a missing value.
The empty text is the only missing value.
"""

import codecs
import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd

from analysis.problems import Problem, shorten
from analysis.study.descriptor import Table

# Enough for the longest allowed text with every quotation mark doubled.
csv.field_size_limit(200_000)

_ROWS_AT_ONCE = 1_000

MOST_RAGGED_ROWS = 100
"""Rows of the wrong width after which the rest of a file is not read."""


def read_table(
    folder: Path, table: Table, header: list[str] | None = None
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Read one table.

    Args:
        folder: the study's folder.
        table: its description.
        header: the header of the file, if it lacks columns, which are then read as empty; an
            empty list: there is no file; ``None``: the file has all columns.

    Returns:
        The rows as text (as categories, so that a column stores each distinct text once), with the
        columns as described, or ``None`` if the file cannot be read as that table; and the
        problems found. The frame's index counts from 0: the spreadsheet row is the index plus 2.
    """
    path = folder / table.path
    if header == []:
        return pd.DataFrame(columns=table.columns, dtype="category"), []
    header = header or table.columns
    try:
        if path.exists() and not path.is_file():
            rule = "the file cannot be read (it is not a file)"
            return None, [_problem(table, None, "", rule, "put the table in its place")]
        with path.open("rb") as file:
            # Check the header before reading the rest, since the file may be anything, of any size.
            problem = _header_problem(table, header, file.read(65_536))
            file.seek(0)
            if problem:
                return None, [problem]
            try:
                with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
                    return _parse(table, header, text)
            except UnicodeDecodeError:
                return None, [_encoding_problem(table, path.read_bytes())]
    except FileNotFoundError:
        problem = _problem(table, None, "", "the file is missing", "add it, or restore it")
        return None, [problem]
    except OSError as error:
        rule = f"the file cannot be read ({error.strerror})"
        return None, [_problem(table, None, "", rule, "make it a readable file")]


def as_csv(rows: pd.DataFrame, marked: bool = False) -> bytes:
    """Return rows as the bytes of a CSV file: UTF-8, line feeds, quoted only where needed.

    ``marked``: with a byte order mark. Without it, a spreadsheet program that opens the file by a
    double click assumes another encoding.
    """
    text = rows.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig" if marked else "utf-8")


def is_marked(path: Path) -> bool:
    """Return whether a file begins with a byte order mark; ``False`` if there is no file."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8


def _parse(
    table: Table, header: list[str], file: TextIO
) -> tuple[pd.DataFrame | None, list[Problem]]:
    columns = [_Texts() for _ in header]
    problems: list[Problem] = []
    empty: list[int] = []
    reader = csv.reader(file, strict=True)
    next(reader)
    start = 0
    batch, fault = _next_rows(reader)
    while batch or fault:
        empty += [number for number, record in enumerate(batch, start) if not record]
        problems += _pad_rows(table, batch, start, len(header))
        if len(problems) >= MOST_RAGGED_ROWS:
            rule = "too many rows have another number of cells: the rest was not read"
            remedy = "replace it by the table that belongs here"
            rest = _problem(table, None, "", rule, remedy)
            return None, [*problems[:MOST_RAGGED_ROWS], rest]
        start += len(batch)
        if fault:
            rule = f"the text is not CSV from here on ({fault})"
            place = start + 2
            return None, [*problems, _problem(table, place, "", rule, "save it as CSV (UTF-8)")]
        for column, texts in zip(columns, zip(*batch, strict=True), strict=True):
            column.add(texts)
        batch, fault = _next_rows(reader)
    cells = {name: texts.coded() for name, texts in zip(header, columns, strict=True)}
    lacking = pd.Categorical.from_codes(np.zeros(start, dtype=int), pd.Index([""], dtype=object))
    frame = pd.DataFrame({name: cells.get(name, lacking) for name in table.columns})
    # Empty lines are dropped, so that they break no other rule; other rows keep their numbers.
    return frame.drop(index=empty) if empty else frame, problems


class _Texts:
    """Encodes a column as categories: numbers the distinct texts by first appearance."""

    def __init__(self):
        self._number = defaultdict(count().__next__)
        self._numbers: list[np.ndarray] = []

    def add(self, texts: tuple[str, ...]) -> None:
        numbers = map(self._number.__getitem__, texts)
        self._numbers.append(np.fromiter(numbers, dtype=np.int32, count=len(texts)))

    def coded(self) -> pd.Categorical:
        numbers = np.concatenate(self._numbers or [np.empty(0, dtype=np.int32)])
        return pd.Categorical.from_codes(numbers, pd.Index([*self._number], dtype=object))


def _next_rows(reader: Iterator[list[str]]) -> tuple[list[list[str]], csv.Error | None]:
    """Return the next rows (none at the end), and the error that stops the reader, if any."""
    rows: list[list[str]] = []
    try:
        rows.extend(islice(reader, _ROWS_AT_ONCE))
    except csv.Error as error:  # the rows before it stay
        return rows, error
    return rows, None


def _pad_rows(table: Table, rows: list[list[str]], start: int, width: int) -> list[Problem]:
    """Pad or cut rows of the wrong width in place; return a problem for each.

    The rows stay, so that references to their keys are not reported as dangling. Every other
    problem of such a row is dropped in `load`.
    """
    problems = []
    for number, record in enumerate(rows) if {*map(len, rows)} != {width} else ():
        if len(record) == width:
            continue
        rows[number] = (record + [""] * width)[:width]
        rule = f"the row has {len(record)} cells where the header has {width}"
        remedy = (
            "quote cells that hold commas, and write decimals with a point; add or remove cells"
        )
        if not record:
            rule, remedy = "the line is empty", "remove the empty line"
        place = start + number + 2
        problems.append(_problem(table, place, (record or [""])[0], rule, remedy))
    return problems


def _header_problem(table: Table, columns: list[str], head: bytes) -> Problem | None:
    line = head.split(b"\n", 1)[0]
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _encoding_problem(table, line)
    try:
        header = next(csv.reader([text], strict=True), [])
    except csv.Error:
        header = [text]
    if header == columns:
        return None
    for sign, separators in ((";", "semicolons"), ("\t", "tabs")):
        if text.count(sign) >= len(columns) - 1 > text.count(","):
            rule = f"its cells are parted by {separators}, and not by commas"
            remedy = "save it as CSV UTF-8, parted by commas and with decimal points"
            return _problem(table, 1, text.strip(), rule, remedy)
    nameless = [number for number, name in enumerate(header, start=1) if not name.strip()]
    if nameless:
        rule = f"its column {nameless[0]} has no name"
        remedy = (
            "delete the column in the file, all of it; move what it holds to a column with a name"
        )
        return _problem(table, 1, ",".join(header), rule, remedy)
    missing = [name for name in columns if name not in header]
    extra = [name for name in header if name not in columns]
    detail = f"; missing: {', '.join(missing)}" if missing else ""
    detail += f"; not described: {shorten(', '.join(extra))}" if extra else ""
    rule = f"the header is not the one described{detail or '; the order differs'}"
    return _problem(table, 1, ",".join(header), rule, f"make it {','.join(columns)}")


def _encoding_problem(table: Table, content: bytes) -> Problem:
    """Report the first byte that is not UTF-8, by the row that a spreadsheet would show."""
    try:
        place = len(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        place = error.start
    before = content[:place].decode("utf-8-sig", errors="replace")
    # The question mark stands for the faulty byte, so that its row is counted.
    try:
        rows = sum(1 for _ in csv.reader(io.StringIO(before + "?", newline="")))
    except csv.Error:  # a quoted cell that does not end
        rows = before.count("\n") + 1
    value = f"\\x{content[place]:02x}"
    remedy = "save it as CSV UTF-8 from the program it came from"
    return _problem(table, rows, value, "the file is not UTF-8 text", remedy)


def _problem(table: Table, row: int | None, value: str, rule: str, remedy: str) -> Problem:
    return Problem(table.path, row, "", shorten(value), rule, remedy)
