"""Write the working workbooks: forms with drop-downs, and sheets to read beside them.

They are for work, not for publication: they have filters, frozen panes and drop-downs.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl.styles import Border, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from analysis.fieldwork.forms import LAYOUT, LINK, Field, Form
from analysis.fieldwork.sent_texts import ROWS_SENT, TEXTS_SENT, ShownSheet, cells_of, records
from analysis.problems import refusal
from analysis.spreadsheet import as_bytes, font, new_workbook, put_link, put_text, row_height
from analysis.study import Study
from analysis.wording import capital

START, LISTS = "Start", "Lists"
NOUN = "One unit is called"
"""Label on the first sheet of the study's noun for a unit, which intake needs to read headings."""
HIDDEN = "Sheets sent hidden"
"""Label on the first sheet of the tabs of forms that are sent hidden."""
_ROOM_HEIGHT = 90
"""Height in points of a row in which a person writes several lines."""
_HEADING_FILL = PatternFill("solid", fgColor="DCE6F1")
_READ_ONLY_FILL = PatternFill("solid", fgColor="F2F2F2")
_CELL_BORDER = Border(bottom=Side("thin", color="BFBFBF"), right=Side("thin", color="BFBFBF"))


@dataclass(frozen=True)
class FormRow:
    """A row to write: texts by field, and drop-down lists that override those of the fields.

    ``high`` makes the row high enough for several lines.
    """

    texts: Mapping[str, str]
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    high: bool = False


@dataclass(frozen=True)
class Page:
    """A sheet to read and not to fill: its tab, headings with widths, and rows.

    ``link`` is the number of the column with links, or 0 if there is none. ``lines`` are written
    above the headings, across all columns.
    """

    tab: str
    headings: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[str]]
    link: int = 0
    lines: Sequence[str] = ()


