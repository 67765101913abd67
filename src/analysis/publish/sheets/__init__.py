"""The tables of the workbook as shown, and the headings of their columns."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from analysis.measure.gaps import GAP_STATES
from analysis.measure.results import Results
from analysis.measure.scores import shown
from analysis.measure.tree import TOTAL
from analysis.publish.context.answers import FINDING_WORDS
from analysis.publish.data_dictionary import TABLES, field_of, holds_dates
from analysis.show.labels import DECIDED, among_words, gap_words, levels_words, word
from analysis.spreadsheet import EARLIEST
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.dates import whole_day
from analysis.wording import capital

NOT_AVAILABLE, NOT_APPLICABLE = "[x]", "[z]"
"""The texts of cells in which nothing is known, and of cells to which the column does not apply."""

Words = Callable[..., object]
"""The function from a value to how it is shown."""


def as_sheet(
    results: Results, name: str, table: pd.DataFrame, blank: str = "none", **words: Words
) -> pd.DataFrame:
    """Return a published table as its sheet shows it, with the columns of its description.

    Args:
        results: the results, for the names and labels of ids.
        name: the name of the published table.
        table: the rows, with the further columns of the sheet.
        blank: the text of an empty cell.
        words: by column, how its values are shown, if that differs from other sheets.
    """
    words = {**_words(results), **words}

    def cell(column: str, value: Any) -> object:
        if column in words:
            value = words[column](value)
        return NOT_APPLICABLE if pd.isna(value) else blank if value == "" else value

    heads = sheet_heads(results.study, name)
    shown = {
        head: [cell(column, value) for value in table[column]] for column, head in heads.items()
    }
    dated = [head for column, head in heads.items() if holds_dates(results.study, name, column)]
    return pd.DataFrame(shown | {head: days(shown[head]) for head in dated}, dtype=object)


def days(values: Iterable) -> list:
    """Convert days to dates; a month, a year or a day too early for spreadsheets stays text."""
    return [_as_day(value) if isinstance(value, str) else value for value in values]


def _as_day(text: str) -> dt.date | str:
    try:
        day = whole_day(text)
    except ValueError:
        return text
    return day if day.year >= EARLIEST else text


def _words(results: Results) -> Mapping[str, Words]:
    """Return, by column, how its values are shown on every sheet: ids as names, codes as words."""
    study, display = results.study, results.study.settings.display
    names, labels = study.lookup("units", "name"), study.lookup("criteria", "label")
    groups = {**study.lookup("recommendations", "label"), TOTAL: "In all"}

    def score(value: float) -> float:
        return float(shown(value, display))

    return {
        "unit_id": names.__getitem__,
        "criterion_id": labels.__getitem__,
        "recommendation_id": groups.__getitem__,
        "group_id": groups.__getitem__,
        "state": word,
        "finding": FINDING_WORDS.__getitem__,
        "level": levels_words,
        "relation": word,
        "among": partial(among_words, names=names),
        "missing": partial(gap_words, labels=labels),
        "unknown": partial(gap_words, labels=labels, empty="none"),
        "low": score,
        "high": score,
        "known": lambda share: score(100 * share),
        "extent_read": lambda extent: capital(v.EXTENT[extent]),
        "decision": DECIDED.__getitem__,
    }


HEADS = {
    "last_level": "Last known level",
    "observed_on": "When",
    "rationale": "Why",
    "evidence_ids": "Evidence",
    "known": "Known, per cent",
    "missing": "What is missing",
    "unknown": "What is unknown",
    "notices": "Notice",
    "asks": "What it asks, as far as it was read",
    "published_totals": "Published total",
    "as_of": "On",
    "relation": "Published as",
    "count": "Published count",
    "of": "Out of",
    "named": "Named by the evidence",
    "status": "Compared with the evidence",
    "open_by": "Still open by",
    "clash": "Clashes with",
    "score": "Published",
    "effect": "What it does on this date",
    "states": "What it says, in our own words",
    "extent_read": "How far it was read",
    "url": "Address",
    "received_on": "Received",
    "says": "What it says, in our own words",
    "reason": "Why",
    "assessment": "What followed",
} | {state: capital(word(state)) for state in GAP_STATES}
"""The headings of columns that differ from the column's name: ``source_id`` is "Source"."""


def sheet_heads(study: Study, name: str) -> dict[str, str]:
    """Return the heading of each column of a table's sheet, by column, in order.

    Raises:
        LookupError: a column has no description.
    """
    about = TABLES[name]
    for column in about.sheet:
        field_of(study, name, column, about)
    unit = {"unit_id": capital(study.settings.unit_noun.singular)}
    heads = {**unit, **HEADS, **about.heads}
    return {column: heads.get(column) or _plain_head(column) for column in about.sheet}


def _plain_head(column: str) -> str:
    return capital(column.removesuffix("_id").replace("_", " "))
