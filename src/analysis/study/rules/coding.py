"""Rules on codings, assessments and findings: what a level or a sentence needs to be valid."""

import numpy as np
import pandas as pd

from analysis.frames import records
from analysis.study import vocabulary as v
from analysis.study.dates import first_days, has_first_day, possible_days
from analysis.study.rules.engine import SETTINGS, Rule, RuleSet, look_up, name_unknown_ids

_CELL = ["unit_id", "criterion_id"]
NEEDS_REPLY = "the rule for {level} on {criterion_id} needs the complete reply, and the evidence "


def _before_it_applies(
    rows: pd.DataFrame, criteria: pd.DataFrame, _: pd.DataFrame, units: pd.DataFrame | None
) -> pd.Series:
    """Return which levels may date from a day on which their criterion does not apply yet."""
    applies = look_up(rows["criterion_id"], criteria, "criterion_id", "applies_from")
    start = first_days(applies.fillna(""))
    first = possible_days(rows, units)[0]
    return ~rows["level"].isin(v.UNKNOWNS) & ~np.isnan(start) & ~(first >= start)


def _tied(rows: pd.DataFrame, units: pd.DataFrame | None) -> np.ndarray:
    """Return which rows tie with one of the same cell, days and confidence at another level."""
    first, last = possible_days(rows, units)
    unknown = rows["level"].isin(v.UNKNOWNS)
    # Levels, and rows at not_applicable with a first day, are ordered apart from the unknowns.
    in_effect = ~unknown | ((rows["level"] == v.NOT_APPLICABLE) & has_first_day(rows))
    key = [*_CELL, "first", "last", "confidence"]
    tied = np.zeros(len(rows), dtype=bool)
    for among in (in_effect, unknown):
        levels = rows.assign(first=first, last=last)[among].groupby(key, dropna=False)["level"]
        tied[among] |= levels.transform("nunique") > 1
    return tied


