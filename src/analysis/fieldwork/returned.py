"""Read a workbook as people return it: moved, renamed, hidden, sorted, saved by another program."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from openpyxl.cell import Cell
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from analysis.fieldwork.forms import CODE, DATE, FORMS, LINK, Field, Form
from analysis.fieldwork.opening import Opened, open_workbook
from analysis.fieldwork.sent import (
    ROWS_SENT,
    SINCE,
    TEXTS_SENT,
    Grid,
    Rows,
    Shown,
    cells_of,
    differences,
    list_column,
    rows_sent,
    text_of,
)
from analysis.fieldwork.tidy import tidied
from analysis.fieldwork.workbooks import NOUN, START
from analysis.problems import Problem, shorten
from analysis.study.addresses import NO_ADDRESS, WHOLE, is_address
from analysis.wording import agreeing, listed

_ROWS_SEARCHED = 20
"""Rows from the top in which the marks of a form, or a first sheet's labels, are looked for."""
_PLACES_NAMED = 5
_EPOCH = dt.datetime(1899, 12, 30)
_LEADS = re.compile(r"\bHYPERLINK\s*\(", re.IGNORECASE)
_HYPERLINK = re.compile(r'\s*=\s*HYPERLINK\(\s*"((?:[^"]|"")*)"\s*[,)]', re.IGNORECASE)
"""A formula that leads somewhere; and one whose address stands in it whole, as one text."""

COMMENT = "Comments are not taken in"
OBJECT = "A text box, a picture, a chart or a file that lies on a sheet was left aside"
FROM_1904 = "The workbook counts its days from 1904, and this one was read so: look whether it is the day that was meant"
ADDRESS = "The address behind a link was left aside"
TYPED = "Words outside the cells were left aside"
_SIGNS = re.compile(r"\b(?:page|of)\s+&\[?[PN]|&\[[^]]*\]|&[A-Z]", re.IGNORECASE)
"""What stands in a header or footer for a number, a day, a name, and what programs write before it."""


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
        about_places: the addresses of that, by the same labels.
        sent: the names of the rows that were sent, as far as it still says so.
        shown_sent: the rows of its sheets as far as they only show, by tab, likewise.
        shown: its sheets as far as they only show, each with its rows.
        forms: the lines of each form that it has, by the form's name.
        links: the places of links whose address was looked at.
        notes: what was done to its cells, and the places; harmless.
        whole: those notes of which each place is named.
        problems: what cannot be taken as it is.
    """

    file: str
    about: dict[str, str] = field(default_factory=dict)
    about_places: dict[str, str] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    shown_sent: dict[str, Rows] = field(default_factory=dict)
    shown: list[tuple[Shown, Rows]] = field(default_factory=list)
    forms: dict[str, list[Line]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    notes: dict[str, list[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def note(self, said: str, place: str) -> None:
        """Keep a note on a place."""
        self.notes.setdefault(said, []).append(place)

    def note_all(self, said: str, place: str) -> None:
        """Keep a note on a place where somebody has to look: each one is named."""
        self.whole.add(said)
        self.note(said, place)

    def note_differences(self, sent: Mapping[str, Rows]) -> None:
        """Note what differs from what was sent, where it is not read back.

        ``sent``: the rows that were sent; of an older workbook, those that would be sent today.
        """
        for said, tab, cell in differences(sent, self.shown):
            said = said if self.shown_sent else SINCE.get(said, said)
            if said:
                self.note_all(said, address(tab, cell) if cell else tab)

    def refuse(self, place: str, value: object, rule: str, remedy: str) -> None:
        """Keep a problem at a place."""
        self.problems.append(Problem(self.file, None, place, shorten(value), rule, remedy))

    def refuse_about(self, label: str, rule: str, remedy: str) -> None:
        """Keep a problem with what the first sheet says under a label."""
        place = self.about_places.get(label, START)
        self.refuse(place, self.about.get(label, ""), rule, remedy)

    def in_order(self) -> list[Problem]:
        """Return the problems as a reader meets them: by sheet, row and column."""
        sheets: dict[str, int] = {}

        def place(one: Problem) -> tuple[int, int, int, str]:
            tab, _, cell = one.column.rpartition("!")
            sheet = sheets.setdefault(tab or one.column, len(sheets))
            found = re.match(r"([A-Z]+)(\d+)", cell)
            if not found:
                return sheet, 0, 0, cell
            return sheet, int(found[2]), column_index_from_string(found[1]), cell

        return sorted(self.problems, key=place)

    def said(self) -> list[str]:
        """Return the notes as sentences, the places named or counted."""
        lines = []
        for said, places in self.notes.items():
            named = _in_runs(places) if said in self.whole else places[:_PLACES_NAMED]
            more = 0 if said in self.whole else len(places) - _PLACES_NAMED
            lines.append(f"{said}: {', '.join(named)}{f' and {more} more' if more > 0 else ''}.")
        return lines


@dataclass(frozen=True)
class _FormSheet:
    """A sheet that holds a form.

    Attributes:
        sheet, grid: the sheet, and its cells.
        form: which form.
        head: the row of its marks; that before the headings where the marks are gone.
        marked: whether the marks are there.
        columns: the place of each column, by the field's name; of copies: the first.
        copied: the names of the columns that stand there again, by their place.
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
        found = {name: _field(self.form, name) for name in self.columns}
        return {name: field for name, field in found.items() if field is not None}

    def at_top(self, column: int) -> str:
        """Return the cell that tells what a column is: its mark, or else its heading."""
        row = self.head if self.marked else self.head + 1
        return address(self.sheet.title, f"{get_column_letter(column)}{row}")


