"""Read ``datapackage.json``, and report what is wrong with it.

The profile has the tables, columns and keys that the code needs; a study may add to them, and
never leave any out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis.problems import Problem, shorten
from analysis.study.descriptor import (
    COMPUTED,
    FILE,
    Descriptor,
    Table,
    lacking_constraint,
)
from analysis.study.migration import complete
from analysis.study.profile import as_json, own_descriptor, profile


def read_descriptor(folder: Path) -> tuple[Descriptor | None, list[Problem]]:
    """Read a study's descriptor, completed where an older version wrote it.

    Returns:
        The descriptor, or ``None`` if it cannot be used, and the problems found. If only the
        settings are wrong, the descriptor has the tables and no settings.
    """
    try:
        # Read decimals exactly as written, not as the nearest float.
        raw = json.loads((folder / FILE).read_text("utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError:
        return None, [_problem("", "", "the descriptor is missing", f"add {FILE} to the study")]
    except OSError as error:
        return None, [_problem("", "", f"it cannot be read ({error.strerror})", "make it readable")]
    except UnicodeDecodeError:
        return None, [_problem("", "", "it is not UTF-8 text", "save it as UTF-8")]
    except (ValueError, RecursionError) as error:
        # Also raised for numbers that are too long and parts that are nested too deep.
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        return None, [_problem(place, "", "it is not valid JSON", "mend it with a JSON editor")]
    if not isinstance(raw, dict):
        remedy = "begin it with { and end it with }"
        return None, [_problem("", raw, "it is not a JSON object", remedy)]
    return _checked(*complete(raw, folder))


def _checked(
    full: dict, added: tuple[str, ...], headers: dict[str, list[str]]
) -> tuple[Descriptor | None, list[Problem]]:
    problems = []
    try:
        declared = {key: value for key, value in full.items() if key not in COMPUTED}
        descriptor = Descriptor.model_validate(declared)
    except ValidationError as error:
        problems = [_setting_problem(detail, full) for detail in error.errors()]
        if any(detail["loc"][:1] == ("resources",) for detail in error.errors()):
            return None, problems
        tables = tuple(map(Table.model_validate, full["resources"]))
        descriptor = Descriptor.model_construct(resources=tables, settings=None)
    faults = _profile_problems(descriptor) or _key_problems(descriptor)
    if faults:
        return None, [*problems, *faults]
    more: dict = {"headers": headers, "added": added}
    if added:
        more["rewritten"] = as_json(own_descriptor(full))
    return descriptor.model_copy(update=more), problems


def _problem(column: str, value: object, rule: str, remedy: str) -> Problem:
    return Problem(FILE, None, column, shorten(value), rule, remedy)


def _setting_problem(error: Mapping[str, Any], full: dict) -> Problem:
    place = ".".join(_steps(error["loc"], full))
    # For a missing setting the input is the whole part that lacks it, which would not help.
    value = "" if error["type"] == "missing" else error["input"]
    message = re.sub(r"valid dictionary or instance of \w+", "JSON object", error["msg"])
    message = message.removeprefix("Value error, ").replace("Input should", "It should")
    rule = _IN_WORDS.get(error["type"]) or message[0].lower() + message[1:]
    remedy = "correct it; docs/data.md has every setting"
    if error["loc"][:1] == ("resources",):
        remedy += ". The tables are looked at after that"
    return _problem(place, value, shorten(rule, 160), remedy)


def _steps(path: tuple[int | str, ...], full: Any) -> Iterator[str]:
    """Yield the steps of a path in a descriptor, with tables and columns by name."""
    within: Any = full
    for step in path:
        try:
            within = within[step]
        except (LookupError, TypeError):  # the step to a missing part
            within = None
        name = within.get("name") if isinstance(within, dict) else None
        in_tables = path[0] == "resources" and isinstance(step, int)
        yield name if in_tables and isinstance(name, str) else str(step)


_IN_WORDS = {
    "missing": "it is required, and is not there",
    "extra_forbidden": "no setting has this name, so that it is not permitted here",
    "string_too_short": "it is empty, and needs a text",
    "string_type": "it should be a text in quotation marks",
    "int_type": "it should be a whole number",
    "tuple_type": "it should be a list in square brackets",
}
"""Plain words for the validation library's types of errors."""


def _profile_problems(descriptor: Descriptor) -> list[Problem]:
    """Return a problem for each table, column or key that the code needs and a study lacks."""
    tables = descriptor.tables
    problems = []
    if len(tables) < len(descriptor.resources):
        problems.append(_problem("resources", "", "two tables have one name", "rename one"))
    for needed in map(Table.model_validate, profile()["resources"]):
        table = tables.get(needed.name)
        if table is None:
            rule = f"the table {needed.name} is not described"
            problems.append(_problem("resources", "", rule, "describe it; it may have no rows"))
            continue
        if table.minimumRows < needed.minimumRows:
            rule = f"the table must be required to have {needed.minimumRows} row or more"
            problems.append(_problem(needed.name, "", rule, "raise minimumRows"))
        fields = {field.name: field for field in table.fields}
        for field in needed.fields:
            rule = lacking_constraint(fields.get(field.name), field)
            if rule:
                remedy = "describe it as an empty study does; it may be stricter"
                problems.append(_problem(f"{needed.name}.{field.name}", "", rule, remedy))
        for key in ("primaryKey", "foreignKeys"):
            if getattr(table.data_schema, key) != getattr(needed.data_schema, key):
                rule = f"the table needs its {key} as an empty study has it"
                problems.append(_problem(needed.name, "", rule, "copy it from a new study"))
    return problems


def _key_problems(descriptor: Descriptor) -> list[Problem]:
    """Return a problem for each key that names a table or column that is not described."""
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
