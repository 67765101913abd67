"""The rules of the codebook that a schema cannot express, each a small check of its own.

A check is a generator over a :class:`Draft`; it runs where the tables that it names could be
read, and passes over cells that the schema has already refused.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.problems import Problem, shorten
from analysis.study import vocabulary as v
from analysis.study.dates import (
    exist_on,
    exists,
    first_days,
    has_first_day,
    last_days,
    possible_days,
    whole_day,
)
from analysis.study.descriptor import Settings, Table
from analysis.study.example import MARK
from analysis.study.published import levels_of, listed_units, units_among
from analysis.study.schema import row_problems
from analysis.study.signs import unseen
from analysis.wording import agreeing, listed


@dataclass(frozen=True)
class Draft:
    """What could be read of a study, not yet trusted; settings at fault are ``None``."""

    tables: dict[str, Table]
    frames: dict[str, pd.DataFrame]
    settings: Settings | None

    def at(self, table: str, where, column: str, rule: str, remedy: str) -> Iterator[Problem]:
        """Yield a problem for each row of the table at which ``where`` is true."""
        frame = self.frames[table]
        return row_problems(self.tables[table], frame, np.asarray(where), column, rule, remedy)

    def map(self, table: str, column: str, other: str, key: str, target: str) -> pd.Series:
        """Return, for each row of a table, the ``target`` that another table holds for it."""
        held = self.frames[other].drop_duplicates(key).set_index(key)[target]
        return self.frames[table][column].map(held)


SETTINGS = "settings"
"""What a rule needs, beside tables, that rests on the study's settings."""
_CHECKS: list[tuple[tuple[str, ...], Callable[..., Iterator[Problem]]]] = []


def check_rules(draft: Draft) -> Iterator[Problem]:
    """Yield every breach of the rules beyond the schema."""
    held = {*draft.frames, *([SETTINGS] if draft.settings else [])}
    for needs, check in _CHECKS:
        if held.issuperset(needs):
            yield from check(draft)


def _rule(*needs: str):
    def register(check):
        assert inspect.isgeneratorfunction(check)
        _CHECKS.append((needs, check))
        return check

    return register


@_rule()
def _examples_are_replaced(draft: Draft):
    for name, frame in draft.frames.items():
        schema = draft.tables[name].data_schema
        keys = {*schema.primaryKey, *(key.fields[0] for key in schema.foreignKeys)}
        named = np.zeros(len(frame), dtype=bool)
        for column in frame.columns.intersection(list(keys), sort=False):
            marked = frame[column].str.startswith(MARK).to_numpy(dtype=bool) & ~named
            named |= marked
            rule = "an example row of a new study still stands here"
            remedy = "put a row of your own in its place, or remove it"
            yield from draft.at(name, marked, column, rule, remedy)


DATE_COLUMNS = (
    "observed_on",
    "not_before",
    "not_after",
    "published",
    "date",
    "read_on",
    "searched_on",
    "period_start",
    "period_end",
    "as_of",
    "applies_from",
    "given_on",
    "returned_on",
    "sent_on",
    "due_on",
    "answered_on",
    "reviewed_on",
    "received_on",
    "replaced_on",
    "checked_on",
    "exists_from",
    "exists_until",
    "from_day",
)
COMPLETE_REPLY = "complete_reply"
"""What a rule needs under which only evidence that was read whole carries the level."""
CODED = ("codings", "codings_history", "assessments", "assessments_history")


@_rule()
def _dates_exist(draft: Draft):
    for name, frame in draft.frames.items():
        for column in frame.columns.intersection(DATE_COLUMNS):
            known = {text: text == "" or exists(text) for text in frame[column].unique()}
            yield from draft.at(
                name,
                ~frame[column].map(known).to_numpy(dtype=bool),
                column,
                "the date does not exist",
                "correct it; write YYYY, YYYY-MM or YYYY-MM-DD",
            )


