"""Units that begin and end: outside their days they are in no count, picture or letter."""

import dataclasses

import pandas as pd
import pytest
from made import day, naive_states, one_cell, problems, replaced, row, with_rows

from analysis.fieldwork.agreement import disagreements
from analysis.fieldwork.coded_cells import disputed, left_out
from analysis.fieldwork.names import meant_units
from analysis.measure.attribution import compare
from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.publish.build import build
from analysis.publish.context.method import dates_compared
from analysis.publish.context.units import absent_units, unit_sections
from analysis.publish.requests import requests
from analysis.show.comparison import in_sentences
from analysis.study import StudyError, known, states
from analysis.study.settings import CompareDate
from analysis.study.tables import as_csv

OLD, NEW, LASTING = "old-town", "big-town", "lasting"
LAST_DAY, FIRST_DAY = "2023-03-31", "2023-04-01"


def merged(**old_town: str):
    """Return a study of three invented units: one ended as another began, one lasts.

    One criterion with levels met (1), partly and not_met (0). Old Town met it in 2021, Big Town
    does not since 2024, Lasting is partly there since 2022. All was read on 23 November 2026.
    """
    base = one_cell(searched="")
    (usual,) = base["units"].to_dict("records")
    lives = {
        OLD: {"exists_until": LAST_DAY, "successor_ids": NEW} | old_town,
        NEW: {"exists_from": FIRST_DAY},
        LASTING: {},
    }
    units = [
        usual | {"unit_id": one, "name": one.title(), "short_name": one.title()} | life
        | {"tile_column": str(number)}
        for number, (one, life) in enumerate(lives.items(), start=1)
    ]  # fmt: skip
    (evidence,) = base["evidence"].to_dict("records")
    said = {OLD: row("met", "2021-01-01"), NEW: row("not_met", "2024-02-02")}
    said[LASTING] = row("partly", "2022-02-02")
    (assessed,) = one_cell(row("met", "2021"))["assessments"].to_dict("records")
    return replaced(
        base,
        units=pd.DataFrame(units, dtype=object),
        evidence=pd.DataFrame(
            [evidence | {"evidence_id": f"E-{one}", "unit_id": one} for one in lives], dtype=object
        ),
        codings=base["codings"].assign(unit_id=LASTING, evidence_ids=f"E-{LASTING}"),
        assessments=pd.DataFrame(
            [
                assessed | {"unit_id": one, "evidence_ids": f"E-{one}"} | cells
                for one, cells in said.items()
            ],
            dtype=object,
        ),
    )


def with_settings(study, **settings):
    """Return the study with other settings."""
    held = study.settings.model_copy(update=settings)
    descriptor = study.descriptor.model_copy(update={"settings": held})
    return dataclasses.replace(study, descriptor=descriptor)


THERE = {
    "2023-03-31": {OLD: "met", LASTING: "partly"},
    "2023-04-01": {NEW: "not_assessed", LASTING: "partly"},
    "2024-02-02": {NEW: "not_met", LASTING: "partly"},
}


def test_the_study_is_valid():
    assert problems(merged()) == []


@pytest.mark.parametrize("on", THERE)
def test_outside_its_days_a_unit_has_no_cell(on):
    results = measure(merged(), day(on))
    expected = THERE[on]
    assert results.matrix.grid()["c"].to_dict() == expected
    assert list(results.study["units"]["unit_id"]) == list(expected)
    assert list(results.study["assessments"]["unit_id"]) == [
        one for one in (OLD, NEW, LASTING) if one in expected
    ]
    # It is counted in no table.
    assert set(results.total.index) == set(expected)
    assert results.national["units"].sum() == 2
    for table in (results.scores, results.gaps, results.ranks, results.bounds, results.readings):
        assert set(table["unit_id"]) <= set(expected)
    assert {one.unit_id for one in requests(results)} <= set(expected)
    assert {one["unit_id"] for one in unit_sections(results)} == set(expected)


def test_each_date_of_comparison_has_the_units_of_its_day():
    # On 31 March 2023 Old Town is at 100 and Lasting at 50; today Big Town is at 0.
    dates = (CompareDate(date="2023-03-31", label="Before the merger"),)
    study = with_settings(merged(), compare_dates=dates)
    results = measure(study)
    (_, before), (_, now) = results.over_time
    assert [list(one.grid().index) for one in (before, now)] == [[OLD, LASTING], [NEW, LASTING]]
    # A cell that is only at one of the dates has not changed.
    assert [len(table) for table in results.changes] == [0]
    choices = results.sensitivity
    then = choices.national.set_index("choice").loc["date.2023-03-31"]
    assert (then["low"], then["high"], then["units"]) == (75, 75, 2)
    assert (then["beside_low"], then["beside_high"]) == (25, 25)
    # Lasting is above Big Town, which no date at which Big Town was not there can undo.
    (sure,) = choices.statements.to_dict("records")
    assert (sure["above"], sure["below"]) == (LASTING, NEW)
    assert "date.2023-03-31" not in sure["falls_to"].split(";")


