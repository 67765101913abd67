"""The map of an imported table: what each column holds, and what each answer means.

It is read from a YAML file. A table with the study's own headings and words needs no map.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from analysis.fieldwork.forms import CODE
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.open_workbook import unreadable
from analysis.fieldwork.table_file import TableFile
from analysis.problems import Problem, StudyError, shorten
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.dates import exists

Blank = Literal["", "not_asked", "nobody_looked", "looked_and_found_nothing"]
BLANKS: tuple[str, ...] = get_args(Blank)[1:]
"""What a blank in a table can mean; an answer can mean it too."""
NOT_ASKED, NOBODY_LOOKED, FOUND_NOTHING = BLANKS
LARGEST_MAP = 2**20
_MAP_REMEDY = "docs/filling.md has every entry of a map"
WRITE_A_MAP = "write a map (--map; docs/filling.md)"
BESIDE = ("date", "source", "note", "coder")
"""The columns that a table may have beside an answer."""


def _checked_date(text: str) -> str:
    if text and not exists(text):
        raise ValueError("it is not a date: write 2021, 2021-12 or 2021-12-03")
    return text


def _checked_day(text: str) -> str:
    if len(_checked_date(text)) not in (0, len("2021-12-03")):
        raise ValueError("it is not a day: write it as 2021-12-03")
    if text > dt.date.today().isoformat():
        raise ValueError("it is still to come")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(lambda text: normalised_text(text, CODE))]
Date = Annotated[str, AfterValidator(_checked_date)]
PastDay = Annotated[str, AfterValidator(_checked_day)]
"""As :data:`Date`, empty where it is not given."""
Answers = dict[Text, Text]


class _MapEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Searched(_MapEntry):
    """The search behind a blank that means "looked and found nothing"."""

    on: Annotated[PastDay, Field(min_length=1)]
    where: Text
    queries: Annotated[
        tuple[Text, ...],
        Field(min_length=1),
        BeforeValidator(lambda text: [text] if isinstance(text, str) else text),
    ]


class UnitColumns(_MapEntry):
    """The headings of the columns from which an empty ``units.csv`` is filled."""

    unit_id: str = ""
    name: str = ""
    short_name: str = ""
    region: str = ""
    country: str = ""


class Question(_MapEntry):
    """The criterion behind a column or a question of the table, and what its answers mean."""

    criterion: Text
    answers: Answers = {}
    blank: Blank = ""


QuestionEntry = Annotated[
    Question,
    BeforeValidator(lambda text: {"criterion": text} if isinstance(text, str) else text),
]


class TableMap(_MapEntry):
    """The map of a table. An empty heading means that the table has no such column.

    Attributes:
        sheet: tab of the table; required if several sheets of the file have content.
        headings_row: the row of the headings.
        last_row: the last row of the table; ``None`` if all rows belong to it.
        unit: heading of the column that names the unit.
        units: headings of the columns from which units are made, if the study has none.
        criteria: the questions, by the heading of their column; in a table with one row per
            answer, by the text in the column ``criterion``.
        criterion: heading of the column that names the criterion, in a table with one row per
            answer.
        answer: heading of the column with the answer, in such a table.
        answers: what each answer means: a level, an unknown that is typed, or one of
            :data:`BLANKS`.
        blank: what a blank means, one of :data:`BLANKS`; empty if the map does not say.
        searched: the search behind "looked and found nothing".
        date, source, note, coder: headings of the columns beside an answer.
        observed_on: the date of every answer without a date of its own.
        not_before, not_after: the bounds of the date of answers without any date.
        read_on: the day on which the table was read; empty for the day of the import.
        confidence: the confidence of all answers of the table.
        publisher, url: the publisher of the table, and its address.
    """

    sheet: str = ""
    headings_row: int = Field(1, ge=1)
    last_row: int | None = Field(None, ge=1)
    unit: Text
    units: UnitColumns | None = None
    criteria: dict[Text, QuestionEntry] = {}
    criterion: str = ""
    answer: str = ""
    answers: Answers = {}
    blank: Blank = ""
    searched: Searched | None = None
    date: str = ""
    source: str = ""
    note: str = ""
    coder: str = ""
    observed_on: Date = ""
    not_before: Date = ""
    not_after: Date = ""
    read_on: PastDay = ""
    confidence: Literal["high", "medium", "low"]
    publisher: str = ""
    url: str = ""

    @property
    def is_long(self) -> bool:
        """Whether each row of the table is one answer; if not, each row is one unit."""
        return bool(self.criterion)

    @model_validator(mode="after")
    def _check_complete(self):
        if bool(self.criterion) != bool(self.answer):
            why = "criterion and answer stand together: a row of such a table is one answer"
            raise ValueError(why)
        if not (self.criterion or self.criteria):
            why = "neither criteria (a column each) nor criterion and answer (a row an answer) are given"
            raise ValueError(why)
        if self.observed_on and (self.not_before or self.not_after):
            why = "observed_on dates every answer, and not_before or not_after bound those without a date"
            raise ValueError(why)
        if not self.searched and FOUND_NOTHING in self.meanings():
            why = f"{FOUND_NOTHING} needs searched: on (a day), where and queries; where these are not known, say {NOBODY_LOOKED}"
            raise ValueError(why)
        return self

    def meanings(self) -> set[str]:
        """Return all meanings that this map gives to answers and blanks."""
        parts = (self, *self.criteria.values())
        return {part.blank for part in parts}.union(*(part.answers.values() for part in parts))


def read_map(path: Path) -> TableMap:
    """Read a map.

    Raises:
        StudyError: the file cannot be read, or is not a map. The error holds every problem found.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_MAP + 1)
        if len(content) > LARGEST_MAP:
            raise unreadable(path, "it is too large to be a map", "name the map with --map")
        return TableMap.model_validate(yaml.load(content.decode("utf-8-sig"), _Loader) or {})
    except OSError as error:
        rule = f"it cannot be read ({error.strerror})"
        raise unreadable(path, rule, "name the map with --map") from None
    except UnicodeDecodeError:
        raise unreadable(path, "it is not UTF-8 text", "save it as UTF-8") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        rule = f"it is not YAML that can be read ({getattr(error, 'problem', None) or error})"
        remedy = "write one entry a line, as “name: value”, and put signs in quotation marks"
        raise unreadable(path, shorten(rule, 200), remedy, place) from None
    except ValidationError as error:
        raise StudyError([_entry_problem(path, detail) for detail in error.errors()]) from None