@_rule()
def _dates_in_order(draft: Draft):
    for name in CODED:
        if name not in draft.frames:
            continue
        frame = draft.frames[name]
        read_on = first_days(frame["read_on"])
        for column in ("observed_on", "not_before"):
            late = first_days(frame[column]) > read_on
            yield from draft.at(
                name,
                late,
                column,
                "its first possible day is after read_on ({read_on})",
                "correct one of the two dates",
            )
        both = (frame["observed_on"] != "") & ((frame["not_before"] + frame["not_after"]) != "")
        yield from draft.at(
            name,
            both,
            "observed_on",
            "a dated row has bounds for an undated one too",
            "empty either the date or the bounds",
        )


SPANS = (
    *((name, "not_before", "not_after") for name in (*CODED, "evidence")),
    ("figures", "period_start", "period_end"),
    ("sources", "published", "read_on"),
    ("evidence", "published", "read_on"),
    ("events", "date", "read_on"),
    ("requests", "sent_on", "due_on"),
    ("requests", "sent_on", "answered_on"),
    ("requests", "answered_on", "reviewed_on"),
    ("units", "exists_from", "exists_until"),
)
"""Pairs of columns of a table of which the first may not be after the second."""


@_rule()
def _spans_run_forward(draft: Draft):
    for name, start, end in SPANS:
        if name in draft.frames:
            frame = draft.frames[name]
            crossed = first_days(frame[start]) > last_days(frame[end])
            rule = f"it is after {end} ({{{end}}})"
            yield from draft.at(name, crossed, start, rule, "correct one of the two dates")


@_rule("criteria", "levels")
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


@_rule("criteria", "levels")
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


@_rule("evidence")
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


@_rule("evidence")
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


@_rule("assessments", "criteria", "levels")
def _levels_hold_since_they_apply(draft: Draft):
    frame = draft.frames["assessments"]
    applies = draft.map("assessments", "criterion_id", "criteria", "criterion_id", "applies_from")
    start = first_days(applies.fillna(""))
    first, _ = possible_days(frame, draft.frames.get("units"))
    at_level = (~frame["level"].isin(v.UNKNOWNS)).to_numpy()
    early = at_level & ~np.isnan(start) & ~(first >= start)
    yield from draft.at(
        "assessments",
        early,
        "level",
        "its first possible day is unknown, or before the day on which {criterion_id} begins to apply",
        "set not_before where the source shows it; otherwise it is inconclusive",
    )


@_rule("assessments")
def _no_ties(draft: Draft):
    frame = draft.frames["assessments"]
    first, last = possible_days(frame, draft.frames.get("units"))
    order = frame[["unit_id", "criterion_id", "confidence", "level"]].assign(first=first, last=last)
    unknown = frame["level"].isin(v.UNKNOWNS)
    # Levels, and what does not apply from a day on, come in one order; unknowns in another.
    in_effect = ~unknown | ((frame["level"] == v.NOT_APPLICABLE) & has_first_day(frame))
    key = ["unit_id", "criterion_id", "first", "last", "confidence"]
    different = np.zeros(len(frame), dtype=bool)
    for rows in (in_effect, unknown):
        tied = order[rows].groupby(key, dropna=False)["level"].transform("nunique") > 1
        different[rows] |= tied
    yield from draft.at(
        "assessments",
        different,
        "level",
        "it ties with another row of {unit_id}, {criterion_id} by date and confidence, at another level",
        "settle which of the rows stands",
    )


@_rule("assessments")
def _settled_by_reading_says_why(draft: Draft):
    frame = draft.frames["assessments"]
    # That nobody is named is said of its own column.
    silent = ~frame["settled_by"].isin(["", "agreement"]) & (frame["settled_why"] == "")
    yield from draft.at(
        "assessments",
        silent,
        "settled_why",
        "settled by {settled_by} without a reason",
        "say why this level stands",
    )
    if draft.settings and not draft.settings.is_draft:
        for column in ("checked_by", "checked_on"):
            yield from draft.at(
                "assessments",
                frame[column] == "",
                column,
                "the study is marked checked, and this assessment is not",
                "say who checked it and when, or mark the study draft",
            )