class WorkbookMaker:
    """Builds a working workbook sheet by sheet, and returns it as a file."""

    def __init__(self, study: Study, title: str, about: Mapping[str, str], lines: Sequence[str]):
        """Create the first sheet: title, instructions (``lines``), facts for intake (``about``)."""
        creators = ", ".join(contributor.title for contributor in study.descriptor.contributors)
        self.book: Workbook = new_workbook(title, creators)
        self._noun = study.settings.unit_noun.singular
        self._lists: dict[str, list[str]] = {}
        self._sent: list[str] = []
        self._forms: dict[str, Form] = {}
        sheet = self.book.worksheets[0]
        sheet.title = START
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 90
        put_text(sheet, 1, 1, title, wrap=False).font = font(bold=True, size=14)
        sheet.row_dimensions[1].height = 30
        lines = [line for line in (study.settings.draft_mark, *lines) if line]
        for number, line in enumerate(lines, start=2):
            put_text(sheet, number, 2, line)
            sheet.row_dimensions[number].height = row_height([line], [90])
        facts = {**about, "Study": study.descriptor.name, "Layout": LAYOUT}
        facts[NOUN] = capital(self._noun)
        facts["Data version"] = study.descriptor.version
        head = len(lines) + 3
        put_text(sheet, head, 1, "Do not change below this line").font = font(bold=True)
        for number, (label, value) in enumerate(facts.items(), start=head + 1):
            put_text(sheet, number, 1, label)
            put_text(sheet, number, 2, value).fill = _READ_ONLY_FILL

    def offer(self, **lists: Iterable[str]) -> None:
        """Add lists for drop-downs, by name."""
        self._lists |= {name: list(dict.fromkeys(values)) for name, values in lists.items()}

    def page(self, page: Page) -> None:
        """Add a sheet to read."""
        sheet = self.book.create_sheet(page.tab)
        widths = [width for _, width in page.headings]
        _write_lines(sheet, page.lines, len(widths), sum(widths))
        head = len(page.lines) + 1
        for column, (heading, width) in enumerate(page.headings, start=1):
            _write_heading(sheet, head, column, heading, width)
        sheet.row_dimensions[head].height = row_height([text for text, _ in page.headings], widths)
        last = head
        for last, texts in enumerate(page.rows, start=head + 1):
            for column, text in enumerate(texts, start=1):
                cell = put_text(sheet, last, column, text)
                cell.border = _CELL_BORDER
                if column == page.link:
                    put_link(cell, text)
            sheet.row_dimensions[last].height = row_height(texts, widths)
        if not page.lines:
            sheet.freeze_panes = "B2"
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{last}"
        _protect(sheet)

    def form(self, form: Form, rows: Sequence[FormRow], spare: int = 0, frozen: int = 0) -> None:
        """Add a sheet to fill, with spare rows; the first ``frozen`` columns do not scroll."""
        sheet = self.book.create_sheet(form.tab)
        name = form.fields[0].name
        self._sent += [row.texts[name] for row in rows if row.texts.get(name)]
        self._forms[form.tab] = form
        for column, field in enumerate(form.fields, start=1):
            put_text(sheet, 1, column, form.mark(field)).font = font(size=8, color="767676")
            _write_heading(
                sheet, 2, column, capital(field.label.replace("{unit}", self._noun)), field.width
            )
        sheet.row_dimensions[2].height = 62
        last = 2 + len(rows) + spare
        widths = [field.width for field in form.fields]
        for number, row in enumerate(rows, start=3):
            texts = [row.texts.get(field.name, "") for field in form.fields]
            _write_row(sheet, number, form.fields, texts)
            height = row_height(texts, widths)
            sheet.row_dimensions[number].height = max(height, _ROOM_HEIGHT) if row.high else height
        for number in range(3 + len(rows), last + 1):
            _write_row(sheet, number, form.fields, [""] * len(form.fields))
        self._add_choices(sheet, form, rows, last)
        sheet.freeze_panes = f"{get_column_letter(frozen + 1)}3"
        sheet.auto_filter.ref = f"A2:{get_column_letter(len(form.fields))}{last}"
        sheet.print_title_rows = "2:2"

    def _show_only(self, tabs: Sequence[str]) -> None:
        """Hide all other sheets, and the marks on these; set these to print one page wide."""
        for sheet in self.book.worksheets:
            sheet.sheet_view.tabSelected = False
            if sheet.title not in tabs:
                sheet.sheet_state = "hidden"
                continue
            fit_to_width(sheet)
            if sheet.title in self._forms:  # its marks are in row 1 and column A
                sheet.row_dimensions[1].hidden = sheet.column_dimensions["A"].hidden = True
        self.book.active = self.book[tabs[0]]

    def as_bytes(self, only: Sequence[str] = ()) -> bytes:
        """Return the workbook as a file; the same workbook gives the same bytes.

        ``only`` has the tabs of the sheets to show; if empty, all are shown.
        """
        sheet = self.book.create_sheet(LISTS)
        lists = self._lists | {ROWS_SENT: self._sent}
        for column, (name, values) in enumerate(lists.items(), start=1):
            _write_list(sheet, column, name, values)
        sent = [line for worksheet in self.book.worksheets for line in self._records(worksheet)]
        _write_list(sheet, len(lists) + 1, TEXTS_SENT, sent)
        _protect(sheet)
        if only:
            self._show_only(only)
        return as_bytes(self.book)

    def _records(self, sheet: Worksheet) -> Iterator[str]:
        """Return the records of a sheet for the last sheet, from which intake detects changes."""
        form, grid = self._forms.get(sheet.title), cells_of(sheet)
        fields = form.fields if form else ()
        places = {field.name: column for column, field in enumerate(fields, start=1)}
        editable = {field.name for field in fields if field.editable}
        return records(ShownSheet(sheet.title, form, places, editable, (1, 2), grid), grid)

    def _add_choices(
        self, sheet: Worksheet, form: Form, rows: Sequence[FormRow], last: int
    ) -> None:
        """Add the drop-downs. They refer to a range: a literal list has at most 255 characters."""
        for column, field in enumerate(form.fields, start=1):
            if not field.choices:
                continue
            named = [row.choices.get(field.name, field.choices) for row in rows]
            named += [field.choices] * (last - 2 - len(rows))
            letter = get_column_letter(column)
            for name in dict.fromkeys(named):
                area = " ".join(f"{letter}{a}:{letter}{b}" for a, b in _runs(named, name, first=3))
                if area and self._lists.get(name):
                    sheet.add_data_validation(self._choice(field, name, area))

    def _choice(self, field: Field, name: str, area: str) -> DataValidation:
        letter = get_column_letter(list(self._lists).index(name) + 1)
        ends = f"${letter}$2:${letter}${len(self._lists[name]) + 1}"
        return DataValidation(
            type="list",
            formula1=f"{LISTS}!{ends}",
            sqref=area,
            allow_blank=True,
            showErrorMessage=True,
            errorStyle="stop" if field.only_choices else "warning",
            errorTitle="Not on the list",
            error="Choose one of the list."
            if field.only_choices
            else "It is not on the list. Go on if it is new.",
        )


