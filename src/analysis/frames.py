"""The rows of a table as Python objects, whose types no checker can know, and the keys of rows."""

from collections import namedtuple
from collections.abc import Iterable
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pandas as pd


def each_row(frame: pd.DataFrame) -> Iterable[Any]:
    """Return the rows as named tuples: an attribute for each column."""
    # Like `itertuples`, in a third of the time: that creates a new class for each table.
    return map(_row(tuple(frame.columns))._make, zip(*_columns(frame), strict=True))


@cache
def _row(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)


def _columns(frame: pd.DataFrame) -> list[list[Any]]:
    return [frame[name].to_numpy(dtype=object).tolist() for name in frame.columns]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries, column name to value."""
    # Like `to_dict`, in a fifth of the time.
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*_columns(frame), strict=True)]


def records_by_key(frame: pd.DataFrame) -> dict[Any, dict[str, Any]]:
    """Return the rows as dictionaries, by the table's index."""
    return dict(zip(frame.index.tolist(), records(frame), strict=True))


def places(values: pd.Series | np.ndarray, among: pd.Series | pd.Index) -> np.ndarray:
    """Return the position of each value among unique others; -1 if it is not among them."""
    return pd.Index(among).get_indexer(pd.Index(values))


def grouped(frame: pd.DataFrame, *columns: str) -> dict[Any, list[dict[str, Any]]]:
    """Return the rows as dictionaries, grouped by a column's value, or by a tuple of several."""
    key = itemgetter(*columns)
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in records(frame):
        groups.setdefault(key(row), []).append(row)
    return groups


class RowKey(NamedTuple):
    """A row: its table, and the values of the columns that name it."""

    table: str
    key: tuple[str, ...]

    def __str__(self) -> str:
        """Return it as files show it: ``matrix/library-one/opening-hours``."""
        return "/".join((self.table, *self.key))
