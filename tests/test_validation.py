"""Checking a study: every fault is found, named with its place, and stops the report."""

import csv
import json
import re
import shutil

import pytest
from helpers import (
    REAL,
    append_row,
    cell,
    change_bytes,
    contents,
    copy_of_real_study,
    drop_rows,
    edit_cell,
    edit_descriptor,
    find_row,
    problems_of_the_real_study,
    read_rows,
    run_process,
    whole_descriptor,
    write_rows,
)
from hypothesis import given
from hypothesis import strategies as st
from made import tries

from analysis.cli import main
from analysis.study import Problem, validate

# A unit, a criterion that applies from the report's day on, and evidence of the unit all stand
# in a row like row 2 of the assessments once its criterion is set to this one.
SINCE_THE_REPORT = "stop-sharing-on-doubt"
JUNK = 50_000_000
_SCORE = {
    "score_id": "G1",
    "unit_id": "kent",
    "group_id": "R1",
    "score": "50",
    "step": "1",
    "as_of": "2021-12-31",
    "settles_cells": "no",
    "source_id": "S001",
}


def edited(table, column, value, **where):
    """Return a function that sets one cell: of row 2, or of the first row with given cells."""

    def spoil(study):
        row = find_row(study, table, **where) if where else 2
        return edit_cell(study, table, row, column, value)

    return spoil


def added(table, like=2, **cells):
    """Return a function that adds a row."""
    return lambda study: append_row(study, table, like, **cells)


def rewritten(name, change, row):
    """Return a function that changes a file's bytes; the fault is then at a known row."""

    def spoil(study):
        change_bytes(study, name, change)
        return row

    return spoil


def found(problems, file, row, column, rule):
    """Return the problems at one place that name the rule."""
    return [
        one
        for one in problems
        if (one.file, one.row, one.column) == (file, row, column) and rule in one.rule
    ]


# --- the real study --------------------------------------------------------------------------


def test_the_real_study_has_no_problem(capsys):
    assert problems_of_the_real_study() == ()
    assert main(["validate", str(REAL), "--format", "json"]) == 0
    # What a person should look at is no problem.
    assert {one["severity"] for one in json.loads(capsys.readouterr().out)} <= {"warning"}


def test_the_standards_own_validator_agrees(tmp_path):
    import frictionless

    # It lifts the limit that our reader sets on the length of a cell, for the whole process.
    limit = csv.field_size_limit()
    # A copy handed to others, with the tables described in full.
    study = copy_of_real_study(tmp_path)
    edit_descriptor(study, lambda descriptor: None)
    report = frictionless.validate(str(study / "datapackage.json"))
    csv.field_size_limit(limit)
    assert report.valid, report.flatten(["title", "message"])
    assert len(report.tasks) == len(list(REAL.glob("*.csv")))


# --- broken copies ---------------------------------------------------------------------------


def _missing(study):
    (study / "searches.csv").unlink()


def _twice(study):
    return append_row(study, "events", like=3)


def _empty(study):
    write_rows(study, "assessments", read_rows(study, "assessments")[:1])


def _junk_beside(study):
    (study / "junk.bin").write_bytes(bytes(JUNK))


def _not_utf8(study):
    edit_cell(study, "units", 3, "name", "Café")
    change_bytes(study, "units.csv", lambda old: old.decode().encode("cp1252"))
    return 3


BROKEN = {
    "wrong header": (
        rewritten("units.csv", lambda old: old.replace(b"short_name", b"shortname", 1), 1),
        ("units.csv", "", "shortname", "missing: short_name; not described: shortname"),
    ),
    "Windows encoding": (_not_utf8, ("units.csv", "", "xe9", "not UTF-8")),
    "UTF-16": (
        rewritten("units.csv", lambda old: old.decode().encode("utf-16"), 1),
        ("units.csv", "", "xff", "not UTF-8"),
    ),
    "missing file": (_missing, ("searches.csv", "", "", "missing")),
    "duplicate key": (_twice, ("events.csv", "event_id", "", "stands in an earlier row")),
    "dangling key": (
        edited("events", "source_id", "S-none"),
        ("events.csv", "source_id", "S-none", "not a source_id of sources.csv"),
    ),
    "bad date": (
        edited("assessments", "read_on", "2021-02-30"),
        ("assessments.csv", "read_on", "2021-02-30", "does not exist"),
    ),
    "unknown level": (
        edited("assessments", "level", "mostly"),
        ("assessments.csv", "level", "mostly", "not a level of the scale"),
    ),
    "empty table": (_empty, ("assessments.csv", "", "0 rows", "at least 1 row")),
    "text in a number column": (
        edited("units", "tile_column", "west"),
        ("units.csv", "tile_column", "west", "not a whole number"),
    ),
    "50 MB beside the tables": (_junk_beside, ("junk.bin", "", "", "not described")),
    "50 MB in place of a table": (
        rewritten("units.csv", lambda old: bytes(JUNK), 1),
        ("units.csv", "", "x00", "header"),
    ),
    "50 MB below a good header": (
        rewritten("levels.csv", lambda old: old.splitlines()[0] + b"\n" + b"x" * JUNK, 2),
        ("levels.csv", "", "", "not CSV"),
    ),
}
broken = pytest.mark.parametrize(("spoil", "expected"), BROKEN.values(), ids=BROKEN)


@pytest.fixture(scope="module")
def last_output(tmp_path_factory):
    """Return an output folder that an earlier, successful run left behind."""
    # The tables alone: they are swapped in as a report is, and take a fraction of its time.
    out = tmp_path_factory.mktemp("earlier") / "output"
    assert main(["score", str(REAL), "--out", str(out)]) == 0
    return out


