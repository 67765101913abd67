"""Checks of the arguments of the API; an argument that is not accepted gives an error."""

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.problems import StudyError, refusal
from analysis.study.dates import ASKED_FOR, last_day
from analysis.wording import nearest

T = TypeVar("T")

_PLAIN = (bytes, int, float, type(pd.NA))


def refused_value(place: str, given: object, rule: str, remedy: str) -> StudyError:
    """Return the error for an argument that is not accepted."""
    kind = type(given).__name__
    shown = f"{kind} {given!r}" if isinstance(given, _PLAIN) else kind
    shown = str(given) if given is None or isinstance(given, (str, os.PathLike)) else shown
    return refusal(place, rule, remedy, shown)


def of_kind(place: str, given: object, kinds: type[T] | tuple[type[T], ...], accepted: str) -> T:
    """Return an argument if it is of one of these kinds.

    Raises:
        StudyError: it is of another kind.
    """
    if not isinstance(given, kinds):
        raise refused_value(
            place, given, "this kind of value is not accepted here", f"give {accepted}"
        )
    return given


def as_folder(place: str, given: str | Path) -> Path:
    """Return a folder's absolute path.

    Raises:
        StudyError: it is not a path, an empty one, or one that the system cannot look up.
    """
    accepted = "the path of a folder, as a text or a Path"
    path = os.fspath(of_kind(place, given, (str, os.PathLike), accepted))
    if not path or "\0" in path:
        rule = "it is empty, or has a sign that no path has"
        raise refused_value(place, given, rule, "give the path of a folder; . is this one")
    folder = Path(path).absolute()
    try:
        folder.exists()  # fails for a path that is too long, or below a folder that is closed to us
    except OSError as error:
        rule = f"it cannot be looked up ({error.strerror})"
        raise refused_value(place, given, rule, "give another folder") from error
    return folder


def as_weights(given: object) -> dict[str, object]:
    """Return weights, by criterion or recommendation; ``None`` gives none.

    Raises:
        StudyError: they are neither a mapping nor a series, or name something twice.
    """
    if given is None:
        return {}
    accepted = "a mapping or a series of weights, such as {'R1': 2}"
    weights = of_kind("weights", given, (Mapping, pd.Series), accepted)
    if isinstance(given, pd.Series) and not given.index.is_unique:
        raise refused_value(
            "weights", given, "it names something twice", "give one weight for each"
        )
    return {str(name): weight for name, weight in weights.items()}


def as_ids(place: str, given: object, rows: pd.Series) -> str | list[str]:
    """Return a selection of rows of a table: a text as it is, else a list of ids.

    Args:
        place: the table.
        given: a text, ids, or a mask: a truth value for each row.
        rows: the id of each row.

    Raises:
        StudyError: it is of another kind, or a mask of other rows.
    """
    if isinstance(given, str):
        return given
    accepted = f"an id, a list of ids (of a frame, its column of ids), or a mask of study.{place}"
    if isinstance(given, (bytes, Mapping, pd.DataFrame)) or not isinstance(given, Iterable):
        raise refused_value(
            place, given, "this kind of value is not accepted here", f"give {accepted}"
        )
    listed = list(given)
    if listed and all(isinstance(value, (bool, np.bool_)) for value in listed):
        in_order = not isinstance(given, pd.Series) or list(given.index) == list(range(len(rows)))
        if len(listed) != len(rows) or not in_order:
            rule = f"a mask has {len(rows)} values, one for each row of study.{place}, in its order"
            raise refused_value(place, given, rule, f"give {accepted}")
        return list(rows[np.array(listed)])
    for value in listed:
        of_kind(place, value, str, accepted)
    return listed


def no_such(place: str, name: object, names: Iterable[str], noun: str) -> StudyError:
    """Return the error for an unknown name, with the nearest names and all that exist."""
    names = list(names)
    rule = f"no {noun} has this name{nearest(name, names)}"
    return refused_value(place, name, rule, f"use one of: {', '.join(names)}")


def read_date(name: str, date: str | dt.date | pd.Timestamp | None) -> dt.date | None:
    """Return a date as a day, the last one of a year or a month; ``None`` if none is given.

    Raises:
        StudyError: it is not a date.
    """
    if date is None:
        return None
    try:
        return last_day("" if date is pd.NaT else date)
    except ValueError as error:
        rule = "it is not a date"
        raise refusal(name, rule, ASKED_FOR, date) from error