@_rule("assessments", "rules", "evidence")
def _levels_have_what_they_need(draft: Draft):
    frame, read = draft.frames["assessments"], draft.frames["evidence"]
    extent = dict(zip(read["evidence_id"], read["extent_read"], strict=True))
    rules = draft.frames["rules"]
    rules = rules[rules["needs"] == COMPLETE_REPLY]
    needing = set(zip(rules["criterion_id"], rules["level"], strict=True))
    rows = zip(frame["criterion_id"], frame["level"], frame["evidence_ids"], strict=True)
    read = [
        {extent.get(one) for one in ids.split(";")} if (criterion, level) in needing else {"whole"}
        for criterion, level, ids in rows
    ]
    rule = "the rule for {level} on {criterion_id} needs the complete reply, and the evidence "
    yield from draft.at(
        "assessments",
        [not one & {"whole", "whole_excerpt"} for one in read],
        "level",
        rule + "was read in part only",
        "read the whole, or settle it as inconclusive",
    )
    broken = np.array(["whole" not in one and "whole_excerpt" in one for one in read], dtype=bool)
    imported = (frame["settled_by"] == v.IMPORTED).to_numpy()
    yield from draft.at(
        "assessments",
        broken & imported,
        "level",
        rule + "is an imported table, which shows no reply",
        "bring in the reply itself, or take the answer as inconclusive",
    )
    broken &= ~imported
    bare = (frame["settled_by"] == "agreement") | (frame["settled_why"] == "")
    yield from draft.at(
        "assessments",
        broken & bare.to_numpy(),
        "settled_why",
        rule + "is all that a broken copy holds",
        "a third reading must say in settled_why why it carries the level all the same",
    )


@_rule("assignments", "criteria")
def _assignments_name_criteria(draft: Draft):
    held = set(draft.frames["criteria"]["criterion_id"])
    given = draft.frames["assignments"]["criterion_ids"]
    strange = {text: text != "" and not set(text.split(";")) <= held for text in given.unique()}
    yield from draft.at(
        "assignments",
        given.map(strange).to_numpy(dtype=bool),
        "criterion_ids",
        "it names what is no criterion_id of criteria.csv",
        "correct it, or add the criterion",
    )


@_rule("criteria")
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


@_rule("requests")
def _bodies_that_were_asked_are_named(draft: Draft):
    yield from draft.at(
        "requests",
        draft.frames["requests"]["asked_of"].str.contains("[{}]"),
        "asked_of",
        "it has braces, and a request is made to one body",
        "write out the name that stands for them",
    )


@_rule("units", SETTINGS)
def _laws_cover_units(draft: Draft):
    held = set(draft.frames["units"]["country"])
    for number, law in enumerate(draft.settings.requests.laws):
        for country in sorted(set(law.countries) - held):
            place = f"study.requests.laws.{number}.countries"
            rule, remedy = (
                "no unit is of this country",
                "write it as units.csv does, or leave it out",
            )
            yield Problem("datapackage.json", None, place, shorten(country), rule, remedy)


@_rule()
def _ids_differ_by_more_than_capitals(draft: Draft):
    for name, frame in draft.frames.items():
        key = draft.tables[name].data_schema.primaryKey
        if len(key) == 1 and key[0] in frame:
            ids = frame[key[0]]
            first = ids.groupby(ids.str.casefold()).transform("first")
            rule = "an earlier row has this id with other capitals, and some systems keep the pages of both under one name"
            yield from draft.at(name, first != ids, key[0], rule, "give one of the two another id")


@_rule("requests")
def _outcomes_have_a_day(draft: Draft):
    frame = draft.frames["requests"]
    undated = ~frame["outcome"].isin(["", "no_answer"]) & (frame["answered_on"] == "")
    yield from draft.at(
        "requests",
        undated,
        "answered_on",
        "the outcome is {outcome}, and the day of the answer is not given",
        "give the day, or leave the outcome empty",
    )


