"""Rules on evidence and searches: what is cited, and where somebody looked."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from analysis.problems import Problem, shorten
from analysis.study import vocabulary as v
from analysis.study.dates import first_days
from analysis.study.rules.engine import CODED, Check, Draft, Rule, RuleSet, repeats, strangers
from analysis.study.signs import unseen
from analysis.wording import agreeing, listed


def _wrong_citations(draft: Draft) -> Iterator[Problem]:
    evidence = draft.frames["evidence"]
    about = dict(zip(evidence["evidence_id"], evidence["unit_id"], strict=True))

    @cache  # several coders cite the same for a unit
    def fault_of(unit: str, cited: str) -> tuple[str, str] | None:
        is_sound = not cited or _is_sound(unit, cited, about)
        return None if is_sound else _wrong_citation(unit, cited, about)

    for name in (*CODED, "replies", "requests"):
        if name not in draft.frames:
            continue
        frame = draft.frames[name]
        rows = zip(frame.index, frame["unit_id"], frame["evidence_ids"], strict=True)
        for place, unit, cited in rows:
            if fault := fault_of(unit, cited):
                rule, remedy = fault
                where = draft.tables[name].path, place + 2, "evidence_ids", shorten(cited)
                yield Problem(*where, rule, remedy, of_kind=remedy)


def _is_sound(unit: str, cited: str, about: dict[str, str]) -> bool:
    ids = cited.split(";")
    return about.get(cited) == unit or (not repeats(ids) and {*map(about.get, ids)} == {unit})


def _wrong_citation(unit: str, cited: str, about: dict[str, str]) -> tuple[str, str] | None:
    """Return what is wrong with the first citation at fault of a row, and the remedy."""
    if unseen(unit):
        return None  # the id itself is refused, and all that follows from it says no more
    # A blank beside an id is a fault of form, which is said as such.
    ids = [part.strip() for part in cited.split(";")]
    missing = [evidence_id for evidence_id in ids if evidence_id not in about]
    for evidence_id in ids:
        if evidence_id in missing:
            verb = agreeing(len(missing), "is", "are")
            names = shorten(listed(missing, "evidence"), 160)
            return f"{names} {verb} not in evidence.csv", "correct it, or add the evidence"
        if unseen(about[evidence_id]):
            continue
        if about[evidence_id] != unit:
            subject = about[evidence_id] or "many units at once, which decides no unit's level"
            rule = f"{evidence_id} is about {subject}, not about {shorten(unit)}"
            return rule, "cite evidence of the row's own unit"
        if ids.count(evidence_id) > 1:
            return f"{evidence_id} is cited twice", "cite it once"
    return None


def _never_looked_for(
    units: pd.DataFrame,
    searches: pd.DataFrame,
    evidence: pd.DataFrame,
    codings: pd.DataFrame,
    assessments: pd.DataFrame,
) -> pd.Series | np.ndarray:
    """Return, once fieldwork has begun, the units that nothing read is about."""
    if codings.empty and assessments.empty:
        return np.zeros(len(units), dtype=bool)
    among = searches["unit_ids"].str.split(";").explode()
    seen = pd.concat([searches["unit_id"], among, evidence["unit_id"]])
    # Nobody can have looked for what begins only after all that was read.
    read = [
        searches["searched_on"],
        *(table["read_on"] for table in (evidence, codings, assessments)),
    ]
    last_read = np.nanmax(first_days(pd.concat(read)), initial=0)
    return ~units["unit_id"].isin(seen) & ~(first_days(units["exists_from"]) > last_read)


def _wrong_ids(texts: pd.Series, ids: pd.Series) -> list[bool]:
    """Return which texts name what is not among the ids, or one of them twice."""
    pairs = zip(texts, strangers(texts, ids), strict=True)
    return [is_strange or repeats(text.split(";")) for text, is_strange in pairs]


# fmt: off
RULES = (
    Check(_wrong_citations, needs=("evidence",)),
    RuleSet(CODED, (
        Rule("evidence_ids",
             lambda rows, _: (rows["evidence_ids"] == "") & ~rows["level"].isin([v.NOT_ASSESSED, ""]),
             "{unit_id}, {criterion_id} is at {level} without evidence",
             "cite the evidence that it rests on; what does not apply to a whole group of units is said in applicability.csv"),
    ), needs=("evidence",)),
    RuleSet(("evidence",), (
        Rule("unit_id", lambda rows: (rows["scope"] == "unit") != (rows["unit_id"] != ""),
             "a unit stands here if, and only if, the scope is unit (it is {scope})",
             "correct the scope or the unit"),
    )),
    RuleSet(("units",), (
        Rule("unit_id", _never_looked_for, "the study has no search and no evidence for it",
             "log a search in searches.csv"),
    ), needs=("searches", "evidence", "codings", "assessments")),
    RuleSet(("searches",), (
        Rule("unit_ids", lambda rows, units, _: _wrong_ids(rows["unit_ids"], units["unit_id"]),
             "it names a unit_id that is not in units.csv, or one twice", "join each unit_id once by ;"),
        Rule("criterion_ids",
             lambda rows, _, criteria: _wrong_ids(rows["criterion_ids"], criteria["criterion_id"]),
             "it names a criterion_id that is not in criteria.csv, or one twice",
             "join each criterion_id once by ;"),
        Rule("unit_ids", lambda rows, *_: (rows["unit_id"] != "") & (rows["unit_ids"] != ""),
             "unit_id names one unit, and unit_ids several", "fill one of the two"),
    ), needs=("units", "criteria")),
)
# fmt: on
