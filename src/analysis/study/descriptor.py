"""Read ``datapackage.json``: the one schema of a study, and the study's own settings.

The descriptor follows the Data Package standard, version 2. What the code itself needs of a
study (tables, fields, keys) is the descriptor that an empty study starts from; a study may
say more, never less.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analysis.problems import Problem, shorten
from analysis.study.settings import Setting, Settings, Text

FILE = "datapackage.json"
PLACEHOLDER = "[to be set"


def _regular_expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


Name = Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Constraints(Setting):
    """What a cell of the column must keep to."""

    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] | None = None
    pattern: Annotated[str, AfterValidator(_regular_expression)] | None = None
    minimum: float | None = None
    maximum: float | None = None
    minLength: int = 0  # noqa: N815 - the standard's own name
    maxLength: int = Field(32_767, le=32_767)  # noqa: N815


class Column(_Part):
    """A column: its name, type and constraints."""

    name: Name
    type: Literal["string", "integer", "number"]
    description: Text
    constraints: Constraints = Constraints()


class Reference(_Part):
    """The table and column that a foreign key points to; an empty table is the same one."""

    resource: str = ""
    fields: tuple[str]


class ForeignKey(_Part):
    """A column whose values must stand in a column of a table."""

    fields: tuple[str]
    reference: Reference


class Schema(_Part):
    """The columns and keys of a table."""

    fields: tuple[Column, ...] = Field(min_length=1)
    primaryKey: tuple[str, ...] = ()  # noqa: N815
    foreignKeys: tuple[ForeignKey, ...] = ()  # noqa: N815
    missingValues: tuple[Literal[""]] = ("",)  # noqa: N815


class Table(_Part):
    """A table: its file, schema and the least number of rows that it needs."""

    name: Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
    path: Annotated[str, Field(pattern="^[a-z][a-z0-9_]*[.]csv$")]
    title: str = ""
    encoding: Literal["utf-8"] = "utf-8"
    minimumRows: Annotated[int, Field(ge=0)] = 0  # noqa: N815
    data_schema: Schema = Field(alias="schema")

    @property
    def fields(self) -> tuple[Column, ...]:
        """The columns, in the order in which the file must have them."""
        return self.data_schema.fields

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the file's order."""
        return [field.name for field in self.fields]


class Licence(_Part):
    """A licence of the data."""

    name: Text
    path: str = ""
    title: str = ""


class Contributor(_Part):
    """Who made the study, as it is to be cited."""

    title: Text


class Descriptor(_Part):
    """A study's descriptor."""

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9._-]*$")]
    title: Text
    description: str
    version: Text
    licenses: tuple[Licence, ...] = Field(min_length=1)
    contributors: tuple[Contributor, ...] = Field(min_length=1)
    settings: Settings = Field(alias="study")
    resources: tuple[Table, ...]
    placeholders: tuple[str, ...] = ()

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by name."""
        return {table.name: table for table in self.resources}

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text that the study says of itself beyond its tables, with its path."""
        parts = {"title", "description", "version", "licenses", "contributors", "settings"}
        yield from _texts(self.model_dump(by_alias=True, include=parts))


@cache
def template() -> dict:
    """Return the descriptor that an empty study starts from (do not change it in place)."""
    return json.loads(files("analysis.study").joinpath("template.json").read_text("utf-8"))


def read_descriptor(folder: Path) -> tuple[Descriptor | None, list[Problem]]:
    """Read a study's descriptor.

    Returns:
        The descriptor, or ``None`` where it cannot be used, and the problems found. Where it is
        not the tables that are at fault, it has them and no settings.
    """
    try:
        # Decimals are read as they are written, and not as the nearest float.
        raw = json.loads((folder / FILE).read_text("utf-8-sig"), parse_float=Decimal)
        if not isinstance(raw, dict):
            return None, [
                _problem("", raw, "it is not a JSON object", "begin it with { and end it with }")
            ]
        descriptor = Descriptor.model_validate(raw)
    except FileNotFoundError:
        return None, [_problem("", "", "the descriptor is missing", f"add {FILE} to the study")]
    except OSError as error:
        return None, [_problem("", "", f"it cannot be read ({error.strerror})", "make it readable")]
    except UnicodeDecodeError:
        return None, [_problem("", "", "it is not UTF-8 text", "save it as UTF-8")]
    except ValidationError as error:
        problems = [_setting_problem(one) for one in error.errors()]
        if any(one["loc"][:1] == ("resources",) for one in error.errors()):
            return None, problems
        return _tables_alone(raw["resources"], problems)
    except (ValueError, RecursionError) as error:
        # Beside faults of form, numbers too long and parts too deep to be read.
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        return None, [_problem(place, "", "it is not valid JSON", "mend it with a JSON editor")]
    problems = _template_problems(descriptor) or _key_problems(descriptor)
    if problems:
        return None, problems
    waiting = tuple(path for path, text in descriptor.texts() if PLACEHOLDER in text)
    return descriptor.model_copy(update={"placeholders": waiting}), []