def test_units_that_began_or_ended_between_two_dates_are_named():
    compared = [CompareDate(date=day, label=day) for day in ("2023-01-01", LAST_DAY)]
    study = with_settings(merged(), compare_dates=tuple(compared))
    _, alike, now = dates_compared(measure(study))
    assert alike["lives"] == []
    assert now["lives"] == [
        "Old-Town existed until 31 March 2023. It was followed by Big-Town.",
        "Big-Town exists only from 1 April 2023.",
        "So the counts are of 2 units at the earlier date and 2 at the later one; only 1 unit "
        "exists at both and can differ.",
    ]


def test_a_unit_that_began_and_ended_between_two_dates_is_named():
    study = merged(exists_from="2022-12-01")
    study = with_settings(study, compare_dates=(CompareDate(date="2021-01-01", label="Then"),))
    _, now = dates_compared(measure(study))
    assert now["lives"] == [
        "Old-Town existed only from 1 December 2022 to 31 March 2023, and at neither date. "
        "It was followed by Big-Town.",
        "Big-Town exists only from 1 April 2023.",
        "So the counts are of 1 unit at the earlier date and 2 at the later one; only 1 unit "
        "exists at both and can differ.",
    ]


def test_the_pairs_of_a_date_are_those_of_its_units():
    for on, pair in (("2023-03-31", (OLD, LASTING)), ("2024-02-02", (LASTING, NEW))):
        (sure,) = measure(merged(), day(on)).pairs.to_dict("records")
        assert (sure["above"], sure["below"]) == pair


@pytest.mark.parametrize("days", [("2023", ""), ("", "2023-12-31")])
def test_a_row_that_goes_beyond_its_unit_speaks_of_the_unit_s_days_only(days, tmp_path):
    # Some day of 2023 on which Old Town existed: from its last day on the level is sure.
    study = merged()
    rows, (dated, until) = study["assessments"], days
    rows.loc[rows["unit_id"] == OLD, ["observed_on", "not_after"]] = [dated, until]
    rows.loc[rows["unit_id"] == OLD, "not_before"] = "" if dated else "2023"
    rows.loc[rows["unit_id"] == NEW, "observed_on"] = "2023"
    study = replaced(study, assessments=rows)
    assert problems(study) == []
    for name, table in study.tables.items():
        (tmp_path / f"{name}.csv").write_bytes(as_csv(table))
    for on, expected in (
        ("2022-12-31", {OLD: "not_assessed", LASTING: "partly"}),
        ("2023-03-30", {OLD: "inconclusive", LASTING: "partly"}),
        ("2023-03-31", {OLD: "met", LASTING: "partly"}),
        ("2023-04-01", {NEW: "inconclusive", LASTING: "partly"}),
        ("2023-12-31", {NEW: "not_met", LASTING: "partly"}),
    ):
        assert states(study, day(on)).grid()["c"].to_dict() == expected
        second = naive_states(tmp_path, day("2020-12-17"), day(on), day("2026-11-23"))
        assert {unit: said[0] for (unit, _), said in second.items()} == expected


def test_rows_that_tie_within_the_unit_s_days_are_refused():
    study = merged(exists_from="2022-12-01", exists_until="2022-12-31")
    rows = study["assessments"]
    rows.loc[rows["unit_id"] == OLD, "observed_on"] = "2022"
    other = rows[rows["unit_id"] == OLD].assign(observed_on="2022-12", level="not_met")
    rows = pd.concat([rows, other], ignore_index=True)
    assert "it ties with another row of old-town" in problems(replaced(study, assessments=rows))[0]


def total(**cells):
    said = {"total_id": "P1", "criterion_id": "c", "level": "met", "count": "1", "of": "2"}
    said |= {"as_of": LAST_DAY, "confidence": "high", "settles_cells": "yes", "source_id": "S1"}
    return with_rows(merged(), "published_totals", [said | cells])