class _Loader(yaml.BaseLoader):
    """A YAML loader that reads every value as text: Yes, 2021-12 and 1.0 are not converted."""

    def compose_node(self, parent, index):
        """Refuse YAML aliases: a map needs none, and they can expand without end."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            problem = "an entry that begins with * points to another; put it in quotation marks"
            raise ComposerError(None, None, problem, mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        """Refuse duplicate keys: the second would silently replace the first."""
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                problem = f"{shorten(key.value)} stands in it twice"
                raise ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _entry_problem(path: Path, error: Mapping[str, Any]) -> Problem:
    place = ".".join(str(part) for part in error["loc"] if part != "[key]")
    value = error["input"] if isinstance(error["input"], str) else ""
    text = error["msg"].removeprefix("Value error, ").replace("Input should", "It should")
    text = text.replace("a valid dictionary", "entries, each as “name: value”")
    rule = {"missing": "the map does not say it", "extra_forbidden": "a map has no such entry"}.get(
        error["type"], text[0].lower() + text[1:]
    )
    return Problem(shorten(path.name), None, place, shorten(value), shorten(rule, 200), _MAP_REMEDY)


_UNIT_COLUMNS = ("name", "short_name", "region", "country")


def default_map(study: Study, table: TableFile) -> TableMap:
    """Return the map of a table that has the study's own headings and words.

    Raises:
        StudyError: a heading is not one of the study, or a required heading is missing.
    """
    headings, no_units = table.headings, study["units"].empty
    is_long = {"criterion_id", "answer"} <= set(headings)
    ids = () if is_long else study["criteria"]["criterion_id"]
    criteria = [name for name in ids if name in headings]
    known = {"unit_id", *criteria, *BESIDE, *(_UNIT_COLUMNS if no_units else ())}
    known |= {"criterion_id", "answer"} if is_long else set()
    first = table.place(table.headings_row, 1)
    for heading, column in headings.items():
        if heading not in known:
            place = table.place(table.headings_row, column)
            rule = f"without a map a heading is unit_id, the id of a criterion, or one of: {', '.join((*BESIDE, 'criterion_id', 'answer'))}"
            remedy = f"correct it, add the criterion to criteria.csv, or {WRITE_A_MAP}"
            table.workbook.refuse(place, heading, rule, remedy)
    if "unit_id" not in headings:
        rule = "without a map a column is headed unit_id, and none is"
        table.workbook.refuse(first, "", rule, f"head it so, or {WRITE_A_MAP}")
    if not (criteria or is_long):
        rule = "without a map columns are headed by ids of criteria, or criterion_id and answer, and none is"
        table.workbook.refuse(first, "", rule, f"head them so, or {WRITE_A_MAP}")
    if table.workbook.problems:
        raise StudyError(table.workbook.problems_in_order())
    words = [*study["levels"]["level"], *v.TYPED, NOT_ASKED, NOBODY_LOOKED]
    units = {name: name for name in _UNIT_COLUMNS if name in headings}
    named = {"criterion": "criterion_id", "answer": "answer"} if is_long else {}
    return TableMap.model_validate(
        named
        | {name: name for name in BESIDE if name in headings}
        | {
            "unit": "unit_id",
            "units": units | {"unit_id": "unit_id"} if no_units else None,
            "criteria": {criterion: {"criterion": criterion} for criterion in criteria},
            "answers": {word: word for word in words},
            # By the codebook, second-hand information has low confidence.
            "confidence": v.CONFIDENCE[0],
        }
    )
