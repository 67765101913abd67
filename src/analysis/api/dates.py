"""A date that the API takes, in any of its forms."""

import datetime as dt

import pandas as pd

from analysis.problems import Problem, StudyError, shorten
from analysis.study.dates import ASKED_FOR, last_day


def read_date(name: str, date: str | dt.date | pd.Timestamp | None) -> dt.date | None:
    """Return the day that a date means, or ``None`` where none is given.

    Raises:
        StudyError: it is not a date.
    """
    if date is None:
        return None
    try:
        return last_day("" if date is pd.NaT else date)
    except ValueError as error:
        rule = "it is not a date"
        raise StudyError([Problem(name, None, "", shorten(date), rule, ASKED_FOR)]) from error
