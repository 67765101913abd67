"""Dates of reduced precision: a year, a month or a day (ISO 8601-1, section 5.2.2).

A source often gives only the year. Such a date is an interval, and every comparison in the
codebook uses its first and its last possible day.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from analysis.frames import places

_REDUCED = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)

REDUCED, DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$", r"^\d{4}-\d{2}-\d{2}$"
"""The patterns that describe a column as one of dates, and as one of days."""

UNBOUNDED = -np.inf
"""The first possible day where there is no limit."""


def day_span(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last possible day of ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Raises:
        ValueError: the text has another form, or names a day that does not exist.
    """
    match = _REDUCED.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part or 0) for part in match.groups())
    first = dt.date(year, month or 1, day or 1)
    last_month = month or 12
    last = dt.date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    return first, last


def whole_day(text: str) -> dt.date:
    """Return the day of a text ``YYYY-MM-DD``; no other form is accepted.

    Raises:
        ValueError: the text has another form, or names a day that does not exist.
    """
    first, last = day_span(text)
    if first != last:
        raise ValueError(f"{text!r} is a month or a year")
    return first


def last_day(date: str | dt.date) -> dt.date:
    """Return the day that a date stands for in a request: the last one of a year or a month.

    Args:
        date: a text of reduced precision, such as ``2021``, a date, or a time stamp.

    Raises:
        ValueError: it is not a date.
    """
    if isinstance(date, dt.datetime):
        return date.date()
    if isinstance(date, dt.date):
        return date
    return day_span(str(date))[1]


ASKED_FOR = "write YYYY-MM-DD, or YYYY-MM or YYYY for the last day of a month or a year"
"""How to write a date in a request."""


def exists(text: str) -> bool:
    """Return whether ``text`` is an existing date, maybe of reduced precision."""
    try:
        day_span(text)
    except ValueError:
        return False
    return True


def first_days(texts: pd.Series, empty: float = np.nan) -> np.ndarray:
    """Return the first possible day of each text, as day numbers, shape ``(n,)``, float.

    Empty texts give ``empty``; texts that are not dates give NaN.
    """
    return _each(texts, lambda text: day_span(text)[0], empty)


def last_days(texts: pd.Series, empty: float = np.nan) -> np.ndarray:
    """Return the last possible day of each text, in the form of :func:`first_days`."""
    return _each(texts, lambda text: day_span(text)[1], empty)


def possible_days(
    rows: pd.DataFrame, units: pd.DataFrame | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last possible day of each row, by the codebook.

    Args:
        rows: with the text columns ``observed_on``, ``not_before``, ``not_after`` and
            ``read_on``.
        units: the rows of ``units.csv``, to limit each row to the days on which its unit exists;
            ``None``: no such limit.

    Returns:
        Two arrays of day numbers, shape ``(n,)``: those of ``observed_on`` where it is set;
        for an undated row ``not_before`` (else minus infinity) and ``not_after`` (else
        ``read_on``). The last possible day is never later than ``read_on``.
    """
    dated = (rows["observed_on"] != "").to_numpy()
    read_on = first_days(rows["read_on"])
    first = np.where(
        dated, first_days(rows["observed_on"]), first_days(rows["not_before"], UNBOUNDED)
    )
    not_after = last_days(rows["not_after"])
    not_after = np.where((rows["not_after"] == "").to_numpy(), read_on, not_after)
    last = np.where(dated, last_days(rows["observed_on"]), not_after)
    last = np.minimum(last, read_on)
    if units is None:
        return first, last
    began, ended = lives(rows["unit_id"], units, UNBOUNDED, np.inf)
    # fmax and fmin pass over NaN: a wrong date is reported for its own column.
    return np.fmax(first, began), np.fmin(last, ended)


def lives(
    unit_ids: pd.Series, units: pd.DataFrame, no_first: float = np.nan, no_last: float = np.nan
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last day on which the unit of each row exists, as day numbers.

    ``no_first`` and ``no_last`` are used if the unit has no such day, or there is no such unit.
    """
    units = units.drop_duplicates("unit_id")
    place = places(unit_ids, units["unit_id"])  # -1 (no such unit) selects the last entry
    began = np.append(first_days(units["exists_from"], no_first), no_first)
    ended = np.append(last_days(units["exists_until"], no_last), no_last)
    return began[place], ended[place]


def has_first_day(rows: pd.DataFrame) -> np.ndarray:
    """Return which rows give a first possible day, by ``observed_on`` or ``not_before``."""
    return ((rows["observed_on"] != "") | (rows["not_before"] != "")).to_numpy()


def exist_on(units: pd.DataFrame, day: dt.date) -> np.ndarray:
    """Return which units exist on a day, shape ``(n,)``, bool; ``units``: rows of ``units.csv``."""
    number = day.toordinal()
    began = first_days(units["exists_from"], UNBOUNDED) <= number
    return began & (last_days(units["exists_until"], np.inf) >= number)


def date_in_words(row: Mapping[str, str]) -> str:
    """Return the date of a coding or an assessment, or the days between which it lies, in words."""
    last = row["not_after"] or row["read_on"]
    between = (
        f"between {row['not_before']} and {last}" if row["not_before"] else f"not after {last}"
    )
    return row["observed_on"] or f"undated, {between}"


def _each(texts: pd.Series, day: Callable[[str], dt.date], empty: float) -> np.ndarray:
    # Dates repeat, so each distinct text is parsed once.
    codes, different = pd.factorize(texts)
    numbers = np.array([_number(text, day, empty) for text in different], dtype=float)
    return numbers[codes] if len(different) else np.empty(0)


def _number(text: str, day: Callable[[str], dt.date], empty: float) -> float:
    if text == "":
        return empty
    try:
        return day(text).toordinal()
    except ValueError:
        return np.nan
