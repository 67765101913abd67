"""Rules on settings: the rows that they name, and the needs of a study marked as checked."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.problems import Problem, shorten
from analysis.study.descriptor import FILE, PLACEHOLDER
from analysis.study.rules.engine import SETTINGS, Check, Draft, Rule, RuleSet, look_up, numbers
from analysis.study.settings import Settings


def _setting(place: str, value: str, rule: str, remedy: str) -> Problem:
    return Problem(FILE, None, f"study.{place}", shorten(value), rule, remedy)


def _laws_without_units(draft: Draft) -> Iterator[Problem]:
    countries = set(draft.frames["units"]["country"])
    rule, remedy = "no unit is in this country", "write it as units.csv does, or leave it out"
    for number, law in enumerate(draft.required_settings.requests.laws):
        for country in sorted(set(law.countries) - countries):
            yield _setting(f"requests.laws.{number}.countries", country, rule, remedy)


def _report_without_source(draft: Draft) -> Iterator[Problem]:
    source = draft.required_settings.report.source_id
    if source and source not in set(draft.frames["sources"]["source_id"]):
        rule = "it is not a source of sources.csv"
        remedy = "name the report's source_id, or leave it empty"
        yield _setting("report.source_id", source, rule, remedy)


def _weights_without_nodes(draft: Draft) -> Iterator[Problem]:
    nodes = {"total", *draft.frames["recommendations"]["recommendation_id"]}
    for node in draft.required_settings.weight_box.nodes:
        if node not in nodes:
            rule = "it is not a group of recommendations.csv"
            yield _setting("weight_box.nodes", node, rule, "name total, or a recommendation_id")
        elif draft.required_settings.aggregation == "pooled" and node != "total":
            rule = "study.aggregation is pooled, so that the weights of all criteria vary together"
            yield _setting("weight_box.nodes", node, rule, "name total, or nothing")


_CHECKED = "the study is marked checked, and "
_OR_DRAFT = ", or mark the study draft"


def _no_contact(draft: Draft) -> Iterator[Problem]:
    contact = draft.required_settings.contact
    if not draft.required_settings.is_draft and PLACEHOLDER in contact:
        rule = f"{_CHECKED}nobody can reply to it"
        remedy = f"give a name and an address for replies{_OR_DRAFT}"
        yield _setting("contact", contact, rule, remedy)


def _adverse(rows: pd.DataFrame, criteria: pd.DataFrame, levels: pd.DataFrame) -> pd.Series:
    """Return which rows are at a level below the highest of their scale."""
    value, scale = numbers(levels["value"]), levels["scale_id"].astype(object)
    lower = levels[value < value.groupby(scale).transform("max")]
    below = set(zip(lower["scale_id"], lower["level"], strict=True))
    scales = look_up(rows["criterion_id"], criteria, "criterion_id", "scale_id")
    cells = zip(scales, rows["level"], strict=True)
    return pd.Series([cell in below for cell in cells], index=rows.index, dtype=bool)


def _with_adverse_checks(
    rows: pd.DataFrame,
    settings: Settings,
    criteria: pd.DataFrame,
    levels: pd.DataFrame,
    evidence: pd.DataFrame,
    codings: pd.DataFrame,
) -> pd.DataFrame:
    """Add to assessments whether an adverse one lacks evidence or an independent check."""
    if settings.is_draft:
        return rows.assign(unseen=False, own=False)
    adverse = _adverse(rows, criteria, levels)
    shows = (evidence["quote"] != "") | (evidence["extent_read"] == "whole")
    shown = set(evidence.loc[shows, "evidence_id"])
    coders = codings.groupby(["unit_id", "criterion_id"], observed=True)["coder"].agg(set).to_dict()
    own = [
        checker in {settler, *coders.get((unit, criterion), ())}
        for unit, criterion, settler, checker in zip(
            *(rows[name] for name in ("unit_id", "criterion_id", "settled_by", "checked_by")),
            strict=True,
        )
    ]
    unseen = [shown.isdisjoint(ids.split(";")) for ids in rows["evidence_ids"]]
    return rows.assign(
        unseen=adverse & np.array(unseen, dtype=bool), own=adverse & np.array(own, dtype=bool)
    )


def _with_replies(rows: pd.DataFrame, settings: Settings, *tables: pd.DataFrame) -> pd.DataFrame:
    """Add to units with adverse levels whether they were sent their page and had time to reply."""
    if settings.is_draft:
        return rows.assign(unsent=False, waited_for=False)
    criteria, levels, assessments, notified, replies = tables
    below = set(assessments.loc[_adverse(assessments, criteria, levels), "unit_id"])
    first = notified.astype(object).groupby("unit_id")["sent_on"].min().to_dict()
    last = notified.astype(object).groupby("unit_id")["reply_by"].max().to_dict()
    replied = {
        unit
        for unit, day in zip(replies["unit_id"], replies["received_on"], strict=True)
        if unit in first and day >= first[unit]
    }
    today = dt.date.today().isoformat()
    unsent = [unit in below and unit not in first for unit in rows["unit_id"]]
    waited_for = [
        unit in below and unit in last and unit not in replied and last[unit] >= today
        for unit in rows["unit_id"]
    ]
    return rows.assign(unsent=unsent, waited_for=waited_for)


# fmt: off
RULES = (
    Check(_laws_without_units, needs=("units", SETTINGS)),
    Check(_report_without_source, needs=("sources", SETTINGS)),
    Check(_weights_without_nodes, needs=("recommendations", SETTINGS)),
    Check(_no_contact, needs=(SETTINGS,)),
    RuleSet(("assessments",), (
        Rule("evidence_ids", lambda rows: rows["unseen"],
             _CHECKED + "nothing that {level} of {unit_id} rests on is quoted or was read whole",
             "quote the words in evidence.csv, or read the whole and say so in extent_read" + _OR_DRAFT),
        Rule("checked_by", lambda rows: rows["own"],
             _CHECKED + "{checked_by} coded or settled what is checked here",
             "have somebody else check it" + _OR_DRAFT),
    ), needs=(SETTINGS, "criteria", "levels", "evidence", "codings"), view=_with_adverse_checks),
    RuleSet(("units",), (
        Rule("unit_id", lambda rows: rows["unsent"],
             _CHECKED + "{unit_id} falls short in it and was not sent its page",
             "send it the page, and put the day into notified.csv" + _OR_DRAFT),
        Rule("unit_id", lambda rows: rows["waited_for"],
             _CHECKED + "{unit_id} falls short in it and can still reply",
             "wait for the reply, or for the day in notified.csv" + _OR_DRAFT),
    ), needs=(SETTINGS, "criteria", "levels", "assessments", "notified", "replies"), view=_with_replies),
)
# fmt: on
