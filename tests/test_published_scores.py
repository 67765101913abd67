"""What a published score was before it was rounded: known answers on paper."""

import datetime as dt
import shutil
from types import SimpleNamespace

import pytest
from helpers import edit_descriptor
from made import LIBRARY, library, matrix_of, problems, replaced, with_rows
from made_totals import TODAY, made, score

from analysis.cli import main
from analysis.measure.audit import audit_scores
from analysis.measure.bounds import possible_levels
from analysis.measure.constraints import constrained
from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.publish.context.units import unit_sections
from analysis.publish.workbook import _sheets
from analysis.show.pairs import compared, published_rows_caveat
from analysis.study import vocabulary as v
from analysis.study.published import rounding_words, score_ends
from analysis.study.warnings import outdated_by_the_report, warnings

YES_NO = {"met": "1", "not_met": "0"}


def held(weights, **published):
    """Return a unit of open cells, of which one score is published, with its study."""
    published = {"value": published.pop("score", "57"), "step": "1"} | published
    criteria = [(name, "g", weight) for name, weight in weights.items()]
    study = made(1, criteria, levels=YES_NO, scores=[score(**published)])
    found = constrained(study, matrix_of(study, {}, v.NOT_ASSESSED))
    (row,) = audit_scores(study, lambda day: found).itertuples()
    return possible_levels(found), row


@pytest.mark.parametrize(
    ("score", "cells", "fits"),
    [
        # a and b weigh 57.5 and 42.5: the score can be 0, 42.5, 57.5 or 100, and no other.
        ("57", {}, True),  # half a step, both ends in
        ("57", {"rounding": "half_up"}, False),  # 57.5 would be 58
        ("57", {"rounding": "half_even"}, False),  # and to even 58 as well
        ("57", {"rounding": "down"}, True),
        ("57", {"rounding": "up"}, False),
        ("58", {}, True),
        ("58", {"rounding": "half_up"}, True),
        ("58", {"rounding": "half_even"}, True),
        ("58", {"rounding": "down"}, False),
        ("58", {"rounding": "up"}, True),
        ("42", {"rounding": "half_up"}, False),
        ("42", {"rounding": "half_even"}, True),
        ("43", {"rounding": "half_up"}, True),
        ("43", {"rounding": "half_even"}, False),
        # The end from which a score was rounded is in, the one at which the next begins is not.
        ("57.5", {"rounding": "down", "step": "0.1"}, True),
        ("57.4", {"rounding": "down", "step": "0.1"}, False),
        ("57.5", {"rounding": "up", "step": "0.1"}, True),
        ("57.6", {"rounding": "up", "step": "0.1"}, False),
        ("57.5", {"rounding": "up", "step": "0"}, True),
        ("57.4", {"rounding": "down", "step": "0"}, False),
        ("60", {"step": "", "lowest": "57.5", "highest": "60"}, True),
        ("60", {"step": "", "lowest": "57.6", "highest": "60"}, False),
        ("50", {"step": "", "lowest": "45", "highest": "57.5"}, True),
    ],
)
def test_a_score_binds_by_the_way_it_was_rounded(score, cells, fits):
    possible, row = held({"a": "57.5", "b": "42.5"}, score=score, **cells)
    assert row.status == ("open" if fits else "contradicted")
    if fits:
        ends = [("met",), ("not_met",)]
        assert list(possible.values()) == (ends if score[0] == "5" or score == "60" else ends[::-1])


def test_a_truncated_score_settles_no_cell_that_it_leaves_open():
    # a with b is 57.9, a with c 57.2, and nothing else lies from 57 to 58: what is cut off to 57
    # may be either. Within half a step of 57 only the second would be.
    weights = {"a": "40", "b": "17.9", "c": "17.2", "d": "24.9"}
    both = ("met", "not_met")
    possible, row = held(weights, rounding="down")
    assert list(possible.values()) == [("met",), both, both, ("not_met",)]
    assert (row.rounding, row.lowest, row.highest) == ("down", 57, 58)
    possible, row = held(weights)
    assert list(possible.values()) == [("met",), ("not_met",), ("met",), ("not_met",)]
    assert (row.rounding, row.lowest, row.highest) == ("", 56.5, 57.5)


