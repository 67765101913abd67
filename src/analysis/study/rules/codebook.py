"""Rules on the codebook's own tables: scales, levels, criteria, recommendations, notices."""

import re

import numpy as np
import pandas as pd

from analysis.study import vocabulary as v
from analysis.study.published import levels_of
from analysis.study.rules.coding import CODED
from analysis.study.rules.engine import Draft, needs


@needs("criteria", "levels")
def _scales_exist(draft: Draft):
    criteria, levels = draft.frames["criteria"], draft.frames["levels"]
    unknown = ~criteria["scale_id"].isin(levels["scale_id"])
    yield from draft.at(
        "criteria",
        unknown,
        "scale_id",
        "no level of this scale is in levels.csv",
        "add its levels, or correct it",
    )
    taken = {_read(one) for one in (*v.WORD, *v.WORD.values())}
    yield from draft.at(
        "levels",
        levels["level"].map(_read).isin(taken),
        "level",
        "this is the name of an unknown, not of a level",
        "choose another name",
    )
    first = levels["scale_id"].groupby(levels["scale_id"].str.casefold()).transform("first")
    yield from draft.at(
        "levels",
        first != levels["scale_id"],
        "scale_id",
        "another scale's id differs from it only in capitals",
        "choose ids that differ in more, or write one scale's alike",
    )
    numbers = pd.to_numeric(levels["value"], errors="coerce").groupby(levels["scale_id"])
    flat = (numbers.transform("max") <= numbers.transform("min")).to_numpy()
    yield from draft.at(
        "levels",
        flat,
        "value",
        "all levels of the scale have the same value",
        "give the levels their values",
    )


def _read(name: str) -> str:
    """Return a name as a reader may take it: without capitals and what parts its words."""
    return re.sub(r"[\s_-]", "", name).casefold()


@needs("criteria", "levels")
def _levels_are_on_the_scale(draft: Draft):
    levels = draft.frames["levels"]
    legal = set(zip(levels["scale_id"], levels["level"], strict=True))
    for name in (*CODED, "rules", "published_totals"):
        if name not in draft.frames:
            continue
        frame = draft.frames[name]
        scale = draft.map(name, "criterion_id", "criteria", "criterion_id", "scale_id")
        # A total may count several levels together; elsewhere no level holds a semicolon.
        pairs = zip(scale, frame["level"].map(levels_of), strict=True)
        off = np.array([any((s, one) not in legal for one in held) for s, held in pairs], bool)
        off &= scale.notna().to_numpy() & (frame["level"] != "").to_numpy()
        derived = frame["level"].isin(v.DERIVED).to_numpy() & (name in CODED)
        if name in CODED:
            off &= ~frame["level"].isin(v.UNKNOWNS).to_numpy()
        remedy = "use a level of the criterion's scale (levels.csv)"
        remedy += f", or one of: {', '.join(v.TYPED)}" if name in CODED else ""
        rule = "it is no level of the scale of {criterion_id}"
        yield from draft.at(name, off, "level", rule, remedy)
        rule = "this unknown is derived and never typed"
        yield from draft.at(name, derived, "level", rule, remedy)


@needs("criteria")
def _the_body_asked_can_be_named(draft: Draft):
    rest = draft.frames["criteria"]["ask_of"].str.replace("{unit}", "", regex=False)
    yield from draft.at(
        "criteria",
        rest.str.contains("[{}]"),
        "ask_of",
        "its braces hold something other than the word unit",
        "write {unit} where the unit's name belongs, or words without braces",
    )
    bodies = draft.frames["criteria"]["ask_of"]
    bare = rest.str.strip(" .,").str.casefold().isin(["", "the"]) & (bodies != "")
    yield from draft.at(
        "criteria",
        bare,
        "ask_of",
        "it names the unit itself",
        "leave it empty: then the unit is asked; or name the other body",
    )
    spelt = bodies.groupby(bodies.str.casefold()).transform("first")
    yield from draft.at(
        "criteria",
        spelt != bodies,
        "ask_of",
        "an earlier row names this body with other capitals, which would make two letters to it",
        "write the body the same way in every row",
    )


@needs("criteria", "rules", "levels")
def _scored_criteria_are_complete(draft: Draft):
    criteria, rules, levels = (draft.frames[name] for name in ("criteria", "rules", "levels"))
    scored = (criteria["scored"] == "yes").to_numpy()
    per_scale = levels.groupby("scale_id")["level"].nunique()
    per_criterion = rules.groupby("criterion_id")["level"].nunique()
    needed = criteria["scale_id"].map(per_scale).fillna(0)
    held = criteria["criterion_id"].map(per_criterion).fillna(0)
    yield from draft.at(
        "criteria",
        scored & (held < needed).to_numpy(),
        "criterion_id",
        "it is scored, and rules.csv lacks a decision rule for some of its levels",
        "write a rule for every level, or score it no",
    )
    weight = pd.to_numeric(criteria["weight"], errors="coerce")
    yield from draft.at(
        "criteria",
        scored & (weight == 0).to_numpy(),
        "weight",
        "it is scored with weight 0",
        "give it a weight, or score it no",
    )
    orphan = scored & (criteria["recommendation_id"] == "").to_numpy()
    yield from draft.at(
        "criteria",
        orphan,
        "recommendation_id",
        "it is scored, and belongs to no recommendation, finding or group",
        "name the one behind it, or score it no",
    )


@needs("recommendations")
def _unread_is_not_paraphrased(draft: Draft):
    frame = draft.frames["recommendations"]
    invented = (frame["text_read"] == "not_read") & (frame["asks"] != "")
    yield from draft.at(
        "recommendations",
        invented,
        "asks",
        "its text was not read, and yet it is paraphrased",
        "empty the cell, or say how far the text was read",
    )


@needs("recommendations", "criteria")
def _scored_criteria_were_read(draft: Draft):
    read = draft.map(
        "criteria", "recommendation_id", "recommendations", "recommendation_id", "text_read"
    )
    unread = (draft.frames["criteria"]["scored"] == "yes") & (read == "not_read")
    yield from draft.at(
        "criteria",
        unread,
        "scored",
        "it is scored on {recommendation_id}, whose text was not read",
        "score it no until the text is cited",
    )


@needs("recommendations")
def _groups_form_a_tree(draft: Draft):
    frame = draft.frames["recommendations"]
    parent = dict(zip(frame["recommendation_id"], frame["parent_id"], strict=True))
    looped = [loops(name, parent) for name in frame["recommendation_id"]]
    yield from draft.at(
        "recommendations",
        np.array(looped, dtype=bool),
        "parent_id",
        "its parents lead back to itself",
        "break the circle; the topmost group has no parent",
    )
    reserved = frame["recommendation_id"] == "total"
    yield from draft.at(
        "recommendations",
        reserved,
        "recommendation_id",
        "the name total is kept for the whole",
        "choose another name",
    )


def loops(name: str, parent: dict[str, str]) -> bool:
    """Return whether a group's parents lead back to one of them."""
    seen = set()
    while name:
        if name in seen:
            return True
        seen.add(name)
        name = parent.get(name, "")
    return False


@needs("notices")
def _notices_name_their_subject(draft: Draft):
    frame = draft.frames["notices"]
    for scope, column in (("unit", "unit_id"), ("criterion", "criterion_id")):
        wrong = (frame["scope"] == scope) != (frame[column] != "")
        yield from draft.at(
            "notices",
            wrong,
            column,
            f"it stands if, and only if, the scope is {scope} (it is {{scope}})",
            "correct the scope or the subject",
        )
