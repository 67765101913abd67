"""Rules on ids: example rows, ids that differ only in capitals, ids that rows had before."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.problems import Problem
from analysis.study.example import MARK
from analysis.study.rules.engine import Check, Draft, Rule, RuleSet, repeats
from analysis.study.schema import Breach, row_problems


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
            if not examples:
                continue
            marked = frame[column].isin(examples).to_numpy() & ~named
            named |= marked
            yield from row_problems(table, frame, marked, Breach(column, rule, remedy))


def respelt(texts: pd.Series) -> pd.Series:
    """Return which texts differ only in capitals from the first one that is spelt alike."""
    return texts.groupby(texts.str.casefold()).transform("first") != texts


def _ids_too_alike(draft: Draft) -> Iterator[Problem]:
    rule = "an earlier row has this id with other capitals, and some systems keep the pages of both under one name"
    for name, frame in draft.frames.items():
        key = draft.tables[name].data_schema.primaryKey
        if len(key) == 1 and key[0] in frame:
            alike, table = respelt(frame[key[0]]).to_numpy(), draft.tables[name]
            breach = Breach(key[0], rule, "give one of the two another id")
            yield from row_problems(table, frame, alike, breach)


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
RULES = (
    Check(_examples_left),
    Check(_ids_too_alike),
    RuleSet(("units", "criteria"), (
        Rule("former_ids", lambda rows: rows["names_a_row"],
             "it names the id of a row that is still there", "name ids that no row has any longer"),
        Rule("former_ids", lambda rows: rows["claimed_twice"],
             "an id stands in it that is claimed twice", "leave each former id to one row"),
    ), needs=("units", "criteria"), view=_with_former_ids),
)
# fmt: on
