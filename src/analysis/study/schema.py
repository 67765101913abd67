"""Check rows against the descriptor: types, constraints, keys. The checks are vectorised."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.problems import ERROR, Problem, shorten
from analysis.study import signs
from analysis.study.descriptor import Column, Table
from analysis.study.values import Fault, fault, faults

SHOWN_PER_RULE = 1000
"""The most rows reported for one rule on one column; further rows are only counted."""


@dataclass(frozen=True)
class Breach:
    """A rule that rows break, as a problem reports it.

    Attributes:
        column: the column that the problem names; empty: the whole row.
        rule: what is wrong; a column's name in braces is replaced by the row's own text.
        remedy: what to do.
        severity: as in :class:`analysis.problems.Problem`.
    """

    column: str
    rule: str
    remedy: str
    severity: str = ERROR


def check_schema(tables: dict[str, Table], frames: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield every breach of the descriptor's schema in the frames that could be read."""
    for name, frame in frames.items():
        table = tables[name]
        if len(frame) < table.minimumRows:
            least = table.minimumRows
            rule = f"the table needs at least {least} row{'s' if least > 1 else ''}"
            yield Problem(table.path, None, "", f"{len(frame)} rows", rule, "fill it")
        if frame.empty:
            continue
        for place, field in enumerate(table.fields):
            # Texts repeat, so each distinct one is checked once.
            texts = frame[field.name].unique().tolist()
            yield from _check_texts(table, field.name, frame, faults(field, texts))
            if field.constraints.unique and len(texts) < len(frame):
                yield from _check_unique(table, field.name, frame)
            if place:
                swallowed = _swallowed_rows(table, place, texts)
                yield from _check_texts(table, field.name, frame, swallowed)
        yield from _check_primary_key(table, frame)
        yield from _check_foreign_keys(tables, table, frames)


def row_problems(
    table: Table, frame: pd.DataFrame, where: np.ndarray, breach: Breach
) -> Iterator[Problem]:
    """Yield one problem for each row at which ``where`` (shape ``(n,)``, bool) is true."""

    def fault_of(number: int) -> tuple[str, str, str]:
        return _filled(breach.rule, frame.iloc[number]), breach.remedy, breach.rule

    yield from _limited_problems(table, frame, np.flatnonzero(where), breach, fault_of)


def _limited_problems(
    table: Table,
    frame: pd.DataFrame,
    rows: np.ndarray,
    breach: Breach,
    fault_of: Callable[[int], tuple[str, str, str]],
) -> Iterator[Problem]:
    """Yield a problem for each of the rows, up to the limit, and one that counts the rest."""
    column, numbers = breach.column, frame.index.to_numpy()
    for number in rows[:SHOWN_PER_RULE]:
        value = shorten(frame[column].iloc[number]) if column else ""
        rule, remedy, kind = fault_of(number)
        place = int(numbers[number]) + 2
        yield Problem(table.path, place, column, value, rule, remedy, breach.severity, of_kind=kind)
    if len(rows) > SHOWN_PER_RULE:
        number = rows[SHOWN_PER_RULE]
        rule, remedy, _ = fault_of(number)
        more = f"{len(rows) - SHOWN_PER_RULE} further rows break rules on this column"
        rule = f"{more}, row {int(numbers[number]) + 2} first: {rule}"
        yield Problem(table.path, None, column, "", rule, remedy, breach.severity)


def _filled(rule: str, row: pd.Series) -> str:
    return rule.format_map({name: shorten(text) or "(empty)" for name, text in row.items()})


def _check_texts(
    table: Table, column: str, frame: pd.DataFrame, text_faults: dict[str, Fault]
) -> Iterator[Problem]:
    """Yield a problem for each row whose text in a column has a fault."""
    values = frame[column]

    def fault_of(number: int) -> tuple[str, str, str]:
        return (*text_faults[values.iloc[number]], "")

    if text_faults:
        rows = np.flatnonzero(values.isin([*text_faults]))
        yield from _limited_problems(table, frame, rows, Breach(column, "", ""), fault_of)


