"""Detect changes in the parts of a returned workbook that intake does not read.

Each workbook carries a fingerprint (mark) of every text in it that is not read back. The returned
rows are paired with the rows sent and compared cell by cell. Every text that was changed, added or
emptied, and every missing row or sheet, is reported.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.cell import Cell
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.fieldwork.forms import CODE, Form
from analysis.fieldwork.normalise import normalised
from analysis.spreadsheet import unescaped
from analysis.study.codebook import short_mark

ROWS_SENT = "Rows that were sent"
"""Heading on the last sheet, above the names of all rows sent: a row not returned was deleted."""
TEXTS_SENT = "Texts that were sent"
"""Heading on the last sheet, above the marks of the texts that are not read back."""
_EPOCH = dt.datetime(1899, 12, 30)
_RECORD = re.compile(r"(.+) (\d{1,7})((?: \w+=[0-9a-f]{10})*)")
"""A record of a row sent, on the last sheet: its tab, its number, and a mark for each column."""
_MISSING_ROWS_REPORTED = ("coding", "settling")
"""Forms whose missing rows intake reports by unit and criterion, and not here."""

OTHER_COLUMN = "A column that is not ours was left out"
OTHER_SHEET = "A sheet that is not ours was left out"
RENAMED = "A sheet that is only for reading was renamed"
CHANGED_TEXT = "A text that we did not send was left out"
EMPTIED = "A text that we sent is missing"
ROWS_GONE = "Rows that we sent are missing (numbered as we sent them)"
SHEET_GONE = "A sheet that we sent is missing"
CHANGED_SINCE = "A text that the study would not write there now was left out (an older workbook)"
SHEET_SINCE = "A sheet that the study would write now is not there (an older workbook)"
SINCE = {CHANGED_TEXT: CHANGED_SINCE, SHEET_GONE: SHEET_SINCE, EMPTIED: "", ROWS_GONE: ""}
"""The notes used for a workbook without a record of the rows sent; an empty one is not reported.

Its missing rows cannot be determined: it may have been written for some units only.
"""

Grid = dict[int, dict[int, Cell]]
Rows = dict[int, dict[str, str]]
"""The marks of a sheet's texts, by row number and column (field name, or else letter)."""


def cells_of(sheet: Worksheet) -> Grid:
    """Return the existing cells of a sheet, by row and column.

    openpyxl's own loops create every cell up to the last one. A stray cell in the last row and
    column of a sheet would make sixteen thousand million.
    """
    grid: Grid = {}
    cells: dict[tuple[int, int], Any] = sheet._cells  # pyright: ignore[reportAssignmentType]
    for (row, column), cell in sorted(cells.items()):
        grid.setdefault(row, {})[column] = cell
    return grid


def text_of(cell: Cell | None, plain: Callable[[str], str] = str) -> str:
    """Return the normalised text of a cell, which does not depend on the program that wrote it.

    Args:
        cell: the cell, or ``None``.
        plain: removes the escapes of the file format from a text.
    """
    value = cell.value if cell is not None else None
    value = plain(value) if isinstance(value, str) else value
    read = normalised(value, CODE, _EPOCH)
    return str(value) if read.rule else read.text


@dataclass(frozen=True)
class ShownSheet:
    """The display-only part of a sheet: all texts that are not read back.

    Attributes:
        title: its tab.
        form: the form on it, if any.
        places: the columns of the form, by field name.
        editable: the fields that are read back.
        heads: the rows of the form's marks and labels.
        taken: the rows that are read back.
    """

    title: str
    form: Form | None = None
    places: Mapping[str, int] = field(default_factory=dict)
    editable: Container[str] = ()
    heads: Container[int] = ()
    taken: Container[int] = ()

    def rows(self, grid: Grid, plain: Callable[[str], str] = str) -> Rows:
        """Return the marks of the texts, always including the columns that identify a row."""
        names = {place: name for name, place in self.places.items()}
        records = {
            place
            for place, cell in grid.get(1, {}).items()
            if cell.value in (ROWS_SENT, TEXTS_SENT)
        }
        rows: Rows = {}
        for number, row in grid.items():
            for place, cell in row.items():
                name = names.get(place) or get_column_letter(place)
                read = number in self.heads or (
                    number in self.taken and not (self.form and self.form.only_identifies(name))
                )
                if place in records or (name in self.editable and read):
                    continue
                if text := text_of(cell, plain):
                    rows.setdefault(number, {})[name] = short_mark(text)
        return rows

    def letter(self, name: str) -> str:
        """Return the letter of a column; "A" for a field whose column was deleted."""
        letter = name if name.isupper() else "A"
        return get_column_letter(self.places[name]) if name in self.places else letter

    def added_by_user(self, number: int, marks: Mapping[str, str]) -> bool:
        """Return whether the user added a row: it is filled, and has no row name."""
        return bool(self.form and number in self.taken and self.form.fields[0].name not in marks)


def records(shown: ShownSheet, grid: Grid) -> Iterator[str]:
    """Yield the records of a sheet for the last sheet: one for its tab, and one per row."""
    yield f"{shown.title} 0"
    for number, marks in shown.rows(grid, unescaped).items():
        yield " ".join([f"{shown.title} {number}", *map("=".join, marks.items())])


