"""Check rows against the descriptor: types, constraints, keys. Vectorised, at run time."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.problems import ERROR, Problem, shorten
from analysis.study.descriptor import Column, Table

# Control characters but tab and line feed, and what no XML file, such as a workbook, can hold.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBER = {
    "integer": re.compile(r"[+-]?\d{1,18}", re.ASCII),
    "number": re.compile(r"[+-]?(\d{1,18}(\.\d{1,18})?|\.\d{1,18})", re.ASCII),
}
_BRACES = re.compile(r"{(\w+)}")
SHOWN_PER_RULE = 1000
"""Rows named for one rule on one column; beyond them the rows are counted."""


def check_schema(tables: dict[str, Table], frames: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield every breach of the descriptor's schema in the frames that could be read."""
    for name, frame in frames.items():
        table = tables[name]
        if len(frame) < table.minimumRows:
            least = table.minimumRows
            rule = f"the table needs at least {least} row{'s' if least > 1 else ''}"
            yield Problem(table.path, None, "", f"{len(frame)} rows", rule, "fill it")
        for field in table.fields:
            yield from _check_field(table, field, frame[field.name])
        yield from _check_primary_key(table, frame)
        yield from _check_foreign_keys(tables, table, frames)


def row_problems(
    table: Table,
    frame: pd.DataFrame,
    where: np.ndarray,
    column: str,
    rule: str,
    remedy: str,
    severity: str = ERROR,
) -> Iterator[Problem]:
    """Yield one problem for each row at which ``where`` (shape ``(n,)``, bool) is true.

    ``rule`` may name columns in braces; each is filled with the row's own text.
    """
    rows = np.flatnonzero(where)
    for number in rows[:SHOWN_PER_RULE]:
        row = frame.iloc[number]
        value = shorten(row[column]) if column else ""
        said = rule.format_map({name: shorten(text) for name, text in row.items()})
        place = int(frame.index[number]) + 2
        yield Problem(table.path, place, column, value, said, remedy, severity)
    yield from _rest(table, column, len(rows), rule, remedy, severity)


def _rest(
    table: Table, column: str, count: int, rule: str, remedy: str, severity: str = ERROR
) -> Iterator[Problem]:
    if count > SHOWN_PER_RULE:
        said = _BRACES.sub(r"\1", rule)
        more = f"{count - SHOWN_PER_RULE} further rows break a rule on this column: {said}"
        yield Problem(table.path, None, column, "", more, remedy, severity)


def _check_field(table: Table, field: Column, values: pd.Series) -> Iterator[Problem]:
    # Each different text is judged once; then the verdict goes to its rows.
    codes, different = pd.factorize(values)
    verdicts = [_verdict(field, text) for text in different]
    faulty = np.array([verdict is not None for verdict in verdicts], dtype=bool)
    rows = np.flatnonzero(faulty[codes]) if len(different) else []
    for number in rows[:SHOWN_PER_RULE]:
        rule, remedy = verdicts[codes[number]]
        value = shorten(values.iloc[number])
        yield Problem(table.path, int(values.index[number]) + 2, field.name, value, rule, remedy)
    yield from _rest(table, field.name, len(rows), "see the rows named", "mend those first")
    if field.constraints.unique:
        repeated = (values.duplicated() & (values != "")).to_numpy()
        yield from row_problems(
            table,
            values.to_frame(),
            repeated,
            field.name,
            "the value stands in an earlier row too",
            "make it unique",
        )


def _verdict(field: Column, text: str) -> tuple[str, str] | None:
    """Return the rule that the text breaks and the remedy, or ``None``."""
    limits = field.constraints
    if text == "":
        return ("a value is required", "fill the cell") if limits.required else None
    control = _UNWRITABLE.search(text)
    if not text.strip():
        need = "a value is required, and " if limits.required else ""
        return f"{need}the cell holds nothing but blanks", "fill the cell, or empty it"
    if control:
        character = f"U+{ord(control.group()):04X}"
        return (
            f"it holds the character {character}, which no table may hold",
            "remove it; only tab and line feed may stand",
        )
    if len(text) > limits.maxLength:
        return f"it is longer than {limits.maxLength} characters", "shorten it"
    if len(text) < limits.minLength:
        return f"it is shorter than {limits.minLength} characters", "lengthen it"
    if field.type != "string":
        return _number_verdict(field, text)
    if limits.enum is not None and text not in limits.enum:
        return "it is not an allowed value", f"use one of: {', '.join(limits.enum)}"
    if limits.pattern is not None and not re.fullmatch(limits.pattern, text, re.ASCII):
        return f"it does not have the form {limits.pattern}", "write it in that form"
    return None


def _number_verdict(field: Column, text: str) -> tuple[str, str] | None:
    limits = field.constraints
    if not _NUMBER[field.type].fullmatch(text):
        return (
            f"it is not {'a whole' if field.type == 'integer' else 'a'} number",
            "write digits only",
        )
    if limits.minimum is not None and float(text) < limits.minimum:
        return f"it is below {limits.minimum:g}", "correct the number"
    if limits.maximum is not None and float(text) > limits.maximum:
        return f"it is above {limits.maximum:g}", "correct the number"
    return None


def _check_primary_key(table: Table, frame: pd.DataFrame) -> Iterator[Problem]:
    key = list(table.data_schema.primaryKey)
    if key:
        repeated = frame.duplicated(key).to_numpy()
        rule = (
            "the key ("
            + ", ".join(f"{{{name}}}" for name in key)
            + ") stands in an earlier row too"
        )
        yield from row_problems(table, frame, repeated, key[0], rule, "keep one of the rows")


def _check_foreign_keys(
    tables: dict[str, Table], table: Table, frames: dict[str, pd.DataFrame]
) -> Iterator[Problem]:
    for key in table.data_schema.foreignKeys:
        (column,), (target,) = key.fields, key.reference.fields
        other = tables[key.reference.resource or table.name]
        if other.name not in frames:
            continue
        values = frames[table.name][column]
        dangling = (~values.isin(frames[other.name][target]) & (values != "")).to_numpy()
        yield from row_problems(
            table,
            frames[table.name],
            dangling,
            column,
            f"it is not a {target} of {other.path}",
            f"correct it, or add it to {other.path}",
        )
