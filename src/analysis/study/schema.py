"""Check rows against the descriptor: types, constraints, keys. Vectorised, at run time."""

import csv
import re
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.problems import ERROR, Problem, shorten
from analysis.study import signs
from analysis.study.descriptor import Column, Table

# Control characters but tab and line feed, and what no XML file, such as a workbook, can hold.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBER = {
    "integer": re.compile(r"[+-]?\d+", re.ASCII),
    "number": re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?", re.ASCII),
}
MOST_DIGITS = {"integer": 18, "number": 40}
"""Digits of a number at most; of one with decimals, also the size of its exponent."""
_HOW = {
    "integer": "write digits only",
    "number": "write digits, with a point before decimals, such as 0.25 or 2.5e-05",
}
_ID = "letters from A to Z, digits, &, _ and -, with a letter or a digit first"
_NUMBER_IN_WORDS = "digits, at most 18 before the point and 18 after it"
FORMS = {
    "^[A-Za-z0-9][A-Za-z0-9&_-]*$": f"an id: {_ID}",
    "^[A-Za-z0-9][A-Za-z0-9&_-]*(;[A-Za-z0-9][A-Za-z0-9&_-]*)*$": (
        f"ids joined by ; without blanks, each of {_ID}"
    ),
    r"^\d{4}-\d{2}-\d{2}$": "a day: YYYY-MM-DD, such as 2021-12-03",
    r"^\d{4}(-\d{2}(-\d{2})?)?$": "a date: 2021, 2021-12 or 2021-12-03",
    "^([A-Za-z_][A-Za-z0-9_]*=.+|[A-Za-z0-9][A-Za-z0-9&_-]*(;[A-Za-z0-9][A-Za-z0-9&_-]*)*)$": (
        "a group of units: a column of units.csv and its value, such as country=Wales, or unit_ids "
        "joined by ;"
    ),
    "^[0-9a-f]{64}$": "a SHA-256 hash: 64 digits from 0 to 9 and a to f",
    "^[0-9a-f]{10}$": "a mark of the rules: 10 digits from 0 to 9 and a to f",
    "^(unit|all-[a-z-]+)$": "a scope: unit, or all- and a word in small letters, such as all-units",
    r"^[A-Za-z0-9][A-Za-z0-9&_-]*=(\d{1,18}(\.\d{1,18})?|\.\d{1,18})"
    r"(;[A-Za-z0-9][A-Za-z0-9&_-]*=(\d{1,18}(\.\d{1,18})?|\.\d{1,18}))*$": (
        f"weights: an id, = and its weight, joined by ; without blanks; a weight is {_NUMBER_IN_WORDS}"
    ),
}
"""What the patterns of an empty study ask for, in words."""
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
        yield from _check_swallowed_rows(table, frame)
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
        said, place = _filled(rule, row), int(frame.index[number]) + 2
        yield Problem(table.path, place, column, value, said, remedy, severity, of_kind=rule)
    if len(rows) > SHOWN_PER_RULE:
        number = rows[SHOWN_PER_RULE]
        said = _filled(rule, frame.iloc[number])
        place = int(frame.index[number]) + 2
        yield _rest(table, column, len(rows), place, said, remedy, severity)


def _filled(rule: str, row: pd.Series) -> str:
    return rule.format_map({name: shorten(text) or "(empty)" for name, text in row.items()})


def _rest(
    table: Table,
    column: str,
    count: int,
    row: int,
    rule: str,
    remedy: str,
    severity: str = ERROR,
) -> Problem:
    more = (
        f"{count - SHOWN_PER_RULE} further rows break rules on this column, row {row} first: {rule}"
    )
    return Problem(table.path, None, column, "", more, remedy, severity)


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
    if len(rows) > SHOWN_PER_RULE:
        number = rows[SHOWN_PER_RULE]
        rest = verdicts[codes[number]]
        yield _rest(table, field.name, len(rows), int(values.index[number]) + 2, *rest)
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
    if not signs.shows_something(text):
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
    hidden = "" if signs.is_prose(field) else signs.unseen(text)
    if hidden and limits.pattern is None:
        return signs.spoilt_rule(text) or (hidden, f"write it as “{shorten(signs.one_line(text))}”")
    if field.type != "string":
        return _number_verdict(field, text)
    if limits.enum is not None and text not in limits.enum:
        return "it is not an allowed value", f"use one of: {', '.join(limits.enum)}"
    if limits.pattern is not None and not re.fullmatch(limits.pattern, text, re.ASCII):
        form = FORMS.get(limits.pattern, f"the pattern {limits.pattern}")
        why = f"{hidden}: " if hidden else ""
        return f"{why}it does not have the form of {form}", "write it in that form"
    if hidden:
        return hidden, f"write it as “{shorten(signs.one_line(text))}”"
    return None


