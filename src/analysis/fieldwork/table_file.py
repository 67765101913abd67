"""Read the file of a table to import: a sheet of a workbook, or a CSV file."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from analysis.fieldwork.forms import CODE
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.open_workbook import (
    LARGEST_FILE,
    OpenedWorkbook,
    check_file,
    open_workbook,
    unreadable,
)
from analysis.fieldwork.read_cells import check_merged, note_outside_cells, place_of, read_cell
from analysis.fieldwork.sent_texts import Grid, cells_of
from analysis.fieldwork.workbook_content import ReadWorkbook, address
from analysis.problems import shorten


@dataclass
class TableFile:
    """A table that was read.

    Attributes:
        workbook: the notes and problems of the file.
        opened: the file as an opened workbook.
        sha256: the SHA-256 hash of the file.
        tab: the sheet with the table; for a CSV file, a tab made from its name.
        name: the name of the file; if several sheets have content, with the sheet.
        headings_row: the row of the headings.
        headings: the column of each heading; for duplicates, the first.
        duplicates: headings of more than one column.
        rows: the cells below the headings, by row and column; empty rows are left out.
    """

    workbook: ReadWorkbook
    opened: OpenedWorkbook
    sha256: str
    tab: str
    name: str
    headings_row: int
    headings: dict[str, int]
    duplicates: set[str]
    rows: Grid
    _read: dict[tuple[int, int, str], str] = field(default_factory=dict)

    def column(self, heading: str) -> int | None:
        """Return the column of a heading; if none is equal, one that differs only in case."""
        wanted = normalised_text(heading, CODE)
        if wanted in self.headings:
            return self.headings[wanted]
        folded = wanted.casefold()
        like = [place for name, place in self.headings.items() if name.casefold() == folded]
        return like[0] if len(like) == 1 else None

    def text(self, number: int, column: int, kind: str = CODE) -> str:
        """Return the text of a cell; its notes and problems are added only once."""
        key = number, column, kind
        if key not in self._read:
            self._read[key] = self._text(*key)
        return self._read[key]

    def _text(self, number: int, column: int, kind: str) -> str:
        cell = self.rows[number].get(column)
        if cell is None:
            return ""
        if kind == CODE and re.search(r"[\n\r]", str(cell.value).strip()):
            rule = "a line break stands inside what must be one line"
            remedy = "write it in one line; if two cells ran together, part them"
            self.workbook.refuse(self.place(number, column), cell.value, rule, remedy)
            return ""
        return read_cell(self.workbook, self.opened, cell, kind)

    def note_outside_cells(self) -> None:
        """Note comments, links and objects on the sheet; call it after all answers are read."""
        grid = cells_of(self.opened.book[self.tab])
        note_outside_cells(self.workbook, self.opened, {self.tab: grid})

    def place(self, number: int, column: int) -> str:
        """Return the address of a cell."""
        return address(self.tab, f"{get_column_letter(column)}{number}")


def read_table_file(
    path: Path, sheet: str = "", headings_row: int = 1, last_row: int | None = None
) -> TableFile:
    """Read a table.

    Args:
        path: the file, ``.csv`` or ``.xlsx``.
        sheet: the tab of the sheet; empty for the only sheet with content.
        headings_row: the row of the headings.
        last_row: the last row of the table; ``None`` if all rows belong to it.

    Raises:
        StudyError: the file cannot be read.
    """
    workbook = ReadWorkbook(path.name)
    opened = _opened(path, workbook)
    tab, name = _only_sheet(path, opened, sheet)
    page, grid = opened.book[tab], cells_of(opened.book[tab])
    heading_texts = _heading_texts(grid.get(headings_row, {}))
    if not heading_texts:
        rule = f"no headings stand in row {headings_row}"
        raise unreadable(path, rule, "say in the map in which (headings_row)")
    filled = {number: row for number, row in grid.items() if _has_text(row)}
    below = {number: row for number, row in filled.items() if number > headings_row}
    rows = {number: row for number, row in below.items() if number <= (last_row or number)}
    check_merged(workbook, page, grid, heading_texts, headings_row + 1, rows)
    _refuse_unheaded(workbook, rows, heading_texts)
    for number in below.keys() - rows.keys():
        place = next(cell for cell in below[number].values() if _has_text({0: cell}))
        note = "What stands below the last row that the map names was left out"
        workbook.note_all(note, place_of(place))
    hides_rows = any(dimension.hidden for dimension in page.row_dimensions.values())
    if hides_rows or page.sheet_state != "visible":
        workbook.note("Hidden rows or sheets were read too", tab)
    headings: dict[str, int] = {}
    for column, text in heading_texts.items():
        headings.setdefault(text, column)
    return TableFile(
        workbook,
        opened,
        hashlib.sha256(path.read_bytes()).hexdigest(),
        tab,
        name,
        headings_row,
        headings=headings,
        duplicates={text for text, count in Counter(heading_texts.values()).items() if count > 1},
        rows=rows,
    )


def _opened(path: Path, workbook: ReadWorkbook) -> OpenedWorkbook:
    check_file(path, "name the table")
    if path.suffix.lower() == ".csv":
        return _csv_as_workbook(path, workbook)
    if path.suffix.lower() == ".xlsx":
        return open_workbook(path)
    remedy = "save the table as CSV (UTF-8) or as an Excel workbook (.xlsx)"
    raise unreadable(path, "it is neither .csv nor .xlsx", remedy)


def _only_sheet(path: Path, opened: OpenedWorkbook, wanted: str) -> tuple[str, str]:
    """Return the tab of the sheet with the table, and the name of the table in words."""
    grids = {sheet.title: cells_of(sheet) for sheet in opened.book.worksheets}
    tabs = [title for title, grid in grids.items() if any(map(_has_text, grid.values()))]
    named = [tab for tab in tabs if not wanted or tab.casefold() == wanted.casefold()]
    if len(named) == 1:
        return named[0], path.name if len(tabs) == 1 else f"sheet {named[0]} of {path.name}"
    if not tabs:
        raise unreadable(path, "nothing stands in it", "name the table")
    rule = f"no sheet {wanted} holds anything" if wanted else "several sheets hold something"
    raise unreadable(
        path, rule, shorten(f"say in the map which one (sheet): {', '.join(tabs)}", 200)
    )


def _heading_texts(row: dict[int, Cell]) -> dict[int, str]:
    """Return the heading of each column that has one."""
    texts = {
        column: normalised_text(str(cell.value), CODE)
        for column, cell in row.items()
        if cell.value is not None
    }
    return {column: text for column, text in texts.items() if text}


def _has_text(row: dict[int, Cell]) -> bool:
    return any(cell.value is not None and str(cell.value).strip() for cell in row.values())


def _refuse_unheaded(workbook: ReadWorkbook, rows: Grid, heading_texts: Collection[int]) -> None:
    """Refuse cells in columns without a heading: a cell may have been split in two."""
    unheaded = [
        cell
        for row in rows.values()
        for column, cell in row.items()
        if column not in heading_texts and _has_text({column: cell})
    ]
    if unheaded:
        more = f" (nor above {len(unheaded) - 1} more of the table)" if unheaded[1:] else ""
        rule = f"no heading stands above the cell{more}: what it says belongs to no column"
        remedy = "in a CSV file, put a cell that holds the separator between quotation marks; else head the column, or empty the cells"
        workbook.refuse(place_of(unheaded[0]), str(unheaded[0].value), rule, remedy)


def _csv_as_workbook(path: Path, workbook: ReadWorkbook) -> OpenedWorkbook:
    """Return a CSV file as a workbook of texts, so that both formats are read by the same code."""
    text = _csv_text(path)
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    text = text[declared.end() :] if declared else text  # drop the row "sep=;"
    first = text.split("\n", 1)[0]
    delimiter = declared[1] if declared else max(",;\t", key=first.count)
    if delimiter != ",":
        note = "A table whose cells are parted by another sign than a comma was read"
        workbook.note(note, path.name)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "".join("_" if sign in "[]:*?/\\" else sign for sign in path.stem)[:31] or "table"
    records = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    number, width = 0, max(first.count(delimiter), 1)
    try:
        for number, record in enumerate(records, start=1):
            for column, value in enumerate(record, start=1):
                if not value:
                    continue
                # Bypass openpyxl's setter, which reads a text that starts with "=" as a formula.
                cell: Any = sheet.cell(number, column)
                cell._value, cell.data_type = value, "s"
                if _holds_a_row(value, column - 1, delimiter, width):
                    rule = "the cell holds a line that reads as a row of the table: a quotation mark may have swallowed it"
                    remedy = "close the quotation mark where the cell ends; inside a cell, write it twice"
                    workbook.refuse(place_of(cell), value, rule, remedy)
    except csv.Error as error:
        rule = f"the text is not CSV from here on ({error})"
        raise unreadable(path, rule, "save it as CSV (UTF-8)", f"row {number + 1}") from None
    return OpenedWorkbook(book)


def _csv_text(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE:
        rule = f"it is larger than {LARGEST_FILE // 2**20} MiB"
        raise unreadable(path, rule, "bring it in by parts")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"line {error.object[: error.start].count(10) + 1}"
        remedy = "save it as CSV UTF-8 from the program that it came from"
        raise unreadable(path, "the file is not UTF-8 text from here on", remedy, place) from None


def _holds_a_row(text: str, before: int, delimiter: str, width: int) -> bool:
    """Return whether the lines of a cell look like rows of the table.

    This happens if a quotation mark is missing: the cell then has the end of one row and the start
    of another. ``before`` is the number of cells to its left, ``width`` the delimiters per row.
    """
    first, *others = text.splitlines() or [""]
    if any(line.count(delimiter) >= width for line in others):
        return True
    if not others or not before:
        return False
    # In a sentence a blank follows the comma; between cells none does.
    is_sentence = re.search(rf"{delimiter} ", first + others[-1])
    tail, head = first.count(delimiter), others[-1].count(delimiter)
    return not is_sentence and 1 <= tail <= width - before and head == before
