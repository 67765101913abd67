"""Rules on the codebook's own tables: scales, levels, criteria, recommendations, notices."""

import re

import numpy as np
import pandas as pd

from analysis.study import vocabulary as v
from analysis.study.published import levels_of
from analysis.study.rules.engine import CODED, Draft, Rule, RuleSet
from analysis.study.rules.identity import respelt


def _as_read(name: str) -> str:
    """Return a name as a reader may take it: without capitals and what parts its words."""
    return re.sub(r"[\s_-]", "", name).casefold()


_UNKNOWNS = {_as_read(one) for one in (*v.WORD, *v.WORD.values())}


def _without_scale(draft: Draft, _: str) -> pd.DataFrame:
    rows = draft.frames["criteria"]
    return rows.assign(scaleless=~rows["scale_id"].isin(draft.frames["levels"]["scale_id"]))


def _in_one_value(levels: pd.DataFrame) -> pd.Series:
    """Return the rows of a scale of which all levels have the same value."""
    values = pd.to_numeric(levels["value"], errors="coerce").groupby(levels["scale_id"])
    return values.transform("max") <= values.transform("min")


def _with_scale(draft: Draft, name: str) -> pd.DataFrame:
    """Return rows with whether their criterion's scale lacks their level, or one of several."""
    rows, levels = draft.frames[name], draft.frames["levels"]
    legal = set(zip(levels["scale_id"], levels["level"], strict=True))
    scale = draft.look_up(rows["criterion_id"], "criteria", "criterion_id", "scale_id")
    # A total may count several levels together; elsewhere no level holds a semicolon.
    pairs = zip(scale, rows["level"].map(levels_of), strict=True)
    off = np.array([any((s, one) not in legal for one in named) for s, named in pairs], bool)
    return rows.assign(off_scale=off & scale.notna() & (rows["level"] != ""))


OFF_SCALE, SCALE_REMEDY = (
    "it is no level of the scale of {criterion_id}",
    "use a level of the criterion's scale (levels.csv)",
)


def _without_unit(criteria: pd.DataFrame) -> pd.Series:
    return criteria["ask_of"].str.replace("{unit}", "", regex=False)


def _names_the_unit(criteria: pd.DataFrame) -> pd.Series:
    rest = _without_unit(criteria).str.strip(" .,").str.casefold()
    return rest.isin(["", "the"]) & (criteria["ask_of"] != "")


def _scored(draft: Draft, _: str) -> pd.DataFrame:
    """Return the criteria with whether they are scored, and lack a rule for some level."""
    criteria, rules, levels = (draft.frames[name] for name in ("criteria", "rules", "levels"))
    needed = criteria["scale_id"].map(levels.groupby("scale_id")["level"].nunique()).fillna(0)
    written = criteria["criterion_id"].map(rules.groupby("criterion_id")["level"].nunique())
    scored = criteria["scored"] == "yes"
    return criteria.assign(is_scored=scored, lacks_rules=scored & (written.fillna(0) < needed))


def _with_text_read(draft: Draft, _: str) -> pd.DataFrame:
    rows, key = draft.frames["criteria"], "recommendation_id"
    return rows.assign(text_read=draft.look_up(rows[key], "recommendations", key, "text_read"))


def loops(name: str, parent: dict[str, str]) -> bool:
    """Return whether a group's parents lead back to one of them."""
    seen = set()
    while name:
        if name in seen:
            return True
        seen.add(name)
        name = parent.get(name, "")
    return False


def _looped(recommendations: pd.DataFrame) -> list[bool]:
    names = recommendations["recommendation_id"]
    parent = dict(zip(names, recommendations["parent_id"], strict=True))
    return [loops(name, parent) for name in names]


