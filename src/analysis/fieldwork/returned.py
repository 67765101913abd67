"""Read a workbook as people return it: moved, renamed, hidden, sorted, saved by another program."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.fieldwork.forms import CODE, FORMS, Field, Form
from analysis.fieldwork.opening import Opened, open_workbook
from analysis.fieldwork.tidy import tidied
from analysis.study.problems import Problem, shorten

_ROWS_SEARCHED = 20
"""Rows from the top in which the marks of a form, or a first sheet's labels, are looked for."""
_PLACES_NAMED = 5
_EPOCH = dt.datetime(1899, 12, 30)

Grid = dict[int, dict[int, Cell]]


@dataclass(frozen=True)
class Line:
    """A row of a form as it was returned.

    Attributes:
        sheet: the sheet's tab.
        number: row as the program shows it.
        texts: what each column says, by the field's name.
        letters: where each column stands, by the field's name.
    """

    sheet: str
    number: int
    texts: dict[str, str]
    letters: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """Return what a column says; a column that is not there says nothing."""
        return self.texts.get(name, "")

    def place(self, name: str = "") -> str:
        """Return the address of a cell, such as ``Coding!F17``; of no column: of the first."""
        letter = self.letters.get(name) or next(iter(self.letters.values()), "A")
        return address(self.sheet, f"{letter}{self.number}")

    def several(self, stem: str) -> dict[str, str]:
        """Return the columns of a stem, such as ``evidence``, that say something, in order."""
        names = [name for name in self.texts if re.fullmatch(rf"{stem}_\d+", name)]
        names.sort(key=lambda name: int(name.rpartition("_")[2]))
        return {name: self.texts[name] for name in names if self.texts[name]}