def test_how_a_score_was_rounded_in_words():
    def words(**cells):
        empty = dict.fromkeys(("step", "rounding", "lowest", "highest"), "")
        return rounding_words(SimpleNamespace(**{**empty, "score": "57", **cells}))

    assert words(step="1") == ", rounded to 1"
    assert words(step="1", rounding="down") == ", rounded down to 1"
    assert words(step="0.1", rounding="half_even") == ", rounded, halves to even, to 0.1"
    assert words(step="0", rounding="down") == ""
    assert words(lowest="57", highest="58") == ", between 57 and 58"


def test_halves_to_even_go_by_the_multiple_of_the_step():
    def ends(score, step):
        row = SimpleNamespace(score=score, step=step, rounding="half_even", lowest="", highest="")
        found = score_ends(row)
        assert found.low_in == found.high_in
        return float(found.low), float(found.high), found.low_in

    assert ends("57.4", "0.1") == (57.35, 57.45, True)
    assert ends("57.3", "0.1") == (57.25, 57.35, False)
    assert ends("60", "5") == (57.5, 62.5, True)
    assert ends("55", "5") == (52.5, 57.5, False)


PUBLISHED = {"score_id": "G1", "unit_id": "elmbury", "group_id": "total", "score": "57"}
PUBLISHED |= {"as_of": "2022-01-01", "settles_cells": "no", "source_id": "B1"}


def published(**cells):
    study = library()
    units, sources = study["units"]["unit_id"], study["sources"]["source_id"]
    row = PUBLISHED | {"unit_id": units.iloc[0], "source_id": sources.iloc[0]} | cells
    return with_rows(study, "published_scores", [row])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"step": "1", "rounding": "down"}, ""),
        ({"step": "0"}, ""),
        ({"lowest": "57", "highest": "58"}, ""),
        ({}, "nothing says what the score was before it was rounded"),
        ({"rounding": "down"}, "nothing says what the score was before it was rounded"),
        ({"lowest": "57"}, "only one of lowest and highest is given"),
        ({"highest": "57", "step": "1"}, "only one of lowest and highest is given"),
        ({"lowest": "57", "highest": "58", "step": "1"}, "the two ends are given, and a step"),
        ({"lowest": "57", "highest": "58", "rounding": "up"}, "the two ends are given, and a step"),
        ({"lowest": "58", "highest": "59"}, "it does not lie between lowest (58) and highest (59)"),
        ({"lowest": "60", "highest": "50"}, "it does not lie between lowest (60) and highest (50)"),
        ({"step": "2", "rounding": "down"}, "it is not a multiple of the step"),
        ({"score": "57.5", "step": "1", "rounding": "half_up"}, "it is not a multiple of the step"),
        ({"score": "57.5", "step": "0.1", "rounding": "half_up"}, ""),
        ({"step": "1", "rounding": "sideways"}, "half_even"),
    ],
)
def test_a_score_says_how_it_was_rounded_or_its_ends(cells, said):
    found = problems(published(**cells))
    assert len(found) == (1 if said else 0), found
    assert all(said in one for one in found)


def test_a_score_that_does_not_say_how_it_was_rounded_is_looked_at():
    def told(**cells):
        return [one for one in warnings(published(**cells)) if one.file == "published_scores.csv"]

    (one,) = told(step="1")
    assert one.column == "rounding" and "within half a step (1) of the score" in one.rule
    assert not told(step="1", rounding="half_up") and not told(step="0")
    assert not told(lowest="57", highest="58")


def test_a_report_after_every_observation_is_looked_at():
    study = library()
    rows = study["assessments"]
    assert outdated_by_the_report(study) == ""
    day = study.settings.report.date
    early = rows.assign(
        observed_on=str(day.replace(year=day.year - 1)), not_before="", not_after=""
    )
    unknown = early["level"].isin(v.UNKNOWNS)
    old = replaced(study, assessments=early)
    said = outdated_by_the_report(old)
    assert said.startswith(f"all {int((~unknown).sum())} levels in assessments.csv")
    assert f"report's day ({day})" in said
    assert [one.rule for one in warnings(old) if one.column == "study.report.date"] == [said]
    # A level of the report's own day stands, and where nothing is known nothing is outdated.
    on_the_day = early.copy()
    on_the_day.loc[early.index[~unknown][0], "observed_on"] = str(day)
    assert outdated_by_the_report(replaced(study, assessments=on_the_day)) == ""
    assert outdated_by_the_report(replaced(study, assessments=early[unknown])) == ""


