"""Rules on codings and assessments: what a level needs before it stands."""

import numpy as np
import pandas as pd

from analysis.study import vocabulary as v
from analysis.study.dates import first_days, has_first_day, possible_days
from analysis.study.rules.engine import SETTINGS, Draft, Rule, RuleSet

_CELL = ["unit_id", "criterion_id"]


def _with_days(draft: Draft, name: str) -> pd.DataFrame:
    """Return rows with the first and last day of which they can speak."""
    rows = draft.frames[name]
    first, last = possible_days(rows, draft.frames.get("units"))
    return rows.assign(first_day=first, last_day=last)


def _with_start(draft: Draft, name: str) -> pd.DataFrame:
    """Return rows with, beside their days, that from which on their criterion applies."""
    rows = _with_days(draft, name)
    applies = draft.look_up(rows["criterion_id"], "criteria", "criterion_id", "applies_from")
    return rows.assign(start=first_days(applies.fillna("")))


def _before_it_applies(rows: pd.DataFrame) -> pd.Series:
    since = rows["start"].isna() | (rows["first_day"] >= rows["start"])
    return ~rows["level"].isin(v.UNKNOWNS) & ~since


def _tied(rows: pd.DataFrame) -> np.ndarray:
    """Return which rows tie with one of the same cell, days and confidence at another level."""
    unknown = rows["level"].isin(v.UNKNOWNS)
    # Levels, and what does not apply from a day on, come in one order; unknowns in another.
    in_effect = ~unknown | ((rows["level"] == v.NOT_APPLICABLE) & has_first_day(rows))
    key = [*_CELL, "first_day", "last_day", "confidence"]
    tied = np.zeros(len(rows), dtype=bool)
    for among in (in_effect, unknown):
        levels = rows[among].groupby(key, dropna=False)["level"]
        tied[among] |= levels.transform("nunique") > 1
    return tied


def _to_be_checked(draft: Draft, name: str) -> pd.DataFrame:
    """Return the rows if the study is marked checked, and otherwise none."""
    return draft.frames[name].iloc[: 0 if draft.settings.is_draft else None]


def _with_extent(draft: Draft, name: str) -> pd.DataFrame:
    """Return rows with how far the evidence was read: whole, in part, or a broken copy.

    Where no rule needs the complete reply, as if it had been read whole.
    """
    rows, evidence, rules = draft.frames[name], draft.frames["evidence"], draft.frames["rules"]
    extent = dict(zip(evidence["evidence_id"], evidence["extent_read"], strict=True))
    rules = rules[rules["needs"] == v.COMPLETE_REPLY]
    needing = set(zip(rules["criterion_id"], rules["level"], strict=True))

    def read(criterion: str, level: str, ids: str) -> str:
        extents = {extent.get(one) for one in ids.split(";")}
        if (criterion, level) not in needing or "whole" in extents:
            return "whole"
        return "copy" if "whole_excerpt" in extents else "part"

    cells = zip(rows["criterion_id"], rows["level"], rows["evidence_ids"], strict=True)
    return rows.assign(read=[read(*cell) for cell in cells])


def _copy_without_reason(rows: pd.DataFrame) -> pd.Series:
    bare = (rows["settled_by"] == "agreement") | (rows["settled_why"] == "")
    return (rows["read"] == "copy") & (rows["settled_by"] != v.IMPORTED) & bare


NEEDS_REPLY = "the rule for {level} on {criterion_id} needs the complete reply, and the evidence "


def _with_strays(draft: Draft, name: str) -> pd.DataFrame:
    """Return rows with whether they follow from a reply on another cell, or not accepted."""
    rows, replies = draft.frames[name], draft.frames["replies"]
    about = {one["reply_id"]: one for one in replies.to_dict("records")}

    def strays(unit: str, criterion: str, reply: dict[str, str] | None) -> bool:
        if reply is None:
            return False
        fits = reply["unit_id"] == unit and reply["criterion_id"] in ("", criterion)
        return not (fits and reply["decision"] in ("accepted", "partly"))

    cells = zip(*(rows[column] for column in (*_CELL, "settled_by")), strict=True)
    return rows.assign(strays=[strays(*cell, about.get(reply)) for *cell, reply in cells])


