"""Scores, counts and gaps, against figures worked out by hand."""

import datetime as dt
from fractions import Fraction as Part

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import (
    ANY,
    READ_ON,
    REAL,
    close,
    day,
    library,
    matrix_of,
    naive_scores,
    problems,
    read_rows,
    real,
    replaced,
    with_rows,
)
from made_totals import made

from analysis.measure.gaps import gaps, national_gaps
from analysis.measure.national import national
from analysis.measure.results import measure
from analysis.measure.scores import in_force_at_all, scores, shown
from analysis.publish.context.tables import open_by_criterion, open_questions
from analysis.study import states
from analysis.study import vocabulary as v
from analysis.study.settings import Display


def held(table):
    """Return the table of scores as a dictionary, scores on 0 to 1."""
    return {
        (one.unit_id, one.group_id): (one.low / 100, one.high / 100, one.known)
        for one in table.itertuples()
    }


def assert_scores(table, expected):
    found = held(table)
    assert set(found) == set(expected)
    for key, values in expected.items():
        assert close(found[key], [float(value) for value in values]), (key, found[key], values)


# --- six made-up libraries, worked out by hand --------------------------------------------------

# The tree, with weights below each node; "parking" (2) holds no criterion and drops out:
#
#   total: access 3, lending 2, decoration 0
#   access: hours-published 3 (a criterion), opening 2, entrance 1
#   opening: evening 1, weekend 2, holiday 3
#   entrance: step-free 1 (yes or no), lighting 1
#   lending: return-box 1, late-fees 3 (applies from 1 March 2021)
#   decoration: window 1
#
# points_0 to points_4 are worth 0, 1/4, 1/2, 3/4, 1. The date is 30 June 2023.

UNKNOWN = (Part(0), Part(1), Part(0))
LIBRARIES = {
    # Everything is settled: evening 1, weekend 1/2, holiday 1/4, step-free 1, lighting 3/4,
    # hours-published 1/2, return-box 1, late-fees 1/4, window 0.
    # (1·1 + 2·1/2 + 3·1/4) / 6 = (11/4) / 6
    ("library-one", "opening"): (Part(11, 24), Part(11, 24), 1),
    # (1 + 3/4) / 2
    ("library-one", "entrance"): (Part(7, 8), Part(7, 8), 1),
    # (3·1/2 + 2·11/24 + 1·7/8) / 6 = (36/24 + 22/24 + 21/24) / 6
    ("library-one", "access"): (Part(79, 144), Part(79, 144), 1),
    # (1·1 + 3·1/4) / 4
    ("library-one", "lending"): (Part(7, 16), Part(7, 16), 1),
    ("library-one", "decoration"): (Part(0), Part(0), 1),
    # (3·79/144 + 2·7/16) / 5 = (79/48 + 42/48) / 5; the window counts for nothing.
    ("library-one", "total"): (Part(121, 240), Part(121, 240), 1),
    # evening 1, weekend unknown, holiday 1: (1 + 0 + 3) / 6, (1 + 2 + 3) / 6, (1 + 3) / 6 known.
    ("library-two", "opening"): (Part(2, 3), Part(1), Part(2, 3)),
    # No entrance of its own: both criteria are not applicable and the group drops out. What is
    # left of access is 3 and 2: hours-published 3/4, so (9/4 + 4/3) / 5 and (9/4 + 2) / 5.
    ("library-two", "access"): (Part(43, 60), Part(17, 20), Part(3 + Part(4, 3)) / 5),
    # return-box inconclusive, late-fees 1/2: (0 + 3/2) / 4, (1 + 3/2) / 4, 3/4 known.
    ("library-two", "lending"): (Part(3, 8), Part(5, 8), Part(3, 4)),
    # No window either, so no decoration. (3·43/60 + 2·3/8) / 5 = (43/20 + 15/20) / 5,
    # (3·17/20 + 2·5/8) / 5 = (51/20 + 25/20) / 5; known (3·13/15 + 2·3/4) / 5 = (13/5 + 3/2) / 5.
    ("library-two", "total"): (Part(58, 100), Part(76, 100), Part(82, 100)),
    # Library Three has closed: nothing applies, so it has no score anywhere.
    # Library Four: withheld, inconclusive, outdated, not assessed. Only its window is settled,
    # which counts for nothing in all.
    ("library-four", "opening"): UNKNOWN,
    ("library-four", "entrance"): UNKNOWN,
    ("library-four", "access"): UNKNOWN,
    ("library-four", "lending"): UNKNOWN,
    ("library-four", "decoration"): (Part(1), Part(1), 1),
    ("library-four", "total"): UNKNOWN,
    # evening 1/2, weekend 3/4, holiday 0: (1/2 + 3/2 + 0) / 6
    ("library-five", "opening"): (Part(1, 3), Part(1, 3), 1),
    # step-free no, lighting withheld.
    ("library-five", "entrance"): (Part(0), Part(1, 2), Part(1, 2)),
    # hours-published 1: (3 + 2/3 + 0) / 6, (3 + 2/3 + 1/2) / 6, known (3 + 2 + 1/2) / 6
    ("library-five", "access"): (Part(11, 18), Part(25, 36), Part(11, 12)),
    # return-box not applicable, so late-fees stands alone, at 0: a true zero.
    ("library-five", "lending"): (Part(0), Part(0), 1),
    ("library-five", "decoration"): UNKNOWN,
    # (3·11/18 + 0) / 5 = (11/6) / 5, (3·25/36 + 0) / 5 = (25/12) / 5,
    # known (3·11/12 + 2) / 5 = (19/4) / 5
    ("library-five", "total"): (Part(11, 30), Part(5, 12), Part(19, 20)),
    # Searched for, and nothing found: anything is possible everywhere.
    ("library-six", "opening"): UNKNOWN,
    ("library-six", "entrance"): UNKNOWN,
    ("library-six", "access"): UNKNOWN,
    ("library-six", "lending"): UNKNOWN,
    ("library-six", "decoration"): UNKNOWN,
    ("library-six", "total"): UNKNOWN,
}


