"""Tables as typed frames: each column has the pandas type that fits its schema."""

import pandas as pd

from analysis.study.dates import DAY, REDUCED, day_span
from analysis.study.descriptor import Column, Table

_YES_OR_NO = {"yes": True, "no": False}
NUMBERS = {"integer": (int, "Int64"), "number": (float, "Float64")}


def typed(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table typed by its schema; an empty cell is missing.

    A column of allowed values is an unordered category, of yes and no a boolean, of numbers a
    nullable number and of days a date. A date of reduced precision stays text, beside its first
    and its last day in ``<column>_first`` and ``<column>_last``.

    Args:
        table: the table's description.
        rows: its rows, all text.
    """
    columns: dict[str, object] = {}
    for field in table.fields:
        texts = rows[field.name]
        columns[field.name] = _values(field, texts)
        if field.constraints.pattern == REDUCED:
            for end, name in enumerate(("first", "last")):
                columns[f"{field.name}_{name}"] = _days(texts, end)
    return pd.DataFrame(columns).reset_index(drop=True)


def _values(field: Column, texts: pd.Series) -> pd.Series:
    limits = field.constraints
    if field.type in NUMBERS:
        number, name = NUMBERS[field.type]
        return pd.Series(
            [number(text) if text else pd.NA for text in texts], texts.index, dtype=name
        )
    if limits.enum is not None and set(limits.enum) <= {*_YES_OR_NO, ""}:
        return texts.map(_YES_OR_NO).astype("boolean")
    if limits.enum is not None:
        return category(texts, [value for value in limits.enum if value])
    if limits.pattern == DAY:
        return _days(texts, 0)
    return texts.where(texts != "").astype("str")


def category(texts: pd.Series, values: list[str]) -> pd.Series:
    """Return texts as an unordered category; any text that is not one of the values is missing."""
    return texts.where(texts.isin(values)).astype(pd.CategoricalDtype(values, ordered=False))


def _days(texts: pd.Series, end: int) -> pd.Series:
    days = [day_span(text)[end].isoformat() if text else "NaT" for text in texts]
    return pd.Series(days, texts.index, dtype="datetime64[s]")


def copied(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy, which can be edited, with its rows counted from 0."""
    return frame.copy().reset_index(drop=True)
