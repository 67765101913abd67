"""Words and numbers in prose: lists, capitals, and numbers as they were written."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import get_close_matches


def capital(text: str) -> str:
    """Return a text with a capital at its start, and the rest of it as it is."""
    return text[:1].upper() + text[1:]


_SOUNDED_YOU = re.compile(r"(?:eu|one\b|uni(?![nm])|us[aeu]|ut[ei]|ufo)", re.IGNORECASE)
_SILENT_H = re.compile(r"(?:hour|hono|heir|honest)", re.IGNORECASE)


def with_article(noun: str) -> str:
    """Return a noun with "a" or "an" before it, by how its first letters sound."""
    vowel = noun[:1].lower() in ("a", "e", "i", "o", "u") and not _SOUNDED_YOU.match(noun)
    return f"{'an' if vowel or _SILENT_H.match(noun) else 'a'} {noun}"


def exact(number: str) -> str:
    """Return a number in all its digits, as it was written, its thousands grouped."""
    return f"{Decimal(number):,f}"


def nearest(name: object, names: Iterable[str]) -> str:
    """Return the names nearest to a misspelt one, as words that follow a rule; or nothing."""
    near = get_close_matches(name[:100], list(names), 3, 0.4) if isinstance(name, str) else []
    return f"; the nearest: {', '.join(near)}" if near else ""


def agreeing(count: int, singular: str, plural: str) -> str:
    """Return the form of a noun or a verb that goes with a count."""
    return singular if count == 1 else plural


def counted(count: int, singular: str, plural: str) -> str:
    """Return a count with its noun: "1 cell", "2 cells", "1,000 cells"."""
    return f"{count:,} {agreeing(count, singular, plural)}"


def some_of(count: int, total: int, singular: str, plural: str) -> str:
    """Return a part of a whole: "1 of 6 searches", "1 of 1 search"; its verb agrees with the part."""
    return f"{count:,} of {counted(total, singular, plural)}"


DOZEN = 12
"""The most names in a sentence; beyond it, the sentence refers to a table of all names."""


def listed(parts: Sequence[str], table: str = "") -> str:
    """Return the parts as prose: "a", "a and b", "a, b and c".

    Args:
        parts: the names.
        table: a table with all of them; if given, the list stops after a dozen and refers to it.
    """
    if table:
        parts = [*parts[:DOZEN], *further(parts, table)]
    *first, last = parts or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def stopped(parts: Sequence[str], table: str, between: str = "; ") -> str:
    """Return the parts joined; after a dozen, the text refers to the table of all."""
    return between.join([*parts[:DOZEN], *further(parts, table)]) or "none"


def beyond(parts: Sequence, most: int = DOZEN) -> int:
    """Return how many parts there are beyond a maximum."""
    return max(len(parts) - most, 0)


def further(parts: Sequence, table: str) -> list[str]:
    """Return a reference to the table for the parts beyond a dozen, if there are any."""
    more = beyond(parts)
    return [f"{more:,} more (see the table {table})"] if more else []


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""In English in any locale."""


def spoken(day) -> str:
    """Return a date as British prose writes it, such as 17 December 2020."""
    return spoken_date(day.isoformat())


def spoken_date(text: str) -> str:
    """Return a date of a table, YYYY, YYYY-MM or YYYY-MM-DD, as British prose writes it."""
    year, *rest = text.split("-")
    month = [_MONTHS[int(number) - 1] for number in rest[:1]]
    return " ".join([*(str(int(day)) for day in rest[1:]), *month, year])