@broken
def test_a_broken_copy_is_named_with_place_and_remedy(tmp_path, capsys, spoil, expected):
    study = copy_of_real_study(tmp_path)
    row = spoil(study)
    assert main(["validate", str(study), "--format", "json"]) == 1
    said = capsys.readouterr()
    file, column, value, rule = expected
    here = [
        one
        for one in json.loads(said.out)
        if (one["file"], one["row"], one["column"]) == (file, row, column)
    ]
    assert [one for one in here if value in one["value"] and rule in one["rule"]], said.out
    assert all(one["rule"] and one["remedy"] for one in json.loads(said.out))
    assert "Traceback" not in said.out + said.err


@broken
def test_a_report_on_a_broken_copy_leaves_the_last_output_untouched(
    tmp_path, capsys, last_output, spoil, expected
):
    study = copy_of_real_study(tmp_path)
    spoil(study)
    before, beside = contents(last_output), sorted(last_output.parent.iterdir())
    assert main(["report", str(study), "--out", str(last_output)]) == 1
    said = capsys.readouterr()
    assert contents(last_output) == before
    assert sorted(last_output.parent.iterdir()) == beside  # and nothing half-made beside it
    assert "Nothing was written." in said.err
    assert expected[0] in said.err
    assert "Traceback" not in said.out + said.err


