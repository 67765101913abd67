"""Read cells: their text, the stored result of a formula, or the address behind a link.

Content outside the cells that are read is noted: comments, links, drawings, headers and footers.
"""

import re
from collections.abc import Collection, Mapping

from openpyxl.cell import Cell
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from analysis.fieldwork.forms import DATE, LINK
from analysis.fieldwork.normalise import normalised
from analysis.fieldwork.open_workbook import OpenedWorkbook
from analysis.fieldwork.sent_texts import Grid, text_of
from analysis.fieldwork.workbook_content import ReadWorkbook, address
from analysis.problems import shorten
from analysis.study.values import NO_ADDRESS, WHOLE, is_address
from analysis.wording import capital

_LINK_FORMULA = re.compile(r"\bHYPERLINK\s*\(", re.IGNORECASE)

_LITERAL_LINK_FORMULA = re.compile(r'\s*=\s*HYPERLINK\(\s*"((?:[^"]|"")*)"\s*[,)]', re.IGNORECASE)
"""A formula that makes a link; and one whose address is in it as a single text."""

FROM_1904 = "The workbook counts its days from 1904, and this one was read so: look whether it is the day that was meant"


def place_of(cell: Cell) -> str:
    """Return the address of a cell."""
    return address(cell.parent.title, cell.coordinate)


def read_cell(workbook: ReadWorkbook, opened: OpenedWorkbook, cell: Cell, kind: str) -> str:
    """Return the text of a cell, and add notes and problems to the workbook.

    ``kind`` is how the cell is read: :data:`forms.TEXT`, ``CODE``, ``DATE`` or ``LINK``.
    """
    place = place_of(cell)
    if opened.struck(cell):
        workbook.note("Text that is struck through was read as if it stood", place)
    if kind != LINK:
        return _value(workbook, opened, cell, kind)
    link = link_address(cell)
    if link or has_link_formula(cell):
        workbook.links.add(place)
    if not link and has_link_formula(cell):
        rule = "the address behind the link is worked out by the formula, and is not certain"
        workbook.refuse(place, cell.value, rule, "write the address itself")
        return ""
    uses_text = not link or not _uses_link_address(workbook, cell, link)
    text = _value(workbook, opened, cell, kind) if uses_text else link
    if text and not is_address(text):
        workbook.refuse(place, text, NO_ADDRESS, WHOLE)
    return text


def _value(workbook: ReadWorkbook, opened: OpenedWorkbook, cell: Cell, kind: str) -> str:
    """Return the text of a cell's own value, or of the result of its formula."""
    place, value = place_of(cell), cell.value
    if cell.data_type == "e":
        workbook.refuse(place, value, "the program shows an error here", "write the text itself")
        return ""
    if cell.data_type == "f":
        value = _result(workbook, opened, cell)
    read = normalised(value, kind, opened.book.epoch)
    if read.rule:
        workbook.refuse(place, value, read.rule, read.remedy)
    if read.note:
        workbook.note(capital(read.note), place)
    is_day = kind == DATE and not isinstance(value, str) and len(read.text) > len("2021-12")
    if is_day and opened.book.epoch == CALENDAR_MAC_1904:
        workbook.note_all(FROM_1904, place)
    return read.text


def _result(workbook: ReadWorkbook, opened: OpenedWorkbook, cell: Cell) -> object:
    """Return the stored result of a formula; if there is none, add a problem."""
    result = opened.result(cell)
    if result is None or result.value is None or result.data_type == "e":
        formula = cell.value if isinstance(cell.value, str) else "a formula"
        rule = "it is a formula, and the file holds no result of it that can be read"
        remedy = "write the text itself (copy, then paste values)"
        workbook.refuse(place_of(cell), formula, rule, remedy)
        return None
    workbook.note("The stored result of a formula was read", place_of(cell))
    return result.value


def _uses_link_address(workbook: ReadWorkbook, cell: Cell, link: str) -> bool:
    """Return whether to take the address of a link instead of the text that the cell shows."""
    shown = "" if cell.data_type == "f" else text_of(cell)
    if comparable_link(shown) == comparable_link(link):
        return False  # a program made a link of the typed address
    if is_address(shown):
        rule = f"the cell shows one address, and leads to another ({shorten(link)})"
        remedy = "take the link out, and write the address that counts"
        workbook.refuse(place_of(cell), shown, rule, remedy)
    else:
        workbook.note("The address behind a link was taken", place_of(cell))
    return True


def link_address(cell: Cell) -> str:
    """Return the address that a cell links to, by a link or a formula; empty if there is none."""
    link = getattr(cell, "hyperlink", None)
    if link is not None and link.target:
        return link.target + (f"#{link.location}" if link.location else "")
    match = _LITERAL_LINK_FORMULA.match(cell.value) if isinstance(cell.value, str) else None
    return match[1].replace('""', '"') if match and cell.data_type == "f" else ""