def rows_sent(lines: Sequence[str]) -> dict[str, Rows]:
    """Return the rows that were sent, by tab, from the records on the last sheet.

    Workbooks from before version 0.2 have no records, or marks without a place.
    """
    sent: dict[str, Rows] = {}
    for match in filter(None, map(_RECORD.fullmatch, lines)):
        rows = sent.setdefault(match[1], {})
        if match[3]:
            rows[int(match[2])] = dict(part.split("=") for part in match[3].split())
    return sent


def rows_in(content: bytes) -> dict[str, Rows]:
    """Return the rows sent, by tab, from the bytes of a workbook that we wrote."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return rows_sent(list_column(cells_of(book.worksheets[-1]), TEXTS_SENT))


def list_column(grid: Grid, heading: str) -> list[str]:
    """Return the texts below a heading in the first row; empty if the heading is missing."""
    places = [place for place, cell in grid.get(1, {}).items() if cell.value == heading]
    return [
        text_of(row[place])
        for number, row in grid.items()
        for place in places[:1]
        if number > 1 and place in row
    ]


def differences(
    sent: Mapping[str, Rows], returned: Sequence[tuple[ShownSheet, Rows]]
) -> Iterator[tuple[str, str, str]]:
    """Yield each difference between the sheets sent and returned, as note, tab and cell.

    Args:
        sent: the rows that were sent, by tab.
        returned: the returned sheets, each with its rows.
    """
    paired_rows: dict[str, set[int]] = {}
    for shown, rows in returned:
        tab = shown.form.tab if shown.form else _origin(sent, shown.title, rows)
        if tab and tab != shown.title and not shown.form:
            yield RENAMED, shown.title, ""
        before = sent.get(tab, {})
        named = {
            number: row for number, row in rows.items() if not shown.added_by_user(number, row)
        }
        pairs = _pairs(shown.form.fields[0].name if shown.form else "A", before, named)
        paired_rows.setdefault(tab, set()).update(pairs.values())
        if shown.form:
            reported = before if shown.form.name in _MISSING_ROWS_REPORTED else (1, 2)
            paired_rows[tab].update(reported)
        all_cells = (
            (OTHER_SHEET, letter, number) for number, row in rows.items() for letter in row
        )
        cells = _changes(shown, rows, before, pairs) if tab else all_cells
        for column, number, note in sorted(
            (column_index_from_string(letter), number, note) for note, letter, number in cells
        ):
            yield note, shown.title, f"{get_column_letter(column)}{number}"
    for tab, rows in sent.items():
        if tab not in paired_rows:
            yield SHEET_GONE, tab, ""
            continue
        for number in sorted(rows.keys() - paired_rows[tab]):
            yield ROWS_GONE, tab, f"A{number}"


def _changes(
    shown: ShownSheet, rows: Rows, before: Rows, pairs: Mapping[int, int]
) -> Iterator[tuple[str, str, int]]:
    """Yield the differences in a sheet, as note, letter of the column, and row number."""
    texts = {cell for row in before.values() for cell in row.items()}
    for number, row in rows.items():
        old = before.get(pairs.get(number, 0), {})
        for name in {**old, **row}:
            if name in shown.editable and number in shown.taken:
                continue  # it is read back
            if row.get(name) == old.get(name):
                continue
            # A row copied to add a date still has the texts of the original row.
            if shown.added_by_user(number, row) and (name, row[name]) in texts:
                continue
            note = CHANGED_TEXT if name in row else EMPTIED
            if shown.form and name in row and name not in shown.places:
                note = OTHER_COLUMN
            yield note, shown.letter(name), number


def _origin(sent: Mapping[str, Rows], title: str, rows: Rows) -> str:
    """Return the tab under which a sheet was sent: the same, or that with most common rows."""
    if title in sent:
        return title
    added_by_user = {frozenset(row.items()) for row in rows.values()}
    common = {
        tab: sum(frozenset(row.items()) in added_by_user for row in before.values())
        for tab, before in sent.items()
    }
    best = max(common, key=lambda tab: common[tab], default="")
    return best if common.get(best) else ""


def _pairs(key: str, sent: Rows, returned: Rows) -> dict[int, int]:
    """Return the number of the row sent for each returned row.

    Rows are paired by equal content, then by name, then by number. A copy of a row is paired with
    the same row sent as the original. ``key`` is the column with the names of rows.
    """
    pairs = {number: number for number, row in returned.items() if sent.get(number) == row}
    unpaired: dict[object, list[int]] = {}
    for old in sorted(sent.keys() - pairs.keys()):
        for sign in _row_keys(key, old, sent[old]):
            unpaired.setdefault(sign, []).append(old)
    taken = {*pairs}
    for step in range(3):
        for number, row in returned.items():
            candidates = unpaired.get(_row_keys(key, number, row)[step], [])
            while candidates and candidates[0] in taken:
                candidates.pop(0)
            if candidates and number not in pairs:
                pairs[number] = candidates[0]
                taken.add(candidates[0])
    by_content = {frozenset(row.items()): old for old, row in sent.items()}
    copies = {number: by_content.get(frozenset(row.items())) for number, row in returned.items()}
    return {number: old for number, old in copies.items() if old is not None} | pairs


def _row_keys(key: str, number: int, row: dict[str, str]) -> tuple[object, object, object]:
    """Return the keys that identify a row, most reliable first: content, name, number."""
    return frozenset(row.items()), (key, row[key]) if key in row else number, number