def test_the_second_study_by_hand():
    assert_scores(scores(library(), states(library())), LIBRARIES)


# Library One on the report's day, 1 March 2021: evening 1/4 (of October 2020; it still stands),
# late-fees 1/4 (from that day), everything else unknown: 2021 is not over, the rest is later.
#   opening   (1/4 + 0) / 6, (1/4 + 5) / 6, known 1/6
#   access    (0 + 2·1/24 + 0) / 6, (3 + 2·7/8 + 1) / 6 = (23/4) / 6, known (2·1/6) / 6
#   lending   (3·1/4) / 4, (1 + 3/4) / 4, known 3/4
#   total     (3/72 + 3/8) / 5 = (5/12) / 5, (23/8 + 7/8) / 5 = (15/4) / 5, known (1/6 + 3/2) / 5
ON_THE_REPORTS_DAY = {
    "opening": (Part(1, 24), Part(7, 8), Part(1, 6)),
    "entrance": UNKNOWN,
    "access": (Part(1, 72), Part(23, 24), Part(1, 18)),
    "lending": (Part(3, 16), Part(7, 16), Part(3, 4)),
    "decoration": UNKNOWN,
    "total": (Part(1, 12), Part(3, 4), Part(1, 3)),
}
# The day before, late-fees is not in force: lending is the return box alone, unknown.
#   total     (3/72 + 0) / 5, (23/8 + 2) / 5 = (39/8) / 5, known (1/6) / 5
THE_DAY_BEFORE = ON_THE_REPORTS_DAY | {
    "lending": UNKNOWN,
    "total": (Part(1, 120), Part(39, 40), Part(1, 30)),
}


def of_library_one(matrix, criteria=None):
    table = scores(library(), matrix, criteria)
    return table[table["unit_id"] == "library-one"]


def test_earlier_dates_by_hand():
    for on, expected in (("2021-03-01", ON_THE_REPORTS_DAY), ("2021-02-28", THE_DAY_BEFORE)):
        table = of_library_one(states(library(), day(on)))
        assert_scores(table, {("library-one", name): score for name, score in expected.items()})


