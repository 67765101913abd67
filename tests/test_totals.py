"""Published totals and scores: what they leave possible, worked out on paper and by trying all."""

import dataclasses
import datetime as dt
import itertools
import subprocess
import sys
from fractions import Fraction
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import ANY, REAL, ROOT, close, library, matrix_of, problems, real, replaced, with_rows
from made_totals import (
    completions,
    made,
    made_sections,
    naive_score,
    plain,
    score,
    section_completions,
    total,
)
from test_groups import grouped

from analysis.measure import feasible as engine
from analysis.measure.audit import audit_scores, audit_totals, clash_sentence
from analysis.measure.bounds import (
    bounded_values,
    cell_bounds,
    national_bounds,
    possible_levels,
    score_bounds,
)
from analysis.measure.constraints import constrained
from analysis.measure.feasible import Block, Constraint, satisfiable
from analysis.measure.figures import named_figures
from analysis.measure.infeasible import minimal_infeasible_sets, sift
from analysis.measure.results import measure
from analysis.publish.data import data_tables
from analysis.study import states
from analysis.study import vocabulary as v

MET, PARTLY, NOT_MET = "met", "partly", "not_met"
EVERY = {MET, PARTLY, NOT_MET}


def hold(study, known=None, usual=v.NOT_FOUND):
    """Return what is constrained on the day, with these cells known ("u1" stands for u1 on c)."""
    wrong = [one for one in problems(study) if "needs at least" not in one]
    assert not wrong, wrong
    known = {key if isinstance(key, tuple) else (key, "c"): to for key, to in (known or {}).items()}
    return constrained(study, matrix_of(study, known, usual))


def left(study, known=None, criterion="c"):
    """Return the levels that remain possible on a criterion, by unit."""
    held = hold(study, known)
    keys = held.matrix.cells[["unit_id", "criterion_id"]].to_numpy().tolist()
    found = {tuple(keys[cell]): set(names) for cell, names in possible_levels(held).items()}
    return {unit: names for (unit, one), names in found.items() if one == criterion}


def each(units, levels):
    return dict.fromkeys(units.split(), levels)


def names(clashes):
    return [tuple(row.key[0] for row in clash.rows) for clash in clashes]


def gone(clashes):
    return [tuple(row.key[0] for row in clash.set_aside) for clash in clashes]


# --- totals, on paper ----------------------------------------------------------------------------


def test_a_total_that_is_named_in_full_leaves_no_more_of_it():
    # 1 of 4 met, and u1 is that one: the others may be partly or not, and nothing else.
    assert left(made(4, totals=[total(1)]), {"u1": MET}) == each("u2 u3 u4", {PARTLY, NOT_MET})


def test_totals_that_force_all_the_rest_to_not_met():
    # 1 of 4 met and 0 partly: with u1 met, each of the others has not met left.
    study = made(4, totals=[total(1), total(0, PARTLY)])
    assert left(study, {"u1": MET}) == each("u2 u3 u4", {NOT_MET})
    table = cell_bounds(study, hold(study, {"u1": MET}))
    assert table.to_numpy().tolist() == [
        [unit, "c", 0.0, 0.0, "yes"] for unit in ("u2", "u3", "u4")
    ]


def test_a_total_that_leaves_everything_open():
    # 2 of 4 met, none named: any two may be the ones, and the others partly or not.
    study = made(4, totals=[total(2)])
    assert left(study) == each("u1 u2 u3 u4", EVERY)
    assert set(cell_bounds(study, hold(study))["settled_by_totals"]) == {"no"}


def test_two_totals_that_only_together_settle_a_cell():
    # 2 of u1, u2 and u3 are met, and at most 1 of u1 and u2: so u3 is one of the two.
    of_three = total(2, among="u1;u2;u3", of="3")
    of_two = total(1, among="u1;u2", of="2", relation="at_most")
    assert left(made(3, totals=[of_three]))["u3"] == EVERY
    assert left(made(3, totals=[of_two]))["u3"] == EVERY
    assert left(made(3, totals=[of_three, of_two])) == {"u1": EVERY, "u2": EVERY, "u3": {MET}}


def test_at_least_and_at_most():
    # At least 3 of 4 met where u1 is not: the other three are. At most 1 where u1 is: none is.
    assert left(made(4, totals=[total(3, relation="at_least")]), {"u1": PARTLY}) == each(
        "u2 u3 u4", {MET}
    )
    assert left(made(4, totals=[total(1, relation="at_most")]), {"u1": MET}) == each(
        "u2 u3 u4", {PARTLY, NOT_MET}
    )
    # Neither says anything at the other end: where nobody is met, at most 1 may be.
    assert left(made(3, totals=[total(1, relation="at_most")]), {"u1": NOT_MET, "u2": PARTLY}) == {
        "u3": EVERY
    }
    assert left(made(2, totals=[total(1, relation="at_least")])) == {"u1": EVERY, "u2": EVERY}
    assert left(made(2, totals=[total(1, relation="at_most")])) == {"u1": EVERY, "u2": EVERY}
    assert left(made(2, totals=[total(1, relation="exactly")]), {"u1": MET})["u2"] == {
        PARTLY,
        NOT_MET,
    }


def test_a_total_over_a_region_binds_its_units_alone():
    study = made(["North", "South", "North"], totals=[total(2, among="region=North", of="2")])
    assert left(study) == {"u1": {MET}, "u2": EVERY, "u3": {MET}}


