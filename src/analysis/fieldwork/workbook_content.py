"""What was read of a workbook or table: its rows, the notes on them, and the problems found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl.utils import column_index_from_string

from analysis.fieldwork.sent_texts import SINCE, Rows, ShownSheet, differences
from analysis.fieldwork.workbook_writer import START
from analysis.problems import Problem, shorten

_PLACES_NAMED = 5


@dataclass(frozen=True)
class SheetRow:
    """A row of a form as it was returned.

    Attributes:
        sheet: the sheet's tab.
        number: row as the program shows it.
        texts: what each column says, by the field's name; of what is no form: none.
        letters: where each column stands, by the field's name; likewise.
    """

    sheet: str
    number: int
    texts: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)

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
class ReadWorkbook:
    """A workbook that was read.

    Attributes:
        file: its name.
        about: what its first sheet says of it, labels in lower case.
        about_places: the addresses of that, by the same labels.
        sent: the names of the rows that were sent, as far as it still says so.
        texts_sent: the rows of its sheets as far as they only show, by tab, likewise.
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
    texts_sent: dict[str, Rows] = field(default_factory=dict)
    shown: list[tuple[ShownSheet, Rows]] = field(default_factory=list)
    forms: dict[str, list[SheetRow]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    notes: dict[str, list[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def note(self, note: str, place: str) -> None:
        """Keep a note on a place."""
        self.notes.setdefault(note, []).append(place)

    def note_all(self, note: str, place: str) -> None:
        """Keep a note on a place where somebody has to look: each one is named."""
        self.whole.add(note)
        self.note(note, place)

    def note_differences(self, sent: Mapping[str, Rows]) -> None:
        """Note what differs from what was sent, where it is not read back.

        ``sent``: the rows that were sent; of an older workbook, those that would be sent today.
        """
        for note, tab, cell in differences(sent, self.shown):
            note = note if self.texts_sent else SINCE.get(note, note)
            if note:
                self.note_all(note, address(tab, cell) if cell else tab)

    def refuse(self, place: str, value: object, rule: str, remedy: str) -> None:
        """Keep a problem at a place."""
        self.problems.append(Problem(self.file, None, place, shorten(value), rule, remedy))

    def refuse_about(self, label: str, rule: str, remedy: str) -> None:
        """Keep a problem with what the first sheet says under a label."""
        place = self.about_places.get(label, START)
        self.refuse(place, self.about.get(label, ""), rule, remedy)

    def problems_in_order(self) -> list[Problem]:
        """Return the problems as a reader meets them: by sheet, row and column."""
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
        """Return the notes as sentences, the places named or counted."""
        lines = []
        for note, places in self.notes.items():
            named = _in_runs(places) if note in self.whole else places[:_PLACES_NAMED]
            more = 0 if note in self.whole else len(places) - _PLACES_NAMED
            lines.append(f"{note}: {', '.join(named)}{f' and {more} more' if more > 0 else ''}.")
        return lines


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


def address(sheet: str, cell: str) -> str:
    """Return the address of a cell as spreadsheet programs write it."""
    tab = sheet if re.fullmatch(r"\w+", sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{tab}!{cell}"