RULES = (
    RuleSet(
        ("criteria",),
        (
            Rule(
                "scale_id",
                lambda rows: rows["scaleless"],
                "no level of this scale is in levels.csv",
                "add its levels, or correct it",
            ),
        ),
        needs=("criteria", "levels"),
        rows=_without_scale,
    ),
    RuleSet(
        ("levels",),
        (
            Rule(
                "level",
                lambda rows: rows["level"].map(_as_read).isin(_UNKNOWNS),
                "this is the name of an unknown, not of a level",
                "choose another name",
            ),
            Rule(
                "scale_id",
                lambda rows: respelt(rows["scale_id"]),
                "another scale's id differs from it only in capitals",
                "choose ids that differ in more, or write one scale's alike",
            ),
            Rule(
                "value",
                _in_one_value,
                "all levels of the scale have the same value",
                "give the levels their values",
            ),
        ),
        needs=("criteria", "levels"),
    ),
    RuleSet(
        CODED,
        (
            Rule(
                "level",
                lambda rows: rows["off_scale"] & ~rows["level"].isin(v.UNKNOWNS),
                OFF_SCALE,
                f"{SCALE_REMEDY}, or one of: {', '.join(v.TYPED)}",
            ),
            Rule(
                "level",
                lambda rows: rows["level"].isin(v.DERIVED),
                "this unknown is derived and never typed",
                SCALE_REMEDY + f", or one of: {', '.join(v.TYPED)}",
            ),
        ),
        needs=("criteria", "levels"),
        rows=_with_scale,
    ),
    RuleSet(
        ("rules", "published_totals"),
        (Rule("level", lambda rows: rows["off_scale"], OFF_SCALE, SCALE_REMEDY),),
        needs=("criteria", "levels"),
        rows=_with_scale,
    ),
    RuleSet(
        ("criteria",),
        (
            Rule(
                "ask_of",
                lambda rows: _without_unit(rows).str.contains("[{}]"),
                "its braces hold something other than the word unit",
                "write {unit} where the unit's name belongs, or words without braces",
            ),
            Rule(
                "ask_of",
                _names_the_unit,
                "it names the unit itself",
                "leave it empty: then the unit is asked; or name the other body",
            ),
            Rule(
                "ask_of",
                lambda rows: respelt(rows["ask_of"]),
                "an earlier row names this body with other capitals, which would make two letters to it",
                "write the body the same way in every row",
            ),
        ),
    ),
    RuleSet(
        ("criteria",),
        (
            Rule(
                "criterion_id",
                lambda rows: rows["lacks_rules"],
                "it is scored, and rules.csv lacks a decision rule for some of its levels",
                "write a rule for every level, or score it no",
            ),
            Rule(
                "weight",
                lambda rows: (
                    rows["is_scored"] & (pd.to_numeric(rows["weight"], errors="coerce") == 0)
                ),
                "it is scored with weight 0",
                "give it a weight, or score it no",
            ),
            Rule(
                "recommendation_id",
                lambda rows: rows["is_scored"] & (rows["recommendation_id"] == ""),
                "it is scored, and belongs to no recommendation, finding or group",
                "name the one behind it, or score it no",
            ),
        ),
        needs=("criteria", "rules", "levels"),
        rows=_scored,
    ),
    RuleSet(
        ("recommendations",),
        (
            Rule(
                "asks",
                lambda rows: (rows["text_read"] == "not_read") & (rows["asks"] != ""),
                "its text was not read, and yet it is paraphrased",
                "empty the cell, or say how far the text was read",
            ),
            Rule(
                "parent_id",
                _looped,
                "its parents lead back to itself",
                "break the circle; the topmost group has no parent",
            ),
            Rule(
                "recommendation_id",
                lambda rows: rows["recommendation_id"] == "total",
                "the name total is kept for the whole",
                "choose another name",
            ),
        ),
    ),
    RuleSet(
        ("criteria",),
        (
            Rule(
                "scored",
                lambda rows: (rows["scored"] == "yes") & (rows["text_read"] == "not_read"),
                "it is scored on {recommendation_id}, whose text was not read",
                "score it no until the text is cited",
            ),
        ),
        needs=("criteria", "recommendations"),
        rows=_with_text_read,
    ),
    RuleSet(
        ("notices",),
        tuple(
            Rule(
                column,
                lambda rows, scope=scope, column=column: (
                    (rows["scope"] == scope) != (rows[column] != "")
                ),
                f"it stands if, and only if, the scope is {scope} (it is {{scope}})",
                "correct the scope or the subject",
            )
            for scope, column in (("unit", "unit_id"), ("criterion", "criterion_id"))
        ),
    ),
)