def test_dates_are_compared_on_the_criteria_in_force_at_both():
    before, after = day("2021-02-28"), day("2021-03-01")
    common = in_force_at_all(library(), [after, before])
    assert common == [
        *("hours-published", "evening", "weekend", "holiday"),
        *("step-free", "lighting", "return-box", "window"),
    ]
    # On these, nothing of Library One changed between the two days.
    expected = {("library-one", name): score for name, score in THE_DAY_BEFORE.items()}
    for on in (before, after):
        assert_scores(of_library_one(states(library(), on), common), expected)
    # With only the return box, the other groups have nothing left and drop out.
    table = of_library_one(states(library()), ["return-box"])
    expected = {("library-one", name): (Part(1), Part(1), 1) for name in ("lending", "total")}
    assert_scores(table, expected)


def test_criteria_in_force_on_the_first_day_count():
    assert in_force_at_all(library(), [day("2021-03-01"), day("2023-06-30")])[-2:] == [
        "late-fees",
        "window",
    ]
    # Three of the six scored criteria came with the report of 17 December 2020.
    old = ["guidance-exists", "guidance-clear", "victim-first"]
    assert in_force_at_all(real(), [day("2020-12-16"), day("2021-01-01")]) == old
    new = ["stop-sharing-on-doubt", "third-party-link", "safe-reporting-pathway"]
    assert in_force_at_all(real(), [day("2020-12-17"), day("2021-01-01")]) == [*old, *new]


# --- the real study, worked out by hand ---------------------------------------------------------

# Four parts of weight 1 each: the finding (guidance-exists 1, guidance-clear 1), the conclusion
# (victim-first), R1 (stop-sharing-on-doubt 2, third-party-link 1), R4 (safe-reporting-pathway).
FORCES = {
    # finding (1 + 1) / 2 = 1, conclusion unknown, R1 (2 + 1) / 3 = 1, R4 unknown:
    # (1 + 0 + 1 + 0) / 4, (1 + 1 + 1 + 1) / 4, known 2/4.
    "warwickshire": (Part(50), Part(100), Part(1, 2)),
    # finding and conclusion unknown, R1 (0 + 0) / 3 = 0, R4 0: 0 and (1 + 1) / 4, known 2/4.
    "gloucestershire": (Part(0), Part(50), Part(1, 2)),
    # finding: guidance-clear 1/2, the other unknown: 1/4 to 3/4, known 1/2. Conclusion 1.
    # R1: stop-sharing 1/2 at weight 2, the other unknown: 1/3 to 2/3, known 2/3. R4 unknown.
    # (1/4 + 1 + 1/3 + 0) / 4 = (19/12) / 4 = 19/48; (3/4 + 1 + 2/3 + 1) / 4 = (41/12) / 4 = 41/48;
    # known (1/2 + 1 + 2/3) / 4 = (13/6) / 4. In per cent 475/12 and 1025/12.
    "northamptonshire": (Part(475, 12), Part(1025, 12), Part(13, 24)),
    # finding: guidance-exists 1/2, the other unknown: 1/4 to 3/4; all else unknown.
    # (1/4) / 4 = 1/16 and (3/4 + 3) / 4 = 15/16, known (1/2) / 4.
    "hampshire": (Part(25, 4), Part(375, 4), Part(1, 8)),
}


def test_the_forces_with_something_known_by_hand():
    total = measure(real()).total
    assert len(total) == 43
    for force, (low, high, known) in FORCES.items():
        found = total.loc[force, ["low", "high", "known"]]
        assert close(found.tolist(), [float(low), float(high), float(known)]), force


def test_a_force_of_which_nothing_is_settled_can_be_anything():
    total = measure(real()).total
    rest = total.drop(index=list(FORCES))
    assert len(rest) == 39
    assert (rest["low"] == 0).all() and (rest["high"] == 100).all() and (rest["known"] == 0).all()
    # Among them are those that no assessment names at all: 32 forces have one.
    assessed = {one["unit_id"] for one in read_rows(REAL, "assessments")}
    silent = [one["unit_id"] for one in read_rows(REAL, "units") if one["unit_id"] not in assessed]
    assert len(silent) == 43 - 32 and set(silent) <= set(rest.index)


def test_a_force_at_two_dates_on_the_criteria_in_force_at_both():
    # Metropolitan at the end of 2018 and on the report's day: guidance-exists 1, guidance-clear
    # 1/2, victim-first 1. The finding is 3/4; (3/4 + 1) / 2 = 7/8, all known, at both dates.
    # On the report's day R1 and R4 join, unknown: (3/4 + 1) / 4 to (3/4 + 1 + 2) / 4, half known.
    study, dates = real(), [day("2018-12-31"), day("2020-12-17")]
    common = in_force_at_all(study, dates)
    for on in dates:
        found = held(scores(study, states(study, on), common))["metropolitan", "total"]
        assert close(found, (7 / 8, 7 / 8, 1))
    found = held(scores(study, states(study, dates[1])))["metropolitan", "total"]
    assert close(found, (7 / 16, 15 / 16, 1 / 2))


