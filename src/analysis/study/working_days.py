"""The day by which an answer is due, as the law of a study counts its days."""

import datetime as dt
from collections.abc import Sequence

import holidays
import numpy as np

from analysis.study.settings import Law


def due_on(received: dt.date, law: Law | None) -> dt.date | None:
    """Return the last day on which an answer is in time; without a time limit, ``None``.

    Args:
        received: the day on which the request came, not counted itself; it may be any day.
        law: the law that it is made under.
    """
    return _after(received, law.days, law) if law and law.days else None


def review_due_on(asked_on: dt.date, law: Law | None) -> dt.date | None:
    """Return the last day on which an internal review is in time; without a limit, ``None``."""
    return _after(asked_on, law.review_days, law) if law and law.review_days else None


def _after(received: dt.date, days: int, law: Law) -> dt.date:
    if law.count == "calendar":
        return received + dt.timedelta(days=days)
    # Twice as many years as the days fill, and the next: holidays leave no year half empty.
    years = range(received.year, received.year + 2 + days // 180)
    closed, week = _closed(law.holidays, years)
    # From a day off, counting begins with the next working day: it is the first, not the noughth.
    day = np.busday_offset(
        np.datetime64(received), days, roll="backward", weekmask=week, holidays=closed
    )
    return day.astype(dt.date)


def _closed(calendars: Sequence[str], years: range) -> tuple[np.ndarray, list[bool]]:
    """Return the holidays of any of the calendars, and which days of the week are worked."""
    codes = [calendar.partition("-") for calendar in calendars]
    closed = [
        holidays.country_holidays(country, subdiv=part or None, years=years)
        for country, _, part in codes
    ]
    days = np.array(sorted({day for calendar in closed for day in calendar}), dtype="datetime64[D]")
    return days, [all(day not in calendar.weekend for calendar in closed) for day in range(7)]
