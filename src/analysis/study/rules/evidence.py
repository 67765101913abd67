"""Rules on evidence and searches: what is cited, and where somebody looked."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.problems import Problem, shorten
from analysis.study import vocabulary as v
from analysis.study.dates import first_days
from analysis.study.rules.engine import CODED, Check, Draft, Rule, RuleSet
from analysis.study.signs import unseen
from analysis.wording import agreeing, listed


def _wrong_citations(draft: Draft) -> Iterator[Problem]:
    evidence = draft.frames["evidence"]
    about = dict(zip(evidence["evidence_id"], evidence["unit_id"], strict=True))
    for name in (*CODED, "replies", "requests"):
        if name not in draft.frames:
            continue
        frame = draft.frames[name]
        rows = zip(frame["unit_id"], frame["evidence_ids"], strict=True)
        for number, (unit, cited) in enumerate(rows):
            wrong = _wrong_citation(unit, cited, about)
            if wrong:
                rule, remedy = wrong
                where = draft.tables[name].path, number + 2, "evidence_ids", shorten(cited)
                yield Problem(*where, rule, remedy, of_kind=remedy)


def _wrong_citation(unit: str, cited: str, about: dict[str, str]) -> tuple[str, str] | None:
    """Return what is wrong with the first citation at fault of a row, and the remedy."""
    if not cited or unseen(unit):
        return None  # the id itself is refused, and all that follows from it says no more
    # A blank beside an id is a fault of form, which is said as such.
    ids = [one.strip() for one in cited.split(";")]
    missing = [one for one in ids if one not in about]
    for one in ids:
        if one in missing:
            verb = agreeing(len(missing), "is", "are")
            names = shorten(listed(missing, "evidence"), 160)
            return f"{names} {verb} not in evidence.csv", "correct it, or add the evidence"
        if unseen(about[one]):
            continue
        if about[one] != unit:
            subject = about[one] or "many units at once, which decides no unit's level"
            rule = f"{one} is about {subject}, not about {shorten(unit)}"
            return rule, "cite evidence of the row's own unit"
        if ids.count(one) > 1:
            return f"{one} is cited twice", "cite it once"
    return None


def _never_looked_for(draft: Draft, _: str) -> pd.DataFrame:
    """Return the units with whether nothing read is about them, once fieldwork has begun."""
    units, searches = draft.frames["units"], draft.frames["searches"]
    if draft.frames["codings"].empty and draft.frames["assessments"].empty:
        return units.assign(unsearched=False)
    among = searches["unit_ids"].str.split(";").explode()
    seen = pd.concat([searches["unit_id"], among, draft.frames["evidence"]["unit_id"]])
    # Nobody can have looked for what begins only after all that was read.
    days = [draft.frames[name]["read_on"] for name in ("evidence", "codings", "assessments")]
    last_read = np.nanmax(first_days(pd.concat([searches["searched_on"], *days])), initial=0)
    begun = ~(first_days(units["exists_from"]) > last_read)
    return units.assign(unsearched=~units["unit_id"].isin(seen) & begun)


def _with_wrong_ids(draft: Draft, name: str) -> pd.DataFrame:
    """Return the searches with whether each column of ids names a strange one, or one twice."""
    rows, wrong = draft.frames[name], {}
    for key, table in (("unit_id", "units"), ("criterion_id", "criteria")):
        known = set(draft.frames[table][key])
        named = [text.split(";") if text else [] for text in rows[f"{key}s"]]
        wrong[f"wrong_{key}s"] = [len(set(ids)) < len(ids) or not known >= {*ids} for ids in named]
    return rows.assign(**wrong)


RULES = (
    Check(_wrong_citations, needs=("evidence",)),
    RuleSet(
        CODED,
        (
            Rule(
                "evidence_ids",
                lambda rows: (
                    (rows["evidence_ids"] == "") & ~rows["level"].isin([v.NOT_ASSESSED, ""])
                ),
                "{unit_id}, {criterion_id} is at {level} without evidence",
                "cite the evidence that it rests on; what does not apply to a whole group of units is said in applicability.csv",
            ),
        ),
        needs=("evidence",),
    ),
    RuleSet(
        ("evidence",),
        (
            Rule(
                "unit_id",
                lambda rows: (rows["scope"] == "unit") != (rows["unit_id"] != ""),
                "a unit stands here if, and only if, the scope is unit (it is {scope})",
                "correct the scope or the unit",
            ),
        ),
    ),
    RuleSet(
        ("units",),
        (
            Rule(
                "unit_id",
                lambda rows: rows["unsearched"],
                "no search and no evidence is held for it",
                "log a search in searches.csv",
            ),
        ),
        needs=("units", "searches", "evidence", "codings", "assessments"),
        rows=_never_looked_for,
    ),
    RuleSet(
        ("searches",),
        (
            *(
                Rule(
                    f"{key}s",
                    lambda rows, key=key: rows[f"wrong_{key}s"],
                    f"it names a {key} that is not in {table}.csv, or one twice",
                    f"join each {key} once by ;",
                )
                for key, table in (("unit_id", "units"), ("criterion_id", "criteria"))
            ),
            Rule(
                "unit_ids",
                lambda rows: (rows[["unit_id", "unit_ids"]] != "").all(axis=1),
                "unit_id names one unit, and unit_ids several",
                "fill one of the two",
            ),
        ),
        needs=("searches", "units", "criteria"),
        rows=_with_wrong_ids,
    ),
)