def test_a_total_counts_the_units_of_its_own_day():
    # Today neither unit meets it; on the total's own day Old Town did: one of two, and not more.
    study = total()
    assert problems(study) == []
    results = measure(study)
    (audited,) = results.totals.to_dict("records")
    assert (audited["named"], audited["cannot_be_told"], audited["status"]) == (1, 0, "consistent")
    assert results.clashes == []
    (bound,) = results.national_bounds.query("level == 'met'").to_dict("records")
    assert (bound["low"], bound["high"]) == (1, 1)
    (problem,) = problems(total(of="3"))
    assert "the study holds fewer units on 2023-03-31" in problem
    (problem,) = problems(total(among=f"{NEW};{LASTING}"))
    assert "it names a unit that does not exist on 2023-03-31" in problem
    # Old Town stands where Big Town does today: a total that names it is of it alone.
    named = total(among=f"{OLD}", of="1")
    assert problems(named) == []
    (audited,) = measure(named).totals.to_dict("records")
    assert (audited["named"], audited["status"], audited["set_aside"]) == (1, "consistent", "no")
    assert measure(named).clashes == []


def test_a_published_score_of_a_unit_that_ended_is_held_against_its_own_day():
    # On its last day Old Town is at 100: a score of 10 cannot be true, and is shown as such.
    said = {"score_id": "P9", "unit_id": OLD, "group_id": "total", "score": "10", "step": "1"}
    said |= {"as_of": LAST_DAY, "settles_cells": "yes", "source_id": "S1"}
    study = with_rows(merged(), "published_scores", [said])
    assert problems(study) == []
    results = measure(study)
    (audited,) = results.published_scores.to_dict("records")
    assert (audited["unit_id"], audited["low"], audited["status"], audited["set_aside"]) == (
        OLD,
        100,
        "contradicted",
        "yes",
    )
    (clash,) = results.clashes
    assert "Published score P9" in clash


def test_what_is_not_there_is_told_in_one_sentence():
    (now,) = absent_units(measure(merged()).study)
    assert now == {
        "unit_id": OLD,
        "sentence": "Old-Town existed until 31 March 2023. It was followed by Big-Town.",
    }
    (then,) = absent_units(measure(merged(), day(LAST_DAY)).study)
    assert then["sentence"] == "Big-Town exists only from 1 April 2023."
    assert absent_units(merged()) == []


def test_the_named_counts_say_that_they_are_of_this_date():
    held = named_figures(measure(merged(), day(LAST_DAY)))
    for name, count in (("study.units", 2), ("study.evidence", 2)):
        assert held[name].text == str(count) and "on this date" in held[name].definition


def test_a_total_of_a_group_that_does_not_exist_on_its_day_says_so():
    study = total(among=f"exists_from={FIRST_DAY}", of="1")
    (problem,) = problems(study)
    assert f"no unit of it exists on {LAST_DAY}" in problem
    (problem,) = problems(total(among=f"exists_until={LAST_DAY}", of="2"))
    assert f"fewer units are among exists_until={LAST_DAY} on {LAST_DAY}" in problem


def test_a_unit_that_begins_after_all_was_read_need_not_be_looked_for():
    def held(begins):
        study = merged()
        units = study["units"].assign(exists_from=["", begins, ""])
        without = {
            name: study[name][study[name]["unit_id"] != NEW] for name in ("evidence", "assessments")
        }
        return problems(replaced(study, units=units, **without))

    assert held("2026-11-24") == []
    (problem,) = held("2026-11-23")
    assert "the study has no search and no evidence for it" in problem


def test_a_unit_that_is_not_there_cannot_be_asked_about():
    results = measure(merged())
    assert meant_units(results.study, ["Lasting"]) == [LASTING]
    with pytest.raises(StudyError, match=r"Old-Town.*it does not exist on 2026-11-23"):
        meant_units(results.study, ["Old-Town"])


def test_a_study_shows_all_units_again_where_no_day_is_asked_for():
    study = merged().at(day(LAST_DAY))
    assert len(study["units"]) == 2 and len(study.at(None)["units"]) == 3
    # What was known by a day is another question, and leaves the units as they are.
    assert list(known(study, day("2026-11-23"))["units"]["unit_id"]) == [OLD, LASTING]
    assert list(states(study, day("2024-02-02")).grid().index) == [NEW, LASTING]


@pytest.mark.parametrize(
    ("life", "rule"),
    [
        ({"exists_from": "2023-04-01"}, "it is after exists_until"),
        ({"exists_until": "2023-02-29"}, "the date does not exist"),
        ({"exists_from": "2021-01-02"}, "lies before the first day of old-town"),
        ({"exists_until": "2020-12-31"}, "lies after the last day of old-town"),
        ({"successor_ids": "nowhere"}, "it names a unit that is not in units.csv"),
        ({"successor_ids": OLD}, "a unit does not follow itself"),
        ({"successor_ids": f"{NEW};{NEW}"}, "a unit stands in it twice"),
        ({"exists_until": ""}, "exists_until does not say when it ended"),
        ({"successor_ids": LASTING}, "those that followed lead back to old-town"),
        ({"successor_ids": LASTING}, "a unit in it ended before old-town did"),
    ],
)
def test_a_life_that_cannot_be_is_refused(life, rule):
    study = merged(**life)
    if life == {"successor_ids": LASTING}:  # and that one ended earlier, and names Old Town
        units = study["units"]
        units.loc[units["unit_id"] == LASTING, ["exists_until", "successor_ids"]] = (
            "2022-12-31",
            OLD,
        )
    said = problems(study)
    assert any(rule in one for one in said), said