@_rule("requests")
def _reviews_are_of_refusals(draft: Draft):
    frame = draft.frames["requests"]
    day, came = frame["reviewed_on"] != "", frame["review_outcome"] != ""
    yield from draft.at(
        "requests",
        day & ~came,
        "review_outcome",
        "a day of review is given ({reviewed_on}), and not what the review came to",
        "say what it came to, or leave the day empty",
    )
    yield from draft.at(
        "requests",
        came & ~day,
        "reviewed_on",
        "the review came to {review_outcome}, and its day is not given",
        "give the day, or leave the outcome of the review empty",
    )
    yield from draft.at(
        "requests",
        (day | came) & ~frame["outcome"].isin(v.REFUSED),
        "review_outcome",
        "a review is of a refusal, and the outcome is {outcome}",
        "put the first answer (refused or neither_confirmed_nor_denied) under outcome",
    )


@_rule("replies")
def _decisions_on_replies_say_why(draft: Draft):
    frame = draft.frames["replies"]
    # Of an empty decision it is said already that it is missing.
    silent = ~frame["decision"].isin(("", "open")) & (frame["reason"] == "")
    yield from draft.at(
        "replies",
        silent,
        "reason",
        "the reply is {decision}, and no reason is given",
        "say why, or leave the decision open",
    )


@_rule("assessments", "replies")
def _what_follows_from_a_reply_fits_it(draft: Draft):
    frame, replies = draft.frames["assessments"], draft.frames["replies"]
    held = {
        one["reply_id"]: (one["unit_id"], one["criterion_id"], one["decision"])
        for one in replies.to_dict("records")
    }

    def strays(row) -> bool:
        unit, criterion, decision = held.get(row.settled_by, ("", "", ""))
        fits = unit == row.unit_id and criterion in ("", row.criterion_id)
        return row.settled_by in held and not (fits and decision in ("accepted", "partly"))

    yield from draft.at(
        "assessments",
        [strays(row) for row in frame[["unit_id", "criterion_id", "settled_by"]].itertuples()],
        "settled_by",
        "the reply {settled_by} is about another cell, or was not accepted",
        "name the reply that this follows from, accepted or partly",
    )


@_rule("set_aside", "codings", "assessments")
def _set_aside_cells_are_coded_and_unassessed(draft: Draft):
    cells, coded, assessed = (
        pd.MultiIndex.from_frame(draft.frames[name][["unit_id", "criterion_id"]])
        for name in ("set_aside", "codings", "assessments")
    )
    yield from draft.at(
        "set_aside",
        ~cells.isin(coded),
        "criterion_id",
        "nobody has coded {unit_id}, {criterion_id}, so that nothing is left without an assessment",
        "remove the row",
    )
    yield from draft.at(
        "set_aside",
        cells.isin(assessed),
        "criterion_id",
        "{unit_id}, {criterion_id} has an assessment",
        "remove this row, or the assessment",
    )


@_rule("criteria", "rules", "levels")
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


@_rule("recommendations")
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


@_rule("recommendations", "criteria")
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


@_rule("recommendations")
def _groups_form_a_tree(draft: Draft):
    frame = draft.frames["recommendations"]
    parent = dict(zip(frame["recommendation_id"], frame["parent_id"], strict=True))
    looped = [_loops(name, parent) for name in frame["recommendation_id"]]
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


def _loops(name: str, parent: dict[str, str]) -> bool:
    seen = set()
    while name:
        if name in seen:
            return True
        seen.add(name)
        name = parent.get(name, "")
    return False