# --- properties ---------------------------------------------------------------------------------


def possible_states(study):
    """Return, for each criterion, every state that one of its cells can have."""
    levels = study["levels"].groupby("scale_id")["level"].apply(list)
    scales = zip(study["criteria"]["criterion_id"], study["criteria"]["scale_id"], strict=True)
    return {criterion: [*levels[scale], *v.UNKNOWNS] for criterion, scale in scales}


@st.composite
def matrices(draw, units=1):
    """Draw a study of some libraries, and a matrix of any states."""
    study = replaced(library(), units=library()["units"].head(units))
    grid = {
        (unit, criterion): draw(st.sampled_from(possible))
        for unit in study["units"]["unit_id"]
        for criterion, possible in possible_states(study).items()
    }
    return study, grid


@st.composite
def weighted(draw):
    """Draw a study with any weights, and a matrix."""
    study, grid = draw(matrices())
    weights = st.sampled_from(["1", "2", "3", "0.1", "7.25", "100"])
    groups, criteria = study["recommendations"], study["criteria"]
    groups = groups.assign(
        weight=[draw(st.one_of(weights, st.just("0"))) for _ in range(len(groups))]
    )
    criteria = criteria.assign(weight=[draw(weights) for _ in range(len(criteria))])
    return replaced(study, recommendations=groups, criteria=criteria), grid


@ANY
@given(weighted())
def test_any_score_agrees_with_a_second_opinion(case):
    study, grid = case
    matrix = matrix_of(study, grid, "")
    found, expected = held(scores(study, matrix)), naive_scores(study, matrix)
    assert set(found) == set(expected)
    for key, score in expected.items():
        assert close(found[key], [float(value) for value in score])


@ANY
@given(weighted())
def test_an_interval_is_one(case):
    study, grid = case
    table = scores(study, matrix_of(study, grid, ""))
    assert (table["low"] <= table["high"] + 1e-9).all()
    assert (table["low"] >= -1e-9).all() and (table["high"] <= 100 + 1e-9).all()
    assert table["known"].between(-1e-9, 1 + 1e-9).all()
    # Where all is known the interval is a point, and only there.
    point = np.isclose(table["low"], table["high"], rtol=0, atol=1e-9)
    assert (point == (table["known"] > 1 - 1e-9)).all()


@ANY
@given(matrices(), st.data())
def test_settling_a_cell_never_widens_an_interval(case, data):
    study, grid = case
    open_ = [
        key for key, state in grid.items() if state in v.UNKNOWNS and state not in v.OUT_OF_SUM
    ]
    if not open_:
        return
    key = data.draw(st.sampled_from(open_))
    levels = [one for one in possible_states(study)[key[1]] if one not in v.UNKNOWNS]
    settled = grid | {key: data.draw(st.sampled_from(levels))}
    before = held(scores(study, matrix_of(study, grid, "")))
    after = held(scores(study, matrix_of(study, settled, "")))
    assert set(after) == set(before)
    for name, (low, high, known) in after.items():
        assert low >= before[name][0] - 1e-9
        assert high <= before[name][1] + 1e-9
        assert known >= before[name][2] - 1e-9


@ANY
@given(matrices(units=3), st.permutations(range(3)), st.permutations(range(10)))
def test_the_order_of_units_and_criteria_does_not_matter(case, units, criteria):
    study, grid = case
    turned = replaced(
        study,
        units=study["units"].iloc[units],
        criteria=study["criteria"].iloc[criteria],
        recommendations=study["recommendations"].iloc[::-1],
    )
    found = held(scores(turned, matrix_of(turned, grid, "")))
    expected = held(scores(study, matrix_of(study, grid, "")))
    assert set(found) == set(expected)
    assert all(close(found[key], expected[key]) for key in expected)


