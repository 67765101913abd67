"""Rules on ids and dates of any table: each id names one row, and each date exists."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.problems import Problem
from analysis.study.dates import exists, first_days, last_days
from analysis.study.example import MARK
from analysis.study.rules.engine import CODED, Check, Draft, Rule, RuleSet, repeats
from analysis.study.schema import Breach, row_problems
from analysis.study.vocabulary import REQUEST_DAYS


def _examples_left(draft: Draft) -> Iterator[Problem]:
    rule = "an example row of a new study still stands here"
    remedy = "put a row of your own in its place, or remove it"
    for name, frame in draft.frames.items():
        table = draft.tables[name]
        schema = table.data_schema
        keys = {*schema.primaryKey, *(key.fields[0] for key in schema.foreignKeys)}
        named = np.zeros(len(frame), dtype=bool)
        for column in frame.columns.intersection(list(keys), sort=False):
            examples = [text for text in frame[column].unique() if text.startswith(MARK)]
            marked = frame[column].isin(examples).to_numpy() & ~named
            named |= marked
            yield from row_problems(table, frame, marked, Breach(column, rule, remedy))


def differ_only_in_case(texts: pd.Series) -> pd.Series:
    """Return which texts differ only in capitals from the first text with the same letters."""
    return texts.groupby(texts.str.casefold()).transform("first") != texts


def _ids_alike_but_for_case(draft: Draft) -> Iterator[Problem]:
    rule = "an earlier row has this id with other capitals, and some systems keep the pages of both under one name"
    for name, frame in draft.frames.items():
        key = draft.tables[name].data_schema.primaryKey
        if len(key) == 1 and key[0] in frame:
            is_respelt, table = differ_only_in_case(frame[key[0]]).to_numpy(), draft.tables[name]
            breach = Breach(key[0], rule, "give one of the two another id")
            yield from row_problems(table, frame, is_respelt, breach)


def _with_former_ids(rows: pd.DataFrame, *_) -> pd.DataFrame:
    ids = set(rows["unit_id" if "unit_id" in rows else "criterion_id"])
    former = rows["former_ids"].str.split(";")
    claims = former.map(set).explode().value_counts()
    return rows.assign(
        names_a_row=[not ids.isdisjoint(names) for names in former],
        claimed_twice=[
            any(name and claims[name] > 1 for name in names) or repeats(names) for names in former
        ],
    )


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
"""Tables with two date columns, of which the first may not be after the second."""


def _nonexistent_dates(draft: Draft) -> Iterator[Problem]:
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
    Check(_examples_left),
    Check(_ids_alike_but_for_case),
    RuleSet(("units", "criteria"), (
        Rule("former_ids", lambda rows: rows["names_a_row"],
             "it names the id of a row that is still there", "name ids that no row has any longer"),
        Rule("former_ids", lambda rows: rows["claimed_twice"],
             "an id stands in it that is claimed twice", "leave each former id to one row"),
    ), needs=("units", "criteria"), view=_with_former_ids),
    Check(_nonexistent_dates),
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
