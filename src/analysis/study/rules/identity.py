"""Rules on ids: example rows, ids that differ only in capitals, ids of former days."""

import numpy as np

from analysis.study.example import MARK
from analysis.study.rules.engine import Draft, needs


@needs()
def _examples_are_replaced(draft: Draft):
    for name, frame in draft.frames.items():
        schema = draft.tables[name].data_schema
        keys = {*schema.primaryKey, *(key.fields[0] for key in schema.foreignKeys)}
        named = np.zeros(len(frame), dtype=bool)
        for column in frame.columns.intersection(list(keys), sort=False):
            marked = frame[column].str.startswith(MARK).to_numpy(dtype=bool) & ~named
            named |= marked
            rule = "an example row of a new study still stands here"
            remedy = "put a row of your own in its place, or remove it"
            yield from draft.at(name, marked, column, rule, remedy)


@needs()
def _ids_differ_by_more_than_capitals(draft: Draft):
    for name, frame in draft.frames.items():
        key = draft.tables[name].data_schema.primaryKey
        if len(key) == 1 and key[0] in frame:
            ids = frame[key[0]]
            first = ids.groupby(ids.str.casefold()).transform("first")
            rule = "an earlier row has this id with other capitals, and some systems keep the pages of both under one name"
            yield from draft.at(name, first != ids, key[0], rule, "give one of the two another id")


@needs("units", "criteria")
def _former_ids_are_free(draft: Draft):
    for name, key in (("units", "unit_id"), ("criteria", "criterion_id")):
        frame = draft.frames[name]
        former = frame["former_ids"].str.split(";")
        claims = former.map(set).explode().value_counts()
        held = set(frame[key])
        for wrong, rule, remedy in (
            (
                former.map(lambda ids, held=held: not held.isdisjoint(ids)),
                "it names the id of a row that is still there",
                "name ids that no row has any longer",
            ),
            (
                former.map(
                    lambda ids, claims=claims: (
                        any(one and claims[one] > 1 for one in ids) or len(set(ids)) < len(ids)
                    )
                ),
                "an id stands in it that is claimed twice",
                "leave each former id to one row",
            ),
        ):
            yield from draft.at(name, wrong, "former_ids", rule, remedy)
