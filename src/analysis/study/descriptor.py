"""The model of ``datapackage.json``: a study's tables and settings.

In full it follows the Data Package standard, version 2. The profile
(:mod:`analysis.study.profile`) has the tables of every study, and a study states what differs.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from analysis.study.profile import VERSION, profile
from analysis.study.settings import Setting, Settings, Text

FILE = "datapackage.json"
PLACEHOLDER = "[to be set"
COMPUTED = ("added", "headers", "rewritten")
"""Attributes of a descriptor that are computed, not read from the file."""


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
    """The constraints on the cells of a column."""

    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] | None = None
    pattern: Annotated[str, AfterValidator(_regular_expression)] | None = None
    minimum: float | None = None
    maximum: float | None = None
    minLength: int = 0  # noqa: N815 - the standard's own name
    maxLength: int = Field(default=32_767, le=32_767)  # noqa: N815


class Column(_Part):
    """A column: its name, type and constraints."""

    name: Name
    type: Literal["string", "integer", "number"]
    description: Text
    constraints: Constraints = Constraints()


class Reference(_Part):
    """The table and column that a foreign key points to; empty: its own table."""

    resource: str = ""
    fields: tuple[str]


class ForeignKey(_Part):
    """A column whose values must be in the referenced column."""

    fields: tuple[str]
    reference: Reference


class Schema(_Part):
    """The columns and keys of a table."""

    fields: tuple[Column, ...] = Field(min_length=1)
    primaryKey: tuple[str, ...] = ()  # noqa: N815
    foreignKeys: tuple[ForeignKey, ...] = ()  # noqa: N815
    missingValues: tuple[Literal[""]] = ("",)  # noqa: N815


class Table(_Part):
    """A table: its file, its schema and the fewest rows that it may have."""

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


def _no_later(version: int) -> int:
    if version > profile()[VERSION]:
        raise ValueError("a later version of policygap wrote the study: install that version")
    return version


class Descriptor(_Part):
    """A study's descriptor, with its tables in full.

    Attributes:
        profileVersion: the version of the profile that its tables follow.
        added: names of the tables, columns and settings that migration added, if an older version
            wrote the study (:func:`analysis.study.migration.complete`).
        headers: the header of each file that lacks columns of its table; empty: there is no file.
        rewritten: the text of the migrated descriptor, if anything was added.
    """

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9._-]*$")]
    title: Text
    description: str
    version: Text
    licenses: tuple[Licence, ...] = Field(min_length=1)
    contributors: tuple[Contributor, ...] = Field(min_length=1)
    settings: Settings = Field(alias="study")
    resources: tuple[Table, ...]
    profileVersion: Annotated[int, Field(strict=True, ge=1), AfterValidator(_no_later)] = 1  # noqa: N815
    added: tuple[str, ...] = ()
    headers: dict[str, list[str]] = {}
    rewritten: str = ""

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by name."""
        return {table.name: table for table in self.resources}

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The paths of the settings that still hold a placeholder."""
        return tuple(path for path, text in self.texts() if PLACEHOLDER in text)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text of the descriptor apart from the tables, with its path."""
        parts = {"title", "description", "version", "licenses", "contributors", "settings"}
        yield from _texts(self.model_dump(by_alias=True, include=parts))


def lacking_constraint(column: Column | None, needed: Column) -> str | None:
    """Return the first constraint that the code needs and a column lacks, in words; or ``None``."""
    if column is None or column.type != needed.type:
        return f"the table needs this column, of type {needed.type}"
    have, need = column.constraints, needed.constraints
    if need.required and not have.required:
        return "the column must be required"
    if need.unique and not have.unique:
        return "the column must be unique"
    if need.enum is not None and not set(have.enum or ["any"]) <= set(need.enum):
        return f"its values must be among: {', '.join(need.enum)}"
    fits = have.enum is not None and all(
        re.fullmatch(need.pattern or "", value) for value in have.enum
    )
    if need.pattern is not None and have.pattern != need.pattern and not fits:
        return f"it must keep to the pattern {need.pattern}"
    if have.maxLength > need.maxLength:
        return f"its maxLength must be {need.maxLength} or less"
    if need.minimum is not None and (have.minimum is None or have.minimum < need.minimum):
        return f"its minimum must be {need.minimum:g} or more"
    if need.maximum is not None and (have.maximum is None or have.maximum > need.maximum):
        return f"its maximum must be {need.maximum:g} or less"
    return None


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield all texts within a value, each with its path."""
    parts: list[tuple[str, object]] = []
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        parts = [(f"{path}.{key}".strip("."), part) for key, part in value.items()]
    elif isinstance(value, list | tuple):
        parts = [(f"{path}[{number}]", part) for number, part in enumerate(value)]
    for inner, part in parts:
        yield from _texts(part, inner)
