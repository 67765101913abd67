"""The content read from a workbook or table: its rows, with notes and problems."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl.utils import column_index_from_string

from analysis.fieldwork.sent_texts import SINCE, Rows, ShownSheet, differences
from analysis.fieldwork.workbook_writer import START
from analysis.problems import Problem, shorten

_PLACES_LISTED = 5


@dataclass(frozen=True)
class SheetRow:
    """A row of a form as it was returned.

    Attributes:
        sheet: the sheet's tab.
        number: the row number as the spreadsheet program shows it.
        texts: the text in each column, by field name; empty if the row is not from a form.
        letters: the letter of each column, by field name; empty likewise.
    """

    sheet: str
    number: int
    texts: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Return the text in a column; empty if there is no such column."""
        return self.texts.get(name, "")

    def place(self, name: str = "") -> str:
        """Return the address of a cell, such as ``Coding!F17``; by default of the first column."""
        letter = self.letters.get(name) or next(iter(self.letters.values()), "A")
        return address(self.sheet, f"{letter}{self.number}")

    def several(self, stem: str) -> dict[str, str]:
        """Return the texts of filled numbered columns, such as ``evidence_1``, by name."""
        names = [name for name in self.texts if re.fullmatch(rf"{stem}_\d+", name)]
        names.sort(key=lambda name: int(name.rpartition("_")[2]))
        return {name: self.texts[name] for name in names if self.texts[name]}


@dataclass
class ReadWorkbook:
    """A workbook that was read.

    Attributes:
        file: the name of the file.
        about: the facts on its first sheet, by label in lower case.
        about_places: the addresses of these facts, by the same labels.
        sent: the names of the rows that were sent, if it still lists them.
        texts_sent: the display-only rows that were sent, by tab, if it still lists them.
        shown: the display-only parts of its sheets, each with its rows.
        forms: the lines of each form in it, by the form's name.
        links: the addresses of cells whose link was handled.
        notes: harmless changes made in reading cells, each with their addresses.
        fully_listed: the notes for which every address is listed.
        problems: the problems that prevent intake.
    """

    file: str
    about: dict[str, str] = field(default_factory=dict)
    about_places: dict[str, str] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    texts_sent: dict[str, Rows] = field(default_factory=dict)
    shown: list[tuple[ShownSheet, Rows]] = field(default_factory=list)
    forms: dict[str, list[SheetRow]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    notes: dict[str, list[str]] = field(default_factory=dict)
    fully_listed: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def note(self, note: str, place: str) -> None:
        """Add a note on a place."""
        self.notes.setdefault(note, []).append(place)

    def note_all(self, note: str, place: str) -> None:
        """Add a note on a place that the user has to check: all its places are listed."""
        self.fully_listed.add(note)
        self.note(note, place)

    def note_differences(self, sent: Mapping[str, Rows]) -> None:
        """Note the differences from the workbook sent, in the parts that are not read back.

        ``sent`` has the rows that were sent; for an older workbook, those that would be sent now.
        """
        for note, tab, cell in differences(sent, self.shown):
            note = note if self.texts_sent else SINCE.get(note, note)
            if note:
                self.note_all(note, address(tab, cell) if cell else tab)

    def refuse(self, place: str, value: object, rule: str, remedy: str) -> None:
        """Add a problem at a place."""
        self.problems.append(Problem(self.file, None, place, shorten(value), rule, remedy))

    def refuse_about(self, label: str, rule: str, remedy: str) -> None:
        """Add a problem with the fact under a label on the first sheet."""
        place = self.about_places.get(label, START)
        self.refuse(place, self.about.get(label, ""), rule, remedy)

    def problems_in_order(self) -> list[Problem]:
        """Return the problems in order of sheet, row and column."""
        sheets: dict[str, int] = {}

        def place(problem: Problem) -> tuple[int, int, int, str]:
            tab, _, cell = problem.column.rpartition("!")
            sheet = sheets.setdefault(tab or problem.column, len(sheets))
            match = re.match(r"([A-Z]+)(\d+)", cell)
            if not match:
                return sheet, 0, 0, cell
            return sheet, int(match[2]), column_index_from_string(match[1]), cell

        return sorted(self.problems, key=place)

    def sentences(self) -> list[str]:
        """Return the notes as sentences, with their places listed or counted."""
        lines = []
        for note, places in self.notes.items():
            named = _as_ranges(places) if note in self.fully_listed else places[:_PLACES_LISTED]
            more = 0 if note in self.fully_listed else len(places) - _PLACES_LISTED
            lines.append(f"{note}: {', '.join(named)}{f' and {more} more' if more > 0 else ''}.")
        return lines


def _as_ranges(places: list[str]) -> list[str]:
    """Return addresses with adjacent cells of a column joined to ranges: ``Coding!T3:T7``."""
    runs: list[list[str]] = []
    for place in dict.fromkeys(places):
        if runs and _cell_below(runs[-1][-1]) == place:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [run[0] if len(run) == 1 else f"{run[0]}:{run[-1].rpartition('!')[2]}" for run in runs]


def _cell_below(place: str) -> str:
    return re.sub(r"\d+$", lambda row: str(int(row[0]) + 1), place)


def address(sheet: str, cell: str) -> str:
    """Return the address of a cell as spreadsheet programs write it."""
    tab = sheet if re.fullmatch(r"\w+", sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{tab}!{cell}"