@pytest.mark.parametrize("command", [["score"], ["report", "--only", "statements"]])
def test_commands_say_where_the_report_came_after_every_observation(command, tmp_path, capsys):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")

    def report_in(year):
        edit_descriptor(folder, lambda raw: raw["study"]["report"].update(date=f"{year}-01-01"))
        assert main([*command, str(folder), "--out", str(tmp_path / str(year))]) == 0
        return "Is study.report.date right?" in capsys.readouterr().out

    assert report_in(2030) and (command != ["score"] or not report_in(2021))


def test_a_score_that_settles_a_cell_is_named_with_what_it_settles():
    # A score of 0, rounded up to 1, is from above -1 to 0: all open cells of u1 are not_met.
    scores = [score("0", "1", "u1", rounding="up")]
    study = made(2, [("a", "g", "1"), ("b", "g", "1")], levels=YES_NO, scores=scores)
    results = measure(study, dt.date.fromisoformat(TODAY))
    (one,) = results.bearings
    assert one.units == {"u1"}
    assert one.text == (
        "Published score G1: 0, rounded up to 1, of Made-up 1 in all on 2023-01-01 (source S1). "
        "It settles “a” and “b”."
    )
    assert [unit["published"] for unit in unit_sections(results)] == [[one.text], []]
    (sheet,) = [one for one in _sheets(results) if one.tab == "Published scores"]
    assert sheet.table.iloc[0][["Rounding", "What it does on this date"]].tolist() == [
        "rounded up to 1",
        one.text,
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"settles_cells": ""}, "It may settle no cell, and bears on national figures alone."),
        ({"value": "50", "step": "0"}, "It settles no cell, and binds “a” and “b”."),
        ({"value": "30", "step": "0"}, "It is set aside, since it cannot be true."),
        ({"value": "50", "step": "0", "unit": "u2"}, "It settles no cell, and binds “a” and “b”."),
    ],
)
def test_a_score_that_settles_nothing_says_so(cells, said):
    row = score(**({"value": "0", "step": "1", "rounding": "up"} | cells))
    study = made(2, [("a", "g", "1"), ("b", "g", "1")], levels=YES_NO, scores=[row])
    (one,) = measure(study, dt.date.fromisoformat(TODAY)).bearings
    assert one.text.endswith(f"(source S1). {said}")


def test_comparisons_say_that_they_rest_on_what_was_published():
    # u1 has 100 and u2 has 0, by what was published alone.
    scores = [score("100", "0", "u1"), score("0", "0", "u2")]
    study = made(2, levels=YES_NO, scores=scores)
    held = measure(study, dt.date.fromisoformat(TODAY))
    assert held.pairs[["above", "below"]].to_numpy().tolist() == [["u1", "u2"]]
    said = "This takes in what was published for this date, which may answer questions."
    assert published_rows_caveat(held) == said
    told = named_figures(held)["pairs.said"].text
    assert told.endswith(said)
    assert said in " ".join(compared(held, "u1", "u2"))
    later = measure(study, dt.date.fromisoformat(TODAY) + dt.timedelta(1))
    assert published_rows_caveat(later) == "" and later.bearings == []


@pytest.mark.parametrize(
    ("value", "cells", "ends"),
    [
        ("0", {"rounding": "up"}, (0, "yes", 0, "yes")),
        ("100", {"rounding": "down"}, (100, "yes", 100, "yes")),
        ("57", {"rounding": "down"}, (57, "yes", 58, "no")),
        ("57", {"rounding": "up"}, (56, "no", 57, "yes")),
        ("57", {"rounding": "half_up"}, (56.5, "yes", 57.5, "no")),
        ("57", {}, (56.5, "yes", 57.5, "yes")),
        ("0", {}, (0, "yes", 0.5, "yes")),
    ],
)
def test_the_ends_of_a_score_lie_within_the_scale_and_say_whether_they_are_in(value, cells, ends):
    _, row = held({"a": "1"}, score=value, **cells)
    assert (row.lowest, row.lowest_in, row.highest, row.highest_in) == ends
