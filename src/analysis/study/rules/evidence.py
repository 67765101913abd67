"""Rules on evidence and searches: what rows cite, and where somebody searched."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from analysis.problems import Problem, shorten
from analysis.study import vocabulary as v
from analysis.study.dates import first_days
from analysis.study.rules.engine import (
    CODED,
    Check,
    Draft,
    Rule,
    RuleSet,
    name_unknown_ids,
    repeats,
)
from analysis.study.signs import unseen
from analysis.wording import agreeing, listed


def _wrong_citations(draft: Draft) -> Iterator[Problem]:
    evidence = draft.frames["evidence"]
    unit_of_evidence = dict(zip(evidence["evidence_id"], evidence["unit_id"], strict=True))

    @cache  # several coders cite the same evidence for a unit
    def fault_of(unit: str, cited: str) -> tuple[str, str] | None:
        is_sound = not cited or _is_sound(unit, cited, unit_of_evidence)
        return None if is_sound else _wrong_citation(unit, cited, unit_of_evidence)

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


def _is_sound(unit: str, cited: str, unit_of_evidence: dict[str, str]) -> bool:
    ids = cited.split(";")
    return unit_of_evidence.get(cited) == unit or (
        not repeats(ids) and {*map(unit_of_evidence.get, ids)} == {unit}
    )


def _wrong_citation(
    unit: str, cited: str, unit_of_evidence: dict[str, str]
) -> tuple[str, str] | None:
    """Return what is wrong with a row's first wrong citation, and the remedy."""
    if unseen(unit):
        return None  # the id itself is refused, and further problems would follow from that
    # A space beside an id is a fault of form, and reported as such.
    ids = [part.strip() for part in cited.split(";")]
    missing = [evidence_id for evidence_id in ids if evidence_id not in unit_of_evidence]
    for evidence_id in ids:
        if evidence_id in missing:
            verb = agreeing(len(missing), "is", "are")
            names = shorten(listed(missing, "evidence"), 160)
            return f"{names} {verb} not in evidence.csv", "correct it, or add the evidence"
        if unseen(unit_of_evidence[evidence_id]):
            continue
        if unit_of_evidence[evidence_id] != unit:
            subject = (
                unit_of_evidence[evidence_id] or "many units at once, which decides no unit's level"
            )
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
    """Return the units without a search or evidence, once fieldwork has begun."""
    if codings.empty and assessments.empty:
        return np.zeros(len(units), dtype=bool)
    among = searches["unit_ids"].str.split(";").explode()
    seen = pd.concat([searches["unit_id"], among, evidence["unit_id"]])
    # A unit that begins after everything was read cannot have been searched for.
    read = [
        searches["searched_on"],
        *(table["read_on"] for table in (evidence, codings, assessments)),
    ]
    last_read = np.nanmax(first_days(pd.concat(read)), initial=0)
    return ~units["unit_id"].isin(seen) & ~(first_days(units["exists_from"]) > last_read)


def _wrong_ids(texts: pd.Series, ids: pd.Series) -> list[bool]:
    """Return which texts name an id that is not among ``ids``, or one id twice."""
    pairs = zip(texts, name_unknown_ids(texts, ids), strict=True)
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
