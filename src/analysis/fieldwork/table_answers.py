"""Read the answers of an imported table, using the map of its columns and words."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from analysis.fieldwork.changeset import Changeset
from analysis.fieldwork.forms import CODE, DATE, LINK, TEXT
from analysis.fieldwork.names import Names, criterion_names, listed_or, near_units, unit_names
from analysis.fieldwork.table_file import TableFile
from analysis.fieldwork.table_map import (
    BESIDE,
    BLANKS,
    FOUND_NOTHING,
    WRITE_A_MAP,
    Question,
    TableMap,
    UnitColumns,
)
from analysis.fieldwork.workbook_content import SheetRow
from analysis.problems import Problem, shorten
from analysis.study import vocabulary as v
from analysis.wording import counted

DATE_COLUMNS = ("observed_on", "not_before", "not_after")
_KINDS = {"date": DATE, "source": LINK, "coder": CODE}
_STUDY_COLUMNS = {"unit": "unit_id", "date": "observed_on", "coder": "coder", "note": "note"}
"""The column of the study for the unit, and for each thing that a table has beside an answer."""


@dataclass(frozen=True)
class Answer:
    """One answer of the table, or one blank.

    Attributes:
        line: its row in the table, with the texts beside the answer.
        unit, criterion: the cell of the study.
        meaning: a level, an unknown that is typed, or one of :data:`BLANKS`.
        text: the text in the table; empty for a blank.
        question: the table's name for the criterion.
        dated: ``observed_on``, ``not_before`` and ``not_after``.
        coders: the coders named as having given it.
    """

    line: SheetRow
    unit: str
    criterion: str
    meaning: str
    text: str
    question: str
    dates: tuple[str, str, str]
    coders: tuple[str, ...]


class AnswerReader:
    """Reads the answers of one table, and adds a problem for each that cannot be read.

    Attributes:
        counts: number of cells of the table with each level or unknown, by criterion.
    """

    def __init__(self, changeset: Changeset, table: TableFile, table_map: TableMap, map_name: str):
        """Take the table and its map; ``map_name`` is the map's file name, empty without one."""
        study = changeset.study
        self.study, self.table, self.map, self.map_name = study, table, table_map, map_name
        self.changeset, self.workbook = changeset, table.workbook
        self.criteria = criterion_names(study)
        self.scale = study.lookup("criteria", "scale_id")
        self.levels = study["levels"].groupby("scale_id")["level"].agg(set)
        self.counts: dict[str, Counter] = {criterion: Counter() for criterion in self.scale}
        self.refused: dict[tuple, list[tuple[str, str]]] = {}

    def read(self) -> list[Answer]:
        """Return the answers and blanks; if the study has no units, add them from the table."""
        self._check_meanings()
        columns = self._columns()
        if self.workbook.problems:
            return []
        names = self._unit_names(columns)
        if self.workbook.problems:
            return []
        answers = list(self._answers(columns, names))
        self._report_refused()
        return answers

    def _check_meanings(self) -> None:
        """Refuse meanings in the map that are no level, unknown or blank of the study."""
        known = {*self.study["levels"]["level"], *v.TYPED, *BLANKS}
        for place, answers in self._answer_lists():
            for text, meaning in answers.items():
                if meaning not in known:
                    rule = "it is neither a level of levels.csv nor an unknown that is typed nor a meaning of a blank"
                    derived = (
                        f"this unknown is derived and never typed; a search is {FOUND_NOTHING}"
                    )
                    rule = derived if meaning in v.DERIVED else rule
                    remedy = f"use a level of the criterion's scale, or one of: {', '.join((*v.TYPED, *BLANKS))}"
                    self._refuse_map(f"{place}.{text}", meaning, rule, remedy)

    def _answer_lists(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        yield "answers", self.map.answers
        for heading, question in self.map.criteria.items():
            yield f"criteria.{heading}.answers", question.answers

    def _columns(self) -> dict[str, int]:
        """Return the number of each column that the map names; questions have keys with ``?``."""
        table_map, units = self.map, self.map.units or UnitColumns()
        names = ("unit", "criterion", "answer", *BESIDE)
        wanted = {name: getattr(table_map, name) for name in names}
        wanted |= {f"units.{name}": text for name, text in units}
        if not table_map.is_long:
            wanted |= {f"?{heading}": heading for heading in table_map.criteria}
        wanted = {name: heading for name, heading in wanted.items() if heading}
        numbers = {name: self.table.column(heading) for name, heading in wanted.items()}
        columns = {name: column for name, column in numbers.items() if column is not None}
        for name, heading in wanted.items():
            if name not in columns or heading in self.table.duplicates:
                rule = f"row {self.table.headings_row} of the table has no such heading"
                rule = "two columns of the table have this heading" if name in columns else rule
                remedy = shorten(f"its headings are: {', '.join(self.table.headings)}", 300)
                place = f"criteria.{name[1:]}" if name.startswith("?") else name
                self._refuse_map(place, heading, rule, remedy)
        for heading, question in table_map.criteria.items():
            if len(self.criteria.meant(question.criterion)) != 1:
                rule = "the study has no such criterion"
                remedy = "use an id of criteria.csv, or add the criterion there, with a rule for each level in rules.csv"
                self._refuse_map(f"criteria.{heading}", question.criterion, rule, remedy)
        for heading, column in self.table.headings.items():
            if column not in columns.values():
                place = self.table.place(self.table.headings_row, column)
                note = f"The column “{shorten(heading)}” is not in the map, and was left out"
                self.workbook.note(note, place)
        return columns

    def _unit_names(self, columns: Mapping[str, int]) -> Names:
        if not self.study["units"].empty:
            return unit_names(self.study)
        if self.map.units is None:
            rule = "the study has no units yet"
            remedy = "fill units.csv, or say in the map under units which columns hold their name, short_name, region and country"
            self._refuse_map("units", "", rule, remedy)
            return Names({})
        self.changeset.draft("units").order = []  # in the table's order
        first: dict[str, dict[str, str]] = {}
        spellings: dict[str, set[str]] = defaultdict(set)
        for number in self.table.rows:
            text = self.table.text(number, columns["unit"])
            if not text:
                continue  # a row without a unit is refused when its answers are read
            row = self._unit_row(number, text, columns)
            places = {name: columns.get(f"units.{name}", columns["unit"]) for name in ("", *row)}
            line = self._line(number, places)
            unit = row["unit_id"]
            if unit not in first:
                first[unit] = row
                self.changeset.put("units", row, row["name"], line)
            for name in UnitColumns.model_fields:
                value, first_value = row.get(name, ""), first[unit].get(name, "")
                if value != first_value:
                    rule = f"an earlier row says {first_value or 'nothing'} of this unit ({unit})"
                    self.workbook.refuse(line.place(name), value, rule, "make the rows alike")
                    break
            spellings[unit] |= {text, row["name"], row["short_name"]}
        return Names(spellings)

    def _unit_row(self, number: int, name: str, columns: Mapping[str, int]) -> dict[str, str]:
        """Return the row of units.csv for a row of the table; ``name`` is its text for the unit."""
        given = {
            column: self.table.text(number, columns[f"units.{column}"])
            for column in UnitColumns.model_fields
            if f"units.{column}" in columns
        }
        row = {"name": name} | {column: text for column, text in given.items() if text}
        return {"unit_id": _as_id(name), "short_name": row["name"], **row}

    def _line(
        self, number: int, places: Mapping[str, int], texts: dict[str, str] | None = None
    ) -> SheetRow:
        letters = {name: get_column_letter(column) for name, column in places.items()}
        return SheetRow(self.table.tab, number, texts or {}, letters)

    def _answers(self, columns: Mapping[str, int], names: Names) -> Iterator[Answer]:
        beside_columns = {name: columns[name] for name in BESIDE if name in columns}
        places = {
            _STUDY_COLUMNS[name]: columns[name]
            for name in ("unit", *beside_columns)
            if name in _STUDY_COLUMNS
        }
        for number in self.table.rows:
            unit = self._unit(number, columns["unit"], names)
            beside = {
                name: self.table.text(number, column, _KINDS.get(name, TEXT))
                for name, column in beside_columns.items()
            }
            coders = (" ".join(part.split()) for part in beside.get("coder", "").split(";"))
            coder_names = tuple(dict.fromkeys(filter(None, coders)))
            day = beside.get("date") or self.map.observed_on
            dates = (day, "", "") if day else ("", self.map.not_before, self.map.not_after)
            for heading, column, question in self._questions(number, columns):
                criterion = self._criterion(number, columns, heading, question)
                if not (unit and criterion):
                    continue
                read = self._read(number, column, question, criterion)
                if read is not None:
                    line = self._line(number, {"level": column, **places}, beside)
                    yield Answer(line, unit, criterion, *read, heading, dates, coder_names)

    def _questions(
        self, number: int, columns: Mapping[str, int]
    ) -> Iterator[tuple[str, int, Question]]:
        """Yield the questions that a row answers: heading, column of the answer, and map entry."""
        if self.map.is_long:
            heading = self.table.text(number, columns["criterion"])
            yield heading, columns["answer"], self._question(heading)
            return
        for heading, question in self.map.criteria.items():
            yield heading, columns[f"?{heading}"], question

    def _question(self, text: str) -> Question:
        """Return the map entry of a question; if there is none, take the text as a criterion."""
        like = {name.casefold(): question for name, question in self.map.criteria.items()}
        named = self.map.criteria.get(text) or like.get(text.casefold())
        return named or Question(criterion=text or "-")

    def _criterion(
        self, number: int, columns: Mapping[str, int], heading: str, question: Question
    ) -> str:
        meant = self.criteria.meant(question.criterion)
        if len(meant) == 1:
            return next(iter(meant))
        rule = "the row names no criterion" if not heading else "the study has no such criterion"
        remedy = "add it to criteria.csv, with a rule for each level in rules.csv, or say in the map which criterion it is (criteria)"
        self._refuse("criterion", number, columns["criterion"], heading, rule, remedy)
        return ""

    def _unit(self, number: int, column: int, names: Names) -> str:
        text = self.table.text(number, column)
        meant = names.meant(text)
        if len(meant) == 1:
            return next(iter(meant))
        noun = self.study.settings.unit_noun.singular
        rule = f"the study has no such {noun}" if text else f"the row names no {noun}"
        rule = f"it can mean {' or '.join(sorted(meant))}" if meant else rule
        near = near_units(self.study, text)
        remedy = f"did you mean {listed_or(near)}? " if near else ""
        remedy += "write it as units.csv has it, or add it there; of a row below the table, say last_row in the map"
        self._refuse("unit", number, column, text, rule, remedy)
        return ""

    def _read(
        self, number: int, column: int, question: Question, criterion: str
    ) -> tuple[str, str] | None:
        """Return the meaning and text of a cell; if unclear, add a problem and return ``None``."""
        problem_count = len(self.workbook.problems)
        text = self.table.text(number, column)
        if len(self.workbook.problems) > problem_count:
            return None  # a cell that cannot be read has a problem already
        meaning, levels = self._meaning(question, text), self.levels[self.scale[criterion]]
        if meaning in {*levels, *v.TYPED, *BLANKS}:
            self.counts[criterion][meaning if text else f"blank: {meaning}"] += 1
            return meaning, text
        level_names, unknowns = ", ".join(sorted(levels)), ", ".join(v.TYPED)
        if meaning:
            rule = f"the map says that it means {meaning}, which is not a level of {criterion}"
            remedy = f"give the criterion answers of its own in the map, with: {level_names}"
        elif not text:
            rule = "the cell is blank, and nothing says what a blank means"
            remedy = f"say in the map (blank) one of: {', '.join(BLANKS)}"
        elif self.map_name:
            rule = "the map does not say what this answer means"
            remedy = f"add it to answers in the map, as a level of {criterion} or one of: {unknowns}, {', '.join(BLANKS)}"
        else:
            rule = f"without a map it must be a level of {criterion}: {level_names}"
            remedy = f"correct it, or {WRITE_A_MAP}; an unknown is one of: {unknowns}"
        self._refuse(criterion, number, column, text, rule, remedy)
        return None

    def _meaning(self, question: Question, text: str) -> str:
        if not text:
            return question.blank or self.map.blank
        for answers in (question.answers, self.map.answers):
            like = {name.casefold(): meaning for name, meaning in answers.items()}
            if meaning := answers.get(text) or like.get(text.casefold()):
                return meaning
        return ""

    def _refuse(
        self, kind: str, number: int, column: int, text: str, rule: str, remedy: str
    ) -> None:
        """Keep a problem; a value that is wrong in many cells is reported once, with a count."""
        place = self.table.place(number, column)
        self.refused.setdefault((kind, text, rule), []).append((place, remedy))

    def _report_refused(self) -> None:
        for (_, text, rule), cells in self.refused.items():
            more = counted(len(cells) - 1, "more cell", "more cells")
            also = f" (and in {more} of the table)" if cells[1:] else ""
            place, remedy = cells[0]
            self.workbook.refuse(place, text, rule + also, remedy)

    def _refuse_map(self, place: str, value: str, rule: str, remedy: str) -> None:
        name = self.map_name or self.workbook.file
        problem = Problem(shorten(name), None, shorten(place), shorten(value), rule, remedy)
        self.workbook.problems.append(problem)


def _as_id(text: str) -> str:
    """Return an id made from a name; a name that is a valid id stays unchanged."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9&_-]*", text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
