"""What is no breach of a rule, and is for a person to look at."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.frames import each_row, places
from analysis.problems import WARNING, Problem, StudyError, shorten
from analysis.study import vocabulary as v
from analysis.study.addresses import address_warnings
from analysis.study.asking import Asking, sent_requests
from analysis.study.dates import day_number, possible_days, whole_day
from analysis.study.descriptor import FILE
from analysis.study.groups import exempt_cells
from analysis.study.load import Study, read_whole
from analysis.study.marks import earlier_rules_warnings
from analysis.study.places import placed
from analysis.study.privacy import personal_details
from analysis.study.schema import Breach, row_problems
from analysis.study.signs import one_line, spoilt_cells, spoilt_settings
from analysis.wording import agreeing, some_of, stopped

FURTHEST_READ = ("not_read", "opening", "whole_excerpt", "whole")
"""How far a document was read, from least to most."""

LONGEST_NOTICE = 300
"""Letters of a notice on a unit or a criterion that a briefing has room for."""


def look_over(folder: str | Path) -> list[Problem]:
    """Return every problem of a study, and after them what a person should look at.

    See :func:`analysis.study.validate` and :func:`warnings`.
    """
    try:
        study, problems = read_whole(Path(folder))
    except StudyError as error:
        return error.problems
    if study is None:
        return problems
    return [*problems, *(_of_tables(study) if problems else warnings(study))]


def warnings(study: Study) -> list[Problem]:
    """Return everything in a valid study that a person should look at."""
    return [*(one for check in _CHECKS for one in check(study)), *_of_tables(study)]


def _of_tables(study: Study) -> Iterator[Problem]:
    for check in _OF_TABLES:
        yield from check(study.descriptor.tables, study.tables)
    yield from spoilt_settings(study.descriptor)
    yield from personal_details(study.descriptor, study.tables)


def _at(
    study: Study, table: str, where: Iterable, column: str, rule: str, remedy: str
) -> Iterator[Problem]:
    described = study.descriptor.tables[table]
    where = np.asarray(where, dtype=bool)
    yield from row_problems(described, study[table], where, Breach(column, rule, remedy, WARNING))


def _older(study: Study) -> Iterator[Problem]:
    if study.added:
        rule = (
            f"the study was written for an older version; read as empty: {', '.join(study.added)}"
        )
        remedy = "nothing has to be done; the next intake writes them"
        yield Problem(FILE, None, "", "", rule, remedy, WARNING)


def _searches_without_criteria(study: Study) -> Iterator[Problem]:
    count = (study["searches"]["criterion_ids"] == "").sum()
    if count:
        some = some_of(count, len(study["searches"]), "search", "searches")
        rule = some + agreeing(
            count,
            " does not say on which criteria it bears, so that it counts for none: cells that "
            "rest on it are not assessed",
            " do not say on which criteria they bear, so that they count for none: cells that "
            "rest on them are not assessed",
        )
        remedy = "name in criterion_ids the criteria that each one's queries were about"
        yield Problem("searches.csv", None, "criterion_ids", "", rule, remedy, WARNING)


def _weights_of_groups_in_a_pool(study: Study) -> Iterator[Problem]:
    if study.settings.aggregation == "pooled":
        groups = study["recommendations"]["recommendation_id"]
        idle = study["group_weights"]["node_id"].isin(groups)
        rule = "it is a weight of a group, and study.aggregation is pooled: it counts for nothing"
        remedy = "take it out, or give the criteria of the group their weights"
        yield from _at(study, "group_weights", idle, "node_id", rule, remedy)


def _levels_without_rules(study: Study) -> Iterator[Problem]:
    ids, ruled = study["criteria"]["criterion_id"], study["rules"]["criterion_id"]
    rows = pd.concat([study["codings"], study["assessments"]])
    coded = ids.isin(rows.loc[~rows["level"].isin(v.UNKNOWNS), "criterion_id"])
    remedy = "write a rule for every level"
    rule = "levels are coded for it, and rules.csv has no decision rule"
    bare = ~ids.isin(ruled)
    yield from _at(study, "criteria", bare & coded, "criterion_id", rule, remedy)
    # What a recommendation asks whose text was not read, no rule can say yet.
    groups = study["recommendations"]
    unread = groups.loc[groups["text_read"] == "not_read", "recommendation_id"]
    bare &= ~coded & ~study["criteria"]["recommendation_id"].isin(unread)
    if bare.any():
        names = ids[bare].tolist()
        some = some_of(len(names), len(ids), "criterion", "criteria")
        rule = f"{some} {agreeing(len(names), 'has', 'have')} no decision rule in rules.csv: {stopped(names, 'criteria.csv', ', ')}"
        first = int(np.flatnonzero(bare)[0])
        yield Problem("criteria.csv", first + 2, "criterion_id", names[0], rule, remedy, WARNING)


def _batches_of_another_name(study: Study) -> Iterator[Problem]:
    given, codings = study["assignments"], study["codings"]
    to = given[given["batch"] != ""].groupby("batch")["coder"].unique()
    seen = set()
    codings = codings[codings["batch"].isin(to.index)]
    for index, row in zip(codings.index, each_row(codings), strict=True):
        if row.coder in to[row.batch] or (row.coder, row.batch) in seen:
            continue
        seen.add((row.coder, row.batch))
        names = ", ".join(sorted(to[row.batch]))
        rule = f"by assignments.csv the batch {row.batch} was given to {names}, and not to this coder, for whom what was given and not coded counts for nothing"
        remedy = "write one name in both tables, if it is one coder; else record what this coder was given"
        place = "codings.csv", index + 2, "coder"
        yield Problem(*place, shorten(row.coder), rule, remedy, WARNING, of_kind="batch")


def _sources_without_use(study: Study) -> Iterator[Problem]:
    used = {study.settings.report.source_id}
    for name, frame in study.tables.items():
        if name != "sources" and "source_id" in frame:
            used |= set(frame["source_id"])
    idle = ~study["sources"]["source_id"].isin(used)
    rule, remedy = "nothing cites this source", "cite it, or take it out"
    yield from _at(study, "sources", idle, "source_id", rule, remedy)


def _documents_held_twice(study: Study) -> Iterator[Problem]:
    sources = study["sources"]
    own = sources["title"].map(one_line).where(sources["title_kind"] != "described", "")
    titles = (sources["publisher"] + "\n" + own + "\n" + sources["published"]).where(own != "", "")
    for column, texts, what in (
        ("url", sources["url"].str.rstrip("/"), "address"),
        ("sha256", sources["sha256"], "content"),
        ("title", titles, "publisher, title and date"),
    ):
        # A note says why one document stands here twice.
        again = (texts != "") & texts.duplicated() & (sources["note"] == "")
        rule = f"an earlier row has the same {what}"
        remedy = "keep one of the two, or say in note why both stand"
        yield from _at(study, "sources", again, column, rule, remedy)


def _evidence_read_further_than_its_source(study: Study) -> Iterator[Problem]:
    order = {name: number for number, name in enumerate(FURTHEST_READ)}
    evidence = study["evidence"]
    source = evidence["source_id"].map(study.lookup("sources", "extent_read")).map(order)
    further = evidence["extent_read"].map(order) > source
    rule = "by this more of the document was read than by its row in sources.csv"
    remedy = "say one thing in both, how far it was read"
    yield from _at(study, "evidence", further, "extent_read", rule, remedy)


def _scores_rounded_somehow(study: Study) -> Iterator[Problem]:
    scores = study["published_scores"]
    stepped = pd.to_numeric(scores["step"], errors="coerce") > 0
    rule = (
        "how it was rounded is not said; it is read as within half a step ({step}) of the score, "
        "both ends included"
    )
    remedy = "say half_up, half_even, down or up; or give lowest and highest in place of the step"
    where = stepped & (scores["rounding"] == "")
    yield from _at(study, "published_scores", where, "rounding", rule, remedy)


def _requests_not_sent(study: Study) -> Iterator[Problem]:
    rule = "it has no day of sending and no answer, so that nobody counts as asked by it"
    where = ~study["requests"].index.isin(sent_requests(study).index)
    remedy = "give the day on which it was sent, or take the row out"
    yield from _at(study, "requests", where, "sent_on", rule, remedy)


def _requests_of_who_holds_no_answer(study: Study) -> Iterator[Problem]:
    asking, requests = Asking(study), study["requests"]
    where = [not asking.criteria(one) for one in each_row(requests)]
    rule = "by ask_of in criteria.csv another body holds the answer than was asked, so that the request counts for nothing"
    remedy = "correct asked_of (empty: the unit itself) or ask_of, or leave it if the wrong body was asked"
    yield from _at(study, "requests", where, "asked_of", rule, remedy)


def _report_after_all_observations(study: Study) -> Iterator[Problem]:
    rule = outdated_by_the_report(study)
    if rule:
        remedy = "correct study.report.date, if it is not the day of the report"
        day = study.settings.report.date.isoformat()
        yield Problem(FILE, None, "study.report.date", day, rule, remedy, WARNING)


def outdated_by_the_report(study: Study) -> str:
    """Say that the report came after every observation; empty: it did not, or there is none."""
    rows = study["assessments"]
    rows = rows[~rows["level"].isin(v.UNKNOWNS)]
    _, last = possible_days(rows, study["units"])
    day = study.settings.report.date
    if not len(rows) or not (last < day_number(day)).all():
        return ""
    return (
        f"the report's day ({day}) is after every one of the {len(rows)} levels in "
        "assessments.csv, so that all of them are outdated once that day is past"
    )


def _rows_that_do_not_apply(study: Study) -> Iterator[Problem]:
    rows, table = study["assessments"], study["applicability"]
    _, last = possible_days(rows, study["units"])
    column = study["criteria"]["criterion_id"].tolist()
    place = places(rows["unit_id"], study["units"]["unit_id"])
    criterion = rows["criterion_id"].map(column.index).to_numpy(dtype=int)
    late = np.zeros(len(rows), dtype=bool)
    for day in table["from_day"].unique():
        begun = whole_day(day) if day else dt.date.min
        exempt = exempt_cells(study, begun)[place, criterion] >= 0
        late |= exempt & (last >= day_number(begun))
    rule = "by applicability.csv the criterion does not apply here on the day of this row, which counts for nothing"
    remedy = "correct the table, or leave the row as what was read before"
    yield from _at(study, "assessments", late, "criterion_id", rule, remedy)


def _long_notices(study: Study) -> Iterator[Problem]:
    notices = study["notices"]
    long = (notices["text"].str.len() > LONGEST_NOTICE) & (notices["scope"] != "study")
    rule = f"it is longer than {LONGEST_NOTICE} letters, and is cut in briefings"
    yield from _at(study, "notices", long, "text", rule, "say it in fewer words")


def _half_a_map(study: Study) -> Iterator[Problem]:
    """Say once that no map is drawn since some units have no tile; where none has, it is meant."""
    there = placed(study)
    if there.any() and not there.all():
        first = int(there.to_numpy().argmin())
        lacking = (~there).sum()
        some = some_of(lacking, len(there), *study.settings.unit_noun.both)
        rule = f"{some} {agreeing(lacking, 'has', 'have')} no tile, so that no map is drawn"
        remedy = "give each a tile_column and a tile_row, or leave them all empty"
        unit = study["units"]["unit_id"].iloc[first]
        yield Problem("units.csv", first + 2, "tile_column", unit, rule, remedy, WARNING)


def _letters_without_a_face(study: Study) -> Iterator[Problem]:
    """Say once which letters no face has; they stand by their numbers in pictures and PDFs."""
    named = study.settings.display.faces
    letters = set().union(*(text for table in study.tables.values() for text in _texts(table)))
    letters |= set(study.descriptor.model_dump_json())
    # What our own face surely has needs no look at it, which takes a while.
    if not named and all(one < "\u0250" for one in letters):
        return
    from analysis.study.faces import faces_of, found, named_letters

    lost = [name for name in named if found(study, name) is None]
    spoilt = [name for name in lost if (study.folder / name).is_file()]
    if spoilt:
        rule = "it is no font file that can be read"
        remedy = "put a whole TrueType or OpenType file in its place"
        yield Problem(FILE, None, _FACES, ", ".join(spoilt), rule, remedy, WARNING)
    lost = [name for name in lost if name not in spoilt]
    if lost:
        rule = "there is no such face: neither a font file in the study's folder nor a family that is installed here"
        remedy = "correct the name, put the file into the study, or install the family"
        yield Problem(FILE, None, _FACES, ", ".join(lost), rule, remedy, WARNING)
    faces = faces_of(study)
    missing = sorted(one for one in letters if not faces.has(one))
    if missing:
        rule = f"no face at hand has {named_letters(missing)}; pictures and PDFs show the number in place of the letter"
        remedy = f"name a face that has them in {_FACES}: a font file in the study's folder, or a family that is installed"
        yield Problem(FILE, None, _FACES, "", rule, remedy, WARNING)


def _texts(table: pd.DataFrame) -> Iterator[str]:
    return (text for name in table for text in table[name] if not text.isascii())


def not_shown(study: Study) -> list[Problem]:
    """Return what of a study no picture or PDF can show as it is."""
    return [*_half_a_map(study), *_letters_without_a_face(study)]


_FACES = "study.display.faces"
_CHECKS: tuple[Callable[[Study], Iterator[Problem]], ...] = (
    _older,
    _searches_without_criteria,
    _weights_of_groups_in_a_pool,
    _levels_without_rules,
    _batches_of_another_name,
    _sources_without_use,
    _documents_held_twice,
    _evidence_read_further_than_its_source,
    _scores_rounded_somehow,
    _requests_not_sent,
    _requests_of_who_holds_no_answer,
    _report_after_all_observations,
    _rows_that_do_not_apply,
    _long_notices,
    _half_a_map,
    _letters_without_a_face,
)
_OF_TABLES = (address_warnings, earlier_rules_warnings, spoilt_cells)
"""What looks at tables also where they do not fit together."""


def open_searches(study: Study) -> str:
    """Say how many searches count for no criterion; empty: each counts for some."""
    return "".join(f"{one.rule}." for one in _searches_without_criteria(study))
