"""Normalise the value of one cell: correct harmless variants, refuse ambiguous ones."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from openpyxl.utils.datetime import from_excel

from analysis.fieldwork.forms import CODE, DATE, TEXT
from analysis.study.dates import exists
from analysis.study.signs import one_line, prose, spoilt

_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_ISO = re.compile(r"(\d{4})([-/.](\d{1,2})([-/.](\d{1,2}))?)?")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ t]00:00(:00(\.0+)?)?z?")
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ \-.]+([a-z]+)\.?,?[ \-]+(\d{4})")
_MONTH_DAY = re.compile(r"([a-z]+)\.?[ \-]+(\d{1,2})(?:st|nd|rd|th)?,?[ \-]+(\d{4})")
_MONTH_ONLY = re.compile(r"([a-z]+)\.?,?[ \-]+(\d{4})")
_YEARS = range(1900, 2101)
"""Numbers read as years; as day counts they would be days in 1905 to 1909."""
_DAY_COUNTS = range(20_000, 80_000)
"""Numbers read as the day count of a date: days in the years 1954 to 2119."""

DATE_REMEDY = "write 2021, 2021-12 or 2021-12-03"


@dataclass(frozen=True)
class Normalised:
    """The text of a cell, a note if it was changed, and a rule and remedy if it is refused."""

    text: str = ""
    note: str = ""
    rule: str = ""
    remedy: str = ""


SPOILT = "a program has spoilt letters, which stay as they came"


def normalised(value: object, kind: str, epoch: dt.datetime) -> Normalised:
    """Return the normalised value of a cell.

    Args:
        value: the value as openpyxl reads it: text, number, truth value, date or ``None``.
        kind: how it is read: :data:`forms.TEXT`, ``CODE``, ``DATE`` or ``LINK``.
        epoch: first day of the workbook's calendar, for days written as numbers.
    """
    if value is None:
        return Normalised()
    if kind == DATE:
        return _date(value, epoch)
    if isinstance(value, dt.datetime | dt.date):
        text = value.strftime("%Y-%m-%d")
        return Normalised(text, "a date was read as text")
    if isinstance(value, bool):
        return Normalised(str(value).upper(), "a truth value was read as text")
    if isinstance(value, int | float):
        text = str(int(value)) if float(value).is_integer() else repr(float(value))
        return Normalised(text, "a number was read as text")
    if not isinstance(value, str):
        return Normalised(rule="it is neither text nor a number", remedy="write it as text")
    text = normalised_text(value, kind)
    if spoilt(text):
        return Normalised(text, SPOILT)
    return Normalised(text, "" if text == value else "stray spaces or signs were taken out")


def normalised_text(value: str, kind: str = TEXT) -> str:
    """Return a text without stray white space at its ends.

    Non-breaking spaces become plain spaces, and line ends become line feeds. A code becomes one
    line without invisible characters. A text with only invisible characters becomes empty.
    """
    return one_line(value) if kind == CODE else prose(value)


def _date(value: object, epoch: dt.datetime) -> Normalised:
    if isinstance(value, bool):
        return Normalised(rule="a truth value is not a date", remedy=DATE_REMEDY)
    if isinstance(value, int | float):
        return _day_count(value, epoch)
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            return Normalised(rule="it is a time of day, and not only a date", remedy=DATE_REMEDY)
        return _real_date(value.date(), epoch)
    if isinstance(value, dt.date):
        return _real_date(value, epoch)
    if not isinstance(value, str):
        return Normalised(rule="it is not a date", remedy=DATE_REMEDY)
    return _written_date(value, epoch)


def _real_date(day: dt.date, epoch: dt.datetime) -> Normalised:
    """Read a cell that the program stores as a date; refuse it if the program may have made it.

    A month or a year that is typed may become the first day of a month. A year that is typed into
    a date cell may become a day count: a day within a few years of the start of the calendar.
    """
    rule, count = "", (day - epoch.date()).days
    if day.day == 1:
        rule = "it may have been a month or a year, which it turned into a day"
    elif count in _YEARS:
        rule = f"it may have been the year {count}, which it took for a count of days"
    if rule:
        return Normalised(
            rule=f"the program holds {day.isoformat()} here: {rule}",
            remedy=f"format the cell as text, and {DATE_REMEDY}",
        )
    return Normalised(day.isoformat(), "a date of the program was read as a day")


def _day_count(value: int | float, epoch: dt.datetime) -> Normalised:
    if float(value).is_integer() and int(value) in _YEARS:
        return Normalised(str(int(value)), "a number was read as a year")
    if not float(value).is_integer() or int(value) not in _DAY_COUNTS:
        return Normalised(
            rule="the number is not a date", remedy=f"format the cell as text, and {DATE_REMEDY}"
        )
    read = _real_date(from_excel(value, epoch).date(), epoch)
    return Normalised(
        read.text, read.note and "a day count was read as a day", read.rule, read.remedy
    )


def _written_date(value: str, epoch: dt.datetime) -> Normalised:
    text = normalised_text(value, CODE).lstrip("'").strip()
    if text == "":
        return Normalised("", "stray spaces or signs were taken out" if value else "")
    midnight = _MIDNIGHT.fullmatch(text.lower())
    iso, ambiguous = (midnight[1], False) if midnight else _iso_date(text.lower())
    if ambiguous:
        return Normalised(rule="it can be read as two different days", remedy=DATE_REMEDY)
    if iso is None:
        return Normalised(rule="it is not a date", remedy=DATE_REMEDY)
    if not exists(iso):
        return Normalised(rule=f"there is no such date as {iso}", remedy=DATE_REMEDY)
    # A time of midnight means that a program wrote this text from a date cell.
    if midnight and (read := _real_date(dt.date.fromisoformat(iso), epoch)).rule:
        return read
    return Normalised(iso, "" if iso == value else "a date was written another way")


def _iso_date(text: str) -> tuple[str | None, bool]:
    """Return a written date in ISO order, or ``None``, and whether it is ambiguous."""
    if match := _ISO.fullmatch(text):
        year, month, day = match[1], match[3], match[5]
        return "-".join([year, *(part.zfill(2) for part in (month, day) if part)]), False
    if re.fullmatch(r"\d{5}", text) and int(text) in _DAY_COUNTS:
        return None, True  # a day count that became text: its calendar is unknown
    if match := _NUMERIC.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), match[3]
        if first <= 12 and second <= 12 and first != second:
            return None, True
        day, month = (first, second) if second <= 12 else (second, first)
        return f"{year}-{month:02}-{day:02}", False
    if match := _MONTH_YEAR.fullmatch(text):
        return f"{match[2]}-{int(match[1]):02}", False
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2)), (_MONTH_ONLY, (2, 1))):
        match = pattern.fullmatch(text)
        if match and match[order[1]] in _MONTHS:
            parts = [match[order[0]], f"{_MONTHS[match[order[1]]]:02}"]
            parts += [f"{int(match[place]):02}" for place in order[2:]]
            return "-".join(parts), False
    return None, False
