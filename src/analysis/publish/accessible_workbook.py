"""Write tables as a workbook that follows the rules for accessible spreadsheets.

Each sheet has one table, marked as a table, with its title in A1, lines of text above it and one
header row. There are no merged cells, filters or frozen panes, and colour is never the only cue
(Analysis Function, "Releasing statistics in spreadsheets").
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from analysis.frames import each_row
from analysis.spreadsheet import (
    as_bytes,
    font,
    new_workbook,
    put_date,
    put_link,
    put_text,
    row_height,
)
from analysis.study import Study
from analysis.study.values import is_on_the_web
from analysis.wording import listed

_REST = "in the tables of the folder data, beside this workbook"
_NUMBER = Alignment(wrap_text=True, vertical="top", horizontal="right", indent=1)


@dataclass(frozen=True)
class Sheet:
    """One table for one sheet.

    Attributes:
        tab: the name of the sheet.
        title: the title of the table.
        lines: the lines between the title and the table, one row each.
        table: the cells as shown.
        links: for each column of links, the function from a text to its address; empty: no link.
        line_links: the addresses of lines that are links, by line.
    """

    tab: str
    title: str
    lines: list[str]
    table: pd.DataFrame
    links: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    line_links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cover:
    """A sheet without a table, which has only lines, one row each."""

    title: str
    lines: list[str]
    tab: str = "Cover"


def accessible_workbook(study: Study, title: str, sheets: Sequence[Sheet | Cover]) -> bytes:
    """Return a workbook of these sheets; the same sheets give the same bytes."""
    creator = listed([contributor.title for contributor in study.descriptor.contributors])
    book = new_workbook(title, creator)
    book.calculation = CalcProperties(fullCalcOnLoad=False)
    book.remove(book.worksheets[0])
    for content in sheets:
        sheet = book.create_sheet(content.tab)
        if isinstance(content, Cover):
            _write_lines(sheet, content)
        else:
            _write_table(sheet, content)
        _lay_out(sheet)
    return as_bytes(book)


def contents_sheet(lines: list[str], sheets: Sequence[Sheet]) -> Sheet:
    """Return the sheet that lists these sheets, each with a link."""
    tabs = [(sheet.tab, sheet.title) for sheet in sheets]
    table = pd.DataFrame(tabs, columns=["Sheet", "Table"])
    return Sheet("Contents", "Contents", lines, table, {"Sheet": place_of})


def place_of(tab: str) -> str:
    """Return the address of a sheet within its workbook."""
    return f"#'{tab}'!A1"


def web_address(text: str) -> str:
    """Return the text if it is a web address, otherwise an empty string."""
    return text if is_on_the_web(text) else ""


def _write_lines(sheet: Worksheet, content: Cover) -> None:
    sheet.column_dimensions["A"].width = 100
    put_text(sheet, 1, 1, content.title).font = font(bold=True, size=15)
    for number, line in enumerate(filter(None, content.lines), start=2):
        put_text(sheet, number, 1, line, _REST)
    for number, (cell,) in enumerate(sheet.iter_rows(max_col=1), start=1):
        sheet.row_dimensions[number].height = row_height([cell.value], [100], cell.font.sz)


def _write_table(sheet: Worksheet, content: Sheet) -> None:
    """Write the title, the lines and the table, and mark the table as a table."""
    # Lines above the table are not wrapped: the cells to their right are empty.
    put_text(sheet, 1, 1, content.title, wrap=False).font = font(bold=True, size=14)
    for number, text in enumerate(content.lines, start=2):
        cell = put_text(sheet, number, 1, text, _REST, wrap=False)
        put_link(cell, content.line_links.get(text, ""))
    head = len(content.lines) + 2
    _write_rows(sheet, content, head)
    _mark_table(sheet, content, head)
    sheet.print_title_rows = f"{head}:{head}"


def _write_rows(sheet: Worksheet, content: Sheet, head: int) -> None:
    table, widths = content.table, []
    for column, name in enumerate(table.columns, start=1):
        put_text(sheet, head, column, str(name)).font = font(bold=True)
        longest = max([len(str(name)), *table[name].astype(str).str.len()])
        widths.append(min(max(longest + 3, 12), 55))
        sheet.column_dimensions[get_column_letter(column)].width = widths[-1]
    addresses = [content.links.get(str(name)) for name in table.columns]
    for row, values in enumerate(each_row(table), start=head + 1):
        for column, (value, address) in enumerate(zip(values, addresses, strict=True), start=1):
            if isinstance(value, str):
                put_link(
                    put_text(sheet, row, column, value, _REST), address(value) if address else ""
                )
            elif isinstance(value, dt.date):
                put_date(sheet, row, column, value)
            else:
                _put_number(sheet, row, column, float(value))
                sheet.cell(head, column).alignment = _NUMBER
        sheet.row_dimensions[row].height = row_height(values, widths)


def _put_number(sheet: Worksheet, row: int, column: int, number: float) -> None:
    cell = sheet.cell(row, column, int(number) if number.is_integer() else number)
    cell.alignment = _NUMBER


def _mark_table(sheet: Worksheet, content: Sheet, head: int) -> None:
    last = f"{get_column_letter(len(content.table.columns))}{head + len(content.table)}"
    table = Table(displayName=content.tab.replace(" ", "_"), ref=f"A{head}:{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    table._initialise_columns()  # pyright: ignore[reportAttributeAccessIssue]  # the stub lacks it
    for column, name in zip(table.tableColumns, content.table.columns, strict=True):
        column.name = str(name)
    table.autoFilter = None  # the library adds filter buttons otherwise
    sheet.add_table(table)


def _lay_out(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
