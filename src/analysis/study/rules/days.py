"""Rules on dates: they exist, and come in order."""

from analysis.study.dates import (
    exists,
    first_days,
    last_days,
)
from analysis.study.rules.coding import CODED
from analysis.study.rules.engine import Draft, needs

DATE_COLUMNS = (
    "observed_on",
    "not_before",
    "not_after",
    "published",
    "date",
    "read_on",
    "searched_on",
    "period_start",
    "period_end",
    "as_of",
    "applies_from",
    "given_on",
    "returned_on",
    "sent_on",
    "due_on",
    "answered_on",
    "reviewed_on",
    "received_on",
    "replaced_on",
    "checked_on",
    "exists_from",
    "exists_until",
    "from_day",
)


@needs()
def _dates_exist(draft: Draft):
    for name, frame in draft.frames.items():
        for column in frame.columns.intersection(DATE_COLUMNS):
            known = {text: text == "" or exists(text) for text in frame[column].unique()}
            yield from draft.at(
                name,
                ~frame[column].map(known).to_numpy(dtype=bool),
                column,
                "the date does not exist",
                "correct it; write YYYY, YYYY-MM or YYYY-MM-DD",
            )


@needs()
def _dates_in_order(draft: Draft):
    for name in CODED:
        if name not in draft.frames:
            continue
        frame = draft.frames[name]
        read_on = first_days(frame["read_on"])
        for column in ("observed_on", "not_before"):
            late = first_days(frame[column]) > read_on
            yield from draft.at(
                name,
                late,
                column,
                "its first possible day is after read_on ({read_on})",
                "correct one of the two dates",
            )
        both = (frame["observed_on"] != "") & ((frame["not_before"] + frame["not_after"]) != "")
        yield from draft.at(
            name,
            both,
            "observed_on",
            "a dated row has bounds for an undated one too",
            "empty either the date or the bounds",
        )


SPANS = (
    *((name, "not_before", "not_after") for name in (*CODED, "evidence")),
    ("figures", "period_start", "period_end"),
    ("sources", "published", "read_on"),
    ("evidence", "published", "read_on"),
    ("events", "date", "read_on"),
    ("requests", "sent_on", "due_on"),
    ("requests", "sent_on", "answered_on"),
    ("requests", "answered_on", "reviewed_on"),
    ("units", "exists_from", "exists_until"),
)
"""Pairs of columns of a table of which the first may not be after the second."""


@needs()
def _spans_run_forward(draft: Draft):
    for name, start, end in SPANS:
        if name in draft.frames:
            frame = draft.frames[name]
            crossed = first_days(frame[start]) > last_days(frame[end])
            rule = f"it is after {end} ({{{end}}})"
            yield from draft.at(name, crossed, start, rule, "correct one of the two dates")