def _with_extent(rows: pd.DataFrame, rules: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Add ``read`` to rows: ``whole``, ``copy`` (an incomplete copy, read to its end) or ``part``.

    Rows whose rule does not need the complete reply count as ``whole``.
    """
    extent = dict(zip(evidence["evidence_id"], evidence["extent_read"], strict=True))
    rules = rules[rules["needs"] == v.COMPLETE_REPLY]

    def extent_of(ids: str) -> str:
        extents = {extent.get(part) for part in ids.split(";")}
        if "whole" in extents:
            return "whole"
        return "copy" if "whole_excerpt" in extents else "part"

    read = np.full(len(rows), "whole", dtype=object)
    needing = _are_in(rows, rules, ["criterion_id", "level"])
    read[needing] = [extent_of(ids) for ids in rows.loc[needing, "evidence_ids"]]
    return rows.assign(read=read)


def _copy_without_reason(rows: pd.DataFrame) -> pd.Series:
    bare = (rows["settled_by"] == "agreement") | (rows["settled_why"] == "")
    return (rows["read"] == "copy") & (rows["settled_by"] != v.IMPORTED) & bare


def _rest_on_wrong_reply(rows: pd.DataFrame, replies: pd.DataFrame) -> list[bool]:
    """Return which rows rest on a reply that is about another cell, or was not accepted."""
    about = {row["reply_id"]: row for row in records(replies)}

    def is_wrong_reply(unit: str, criterion: str, reply_id: str) -> bool:
        reply = about[reply_id]
        fits = reply["unit_id"] == unit and reply["criterion_id"] in ("", criterion)
        return not (fits and reply["decision"] in ("accepted", "partly"))

    cells = zip(*(rows[column] for column in (*_CELL, "settled_by")), strict=True)
    return [cell[-1] in about and is_wrong_reply(*cell) for cell in cells]


def _are_in(rows: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> np.ndarray:
    """Return which rows have a key that the other table has."""
    return pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(others[key]))


def states_named(rests_on: str) -> dict[str, str]:
    """Return the state of each criterion that a sentence rests on; empty: the text gives none."""
    pairs = (part.partition("=") for part in rests_on.split(";") if part.strip())
    return {criterion.strip(): state.strip() for criterion, _, state in pairs}


def _names_no_states(rows: pd.DataFrame, criteria: pd.DataFrame) -> list[bool]:
    known = set(criteria["criterion_id"])
    named = [states_named(text) for text in rows["rests_on"]]
    return [
        not states or not known.issuperset(states) or not all(states.values()) for states in named
    ]


# fmt: off
RULES = (
    RuleSet(("assessments",), (
        Rule("level", _before_it_applies,
             "its first possible day is unknown, or before the day on which {criterion_id} begins to apply",
             "set not_before where the source shows it; otherwise it is inconclusive"),
    ), needs=("criteria", "levels"), uses=("units",)),
    RuleSet(("assessments",), (
        Rule("level", _tied,
             "it ties with another row of {unit_id}, {criterion_id} by date and confidence, at another level",
             "settle which of the rows stands"),
        # An empty settled_by is reported for its own column.
        Rule("settled_why",
             lambda rows, _: ~rows["settled_by"].isin(["", "agreement"]) & (rows["settled_why"] == ""),
             "settled by {settled_by} without a reason", "say why this level stands"),
    ), uses=("units",)),
    RuleSet(("assessments",), (
        *(Rule(column,
               lambda rows, settings, column=column: (rows[column] == "") & (not settings.is_draft),
               "the study is marked checked, and this assessment is not",
               "say who checked it and when, or mark the study draft")
          for column in ("checked_by", "checked_on")),
    ), needs=(SETTINGS,)),
    RuleSet(("assessments",), (
        Rule("level", lambda rows: rows["read"] == "part", NEEDS_REPLY + "was read in part only",
             "read the whole, or settle it as inconclusive"),
        Rule("level", lambda rows: (rows["read"] == "copy") & (rows["settled_by"] == v.IMPORTED),
             NEEDS_REPLY + "is an imported table, which shows no reply",
             "bring in the reply itself, or take the answer as inconclusive"),
        Rule("settled_why", _copy_without_reason, NEEDS_REPLY + "is all that a broken copy holds",
             "a third reading must say in settled_why why it carries the level all the same"),
    ), needs=("rules", "evidence"), view=_with_extent),
    RuleSet(("assessments",), (
        Rule("settled_by", _rest_on_wrong_reply,
             "the reply {settled_by} is about another cell, or was not accepted",
             "name the reply that this follows from, accepted or partly"),
    ), needs=("replies",)),
    RuleSet(("set_aside",), (
        Rule("criterion_id", lambda rows, codings, _: ~_are_in(rows, codings, _CELL),
             "nobody has coded {unit_id}, {criterion_id}, so that nothing is left without an assessment",
             "remove the row"),
        Rule("criterion_id", lambda rows, _, assessments: _are_in(rows, assessments, _CELL),
             "{unit_id}, {criterion_id} has an assessment", "remove this row, or the assessment"),
    ), needs=("codings", "assessments")),
    RuleSet(("assignments",), (
        Rule("criterion_ids",
             lambda rows, criteria: name_unknown_ids(
                 rows["criterion_ids"], criteria["criterion_id"]),
             "it names a criterion_id that is not in criteria.csv", "correct it, or add the criterion"),
    ), needs=("criteria",)),
    RuleSet(("findings",), (
        Rule("checked_by", lambda rows: rows["checked_by"].astype(object) == rows["written_by"].astype(object),
             "{checked_by} wrote the sentence and cannot check it", "have somebody else check it"),
    )),
    RuleSet(("findings",), (
        Rule("rests_on", _names_no_states,
             "it does not name criteria of criteria.csv with their states",
             "write criterion_id=state for each that the sentence rests on, joined by ;"),
    ), needs=("criteria",)),
)
# fmt: on
