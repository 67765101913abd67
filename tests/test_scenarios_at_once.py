"""What each choice changes is taken from the scores as declared: held against measuring it anew."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from made import close, matrix_of, tries
from made_totals import made, score, total
from test_pairs import OPEN, made_up, states_drawn, studies

from analysis.measure import scenario_dominance as module
from analysis.measure.minimum_difference import exact_signs, least_without, signs_without
from analysis.measure.scenario_intervals import parts, unit_intervals
from analysis.measure.scenarios import Scenario
from analysis.measure.sensitivity import Sensitivity
from analysis.measure.weight_tree import UnitCells, weight_tree
from analysis.study import vocabulary as v


def anew_table(scenario):
    found = unit_intervals(scenario)
    table = pd.DataFrame(vars(found), index=list(scenario.study["units"]["unit_id"]))
    return table[table["low"].notna()]


def held_against_anew(study, matrix):
    """Compare every interval, mean and statement with those of each choice measured by itself."""
    found = Sensitivity(study, matrix)
    made_choices = found.scenarios
    units = found.units.set_index(["choice", "unit_id"])
    national = found.national.set_index("choice")
    for scenario in made_choices:
        anew = anew_table(scenario)
        if scenario.id in units.index.get_level_values(0):
            own = units.loc[scenario.id]
            assert close(own[["low", "high"]], anew.loc[own.index, ["low", "high"]]), scenario.id
            assert (own["known"] == anew.loc[own.index, "known"]).all(), scenario.id
        assert national.loc[scenario.id, "units"] == len(anew)
        if scenario.kind != "weights" and len(anew):
            assert close(
                national.loc[scenario.id, ["low", "high"]].astype(float),
                anew[["low", "high"]].mean(),
            )
    table = found.statements
    fallen = {(row.above, row.below): row.falls_to.split(";") for row in table.itertuples()}
    names = list(study["units"]["unit_id"])
    over, _ = module.sure_pairs(made_choices[0], over_range=True)
    own, _ = module.sure_pairs(made_choices[0], over_range=False)
    for scenario in made_choices[2:]:
        signs = (
            [module.sure_pairs(scenario, over_range=way)[0] for way in (False, True)]
            if fallen
            else []
        )
        for one, other in fallen:
            pair = names.index(one), names.index(other)
            sign = signs[int(over[pair] >= own[pair])]
            assert (scenario.id in fallen[one, other]) == (sign[pair] < own[pair]), (
                scenario.id,
                pair,
            )


@tries(12)
@given(st.data())
def test_every_choice_is_as_if_measured_anew(data):
    study = data.draw(studies(units="fgh", most=3))
    drawn = states_drawn(data.draw, study, away=data.draw(st.sampled_from(["same", "own"])))
    criteria = list(study["criteria"]["criterion_id"])
    cells = {
        (u, c): state for u, held in drawn.items() for c, state in zip(criteria, held, strict=True)
    }
    held_against_anew(study, matrix_of(study, cells, OPEN))


def test_what_published_rows_leave_possible_moves_with_the_level():
    # Of u1 either 0.5 or 0.2 on a (from 20 to 50), of u2 one of the two is at 1 on b: by totals.
    study = made(
        3,
        [("a", "g", "1"), ("b", "g", "2")],
        levels={name: name for name in ("1", "0.5", "0.2", "0")},
        totals=[total(1, "1", "b", among="u2;u3", of="2")],
        scores=[score("35", "", "u1", "g", weights="b=0", lowest="20", highest="50")],
    )
    cells = {("u1", "b"): "0.5", ("u2", "a"): "0.2", ("u3", "a"): "0.5", ("u3", "b"): "0.5"}
    held_against_anew(study, matrix_of(study, cells, v.NOT_ASSESSED))


def counted(counts: np.ndarray) -> UnitCells:
    """Return rows of which only that matters which cells are in the sum."""
    return UnitCells(np.zeros(counts.shape), np.ones(counts.shape), counts)


def test_a_score_taken_apart_by_hand():
    # g of a (1) and b (3), h of c (2); g weighs 1, h weighs 3. (1 × 1/4 + 3 × 1/2) / 4 = 7/16.
    groups = {"g": ("", "1"), "h": ("", "3")}
    criteria = {"a": ("g", "1"), "b": ("g", "3"), "c": ("h", "2")}
    study = made_up(groups, criteria, [], units="f")
    found = parts(weight_tree(study), counted(np.ones((1, 3), dtype=bool)), np.array([[1, 0, 0.5]]))
    assert close(found.share, [[1 / 16, 3 / 16, 3 / 4]])
    # Without a (0 + 3/2) / 4, without b (1 + 3/2) / 4; without c h is gone: 1/4.
    assert close(found.without, [[3 / 8, 5 / 8, 1 / 4]])
    # b out of the sum: (1 + 3/2) / 4; without a g is gone, without c h; b cannot be left out.
    away = np.array([[True, False, True]])
    found = parts(weight_tree(study), counted(away), np.array([[1, 0, 0.5]]))
    assert close(found.share, [[1 / 4, 0, 3 / 4]])
    assert close(found.without, [[1 / 2, 5 / 8, 1]])
    alone = parts(
        weight_tree(study), counted(np.array([[True, False, False]])), np.array([[1, 0, 0]])
    )
    assert np.isnan(alone.without[0, 0]) and close(alone.without[0, 1:], [1, 1])


def test_the_least_without_each_criterion_by_hand():
    # a, b, c alike, from 1/2 to 2: δ (1, 1, -1). Without a or b (1/2 - 2) / (5/2), without c 1.
    study = made_up({"g": ("", "1")}, dict.fromkeys("abc", ("g", "1")), ["g"], units="f")
    laid, counts = weight_tree(study), np.ones((1, 3), dtype=bool)
    assert close(least_without(laid, counted(counts), np.array([[1.0, 1, -1]])), [[-0.6, -0.6, 1]])
    # 3/4 over 1/4 on each side: level without c, by the sum of the others, and decided exactly.
    left = UnitCells(np.array([[1.0, 0, 1]]), np.array([[1.0, 0, 1]]), counts)
    right = UnitCells(np.array([[0.0, 1, 0]]), np.array([[0.0, 1, 0]]), counts)
    fixed = weight_tree(made_up({"g": ("", "1")}, dict.fromkeys("abc", ("g", "1")), [], units="f"))
    assert signs_without(fixed, left, right).tolist() == [[0, 1, 0]]
    assert exact_signs(fixed, left, right).tolist() == [1]


def test_rows_that_differ_in_the_criterion_left_out_alone_have_the_same_cells_then():
    # f (1, 0, 1) and g (1, 0, out), from 1/2 to 2. Without c both are the same: level, though f
    # alone is from 1/5 and g alone to 4/5. Without a f is from 1/5 and g 0; without b both are 1.
    study = made_up({"g": ("", "1")}, dict.fromkeys("abc", ("g", "1")), ["g"], units="f")
    values = np.array([[1.0, 0, 1]])
    left = UnitCells(values, values, np.array([[True, True, True]]))
    right = UnitCells(values * [1, 1, 0], values * [1, 1, 0], np.array([[True, True, False]]))
    assert signs_without(weight_tree(study), left, right).tolist() == [[1, 0, 0]]


def test_the_work_does_not_grow_with_the_choices(monkeypatch):
    def measured(criteria: int, levels: int) -> tuple[int, int]:
        values = {str(n): f"{n / (levels - 1):.6f}" for n in range(levels)}
        study = made(2, [(f"c{n}", "g", "1") for n in range(criteria)], levels=values)
        cells = {("u1", f"c{n}"): str(n % levels) for n in range(criteria)}
        held = Sensitivity(study, matrix_of(study, cells, v.NOT_ASSESSED))
        asked: list[str] = []
        monkeypatch.setattr(Scenario, "study", _counted(asked, Scenario.study))
        _ = held.units, held.national, held.statements
        monkeypatch.undo()
        return len(held.scenarios), len(asked)

    (few, little), (many, more) = measured(3, 4), measured(12, 30)
    assert many > few + 50 and more == little


def _counted(asked: list[str], made_anew: property) -> property:
    def study(scenario):
        asked.append(scenario.id)
        return made_anew.fget(scenario)

    return property(study)