@pytest.mark.parametrize(
    ("command", "name"),
    [("validate", "wrong header"), ("report", "UTF-16"), ("report", "50 MB in place of a table")],
)
def test_a_process_of_its_own_ends_with_a_message_too(tmp_path, command, name):
    study = copy_of_real_study(tmp_path)
    spoil, (file, *_) = BROKEN[name]
    spoil(study)
    done = run_process(command, study, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert file in done.stderr
    assert "Traceback" not in done.stderr
    assert [*tmp_path.iterdir()] == [study]  # no output folder, whole or half


def test_a_folder_that_is_not_there_is_one_problem(tmp_path, capsys):
    assert main(["validate", str(tmp_path / "nowhere")]) == 1
    assert "there is no such folder" in capsys.readouterr().err


# --- the rules of the schema and of the codebook -----------------------------------------------


def _unit(study):
    return cell(study, "assessments", 2, "unit_id")


def _cites(table, scope):
    """Cite, in row 2, evidence that does not bear on the row's own unit."""

    def spoil(study):
        if scope == "unit":
            header, *rows = read_rows(study, "evidence")
            unit = header.index("unit_id")
            cited = next(row[0] for row in rows if row[unit] not in ("", _unit(study)))
        else:
            cited = cell(study, "evidence", find_row(study, "evidence", scope=scope), "evidence_id")
        return edit_cell(study, table, 2, "evidence_ids", cited)

    return spoil


def _cites_twice(study):
    cited = cell(study, "assessments", 2, "evidence_ids").split(";")[0]
    return edit_cell(study, "assessments", 2, "evidence_ids", f"{cited};{cited}")


def _asked_with(table, **cells):
    """Add a row to a table that is empty in the real study, on a unit that is there."""
    return lambda study: append_row(study, table, None, unit_id=_unit(study), **cells)


def _replaced_coding(**cells):
    """Add a replaced coding, which is otherwise as row 2 of the codings."""

    def spoil(study):
        header, row, *_ = read_rows(study, "codings")
        coding = dict(zip(header, row, strict=True))
        more = {"replaced_on": "2026-11-23", "replaced_why": "a made-up reason", **cells}
        return append_row(study, "codings_history", None, **{**coding, **more})

    return spoil


def _assessed(**cells):
    """Add an assessment on a criterion that applies from the report's day on."""
    undated = {"observed_on": "", "not_before": "", "not_after": ""}
    return added("assessments", **{"criterion_id": SINCE_THE_REPORT, **undated, **cells})


def _two_assessed(first, second):
    """Add two assessments of one cell; return the later row."""

    def spoil(study):
        _assessed(**first)(study)
        return _assessed(**second)(study)

    return spoil


A_MONTH = {"observed_on": "2021-12"}
THE_SAME_DAYS = {"not_before": "2021-12-01", "not_after": "2021-12-31"}


def _checked(study):
    edit_descriptor(study, lambda descriptor: descriptor["study"].update(status="checked"))
    return 2


def _no_rules(study):
    drop_rows(study, "rules", criterion_id="guidance-exists")
    return find_row(study, "criteria", criterion_id="guidance-exists")


def _one_rule_short(study):
    drop_rows(study, "rules", criterion_id="guidance-exists", level="partly")
    return find_row(study, "criteria", criterion_id="guidance-exists")


def _circle_of_two(study):
    one, other = (cell(study, "recommendations", row, "recommendation_id") for row in (2, 3))
    edit_cell(study, "recommendations", 2, "parent_id", other)
    return edit_cell(study, "recommendations", 3, "parent_id", one)


def _own_parent(study):
    own = cell(study, "recommendations", 2, "recommendation_id")
    return edit_cell(study, "recommendations", 2, "parent_id", own)


def _same_tile(study):
    for column in ("tile_column", "tile_row"):
        edit_cell(study, "units", 3, column, cell(study, "units", 2, column))
    return 3


def _same_tile_in_other_digits(study):
    _same_tile(study)
    return edit_cell(study, "units", 3, "tile_row", "+" + cell(study, "units", 2, "tile_row"))


def _same_name(study):
    return edit_cell(study, "units", 3, "name", cell(study, "units", 2, "name"))


def _flat_scale(study):
    rows = read_rows(study, "levels")
    for row in rows[1:]:
        row[rows[0].index("value")] = "1"
    write_rows(study, "levels", rows)
    return 2


def _unsearched_unit(study):
    names = {"unit_id": "new", "name": "New", "short_name": "New", "code": ""}
    return append_row(study, "units", **names, tile_column="99")


REFUSED = {
    "request_id": "Q1",
    "answered_on": "2026-10-02",
    "outcome": "refused",
    "reviewed_on": "2026-11-01",
    "review_outcome": "answered",
}
UNANSWERED = {"answered_on": "", "outcome": "", "reviewed_on": "", "review_outcome": ""}
UNANSWERED |= {"review_asked_on": "2026-10-02"}
DECIDED = {"complained_on": "2026-11-02", "complaint_decided_on": "2027-01-01"}
DECIDED |= {"complaint_outcome": "answered"}
RULES = [
    # (name, spoil, file, column, fragment of the rule)
    # Cells
    ("required", edited("units", "name", ""), "units", "name", "a value is required"),
    (
        "only a space",
        edited("units", "name", " "),
        "units",
        "name",
        "a value is required",
    ),
    ("name used twice", _same_name, "units", "name", "stands in an earlier row"),
    ("identifier's form", edited("events", "event_id", "T 1"), "events", "event_id", "the form"),
    (
        "identifier with a line feed",
        edited("events", "event_id", "T1\n"),
        "events",
        "event_id",
        "the form",
    ),
    ("identifier too long", edited("events", "event_id", "T" * 101), "events", "event_id", "100"),
    (
        "not an allowed value",
        edited("assessments", "confidence", "sure"),
        "assessments",
        "confidence",
        "not an allowed value",
    ),
    ("a date's form", edited("events", "date", "17/12/2020"), "events", "date", "the form"),
    (
        "a year where a day is needed",
        edited("assessments", "read_on", "2026"),
        "assessments",
        "read_on",
        "the form",
    ),
    (
        "a date in other digits",
        edited("assessments", "read_on", "٢٠٢٦-١١-٢٣"),
        "assessments",
        "read_on",
        "",
    ),
    ("a fraction of a tile", edited("units", "tile_row", "1.5"), "units", "tile_row", "whole"),
    ("tile below 1", edited("units", "tile_row", "0"), "units", "tile_row", "below 1"),
    ("words for a figure", edited("figures", "value", "six"), "figures", "value", "not a number"),
    ("no number", edited("figures", "value", "NaN"), "figures", "value", "not a number"),
    ("infinity", edited("figures", "value", "inf"), "figures", "value", "not a number"),
    ("decimal comma", edited("criteria", "weight", "1,5"), "criteria", "weight", "it has a comma"),
    ("negative weight", edited("criteria", "weight", "-1"), "criteria", "weight", "below 0"),
    ("level above 1", edited("levels", "value", "1.01"), "levels", "value", "above 1"),
    (
        "a number in other digits",
        edited("levels", "value", "１"),
        "levels",
        "value",
        "not a number",
    ),
    ("bell", edited("events", "event", "a\x07b"), "events", "event", "U+0007"),
    ("carriage return", edited("events", "event", "a\rb"), "events", "event", "U+000D"),
    ("NUL", edited("events", "event", "a\0b"), "events", "event", "U+0000"),
    ("delete", edited("events", "event", "a\x7fb"), "events", "event", "U+007F"),
    ("next line", edited("events", "event", "a\x85b"), "events", "event", "U+0085"),
    (
        "no character at all",
        edited("events", "event", "a\uffffb"),
        "events",
        "event",
        "U+FFFF",
    ),
    ("32,768 characters", edited("events", "event", "x" * 32_768), "events", "event", "32767"),
    # Keys
    (
        "key of several columns",
        added("assessments"),
        "assessments",
        "unit_id",
        "stands in an earlier row",
    ),
    (
        "recommendation under nothing",
        edited("recommendations", "parent_id", "R-none"),
        "recommendations",
        "parent_id",
        "not a recommendation_id of recommendations.csv",
    ),
    (
        "total over a missing criterion",
        edited("published_totals", "criterion_id", "none"),
        "published_totals",
        "criterion_id",
        "not a criterion_id of criteria.csv",
    ),
    (
        "reply on a missing unit",
        added("replies", None, reply_id="A1", unit_id="none"),
        "replies",
        "unit_id",
        "not a unit_id of units.csv",
    ),
    # Dates
    (
        "observed after it was read",
        edited("assessments", "observed_on", "2999", not_before="", not_after=""),
        "assessments",
        "observed_on",
        "after read_on",
    ),
    (
        "coded before it can have happened",
        edited("codings", "not_before", "2999-01", observed_on=""),
        "codings",
        "not_before",
        "after read_on",
    ),
    (
        "replaced coding observed after it was read",
        _replaced_coding(observed_on="2999", not_before="", not_after=""),
        "codings_history",
        "observed_on",
        "after read_on",
    ),
    (
        "bounds that cross",
        _assessed(not_before="2021-06", not_after="2021-05", level="met"),
        "assessments",
        "not_before",
        "after not_after (2021-05)",
    ),
    (
        "a date and bounds",
        _assessed(observed_on="2021", not_before="2021", level="met"),
        "assessments",
        "observed_on",
        "bounds for an undated one",
    ),
    # Levels
    (
        "scale without levels",
        edited("criteria", "scale_id", "none"),
        "criteria",
        "scale_id",
        "no level of this scale",
    ),
    (
        "an unknown as a level",
        edited("levels", "level", "withheld", level="partly"),
        "levels",
        "level",
        "the name of an unknown",
    ),
    ("a flat scale", _flat_scale, "levels", "value", "the same value"),
    (
        "coding off the scale",
        edited("codings", "level", "mostly"),
        "codings",
        "level",
        "not a level of the scale",
    ),
    (
        "replaced coding off the scale",
        _replaced_coding(level="mostly"),
        "codings_history",
        "level",
        "not a level of the scale",
    ),
    (
        "rule off the scale",
        edited("rules", "level", "mostly"),
        "rules",
        "level",
        "not a level of the scale",
    ),
    (
        "total off the scale",
        edited("published_totals", "level", "inconclusive"),
        "published_totals",
        "level",
        "not a level of the scale",
    ),
    *(
        (f"{unknown} typed", edited(table, "level", unknown), table, "level", "never typed")
        for unknown in ("not_found", "outdated", "not_in_force")
        for table in ("assessments", "codings")
    ),
    # Evidence
    (
        "assessment without evidence",
        edited("assessments", "evidence_ids", ""),
        "assessments",
        "evidence_ids",
        "without evidence",
    ),
    (
        "coding without evidence",
        edited("codings", "evidence_ids", ""),
        "codings",
        "evidence_ids",
        "without evidence",
    ),
    (
        "evidence that is not held",
        edited("assessments", "evidence_ids", "E-none"),
        "assessments",
        "evidence_ids",
        "E-none is not in evidence.csv",
    ),
    (
        "evidence of another unit",
        _cites("assessments", "unit"),
        "assessments",
        "evidence_ids",
        "not about",
    ),
    ("coding on another unit", _cites("codings", "unit"), "codings", "evidence_ids", "not about"),
    (
        "evidence about all at once",
        _cites("assessments", "all-forces"),
        "assessments",
        "evidence_ids",
        "many units at once",
    ),
    ("evidence cited twice", _cites_twice, "assessments", "evidence_ids", "cited twice"),
    (
        "evidence joined by a comma",
        edited("assessments", "evidence_ids", "E1,E2"),
        "assessments",
        "evidence_ids",
        "the form",
    ),
    (
        "reply with evidence that is not held",
        _asked_with("replies", reply_id="A1", evidence_ids="E-none"),
        "replies",
        "evidence_ids",
        "E-none is not in evidence.csv",
    ),
    (
        "request with evidence that is not held",
        _asked_with("requests", request_id="Q1", evidence_ids="E-none"),
        "requests",
        "evidence_ids",
        "E-none is not in evidence.csv",
    ),
    (
        "evidence on a unit without a unit",
        edited("evidence", "unit_id", "", scope="unit"),
        "evidence",
        "unit_id",
        "if, and only if",
    ),
    (
        "evidence on all with a unit",
        lambda study: edited("evidence", "unit_id", _unit(study), scope="all-forces")(study),
        "evidence",
        "unit_id",
        "if, and only if",
    ),
    # Criteria that begin to apply on a day
    (
        "level of an unknown day",
        _assessed(level="met"),
        "assessments",
        "level",
        "begins to apply",
    ),
    (
        "level of the day before",
        _assessed(observed_on="2020-12-16", level="met"),
        "assessments",
        "level",
        "begins to apply",
    ),
    (
        "level of a year that began before",
        _assessed(observed_on="2020", level="met"),
        "assessments",
        "level",
        "begins to apply",
    ),
    # Rows that cannot both stand
    (
        "levels that tie",
        _two_assessed({**A_MONTH, "level": "met"}, {**THE_SAME_DAYS, "level": "partly"}),
        "assessments",
        "level",
        "ties with another row",
    ),
    (
        "unknowns that tie",
        _two_assessed({**A_MONTH, "level": "withheld"}, {**THE_SAME_DAYS, "level": "inconclusive"}),
        "assessments",
        "level",
        "ties with another row",
    ),
    # How a level was settled
    (
        "third reading without a reason",
        edited("assessments", "settled_why", "", settled_by="third reading"),
        "assessments",
        "settled_why",
        "without a reason",
    ),
    ("checked by nobody", _checked, "assessments", "checked_by", "marked checked"),
    ("checked on no day", _checked, "assessments", "checked_on", "marked checked"),
    # Criteria and recommendations
    ("scored without rules", _no_rules, "criteria", "criterion_id", "lacks a decision rule"),
    ("one rule short", _one_rule_short, "criteria", "criterion_id", "lacks a decision rule"),
    (
        "scored with weight 0",
        edited("criteria", "weight", "0.0", scored="yes"),
        "criteria",
        "weight",
        "scored with weight 0",
    ),
    (
        "scored under nothing",
        edited("criteria", "recommendation_id", "", scored="yes"),
        "criteria",
        "recommendation_id",
        "belongs to no recommendation",
    ),
    (
        "scored on an unread text",
        edited("criteria", "recommendation_id", "R5", scored="yes"),
        "criteria",
        "scored",
        "whose text was not read",
    ),
    (
        "paraphrase of an unread text",
        edited("recommendations", "asks", "Something.", text_read="not_read"),
        "recommendations",
        "asks",
        "not read, and yet it is paraphrased",
    ),
    ("circle of two", _circle_of_two, "recommendations", "parent_id", "lead back to itself"),
    ("its own parent", _own_parent, "recommendations", "parent_id", "lead back to itself"),
    (
        "a group named total",
        edited("recommendations", "recommendation_id", "total"),
        "recommendations",
        "recommendation_id",
        "kept for the whole",
    ),
    # Totals, units, notices
    (
        "count above the population",
        edited("published_totals", "count", "44"),
        "published_totals",
        "count",
        "larger than its population (43)",
    ),
    (
        "population above the units",
        edited("published_totals", "of", "44"),
        "published_totals",
        "of",
        "the study holds fewer units",
    ),
    (
        "total of a month",
        edited("published_totals", "as_of", "2021-05"),
        "published_totals",
        "as_of",
        "does not have the form",
    ),
    (
        "total of one level twice",
        edited("published_totals", "level", "met;met"),
        "published_totals",
        "level",
        "a level stands in it twice",
    ),
    (
        "total of several levels, one off the scale",
        edited("published_totals", "level", "met;mostly"),
        "published_totals",
        "level",
        "not a level of the scale of guidance-clear",
    ),
    (
        "total that is neither exactly, at least nor at most",
        edited("published_totals", "relation", "about"),
        "published_totals",
        "relation",
        "not an allowed value",
    ),
    (
        "total among a region that is none",
        edited("published_totals", "among", "region=Nowhere"),
        "published_totals",
        "among",
        "names a unit, region or country that units.csv does not hold",
    ),
    (
        "total among a unit that is none",
        added("published_totals", total_id="P2", among="kent;nowhere", of="2", count="1"),
        "published_totals",
        "among",
        "names a unit, region or country that units.csv does not hold",
    ),
    (
        "total among a unit named twice",
        added("published_totals", total_id="P2", among="kent;kent", of="2", count="1"),
        "published_totals",
        "among",
        "a unit stands in it twice",
    ),
    (
        "total of more units than the region has",
        added("published_totals", total_id="P2", among="country=Wales", of="5", count="1"),
        "published_totals",
        "of",
        "fewer units are among country=Wales",
    ),
    (
        "total of other than the units that it names",
        added("published_totals", total_id="P2", among="kent;essex", of="1", count="1"),
        "published_totals",
        "of",
        "not the number of units that among names",
    ),
    (
        "total among what is neither column nor units",
        edited("published_totals", "among", "moon=Kent"),
        "published_totals",
        "among",
        "units.csv does not hold",
    ),
    *(
        (name, added("published_scores", None, **(_SCORE | cells)), "published_scores", *said)
        for name, cells, *said in (
            ("score above 100", {"score": "101"}, "score", "it is above 100"),
            ("score without a step", {"step": ""}, "step", "nothing says what the score was"),
            (
                "score of no unit",
                {"unit_id": "nowhere"},
                "unit_id",
                "not a unit_id of units.csv",
            ),
            (
                "score on a group without scored criteria",
                {"group_id": "R2"},
                "group_id",
                "not a group with a scored criterion below it",
            ),
            (
                "score that weighs what lies elsewhere",
                {"weights": "guidance-clear=2"},
                "weights",
                "something other than a scored criterion or group below R1",
            ),
            (
                "score that weighs something twice",
                {"weights": "third-party-link=2;third-party-link=3"},
                "weights",
                "it weighs something twice",
            ),
            (
                "score with a weight that is no number",
                {"weights": "third-party-link=two"},
                "weights",
                "does not have the form",
            ),
            (
                "score of a day that does not exist",
                {"as_of": "2021-02-30"},
                "as_of",
                "the date does not exist",
            ),
        )
    ),
    ("unit never looked for", _unsearched_unit, "units", "unit_id", "no search and no evidence"),
    ("two units on a tile", _same_tile, "units", "tile_column", "another unit has the tile"),
    (
        "two units on a tile, in other digits",
        _same_tile_in_other_digits,
        "units",
        "tile_column",
        "another unit has the tile",
    ),
    (
        "notice on a unit without one",
        edited("notices", "unit_id", "", scope="unit"),
        "notices",
        "unit_id",
        "if, and only if",
    ),
    (
        "notice on the study with a criterion",
        edited("notices", "criterion_id", "victim-first", scope="study"),
        "notices",
        "criterion_id",
        "if, and only if",
    ),
    # Dates out of order in tables that no level rests on
    (
        "figure's period",
        edited("figures", "period_start", "2021-01-01", period_end="2020-12-17"),
        "figures",
        "period_start",
        "after period_end",
    ),
    (
        "evidence's bounds",
        lambda study: append_row(
            study,
            "evidence",
            evidence_id="E-new",
            published="",
            not_before="2021",
            not_after="2020",
        ),
        "evidence",
        "not_before",
        "after not_after",
    ),
    (
        "source published after it was read",
        edited("sources", "published", "2999"),
        "sources",
        "published",
        "after read_on",
    ),
    (
        "request answered before it was sent",
        _asked_with("requests", request_id="Q1", sent_on="2026-10-02", answered_on="2026-10-01"),
        "requests",
        "sent_on",
        "after answered_on",
    ),
    (
        "review before the answer",
        _asked_with("requests", **REFUSED | {"reviewed_on": "2026-10-01"}),
        "requests",
        "answered_on",
        "after reviewed_on",
    ),
    (
        "review without a day",
        _asked_with("requests", **REFUSED | {"reviewed_on": ""}),
        "requests",
        "reviewed_on",
        "the review came to answered, and its day is not given",
    ),
    (
        "review without an outcome",
        _asked_with("requests", **REFUSED | {"review_outcome": ""}),
        "requests",
        "review_outcome",
        "and not what the review came to",
    ),
    (
        "review of what was answered",
        _asked_with("requests", **REFUSED | {"outcome": "answered"}),
        "requests",
        "review_outcome",
        "a review is of a refusal",
    ),
    *(
        (
            f"{column} of a request: {rule}",
            _asked_with("requests", **REFUSED | cells),
            "requests",
            column,
            rule,
        )
        for column, cells, rule in [
            ("exemption", {"outcome": "answered", "exemption": "s1"}, "an exemption is named"),
            ("sent_on", UNANSWERED | {"sent_on": "2026-10-03"}, "after review_asked_on"),
            ("answered_on", {"review_asked_on": "2026-10-01"}, "after review_asked_on"),
            ("review_asked_on", {"review_asked_on": "2026-11-02"}, "after reviewed_on"),
            ("reviewed_on", {"complained_on": "2026-10-31"}, "after complained_on"),
            ("complained_on", DECIDED | {"complained_on": "2027-01-02"}, "after complaint_dec"),
            ("complained_on", DECIDED | {"complained_on": ""}, "on which it was made is not given"),
            ("complaint_decided_on", DECIDED | {"complaint_decided_on": ""}, "the day of that"),
            ("complaint_outcome", DECIDED | {"complaint_outcome": ""}, "what it came to is not"),
            ("complaint_outcome", DECIDED | {"complaint_outcome": "upheld"}, "allowed value"),
        ]
    ),
    *(
        (
            f"address for requests: {text}",
            edited("units", "request_address", text),
            "units",
            "request_address",
            "neither an e-mail address nor an address of the web",
        )
        for text in ("foi at example.org", "mailto:foi@example.org", "www.example.org", "https://")
    ),
    (
        "name of a form",
        edited("units", "whatdotheyknow_name", "Kent Police"),
        "units",
        "whatdotheyknow_name",
        "the form",
    ),
]


@pytest.mark.parametrize(
    "cells",
    [
        {"review_asked_on": "2026-10-05", "exemption": "section 31(1)(a)"},
        # An answer that came late, after a review was asked for.
        {"outcome": "answered", "review_asked_on": "2026-10-01", "reviewed_on": ""}
        | {"review_outcome": "", "sent_on": "2026-08-01"},
        {"complained_on": "2026-11-02", "complaint_decided_on": "2027-01-01"}
        | {"complaint_outcome": "must_answer", "review_outcome": "upheld"},
    ],
)
def test_the_course_of_a_request_is_valid(tmp_path, cells):
    study = copy_of_real_study(tmp_path)
    _asked_with("requests", **REFUSED | cells)(study)
    assert validate(study) == []


@pytest.mark.parametrize(
    ("spoil", "table", "column", "rule"),
    [
        pytest.param(*case, id=name, marks=marks)
        for name, *case, marks in (one if len(one) == 6 else (*one, ()) for one in RULES)
    ],
)
def test_a_broken_rule_is_found_at_its_place(tmp_path, spoil, table, column, rule):
    assert problems_of_the_real_study() == ()
    study = copy_of_real_study(tmp_path)
    row = spoil(study)
    problems = validate(study)
    assert found(problems, f"{table}.csv", row, column, rule), [*map(str, problems)]


def _date_fields(study):
    descriptor = whole_descriptor(study)
    return {
        (resource["name"], field["name"])
        for resource in descriptor["resources"]
        for field in resource["schema"]["fields"]
        if field["constraints"].get("pattern", "").startswith(r"^\d{4}")
    }


def test_no_table_takes_a_date_that_does_not_exist(tmp_path):
    study = copy_of_real_study(tmp_path)
    fields = _date_fields(study)
    assert len(fields) > 20
    rows = {}
    for table, column in sorted(fields):
        if table not in rows:
            # Tables that are empty in the real study get a row, so that they are asked too.
            rows[table] = 2 if len(read_rows(study, table)) > 1 else append_row(study, table, None)
        edit_cell(study, table, rows[table], column, "2021-02-30")
    problems = validate(study)
    for table, column in fields:
        assert found(problems, f"{table}.csv", rows[table], column, "does not exist"), (
            table,
            column,
        )


def test_faults_in_five_tables_are_reported_together_in_order(tmp_path):
    study = copy_of_real_study(tmp_path)
    faults = {
        "units": ("tile_row", "west"),
        "criteria": ("label", ""),
        "sources": ("read_on", "2021-02-30"),
        "assessments": ("confidence", "sure"),
        "events": ("source_id", "S-none"),
    }
    for number, (table, (column, value)) in enumerate(faults.items(), start=2):
        edit_cell(study, table, number, column, value)
    expected = [
        (f"{table}.csv", number, column, value)
        for number, (table, (column, value)) in enumerate(faults.items(), start=2)
    ]
    assert [(one.file, one.row, one.column, one.value) for one in validate(study)] == expected


def test_an_unreadable_table_hides_no_fault_of_another(tmp_path):
    study = copy_of_real_study(tmp_path)
    (study / "evidence.csv").write_bytes(b"\xff\xfe")
    edit_cell(study, "units", 2, "tile_row", "west")
    assert [one.file for one in validate(study)] == ["units.csv", "evidence.csv"]


# --- what is allowed ---------------------------------------------------------------------------


def _total(**cells):
    return added("published_totals", total_id="P2", **cells)


ALLOWED = {
    "text that a spreadsheet might run, =": edited("events", "event", "=1+1"),
    "text that a spreadsheet might run, +": edited("events", "event", "+1"),
    "text that a spreadsheet might run, -": edited("events", "event", "-1"),
    "text that a spreadsheet might run, @": edited("events", "event", "@SUM(A1)"),
    "text that begins with a tab": edited("events", "event", "\t=1+1"),
    "tab and line feed": edited("events", "event", "one\ttwo\nthree"),
    "letters of any script, and signs beyond them": edited("events", "event", "Ŵ – 言 – 🦜"),
    "32,767 characters": edited("events", "event", "x" * 32_767),
    "text that looks missing": edited("events", "event", "NA"),
    "quotes, commas and markup": edited("events", "event", '"a", [b] <i>{c}</i> %s \\'),
    "byte order mark": rewritten("units.csv", lambda old: b"\xef\xbb\xbf" + old, None),
    "Windows line ends": rewritten("units.csv", lambda old: old.replace(b"\n", b"\r\n"), None),
    "no line end at the end": rewritten("units.csv", lambda old: old[:-1], None),
    "a spreadsheet's lock file": lambda study: (study / "~$units.csv").write_text("open"),
    "a word beside the tables": lambda study: (study / "README.md").write_text("read"),
    "an early coding": added(
        "codings", criterion_id=SINCE_THE_REPORT, observed_on="2019", not_before="", not_after=""
    ),
    "a coding of an unknown day": added(
        "codings", criterion_id=SINCE_THE_REPORT, observed_on="", not_before="", not_after=""
    ),
    "an early assessment that settles nothing": _assessed(observed_on="2019", level="inconclusive"),
    "a level of the day itself": _assessed(observed_on="2020-12-17", level="met"),
    "an unknown of an unknown day": _assessed(level="inconclusive"),
    "a cell that nobody has looked at": _assessed(level="not_assessed", evidence_ids=""),
    "a tie at one level": _two_assessed(
        {**A_MONTH, "level": "met"}, {**THE_SAME_DAYS, "level": "met"}
    ),
    "a tie that confidence breaks": _two_assessed(
        {**A_MONTH, "level": "met", "confidence": "high"},
        {**THE_SAME_DAYS, "level": "partly", "confidence": "low"},
    ),
    "a level and an unknown of one day": _two_assessed(
        {**A_MONTH, "level": "met"}, {**THE_SAME_DAYS, "level": "inconclusive"}
    ),
    "a replaced coding": _replaced_coding(),
    "a total of at least, over two levels": _total(relation="at_least", level="met;partly"),
    "a total of at most, of fewer than the country has": _total(
        relation="at_most", among="country=Wales", of="3", count="0"
    ),
    "a total of named units": _total(relation="exactly", among="kent;essex", of="2", count="2"),
    "a total of a region": _total(among="region=South East", of="5", count="3"),
    "a score with a publisher's weights": added(
        "published_scores", None, **_SCORE, weights="third-party-link=2.5"
    ),
    "a score in all, with a weight of nothing": added(
        "published_scores",
        None,
        **(_SCORE | {"group_id": "total", "step": "0", "weights": "R1=.5;third-party-link=0"}),
    ),
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_what_the_rules_allow_is_no_problem(tmp_path, change):
    study = copy_of_real_study(tmp_path)
    change(study)
    assert [*map(str, validate(study))] == []


# --- files that are not quite CSV --------------------------------------------------------------


def _first_lines(old, change):
    header, line, *others = old.split(b"\n")
    return b"\n".join([header, change(line), *others])


NOT_QUITE_CSV = {
    "a cell short": (lambda line: line.rsplit(b",", 1)[0], 2, "13 cells where the header has 14"),
    "a cell long": (lambda line: line + b",1", 2, "15 cells where the header has 14"),
    "an empty line": (lambda line: b"\n" + line, 2, "the line is empty"),
    "a quote left open": (lambda line: line.replace(b",", b',"', 1), 2, "not CSV from here on"),
    "text after a quote": (lambda line: b'"a"b' + line, 2, "not CSV from here on"),
}


@pytest.mark.parametrize(("change", "row", "rule"), NOT_QUITE_CSV.values(), ids=NOT_QUITE_CSV)
def test_a_line_that_does_not_fit_is_found(tmp_path, change, row, rule):
    study = copy_of_real_study(tmp_path)
    change_bytes(study, "units.csv", lambda old: _first_lines(old, change))
    assert found(validate(study), "units.csv", row, "", rule)


def test_a_short_row_is_one_problem(tmp_path):
    study = copy_of_real_study(tmp_path)
    change_bytes(study, "levels.csv", lambda old: old + b"spare\n")
    assert len(validate(study)) == 1


@pytest.mark.parametrize("table", ["units", "criteria", "levels", "sources"])
def test_a_short_row_is_not_held_against_what_points_to_it(tmp_path, table):
    study = copy_of_real_study(tmp_path)
    change_bytes(
        study, f"{table}.csv", lambda old: _first_lines(old, lambda line: line.rsplit(b",", 1)[0])
    )
    assert [(one.file, one.row) for one in validate(study)] == [(f"{table}.csv", 2)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("confidence", "sure"),
        ("criterion_id", "none"),
        pytest.param(
            "evidence_ids",
            "E-none",
        ),
    ],
)
def test_rows_below_a_short_row_keep_their_number(tmp_path, column, value):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "assessments", 5, column, value)
    change_bytes(study, "assessments.csv", lambda old: _first_lines(old, lambda line: b'"short"'))
    assert [one.row for one in validate(study)] == [2, 5]


