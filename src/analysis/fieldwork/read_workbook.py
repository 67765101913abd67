"""Read a returned workbook, even if its parts were moved, renamed, hidden or sorted."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.fieldwork.forms import CODE, FORMS, Field, Form
from analysis.fieldwork.normalise import normalised
from analysis.fieldwork.open_workbook import OpenedWorkbook, open_workbook
from analysis.fieldwork.read_cells import (
    check_merged,
    note_outside_cells,
    note_text_outside_cells,
    read_cell,
)
from analysis.fieldwork.sent_texts import (
    ROWS_SENT,
    TEXTS_SENT,
    Grid,
    ShownSheet,
    cells_of,
    list_column,
    rows_sent,
)
from analysis.fieldwork.workbook_content import ReadWorkbook, SheetRow, address
from analysis.fieldwork.workbook_writer import HIDDEN, NOUN
from analysis.wording import agreeing, listed

_EPOCH = dt.datetime(1899, 12, 30)

_ROWS_SEARCHED = 20
"""Number of rows from the top in which the marks or headings of a form are searched for."""


@dataclass(frozen=True)
class _FormSheet:
    """The layout of a form on a sheet.

    Attributes:
        sheet, grid: the sheet, and its cells.
        form: the form.
        head: the row of its marks; without marks, the row before the headings.
        marked: whether the row of marks is present.
        columns: the number of each column, by field name; of duplicates, the first.
        copied: the field names of duplicate columns, by column number.
    """

    sheet: Worksheet
    grid: Grid
    form: Form
    head: int
    marked: bool
    columns: dict[str, int]
    copied: dict[int, str]

    @property
    def fields(self) -> dict[str, Field]:
        """The fields of the columns, by name."""
        fields = {name: _field(self.form, name) for name in self.columns}
        return {name: field for name, field in fields.items() if field is not None}

    def head_address(self, column: int) -> str:
        """Return the address of the cell that identifies a column: its mark, or its heading."""
        row = self.head if self.marked else self.head + 1
        return address(self.sheet.title, f"{get_column_letter(column)}{row}")


def read_workbook(path: Path) -> ReadWorkbook:
    """Read a working workbook.

    Raises:
        StudyError: the file cannot be opened as a workbook. Problems with its content are in
            the returned workbook instead.
    """
    workbook = ReadWorkbook(path.name)
    opened = open_workbook(path)
    grids = {sheet.title: cells_of(sheet) for sheet in opened.book.worksheets}
    for title, grid in grids.items():
        _read_about(workbook, title, grid)
        workbook.sent = workbook.sent or list_column(grid, ROWS_SENT)
        workbook.texts_sent |= rows_sent(list_column(grid, TEXTS_SENT))
    for sheet in opened.book.chartsheets:
        workbook.note("A sheet with a chart has no cells to read", sheet.title)
    noun = workbook.about.get(NOUN.lower(), "")
    unread: dict[str, str] = {}
    for sheet in opened.book.worksheets:
        title, grid = sheet.title, grids[sheet.title]
        layout = _find_form(sheet, grid, noun)
        # A form that belongs to another kind of workbook is not read.
        foreign = layout and workbook.texts_sent and layout.form.tab not in workbook.texts_sent
        if layout and not foreign:
            _read_form(workbook, opened, layout, noun)
            continue
        if not foreign and grid:
            unread |= {
                form.name: title for form in FORMS if _base_tab(title) == _base_tab(form.tab)
            }
        workbook.shown.append((ShownSheet(title), ShownSheet(title).rows(grid)))
    note_outside_cells(workbook, opened, grids)
    note_text_outside_cells(workbook, opened)
    for name in unread.keys() - workbook.forms.keys():
        rule = "neither the marks nor the headings of this sheet are there"
        remedy = "put the first two rows back as they were"
        workbook.refuse(address(unread[name], "A1"), "", rule, remedy)
        workbook.forms[name] = []
    return workbook


def _read_form(
    workbook: ReadWorkbook, opened: OpenedWorkbook, layout: _FormSheet, noun: str
) -> None:
    """Add the rows of a form to the workbook; refuse a second sheet with the same form."""
    title, form = layout.sheet.title, layout.form
    if form.name in workbook.forms:
        rule = f"it is a copy of another sheet: both have the columns of {form.tab}"
        workbook.refuse(address(title, "A1"), title, rule, "delete the one that does not count")
        return
    sent_hidden = workbook.about.get(HIDDEN.lower(), "").split("; ")
    if layout.sheet.sheet_state != "visible" and form.tab not in sent_hidden:
        workbook.note("A hidden sheet was read too", title)
    if title != form.tab:
        workbook.note("A sheet was renamed, and read by its marks", title)
    workbook.forms[form.name] = []
    if _check_columns(workbook, layout, noun):
        # With columns missing or doubled, each row would give problems of its own.
        _note_rearranged(workbook, layout, noun)
        workbook.forms[form.name] = list(_form_rows(workbook, opened, layout))


def _read_about(workbook: ReadWorkbook, title: str, grid: Grid) -> None:
    """Read the facts on a first sheet; refuse a second one that differs."""
    about, places = {}, {}
    for number, row in grid.items():
        label, value = (row[column].value if column in row else None for column in (1, 2))
        if isinstance(label, str):
            name = " ".join(label.split()).rstrip(":").lower()
            about[name] = normalised(value, CODE, _EPOCH).text
            places[name] = address(title, f"B{number}")
    if not about.get("workbook"):
        return
    if not workbook.about:
        workbook.about, workbook.about_places = about, places
        return
    for name, place in places.items():
        if about[name] != workbook.about.get(name):
            rule = "two sheets say what this workbook is, and they differ"
            workbook.refuse(place, about[name], rule, "delete the one that does not count")


def _base_tab(title: str) -> str:
    """Return a tab without the number that programs add to a copy, such as "(2)"."""
    return re.sub(r"[\s_]*\(?\d+\)?$", "", title).casefold()


def _find_form(sheet: Worksheet, grid: Grid, noun: str) -> _FormSheet | None:
    """Return the form on a sheet, with its layout; ``None`` if there is none.

    A form is recognised by its marks. If their row was deleted, it is recognised by the headings,
    on a sheet with the form's tab.
    """
    for number in sorted(grid)[:_ROWS_SEARCHED]:
        texts = {place: cell.value for place, cell in grid[number].items()}
        for form in FORMS:
            marks = {place: _field_of_mark(form, value) for place, value in texts.items()}
            if sum(map(bool, marks.values())) >= max(2, len(form.fields) // 3):
                return _form_sheet(sheet, grid, form, number, marks)
            if _base_tab(sheet.title) != form.tab.casefold():
                continue
            labels = {place: _field_of_heading(form, value, noun) for place, value in texts.items()}
            if sum(map(bool, labels.values())) > len(form.fields) // 2:
                layout = _form_sheet(sheet, grid, form, number - 1, labels)
                return replace(layout, marked=False)
    return None


def _form_sheet(
    sheet: Worksheet, grid: Grid, form: Form, head: int, names: Mapping[int, str]
) -> _FormSheet:
    places, columns = sorted(place for place, name in names.items() if name), {}
    for place in places:
        columns.setdefault(names[place], place)
    copied = {place: names[place] for place in places if columns[names[place]] != place}
    return _FormSheet(sheet, grid, form, head, True, columns, copied)


def _field_of_mark(form: Form, value: object) -> str:
    """Return the name of the field that a cell marks; empty if it is no mark of the form."""
    start, _, name = value.strip().lower().partition(".") if isinstance(value, str) else ("",) * 3
    return name if start == form.name else ""


def _field_of_heading(form: Form, heading: object, noun: str) -> str:
    """Return the name of the field with this heading; empty if there is none."""
    text = _normalised_label(heading)
    number = re.search(r" (\d+)$", text)
    for field in form.fields:
        label = _normalised_label(field.label.replace("{unit}", noun))
        if text and text == label:
            return field.name
        # Numbered columns, such as "Evidence 4": a workbook has as many as it needs.
        if number and re.sub(r"\d+$", number[1], label) == text:
            return re.sub(r"\d+$", number[1], field.name)
    return ""


def _normalised_label(value: object) -> str:
    return re.sub(r"[\W_]+", " ", value).strip().casefold() if isinstance(value, str) else ""


def _form_rows(
    workbook: ReadWorkbook, opened: OpenedWorkbook, layout: _FormSheet
) -> Iterator[SheetRow]:
    """Yield the rows of a form with any text; add notes and problems to the workbook."""
    title, form, first = layout.sheet.title, layout.form, layout.head + 2
    letters = {name: get_column_letter(place) for name, place in layout.columns.items()}
    editable = {name: field for name, field in layout.fields.items() if field.editable}
    filled, taken = set(), set()
    for number, row in layout.grid.items():
        if number < first:
            continue
        texts = {
            name: read_cell(workbook, opened, row[layout.columns[name]], field.kind)
            for name, field in editable.items()
            if layout.columns[name] in row
        }
        if any(texts.values()):
            filled.add(number)
            yield SheetRow(title, number, texts, letters)
        if any(text and not form.only_identifies(name) for name, text in texts.items()):
            taken.add(number)
    check_merged(workbook, layout.sheet, layout.grid, layout.columns.values(), first, filled)
    shown = ShownSheet(title, form, layout.columns, editable, {layout.head, layout.head + 1}, taken)
    workbook.shown.append((shown, shown.rows(layout.grid)))


def _field(form: Form, name: str) -> Field | None:
    """Return the field with a name; numbered columns, such as ``evidence_4``, share one field."""
    fields = {field.name: field for field in form.fields}
    return fields.get(name) or fields.get(re.sub(r"_\d{1,2}$", "_1", name))


def _check_columns(workbook: ReadWorkbook, layout: _FormSheet, noun: str) -> bool:
    """Return whether every column is present exactly once; add problems if not."""
    if layout.copied:
        *others, first = sorted(layout.copied, reverse=True)
        also = "".join(f", as at {layout.head_address(place)}" for place in reversed(others))
        value = f"{layout.form.name}.{layout.copied[first]}"
        rule = f"two columns have the same mark{also}"
        workbook.refuse(layout.head_address(first), value, rule, "delete the copied column")
    missing = _missing_columns(layout, noun)
    if missing:
        marks = listed([f"{layout.form.name}.{name}" for name in missing])
        rule = f"the {agreeing(len(missing), 'column', 'columns')} marked {marks} "
        rule += agreeing(len(missing), "is not there", "are not there")
        it = agreeing(len(missing), "it", "them")
        remedy = f"put {it} back, or copy the rows into a new workbook"
        workbook.refuse(layout.head_address(1), ", ".join(missing.values()), rule, remedy)
    return not (layout.copied or missing)


def _missing_columns(layout: _FormSheet, noun: str) -> dict[str, str]:
    """Return the labels of missing required columns, by field name.

    The number of numbered columns, such as ``evidence_4``, varies, but it must have no gap.
    """
    expected = [field.name for field in layout.form.fields if field.editable and not field.may_lack]
    for name in layout.fields:
        stem, _, number = name.rpartition("_")
        before = range(1, int(number)) if number.isdigit() else ()
        expected += [f"{stem}_{place}" for place in before]
    missing = {}
    for name in expected:
        field = _field(layout.form, name) if name not in layout.columns else None
        if field is not None and field.editable:
            label = re.sub(r"\d+$", name.rpartition("_")[2], field.label)
            missing[name] = label.replace("{unit}", noun or "unit")
    return missing


def _note_rearranged(workbook: ReadWorkbook, layout: _FormSheet, noun: str) -> None:
    title, columns = layout.sheet.title, layout.columns
    if not layout.marked:
        note = "The row of marks is gone, and the columns were read by their headings"
        workbook.note(note, title)
    order = [columns[field.name] for field in layout.form.fields if field.name in columns]
    if order != sorted(order):
        workbook.note("Columns were moved, and read by their marks", title)
    for name, field in layout.fields.items():
        cell = layout.grid.get(layout.head + 1, {}).get(columns[name])
        name_shown = _field_of_heading(layout.form, cell.value, noun) if cell is not None else ""
        if field.editable and name_shown != name and (noun or "{" not in field.label):
            place = address(title, f"{get_column_letter(columns[name])}{layout.head + 1}")
            label = field.label.replace("{unit}", noun)
            workbook.note(f"A column was renamed, and read as {label!r}", place)
    for area in layout.sheet.column_dimensions.values():
        hidden = range(area.min or 0, (area.max or 0) + 1) if area.hidden else ()
        # The column with row marks is hidden by us in workbooks for a unit.
        if set(hidden) & {place for name, place in columns.items() if name != "row"}:
            workbook.note("Hidden columns were read too", address(title, area.index or ""))
    filtered = layout.sheet.auto_filter.filterColumn
    rows = layout.sheet.row_dimensions.items()
    if filtered or any(dimension.hidden for number, dimension in rows if number > layout.head):
        workbook.note("Rows that are hidden, or that a filter hides, were read too", title)