def test_a_total_over_several_levels_together():
    # 3 of 3 are met or partly: nobody is not met. 1 of 3 and u1 is partly: the rest is not met.
    both = f"{MET};{PARTLY}"
    assert left(made(3, totals=[total(3, both)])) == each("u1 u2 u3", {MET, PARTLY})
    assert left(made(3, totals=[total(1, both)]), {"u1": PARTLY}) == each("u2 u3", {NOT_MET})


def test_a_publisher_that_left_units_out_may_have_left_out_any():
    # 2 of 3 met, of 4 units: with the one left out, 2 or 3 of the 4 are. Where 3 are known to
    # be met, the fourth is not; where 1 is not and 1 is partly, the other two are met.
    study = made(4, totals=[total(2, of="3")])
    assert left(study, {"u1": MET, "u2": MET, "u3": MET}) == {"u4": {PARTLY, NOT_MET}}
    assert left(study, {"u1": NOT_MET, "u2": PARTLY}) == {"u3": {MET}, "u4": {MET}}
    # 2 of 4 would be contradicted by three that are met.
    full = hold(made(4, totals=[total(2)]), {"u1": MET, "u2": MET, "u3": MET})
    assert names(full.clashes) == [("P1",)]


def test_a_cell_out_of_the_sum_holds_no_level_and_an_outdated_one_is_open():
    # u1 cannot be at any level, so 3 of 4 met are the other three, u2's old level or not.
    study = made(4, totals=[total(3)])
    known = {"u1": v.NOT_APPLICABLE, "u2": v.OUTDATED}
    assert left(study, known) == {"u2": {MET}, "u3": {MET}, "u4": {MET}}
    assert names(hold(study, {"u1": v.NOT_IN_FORCE, "u2": v.NOT_APPLICABLE}).clashes) == [("P1",)]


@pytest.mark.parametrize("day", ["2022-12-31", "2023-01-02"])
def test_a_total_of_another_day_binds_nothing(day):
    study = made(2, totals=[total(2, as_of=day)], scores=[score("100", "1", as_of=day)])
    assert left(study) == {"u1": EVERY, "u2": EVERY}
    assert hold(study).rows == {}


def test_a_cell_of_two_levels_of_one_value_is_bounded_and_not_settled():
    study = made(1, totals=[total(0, "no")], levels={"yes": "1", "mostly": "1", "no": "0"})
    table = cell_bounds(study, hold(study))
    assert table.to_numpy().tolist() == [["u1", "c", 1.0, 1.0, "no"]]


def test_a_score_counts_once_its_source_had_been_read():
    row = {"unit_id": "library-six", "group_id": "total", "source_id": "B03"}
    study = with_rows(library(), "published_scores", [score("50", "1") | row | {"score_id": "G1"}])
    assert len(measure(study).published_scores) == 1
    assert measure(study, known_by=dt.date(2023, 6, 29)).published_scores.empty


# --- what cannot be true ----------------------------------------------------------------------------


def test_a_total_contradicted_by_the_assessments_is_set_aside():
    # 3 of 4 are assessed as met, and 2 published. The other total goes on.
    study = made(4, totals=[total(2), total(0, PARTLY)])
    known = {"u1": MET, "u2": MET, "u3": MET}
    held = hold(study, known)
    assert names(held.clashes) == gone(held.clashes) == [("P1",)]
    assert left(study, known) == {"u4": {MET, NOT_MET}}
    (said,) = [clash_sentence(study, clash) for clash in held.clashes]
    assert "Published total P1: 2 of 4 at “met” on “c” on 2023-01-01" in said
    assert "cannot be true beside our answers" in said


def test_two_totals_that_clash_are_both_set_aside():
    # At least 3 and at most 2 of 4: either could be, and nothing tells which is wrong.
    study = made(
        4,
        totals=[
            total(3, relation="at_least"),
            total(2, relation="at_most"),
            total(0, NOT_MET),
        ],
    )
    held = hold(study)
    assert names(held.clashes) == gone(held.clashes) == [("P1", "P2")]
    assert left(study)["u1"] == {MET, PARTLY}
    (said,) = [clash_sentence(study, clash) for clash in held.clashes]
    assert "P1: at least 3 of 4" in said and "P2: at most 2 of 4" in said and "P3" not in said


def test_three_totals_of_which_any_two_could_be_true():
    # One of each two of three is met: added up, twice the number met is 3, which is odd. Halves
    # would do it, so this is seen in whole numbers only.
    pairs = ("u1;u2", "u2;u3", "u1;u3")
    totals = [total(1, among=pair, of="2") for pair in pairs]
    for two in itertools.combinations(totals, 2):
        assert not hold(made(3, totals=two)).clashes
    study = made(3, totals=[*totals, total(0, PARTLY)])
    held = hold(study)
    assert names(held.clashes) == gone(held.clashes) == [("P1", "P2", "P3")]
    assert left(study) == each("u1 u2 u3", {MET, NOT_MET})


def test_the_smallest_clash_is_named_and_of_several_as_small_all_go():
    # P1 with P2, P1 with P3: two clashes of two rows, and nothing tells which row is wrong.
    low = [total(2, relation="at_most"), total(1, relation="at_most")]
    held = hold(made(4, totals=[total(3, relation="at_least"), *low]))
    assert names(held.clashes) == [("P1", "P2"), ("P1", "P3")]
    assert not held.firm
    # A clash of three stands first in the file; the one of two is smaller.
    three = [total(1, among=pair, of="2") for pair in ("u1;u2", "u2;u3", "u1;u3")]
    two = [total(2, among="u1;u2", of="2", relation="at_least")]
    assert names(hold(made(3, totals=[*three, *two])).clashes) == [("P1", "P4")]