@dataclass
class Returned:
    """A workbook that was read.

    Attributes:
        file: its name.
        about: what its first sheet says of it, labels in lower case.
        forms: the lines of each form that it has, by the form's name.
        notes: what was done to its cells, and the places; harmless.
        problems: what cannot be taken as it is.
    """

    file: str
    about: dict[str, str] = field(default_factory=dict)
    forms: dict[str, list[Line]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def note(self, said: str, place: str) -> None:
        """Keep a note on a place."""
        self.notes.setdefault(said, []).append(place)

    def refuse(self, place: str, value: object, rule: str, remedy: str) -> None:
        """Keep a problem at a place."""
        self.problems.append(Problem(self.file, None, place, shorten(value), rule, remedy))

    def said(self) -> list[str]:
        """Return the notes as sentences, the places named or counted."""
        lines = []
        for said, places in self.notes.items():
            more = len(places) - _PLACES_NAMED
            named = ", ".join(places[:_PLACES_NAMED]) + (f" and {more} more" if more > 0 else "")
            lines.append(f"{said}: {named}.")
        return lines


@dataclass(frozen=True)
class _Found:
    """A form found on a sheet: the row of its marks, and the place of each of its columns."""

    form: Form
    head: int
    columns: dict[str, int]
    repeated: tuple[str, ...]


def address(sheet: str, cell: str) -> str:
    """Return the address of a cell as spreadsheet programs write it."""
    tab = sheet if re.fullmatch(r"\w+", sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{tab}!{cell}"


def read_returned(path: Path) -> Returned:
    """Read a working workbook.

    Raises:
        StudyError: the file is no workbook that can be opened. Problems inside it are kept in
            what is returned.
    """
    returned = Returned(path.name)
    opened = open_workbook(path)
    copies: dict[str, list[tuple[str, list[Line]]]] = {}
    for sheet in opened.book.worksheets:
        grid = _grid(sheet)
        found = _form_on(sheet.title, grid)
        if found is None:
            returned.about = returned.about or _about(opened, grid)
            continue
        lines = list(_lines(returned, opened, sheet, grid, found))
        copies.setdefault(found.form.name, []).append((sheet.title, lines))
        if sheet.sheet_state != "visible":
            returned.note("A hidden sheet was read too", sheet.title)
        if sheet.title != found.form.tab and len(copies[found.form.name]) == 1:
            returned.note("A sheet was renamed, and read by its marks", sheet.title)
    for name, several in copies.items():
        returned.forms[name] = _only(returned, several)
    return returned


def _grid(sheet: Worksheet) -> Grid:
    """Return the cells that a sheet has, by row and column.

    The library's own loops make every cell up to the last one: a stray one in the last row and
    column of a sheet would make sixteen thousand million.
    """
    grid: Grid = {}
    for (row, column), cell in sorted(sheet._cells.items()):
        grid.setdefault(row, {})[column] = cell
    return grid


def _about(opened: Opened, grid: Grid) -> dict[str, str]:
    """Return the pairs of label and value of a first sheet that says what the workbook is."""
    pairs = {}
    for row in grid.values():
        label, value = (row[column].value if column in row else None for column in (1, 2))
        if isinstance(label, str) and value is not None:
            value = opened.plain(value) if isinstance(value, str) else value
            pairs[" ".join(label.split()).rstrip(":").lower()] = tidied(value, CODE, _EPOCH).text
    return pairs if "workbook" in pairs else {}


def _form_on(title: str, grid: Grid) -> _Found | None:
    """Return the form that a sheet holds.

    The marks tell; where their row was deleted, the labels do, on a sheet of the form's name.
    """
    tab = re.sub(r"[\s_]*\(?\d+\)?$", "", title).casefold()
    for number in sorted(grid)[:_ROWS_SEARCHED]:
        texts = {place: cell.value for place, cell in grid[number].items()}
        marks = {place: _mark(value) for place, value in texts.items()}
        for form in FORMS:
            named = {
                place: mark.partition(".")[2]
                for place, mark in marks.items()
                if mark.startswith(f"{form.name}.")
            }
            if len(named) >= max(2, len(form.fields) // 3):
                return _found(form, number, named)
            if tab == form.tab.casefold():
                labels = {_label(one.label): one.name for one in form.fields}
                known = {place: labels.get(_label(value), "") for place, value in texts.items()}
                known = {place: name for place, name in known.items() if name}
                if len(known) > len(form.fields) // 2:
                    return _found(form, number - 1, known)
    return None


def _found(form: Form, head: int, names: dict[int, str]) -> _Found:
    held = list(names.values())
    repeated = sorted({name for name in held if held.count(name) > 1})
    columns = {name: place for place, name in sorted(names.items(), reverse=True)}
    return _Found(form, head, dict(reversed(columns.items())), tuple(repeated))


def _mark(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _label(value: object) -> str:
    return re.sub(r"[\W\d_]+", " ", value).strip().casefold() if isinstance(value, str) else ""


def _lines(
    returned: Returned, opened: Opened, sheet: Worksheet, grid: Grid, found: _Found
) -> Iterator[Line]:
    """Yield the rows of a form that say anything; keep notes and problems on the way."""
    letters = {name: get_column_letter(place) for name, place in found.columns.items()}
    fields = {name: _field(found.form, name) for name in found.columns}
    fields = {name: one for name, one in fields.items() if one is not None}
    _check_columns(returned, sheet.title, found, letters)
    _say_what_was_rearranged(returned, sheet, grid, found, fields)
    first = found.head + 2
    filled = set()
    for number, row in grid.items():
        if number < first:
            continue
        line = Line(sheet.title, number, {}, letters)
        for name, one in fields.items():
            if found.columns[name] in row and one.asked:
                cell = row[found.columns[name]]
                line.texts[name] = _text(returned, opened, line, name, one, cell)
        if any(line.texts.values()):
            filled.add(number)
            yield line
    _refuse_merged(returned, sheet, found, first, filled)


def _text(returned: Returned, opened: Opened, line: Line, name: str, one: Field, cell: Cell) -> str:
    """Return what a cell says, with notes and problems kept."""
    place, value = line.place(name), cell.value
    if getattr(cell, "comment", None):
        returned.note("Comments are not taken in", place)
    if cell.data_type == "f":
        value = _result(returned, opened, line.sheet, cell, place)
    elif cell.data_type == "e":
        returned.refuse(place, value, "the program shows an error here", "write the text itself")
        return ""
    if isinstance(value, str):
        value = opened.plain(value)
    read = tidied(value, one.kind, opened.book.epoch)
    if read.refused:
        returned.refuse(place, value, read.refused, read.remedy)
    if read.done:
        returned.note(read.done[0].upper() + read.done[1:], place)
    return read.text


def _result(returned: Returned, opened: Opened, tab: str, cell: Cell, place: str) -> object:
    """Return the result that the program stored for a formula."""
    held = opened.results[tab][cell.coordinate] if opened.results else None
    if held is None or held.value is None or held.data_type == "e":
        formula = cell.value if isinstance(cell.value, str) else "a formula"
        rule = "it is a formula, and the file holds no result of it that can be read"
        returned.refuse(place, formula, rule, "write the text itself (copy, then paste values)")
        return None
    returned.note("The stored result of a formula was read", place)
    return held.value


def _field(form: Form, name: str) -> Field | None:
    """Return the field of a name; columns of a stem, such as ``evidence_4``, are alike."""
    held = {one.name: one for one in form.fields}
    return held.get(name) or held.get(re.sub(r"_\d+$", "_1", name))


def _check_columns(returned: Returned, title: str, found: _Found, letters: dict[str, str]) -> None:
    for name in found.repeated:
        place = address(title, f"{letters[name]}{found.head}")
        rule, remedy = "two columns have the same mark", "delete the copied column"
        returned.refuse(place, f"{found.form.name}.{name}", rule, remedy)
    for one in found.form.fields:
        stem = re.match(r"(\w+_)\d+$", one.name)
        there = one.name in found.columns or (
            stem and any(name.startswith(stem[1]) for name in found.columns)
        )
        if one.asked and not there:
            rule = f"the column marked {found.form.mark(one)} is not there"
            remedy = "put it back, or copy the rows into a new workbook"
            returned.refuse(title, one.label.replace("{unit}", "unit"), rule, remedy)


def _say_what_was_rearranged(
    returned: Returned, sheet: Worksheet, grid: Grid, found: _Found, fields: dict[str, Field]
) -> None:
    title, labels = sheet.title, grid.get(found.head + 1, {})
    order = sorted(found.columns, key=found.columns.get)
    expected = [one.name for one in found.form.fields if one.name in found.columns]
    if [name for name in order if name in expected] != expected:
        returned.note("Columns were moved, and read by their marks", title)
    for name, one in fields.items():
        cell = labels.get(found.columns[name])
        said = _label(cell.value) if cell is not None else ""
        if one.asked and "{" not in one.label and said != _label(one.label):
            place = address(title, f"{get_column_letter(found.columns[name])}{found.head + 1}")
            returned.note(f"A column was renamed, and read as {one.label!r}", place)
    ours = set(found.columns.values())
    for area in sheet.column_dimensions.values():
        if area.hidden and ours & set(range(area.min, area.max + 1)):
            returned.note("Hidden columns were read too", address(title, area.index))
    for place, cell in labels.items():
        below = (
            row[place].value
            for number, row in grid.items()
            if number > found.head + 1 and place in row
        )
        if place not in ours and any(value is not None for value in below):
            returned.note(
                "A column that is not ours was left aside", address(title, cell.coordinate)
            )
    if sheet.auto_filter.filterColumn or any(one.hidden for one in sheet.row_dimensions.values()):
        returned.note("Rows that are hidden, or that a filter hides, were read too", title)


def _refuse_merged(
    returned: Returned, sheet: Worksheet, found: _Found, first: int, filled: set[int]
) -> None:
    ours = found.columns.values()
    for area in sheet.merged_cells.ranges:
        touched = any(area.min_col <= place <= area.max_col for place in ours)
        rows = range(max(area.min_row, first), area.max_row + 1)
        if touched and any(number in filled for number in rows):
            rule = "the cells are merged, and what was meant for each of them cannot be told"
            remedy = "unmerge them, and fill each one"
            returned.refuse(address(sheet.title, str(area)), "", rule, remedy)


def _only(returned: Returned, copies: list[tuple[str, list[Line]]]) -> list[Line]:
    """Return the lines of a form; sheets that say the same count once."""
    (title, lines), *others = copies
    said = [line.texts for line in lines]
    for other, copied in others:
        if [line.texts for line in copied] == said:
            returned.note("A copy that says the same as another sheet was left aside", other)
        else:
            rule = f"this sheet and {title} are copies of one sheet, and say different things"
            returned.refuse(other, "", rule, "delete the one that does not count")
    return lines