@_rule("published_totals", "units")
def _totals_fit_their_population(draft: Draft):
    frame, units = draft.frames["published_totals"], draft.frames["units"]
    count, of = (pd.to_numeric(frame[name], errors="coerce") for name in ("count", "of"))
    yield from draft.at(
        "published_totals",
        count > of,
        "count",
        "it is larger than its population ({of})",
        "correct the count or the population",
    )
    twice = [len(set(one)) < len(one) for one in map(levels_of, frame["level"])]
    rule, remedy = "a level stands in it twice", "name each level once"
    yield from draft.at("published_totals", twice, "level", rule, remedy)
    everyone = (frame["among"] == "").to_numpy()
    there = {text: _exist_on(units, text) for text in frame["as_of"].unique()}
    size = np.array(
        [
            (units_among(units, text) & there[day]).sum()
            for text, day in zip(frame["among"], frame["as_of"], strict=True)
        ],
        dtype=int,
    )
    yield from draft.at(
        "published_totals",
        (of > size) & everyone,
        "of",
        "the study holds fewer units on {as_of}",
        "correct the population, or add the units",
    )
    # A publisher may have left some units of a region out; of units named one by one, none.
    listed = [listed_units(text) for text in frame["among"]]
    named = np.array([len(ids) for ids in listed], dtype=int)
    yield from draft.at(
        "published_totals",
        (named > 0) & (of != named),
        "of",
        "it is not the number of units that among names",
        "correct the population, or the units",
    )
    yield from draft.at(
        "published_totals",
        ~everyone & (named == 0) & (size > 0) & (of > size),
        "of",
        "fewer units are among {among} on {as_of}",
        "correct the population, or the units",
    )
    yield from draft.at(
        "published_totals",
        (named > 0) & (of == named) & (size < named),
        "among",
        "it names a unit that does not exist on {as_of}",
        "correct the day or the units (exists_from, exists_until in units.csv)",
    )
    held = set(units["unit_id"])
    strange = np.array([any(one not in held for one in ids) for ids in listed], dtype=bool)
    ever = np.array([units_among(units, text).any() for text in frame["among"]], dtype=bool)
    yield from draft.at(
        "published_totals",
        ~everyone & (named == 0) & (size == 0) & ever,
        "among",
        "no unit of it exists on {as_of}",
        "correct the day or the units (exists_from, exists_until in units.csv)",
    )
    yield from draft.at(
        "published_totals",
        strange | (~everyone & (named == 0) & ~ever),
        "among",
        "it names a unit, region or country that units.csv does not hold",
        "write region=, country= or unit_ids as units.csv has them",
    )
    yield from draft.at(
        "published_totals",
        [len(set(ids)) < len(ids) for ids in listed],
        "among",
        "a unit stands in it twice",
        "name each unit once",
    )


def _exist_on(units: pd.DataFrame, day: str) -> np.ndarray:
    """Return which units exist on a day; where it is none, that is said elsewhere."""
    return exist_on(units, whole_day(day)) if exists(day) else np.ones(len(units), dtype=bool)


@_rule("units", "applicability", "group_weights")
def _groups_are_of_units(draft: Draft):
    units = draft.frames["units"]
    for name in ("applicability", "group_weights"):
        strange = [
            not all(units_among(units, one).any() for one in listed_units(text) or [text])
            for text in draft.frames[name]["among"]
        ]
        yield from draft.at(
            name,
            strange,
            "among",
            "it names a unit, or a column and a value, that units.csv does not hold",
            "write a column of units.csv and its value, or unit_ids joined by ;",
        )