def test_two_clashes_that_share_no_row_are_both_named():
    study = made(
        2,
        [("c", "g", "1"), ("d", "g", "1")],
        totals=[total(2), total(1, NOT_MET), total(1, criterion="d"), total(0, criterion="d")],
    )
    assert names(hold(study).clashes) == [("P1", "P2"), ("P3", "P4")]


def test_what_may_not_settle_a_cell_may_not_unsettle_one():
    # The first-hand 3 of 4 stands, though a second-hand 2 of 4 comes before it in the file.
    study = made(4, totals=[total(2, settles_cells="no"), total(3)])
    known = {"u1": NOT_MET}
    held = hold(study, known)
    assert names(held.clashes) == [("P2", "P1")] and gone(held.clashes) == [("P1",)]
    assert left(study, known) == each("u2 u3 u4", {MET})
    (said,) = [clash_sentence(study, clash) for clash in held.clashes]
    assert "P2 may decide answers and stands. The rest is set aside" in said
    audit = audit_totals(study, lambda day: held).set_index("total_id")
    assert audit[["set_aside", "clash"]].to_numpy().tolist() == [["yes", "P2;P1"], ["no", ""]]


def test_the_clash_found_without_trying_all_sets_is_irreducible():
    rows = [
        Constraint(f"row {number}", dict.fromkeys(pair, (0, 1)), 1, 1)
        for number, pair in enumerate([(8, 9), (0, 1), (1, 2), (7, 8), (0, 2)])
    ]
    choices = dict.fromkeys(range(10), 2)
    with mock.patch("analysis.measure.infeasible.CHECKS_AT_MOST", 0):
        (found,) = minimal_infeasible_sets(choices, rows)
    assert [one.name for one in found] == ["row 1", "row 2", "row 4"]


def test_where_several_clashes_are_as_small_the_order_of_the_rows_decides_nothing():
    # Of 43 cells, 6 at the upper level, 8 at it, and 43 at the lower: each two of them clash, so
    # all three go. To begin with one pair would let the third bind, by where it stands.
    def at(name, level, count):
        return Constraint(name, dict.fromkeys(range(43), (1 - level, level)), count, count)

    rows = [at("six", 1, 6), at("eight", 1, 8), at("none", 0, 43)]
    for order in itertools.permutations(rows):
        firm, weak, clashes = sift(dict.fromkeys(range(43), 2), [], list(order))
        assert (firm, weak) == ([], [])
        assert {frozenset(one.rows) for one in clashes} == {
            frozenset(pair) for pair in itertools.combinations(("six", "eight", "none"), 2)
        }


# --- published scores, on paper ------------------------------------------------------------------

SECTION = [("a", "g", "1"), ("c", "g", "2"), ("d", "g", "4")]
"""Weights 1, 2 and 4: with a met, the score is (1 + 2c + 4d) / 7."""


def section_left(value, step, **cells):
    study = made(1, SECTION, scores=[score(value, step, **cells)])
    known = {("u1", "a"): MET}
    return left(study, known)["u1"], left(study, known, "d")["u1"]


def test_a_section_score_that_settles_the_hidden_answers():
    # 86 rounded to whole numbers: between 85.5 and 86.5, so between 5.985 and 6.055 sevenths:
    # 6 = 1 + 1 + 4 is the only way.
    assert section_left("86", "1") == ({PARTLY}, {MET})


def test_a_section_score_that_leaves_two_completions():
    # 3/7 is 42.86, shown as 43: 1 + 2 + 0 and 1 + 0 + 2.
    assert section_left("43", "1") == ({MET, NOT_MET}, {PARTLY, NOT_MET})
    # 71 is 5/7: 1 + 2 + 2 and 1 + 0 + 4.
    assert section_left("71", "1") == ({MET, NOT_MET}, {PARTLY, MET})


def test_coarser_rounding_leaves_more():
    # 80 to the nearest 20: from 70 to 90, so 5 or 6 sevenths: 1+2+2, 1+0+4, 1+1+4.
    assert section_left("80", "20") == (EVERY, {PARTLY, MET})


def test_both_ends_of_the_rounding_are_allowed():
    # Two equal criteria, one met, one partly: 75. A publisher of tens writes 80, or 70.
    for shown in ("70", "80"):
        study = made(1, [("a", "g", "1"), ("c", "g", "1")], scores=[score(shown, "10")])
        assert PARTLY in left(study, {("u1", "a"): MET})["u1"]
    # Not rounded, 75 is partly and nothing else; 74.9 is nothing at all.
    exact = made(1, [("a", "g", "1"), ("c", "g", "1")], scores=[score("75", "0")])
    assert left(exact, {("u1", "a"): MET}) == {"u1": {PARTLY}}
    wrong = made(1, [("a", "g", "1"), ("c", "g", "1")], scores=[score("74.9", "0")])
    assert names(hold(wrong, {("u1", "a"): MET}).clashes) == [("G1",)]


def test_the_publishers_own_weights_count():
    # With weights 1, 2, 4: 100 × (1 + 2) / 7. With c at 5 in place of 2: (1 + 5 + 0) / 10 is 60,
    # and (1 + 2.5 + 2) / 10 is 55, (1 + 0 + 4) / 10 is 50, (1 + 5 + 2) / 10 is 80.
    assert section_left("60", "1", weights="c=5") == ({MET}, {NOT_MET})
    # What the publisher did not count stays open: (1 + 2c) / 3 is 67 for partly, d for any.
    assert section_left("67", "1", weights="d=0") == ({PARTLY}, EVERY)