def _tables_alone(
    resources: list[dict], problems: list[Problem]
) -> tuple[Descriptor | None, list[Problem]]:
    """Return a descriptor of tables and no settings, where they are as the code needs them."""
    tables = tuple(map(Table.model_validate, resources))
    alone = Descriptor.model_construct(resources=tables, settings=None)
    found = _template_problems(alone) or _key_problems(alone)
    return None if found else alone, [*problems, *found]


def _problem(column: str, value: object, rule: str, remedy: str) -> Problem:
    return Problem(FILE, None, column, shorten(value), rule, remedy)


def _setting_problem(error: dict) -> Problem:
    place = ".".join(str(part) for part in error["loc"])
    # A missing setting comes with the whole part that lacks it, which tells a reader nothing.
    value = "" if error["type"] == "missing" else error["input"]
    said = re.sub(r"valid dictionary or instance of \w+", "JSON object", error["msg"])
    said = said.removeprefix("Value error, ").replace("Input should", "It should")
    rule = _IN_WORDS.get(error["type"]) or said[0].lower() + said[1:]
    remedy = "correct it; docs/data.md has every setting"
    if error["loc"][:1] == ("resources",):
        remedy += ". The tables are looked at after that"
    return _problem(place, value, shorten(rule, 160), remedy)


_IN_WORDS = {
    "missing": "it is required, and is not there",
    "extra_forbidden": "no setting has this name, so that it is not permitted here",
    "string_too_short": "it is empty, and needs a text",
    "string_type": "it should be a text in quotation marks",
    "int_type": "it should be a whole number",
    "tuple_type": "it should be a list in square brackets",
}
"""What the library says of a setting in terms of the language, in plain words."""


def _template_problems(descriptor: Descriptor) -> list[Problem]:
    """Say what the code needs of a study and the descriptor leaves out."""
    held = descriptor.tables
    problems = []
    if len(held) < len(descriptor.resources):
        problems.append(_problem("resources", "", "two tables have one name", "rename one"))
    for needed in map(Table.model_validate, template()["resources"]):
        table = held.get(needed.name)
        if table is None:
            rule = f"the table {needed.name} is not described"
            problems.append(_problem("resources", "", rule, "describe it; it may have no rows"))
            continue
        if table.minimumRows < needed.minimumRows:
            rule = f"the table must be required to have {needed.minimumRows} row or more"
            problems.append(_problem(needed.name, "", rule, "raise minimumRows"))
        fields = {field.name: field for field in table.fields}
        for field in needed.fields:
            rule = looser(fields.get(field.name), field)
            if rule:
                remedy = "describe it as an empty study does; it may be stricter"
                problems.append(_problem(f"{needed.name}.{field.name}", "", rule, remedy))
        for key in ("primaryKey", "foreignKeys"):
            if getattr(table.data_schema, key) != getattr(needed.data_schema, key):
                rule = f"the table needs its {key} as an empty study has it"
                problems.append(_problem(needed.name, "", rule, "copy it from a new study"))
    return problems


def looser(held: Column | None, needed: Column) -> str | None:
    """Say in what a column allows more than the code can bear, or return ``None``."""
    if held is None or held.type != needed.type:
        return f"the table needs this column, of type {needed.type}"
    have, need = held.constraints, needed.constraints
    if need.required and not have.required:
        return "the column must be required"
    if need.unique and not have.unique:
        return "the column must be unique"
    if need.enum is not None and not set(have.enum or ["any"]) <= set(need.enum):
        return f"its values must be among: {', '.join(need.enum)}"
    fits = have.enum is not None and all(re.fullmatch(need.pattern or "", one) for one in have.enum)
    if need.pattern is not None and have.pattern != need.pattern and not fits:
        return f"it must keep to the pattern {need.pattern}"
    if have.maxLength > need.maxLength:
        return f"its maxLength must be {need.maxLength} or less"
    if need.minimum is not None and (have.minimum is None or have.minimum < need.minimum):
        return f"its minimum must be {need.minimum:g} or more"
    if need.maximum is not None and (have.maximum is None or have.maximum > need.maximum):
        return f"its maximum must be {need.maximum:g} or less"
    return None


def _key_problems(descriptor: Descriptor) -> list[Problem]:
    """Say which keys name a table or a column that is not described."""
    tables = descriptor.tables
    problems = []
    for table in descriptor.resources:
        schema = table.data_schema
        named = [(table.name, column) for column in schema.primaryKey]
        for key in schema.foreignKeys:
            named += [(table.name, key.fields[0])]
            named += [(key.reference.resource or table.name, key.reference.fields[0])]
        if len(set(table.columns)) < len(table.columns):
            problems.append(_problem(table.name, "", "two columns have one name", "rename one"))
        for other, column in named:
            if other not in tables or column not in tables[other].columns:
                rule = f"a key names {other}.{column}, which is not described"
                problems.append(_problem(table.name, "", rule, "describe it, or correct the key"))
    return problems


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield all texts of a value, each with its path."""
    parts: list[tuple[str, object]] = []
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        parts = [(f"{path}.{key}".strip("."), part) for key, part in value.items()]
    elif isinstance(value, list | tuple):
        parts = [(f"{path}[{number}]", part) for number, part in enumerate(value)]
    for inner, part in parts:
        yield from _texts(part, inner)