@ANY
@given(
    matrices(),
    st.sampled_from(["access", "opening", "entrance", "parking"]),
    st.sampled_from(v.OUT_OF_SUM),
)
def test_a_criterion_out_of_the_sum_changes_nothing(case, group, state):
    study, grid = case
    new = {"criterion_id": "roof", "label": "Roof", "question": "-", "scale_id": "points"}
    new |= {"recommendation_id": group, "weight": "5", "scored": "yes"}
    more = with_rows(study, "criteria", [new])
    found = held(scores(more, matrix_of(more, grid, state)))
    expected = held(scores(study, matrix_of(study, grid, "")))
    assert set(found) == set(expected)
    assert all(close(found[key], expected[key]) for key in expected)


@ANY
@given(matrices())
def test_a_context_criterion_changes_nothing(case):
    study, grid = case
    context = {key: state for key, state in grid.items() if key[1] == "reading-group"}
    other = grid | dict.fromkeys(context, "points_4")
    found = held(scores(study, matrix_of(study, other, "")))
    assert found == held(scores(study, matrix_of(study, grid, "")))


def test_an_unknown_goes_from_its_own_scale_lowest_to_highest():
    # A scale whose levels are worth 1/4 to 3/4: the unknown cannot be worth less or more.
    levels = library()["levels"]
    narrow = levels["level"].map({"yes": "0.75", "no": "0.25"}).fillna(levels["value"])
    study = replaced(library(), levels=levels.assign(value=narrow))
    known = {("library-one", "lighting"): "points_2"}
    found = held(scores(study, matrix_of(study, known, "not_found")))
    # (1/4 + 1/2) / 2 and (3/4 + 1/2) / 2, half known
    assert close(found["library-one", "entrance"], (3 / 8, 5 / 8, 1 / 2))


# --- rounding -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "half_up", "half_even"),
    [
        (0, 0, "0", "0"),
        (0.5, 0, "1", "0.5"),
        (1.5, 0, "2", "2"),
        (12.5, 0, "13", "12"),
        (13.5, 0, "14", "14"),
        # 12.5 as floats may leave it: the tie is still a tie.
        (12.499999999999998, 0, "13", "12"),
        (12.500000000000002, 0, "13", "12"),
        (12.4999, 0, "12", "12"),
        (12.5001, 0, "13", "13"),
        (-0.0, 0, "0", "0"),
        (-0.4, 0, "-0.4", "-0.4"),
        (-1e-13, 2, "0.00", "0.00"),
        (100 - 1e-13, 0, "100", "100"),
        (100, 0, "100", "100"),
        (100, 2, "100.00", "100.00"),
        (0, 1, "0.0", "0.0"),
        # 0 and 100 are shown only where they are exact: else with as many decimals as it takes.
        (99.97, 0, "99.97", "99.97"),
        (99.4, 0, "99", "99"),
        (99.5, 0, "99.5", "99.5"),
        (99.95, 1, "99.95", "99.95"),
        (99.9984, 1, "99.998", "99.998"),
        (99.9984, 2, "99.998", "99.998"),
        (99.9925, 2, "99.99", "99.99"),
        (100.4, 0, "100.4", "100.4"),
        (0.4, 0, "0.4", "0.4"),
        (0.0625, 0, "0.1", "0.1"),
        (0.03, 0, "0.03", "0.03"),
        (0.025, 1, "0.03", "0.02"),
        (0.025, 2, "0.03", "0.02"),
        (0.005, 2, "0.01", "0.005"),
        (2.5e-10, 0, "0.0000000003", "0.0000000002"),
        (100 - 2e-10, 0, "99.9999999998", "99.9999999998"),
        (6.25, 1, "6.3", "6.2"),
        (6.35, 1, "6.4", "6.4"),
        (0.125, 2, "0.13", "0.12"),
        (475 / 12, 0, "40", "40"),
        (1025 / 12, 1, "85.4", "85.4"),
        (np.float64(50), 6, "50.000000", "50.000000"),
    ],
)
def test_rounded_once_by_the_declared_rule(value, decimals, half_up, half_even):
    for rounding, expected in (("half_up", half_up), ("half_even", half_even)):
        assert shown(value, Display(decimals=decimals, rounding=rounding)) == expected


# --- national counts ----------------------------------------------------------------------------