def test_a_score_up_the_tree_with_what_left_the_sum():
    # Total: section g weighs 1, section h 3. In g, a is not applicable, so c alone counts; h is
    # d alone. (c + 3d) / 4 = 87.5 is c at partly with d met; nothing else gives it.
    groups = [("g", "", "1"), ("h", "", "3")]
    criteria = [("a", "g", "9"), ("c", "g", "2"), ("d", "h", "1")]
    study = made(1, criteria, groups, scores=[score("87.5", "0.1")])
    known = {("u1", "a"): v.NOT_APPLICABLE}
    assert left(study, known)["u1"] == {PARTLY}
    assert left(study, known, "d")["u1"] == {MET}


def test_a_score_of_nothing_in_the_sum_is_contradicted():
    study = made(1, scores=[score("50", "1")])
    held = hold(study, {"u1": v.NOT_APPLICABLE})
    assert names(held.clashes) == [("G1",)]
    audit = audit_scores(study, lambda day: held).loc[0]
    assert audit["status"] == "contradicted" and np.isnan(audit["low"])


def test_scores_and_totals_settle_together():
    # Each unit: c and d of weight 1, score 50: one met and one not, or both partly. With nobody
    # partly on c and nobody met on c, c is not met, and so d is met.
    criteria = [("c", "g", "1"), ("d", "g", "1")]
    scores = [score("50", "1", unit) for unit in ("u1", "u2")]
    study = made(2, criteria, totals=[total(0, f"{MET};{PARTLY}")], scores=scores)
    assert left(study) == {"u1": {NOT_MET}, "u2": {NOT_MET}}
    assert left(study, criterion="d") == {"u1": {MET}, "u2": {MET}}


# --- scores and national figures -------------------------------------------------------------------


def test_bounds_on_scores_within_a_total():
    # Two units, c of weight 1 and d of weight 3, nothing known but that both are met on c: each
    # has 25 for sure, and d brings 0 to 75. On its own group d is still 0 to 100.
    groups = [("g", "", "1"), ("h", "", "3")]
    study = made(2, [("c", "g", "1"), ("d", "h", "1")], groups, totals=[total(2)])
    table = score_bounds(study, hold(study)).set_index(["unit_id", "group_id"])
    for unit in ("u1", "u2"):
        assert table.loc[(unit, "g")].tolist() == [100, 100]
        assert table.loc[(unit, "h")].tolist() == [0, 100]
        assert table.loc[(unit, "total")].tolist() == [25, 100]


def test_cells_bounded_one_by_one():
    # Of 3, u1 is met, and 1 is met in all: u2 and u3 are at partly at the most. Known is u1.
    study = made(3, totals=[total(1)])
    cells = bounded_values(study, hold(study, {"u1": MET}))
    assert cells.low.tolist() == [[1], [0], [0]] and cells.high.tolist() == [[1], [0.5], [0.5]]
    assert cells.known.tolist() == [[True], [False], [False]] and cells.counts.all()
    # With nobody partly, the others are not met, and known.
    study = made(3, totals=[total(1), total(0, PARTLY)])
    cells = bounded_values(study, hold(study, {"u1": MET}))
    assert cells.high.tolist() == [[1], [0], [0]] and cells.known.all()


def pairs_of(study, known):
    held = hold(study, known)
    results = dataclasses.replace(measure(study, held.matrix.as_of), matrix=held.matrix)
    return [tuple(row) for row in results.pairs.to_numpy()]


def test_what_totals_settle_counts_in_comparisons():
    # Of 3, u1 is met: the others may be too, and nobody is surely above anybody.
    assert pairs_of(made(3), {"u1": MET}) == []
    # 1 of 3 is met: so both others are below, though which of their levels is not known. A
    # total ties the two: their pairs may miss something.
    one = made(3, totals=[total(1)])
    assert pairs_of(one, {"u1": MET}) == [("u1", "u2", "yes"), ("u1", "u3", "yes")]
    # With nobody partly all is settled, and nothing is tied any more.
    settled = made(3, totals=[total(1), total(0, PARTLY)])
    assert pairs_of(settled, {"u1": MET}) == [("u1", "u2", "no"), ("u1", "u3", "no")]
    # What may settle no cell ranks nobody.
    weak = made(3, totals=[total(1, settles_cells="no")])
    assert pairs_of(weak, {"u1": MET}) == []


def test_a_score_may_be_narrower_than_its_cells_are():
    # c and d of weight 1, published 50: both are at any level, and the score is 50 all the same.
    study = made(1, [("c", "g", "1"), ("d", "g", "1")], scores=[score("50", "0")])
    held = hold(study)
    assert set(cell_bounds(study, held)["lowest"]) == {0.0}
    assert set(cell_bounds(study, held)["highest"]) == {1.0}
    assert set(score_bounds(study, held)["low"]) == set(score_bounds(study, held)["high"]) == {50.0}