def test_rows_below_an_empty_line_keep_their_number(tmp_path):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "assessments", 5, "evidence_ids", "E-none")
    change_bytes(study, "assessments.csv", lambda old: _first_lines(old, lambda line: b"\n" + line))
    assert [one.row for one in validate(study)] == [2, 6]


def test_thousands_of_short_rows_are_not_reported_one_by_one(tmp_path):
    study = copy_of_real_study(tmp_path)
    change_bytes(study, "units.csv", lambda old: old + b"x\n" * 3_000)
    assert len(validate(study)) < 3_000


def test_faults_by_the_thousand_are_summed_up_in_words(tmp_path):
    study = copy_of_real_study(tmp_path)
    header, row, *_ = read_rows(study, "assessments")
    write_rows(study, "assessments", [header, *[row] * 1_500])
    problems = validate(study)
    assert len(problems) < 1_500
    assert [one.rule for one in problems if "{" in one.rule] == []


def test_a_wrong_byte_after_a_cell_without_end_is_a_problem(tmp_path):
    study = copy_of_real_study(tmp_path)
    change_bytes(study, "levels.csv", lambda old: old + b"x" * 300_000 + b"\xff")
    (problem,) = validate(study)
    assert (problem.file, problem.value) == ("levels.csv", "\\xff")