@_rule("units", "group_weights", "criteria", "recommendations")
def _group_weights_are_of_nodes(draft: Draft):
    frame, units = draft.frames["group_weights"], draft.frames["units"]
    parent = {}
    for name, key, above in (
        ("recommendations", "recommendation_id", "parent_id"),
        ("criteria", "criterion_id", "recommendation_id"),
    ):
        rows = draft.frames[name]
        if name == "criteria":
            rows = rows[rows["scored"] == "yes"]
            twice = set(parent) & set(rows[key])
        parent |= dict(zip(rows[key], rows[above], strict=True))
    yield from draft.at(
        "group_weights",
        ~frame["node_id"].isin(parent),
        "node_id",
        "it is no recommendation, finding or group, and no criterion that is scored",
        "name one by its id",
    )
    yield from draft.at(
        "group_weights",
        frame["node_id"].isin(twice),
        "node_id",
        "a criterion and a recommendation have this id, and it does not say which is meant",
        "give one of the two another id",
    )
    own: dict[str, list[dict]] = {}  # by node: for each row, its weight by unit
    again = np.zeros(len(frame), dtype=bool)
    for place, (node, among, weight) in enumerate(
        zip(frame["node_id"], frame["among"], frame["weight"], strict=True)
    ):
        among = dict.fromkeys(units.loc[units_among(units, among), "unit_id"], weight)
        again[place] = any(not among.keys().isdisjoint(one) for one in own.get(node, []))
        own.setdefault(node, []).append(among)
    yield from draft.at(
        "group_weights",
        again,
        "among",
        "an earlier row gives {node_id} a weight for one of these units",
        "let each unit have one weight",
    )
    raw = {
        name: weight
        for table, key in (("recommendations", "recommendation_id"), ("criteria", "criterion_id"))
        for name, weight in zip(
            draft.frames[table][key], draft.frames[table]["weight"], strict=True
        )
    }

    def weighs(node: str, unit: str) -> bool:
        weight = next((one[unit] for one in own.get(node, []) if unit in one), raw[node])
        return pd.to_numeric(weight, errors="coerce") != 0

    siblings: dict[str, list[str]] = {}
    for node, above in parent.items():
        siblings.setdefault(above, []).append(node)
    empty = [
        node in parent
        and any(
            not any(weighs(one, unit) for one in siblings[parent[node]])
            for unit in units.loc[units_among(units, among), "unit_id"]
        )
        for node, among in zip(frame["node_id"], frame["among"], strict=True)
    ]
    yield from draft.at(
        "group_weights",
        empty,
        "weight",
        "with it nothing beside {node_id} has a weight for one of these units",
        "leave a weight above 0; what does not apply to them is said in applicability.csv",
    )


@_rule("units", "criteria")
def _former_ids_are_free(draft: Draft):
    for name, key in (("units", "unit_id"), ("criteria", "criterion_id")):
        frame = draft.frames[name]
        former = frame["former_ids"].str.split(";")
        claims = former.map(set).explode().value_counts()
        held = set(frame[key])
        for wrong, rule, remedy in (
            (
                former.map(lambda ids, held=held: not held.isdisjoint(ids)),
                "it names the id of a row that is still there",
                "name ids that no row has any longer",
            ),
            (
                former.map(
                    lambda ids, claims=claims: (
                        any(one and claims[one] > 1 for one in ids) or len(set(ids)) < len(ids)
                    )
                ),
                "an id stands in it that is claimed twice",
                "leave each former id to one row",
            ),
        ):
            yield from draft.at(name, wrong, "former_ids", rule, remedy)


@_rule("units")
def _successors_follow(draft: Draft):
    frame = draft.frames["units"]
    held, following = set(frame["unit_id"]), frame["successor_ids"].str.split(";")
    named = pd.Series(zip(frame["unit_id"], following, strict=True))
    after = dict(zip(frame["unit_id"], following, strict=True))
    last_day = last_days(frame["exists_until"], np.inf)
    ended = dict(zip(frame["unit_id"], last_day, strict=True))
    for wrong, rule, remedy in (
        (
            named.map(lambda one: any(name and name not in held for name in one[1])),
            "it names what is no unit of units.csv",
            "correct it, or add the unit that followed",
        ),
        (
            named.map(lambda one: one[0] in one[1]),
            "a unit does not follow itself",
            "name the unit that followed",
        ),
        (
            named.map(lambda one: len(set(one[1])) < len(one[1])),
            "a unit stands in it twice",
            "name each unit once",
        ),
        (
            (frame["successor_ids"] != "") & (frame["exists_until"] == ""),
            "another unit follows {unit_id}, and exists_until does not say when it ended",
            "give its last day in exists_until, or leave successor_ids empty",
        ),
        (
            named.map(lambda one: _leads_back(*one, after)),
            "those that followed lead back to {unit_id}",
            "name the unit that came later, or leave successor_ids empty",
        ),
        (
            [
                any(ended.get(name, np.inf) < last for name in ids)
                for ids, last in zip(following, last_day, strict=True)
            ],
            "a unit in it ended before {unit_id} did ({exists_until})",
            "name the unit that followed, or correct one of the two last days",
        ),
    ):
        yield from draft.at("units", wrong, "successor_ids", rule, remedy)


