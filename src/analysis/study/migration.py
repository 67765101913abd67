"""Migrate the schema of a study that an older version wrote, while it is read.

Tables and columns that were added since are added empty, and only if they may be empty. Older
rows must then satisfy today's rules like any others. No file is changed.
"""

import csv
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from analysis.study.descriptor import Column, lacking_constraint
from analysis.study.profile import VERSION, full_descriptor, profile, template

Completed = tuple[dict, tuple[str, ...], dict[str, list[str]]]
"""A full descriptor; the names of the tables, columns (``table.column``) and settings
(``study.setting``) that were added to it; and the header of each file that lacks columns, by its
path (empty: there is no file)."""


def complete(raw: dict, folder: Path) -> Completed:
    """Complete the descriptor of a study; if that fails, validation reports what is wrong."""
    try:
        return _complete(raw, folder)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, csv.Error):
        return full_descriptor(raw), (), {}


def _complete(raw: dict, folder: Path) -> Completed:
    full = full_descriptor(raw)
    tables = {table["name"]: table for table in full["resources"]}
    added = [f"study.{name}" for name in template()["study"] if name not in raw["study"]]
    headers = {}
    known = _column_test(raw)
    for needed in profile()["resources"]:
        name, columns = needed["name"], _fields(needed)
        unknown = [column for column in columns if not known(needed, column)]
        table = tables.get(name, needed)
        path = folder / table["path"]
        if len(unknown) < len(columns):
            tables[name], new_columns, header = _with_columns(table, unknown, columns, path)
            added += [f"{name}.{column}" for column in new_columns]
            if len(header) < len(_fields(tables[name])):
                headers[table["path"]] = header
        elif not needed["minimumRows"] and not path.exists():
            tables[name], headers[table["path"]] = table, []
            added.append(name)
    if not added or len(tables) < len(full["resources"]):  # two may have one name
        return full, (), {}
    resources = _in_order([*tables.values()], profile()["resources"])
    if VERSION not in raw:
        todays = {resource["name"]: resource for resource in profile()["resources"]}
        resources = [
            _updated_table(resource, todays.get(resource["name"])) for resource in resources
        ]
    study = {**template()["study"], **raw["study"]}
    return {**full, "study": study, "resources": resources}, tuple(added), headers


def _column_test(raw: dict) -> Callable[[dict, dict], bool]:
    """Return a predicate that tells whether a descriptor knows a column of a profile's table."""
    if VERSION in raw:
        return lambda table, column: (
            max(table.get("since", 1), column.get("since", 1)) <= raw[VERSION]
        )
    own = {
        (table["name"], column["name"]) for table in raw["resources"] for column in _fields(table)
    }
    return lambda table, column: (table["name"], column["name"]) in own


def _with_columns(
    table: dict, unknown: list[dict], columns: list[dict], path: Path
) -> tuple[dict, list[str], list[str]]:
    """Return a table with its new columns, the names of these, and the header of its file."""
    if not unknown:
        return table, [], _names(_fields(table))
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [*islice(csv.reader(file), 2)] or [[]]
    own = _names(_fields(table))
    # A required column cannot be added empty if the table has rows.
    new_columns = [
        column
        for column in unknown
        if (column["name"] not in own or column["name"] not in header)
        and not (rows and column.get("constraints", {}).get("required"))
    ]
    fields = [*_fields(table), *(column for column in new_columns if column["name"] not in own)]
    missing_names = {*_names(new_columns)} - {*header}
    header = [name for name in _names(fields) if name not in missing_names]
    if missing_names:  # the file will be rewritten, so its columns can take the profile's order
        fields = _in_order(fields, columns)
    return {**table, "schema": {**table["schema"], "fields": fields}}, _names(new_columns), header


def _in_order(parts: list[dict], needed: list[dict]) -> list[dict]:
    """Return named parts in the order of the profile, followed by the study's own."""
    place = {name: number for number, name in enumerate(_names(needed))}
    return sorted(parts, key=lambda part: place.get(part["name"], len(place)))


def _updated_table(table: dict, needed: dict | None) -> dict:
    """Return an older table with today's keys and constraints."""
    if needed is None:
        return table
    todays = {column["name"]: column for column in _fields(needed)}
    fields = [_updated_column(column, todays.get(column["name"])) for column in _fields(table)]
    rest = {key: value for key, value in table["schema"].items() if key not in _KEYS}
    keys = {key: value for key, value in needed["schema"].items() if key in _KEYS}
    least = max(table.get("minimumRows", 0), needed["minimumRows"])
    return {**table, "minimumRows": least, "schema": {**rest, **keys, "fields": fields}}


def _updated_column(column: dict, needed: dict | None) -> dict:
    if needed is None:
        return column
    if lacking_constraint(Column.model_validate(column), Column.model_validate(needed)):
        return {**column, "constraints": needed.get("constraints", {})}
    own = column.get("constraints", {})
    if "required" in own and not needed.get("constraints", {}).get("required"):
        # The older version required this of every study, so it was not the study's own choice.
        own = {key: value for key, value in own.items() if key != "required"}
        return {**column, "constraints": own}
    return column


_KEYS = ("primaryKey", "foreignKeys")


def _fields(table: dict) -> list[dict]:
    return table["schema"]["fields"]


def _names(parts: list[dict]) -> list[str]:
    return [part["name"] for part in parts]
