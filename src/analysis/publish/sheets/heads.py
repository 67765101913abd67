"""The headings of the columns on the sheets of the workbook."""

from analysis.measure.gaps import GAP_STATES
from analysis.publish.described import TABLES, field_of
from analysis.show.labels import word
from analysis.study import Study
from analysis.wording import capital

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
"""The heading of each column that has another than its name: ``source_id`` is "Source"."""


def sheet_heads(study: Study, name: str) -> dict[str, str]:
    """Return the heading of each column of a table's sheet, by column, in order.

    Raises:
        LookupError: a column is described nowhere.
    """
    about = TABLES[name]
    for column in about.sheet:
        field_of(study, name, column, about)
    unit = {"unit_id": capital(study.settings.unit_noun.singular)}
    heads = {**unit, **HEADS, **about.heads}
    return {column: heads.get(column) or _plain_head(column) for column in about.sheet}


def _plain_head(column: str) -> str:
    return capital(column.removesuffix("_id").replace("_", " "))
