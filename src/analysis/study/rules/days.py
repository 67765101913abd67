"""Rules on dates: each exists, and what begins comes before what ends."""

from collections.abc import Iterator

from analysis.problems import Problem
from analysis.study.dates import exists, first_days, last_days
from analysis.study.rules.engine import CODED, Check, Draft, Rule, RuleSet
from analysis.study.schema import Breach, row_problems
from analysis.study.vocabulary import REQUEST_DAYS

# fmt: off
DATE_COLUMNS = (
    "observed_on", "not_before", "not_after", "published", "date", "read_on", "searched_on",
    "period_start", "period_end", "as_of", "applies_from", "given_on", "returned_on", "due_on", "reply_by",
    *REQUEST_DAYS, "received_on", "replaced_on", "checked_on",
    "exists_from", "exists_until", "from_day", "retrieved_on",
)
# fmt: on
SPANS = (
    *((name, "not_before", "not_after") for name in (*CODED, "evidence")),
    ("figures", "period_start", "period_end"),
    ("sources", "published", "read_on"),
    ("evidence", "published", "read_on"),
    ("events", "date", "read_on"),
    ("requests", "sent_on", "due_on"),
    ("notified", "sent_on", "reply_by"),
    ("units", "exists_from", "exists_until"),
)
"""Pairs of columns of a table of which the first may not be after the second."""


def _no_dates(draft: Draft) -> Iterator[Problem]:
    rule, remedy = "the date does not exist", "correct it; write YYYY, YYYY-MM or YYYY-MM-DD"
    for name, frame in draft.frames.items():
        for column in frame.columns.intersection([*DATE_COLUMNS]):
            wrong = [text for text in frame[column].unique() if text and not exists(text)]
            where = frame[column].isin(wrong).to_numpy()
            yield from row_problems(draft.tables[name], frame, where, Breach(column, rule, remedy))


def _in_order(start: str, end: str) -> Rule:
    return Rule(
        start,
        lambda rows: first_days(rows[start]) > last_days(rows[end]),
        f"it is after {end} ({{{end}}})",
        "correct one of the two dates",
    )


# fmt: off
RULES = (
    Check(_no_dates),
    RuleSet(CODED, (
        Rule("observed_on", lambda rows: first_days(rows["observed_on"]) > first_days(rows["read_on"]),
             "its first possible day is after read_on ({read_on})", "correct one of the two dates"),
        Rule("not_before", lambda rows: first_days(rows["not_before"]) > first_days(rows["read_on"]),
             "its first possible day is after read_on ({read_on})", "correct one of the two dates"),
        Rule("observed_on",
             lambda rows: (rows["observed_on"] != "") & ((rows["not_before"] != "") | (rows["not_after"] != "")),
             "a dated row has bounds for an undated one too", "empty either the date or the bounds"),
    )),
    *(RuleSet((table,), (_in_order(start, end),)) for table, start, end in SPANS),
)
# fmt: on