def address(sheet: str, cell: str) -> str:
    """Return the address of a cell as spreadsheet programs write it."""
    tab = sheet if re.fullmatch(r"\w+", sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{tab}!{cell}"


def place_of(cell: Cell) -> str:
    """Return the address of a cell."""
    return address(cell.parent.title, cell.coordinate)


def read_returned(path: Path) -> Returned:
    """Read a working workbook.

    Raises:
        StudyError: the file is no workbook that can be opened. Problems inside it are kept in
            what is returned.
    """
    returned = Returned(path.name)
    opened = open_workbook(path)
    grids = {sheet.title: cells_of(sheet) for sheet in opened.book.worksheets}
    for title, grid in grids.items():
        _take_about(returned, title, grid)
        returned.sent = returned.sent or list_column(grid, ROWS_SENT)
        returned.shown_sent |= rows_sent(list_column(grid, TEXTS_SENT))
    for sheet in opened.book.chartsheets:
        returned.note("A sheet with a chart has no cells to read", sheet.title)
    noun = returned.about.get(NOUN.lower(), "")
    unread: dict[str, str] = {}
    for sheet in opened.book.worksheets:
        title, grid = sheet.title, grids[sheet.title]
        found = _form_on(sheet, grid, noun)
        # A form of another kind of workbook is one that nothing reads here.
        foreign = found and returned.shown_sent and found.form.tab not in returned.shown_sent
        if found and not foreign:
            _read_form(returned, opened, found, noun)
            continue
        if not foreign and grid:
            unread |= {form.name: title for form in FORMS if _tab(title) == _tab(form.tab)}
        returned.shown.append((Shown(title), Shown(title).rows(grid)))
    note_besides(returned, opened, grids)
    note_typed(returned, opened)
    for name in unread.keys() - returned.forms.keys():
        rule = "neither the marks nor the headings of this sheet are there"
        remedy = "put the first two rows back as they were"
        returned.refuse(address(unread[name], "A1"), "", rule, remedy)
        returned.forms[name] = []
    return returned


def _read_form(returned: Returned, opened: Opened, found: _FormSheet, noun: str) -> None:
    """Keep the rows of a form; a second sheet with it is refused."""
    title, form = found.sheet.title, found.form
    if form.name in returned.forms:
        rule = f"it is a copy of another sheet: both have the columns of {form.tab}"
        returned.refuse(address(title, "A1"), title, rule, "delete the one that does not count")
        return
    if found.sheet.sheet_state != "visible":
        returned.note("A hidden sheet was read too", title)
    if title != form.tab:
        returned.note("A sheet was renamed, and read by its marks", title)
    returned.forms[form.name] = []
    if _columns_are_right(returned, found, noun):
        # Else what the rows say cannot be told, and each would be blamed for it.
        _say_what_was_rearranged(returned, found, noun)
        returned.forms[form.name] = list(_lines(returned, opened, found))


def _in_runs(places: list[str]) -> list[str]:
    """Return addresses, those that follow on each other in a column as one: ``Coding!T3:T7``."""
    runs: list[list[str]] = []
    for place in dict.fromkeys(places):
        if runs and _below(runs[-1][-1]) == place:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [run[0] if len(run) == 1 else f"{run[0]}:{run[-1].rpartition('!')[2]}" for run in runs]


def _below(place: str) -> str:
    return re.sub(r"\d+$", lambda row: str(int(row[0]) + 1), place)


def _take_about(returned: Returned, title: str, grid: Grid) -> None:
    """Keep what a first sheet says; a second one must say the same."""
    about, places = {}, {}
    for number, row in grid.items():
        label, value = (row[column].value if column in row else None for column in (1, 2))
        if isinstance(label, str):
            name = " ".join(label.split()).rstrip(":").lower()
            about[name] = tidied(value, CODE, _EPOCH).text
            places[name] = address(title, f"B{number}")
    if not about.get("workbook"):
        return
    if not returned.about:
        returned.about, returned.about_places = about, places
        return
    for name, place in places.items():
        if about[name] != returned.about.get(name):
            rule = "two sheets say what this workbook is, and they differ"
            returned.refuse(place, about[name], rule, "delete the one that does not count")


def note_besides(returned: Returned, opened: Opened, grids: Mapping[str, Grid]) -> None:
    """Note what hangs on cells and lies on sheets: comments, links, text boxes and the like."""
    comments = {
        (title, cell.coordinate): None
        for title, grid in grids.items()
        for row in grid.values()
        for cell in row.values()
        if getattr(cell, "comment", None)
    }
    for title, cell in comments | dict.fromkeys(opened.threads):
        returned.note_all(COMMENT, address(title, cell))
    for title, cell in opened.objects:
        returned.note_all(OBJECT, address(title, cell) if cell else title)
    for title, grid in grids.items():
        for row in grid.values():
            for cell in row.values():
                place, link = address(title, cell.coordinate), _bare(link_of(cell))
                worked_out = not link and _leads(cell)
                if place in returned.links or not (link or worked_out):
                    continue
                shown = (cell.data_type == "f" and opened.result(cell)) or cell
                if worked_out or link not in _bare(text_of(shown)):
                    returned.note_all(ADDRESS, place)


def note_typed(returned: Returned, opened: Opened) -> None:
    """Note words that somebody typed where no cell is: headers, footers, names, prompts, properties."""
    for sheet in opened.book.worksheets:
        for part in ("Header", "Footer"):
            items = [getattr(sheet, f"{name}{part}") for name in ("odd", "even", "first")]
            texts = [
                one.text or "" for item in items for one in (item.left, item.center, item.right)
            ]
            if any(re.search(r"\w", _SIGNS.sub("", text)) for text in texts):
                returned.note_all(TYPED, f"{part.lower()} of {sheet.title}")
        for rule in sheet.data_validations.dataValidation:
            if rule.prompt or rule.promptTitle:
                returned.note_all(TYPED, f"prompt at {address(sheet.title, str(rule.sqref))}")
    _note_names(returned, opened)


def _note_names(returned: Returned, opened: Opened) -> None:
    """Note the names that somebody defined, and what the file's properties say."""
    named = [opened.book.defined_names, *(one.defined_names for one in opened.book.worksheets)]
    for name in dict.fromkeys(name for names in named for name in names):
        if not name.startswith("_"):  # as programs name what they need themselves
            returned.note_all(TYPED, f"name {name}")
    for name in ("subject", "description", "keywords", "category"):
        if getattr(opened.book.properties, name):
            returned.note_all(TYPED, f"{name} of the file")


def _leads(cell: Cell) -> bool:
    """Return whether a cell holds a formula that leads to an address, told or worked out."""
    formula = getattr(cell.value, "text", cell.value)  # an array's formula is held apart
    return cell.data_type == "f" and bool(_LEADS.search(str(formula)))


def link_of(cell: Cell) -> str:
    """Return the address that a cell leads to, as a link or by a formula; of none: an empty text."""
    link = getattr(cell, "hyperlink", None)
    if link is not None and link.target:
        return link.target + (f"#{link.location}" if link.location else "")
    found = _HYPERLINK.match(cell.value) if isinstance(cell.value, str) else None
    return found[1].replace('""', '"') if found and cell.data_type == "f" else ""


def _bare(link: str) -> str:
    """Return an address, or a text with one, without what programs add to it."""
    return re.sub(r"\b(https?://|mailto:)", "", link).rstrip("/").casefold()


def _tab(title: str) -> str:
    """Return a tab without what programs add to that of a copy."""
    return re.sub(r"[\s_]*\(?\d+\)?$", "", title).casefold()


def _form_on(sheet: Worksheet, grid: Grid, noun: str) -> _FormSheet | None:
    """Return the form that a sheet holds.

    The marks tell; where their row was deleted, the labels do, on a sheet of the form's name.
    """
    for number in sorted(grid)[:_ROWS_SEARCHED]:
        texts = {place: cell.value for place, cell in grid[number].items()}
        for form in FORMS:
            marks = {place: _marked(form, value) for place, value in texts.items()}
            if sum(map(bool, marks.values())) >= max(2, len(form.fields) // 3):
                return _form_sheet(sheet, grid, form, number, marks)
            if _tab(sheet.title) != form.tab.casefold():
                continue
            labels = {place: _named(form, value, noun) for place, value in texts.items()}
            if sum(map(bool, labels.values())) > len(form.fields) // 2:
                found = _form_sheet(sheet, grid, form, number - 1, labels)
                return replace(found, marked=False)
    return None


def _form_sheet(
    sheet: Worksheet, grid: Grid, form: Form, head: int, names: Mapping[int, str]
) -> _FormSheet:
    places, columns = sorted(place for place, name in names.items() if name), {}
    for place in places:
        columns.setdefault(names[place], place)
    copied = {place: names[place] for place in places if columns[names[place]] != place}
    return _FormSheet(sheet, grid, form, head, True, columns, copied)


def _marked(form: Form, value: object) -> str:
    """Return the name of the field that a cell is the mark of; of none: an empty text."""
    start, _, name = value.strip().lower().partition(".") if isinstance(value, str) else ("",) * 3
    return name if start == form.name else ""


def _named(form: Form, heading: object, noun: str) -> str:
    """Return the name of the field that a heading is the label of; of none: an empty text."""
    said = _label(heading)
    number = re.search(r" (\d+)$", said)
    for one in form.fields:
        label = _label(one.label.replace("{unit}", noun))
        if said and said == label:
            return one.name
        # Columns of a stem, "Evidence 4", are as many as a workbook needs.
        if number and re.sub(r"\d+$", number[1], label) == said:
            return re.sub(r"\d+$", number[1], one.name)
    return ""


def _label(value: object) -> str:
    return re.sub(r"[\W_]+", " ", value).strip().casefold() if isinstance(value, str) else ""


def _lines(returned: Returned, opened: Opened, found: _FormSheet) -> Iterator[Line]:
    """Yield the rows of a form that say anything; keep notes and problems on the way."""
    title, form, first = found.sheet.title, found.form, found.head + 2
    letters = {name: get_column_letter(place) for name, place in found.columns.items()}
    asked = {name: field for name, field in found.fields.items() if field.asked}
    filled, taken = set(), set()
    for number, row in found.grid.items():
        if number < first:
            continue
        texts = {
            name: read_cell(returned, opened, row[found.columns[name]], field.kind)
            for name, field in asked.items()
            if found.columns[name] in row
        }
        if any(texts.values()):
            filled.add(number)
            yield Line(title, number, texts, letters)
        if any(text and not form.only_names(name) for name, text in texts.items()):
            taken.add(number)
    look_at_merged(returned, found.sheet, found.grid, found.columns.values(), first, filled)
    shown = Shown(title, form, found.columns, asked, {found.head, found.head + 1}, taken)
    returned.shown.append((shown, shown.rows(found.grid)))


def read_cell(returned: Returned, opened: Opened, cell: Cell, kind: str) -> str:
    """Return what a cell says, with notes and problems kept.

    ``kind``: how it is read (:data:`forms.TEXT` and the others).
    """
    place = place_of(cell)
    if opened.struck(cell):
        returned.note("Text that is struck through was read as if it stood", place)
    if kind != LINK:
        return _value(returned, opened, cell, kind)
    link = link_of(cell)
    if link or _leads(cell):
        returned.links.add(place)
    if not link and _leads(cell):
        rule = (
            "the address behind the link is worked out by the formula, and cannot be told for sure"
        )
        returned.refuse(place, cell.value, rule, "write the address itself")
        return ""
    shows_it = not link or not _take_link(returned, cell, link)
    text = _value(returned, opened, cell, kind) if shows_it else link
    if text and not is_address(text):
        returned.refuse(place, text, NO_ADDRESS, WHOLE)
    return text


def _value(returned: Returned, opened: Opened, cell: Cell, kind: str) -> str:
    """Return the text of a cell's own value, or of the result of its formula."""
    place, value = place_of(cell), cell.value
    if cell.data_type == "e":
        returned.refuse(place, value, "the program shows an error here", "write the text itself")
        return ""
    if cell.data_type == "f":
        value = _result(returned, opened, cell)
    read = tidied(value, kind, opened.book.epoch)
    if read.refused:
        returned.refuse(place, value, read.refused, read.remedy)
    if read.done:
        returned.note(read.done[0].upper() + read.done[1:], place)
    is_day = kind == DATE and not isinstance(value, str) and len(read.text) > len("2021-12")
    if is_day and opened.book.epoch == CALENDAR_MAC_1904:
        returned.note_all(FROM_1904, place)
    return read.text


def _take_link(returned: Returned, cell: Cell, link: str) -> bool:
    """Return whether the address behind a cell is what the cell says, and not what it shows."""
    shown = "" if cell.data_type == "f" else text_of(cell)
    if _bare(shown) == _bare(link):
        return False  # a program made a link of what was typed
    if is_address(shown):
        rule = f"the cell shows one address, and leads to another ({shorten(link)})"
        remedy = "take the link out, and write the address that counts"
        returned.refuse(place_of(cell), shown, rule, remedy)
    else:
        returned.note("The address behind a link was taken", place_of(cell))
    return True


def _result(returned: Returned, opened: Opened, cell: Cell) -> object:
    """Return the result that the program stored for a formula."""
    result = opened.result(cell)
    if result is None or result.value is None or result.data_type == "e":
        formula = cell.value if isinstance(cell.value, str) else "a formula"
        rule = "it is a formula, and the file holds no result of it that can be read"
        remedy = "write the text itself (copy, then paste values)"
        returned.refuse(place_of(cell), formula, rule, remedy)
        return None
    returned.note("The stored result of a formula was read", place_of(cell))
    return result.value


def _field(form: Form, name: str) -> Field | None:
    """Return the field of a name; columns of a stem, such as ``evidence_4``, are alike."""
    fields = {field.name: field for field in form.fields}
    return fields.get(name) or fields.get(re.sub(r"_\d{1,2}$", "_1", name))


def _columns_are_right(returned: Returned, found: _FormSheet, noun: str) -> bool:
    """Return whether every column is there, and once; keep it as a problem where not."""
    if found.copied:
        *others, first = sorted(found.copied, reverse=True)
        also = "".join(f", as at {found.at_top(place)}" for place in reversed(others))
        value = f"{found.form.name}.{found.copied[first]}"
        rule = f"two columns have the same mark{also}"
        returned.refuse(found.at_top(first), value, rule, "delete the copied column")
    missing = _missing(found, noun)
    if missing:
        marks = listed([f"{found.form.name}.{name}" for name in missing])
        rule = f"the {agreeing(len(missing), 'column', 'columns')} marked {marks} "
        rule += agreeing(len(missing), "is not there", "are not there")
        it = agreeing(len(missing), "it", "them")
        remedy = f"put {it} back, or copy the rows into a new workbook"
        returned.refuse(found.at_top(1), ", ".join(missing.values()), rule, remedy)
    return not (found.copied or missing)


def _missing(found: _FormSheet, noun: str) -> dict[str, str]:
    """Return the label of each column that must be there and is not, by its name.

    How many columns a stem has, differs; but their numbers have no gap.
    """
    expected = [one.name for one in found.form.fields if one.asked and not one.may_lack]
    for name in found.fields:
        stem, _, number = name.rpartition("_")
        expected += [
            f"{stem}_{place}" for place in range(1, int(number) if number.isdigit() else 0)
        ]
    missing = {name: _field(found.form, name) for name in expected if name not in found.columns}
    return {
        name: re.sub(r"\d+$", name.rpartition("_")[2], field.label).replace(
            "{unit}", noun or "unit"
        )
        for name, field in missing.items()
        if field is not None and field.asked
    }


def _say_what_was_rearranged(returned: Returned, found: _FormSheet, noun: str) -> None:
    title, columns = found.sheet.title, found.columns
    if not found.marked:
        said = "The row of marks is gone, and the columns were read by their headings"
        returned.note(said, title)
    order = [columns[one.name] for one in found.form.fields if one.name in columns]
    if order != sorted(order):
        returned.note("Columns were moved, and read by their marks", title)
    for name, one in found.fields.items():
        cell = found.grid.get(found.head + 1, {}).get(columns[name])
        said = _named(found.form, cell.value, noun) if cell is not None else ""
        if one.asked and said != name and (noun or "{" not in one.label):
            place = address(title, f"{get_column_letter(columns[name])}{found.head + 1}")
            label = one.label.replace("{unit}", noun)
            returned.note(f"A column was renamed, and read as {label!r}", place)
    for area in found.sheet.column_dimensions.values():
        hidden = range(area.min or 0, (area.max or 0) + 1) if area.hidden else ()
        if set(hidden) & {*columns.values()}:
            returned.note("Hidden columns were read too", address(title, area.index or ""))
    filtered = found.sheet.auto_filter.filterColumn
    if filtered or any(one.hidden for one in found.sheet.row_dimensions.values()):
        returned.note("Rows that are hidden, or that a filter hides, were read too", title)


def look_at_merged(
    returned: Returned,
    sheet: Worksheet,
    grid: Grid,
    ours: Collection[int],
    first: int,
    filled: Collection[int],
) -> None:
    """Refuse merged cells that say something in our columns, from the first row on.

    Args:
        returned: keeps the problems and notes.
        sheet: the sheet.
        grid: its cells.
        ours: the columns that are read.
        first: the first row that is read.
        filled: the rows in which something stands.
    """
    for area in sheet.merged_cells.ranges:
        touched = any(area.min_col <= place <= area.max_col for place in ours)
        rows = range(max(area.min_row, first), area.max_row + 1)
        if not touched or not any(number in filled for number in rows):
            continue
        # Programs keep what stands in the first of merged cells, and nothing else.
        kept = grid.get(area.min_row, {}).get(area.min_col)
        place = address(sheet.title, str(area))
        if kept is None or kept.value is None:
            returned.note("Cells that are merged, and empty, were passed over", place)
        else:
            rule = "the cells are merged, and what was meant for each of them cannot be told"
            returned.refuse(place, kept.value, rule, "unmerge them, and fill each one")
