"""Rules on evidence and searches: what is cited, and where somebody looked."""

import numpy as np
import pandas as pd

from analysis.problems import Problem, shorten
from analysis.study import vocabulary as v
from analysis.study.dates import (
    first_days,
)
from analysis.study.rules.coding import CODED
from analysis.study.rules.engine import Draft, needs
from analysis.study.signs import unseen
from analysis.wording import agreeing, listed


@needs("evidence")
def _evidence_supports_the_row(draft: Draft):
    evidence = draft.frames["evidence"]
    about = dict(zip(evidence["evidence_id"], evidence["unit_id"], strict=True))
    for name in (*CODED, "replies", "requests"):
        if name not in draft.frames:
            continue
        table, frame = draft.tables[name], draft.frames[name]
        for number, (unit, cited) in enumerate(
            zip(frame["unit_id"], frame["evidence_ids"], strict=True)
        ):
            if unseen(unit):
                continue  # the id itself is refused, and all that follows from it says no more
            # A blank beside an id is a fault of form, which is said as such.
            ids = [one.strip() for one in cited.split(";")] if cited else []
            missing = [one for one in ids if one not in about]
            for one in ids:
                rule = remedy = None
                if one not in about:
                    verb = agreeing(len(missing), "is", "are")
                    rule, remedy = (
                        f"{shorten(listed(missing, 'evidence'), 160)} {verb} not in evidence.csv",
                        "correct it, or add the evidence",
                    )
                elif unseen(about[one]):
                    continue
                elif about[one] != unit:
                    subject = about[one] or "many units at once, which decides no unit's level"
                    rule = f"{one} is about {subject}, not about {shorten(unit)}"
                    remedy = "cite evidence of the row's own unit"
                elif ids.count(one) > 1:
                    rule, remedy = f"{one} is cited twice", "cite it once"
                if rule:
                    where = table.path, number + 2, "evidence_ids", shorten(cited)
                    yield Problem(*where, rule, remedy, of_kind=remedy)
                    break
    for name in CODED:
        if name in draft.frames:
            frame = draft.frames[name]
            bare = (frame["evidence_ids"] == "") & ~frame["level"].isin([v.NOT_ASSESSED, ""])
            yield from draft.at(
                name,
                bare,
                "evidence_ids",
                "{unit_id}, {criterion_id} is at {level} without evidence",
                "cite the evidence that it rests on; what does not apply to a whole group of units is said in applicability.csv",
            )


@needs("evidence")
def _evidence_scope(draft: Draft):
    frame = draft.frames["evidence"]
    wrong = (frame["scope"] == "unit") != (frame["unit_id"] != "")
    yield from draft.at(
        "evidence",
        wrong,
        "unit_id",
        "a unit stands here if, and only if, the scope is unit (it is {scope})",
        "correct the scope or the unit",
    )


@needs("units", "searches", "evidence", "codings", "assessments")
def _units_were_looked_for(draft: Draft):
    if draft.frames["codings"].empty and draft.frames["assessments"].empty:
        return  # fieldwork has not begun
    units, searches = draft.frames["units"]["unit_id"], draft.frames["searches"]
    among = searches["unit_ids"].str.split(";").explode()
    seen = pd.concat([searches["unit_id"], among, draft.frames["evidence"]["unit_id"]])
    # Nobody can have looked for what begins only after all that was read.
    columns = [searches["searched_on"]]
    columns += [draft.frames[name]["read_on"] for name in ("evidence", "codings", "assessments")]
    read = first_days(pd.concat(columns))
    begun = ~(first_days(draft.frames["units"]["exists_from"]) > np.nanmax(read, initial=0))
    yield from draft.at(
        "units",
        ~units.isin(seen) & begun,
        "unit_id",
        "no search and no evidence is held for it",
        "log a search in searches.csv",
    )


@needs("searches", "units", "criteria")
def _searches_name_what_they_bear_on(draft: Draft):
    for column, other, key in (
        ("unit_ids", "units", "unit_id"),
        ("criterion_ids", "criteria", "criterion_id"),
    ):
        held = set(draft.frames[other][key])
        named = [text.split(";") if text else [] for text in draft.frames["searches"][column]]
        rule = f"it names a {key} that is not in {other}.csv, or one twice"
        wrong = [len(set(ids)) < len(ids) or not held.issuperset(ids) for ids in named]
        yield from draft.at("searches", wrong, column, rule, f"join each {key} once by ;")
    both = (draft.frames["searches"][["unit_id", "unit_ids"]] != "").all(axis=1)
    rule = "unit_id names one unit, and unit_ids several"
    yield from draft.at("searches", both, "unit_ids", rule, "fill one of the two")