def has_link_formula(cell: Cell) -> bool:
    """Return whether a cell has a formula that makes a link, to a literal or computed address."""
    formula = getattr(cell.value, "text", cell.value)  # of an array formula, the text
    return cell.data_type == "f" and bool(_LINK_FORMULA.search(str(formula)))


def comparable_link(link: str) -> str:
    """Return an address in lower case without the scheme and trailing slash that programs add."""
    return re.sub(r"\b(https?://|mailto:)", "", link).rstrip("/").casefold()


def check_merged(
    workbook: ReadWorkbook,
    sheet: Worksheet,
    grid: Grid,
    columns: Collection[int],
    first: int,
    filled: Collection[int],
) -> None:
    """Refuse merged cells with content in the columns that are read; note empty ones.

    Args:
        workbook: the workbook to which problems and notes are added.
        sheet: the sheet.
        grid: its cells.
        columns: the columns that are read.
        first: the first row that is read.
        filled: the rows that have any text.
    """
    for area in sheet.merged_cells.ranges:
        touched = any(area.min_col <= place <= area.max_col for place in columns)
        rows = range(max(area.min_row, first), area.max_row + 1)
        if not touched or not any(number in filled for number in rows):
            continue
        # Programs keep only the content of the first of several merged cells.
        kept = grid.get(area.min_row, {}).get(area.min_col)
        place = address(sheet.title, str(area))
        if kept is None or kept.value is None:
            workbook.note("Cells that are merged, and empty, were passed over", place)
        else:
            rule = "the cells are merged, and we cannot tell what was meant for each of them"
            workbook.refuse(place, kept.value, rule, "unmerge them, and fill each one")


COMMENT = "Comments are not taken in"

OBJECT = "A text box, a picture, a chart or a file that lies on a sheet was left out"

ADDRESS = "The address behind a link was left out"

TEXT_OUTSIDE_CELLS = "Words outside the cells were left out"

_HEADER_CODES = re.compile(r"\b(?:page|of)\s+&\[?[PN]|&\[[^]]*\]|&[A-Z]", re.IGNORECASE)
"""Header and footer codes for page numbers, dates and names, with the words before them."""


def note_outside_cells(
    workbook: ReadWorkbook, opened: OpenedWorkbook, grids: Mapping[str, Grid]
) -> None:
    """Note comments, links and objects that are not read, such as text boxes and pictures."""
    cells = [cell for grid in grids.values() for row in grid.values() for cell in row.values()]
    commented = [cell for cell in cells if getattr(cell, "comment", None)]
    comments = [(cell.parent.title, cell.coordinate) for cell in commented]
    for title, cell in dict.fromkeys([*comments, *opened.threads]):
        workbook.note_all(COMMENT, address(title, cell))
    for title, cell in opened.objects:
        workbook.note_all(OBJECT, address(title, cell) if cell else title)
    for cell in cells:
        place, link = place_of(cell), comparable_link(link_address(cell))
        worked_out = not link and has_link_formula(cell)
        if place in workbook.links or not (link or worked_out):
            continue
        shown = (cell.data_type == "f" and opened.result(cell)) or cell
        text = comparable_link(text_of(shown))
        # Programs may replace our relative link to a file by its full path.
        is_our_link = link.startswith("file:") and link.endswith(f"/{text.rpartition('/')[2]}")
        if worked_out or not (link in text or (text and is_our_link)):
            workbook.note_all(ADDRESS, place)


def note_text_outside_cells(workbook: ReadWorkbook, opened: OpenedWorkbook) -> None:
    """Note texts outside cells: headers, footers, defined names, prompts and file properties."""
    for sheet in opened.book.worksheets:
        for part in ("Header", "Footer"):
            items = [getattr(sheet, f"{name}{part}") for name in ("odd", "even", "first")]
            texts = [
                section.text or ""
                for item in items
                for section in (item.left, item.center, item.right)
            ]
            if any(re.search(r"\w", _HEADER_CODES.sub("", text)) for text in texts):
                workbook.note_all(TEXT_OUTSIDE_CELLS, f"{part.lower()} of {sheet.title}")
        for rule in sheet.data_validations.dataValidation:
            if rule.prompt or rule.promptTitle:
                workbook.note_all(
                    TEXT_OUTSIDE_CELLS, f"prompt at {address(sheet.title, str(rule.sqref))}"
                )
    _note_names(workbook, opened)


def _note_names(workbook: ReadWorkbook, opened: OpenedWorkbook) -> None:
    """Note defined names and filled file properties."""
    named = [opened.book.defined_names, *(sheet.defined_names for sheet in opened.book.worksheets)]
    for name in dict.fromkeys(name for names in named for name in names):
        if not name.startswith("_"):  # programs start their own names with _
            workbook.note_all(TEXT_OUTSIDE_CELLS, f"name {name}")
    for name in ("subject", "description", "keywords", "category"):
        if getattr(opened.book.properties, name):
            workbook.note_all(TEXT_OUTSIDE_CELLS, f"{name} of the file")