def test_what_may_settle_no_cell_still_bounds_the_nation():
    # 2 of 4 met where u1 is met: 1 more of the three. Mean: from (1 + 1 + 0 + 0) / 4 to
    # (1 + 1 + 0.5 + 0.5) / 4; without the total from 1/4 to 4/4.
    study = made(4, totals=[total(2, settles_cells="no")])
    known = {"u1": MET}
    assert left(study, known) == each("u2 u3 u4", EVERY)
    held = hold(study, known)
    assert set(cell_bounds(study, held)["settled_by_totals"]) == {"no"}
    assert close(score_bounds(study, held)[["low", "high"]].to_numpy()[2:], [[0, 100]] * 6)
    table = national_bounds(study, held).set_index(["figure", "level"]).drop(columns="as_of")
    assert table.loc[("mean", "")].tolist() == ["c", 50, 75, 25, 100]
    assert table.loc[("units", MET)].tolist() == ["c", 2, 2, 1, 4]
    assert table.loc[("units", PARTLY)].tolist() == ["c", 0, 2, 0, 3]
    assert table.loc[("units", NOT_MET)].tolist() == ["c", 0, 2, 0, 3]


def test_what_may_settle_no_cell_settles_none_though_it_would():
    # 3 of 3 met, second-hand: the nation's mean is 100 if it is true, and nobody is named by it.
    study = made(3, totals=[total(3, settles_cells="no")], scores=[score("0", "0", "u2")])
    held = hold(study, {"u1": MET})
    assert gone(held.clashes) == [("P1",)] and names(held.clashes) == [("G1", "P1")]
    study = made(3, totals=[total(3, settles_cells="no")])
    assert left(study, {"u1": MET}) == each("u2 u3", EVERY)
    mean = national_bounds(study, hold(study, {"u1": MET})).iloc[0]
    assert mean[["low", "high"]].tolist() == [100, 100]


def test_six_of_43_on_the_reports_day():
    # 43 forces; one is settled on the day (Metropolitan, partly, of 2018) and 42 are open.
    # With 6 at met, none named: 0.5 + 6 = 6.5 and 36 others from 0 to 0.5, so 6.5 to 24.5 of 43.
    # Without: 0.5 and 42 others from 0 to 1, so 0.5 to 42.5 of 43. All of this only if what the
    # inspectorate called clear is what the codebook calls met.
    results = measure(real(), dt.date(2020, 12, 17))
    table = results.national_bounds.set_index(["criterion_id", "figure", "level"])
    ends = ["low", "high", "low_without", "high_without"]
    mean = table.loc[("guidance-clear", "mean", ""), ends].tolist()
    assert close(mean, [650 / 43, 2450 / 43, 50 / 43, 4250 / 43])
    counts = {
        level: table.loc[("guidance-clear", "units", level), ends].tolist()
        for level in (MET, PARTLY, NOT_MET)
    }
    assert counts == {MET: [6, 6, 0, 42], PARTLY: [1, 37, 1, 43], NOT_MET: [0, 36, 0, 42]}
    # It settles nobody, and narrows nobody's own cell or score.
    assert len(results.bounds) and set(results.bounds["settled_by_totals"]) == {"no"}
    assert set(results.bounds["lowest"]) == {0.0} and set(results.bounds["highest"]) == {1.0}
    assert results.score_bounds.equals(results.scores.drop(columns="known"))
    assert results.clashes == []
    named = named_figures(results)
    assert named["totals.P1.named"].value == 0 and named["totals.P1.open_by"].value == 6
    prefix = "bounds.2020-12-17.guidance-clear."
    assert [named[f"{prefix}mean.{end}"].text for end in ends] == ["15", "57", "1", "99"]
    assert [named[f"{prefix}units.met.{end}"].value for end in ends] == [6, 6, 0, 42]
    assert named[f"{prefix}mean.low"].as_dict()["rows"] == [
        "criteria/guidance-clear",
        "published_totals/P1",
    ]
    assert named[f"{prefix}mean.low_without"].as_dict()["rows"] == ["criteria/guidance-clear"]


def test_today_the_total_of_2020_binds_nothing_and_is_told_all_the_same():
    results = measure(real())
    assert results.constrained_at(results.matrix.as_of).rows == {}
    assert len(results.national_bounds) == 4
    known = results.matrix.cells["state"].isin(v.OPEN)
    assert len(results.bounds) == known.sum()


# --- the audit ---------------------------------------------------------------------------------------


def audited(study):
    days = {}
    return audit_totals(
        study, lambda day: days.setdefault(day, constrained(study, states(study, day)))
    ).set_index("total_id")


def test_the_published_total_of_the_real_study():
    # 6 of 43 gave clear guidance on 17 December 2020. On that day one force's level is settled
    # (Metropolitan, partly, of 2018), so none is named and 42 cannot be told.
    one = audited(real()).loc["P1"]
    said = ["criterion_id", "level", "relation", "as_of", "count", "of", "named", "cannot_be_told"]
    assert one[said].tolist() == ["guidance-clear", MET, "exactly", "2020-12-17", 6, 43, 0, 42]
    assert one[["status", "open_by", "set_aside", "clash"]].tolist() == ["open", 6, "no", ""]


def test_published_totals_of_the_second_study():
    # Evening hours on 31 December 2021: One (of 20 May) and Two (of 1 March) are at 4 points.
    # Step-free on 31 December 2022: One says yes; Five, whose year 2022 is just over, no.
    named = audited(library())
    assert named[["count", "of", "named"]].to_numpy().tolist() == [[2, 6, 2], [2, 6, 1]]
    assert named[["status", "open_by"]].to_numpy().tolist() == [["consistent", 0], ["open", 1]]


def test_what_does_not_apply_is_not_among_what_cannot_be_told():
    # Evening: Three has closed; Four withheld, Five may be, Six not found: 3 cannot be told.
    # Step-free: Two and Three have no entrance; Four and Six cannot be told: 2.
    assert audited(library())["cannot_be_told"].tolist() == [3, 2]


