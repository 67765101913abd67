"""Rules on codings and assessments: what a level needs before it stands."""

import numpy as np
import pandas as pd

from analysis.study import vocabulary as v
from analysis.study.dates import (
    first_days,
    has_first_day,
    possible_days,
)
from analysis.study.rules.engine import Draft, needs

COMPLETE_REPLY = "complete_reply"
"""What a rule needs under which only evidence that was read whole carries the level."""


CODED = ("codings", "codings_history", "assessments", "assessments_history")


@needs("assignments", "criteria")
def _assignments_name_criteria(draft: Draft):
    held = set(draft.frames["criteria"]["criterion_id"])
    given = draft.frames["assignments"]["criterion_ids"]
    strange = {text: text != "" and not set(text.split(";")) <= held for text in given.unique()}
    yield from draft.at(
        "assignments",
        given.map(strange).to_numpy(dtype=bool),
        "criterion_ids",
        "it names what is no criterion_id of criteria.csv",
        "correct it, or add the criterion",
    )


@needs("assessments", "criteria", "levels")
def _levels_hold_since_they_apply(draft: Draft):
    frame = draft.frames["assessments"]
    applies = draft.map("assessments", "criterion_id", "criteria", "criterion_id", "applies_from")
    start = first_days(applies.fillna(""))
    first, _ = possible_days(frame, draft.frames.get("units"))
    at_level = (~frame["level"].isin(v.UNKNOWNS)).to_numpy()
    early = at_level & ~np.isnan(start) & ~(first >= start)
    yield from draft.at(
        "assessments",
        early,
        "level",
        "its first possible day is unknown, or before the day on which {criterion_id} begins to apply",
        "set not_before where the source shows it; otherwise it is inconclusive",
    )


@needs("assessments")
def _no_ties(draft: Draft):
    frame = draft.frames["assessments"]
    first, last = possible_days(frame, draft.frames.get("units"))
    order = frame[["unit_id", "criterion_id", "confidence", "level"]].assign(first=first, last=last)
    unknown = frame["level"].isin(v.UNKNOWNS)
    # Levels, and what does not apply from a day on, come in one order; unknowns in another.
    in_effect = ~unknown | ((frame["level"] == v.NOT_APPLICABLE) & has_first_day(frame))
    key = ["unit_id", "criterion_id", "first", "last", "confidence"]
    different = np.zeros(len(frame), dtype=bool)
    for rows in (in_effect, unknown):
        tied = order[rows].groupby(key, dropna=False)["level"].transform("nunique") > 1
        different[rows] |= tied
    yield from draft.at(
        "assessments",
        different,
        "level",
        "it ties with another row of {unit_id}, {criterion_id} by date and confidence, at another level",
        "settle which of the rows stands",
    )


@needs("assessments")
def _settled_by_reading_says_why(draft: Draft):
    frame = draft.frames["assessments"]
    # That nobody is named is said of its own column.
    silent = ~frame["settled_by"].isin(["", "agreement"]) & (frame["settled_why"] == "")
    yield from draft.at(
        "assessments",
        silent,
        "settled_why",
        "settled by {settled_by} without a reason",
        "say why this level stands",
    )
    if draft.settings and not draft.settings.is_draft:
        for column in ("checked_by", "checked_on"):
            yield from draft.at(
                "assessments",
                frame[column] == "",
                column,
                "the study is marked checked, and this assessment is not",
                "say who checked it and when, or mark the study draft",
            )


@needs("assessments", "rules", "evidence")
def _levels_have_what_they_need(draft: Draft):
    frame, read = draft.frames["assessments"], draft.frames["evidence"]
    extent = dict(zip(read["evidence_id"], read["extent_read"], strict=True))
    rules = draft.frames["rules"]
    rules = rules[rules["needs"] == COMPLETE_REPLY]
    needing = set(zip(rules["criterion_id"], rules["level"], strict=True))
    rows = zip(frame["criterion_id"], frame["level"], frame["evidence_ids"], strict=True)
    read = [
        {extent.get(one) for one in ids.split(";")} if (criterion, level) in needing else {"whole"}
        for criterion, level, ids in rows
    ]
    rule = "the rule for {level} on {criterion_id} needs the complete reply, and the evidence "
    yield from draft.at(
        "assessments",
        [not one & {"whole", "whole_excerpt"} for one in read],
        "level",
        rule + "was read in part only",
        "read the whole, or settle it as inconclusive",
    )
    broken = np.array(["whole" not in one and "whole_excerpt" in one for one in read], dtype=bool)
    imported = (frame["settled_by"] == v.IMPORTED).to_numpy()
    yield from draft.at(
        "assessments",
        broken & imported,
        "level",
        rule + "is an imported table, which shows no reply",
        "bring in the reply itself, or take the answer as inconclusive",
    )
    broken &= ~imported
    bare = (frame["settled_by"] == "agreement") | (frame["settled_why"] == "")
    yield from draft.at(
        "assessments",
        broken & bare.to_numpy(),
        "settled_why",
        rule + "is all that a broken copy holds",
        "a third reading must say in settled_why why it carries the level all the same",
    )


@needs("assessments", "replies")
def _what_follows_from_a_reply_fits_it(draft: Draft):
    frame, replies = draft.frames["assessments"], draft.frames["replies"]
    held = {
        one["reply_id"]: (one["unit_id"], one["criterion_id"], one["decision"])
        for one in replies.to_dict("records")
    }

    def strays(row) -> bool:
        unit, criterion, decision = held.get(row.settled_by, ("", "", ""))
        fits = unit == row.unit_id and criterion in ("", row.criterion_id)
        return row.settled_by in held and not (fits and decision in ("accepted", "partly"))

    yield from draft.at(
        "assessments",
        [strays(row) for row in frame[["unit_id", "criterion_id", "settled_by"]].itertuples()],
        "settled_by",
        "the reply {settled_by} is about another cell, or was not accepted",
        "name the reply that this follows from, accepted or partly",
    )


@needs("set_aside", "codings", "assessments")
def _set_aside_cells_are_coded_and_unassessed(draft: Draft):
    cells, coded, assessed = (
        pd.MultiIndex.from_frame(draft.frames[name][["unit_id", "criterion_id"]])
        for name in ("set_aside", "codings", "assessments")
    )
    yield from draft.at(
        "set_aside",
        ~cells.isin(coded),
        "criterion_id",
        "nobody has coded {unit_id}, {criterion_id}, so that nothing is left without an assessment",
        "remove the row",
    )
    yield from draft.at(
        "set_aside",
        cells.isin(assessed),
        "criterion_id",
        "{unit_id}, {criterion_id} has an assessment",
        "remove this row, or the assessment",
    )