@pytest.mark.parametrize("study", [real, library])
@pytest.mark.parametrize(
    "on", ["1900-01-01", "2018-12-31", "2020-12-17", "2021-03-01", "2021-12-31", READ_ON]
)
def test_national_counts_sum_to_the_units(study, on):
    study = study()
    table = national(study, states(study, day(on)))
    sums = table.groupby("criterion_id")["units"].sum()
    assert set(sums.index) == set(study["criteria"]["criterion_id"])
    assert (sums == len(study["units"])).all()
    assert (table["units"] >= 0).all()
    assert not table.duplicated(["criterion_id", "state"]).any()


def test_national_counts_by_hand():
    # Evening hours of the six libraries: One and Two at 4 points, Three not applicable, Four
    # withheld, Five at 2 points, Six not found.
    table = national(library(), states(library()))
    evening = table[table["criterion_id"] == "evening"].set_index("state")["units"]
    assert list(evening.index) == [
        *("points_4", "points_3", "points_2", "points_1", "points_0"),
        *("inconclusive", "outdated", "withheld", "not_found", "not_assessed", "not_in_force"),
        "not_applicable",
    ]
    assert evening[evening > 0].to_dict() == {
        "points_4": 2,
        "points_2": 1,
        "withheld": 1,
        "not_found": 1,
        "not_applicable": 1,
    }
    entrance = table[table["criterion_id"] == "step-free"].set_index("state")["units"]
    assert list(entrance.index[:2]) == ["yes", "no"]
    assert entrance[entrance > 0].to_dict() == {
        "yes": 1,
        "no": 1,
        "inconclusive": 1,
        "not_found": 1,
        "not_applicable": 2,
    }


# --- gaps ---------------------------------------------------------------------------------------

# The entrance asks for two things: step-free (yes or no) and lighting (0 to 4 points).
ENTRANCE = {
    ("yes", "points_4"): "meets",
    ("yes", "points_3"): "falls_short",
    ("no", "points_4"): "falls_short",
    ("no", "points_0"): "falls_short",
    # Settled short on one: whatever the other is, it falls short.
    ("no", "not_found"): "falls_short",
    ("withheld", "points_1"): "falls_short",
    # What does not apply leaves, and the other decides.
    ("yes", "not_applicable"): "meets",
    ("not_applicable", "points_4"): "meets",
    ("yes", "not_in_force"): "meets",
    ("not_applicable", "points_2"): "falls_short",
    ("not_applicable", "outdated"): "cannot_be_told",
    ("not_applicable", "not_applicable"): "does_not_apply",
    ("not_in_force", "not_applicable"): "does_not_apply",
}
STILL_UNKNOWN = [code for code in v.UNKNOWNS if code not in ("not_applicable", "not_in_force")]
assert STILL_UNKNOWN == ["inconclusive", "outdated", "withheld", "not_found", "not_assessed"]
# No unknown counts as short, nor as met, alone or with what is met beside it.
ENTRANCE |= {("yes", code): "cannot_be_told" for code in STILL_UNKNOWN}
ENTRANCE |= {(code, "points_4"): "cannot_be_told" for code in STILL_UNKNOWN}
ENTRANCE |= {(code, code): "cannot_be_told" for code in STILL_UNKNOWN}


@pytest.mark.parametrize(("cells", "expected"), ENTRANCE.items(), ids=map(" and ".join, ENTRANCE))
def test_a_gap_by_hand(cells, expected):
    study = library()
    grid = dict(
        zip((("library-six", "step-free"), ("library-six", "lighting")), cells, strict=True)
    )
    table = gaps(study, matrix_of(study, grid, "not_found"))
    (one,) = table[
        (table["unit_id"] == "library-six") & (table["recommendation_id"] == "entrance")
    ].to_dict("records")
    assert one["state"] == expected
    states_ = dict(zip(("step-free", "lighting"), cells, strict=True))
    short = [f"{name}: {state}" for name, state in states_.items() if state in SHORT]
    open_ = [f"{name}: {state}" for name, state in states_.items() if state in STILL_UNKNOWN]
    assert (one["missing"], one["unknown"]) == ("; ".join(short), "; ".join(open_))


SHORT = ("no", "points_0", "points_1", "points_2", "points_3")