def _check_unique(table: Table, column: str, frame: pd.DataFrame) -> Iterator[Problem]:
    repeated = (frame[column].duplicated() & (frame[column] != "")).to_numpy()
    breach = Breach(column, "the value stands in an earlier row too", "make it unique")
    yield from row_problems(table, frame, repeated, breach)


_LIKE_AN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9&_-]*")


def _swallowed_rows(table: Table, place: int, texts: list[str]) -> dict[str, Fault]:
    """Find cells with lines that read as rows: an open quotation mark may have swallowed them."""
    swallowed = {}
    for text in texts:
        if "\n" in text and (count := _rows_in(table.fields, place, text)):
            rows = (
                "a line that reads as a row" if count == 1 else f"{count} lines that read as rows"
            )
            rule = f"the cell holds {rows} of the table: a quotation mark may have swallowed them"
            remedy = "close the quotation mark where the cell ends; inside a cell, write it twice"
            swallowed[text] = rule, remedy
    return swallowed


def _rows_in(fields: tuple[Column, ...], place: int, text: str) -> int:
    """Count the lines of the cell at a position of its row that read as rows of the table.

    The last line may be the start of a row that continues in the following cells. Then the first
    line must be the end of another row.
    """
    first, *others = [next(csv.reader([line]), []) for line in text.split("\n")]
    count = sum(_reads_as_row(cells, fields) for cells in others)
    if len(others[-1]) == place + 1 < len(fields) and _satisfy_columns(first, fields[place:]):
        split = _reads_as_row(others[-1], fields[: place + 1])
        count += split and not _reads_as_row(others[-1], fields)
    return count


def _reads_as_row(cells: list[str], fields: tuple[Column, ...]) -> bool:
    # A comma in a sentence is followed by a space, and one between cells is not.
    looks_like_row = len(cells) > 1 and bool(_LIKE_AN_ID.fullmatch(cells[0]))
    return (
        looks_like_row
        and not any(cell.startswith(" ") for cell in cells)
        and _satisfy_columns(cells, fields)
    )


def _satisfy_columns(cells: list[str], fields: tuple[Column, ...]) -> bool:
    """Return whether cells satisfy their columns; columns without a cell must not be required."""
    if len(cells) > len(fields) or any(
        field.constraints.required for field in fields[len(cells) :]
    ):
        return False
    return all(fault(field, text) is None for field, text in zip(fields, cells, strict=False))


def _check_primary_key(table: Table, frame: pd.DataFrame) -> Iterator[Problem]:
    key = list(table.data_schema.primaryKey)
    if key:
        repeated = frame[key].duplicated().to_numpy()
        names = ", ".join(f"{{{name}}}" for name in key)
        rule = f"the key ({names}) stands in an earlier row too"
        yield from row_problems(
            table, frame, repeated, Breach(key[0], rule, "keep one of the rows")
        )


def _check_foreign_keys(
    tables: dict[str, Table], table: Table, frames: dict[str, pd.DataFrame]
) -> Iterator[Problem]:
    for key in table.data_schema.foreignKeys:
        (column,), (target,) = key.fields, key.reference.fields
        other = tables[key.reference.resource or table.name]
        if other.name not in frames:
            continue
        frame, ids = frames[table.name], {"", *frames[other.name][target]}
        unknown = {*frame[column].unique()} - ids
        if not unknown:
            continue
        # An id with an invisible character is reported where it is defined, not at each reference.
        unknown.difference_update(map(signs.one_line, ids))
        dangling = frame[column].isin(unknown).to_numpy()
        rule = f"it is not a {target} of {other.path}"
        breach = Breach(column, rule, f"correct it, or add it to {other.path}")
        yield from row_problems(table, frame, dangling, breach)