@pytest.mark.parametrize(
    ("row", "status", "open_by"),
    [
        # Of 4, u1 is met, u2 partly; u3 and u4 cannot be told: 1 to 3 are met.
        (total(1), "consistent", 0),
        (total(3), "open", 2),
        (total(0), "contradicted", 0),
        (total(4), "contradicted", 0),
        (total(1, relation="at_least"), "consistent", 0),
        (total(2, relation="at_least"), "open", 1),
        (total(4, relation="at_least"), "contradicted", 0),
        (total(3, relation="at_most"), "consistent", 0),
        (total(1, relation="at_most"), "open", 2),
        (total(0, relation="at_most"), "contradicted", 0),
        (total(2, f"{MET};{PARTLY}"), "consistent", 0),
        (total(2, among="u1;u3", of="2"), "open", 1),
        (total(0, of="3"), "consistent", 0),
    ],
)
def test_a_total_held_against_the_evidence(row, status, open_by):
    study = made(4, totals=[row])
    held = hold(study, {"u1": MET, "u2": PARTLY})
    one = audit_totals(study, lambda day: held).loc[0]
    assert (one["status"], one["open_by"]) == (status, open_by)
    assert one["set_aside"] == ("yes" if status == "contradicted" else "no")


def test_a_score_held_against_the_evidence():
    # With a met and the rest open, the score lies between 1/7 and 7/7.
    study = made(1, SECTION, scores=[score("86", "1"), score("10", "1"), score("50", "100")])
    held = hold(study, {("u1", "a"): MET})
    table = audit_scores(study, lambda day: held).set_index("score_id")
    assert close(table[["low", "high"]].to_numpy(float), [[100 / 7, 100]] * 3)
    assert table["status"].tolist() == ["open", "contradicted", "consistent"]
    assert table["open_by"].tolist() == [2, 2, 2]
    assert table["set_aside"].tolist() == ["no", "yes", "no"]
    assert table.loc["G2", "clash"] == "G2"


def test_what_cannot_be_true_is_said_with_every_result():
    study = real()
    again = {**study["published_totals"].iloc[0].to_dict(), "total_id": "P2", "count": "7"}
    results = measure(with_rows(study, "published_totals", [again]))
    (said,) = results.clashes
    assert "P1: 6 of 43" in said and "P2: 7 of 43" in said
    tables, named = data_tables(results), named_figures(results)
    assert any("P2: 7 of 43" in text for text in tables["notices"]["notice"])
    assert tables["published-totals"]["clash"].tolist() == ["P1;P2", "P1;P2"]
    assert named["totals.set_aside"].as_dict()["rows"] == [
        "published_totals/P1",
        "published_totals/P2",
    ]
    assert named["totals.clash.1"].text == said
    # Nothing rests on what was set aside.
    mean = results.national_bounds.iloc[0]
    assert mean["low"] == mean["low_without"] and mean["high"] == mean["high_without"]
    # Before the day that it speaks of, nobody had counted.
    assert measure(results.study, dt.date(2020, 1, 1)).clashes == []


def test_the_tables_hold_the_bounds():
    tables = data_tables(measure(library()))
    assert list(tables["bounds"]) == [
        "unit_id",
        "criterion_id",
        "lowest",
        "highest",
        "settled_by_totals",
    ]
    assert len(tables["published-totals"]) == 2 and len(tables["published-scores"]) == 0


def test_no_solver_is_loaded_where_none_is_needed():
    code = (
        "import sys, datetime; from analysis.study import load; "
        "from analysis.measure.results import measure; from analysis.publish.data import data_tables; "
        f"data_tables(measure(load({str(REAL)!r}), datetime.date(2020, 12, 17))); "
        "sys.exit('scipy.optimize' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


# --- every completion, tried one after the other ----------------------------------------------------

TWO_LEVELS = {"yes": "1", "no": "0.25"}
THREE_LEVELS = {MET: "1", PARTLY: "0.5", NOT_MET: "0"}


@st.composite
def small_studies(draw):
    """A study of up to 3 units and 3 criteria with at most 4 open cells, and its matrix."""
    levels = draw(st.sampled_from([TWO_LEVELS, THREE_LEVELS]))
    regions = draw(st.lists(st.sampled_from(["North", "South"]), min_size=1, max_size=3))
    units = [f"u{number}" for number in range(1, len(regions) + 1)]
    weights = st.sampled_from(["1", "2", "0.5"])
    criteria = [
        (name, draw(st.sampled_from(["g", "h"])), draw(weights))
        for name in "cde"[: draw(st.integers(1, 3))]
    ]
    keys = [(unit, criterion) for unit in units for criterion, _, _ in criteria]
    open_ = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1, max_size=4))
    settled = st.sampled_from([*levels, v.NOT_APPLICABLE])
    states = {key: v.NOT_FOUND if key in open_ else draw(settled) for key in keys}
    totals, scores = [], []
    for _ in range(draw(st.integers(0, 3))):
        among = draw(st.sampled_from(["", f"region={regions[0]}", units[0], ";".join(units)]))
        size = len(made_among(units, regions, among))
        of = size if among and "=" not in among else draw(st.integers(max(1, size - 1), size))
        some = draw(st.lists(st.sampled_from(list(levels)), unique=True, min_size=1, max_size=2))
        totals.append(
            total(
                draw(st.integers(0, of)),
                ";".join(some),
                draw(st.sampled_from(criteria))[0],
                relation=draw(st.sampled_from(["", "exactly", "at_least", "at_most"])),
                of=str(of),
                among=among,
                settles_cells=draw(st.sampled_from(["yes", "yes", "no"])),
            )
        )
    for _ in range(draw(st.integers(0, 2))):
        group = draw(st.sampled_from(["total", criteria[0][1]]))
        weight = draw(st.sampled_from(["", f"{criteria[0][0]}=3", f"{criteria[0][0]}=0"]))
        if all(state == v.NOT_APPLICABLE for state in states.values()):
            continue
        scores.append(
            score(
                draw(st.sampled_from(["25", "50", "62.5", "75", "100"])),
                draw(st.sampled_from(["0", "1", "10", "50"])),
                draw(st.sampled_from(units)),
                group,
                weights=weight,
                settles_cells=draw(st.sampled_from(["yes", "yes", "no"])),
            )
        )
    groups = [("g", "", draw(weights)), ("h", draw(st.sampled_from(["", "g"])), draw(weights))]
    study = made(regions, criteria, groups, totals, scores, levels)
    return study, matrix_of(study, states, v.NOT_FOUND)