def save_new(
    path: Path,
    content: bytes,
    study: Study,
    ending: str = ".xlsx",
    before: Callable[[], None] = lambda: None,
) -> None:
    """Write a workbook, or another file with the given ending, to a new file atomically.

    ``before`` is called after the content is written to a temporary file, and before that is
    renamed. If it fails, there is no file.

    Raises:
        StudyError: the file exists already (it may have been filled), has another ending, or lies
            inside the study.
    """
    rule = remedy = ""
    if path.exists():
        rule = "something exists there already, and may hold work"
        remedy = "name a new file"
    elif path.suffix.lower() != ending:
        rule, remedy = f"its name does not end in {ending}", f"name a file such as one{ending}"
    elif path.resolve().is_relative_to(study.folder.resolve()):
        rule, remedy = "it lies inside the study", "name a file elsewhere"
    if rule:
        raise refusal(path, rule, remedy)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.writing")
    try:
        temporary.write_bytes(content)
        before()
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _write_heading(sheet: Worksheet, row: int, column: int, text: str, width: int) -> None:
    cell = put_text(sheet, row, column, text)
    cell.font, cell.fill, cell.border = font(bold=True), _HEADING_FILL, _CELL_BORDER
    sheet.column_dimensions[get_column_letter(column)].width = width


def _write_lines(sheet: Worksheet, lines: Sequence[str], columns: int, width: int) -> None:
    """Write lines in cells merged across all columns, the first one as a heading."""
    for number, line in enumerate(lines, start=1):
        cell = put_text(sheet, number, 1, line)
        cell.font = font(bold=True, size=14) if number == 1 else font()
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=columns)
        sheet.row_dimensions[number].height = row_height([line], [width], cell.font.sz)


def fit_to_width(sheet: Worksheet) -> None:
    """Set a sheet to print one page wide, on as many pages as its rows need."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _write_list(sheet: Worksheet, column: int, name: str, values: Sequence[str]) -> None:
    _write_heading(sheet, 1, column, name, 24)
    for number, value in enumerate(values, start=2):
        put_text(sheet, number, column, value)


def _write_row(sheet: Worksheet, row: int, fields: Sequence[Field], texts: list[str]) -> None:
    for column, (field, text) in enumerate(zip(fields, texts, strict=True), start=1):
        cell = put_text(sheet, row, column, text)
        if not text:
            cell.value = None  # some programs take an empty text as content
        # Format as text, or a program turns 2021-12 into the first of December.
        cell.number_format, cell.border = "@", _CELL_BORDER
        if not field.editable or field.name == "row":
            cell.fill = _READ_ONLY_FILL
        if field.kind == LINK and not field.editable:
            put_link(cell, text)


def _protect(sheet: Worksheet) -> None:
    """Protect a sheet, without a password, from changes by mistake."""
    sheet.protection.sheet = True
    sheet.protection.autoFilter = sheet.protection.sort = False
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _runs(values: Sequence[str], wanted: str, first: int) -> list[tuple[int, int]]:
    """Return the runs of a value as first and last row; the first value is in row ``first``."""
    runs: list[tuple[int, int]] = []
    for row, value in enumerate(values, start=first):
        if value != wanted:
            continue
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