@pytest.mark.parametrize(("unit", "sent_on"), [(OLD, "2023-04-01"), (NEW, "2023-03-31")])
def test_a_request_of_a_day_without_its_unit_is_refused(unit, sent_on):
    asked = {"request_id": "q", "unit_id": unit, "criterion_id": "c", "sent_on": sent_on}
    asked |= {"answered_on": "2023-05-05", "outcome": "refused"}
    (problem,) = problems(with_rows(merged(), "requests", [asked]))
    assert "requests.csv, row 2, sent_on" in problem and f"day of {unit}" in problem
    # It may be answered after the end of the unit.
    asked["sent_on"] = {OLD: "2023-03-31", NEW: "2023-04-01"}[unit]
    assert problems(with_rows(merged(), "requests", [asked])) == []


def test_a_row_that_can_lie_within_the_life_stands():
    # Some day of 2021 was before the last day, and an undated row may be from then.
    assert problems(merged(exists_until="2021-01-01")) == []
    assert problems(merged(exists_from="2021-01-01")) == []


def test_an_end_that_is_entered_later_explains_what_it_changes():
    old, new = merged(exists_until="", successor_ids=""), merged()
    found = compare(old, new, day("2024-02-02"))
    assert found.unscored.to_dict("records") == [{"unit_id": OLD, "before": True, "after": False}]
    (change,) = found.changes.query("table == 'units'").to_dict("records")
    assert (change["cause"], change["unit_id"], change["column"], change["after"]) == (
        "codebook",
        OLD,
        "exists_until",
        LAST_DAY,
    )
    assert found.only_old == found.only_new == () and found.moved == []
    # Three are in the study; on that day one of them has ended.
    said = in_sentences(found)
    assert any("whose score moved: 0 of 2" in one for one in said)
    why = "as it does not exist on 2 February 2024: we could not tell a difference."
    assert f"Old-Town has no score after, {why}" in said


def test_a_day_on_which_no_unit_exists_is_refused_with_the_next_on_which_one_does():
    study = merged()
    units = study["units"].assign(exists_from=["2021-06-01", FIRST_DAY, "2022-01-01"])
    early = replaced(study, units=units)
    said = "no unit exists on 2021-05-31; the first day from then on which one does is 2021-06-01"
    for asked in (
        lambda: measure(early, day("2021-05-31")),
        lambda: compare(study, early, day("2021-05-31")),
    ):
        with pytest.raises(StudyError, match=said):
            asked()
    assert list(measure(early, day("2021-06-01")).total.index) == [OLD]
    ended = replaced(study, units=study["units"].assign(exists_until=LAST_DAY))
    with pytest.raises(StudyError, match=f"the last day on which one did is {LAST_DAY}"):
        measure(ended, day("2023-04-01"))


def test_the_site_shows_a_published_score_of_a_unit_that_ended_without_a_link(tmp_path):
    said = {"score_id": "P9", "unit_id": OLD, "group_id": "total", "score": "100", "step": "1"}
    said |= {"as_of": LAST_DAY, "settles_cells": "yes", "source_id": "S1"}
    (tmp_path / "study").mkdir()
    study = with_rows(merged(), "published_scores", [said])
    results = measure(dataclasses.replace(study, folder=tmp_path / "study"))
    folder = build(results, tmp_path / "out", parts=("site",))
    page = (folder / "site" / "published.html").read_text(encoding="utf-8")
    assert "P9</th><td>Old-Town</td>" in page


def test_coders_agree_or_differ_on_the_units_of_one_day():
    # Two coders differ on Old Town, which has ended.
    study = merged()
    rows = study["codings"].to_dict("records") * 3
    rows = [
        one | {"unit_id": unit, "coder": coder, "level": level, "evidence_ids": f"E-{unit}"}
        for one, (unit, coder, level) in zip(
            rows,
            [(OLD, "one", "met"), (OLD, "two", "not_met"), (LASTING, "one", "partly")],
            strict=True,
        )
    ]
    study = replaced(study, codings=pd.DataFrame(rows, dtype=object))
    now = study.at(day("2026-11-23"))
    assert len(disputed(now)) == 0 and disagreements(now).empty
    assert left_out(now) == "Left out, as it does not exist on 2026-11-23: Old-Town (2 codings)."
    then = study.at(day(LAST_DAY))
    assert len(disputed(then)) == 1 and left_out(then) == ""