def test_gaps_of_the_real_study_by_hand():
    table = gaps(real(), states(real())).set_index(["unit_id", "recommendation_id"])
    expected = {
        ("warwickshire", "finding-guidance"): "meets",
        ("warwickshire", "R1"): "meets",
        ("northamptonshire", "conclusion-victims-first"): "meets",
        ("northamptonshire", "finding-guidance"): "falls_short",
        ("northamptonshire", "R1"): "falls_short",
        ("hampshire", "finding-guidance"): "falls_short",
        ("gloucestershire", "R1"): "falls_short",
        ("gloucestershire", "R4"): "falls_short",
    }
    told = table[table["state"] != "cannot_be_told"]
    assert told["state"].to_dict() == expected
    assert len(table) == 43 * 4
    one = table.loc["northamptonshire", "R1"]
    assert one["missing"] == "stop-sharing-on-doubt: partly"
    assert one["unknown"] == "third-party-link: inconclusive"
    # What the rows rest on, each once, and the notice that must stand with Gloucestershire.
    assert one["evidence_ids"] == "E089;E092"
    assert "which states no change of the force's own" in table.loc["gloucestershire", "R4"].notices
    assert "6 of 43" in table.loc["essex", "finding-guidance"].notices
    assert "6 of 43" not in table.loc["essex", "R1"].notices


def contradictions(study, matrix):
    """Return where the gap table and the intervals cannot both be right.

    What meets a recommendation has all that it can have on it, what falls short cannot have
    it any more, and what cannot be told may still have it.
    """
    intervals, found = held(scores(study, matrix)), []
    for one in gaps(study, matrix).itertuples():
        low, high, _ = intervals.get((one.unit_id, one.recommendation_id), (None, None, None))
        right = {
            "meets": low is not None and low > 1 - 1e-9,
            "falls_short": high is not None and high < 1 - 1e-9,
            "cannot_be_told": high is not None and low < 1 - 1e-9 < high,
            "does_not_apply": low is None,
        }
        if not right[one.state]:
            found.append((one.unit_id, one.recommendation_id, one.state, low, high))
    return found


@pytest.mark.parametrize("on", ["2018-12-31", "2020-12-17", "2021-12-31", READ_ON])
def test_gaps_and_intervals_of_the_real_study_agree(on):
    assert contradictions(real(), states(real(), day(on))) == []


def test_gaps_and_intervals_agree_where_groups_hold_groups():
    # Library Five publishes its hours in full, and falls short on hours and at the entrance,
    # both under access: it cannot be said to meet access, whose interval ends at 69.4.
    assert contradictions(library(), states(library())) == []
    table = gaps(library(), states(library())).set_index(["unit_id", "recommendation_id"])
    one = table.loc["library-five", "access"]
    assert one["state"] == "falls_short"
    assert set(one["missing"].split("; ")) == {
        "evening: points_2",
        "weekend: points_3",
        "holiday: points_0",
        "step-free: no",
    }
    assert one["unknown"] == "lighting: withheld"


def test_national_gaps_by_hand():
    table = national_gaps(real(), gaps(real(), states(real()))).set_index("recommendation_id")
    counts = ["meets", "falls_short", "cannot_be_told", "does_not_apply"]
    assert list(table.columns) == ["scored", *counts, "published_totals"]
    assert table.pop("published_totals").loc["finding-guidance"] == "P1"
    assert table.loc["finding-guidance"].tolist() == ["yes", 1, 2, 40, 0]
    assert table.loc["conclusion-victims-first"].tolist() == ["yes", 1, 0, 42, 0]
    assert table.loc["R1"].tolist() == ["yes", 1, 2, 40, 0]
    assert table.loc["R4"].tolist() == ["yes", 0, 1, 42, 0]
    # Nothing of the others is scored: no figure, and above all not a zero.
    rest = table.drop(index=["finding-guidance", "conclusion-victims-first", "R1", "R4"])
    assert list(rest.index) == ["R2", "R3", "R5", "R6", "R7", "R8"]
    assert (rest["scored"] == "no").all()
    assert all(value is pd.NA for value in rest[counts].to_numpy().ravel())


def test_before_the_report_its_recommendations_do_not_apply():
    matrix = states(real(), day("2020-12-16"))
    table = national_gaps(real(), gaps(real(), matrix)).set_index("recommendation_id")
    assert table.loc["R1", "does_not_apply"] == table.loc["R4", "does_not_apply"] == 43
    assert set(scores(real(), matrix)["group_id"]) == {
        "finding-guidance",
        "conclusion-victims-first",
        "total",
    }


