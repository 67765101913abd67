"""The headings of the columns on the sheets of the workbook."""

from analysis.measure.gaps import GAP_STATES
from analysis.publish.described import TABLES, field_of
from analysis.show.labels import word
from analysis.study import Study
from analysis.wording import capital

HEADS = {
    "unit_id": "{Unit}",
    "criterion_id": "Criterion",
    "recommendation_id": "Recommendation",
    "group_id": "Group",
    "state": "State",
    "last_level": "Last known level",
    "observed_on": "When",
    "confidence": "Confidence",
    "rationale": "Why",
    "evidence_ids": "Evidence",
    "low": "Low",
    "high": "High",
    "known": "Known, per cent",
    "missing": "What is missing",
    "unknown": "What is unknown",
    "notices": "Notice",
    "asks": "What it asks, as far as it was read",
    "scored": "Scored",
    "published_totals": "Published total",
    "total_id": "Total",
    "level": "Level",
    "as_of": "On",
    "relation": "Published as",
    "count": "Published count",
    "of": "Out of",
    "among": "Among",
    "named": "Named by the evidence",
    "status": "Compared with the evidence",
    "open_by": "Still open by",
    "set_aside": "Set aside",
    "clash": "Clashes with",
    "source_id": "Source",
    "note": "Note",
    "score_id": "Score",
    "score": "Published",
    "rounding": "Rounding",
    "effect": "What it does on this date",
    "evidence_id": "Evidence",
    "states": "What it says, in our own words",
    "extent_read": "How far it was read",
    "publisher": "Publisher",
    "title": "Title",
    "published": "Published",
    "url": "Address",
    "reply_id": "Reply",
    "received_on": "Received",
    "says": "What it says, in our own words",
    "decision": "Decision",
    "reason": "Why",
    "assessment": "What followed",
    "read_on": "Read on",
} | {state: capital(word(state)) for state in GAP_STATES}
"""The heading of each column on the sheets of the workbook; {Unit} is the study's noun."""


def sheet_heads(study: Study, name: str) -> dict[str, str]:
    """Return the heading of each column of a table's sheet, by column, in order.

    Raises:
        LookupError: a column is described nowhere, or has no heading.
    """
    about = TABLES[name]
    heads = {**HEADS, **about.heads}
    if bare := [column for column in about.sheet if column not in heads]:
        raise LookupError(
            f"the column {bare[0]} of {name} has no heading on its sheet: add it to HEADS in publish/sheets/heads.py"
        )
    for column in about.sheet:
        field_of(study, name, column, about)
    noun = capital(study.settings.unit_noun.singular)
    return {column: heads[column].format(Unit=noun) for column in about.sheet}