@pytest.mark.parametrize(
    ("bad", "value"),
    [
        pytest.param(b"spare\n", "spare", id="a short row"),
        pytest.param(b"ordinal,sp\xe9,0,x\n", "\\xe9", id="a byte that is not UTF-8"),
    ],
)
def test_the_value_is_shown_as_it_stands_in_the_file(tmp_path, bad, value):
    study = copy_of_real_study(tmp_path)
    change_bytes(study, "levels.csv", lambda old: old + bad)
    assert validate(study)[0].value == value


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "events", 2, "event", "one\ntwo\nthree")
    edit_cell(study, "events", 5, "source_id", "S-none")
    assert [one.row for one in validate(study)] == [5]


def test_rows_are_counted_so_in_a_file_of_another_encoding(tmp_path):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "events", 2, "event", "one\ntwo\nthree")
    edit_cell(study, "events", 5, "event", "Café")
    change_bytes(study, "events.csv", lambda old: old.decode().encode("cp1252", "replace"))
    assert [one.row for one in validate(study)] == [5]


def test_a_folder_in_place_of_a_table_is_a_problem(tmp_path):
    study = copy_of_real_study(tmp_path)
    (study / "units.csv").unlink()
    (study / "units.csv").mkdir()
    assert found(validate(study), "units.csv", None, "", "cannot be read")