# --- what is not there --------------------------------------------------------------------------


def test_a_unit_to_which_nothing_applies_has_no_score():
    results = measure(library())
    assert "library-three" not in set(results.scores["unit_id"])
    assert results.total.loc["library-three", ["low", "high", "known"]].isna().all()
    assert list(results.total.index) == list(library()["units"]["unit_id"])


def test_nothing_scored_gives_no_score_and_no_figure():
    study = replaced(library(), criteria=library()["criteria"].assign(scored="no"))
    results = measure(study)
    assert results.scores.empty and results.gaps.empty
    assert (results.national_gaps["scored"] == "no").all()
    assert results.national_gaps["meets"].isna().all()
    assert results.total["low"].isna().all()


def test_coverage_by_hand():
    # Of each criterion: settled; read and not settled; not found; withheld (library-four,
    # evening, and library-five, lighting); not assessed; does not apply.
    coverage = measure(library()).coverage
    assert coverage.loc["evening"].tolist() == [3, 0, 1, 1, 0, 1]
    assert coverage.loc["lighting"].tolist() == [1, 0, 1, 1, 1, 2]
    assert coverage.loc["holiday"].tolist() == [3, 1, 1, 0, 0, 1]
    assert (coverage.sum(axis=1) == 6).all()


def test_what_was_known_by_a_day():
    # By 1 July 2022 only Library One's page had been read, and One and Two searched for.
    results = measure(library(), known_by=dt.date(2022, 7, 1))
    assert close(held(results.scores)["library-one", "total"], [float(Part(121, 240))] * 2 + [1])
    rest = results.total.drop(index="library-one")
    assert (rest["low"] == 0).all() and (rest["high"] == 100).all()
    grid = results.matrix.grid()
    assert set(grid.loc["library-two"]) == {"not_found"}
    assert set(grid.loc["library-six"]) == {"not_assessed"}
    # Both totals were read later, and so was the newspaper.
    assert results.totals.empty


def test_the_studies_are_valid():
    assert problems(real()) == []
    assert problems(library()) == []


@pytest.mark.parametrize("weight", ["1" + "0" * 14, "1" + "0" * 17])
def test_a_small_weight_beside_a_huge_one_is_not_lost(weight):
    # a is settled and b is open: what is known is near 1 and not 1, and no end is reached by it.
    study = made(3, [("a", "g", weight), ("b", "g", "1")])
    matrix = matrix_of(
        study,
        {("u1", "a"): "met", ("u2", "a"): "not_met", ("u3", "a"): "met", ("u3", "b"): "met"},
        v.NOT_ASSESSED,
    )
    table = scores(study, matrix).query("group_id == 'total'").set_index("unit_id")
    assert 0 < 100 - table.low["u1"] < 1e-10 and table.high["u1"] == 100
    assert table.low["u2"] == 0 and 0 < table.high["u2"] < 1e-10
    assert (table.known[["u1", "u2"]] < 1).all() and table.known["u3"] == 1
    assert (table.low["u3"], table.high["u3"]) == (100, 100)
    display = Display(decimals=0, rounding="half_up")
    assert shown(table.low["u1"], display).startswith("99.9999999")
    assert shown(100 * table.known["u1"], display).startswith("99.9999999")
    assert shown(table.high["u2"], display).startswith("0.000000")


def test_a_weight_is_never_shown_as_none():
    assert (
        shown(1e-14, Display(decimals=0, rounding="half_up"), positive=True) == "0.00000000000001"
    )
    assert shown(0.0, Display(decimals=0, rounding="half_up"), positive=True) == "0"
    assert shown(1e-14, Display(decimals=0, rounding="half_up")) == "0"


@pytest.mark.parametrize("unit", ["u1", ""])
def test_the_weight_of_a_question_that_is_asked_is_never_shown_as_none(unit):
    study = made(1, [("a", "g", "1"), ("b", "g", "1000000")])
    results = measure(study)
    rows = open_questions(results)[unit] if unit else open_by_criterion(results)
    shown_as = {row["criterion_id"]: row["share" if unit else "weight"] for row in rows}
    assert 0 < float(shown_as["a"]) < 0.001 and float(shown_as["b"]) > 0.9
