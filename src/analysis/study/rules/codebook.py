"""Rules on the codebook's own tables: scales, levels, criteria, recommendations, notices."""

import re

import numpy as np
import pandas as pd

from analysis.study import vocabulary as v
from analysis.study.published import levels_of
from analysis.study.rules.engine import CODED, Rule, RuleSet, look_up, numbers
from analysis.study.rules.ids_and_dates import differ_only_in_case


def _as_read(name: str) -> str:
    """Return a name without capitals and separators of words, since readers may overlook them."""
    return re.sub(r"[\s_-]", "", name).casefold()


_UNKNOWNS = {_as_read(word) for word in (*v.WORD, *v.WORD.values())}


def _have_one_value(levels: pd.DataFrame, *_) -> pd.Series:
    """Return the rows of scales whose levels all have the same value."""
    values = numbers(levels["value"]).groupby(levels["scale_id"])
    return values.transform("max") <= values.transform("min")


def _off_scale(rows: pd.DataFrame, criteria: pd.DataFrame, levels: pd.DataFrame) -> pd.Series:
    """Return which rows have a level (one or more) that is not on their criterion's scale."""
    allowed = set(zip(levels["scale_id"], levels["level"], strict=True))
    scale = look_up(rows["criterion_id"], criteria, "criterion_id", "scale_id")
    of_scale, scales = pd.factorize(scale)
    of_level, texts = pd.factorize(rows["level"])
    # There are few distinct pairs of scale and level, so each is checked once.
    each, pairs = pd.factorize(of_scale * len(texts) + of_level)

    def lacks(scale_id: str, text: str) -> bool:
        # A published total may join several levels by ;. No level itself holds a semicolon.
        return text != "" and any((scale_id, level) not in allowed for level in levels_of(text))

    count = len(texts)
    is_off_scale = [p >= 0 and lacks(scales[p // count], texts[p % count]) for p in pairs.tolist()]
    return pd.Series(np.array(is_off_scale, dtype=bool)[each], rows.index)


OFF_SCALE = "it is not a level of the scale of {criterion_id}"
SCALE_REMEDY = "use a level of the criterion's scale (levels.csv)"
CODED_REMEDY = f"{SCALE_REMEDY}, or one of: {', '.join(v.TYPED)}"


def _without_unit(criteria: pd.DataFrame) -> pd.Series:
    return criteria["ask_of"].str.replace("{unit}", "", regex=False)


def _names_the_unit(criteria: pd.DataFrame) -> pd.Series:
    rest = _without_unit(criteria).str.strip(" .,").str.casefold()
    return rest.isin(["", "the"]) & (criteria["ask_of"] != "")


def _lack_rules(criteria: pd.DataFrame, rules: pd.DataFrame, levels: pd.DataFrame) -> pd.Series:
    """Return which scored criteria lack a rule for some level."""
    needed, written = (
        criteria[key].astype(object).map(table.groupby(key)["level"].nunique()).fillna(0)
        for key, table in (("scale_id", levels), ("criterion_id", rules))
    )
    return (criteria["scored"] == "yes") & (written < needed)


def _scored_unread(criteria: pd.DataFrame, recommendations: pd.DataFrame) -> pd.Series:
    key = "recommendation_id"
    read = look_up(criteria[key], recommendations, key, "text_read")
    return (criteria["scored"] == "yes") & (read == "not_read")


def has_cycle(name: str, parent: dict[str, str]) -> bool:
    """Return whether the chain of a group's parents has a cycle."""
    seen = set()
    while name:
        if name in seen:
            return True
        seen.add(name)
        name = parent.get(name, "")
    return False


def _have_cycles(recommendations: pd.DataFrame) -> list[bool]:
    names = recommendations["recommendation_id"]
    parent = dict(zip(names, recommendations["parent_id"], strict=True))
    return [has_cycle(name, parent) for name in names]


# fmt: off
RULES = (
    RuleSet(("criteria",), (
        Rule("scale_id", lambda rows, levels: ~rows["scale_id"].isin(levels["scale_id"]),
             "no level of this scale is in levels.csv", "add its levels, or correct it"),
    ), needs=("levels",)),
    RuleSet(("levels",), (
        Rule("level", lambda rows, _: rows["level"].map(_as_read).isin(_UNKNOWNS),
             "this is the name of an unknown, not of a level", "choose another name"),
        Rule("scale_id", lambda rows, _: differ_only_in_case(rows["scale_id"]),
             "another scale's id differs from it only in capitals",
             "choose ids that differ in more, or write one scale's alike"),
        Rule("value", _have_one_value, "all levels of the scale have the same value",
             "give the levels their values"),
    ), needs=("criteria",)),
    RuleSet(CODED, (
        Rule("level",
             lambda rows, *others: _off_scale(rows, *others) & ~rows["level"].isin(v.UNKNOWNS),
             OFF_SCALE, CODED_REMEDY),
        Rule("level", lambda rows, *_: rows["level"].isin(v.DERIVED),
             "this unknown is derived and never typed", CODED_REMEDY),
    ), needs=("criteria", "levels")),
    RuleSet(("rules", "published_totals"), (
        Rule("level", _off_scale, OFF_SCALE, SCALE_REMEDY),
    ), needs=("criteria", "levels")),
    RuleSet(("criteria",), (
        Rule("ask_of", lambda rows: _without_unit(rows).str.contains("[{}]"),
             "its braces hold something other than the word unit",
             "write {unit} where the unit's name belongs, or words without braces"),
        Rule("ask_of", _names_the_unit, "it names the unit itself",
             "leave it empty: then the unit is asked; or name the other body"),
        Rule("ask_of", lambda rows: differ_only_in_case(rows["ask_of"]),
             "an earlier row names this body with other capitals, which would make two letters to it",
             "write the body the same way in every row"),
    )),
    RuleSet(("criteria",), (
        Rule("criterion_id", _lack_rules,
             "it is scored, and rules.csv lacks a decision rule for some of its levels",
             "write a rule for every level, or score it no"),
        Rule("weight", lambda rows, *_: (rows["scored"] == "yes") & (numbers(rows["weight"]) == 0),
             "it is scored with weight 0", "give it a weight, or score it no"),
        Rule("recommendation_id",
             lambda rows, *_: (rows["scored"] == "yes") & (rows["recommendation_id"] == ""),
             "it is scored, and belongs to no recommendation, finding or group",
             "name the one behind it, or score it no"),
    ), needs=("rules", "levels")),
    RuleSet(("recommendations",), (
        Rule("asks", lambda rows: (rows["text_read"] == "not_read") & (rows["asks"] != ""),
             "its text was not read, and yet it is paraphrased",
             "empty the cell, or say how far the text was read"),
        Rule("parent_id", _have_cycles, "its parents lead back to itself",
             "break the circle; the topmost group has no parent"),
        Rule("recommendation_id", lambda rows: rows["recommendation_id"] == "total",
             "the name total is kept for the whole", "choose another name"),
    )),
    RuleSet(("criteria",), (
        Rule("scored", _scored_unread,
             "it is scored on {recommendation_id}, whose text was not read",
             "score it no until the text is cited"),
    ), needs=("recommendations",)),
    RuleSet(("notices",), (
        Rule("unit_id", lambda rows: (rows["scope"] == "unit") != (rows["unit_id"] != ""),
             "it stands if, and only if, the scope is unit (it is {scope})",
             "correct the scope or the subject"),
        Rule("criterion_id",
             lambda rows: (rows["scope"] == "criterion") != (rows["criterion_id"] != ""),
             "it stands if, and only if, the scope is criterion (it is {scope})",
             "correct the scope or the subject"),
    )),
)
# fmt: on