def _number_verdict(field: Column, text: str) -> tuple[str, str] | None:
    limits = field.constraints
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return "it has a comma", "write decimals with a point (0.5), and thousands without a sign"
    most, found = MOST_DIGITS[field.type], _NUMBER[field.type].fullmatch(text)
    if not found:
        whole = "a whole" if field.type == "integer" else "a"
        return f"it is not {whole} number", _HOW[field.type]
    mantissa, _, exponent = text.lower().partition("e")
    if sum(map(str.isdigit, mantissa)) > most or abs(int(exponent or 0)) > most:
        size = "" if field.type == "integer" else f", or an exponent beyond {most}"
        return f"it has more than {most} digits{size}", "round the number"
    if limits.minimum is not None and Fraction(text) < limits.minimum:
        return f"it is below {limits.minimum:g}", "correct the number"
    if limits.maximum is not None and Fraction(text) > limits.maximum:
        return f"it is above {limits.maximum:g}", "correct the number"
    return None


_LIKE_AN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9&_-]*")


def _check_swallowed_rows(table: Table, frame: pd.DataFrame) -> Iterator[Problem]:
    """Find cells with lines that read as rows: a quotation mark was opened, and closed far below."""
    for place, field in enumerate(table.fields[1:], start=1):
        # Without the accessor ``str``, which is slow where hardly a text has lines.
        texts = frame[field.name].tolist()
        for row in [row for row, text in enumerate(texts) if "\n" in text]:
            text = texts[row]
            count = _rows_in(table.fields, place, text)
            if count:
                rows = (
                    "a line that reads as a row"
                    if count == 1
                    else f"{count} lines that read as rows"
                )
                yield Problem(
                    table.path,
                    int(frame.index[row]) + 2,
                    field.name,
                    shorten(text),
                    f"the cell holds {rows} of the table: a quotation mark may have swallowed them",
                    "close the quotation mark where the cell ends; inside a cell, write it twice",
                )


def _rows_in(fields: tuple[Column, ...], place: int, text: str) -> int:
    """Return how many lines of a cell, the one at a place of its row, read as rows of the table.

    The last line may be the beginning of a row, which goes on in the cells that follow; then the
    first line is the end of another.
    """
    first, *others = [next(csv.reader([line]), []) for line in text.split("\n")]
    count = sum(_reads_as_row(cells, fields) for cells in others)
    if len(others[-1]) == place + 1 < len(fields) and _fit(first, fields[place:]):
        split = _reads_as_row(others[-1], fields[: place + 1])
        count += split and not _reads_as_row(others[-1], fields)
    return count


def _reads_as_row(cells: list[str], fields: tuple[Column, ...]) -> bool:
    # After a comma of a sentence comes a blank, and after one between cells none.
    looks = len(cells) > 1 and bool(_LIKE_AN_ID.fullmatch(cells[0]))
    return looks and not any(one.startswith(" ") for one in cells) and _fit(cells, fields)


def _fit(cells: list[str], fields: tuple[Column, ...]) -> bool:
    """Return whether cells keep to the columns; those that are not there must not be required."""
    if len(cells) > len(fields) or any(one.constraints.required for one in fields[len(cells) :]):
        return False
    return all(_verdict(one, text) is None for one, text in zip(fields, cells, strict=False))


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
        ids = frames[other.name][target].unique()
        # An id that is itself refused for a sign that nobody sees is said once, where it stands.
        known = {*ids, *map(signs.one_line, ids)}
        dangling = (~values.isin(known) & (values != "")).to_numpy()
        yield from row_problems(
            table,
            frames[table.name],
            dangling,
            column,
            f"it is not a {target} of {other.path}",
            f"correct it, or add it to {other.path}",
        )