def made_among(units, regions, among):
    if among.startswith("region="):
        return [one for one, region in zip(units, regions, strict=True) if among[7:] == region]
    return [one for one in units if not among or one in among.split(";")]


def ids(rows):
    return {one.name.key[0] for one in rows}


@pytest.mark.parametrize("states_at_most", [engine.STATES_AT_MOST, 0], ids=["by sums", "by solver"])
@ANY
@given(made_of=small_studies())
def test_bounds_equal_those_over_every_completion(states_at_most, made_of):
    study, matrix = made_of
    tables = plain(study)
    with mock.patch.object(engine, "STATES_AT_MOST", states_at_most):
        held = constrained(study, matrix)
        possible, cells = possible_levels(held), cell_bounds(study, held)
        scored, nation = score_bounds(study, held), national_bounds(study, held)
    firm, every = ids(held.firm), ids(held.firm) | ids(held.weak)
    # What stands can be true at once; each clash cannot, and any fewer rows of it can.
    everyone = list(completions(tables, matrix, every))
    assert everyone
    for clash in names(held.clashes):
        assert not list(completions(tables, matrix, set(clash)))
        for row in clash:
            assert list(completions(tables, matrix, set(clash) - {row}))
    assert firm | every | {one for some in gone(held.clashes) for one in some} == ids(
        held.rows.values()
    )

    ways = list(completions(tables, matrix, firm))
    keys = [tuple(key) for key in matrix.cells[["unit_id", "criterion_id"]].to_numpy()]
    assert {keys[cell]: set(some) for cell, some in possible.items()} == {
        key: {way[key] for way in ways} for key in ways[0]
    }
    value = {
        level: Fraction(text)
        for level, text in zip(study["levels"]["level"], study["levels"]["value"], strict=True)
    }
    for row in cells.itertuples():
        seen = {way[row.unit_id, row.criterion_id] for way in ways}
        assert (row.settled_by_totals == "yes") == (len(seen) == 1)
        assert close(
            [row.lowest, row.highest], [end(value[one] for one in seen) for end in (min, max)]
        )
    known = dict(zip(keys, matrix.cells["state"], strict=True))
    for row in scored.itertuples():
        means = [naive_score(tables, row.unit_id, row.group_id, {**known, **way}) for way in ways]
        assert close([row.low, row.high], [100 * min(means), 100 * max(means)])
    free = list(completions(tables, matrix, set()))
    for row in nation.itertuples():
        for some, ends in (
            (everyone, (row.low, row.high)),
            (free, (row.low_without, row.high_without)),
        ):
            figures = [national_figure(row, {**known, **way}, value) for way in some]
            assert close(ends, [min(figures), max(figures)])


def national_figure(row, way, value):
    at = [
        level
        for (_, criterion), level in way.items()
        if criterion == row.criterion_id and level != v.NOT_APPLICABLE
    ]
    if row.figure == "units":
        return at.count(row.level)
    return 100 * sum(value[level] for level in at) / len(at)


@ANY
@given(
    st.lists(
        st.tuples(
            st.dictionaries(
                st.integers(0, 4),
                st.tuples(*[st.integers(-4, 9)] * 3),
                min_size=1,
                max_size=5,
            ),
            st.integers(-5, 20),
            st.integers(0, 8),
        ),
        min_size=1,
        max_size=4,
    ),
    st.dictionaries(st.integers(0, 4), st.tuples(*[st.integers(-9, 9)] * 3)),
)
def test_sums_solver_and_trying_all_agree(rows, worth):
    rows = [Constraint(str(n), parts, low, low + more) for n, (parts, low, more) in enumerate(rows)]
    choices = dict.fromkeys(sorted({cell for one in rows for cell in one.parts}), 3)
    ways = [
        way
        for filled in itertools.product(range(3), repeat=len(choices))
        for way in [dict(zip(choices, filled, strict=True))]
        if all(
            one.low <= sum(part[way[cell]] for cell, part in one.parts.items()) <= one.high
            for one in rows
        )
    ]
    for states_at_most in (engine.STATES_AT_MOST, 0):
        with mock.patch.object(engine, "STATES_AT_MOST", states_at_most):
            block = Block(choices, tuple(rows))
            assert block.satisfiable == satisfiable(choices, rows) == bool(ways)
            if ways:
                assert block.possible == {cell: {way[cell] for way in ways} for cell in choices}
                sums = [
                    sum(gains[way[cell]] for cell, gains in worth.items() if cell in way)
                    for way in ways
                ]
                assert block.extremes(worth) == (min(sums), max(sums))