def _leads_back(unit: str, following: list[str], after: dict[str, list[str]]) -> bool:
    """Return whether a unit comes after itself by way of others."""
    seen, ahead = {unit}, [name for name in following if name != unit]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += after.get(name, [])
            if unit in after.get(name, []):
                return True
    return False


@_rule("units")
def _rows_are_of_units_that_exist(draft: Draft):
    lives = draft.frames["units"].drop_duplicates("unit_id").set_index("unit_id")
    for name in ("codings", "assessments", "published_scores", "requests"):
        if name not in draft.frames:
            continue
        frame = draft.frames[name]
        if "read_on" in frame:
            first, last = possible_days(frame)
            column, when = "observed_on", "all that the row can speak of lies"
        else:
            # A request may be answered after the unit's end; it is not sent then.
            column, when = "sent_on" if name == "requests" else "as_of", "its day lies"
            first, last = first_days(frame[column]), last_days(frame[column])
        for limit, outside, side in (
            ("exists_from", lambda day, last=last: last < first_days(day), "before"),
            ("exists_until", lambda day, first=first: first > last_days(day), "after"),
        ):
            day = frame["unit_id"].map(lives[limit]).astype(object).fillna("")
            yield from draft.at(
                name,
                outside(day),
                column,
                f"{when} {side} the {'first' if side == 'before' else 'last'} day of {{unit_id}} ({limit} in units.csv)",
                "correct the row’s days or the unit’s, or name the unit that existed then",
            )


@_rule("published_scores", "recommendations", "criteria")
def _published_scores_name_what_counts(draft: Draft):
    frame = draft.frames["published_scores"]
    below = _scored_below(draft)
    empty = ~frame["group_id"].isin([name for name, inside in below.items() if inside])
    yield from draft.at(
        "published_scores",
        empty,
        "group_id",
        "it is no group with a scored criterion below it",
        "name total, or a recommendation_id that bears a score",
    )
    names = [[part.partition("=")[0] for part in text.split(";")] for text in frame["weights"]]
    if draft.settings and draft.settings.aggregation == "pooled":
        groups = set(draft.frames["recommendations"]["recommendation_id"])
        yield from draft.at(
            "published_scores",
            [bool(groups.intersection(given)) for given in names],
            "weights",
            "it weighs a group, and study.aggregation is pooled: groups weigh nothing there",
            "name the criteria, each with its weight",
        )
        names = [[one for one in given if one not in groups] for given in names]
        below = {
            group: [one for one in inside if one not in groups] for group, inside in below.items()
        }
    # A name that a criterion and a group share would not say which of them is meant.
    strange = [
        any(inside.count(name) != 1 for name in given if name)
        for given, group in zip(names, frame["group_id"], strict=True)
        for inside in [below.get(group, given)]
    ]
    yield from draft.at(
        "published_scores",
        strange,
        "weights",
        "it weighs what is no scored criterion or group below {group_id}",
        "name what lies below the group, by an id that nothing else there has",
    )
    yield from draft.at(
        "published_scores",
        [len(set(given)) < len(given) for given in names],
        "weights",
        "it weighs something twice",
        "give each one weight",
    )