def test_a_table_in_other_capitals_is_missing(tmp_path):
    study = copy_of_real_study(tmp_path)
    (study / "units.csv").rename(study / "Units.txt")
    assert [(one.file, one.row) for one in validate(study)] == [
        ("Units.txt", None),
        ("units.csv", None),
    ]


@pytest.mark.slow
def test_the_last_year_of_the_calendar_is_drawn_or_refused(tmp_path):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "events", 2, "date", "9999")
    assert main(["report", str(study), "--out", str(tmp_path / "out")]) in (0, 1)


# --- how problems are shown --------------------------------------------------------------------


def test_a_terminal_gets_the_first_200_and_their_number(tmp_path, capsys):
    study = copy_of_real_study(tmp_path)
    rows = read_rows(study, "evidence")
    write_rows(study, "evidence", rows[:1])
    count = len(validate(study))
    assert count > 200
    assert main(["validate", str(study)]) == 1
    shown = capsys.readouterr().err
    assert (
        f"{count} problems. The first 200 are shown; policygap validate STUDY --format json gives all."
        in shown
    )
    assert len(re.findall(r"^\w+\.csv ", shown, re.MULTILINE)) == 200


def test_markup_in_a_value_is_shown_as_text(tmp_path, capsys):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "units", 2, "tile_row", "[red]a[/red] [/] {b} \x1b[31m")
    assert main(["validate", str(study)]) == 1
    assert "[red]a[/red] [/] {b} \\x1b[31m" in capsys.readouterr().err


