"""The rows of a table as Python objects, without the types that pandas cannot know."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd


def each_row(frame: pd.DataFrame) -> Iterable[Any]:
    """Return the rows as named tuples: an attribute for each column."""
    return frame.itertuples(index=False)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries, column name to value."""
    # As `to_dict` does, in a fifth of the time.
    columns = [frame[name].tolist() for name in frame.columns]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def records_by_key(frame: pd.DataFrame) -> dict[Any, dict[str, Any]]:
    """Return the rows as dictionaries, by the table's index."""
    return frame.to_dict("index")  # pyright: ignore[reportReturnType]


def places(values: pd.Series | np.ndarray, among: pd.Series | pd.Index) -> np.ndarray:
    """Return the place of each value among others, which are unique; -1: it is not among them."""
    return pd.Index(among).get_indexer(pd.Index(values))


def grouped(frame: pd.DataFrame, *columns: str) -> dict[Any, list[dict[str, Any]]]:
    """Return the rows as dictionaries, by their value in a column; by a tuple for several."""
    key = itemgetter(*columns)
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in records(frame):
        groups.setdefault(key(row), []).append(row)
    return groups
