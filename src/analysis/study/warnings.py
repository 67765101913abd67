"""Warnings: what breaks no rule, and a person should check."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.frames import each_row, places
from analysis.problems import WARNING, Problem, StudyError, shorten
from analysis.study import vocabulary as v
from analysis.study.asof import states
from analysis.study.cells import exempt_cells
from analysis.study.codebook import EARLIER_RULES, under_earlier_rules
from analysis.study.dates import possible_days, whole_day
from analysis.study.descriptor import FILE
from analysis.study.load import Study, read_whole
from analysis.study.privacy import personal_details
from analysis.study.requests import Asking, sent_requests
from analysis.study.rules.engine import Rule, numbers
from analysis.study.schema import Breach, row_problems
from analysis.study.sentences import written_findings
from analysis.study.signs import one_line, spoilt_cells, spoilt_settings
from analysis.study.values import NO_ADDRESS, WHOLE, is_address
from analysis.wording import agreeing, some_of, stopped

FURTHEST_READ = ("not_read", "opening", "whole_excerpt", "whole")
"""The extents to which a document was read, from least to most."""

LONGEST_NOTICE = 300
"""The most characters of a notice on a unit or a criterion that fit in a briefing."""


def problems_and_warnings(folder: str | Path) -> list[Problem]:
    """Return every problem of a study, followed by its warnings.

    See :func:`analysis.study.validate` and :func:`warnings`.
    """
    try:
        study, problems = read_whole(Path(folder))
    except StudyError as error:
        return error.problems
    if study is None:
        return problems
    return [*problems, *(_table_warnings(study) if problems else warnings(study))]


def warnings(study: Study) -> list[Problem]:
    """Return the warnings of a valid study: everything in it that a person should check."""
    return [*(problem for check in _CHECKS for problem in check(study)), *_table_warnings(study)]


def _table_warnings(study: Study) -> Iterator[Problem]:
    """Yield the warnings that need no valid study: tables may be missing or inconsistent."""
    for check in _TABLE_CHECKS:
        yield from check(study)
    yield from spoilt_cells(study.descriptor.tables, study.tables)
    yield from spoilt_settings(study.descriptor)
    yield from personal_details(study.descriptor, study.tables)


def _rows(table: str, rule: Rule, *needs: str) -> Callable[[Study], Iterator[Problem]]:
    """Return a check of a table's rows; the rule's ``faulty`` gets the rows and the study.

    The check does nothing if the table, or another that it needs, could not be read.
    """

    def check(study: Study) -> Iterator[Problem]:
        if not {table, *needs} <= study.tables.keys():
            return
        rows = study[table]
        where = np.asarray(rule.faulty(rows, study), dtype=bool)
        breach = Breach(rule.column, rule.says, rule.remedy, WARNING)
        yield from row_problems(study.descriptor.tables[table], rows, where, breach)

    return check


def _older_version(study: Study) -> Iterator[Problem]:
    if study.descriptor.added:
        added = ", ".join(study.descriptor.added)
        rule = f"the study was written for an older version; read as empty: {added}"
        remedy = "nothing has to be done; the next intake writes them"
        yield Problem(FILE, None, "", "", rule, remedy, WARNING)


def _searches_without_criteria(study: Study) -> Iterator[Problem]:
    count = (study["searches"]["criterion_ids"] == "").sum()
    if count:
        some = some_of(count, len(study["searches"]), "search", "searches")
        rule = some + agreeing(
            count,
            " does not say on which criteria it bears, so it counts for none. Cells that "
            "rest on it are not assessed",
            " do not say on which criteria they bear, so they count for none. Cells that "
            "rest on them are not assessed",
        )
        remedy = "name in criterion_ids the criteria that each one's queries were about"
        yield Problem("searches.csv", None, "criterion_ids", "", rule, remedy, WARNING)


def _weights_of_groups_in_a_pool(weights: pd.DataFrame, study: Study) -> pd.Series:
    is_pooled = study.settings.aggregation == "pooled"
    return weights["node_id"].isin(study["recommendations"]["recommendation_id"]) & is_pooled


def _without_rules(study: Study, coded: bool = True) -> pd.Series:
    """Return which criteria without rules have coded levels (``coded=False``: have none)."""
    rows = pd.concat([study["codings"], study["assessments"]])
    known = rows.loc[~rows["level"].isin(v.UNKNOWNS), "criterion_id"]
    ids = study["criteria"]["criterion_id"]
    return ~ids.isin(study["rules"]["criterion_id"]) & (ids.isin(known) == coded)


def _criteria_without_rules(study: Study) -> Iterator[Problem]:
    """Yield one warning on all criteria that lack rules and are not coded."""
    # A recommendation whose text was not read can have no rules yet.
    groups, criteria = study["recommendations"], study["criteria"]
    unread = groups.loc[groups["text_read"] == "not_read", "recommendation_id"]
    bare = _without_rules(study, coded=False) & ~criteria["recommendation_id"].isin(unread)
    if bare.any():
        names = criteria.loc[bare, "criterion_id"].tolist()
        some = some_of(len(names), len(criteria), "criterion", "criteria")
        rule = f"{some} {agreeing(len(names), 'has', 'have')} no decision rule in rules.csv: {stopped(names, 'criteria.csv', ', ')}"
        place = "criteria.csv", int(np.flatnonzero(bare)[0]) + 2, "criterion_id"
        yield Problem(*place, names[0], rule, _WRITE_RULES, WARNING)


_WRITE_RULES = "write a rule for every level"


def _batches_of_another_name(study: Study) -> Iterator[Problem]:
    assignments, codings = study["assignments"], study["codings"]
    coders_of_batch = assignments[assignments["batch"] != ""].groupby("batch")["coder"].unique()
    seen = set()
    codings = codings[codings["batch"].isin(coders_of_batch.index)]
    for index, row in zip(codings.index, each_row(codings), strict=True):
        if row.coder in coders_of_batch[row.batch] or (row.coder, row.batch) in seen:
            continue
        seen.add((row.coder, row.batch))
        names = ", ".join(sorted(coders_of_batch[row.batch]))
        rule = f"assignments.csv says that the batch {row.batch} was given to {names}, not to this coder. What this coder was given and left uncoded counts for nothing"
        remedy = "write one name in both tables, if it is one coder; else record what this coder was given"
        place = "codings.csv", index + 2, "coder"
        yield Problem(*place, shorten(row.coder), rule, remedy, WARNING, of_kind="batch")


def _sources_without_use(sources: pd.DataFrame, study: Study) -> pd.Series:
    used = {study.settings.report.source_id}
    for name, frame in study.tables.items():
        if name != "sources" and "source_id" in frame:
            used |= set(frame["source_id"])
    return ~sources["source_id"].isin(used)


def _duplicate_document(column: str, what: str, texts: Callable[[pd.DataFrame], pd.Series]):
    """Return a check for documents that are in sources.csv twice, as the key ``texts`` tells."""

    def is_duplicate(sources: pd.DataFrame, _: Study) -> pd.Series:
        keys = texts(sources)
        # A note may say why the same document is listed twice.
        return (keys != "") & keys.duplicated() & (sources["note"] == "")

    remedy = "keep one of the two, or say in note why both stand"
    return _rows(
        "sources", Rule(column, is_duplicate, f"an earlier row has the same {what}", remedy)
    )


def _publisher_title_and_date(sources: pd.DataFrame) -> pd.Series:
    own = sources["title"].map(one_line).where(sources["title_kind"] != "described", "")
    return (sources["publisher"] + "\n" + own + "\n" + sources["published"]).where(own != "", "")


def _addresses_of_private_documents(sources: pd.DataFrame, study: Study) -> pd.Series:
    """Return the sources that have an address although all their documents are private."""
    documents = study["documents"]
    is_public = documents["access"] == "public"
    of_public = sources["source_id"].isin(documents.loc[is_public, "source_id"])
    of_private = sources["source_id"].isin(documents.loc[~is_public, "source_id"])
    return of_private & ~of_public & (sources["url"] != "")


def _read_whole_of_what_lacks_text(evidence: pd.DataFrame, study: Study) -> pd.Series:
    documents = study["documents"]
    in_part = documents.loc[documents["unread"] != "", "document_id"]
    return evidence["document_id"].isin(in_part) & (evidence["extent_read"] == "whole")


def _evidence_read_further_than_its_source(evidence: pd.DataFrame, study: Study) -> pd.Series:
    order = {name: number for number, name in enumerate(FURTHEST_READ)}
    source = evidence["source_id"].map(study.lookup("sources", "extent_read")).map(order)
    return evidence["extent_read"].map(order) > source


def _requests_of_who_holds_no_answer(requests: pd.DataFrame, study: Study) -> list[bool]:
    asking = Asking(study)
    return [not asking.criteria(row) for row in each_row(requests)]


def _report_after_all_observations(study: Study) -> Iterator[Problem]:
    rule = outdated_by_the_report(study)
    if rule:
        remedy = "correct study.report.date, if it is not the day of the report"
        day = study.settings.report.date.isoformat()
        yield Problem(FILE, None, "study.report.date", day, rule, remedy, WARNING)


def outdated_by_the_report(study: Study) -> str:
    """Say that all levels are from before the report; empty: they are not, or there are none."""
    rows = study["assessments"]
    rows = rows[~rows["level"].isin(v.UNKNOWNS)]
    _, last = possible_days(rows, study["units"])
    day = study.settings.report.date
    if not len(rows) or not (last < day.toordinal()).all():
        return ""
    return (
        f"all {len(rows)} levels in assessments.csv are from before the report's day ({day}), "
        "so that all are outdated once that day is past"
    )


def _rows_that_do_not_apply(rows: pd.DataFrame, study: Study) -> np.ndarray:
    _, last = possible_days(rows, study["units"])
    place = places(rows["unit_id"], study["units"]["unit_id"])
    criterion = places(rows["criterion_id"], study["criteria"]["criterion_id"])
    late = np.zeros(len(rows), dtype=bool)
    for day in study["applicability"]["from_day"].unique():
        first_day = whole_day(day) if day else dt.date.min
        exempt = exempt_cells(study, first_day)[place, criterion] >= 0
        late |= exempt & (last >= first_day.toordinal())
    return late


def _sentences_that_no_longer_hold(rows: pd.DataFrame, study: Study) -> list[bool]:
    hold = written_findings(study, states(study)) if len(rows) else {}
    return [(row.unit_id, row.recommendation_id) not in hold for row in each_row(rows)]


def _incomplete_map(study: Study) -> Iterator[Problem]:
    """Yield one warning if only some units have a tile, so that no map is drawn."""
    there = (study["units"][["tile_column", "tile_row"]] != "").all(axis=1)
    if there.any() and not there.all():
        first = int(there.to_numpy().argmin())
        lacking = (~there).sum()
        some = some_of(lacking, len(there), *study.settings.unit_noun.both)
        rule = f"{some} {agreeing(lacking, 'has', 'have')} no tile, so that no map is drawn"
        remedy = "give each a tile_column and a tile_row, or leave them all empty"
        unit = study["units"]["unit_id"].iloc[first]
        yield Problem("units.csv", first + 2, "tile_column", unit, rule, remedy, WARNING)


def _letters_without_a_face(study: Study) -> Iterator[Problem]:
    """Yield warnings on fonts that are missing, and on letters that no typeface has."""
    named = study.settings.display.faces
    letters = set(study.descriptor.model_dump_json())
    for table in study.tables.values():
        letters.update(*(text for name in table for text in table[name] if not text.isascii()))
    # Loading the typefaces is slow, and not needed for Latin letters and punctuation.
    if not named and all(letter < "\u0250" or "\u2010" <= letter <= "\u2027" for letter in letters):
        return
    from analysis.study.faces import face_file, faces_of, named_letters

    lost = [name for name in named if face_file(study, name) is None]
    spoilt = [name for name in lost if (study.folder / name).is_file()]
    if spoilt:
        rule = "it is not a font file that can be read"
        remedy = "put a whole TrueType or OpenType file in its place"
        yield Problem(FILE, None, _FACES, ", ".join(spoilt), rule, remedy, WARNING)
    lost = [name for name in lost if name not in spoilt]
    if lost:
        rule = "there is no such face: neither a font file in the study's folder nor a family that is installed here"
        remedy = "correct the name, put the file into the study, or install the family"
        yield Problem(FILE, None, _FACES, ", ".join(lost), rule, remedy, WARNING)
    faces = faces_of(study)
    missing = sorted(letter for letter in letters if not faces.has(letter))
    if missing:
        rule = f"no face at hand has {named_letters(missing)}; pictures and PDFs show the number in place of the letter"
        remedy = f"name a face that has them in {_FACES}: a font file in the study's folder, or a family that is installed"
        yield Problem(FILE, None, _FACES, "", rule, remedy, WARNING)


def not_shown(study: Study) -> list[Problem]:
    """Return the warnings on what pictures and PDFs of a study cannot show."""
    return [*_incomplete_map(study), *_letters_without_a_face(study)]


_FACES = "study.display.faces"
# fmt: off
_CHECKS: tuple[Callable[[Study], Iterator[Problem]], ...] = (
    _older_version,
    _searches_without_criteria,
    _rows("group_weights", Rule("node_id", _weights_of_groups_in_a_pool,
          "it is a weight of a group, and study.aggregation is pooled: it counts for nothing",
          "take it out, or give the criteria of the group their weights")),
    _rows("criteria", Rule("criterion_id", lambda _, study: _without_rules(study),
          "levels are coded for it, and rules.csv has no decision rule", _WRITE_RULES)),
    _criteria_without_rules,
    _batches_of_another_name,
    _rows("sources", Rule("source_id", _sources_without_use,
          "nothing cites this source", "cite it, or take it out")),
    _duplicate_document("url", "address", lambda sources: sources["url"].str.rstrip("/")),
    _duplicate_document("sha256", "content", lambda sources: sources["sha256"]),
    _duplicate_document("title", "publisher, title and date", _publisher_title_and_date),
    _rows("sources", Rule("url", _addresses_of_private_documents,
          "all documents collected of this source are private, and its address is published",
          "leave it if anyone may know the address; else empty it")),
    _rows("findings", Rule("rests_on", _sentences_that_no_longer_hold,
          "a state that the sentence rests on has changed, and the sentence is shown no more",
          "read the evidence again; then correct the sentence, or take it out")),
    _rows("evidence", Rule("extent_read", _evidence_read_further_than_its_source,
          "it says that more of the document was read than its row in sources.csv says",
          "say one thing in both, how far it was read")),
    _rows("evidence", Rule("extent_read", _read_whole_of_what_lacks_text,
          "{document_id} has parts without text, or was not read by the program to its end (unread in documents.csv)",
          "leave it if a person read those parts; else say whole_excerpt or opening")),
    _rows("published_scores", Rule("rounding",
          lambda rows, _: (numbers(rows["step"]) > 0) & (rows["rounding"] == ""),
          "how it was rounded is not said; it is read as within half a step ({step}) of the score, "
          "both ends included",
          "say half_up, half_even, down or up; or give lowest and highest in place of the step")),
    _rows("requests", Rule("sent_on",
          lambda rows, study: ~rows.index.isin(sent_requests(study).index),
          "it has no day of sending and no answer, so that it counts as not sent",
          "give the day on which it was sent, or take the row out")),
    _rows("requests", Rule("asked_of", _requests_of_who_holds_no_answer,
          "criteria.csv (ask_of) says that another body holds the answer, so that the request counts for nothing",
          "correct asked_of (empty: the unit itself) or ask_of, or leave it if the wrong body was asked")),
    _report_after_all_observations,
    _rows("assessments", Rule("criterion_id", _rows_that_do_not_apply,
          "applicability.csv says that the criterion does not apply here on the day of this row, so that it counts for nothing",
          "correct the table, or leave the row as what was read before")),
    _rows("notices", Rule("text",
          lambda rows, _: (rows["text"].str.len() > LONGEST_NOTICE) & (rows["scope"] != "study"),
          f"it is longer than {LONGEST_NOTICE} letters, and is cut in briefings",
          "say it in fewer words")),
    _incomplete_map,
    _letters_without_a_face,
)
_TABLE_CHECKS = (
    _rows("sources", Rule("url",
          lambda rows, _: ~rows["url"].map(lambda text: text == "" or is_address(str(text))),
          NO_ADDRESS, WHOLE)),
    _rows("codings", Rule("rules_mark",
          lambda _, study: under_earlier_rules(study.tables), EARLIER_RULES,
          "look whether the level still holds: have the coder read again, under the new rules"),
          "criteria", "levels", "rules"),
)
# fmt: on


def open_searches(study: Study) -> str:
    """Say how many searches count for no criterion; empty: there is none."""
    return "".join(f"{problem.rule}." for problem in _searches_without_criteria(study))
