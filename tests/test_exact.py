"""Scores in rationals: the same definition as in floats, to the last digit."""

from fractions import Fraction as Part

from hypothesis import given
from made import (
    ANY,
    READ_ON,
    close,
    library,
    matrix_of,
    naive_scores,
    one_cell,
    real,
    replaced,
    row,
)
from test_scores import FORCES, LIBRARIES, weighted

from analysis.measure.exact import Interval, cell_intervals, exact_scores
from analysis.measure.scores import scores
from analysis.measure.tree import build_tree
from analysis.study import states


def exact(study, matrix):
    """Return low and high on 0 to 1, and known, of every unit on every group with a score."""
    tree, found = build_tree(study), {}
    for unit, cells in matrix.grid().iterrows():
        for group, score in exact_scores(tree, cell_intervals(study, cells)).items():
            found[unit, group] = (score.low / 100, score.high / 100, score.known)
    return found


def test_the_second_study_by_hand_and_exactly():
    assert exact(library(), states(library())) == LIBRARIES


def test_the_forces_with_something_known_by_hand_and_exactly():
    found = exact(real(), states(real()))
    for force, (low, high, known) in FORCES.items():
        assert found[force, "total"] == (low / 100, high / 100, known)


@ANY
@given(weighted())
def test_any_score_is_that_of_a_second_opinion_and_that_in_floats(case):
    study, grid = case
    matrix = matrix_of(study, grid, "")
    found = exact(study, matrix)
    assert found == naive_scores(study, matrix)
    floats = scores(study, matrix).set_index(["unit_id", "group_id"])
    assert set(floats.index) == set(found)
    for key, (low, high, known) in found.items():
        expected = [float(100 * low), float(100 * high), float(known)]
        assert close(floats.loc[key].tolist(), expected)


def test_a_value_is_what_its_text_says():
    # In floats 0.1 + 0.2 is not 0.3; the score of a level worth 0.1 is 10 and nothing near it.
    study = one_cell(row("partly", "2021"))
    levels = study["levels"].replace({"value": {"0.5": "0.1"}})
    study = replaced(study, levels=levels)
    found = exact_scores(build_tree(study), cell_intervals(study, ["partly"]))
    assert found["total"] == Interval(Part(10), Part(10), Part(1))


def test_an_unknown_is_an_interval_and_what_left_the_sum_is_no_score():
    study = one_cell(row("met", "2021", read_on=READ_ON))
    tree = build_tree(study)
    held = exact_scores(tree, cell_intervals(study, ["withheld"]))
    assert held["total"] == Interval(Part(0), Part(100), Part(0))
    for state in ("not_applicable", "not_in_force"):
        assert exact_scores(tree, cell_intervals(study, [state])) == {}