@_rule("published_scores")
def _published_scores_say_what_they_stand_for(draft: Draft):
    frame = draft.frames["published_scores"]
    given = frame[["step", "lowest", "highest"]] != ""
    score, step, lowest, highest = (
        pd.to_numeric(frame[name], errors="coerce")
        for name in ("score", "step", "lowest", "highest")
    )
    both = given["lowest"] & given["highest"]
    yield from draft.at(
        "published_scores",
        given["lowest"] != given["highest"],
        "lowest",
        "only one of lowest and highest is given",
        "give both ends, or empty both and give the step",
    )
    yield from draft.at(
        "published_scores",
        ~given.any(axis=1),
        "step",
        "nothing says what the score was before it was rounded",
        "give the step, 0 where it is exact, or lowest and highest",
    )
    yield from draft.at(
        "published_scores",
        both & (given["step"] | (frame["rounding"] != "")),
        "lowest",
        "the two ends are given, and a step or a way of rounding as well",
        "keep either the ends, or step and rounding",
    )
    yield from draft.at(
        "published_scores",
        (lowest > score) | (score > highest),
        "score",
        "it does not lie between lowest ({lowest}) and highest ({highest})",
        "correct the score or the ends",
    )
    bare = (frame["rounding"] != "") & ~given["step"] & ~both
    yield from draft.at(
        "published_scores",
        bare & given.any(axis=1),
        "rounding",
        "a way of rounding is given, and no step",
        "give the step to which it was rounded",
    )
    off = [
        bool(rounding) and _is_no_multiple(one, of)
        for rounding, one, of in zip(frame["rounding"], frame["score"], frame["step"], strict=True)
    ]
    yield from draft.at(
        "published_scores",
        np.array(off, dtype=bool) & step.notna().to_numpy() & score.notna().to_numpy(),
        "score",
        "it is no multiple of the step to which it is said to be rounded ({step})",
        "correct the score or the step",
    )


def _is_no_multiple(number: str, step: str) -> bool:
    try:
        return Fraction(step) > 0 and Fraction(number) % Fraction(step) != 0
    except ValueError:  # the schema says so
        return False


def _scored_below(draft: Draft) -> dict[str, list[str]]:
    """Return, for each group and the total, the scored criteria and groups anywhere below it."""
    groups, criteria = draft.frames["recommendations"], draft.frames["criteria"]
    parent = dict(zip(groups["recommendation_id"], groups["parent_id"], strict=True))
    below: dict[str, list[str]] = {name: [] for name in ("total", *parent)}
    scored = criteria[criteria["scored"] == "yes"]
    counted = set()
    for name, group in zip(scored["criterion_id"], scored["recommendation_id"], strict=True):
        if group not in parent or _loops(group, parent):
            continue
        line = [group]
        while parent.get(line[-1]):
            line.append(parent[line[-1]])
        for place, above in enumerate([*line, "total"]):
            below.setdefault(above, []).append(name)
            for one in line[:place]:
                if (one, above) not in counted:
                    counted.add((one, above))
                    below[above].append(one)
    return below


@_rule("units", "searches", "evidence", "codings", "assessments")
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


@_rule("searches", "units", "criteria")
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


@_rule("units")
def _tiles_are_unique(draft: Draft):
    frame = draft.frames["units"]
    tiles = frame[["tile_column", "tile_row"]].apply(pd.to_numeric, errors="coerce")
    repeated = tiles.duplicated() & tiles.notna().all(axis=1)
    yield from draft.at(
        "units",
        repeated,
        "tile_column",
        "another unit has the tile at column {tile_column}, row {tile_row}",
        "give it a tile of its own",
    )


@_rule("notices")
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


@_rule("sources", SETTINGS)
def _report_is_a_source(draft: Draft):
    source = draft.settings.report.source_id
    if source and source not in set(draft.frames["sources"]["source_id"]):
        yield Problem(
            "datapackage.json",
            None,
            "study.report.source_id",
            shorten(source),
            "it is no source of sources.csv",
            "name the report's source_id, or leave it empty",
        )


@_rule("recommendations", SETTINGS)
def _weight_box_names_nodes(draft: Draft):
    held = {"total", *draft.frames["recommendations"]["recommendation_id"]}
    for node in draft.settings.weight_box.nodes:
        if node not in held:
            yield Problem(
                "datapackage.json",
                None,
                "study.weight_box.nodes",
                shorten(node),
                "it is no group of recommendations.csv",
                "name total, or a recommendation_id",
            )
        elif draft.settings.aggregation == "pooled" and node != "total":
            yield Problem(
                "datapackage.json",
                None,
                "study.weight_box.nodes",
                shorten(node),
                "study.aggregation is pooled, so that the weights of all criteria vary together",
                "name total, or nothing",
            )