def test_json_comes_through_where_the_output_is_not_utf8(tmp_path):
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "units", 2, "tile_row", "north → south")
    done = run_process("validate", study, "--format", "json", PYTHONIOENCODING="cp1252")
    assert "Traceback" not in done.stderr
    errors = [one for one in json.loads(done.stdout) if one["severity"] == "error"]
    assert [one["value"] for one in errors] == ["north → south"]


# --- whatever a file holds ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def any_study(tmp_path_factory):
    return copy_of_real_study(tmp_path_factory.mktemp("any"))


HEADERS = {
    table: (REAL / f"{table}.csv").read_bytes().split(b"\n")[0]
    for table in ("assessments", "levels", "units")
}
NASTY_LINES = st.text(st.sampled_from(',"\n\r\0;=\ufeffé0 x'), max_size=200)


@tries(40)
@given(
    table=st.sampled_from(sorted(HEADERS)),
    content=st.binary(max_size=500)
    | st.text(max_size=200).map(str.encode)
    | NASTY_LINES.map(str.encode),
    below_header=st.booleans(),
)
def test_any_content_of_a_table_is_accepted_or_reported(any_study, table, content, below_header):
    path = any_study / f"{table}.csv"
    path.write_bytes(HEADERS[table] + b"\n" + content if below_header else content)
    try:
        problems = validate(any_study)
    finally:
        shutil.copy(REAL / path.name, path)
    assert all(isinstance(one, Problem) and one.rule and one.remedy for one in problems)
    json.dumps([one.as_dict() for one in problems]).encode()


NASTY_CELLS = ["", " ", "0", "-1", "9" * 30, "2020-02-30", "0000", "9999-12-31", "{0}", "{x}"]
NASTY_CELLS += ["a;b", ";", "total", "met", "not_found", "E016", "\u2028", "🦜", "x" * 40_000]


@tries(20)
@given(data=st.data())
def test_any_text_in_any_cell_is_accepted_or_reported(any_study, data):
    table = data.draw(st.sampled_from(sorted(path.stem for path in REAL.glob("*.csv"))))
    path = any_study / f"{table}.csv"
    header, *rows = read_rows(any_study, table)
    column = data.draw(st.sampled_from(header))
    value = data.draw(
        st.sampled_from(NASTY_CELLS) | st.text(st.characters(codec="utf-8"), max_size=20)
    )
    append_row(any_study, table, 2 if rows else None, **{column: value})
    try:
        problems = validate(any_study)
    finally:
        shutil.copy(REAL / path.name, path)
    assert all(isinstance(one, Problem) and one.rule and one.remedy for one in problems)
