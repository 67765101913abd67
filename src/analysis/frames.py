"""The rows of a table as Python objects, without the types that pandas cannot know."""

from collections.abc import Iterable
from typing import Any

import pandas as pd


def each_row(frame: pd.DataFrame) -> Iterable[Any]:
    """Return the rows as named tuples: an attribute for each column."""
    return frame.itertuples(index=False)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries, column name to value."""
    return frame.to_dict("records")  # pyright: ignore[reportReturnType]


def records_by_key(frame: pd.DataFrame) -> dict[Any, dict[str, Any]]:
    """Return the rows as dictionaries, by the table's index."""
    return frame.to_dict("index")  # pyright: ignore[reportReturnType]