def test_interchangeable_cells_go_to_the_solver_as_one():
    # 409 cells, three totals on the same: far more partial sums than are tried. At level 0 are
    # 100, at level 1 at least 200, and at most 300 at level 1 or 2: so 109 are left for level 2
    # at the most, and 9 at the least of ... 409 − 100 = 309 are at level 1 or 2, against 300.
    cells = range(409)
    zero, one, rest = (1, 0, 0), (0, 1, 0), (0, 1, 1)
    rows = [
        Constraint("zero", dict.fromkeys(cells, zero), 100, 100),
        Constraint("one", dict.fromkeys(cells, one), 200, None),
        Constraint("rest", dict.fromkeys(range(400), rest), None, 300),
    ]
    block = Block(dict.fromkeys(cells, 3), tuple(rows))
    assert block._layers is None and block.satisfiable
    # Of the 400 cells of the third, at most 300 are at 1 or 2, so at least 100 are at 0: all
    # the zeros are there, and the last nine cells are at 1 or 2.
    assert block.possible[0] == {0, 1, 2} and block.possible[408] == {1, 2}
    # Level 2 is at none at the least, and at 309 − 200 at the most.
    assert block.extremes(dict.fromkeys(cells, (0, 0, 1))) == (0, 109)


# --- 409 units on 90 questions, with section scores -------------------------------------------------


@pytest.fixture(scope="module")
def sections():
    study, matrix, facts = made_sections()
    return study, matrix, facts, constrained(study, matrix)


def test_hidden_answers_of_409_units_are_settled_where_and_only_where_they_must_be(sections):
    study, _, facts, held = sections
    assert held.clashes == () and len(facts) == 409 * 9
    table = cell_bounds(study, held).set_index(["unit_id", "criterion_id"]).sort_index()
    settled = table["settled_by_totals"].to_dict()
    lowest, highest = table["lowest"].to_dict(), table["highest"].to_dict()
    seen = {"yes": 0, "no": 0}
    for (unit, section), fact in facts.items():
        _, truth, hidden, _, _ = fact
        ways = section_completions(fact)
        for place, halves in zip(hidden, ways.T, strict=True):
            key = (f"u{unit + 1}", f"question-{section + 1}-{place + 1}")
            only = "yes" if len(set(halves)) == 1 else "no"
            assert settled[key] == only
            assert (lowest[key], highest[key]) == (min(halves) / 2, max(halves) / 2)
            assert min(halves) <= truth[place] <= max(halves)
            if only == "yes":
                assert 2 * lowest[key] == truth[place]
            seen[only] += 1
    # All hidden answers were looked at, and both kinds are many.
    assert sum(seen.values()) == len(settled) and min(seen.values()) > 1000


def test_progress_is_told_over_long_work(sections):
    study, _, _, held = sections
    told = []
    cell_bounds(study, held, told.append)
    assert told[0] == "totals: block 1 of 3681" and len(told) == 37


def test_a_wrong_section_score_is_found_among_thousands(sections):
    study, matrix, _, _ = sections
    scores = study["published_scores"].copy()
    # Every score of a section whose shown answers already bring more than this is impossible.
    scores.loc[1234, ["score", "step"]] = ["0", "1"]
    held = constrained(replaced(study, published_scores=scores), matrix)
    assert names(held.clashes) == [(scores.loc[1234, "score_id"],)]


@pytest.mark.parametrize(
    ("weights", "low", "high"),
    [
        (("1e30", "1"), 100 * (1 - 1e-14), 100 * (1 - 1e-14)),  # all but nothing is met
        (("1", "1e-30"), 100 * (1 - 1e-14), 100 * (1 - 1e-14)),
        (("100000000000000", "1"), 100 - 1e-12, 100 - 0.5e-12),
        (("1", "1e30"), 1e-12, 50),
        (("1", "1"), 50, 75),
    ],
)
def test_a_score_within_totals_is_at_an_end_only_where_it_is_exactly(weights, low, high):
    # On a, n2 is at met (1); on b it is open and, by the total, not met: partly (0.5) or not (0).
    study = grouped()
    rows = study["assessments"].query("not (unit_id == 'n2' and criterion_id == 'b')")
    study = replaced(
        study,
        criteria=study["criteria"].assign(weight=list(weights)),
        assessments=rows.reset_index(drop=True),
    )
    total = {"total_id": "P1", "criterion_id": "b", "level": "met", "count": "0", "of": "3"}
    total |= {"relation": "exactly", "as_of": "2022-06-01", "confidence": "high"}
    total |= {"settles_cells": "yes", "source_id": "S1"}
    study = with_rows(study, "published_totals", [total])
    assert problems(study) == []
    results = measure(study, dt.date(2022, 6, 1))
    table = score_bounds(results.study, results.constrained_at(results.matrix.as_of))
    (found,) = table.query("unit_id == 'n2' and group_id == 'total'").to_dict("records")
    assert (found["low"], found["high"]) == pytest.approx((low, high), rel=1e-15)
    assert found["low"] > 0 and found["high"] < 100


@pytest.mark.parametrize("weight", ["1e-300", "1e300", "-1e-40", "1e41"])
def test_a_weight_that_no_figure_can_bear_is_refused(weight):
    study = grouped()
    study = replaced(study, criteria=study["criteria"].assign(weight=[weight, "1"]))
    (said,) = problems(study)[:1]
    assert f"criteria.csv, row 2, weight ({weight})" in said
    assert "round the number" in said or "correct the number" in said
