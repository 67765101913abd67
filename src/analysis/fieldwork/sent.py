"""Tell what we wrote in a workbook from what somebody else did.

A workbook goes out with a mark of each text in it that is not read back. What comes back, is not
taken in and has none of these marks was changed or added by somebody: it is said, never dropped.
"""

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping

import openpyxl
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.fieldwork.forms import CODE
from analysis.fieldwork.tidy import tidied
from analysis.spreadsheet import unescaped
from analysis.study.marks import short_mark

ROWS_SENT = "Rows that were sent"
"""Heading, on the last sheet, of the names of every row: what is not there was deleted."""
TEXTS_SENT = "Texts that were sent"
"""Heading, on the last sheet, of the marks of the texts that are not read back."""
_EPOCH = dt.datetime(1899, 12, 30)

Grid = dict[int, dict[int, Cell]]


def cells_of(sheet: Worksheet) -> Grid:
    """Return the cells that a sheet has, by row and column.

    The library's own loops make every cell up to the last one: a stray one in the last row and
    column of a sheet would make sixteen thousand million.
    """
    grid: Grid = {}
    for (row, column), cell in sorted(sheet._cells.items()):
        grid.setdefault(row, {})[column] = cell
    return grid


def text_mark(column: str, row: str, text: str) -> str:
    """Return the mark of a text: its column's, what its row begins with, and itself.

    Sheets that are only read have no marks of columns: each of their texts belongs to its row.
    """
    return short_mark(column, row, text)


def column_of(grid: Grid, place: int) -> str:
    """Return what tells a column without a mark from others: its letter, on the last sheet also that."""
    last = any(cell.value == ROWS_SENT for cell in grid.get(1, {}).values())
    return f"{'Lists ' if last else ''}{get_column_letter(place)}"


def text_of(cell: Cell | None, plain: Callable[[str], str] = unescaped) -> str:
    """Return what a cell says, the same however a program writes it.

    Args:
        cell: the cell, if there is one.
        plain: takes the escapes of the file format out of a text.
    """
    value = cell.value if cell is not None else None
    value = plain(value) if isinstance(value, str) else value
    read = tidied(value, CODE, _EPOCH)
    return str(value) if read.refused else read.text


def marks_of(book: Workbook, columns: Mapping[str, bool]) -> Iterator[str]:
    """Yield, for each row of each sheet, the marks of its texts, joined by blanks.

    Args:
        book: a workbook that we have written.
        columns: the marks of its columns, each with whether the column is read back.
    """
    for sheet in book.worksheets:
        grid = cells_of(sheet)
        heads = {place: text_of(cell) for place, cell in grid.get(1, {}).items()}
        heads = {place: head for place, head in heads.items() if head in columns}
        for row in grid.values():
            begin = text_of(row.get(1))
            texts = (
                (heads.get(place) or column_of(grid, place), text_of(cell))
                for place, cell in row.items()
            )
            marks = [
                text_mark(head, begin, text)
                for head, text in texts
                if text and not columns.get(head)
            ]
            if marks:
                yield " ".join(marks)


def marks_in(content: bytes) -> set[str]:
    """Return the marks of the texts that were sent, from a workbook that we have written."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return set(" ".join(list_column(cells_of(book.worksheets[-1]), TEXTS_SENT)).split())


def list_column(grid: Grid, heading: str, plain: Callable[[str], str] = unescaped) -> list[str]:
    """Return the texts below a heading of the last sheet; of another sheet: none."""
    places = [place for place, cell in grid.get(1, {}).items() if cell.value == heading]
    return [
        text_of(row[place], plain)
        for number, row in grid.items()
        for place in places[:1]
        if number > 1 and place in row
    ]