def _with_coded_cells(draft: Draft, name: str) -> pd.DataFrame:
    rows = draft.frames[name]
    cells, coded, assessed = (
        pd.MultiIndex.from_frame(draft.frames[one][_CELL])
        for one in (name, "codings", "assessments")
    )
    return rows.assign(is_coded=cells.isin(coded), is_assessed=cells.isin(assessed))


def _with_strange_criteria(draft: Draft, name: str) -> pd.DataFrame:
    rows, known = draft.frames[name], set(draft.frames["criteria"]["criterion_id"])
    named = [set(text.split(";")) if text else set() for text in rows["criterion_ids"]]
    return rows.assign(strange=[not ids <= known for ids in named])


RULES = (
    RuleSet(
        ("assessments",),
        (
            Rule(
                "level",
                _before_it_applies,
                "its first possible day is unknown, or before the day on which {criterion_id} begins to apply",
                "set not_before where the source shows it; otherwise it is inconclusive",
            ),
        ),
        needs=("criteria", "levels"),
        rows=_with_start,
    ),
    RuleSet(
        ("assessments",),
        (
            Rule(
                "level",
                _tied,
                "it ties with another row of {unit_id}, {criterion_id} by date and confidence, at another level",
                "settle which of the rows stands",
            ),
            # That nobody is named is said of its own column.
            Rule(
                "settled_why",
                lambda rows: (
                    ~rows["settled_by"].isin(["", "agreement"]) & (rows["settled_why"] == "")
                ),
                "settled by {settled_by} without a reason",
                "say why this level stands",
            ),
        ),
        rows=_with_days,
    ),
    RuleSet(
        ("assessments",),
        tuple(
            Rule(
                column,
                lambda rows, column=column: rows[column] == "",
                "the study is marked checked, and this assessment is not",
                "say who checked it and when, or mark the study draft",
            )
            for column in ("checked_by", "checked_on")
        ),
        needs=(SETTINGS,),
        rows=_to_be_checked,
    ),
    RuleSet(
        ("assessments",),
        (
            Rule(
                "level",
                lambda rows: rows["read"] == "part",
                NEEDS_REPLY + "was read in part only",
                "read the whole, or settle it as inconclusive",
            ),
            Rule(
                "level",
                lambda rows: (rows["read"] == "copy") & (rows["settled_by"] == v.IMPORTED),
                NEEDS_REPLY + "is an imported table, which shows no reply",
                "bring in the reply itself, or take the answer as inconclusive",
            ),
            Rule(
                "settled_why",
                _copy_without_reason,
                NEEDS_REPLY + "is all that a broken copy holds",
                "a third reading must say in settled_why why it carries the level all the same",
            ),
        ),
        needs=("rules", "evidence"),
        rows=_with_extent,
    ),
    RuleSet(
        ("assessments",),
        (
            Rule(
                "settled_by",
                lambda rows: rows["strays"],
                "the reply {settled_by} is about another cell, or was not accepted",
                "name the reply that this follows from, accepted or partly",
            ),
        ),
        needs=("replies",),
        rows=_with_strays,
    ),
    RuleSet(
        ("set_aside",),
        (
            Rule(
                "criterion_id",
                lambda rows: ~rows["is_coded"],
                "nobody has coded {unit_id}, {criterion_id}, so that nothing is left without an assessment",
                "remove the row",
            ),
            Rule(
                "criterion_id",
                lambda rows: rows["is_assessed"],
                "{unit_id}, {criterion_id} has an assessment",
                "remove this row, or the assessment",
            ),
        ),
        needs=("codings", "assessments"),
        rows=_with_coded_cells,
    ),
    RuleSet(
        ("assignments",),
        (
            Rule(
                "criterion_ids",
                lambda rows: rows["strange"],
                "it names what is no criterion_id of criteria.csv",
                "correct it, or add the criterion",
            ),
        ),
        needs=("criteria",),
        rows=_with_strange_criteria,
    ),
)
