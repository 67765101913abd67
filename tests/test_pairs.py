"""Safe comparisons: against cases worked out on paper, and against every corner of the box."""

import dataclasses
import itertools
import re
from fractions import Fraction as Part

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import ANY, matrix_of, one_cell, real, replaced
from made_study import write_made_study

from analysis.cli import main
from analysis.measure.dominance import comparisons, order, pair_table, ranks
from analysis.measure.figures import named_figures, surely_above
from analysis.measure.minimum_difference import exact_signs, signs
from analysis.measure.priorities import deciders, next_questions
from analysis.measure.results import measure
from analysis.measure.scores import cell_values
from analysis.measure.weight_tree import unit_cells, weight_tree
from analysis.publish.data import data_tables
from analysis.publish.report import report_html
from analysis.show.charts import all_charts
from analysis.show.charts.order import can_be_drawn, order_chart
from analysis.show.pairs import compared, comparison_sentences
from analysis.study import load
from analysis.study.settings import WeightBox

AWAY, OPEN = "not_applicable", "not_found"


def made_up(groups, criteria, nodes, values=("0", "0.5", "1"), low=0.5, high=2, units="fgh"):
    """Return a study with a tree and a box of weights of its own; its levels are their values.

    Args:
        groups: parent ("" for the total) and weight of each group.
        criteria: group and weight of each criterion.
        nodes: the nodes below which the weights vary.
        values: the values of the levels of the one scale.
        low: the lowest factor on a weight.
        high: the highest.
        units: their ids, one letter each.
    """
    study = one_cell()

    def rows(table, made):
        like = study[table].iloc[0].to_dict()
        return pd.DataFrame([{**like, **row} for row in made], dtype=object)

    tables = {
        "units": rows("units", [{"unit_id": u, "name": u, "short_name": u} for u in units]),
        "recommendations": rows(
            "recommendations",
            [
                {"recommendation_id": name, "parent_id": parent, "weight": weight}
                for name, (parent, weight) in groups.items()
            ],
        ),
        "criteria": rows(
            "criteria",
            [
                {"criterion_id": name, "label": name, "recommendation_id": group, "weight": weight}
                for name, (group, weight) in criteria.items()
            ],
        ),
        "levels": rows("levels", [{"level": value, "value": value} for value in values]),
    }
    box = WeightBox(lowest_factor=low, highest_factor=high, nodes=nodes)
    settings = study.settings.model_copy(update={"weight_box": box})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    return replaced(dataclasses.replace(study, descriptor=descriptor), **tables)


def states_of(study, **units):
    """Return the matrix of a study: for each unit the states of its criteria, in order."""
    criteria = list(study["criteria"]["criterion_id"])
    cells = {
        (unit, criterion): state
        for unit, states in units.items()
        for criterion, state in zip(criteria, states, strict=True)
    }
    return matrix_of(study, cells, OPEN)


def said(study, first="f", second="g", **units):
    """Return what is sure of one unit over another: "above", "at or above" or nothing."""
    found = comparisons(study, states_of(study, **units))
    a, b = found.unit_ids.index(first), found.unit_ids.index(second)
    return "above" if found.above[a, b] else "at or above" if found.at_or_above[a, b] else ""


FLAT = {"r": ("", "1")}
QUARTERS = ("0", "0.25", "0.5", "0.75", "1")


# --- known answers, worked out on paper ----------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        # Weights 1 and 1, each from 1/2 to 2; f is (1, 0), so δ = (1, −second). The least is
        # at the corner (1/2, 2) alone: (1/2 − 2·second) / (5/2).
        # second 1/2: (1/2 − 1) / (5/2) = −1/5. At (1/2, 1/2), (2, 1/2) and (2, 2) the
        # difference is (1 − 1/2) / 2 = 1/4, (2 − 1/4) / (5/2) = 7/10 and 1/4 again: all above 0.
        ("0.5", ""),
        # second 1/4: (1/2 − 1/2) / (5/2) = 0 at that corner, and above 0 at every other.
        ("0.25", "at or above"),
        # second 0: (1/2 − 0) / (5/2) = 1/5.
        ("0", "above"),
    ],
)
def test_a_pair_decided_at_one_corner_of_the_box(second, expected):
    study = made_up(FLAT, {"a": ("r", "1"), "b": ("r", "1")}, ["r"], QUARTERS)
    assert said(study, f=("1", "0"), g=("0", second)) == expected
    assert said(study, "g", "f", f=("1", "0"), g=("0", second)) == ""


def test_what_the_box_leaves_open_the_study_s_own_weights_decide():
    # As above with δ = (1, −1/2); with fixed weights (1 − 1/2) / 2 = 1/4.
    study = made_up(FLAT, {"a": ("r", "1"), "b": ("r", "1")}, [], QUARTERS)
    assert said(study, f=("1", "0"), g=("0", "0.5")) == "above"


def test_a_tree_in_which_a_flat_greedy_has_the_wrong_sign():
    # total: x 1 (in its own group p), G 1; G: y 1 (in q), H 1; H: z 1, w 1. δ is −1 at z and 1
    # elsewhere. All nodes vary from 1/2 to 2.
    #   H: z gets 2, w 1/2: (−2 + 1/2) / (5/2) = −3/5
    #   G: H gets 2, y 1/2: (−6/5 + 1/2) / (5/2) = −7/25
    #   total: G gets 2, x 1/2: (−14/25 + 1/2) / (5/2) = −3/125, below 0: not above.
    # A greedy over all criteria takes their shares (x 1/2, y 1/4, z 1/8, w 1/8), z doubled and
    # the rest halved: −1/4 + 1/4 + 1/8 + 1/16 = 3/16, above 0: it would say "above".
    groups = {"p": ("", "1"), "G": ("", "1"), "q": ("G", "1"), "H": ("G", "1")}
    criteria = {"x": ("p", "1"), "y": ("q", "1"), "z": ("H", "1"), "w": ("H", "1")}
    study = made_up(groups, criteria, ["total", "G", "H"])
    f, g = ("1", "1", "0", "1"), ("0", "0", "1", "0")
    assert said(study, f=f, g=g) == ""
    # With the weights below H fixed: H is 0, G (0 + 1/2) / (5/2) = 1/5, all above 0.
    assert said(made_up(groups, criteria, ["total", "G"]), f=f, g=g) == "above"


def test_a_part_that_is_below_the_mean_and_above_the_least():
    # total, fixed: r 2, s 1. r, from 1/2 to 2: δ −1, −1/4, 1. Its mean is −1/12, and with all
    # below that doubled (−2 − 1/2 + 1/2) / (9/2) = −4/9; but −1/4 lies above −4/9, and the
    # least doubles −1 alone: (−2 − 1/8 + 1/2) / 3 = −13/24. s: δ 1.
    # In all (−13/12 + 1) / 3 = −1/36, not above; from −4/9 it would be (−8/9 + 1) / 3 = 1/27.
    study = made_up(
        {"r": ("", "2"), "s": ("", "1")},
        {"a": ("r", "1"), "b": ("r", "1"), "c": ("r", "1"), "d": ("s", "1")},
        ["r"],
        QUARTERS,
    )
    assert said(study, f=("0", "0", "1", "1"), g=("1", "0.25", "0", "0")) == ""


INSIDE = {"a": ("r", "1"), "b": ("r", "1"), "c": ("r", "1"), "d": ("s", "1")}


def inside(f, g):
    # total, fixed: s 8, r 25. r varies from 1/2 to 2: a, b, c.
    return made_up({"r": ("", "25"), "s": ("", "8")}, INSIDE, ["r"]), {"f": f, "g": g}


def test_other_cells_out_of_the_sum_and_the_least_inside_the_box():
    # f is (1, 0, n/a) on r, g is (1, n/a, 0). With b at 2 and c at 1/2, where f is least and g
    # greatest whatever a is: r of f less r of g = a/(a + 2) − a/(a + 1/2). That is −3/10 at
    # a = 1/2 (1/5 − 1/2) and at a = 2 (1/2 − 4/5), but 1/3 − 2/3 = −1/3 at a = 1.
    # On d f has 1 and g 0, so in all (8 − 25·3/10) / 33 = (1/2) / 33 at the corners, above 0,
    # and (8 − 25/3) / 33 = (−1/3) / 33 inside: f is not surely above g.
    study, units = inside(("1", "0", AWAY, "1"), ("1", AWAY, "0", "0"))

    def difference(a, b, c):
        return (8 + 25 * (a / (a + b) - a / (a + c))) / 33

    ends = (Part(1, 2), Part(2))
    assert min(difference(*corner) for corner in itertools.product(ends, repeat=3)) == Part(1, 66)
    assert difference(Part(1), Part(2), Part(1, 2)) == Part(-1, 99)
    assert said(study, **units) == ""
    # The sound bound: least of f (8 + 25·1/5) / 33 = 13/33 (a 1/2, b 2), greatest of g
    # 25·4/5 / 33 = 20/33 (a 2, c 1/2): −7/33, no more than the true least.
    assert Part(13, 33) - Part(20, 33) <= Part(-1, 99)
    found = comparisons(study, states_of(study, **units))
    f, g = found.unit_ids.index("f"), found.unit_ids.index("g")
    assert found.conservative[f, g] and found.conservative[g, f]


def test_a_sure_pair_by_the_bound_is_marked():
    # g on r is (0, n/a, 0): greatest 0, so f is above by 13/33 at least.
    study, units = inside(("1", "0", AWAY, "1"), ("0", AWAY, "0", "0"))
    table = pair_table(comparisons(study, states_of(study, h=(AWAY,) * 4, **units)))
    assert table.to_dict("records") == [{"above": "f", "below": "g", "conservative": "yes"}]


def test_the_bound_s_tie_is_decided_in_rationals():
    # f: (1, 0, n/a) on r, least 1/5; d 0. g: (n/a, 1, 0.2 …): values in tenths, fixed weights:
    # f (3 + 0) / 2 tenths = 3/20; g (1 + 2) / 2 tenths = 3/20, whose float is another.
    study = made_up(FLAT, {"a": ("r", "1"), "b": ("r", "1"), "c": ("r", "1")}, [], TENTHS)
    assert said(study, f=("0.3", "0", AWAY), g=(AWAY, "0.1", "0.2")) == "at or above"
    assert said(study, "g", "f", f=("0.3", "0", AWAY), g=(AWAY, "0.1", "0.2")) == "at or above"


TENTHS = ("0", "0.1", "0.2", "0.3")


def test_a_low_that_equals_a_high_is_a_tie_and_no_more():
    # Fixed weights; f: 3/10, open, 0: low (3/10 + 0 + 0) / 3. g: 1/10 three times. Both 1/10.
    # In floats δ = 0.3 − 0.1 − 0.1 − 0.1 is below zero.
    assert (0.3 - 0.1) + (0 - 0.1) + (0 - 0.1) < 0
    study = made_up(FLAT, dict.fromkeys("abc", ("r", "1")), [], TENTHS)
    units = {"f": ("0.3", OPEN, "0"), "g": ("0.1", "0.1", "0.1")}
    assert said(study, **units) == "at or above"
    assert said(study, "g", "f", **units) == ""


def test_two_units_with_the_same_settled_cells_tie():
    study = made_up(FLAT, dict.fromkeys("abc", ("r", "1")), ["r"], TENTHS)
    same = ("0.1", "0.3", "0.2")
    for first, second in (("f", "g"), ("g", "f")):
        assert said(study, first, second, f=same, g=same) == "at or above"


def test_a_unit_is_never_set_beside_itself():
    study = made_up(FLAT, {"a": ("r", "1")}, ["r"])
    found = comparisons(study, states_of(study, f=("1",), g=("1",), h=("0",)))
    assert not found.above.diagonal().any() and not found.at_or_above.diagonal().any()


def test_a_unit_of_which_nothing_is_known():
    # g may be anything. f is met throughout: at or above g, whatever g is, but not above.
    study = made_up(FLAT, {"a": ("r", "1"), "b": ("r", "2")}, ["r"])
    matrix = states_of(study, f=("1", "1"), g=(OPEN, OPEN), h=("0", "1"))
    # f over h: δ = (1, 0), least (1/2 + 0) / (1/2 + 4) = 1/9: above.
    found = comparisons(study, matrix)
    assert pair_table(found)[["above", "below"]].values.tolist() == [["f", "h"]]
    assert found.at_or_above[0].tolist() == [False, True, True]
    # f: nobody surely above; at or above both, 3 − 2. g: nobody above it, at or above nobody.
    # h: f above it, at or above nobody.
    assert rank_rows(found) == {"f": (1, 1), "g": (1, 3), "h": (2, 3)}


def rank_rows(found):
    return {row.unit_id: (row.best, row.worst) for row in ranks(found).itertuples()}


def test_all_known_and_fixed_weights_give_each_unit_its_one_rank():
    # Weights 1 and 3: f 1/4, g 3/4, h 3/4·… = (1/2 + 3/2) / 4 = 1/2, i 3/4 as g.
    study = made_up(FLAT, {"a": ("r", "1"), "b": ("r", "3")}, [], units="fghi")
    found = comparisons(
        study, states_of(study, f=("1", "0"), g=("0", "1"), h=("0.5", "0.5"), i=("0", "1"))
    )
    assert rank_rows(found) == {"f": (4, 4), "g": (1, 1), "h": (3, 3), "i": (1, 1)}
    assert len(pair_table(found)) == 5


def test_one_unit():
    study = made_up(FLAT, {"a": ("r", "1")}, ["r"], units="f")
    found = comparisons(study, states_of(study, f=("1",)))
    assert rank_rows(found) == {"f": (1, 1)}
    assert pair_table(found).empty and list(pair_table(found)) == ["above", "below", "conservative"]
    assert [one.units for one in order(found)] == [("f",)]


def test_nothing_is_said_of_a_unit_with_nothing_in_the_sum():
    study = made_up(FLAT, {"a": ("r", "1")}, ["r"])
    found = comparisons(study, states_of(study, f=("1",), g=(AWAY,), h=("0",)))
    assert pair_table(found)[["above", "below"]].values.tolist() == [["f", "h"]]
    assert not found.at_or_above[:, 1].any() and not found.at_or_above[1].any()
    table = ranks(found)
    assert table.loc[1, ["best", "worst"]].isna().all()
    assert rank_rows(found)["h"] == (2, 2)


def test_a_cell_without_weight_decides_nothing_and_makes_no_pair_conservative():
    study = made_up(FLAT, {"a": ("r", "1"), "b": ("r", "0")}, ["r"])
    found = comparisons(study, states_of(study, f=("1", AWAY), g=("0", "1"), h=("0.5", OPEN)))
    assert not found.conservative.any()
    assert len(pair_table(found)) == 3
    assert set(next_questions(study, states_of(study))["criterion_id"]) == {"a"}


def test_bounds_from_elsewhere_narrow_and_coupled_units_are_marked():
    study = made_up(FLAT, {"a": ("r", "1"), "b": ("r", "1")}, ["r"])
    matrix = states_of(study, f=("1", OPEN), g=("0", OPEN), h=("0", "0"))
    # f over g: δ = (1, −1), least (1/2 − 2) / (5/2) < 0. With b of f at 1/2 or more and b of g
    # at 1/2 or less: (1, 0), least (1/2) / (5/2) = 1/5.
    assert pair_table(comparisons(study, matrix))["below"].tolist() == ["h"]
    cells = dataclasses.replace(
        cell_values(study, matrix),
        low=np.array([[1, 0.5], [0, 0], [0, 0]]),
        high=np.array([[1, 1], [0, 0.5], [0, 0]]),
    )
    coupled = np.array([False, True, False])
    table = pair_table(comparisons(study, matrix, cells, coupled))
    assert table.values.tolist() == [["f", "g", "yes"], ["f", "h", "no"]]


def test_the_real_study_ranks_no_force_against_another():
    # Warwickshire (50 to 100) and Gloucestershire (0 to 50) are the furthest apart, and only
    # tie at the study's own weights: 1·0 (finding) + 1·(0 − 1) (victims) + 1·1 (R1) + 1·0 (R4).
    results = measure(real())
    assert results.pairs.empty
    assert (results.ranks["best"] == 1).all() and (results.ranks["worst"] == 43).all()
    fixed = real().settings.weight_box.model_copy(update={"nodes": ()})
    settings = real().settings.model_copy(update={"weight_box": fixed})
    descriptor = real().descriptor.model_copy(update={"settings": settings})
    found = measure(dataclasses.replace(real(), descriptor=descriptor)).comparisons
    assert not found.above.any()
    a, b = map(found.unit_ids.index, ("warwickshire", "gloucestershire"))
    assert np.argwhere(found.at_or_above).tolist() == [[a, b]]


# --- properties -----------------------------------------------------------------------------------

weights = st.sampled_from(["1", "2", "0.5", "0.1", "3", "0"])
TREES = (
    {"r": ""},
    {"r": "", "s": ""},
    {"r": "", "s": "r"},
    {"r": "", "s": "r", "t": "s"},
    {"r": "", "s": "r", "t": "r"},
)


@st.composite
def studies(draw, units="fg", most=5):
    parents = draw(st.sampled_from(TREES))
    groups = {name: (parent, draw(weights)) for name, parent in parents.items()}
    count = draw(st.integers(1, most))
    criteria = {
        f"c{number}": (draw(st.sampled_from(list(groups))), draw(weights))
        for number in range(count)
    }
    nodes = draw(st.sets(st.sampled_from(["total", *groups])))
    low, high = draw(st.sampled_from([(0.5, 2), (0.9, 1), (1, 3), (1, 1)]))
    values = draw(st.sampled_from([("0", "1"), ("0", "0.5", "1"), ("0.1", "0.3", "0.7", "1")]))
    return made_up(groups, criteria, sorted(nodes), values, low, high, units)


def states_drawn(draw, study, away):
    """Draw the states of all units; the cells out of the sum are the same, or their own."""
    levels = list(study["levels"]["level"])
    criteria = list(study["criteria"]["criterion_id"])
    out = [away == "same" and draw(st.integers(0, 4)) == 0 for _ in criteria]
    choices = [*levels, *levels, OPEN, *([AWAY] if away == "own" else [])]
    return {
        unit: [AWAY if gone else draw(st.sampled_from(choices)) for gone in out]
        for unit in study["units"]["unit_id"]
    }


def boxes(study):
    """Return, for each node, the raw weights of its parts, and whether they vary."""
    groups, criteria = study["recommendations"], study["criteria"]
    box = study.settings.weight_box
    held = {"total": {}}
    for row in groups.itertuples():
        held.setdefault(row.recommendation_id, {})
    for row in criteria.itertuples():
        held[row.recommendation_id][row.criterion_id] = Part(row.weight)
    for row in groups.itertuples():
        held[row.parent_id or "total"][row.recommendation_id] = Part(row.weight)
    ends = (box.lowest_factor, box.highest_factor)
    return held, {node: ends if node in box.nodes else (Part(1), Part(1)) for node in held}


def score(node, parts, chosen, values):
    """Return the score of one unit on a node by the definition, or nothing."""
    if node not in parts:
        return values.get(node)
    inside = [(chosen[node, part], score(part, parts, chosen, values)) for part in parts[node]]
    inside = [(weight, value) for weight, value in inside if value is not None and weight]
    total = sum(weight for weight, _ in inside)
    return sum(weight * value for weight, value in inside) / total if total else None


def every_corner(study):
    """Yield the weights at every corner of the box, by node and part."""
    parts, ends = boxes(study)
    keys = [(node, part) for node in parts for part in parts[node]]
    choices = [sorted({parts[node][part] * end for end in ends[node]}) for node, part in keys]
    for corner in itertools.product(*choices):
        yield parts, dict(zip(keys, corner, strict=True))


def completions(study, states):
    """Return the extreme completions of a unit's cells, as values by criterion."""
    values = [Part(value) for value in study["levels"]["value"]]
    choices = []
    for state in states:
        if state == AWAY:
            choices.append([None])
        else:
            choices.append([min(values), max(values)] if state == OPEN else [Part(state)])
    criteria = list(study["criteria"]["criterion_id"])
    return [dict(zip(criteria, chosen, strict=True)) for chosen in itertools.product(*choices)]


@ANY
@given(st.data())
def test_the_pair_test_equals_brute_force_over_corners_and_completions(data):
    study = data.draw(studies(most=4))
    units = states_drawn(data.draw, study, away="same")
    least, comparable = None, False
    mine, other = completions(study, units["f"]), completions(study, units["g"])
    for parts, corner in every_corner(study):
        scores = [[score("total", parts, corner, one) for one in held] for held in (mine, other)]
        if scores[0][0] is None:
            break
        comparable = True
        here = min(scores[0]) - max(scores[1])
        assert here == min(one - two for one in scores[0] for two in scores[1])
        least = here if least is None else min(least, here)
    expected = ""
    if comparable:
        expected = "above" if least > 0 else "at or above" if least == 0 else ""
    assert said(study, **units) == expected
    found = comparisons(study, states_of(study, **units))
    assert not found.conservative.any()


@ANY
@given(st.data())
def test_floats_and_rationals_agree_on_every_pair(data):
    study = data.draw(studies("fghi"))
    units = states_drawn(data.draw, study, away="own")
    rows = unit_cells(study, cell_values(study, states_of(study, **units)))
    rows = rows[rows.counts.any(axis=1)]
    if not len(rows):
        return
    tree, all_rows = weight_tree(study), np.arange(len(rows))
    left, right = np.repeat(all_rows, len(rows)), np.tile(all_rows, len(rows))
    exact = exact_signs(tree, rows[left], rows[right])
    assert signs(tree, rows, rows).reshape(-1).tolist() == exact.tolist()


@ANY
@given(st.data())
def test_what_is_said_holds_in_every_sampled_completion(data):
    study = data.draw(studies("fghi"))
    units = states_drawn(data.draw, study, away="own")
    found = comparisons(study, states_of(study, **units))
    held = rank_rows(found)
    parts, ends = boxes(study)
    levels = [Part(value) for value in study["levels"]["value"]]
    criteria = list(study["criteria"]["criterion_id"])
    share = st.fractions(0, 1, max_denominator=6)
    for _ in range(4):
        chosen = {}
        for node, inside_it in parts.items():
            for part, weight in inside_it.items():
                low, high = ends[node]
                chosen[node, part] = weight * (low + data.draw(share) * (high - low))
        values = {
            unit: {
                criterion: data.draw(st.sampled_from(levels)) if state == OPEN else Part(state)
                for criterion, state in zip(criteria, states, strict=True)
                if state != AWAY
            }
            for unit, states in units.items()
        }
        scores = {unit: score("total", parts, chosen, values[unit]) for unit in units}
        there = {unit: one for unit, one in scores.items() if one is not None}
        assert set(there) == {u for u, yes in zip(found.unit_ids, found.scored, strict=True) if yes}
        for unit, one in there.items():
            rank = 1 + sum(other > one for other in there.values())
            assert held[unit][0] <= rank <= held[unit][1]
        for above, below in np.argwhere(found.at_or_above):
            one, other = (there[found.unit_ids[place]] for place in (above, below))
            assert one > other if found.above[above, below] else one >= other


@ANY
@given(st.data())
def test_surely_above_is_a_strict_order_and_the_diagram_says_it_all(data):
    study = data.draw(studies("fghij"))
    found = comparisons(study, states_of(study, **states_drawn(data.draw, study, away="own")))
    above = found.above
    assert not (above & above.T).any()
    assert not ((above.astype(int) @ above > 0) & ~above).any()
    # From the groups and the lines alone, all the sure statements come back, and no more.
    groups = order(found)
    over = {(upper, number) for number, one in enumerate(groups) for upper in one.under}
    for _ in groups:
        over |= {(a, d) for a, b in over for c, d in over if b == c}
    told = {(one, other) for a, b in over for one in groups[a].units for other in groups[b].units}
    assert told == set(pair_table(found)[["above", "below"]].itertuples(index=False, name=None))
    # And no line says what two others say already.
    for number, one in enumerate(groups):
        assert not any((upper, middle) in over for upper in one.under for middle in one.under)
        assert one.layer == 0 or groups[max(one.under)].layer < one.layer, number


# --- what to ask next -----------------------------------------------------------------------------


def test_the_weight_and_the_pairs_of_an_answer_by_hand():
    # total, fixed: r 3, s 1; r: a 1, b 2, so a has 1/4, b 1/2, c 1/4.
    # f is (1, open, 1): 1/2 to 1. g is (0, open, open): 0 to 3/4. h is (0, 1/2, 0): 1/4.
    # f is surely above h (1/2 > 1/4), and nothing else is sure.
    study = made_up(
        {"r": ("", "3"), "s": ("", "1")}, {"a": ("r", "1"), "b": ("r", "2"), "c": ("s", "1")}, []
    )
    matrix = states_of(study, f=("1", OPEN, "1"), g=("0", OPEN, OPEN), h=("0", "0.5", "0"))
    table = next_questions(study, matrix).set_index(["unit_id", "criterion_id"])
    expected = {
        # b of f at 0, 1/2, 1: f is 1/2, 3/4, 1; above g (3/4) only at 1, above h always: 1/3.
        ("f", "b"): (0.5, 1 / 3),
        # b of g at 0, 1/2, 1: g is 0 to 1/4, 1/4 to 1/2, 1/2 to 3/4; below f (1/2) at 0 alone
        # (at 1/2 it may tie), below h (1/4) never, above h at 1. So 1/3 + 1/3.
        ("g", "b"): (0.5, 2 / 3),
        # c of g at 0, 1/2, 1: g is 0 to 1/2, 1/8 to 5/8, 1/4 to 3/4: decides nothing, since at
        # 0 it may tie with f and at 1 with h.
        ("g", "c"): (0.25, 0.0),
    }
    assert {key: tuple(row) for key, row in table[["weight", "expected_pairs"]].iterrows()} == {
        key: pytest.approx(row) for key, row in expected.items()
    }
    assert table["rank"].to_dict() == {("g", "b"): 1, ("f", "b"): 2, ("g", "c"): 3}
    # What could decide f and g: b of either, and c of g cannot.
    named = [(one.unit_id, one.criterion_id) for one in deciders(study, matrix, "f", "g")]
    assert named == [("f", "b"), ("g", "b")]


@ANY
@given(st.data())
def test_the_expected_pairs_are_those_of_the_study_with_the_cell_settled(data):
    study = data.draw(studies("fgh", most=4))
    units = states_drawn(data.draw, study, away="own")
    criteria = list(study["criteria"]["criterion_id"])

    def sure(states, unit):
        above = comparisons(study, states_of(study, **states)).above
        place = "fgh".index(unit)
        return int(above[place].sum() + above[:, place].sum())

    matrix = states_of(study, **units)
    for row in next_questions(study, matrix).itertuples():
        place, levels = criteria.index(row.criterion_id), list(study["levels"]["level"])
        settled = [
            {
                **units,
                row.unit_id: [
                    *units[row.unit_id][:place], level, *units[row.unit_id][place + 1 :]
                ],
            }
            for level in levels
        ]  # fmt: skip
        grown = sum(sure(one, row.unit_id) - sure(units, row.unit_id) for one in settled)
        assert row.expected_pairs == pytest.approx(grown / len(levels))
        assert row.expected_pairs >= 0 and 0 < row.weight <= 1
        for other in "fgh":
            if other != row.unit_id and AWAY not in (units[other][0], units[row.unit_id][0]):
                named = deciders(study, matrix, row.unit_id, other)
                found = [comparisons(study, states_of(study, **one)).above for one in settled]
                a, b = "fgh".index(row.unit_id), "fgh".index(other)
                could = any(one[a, b] or one[b, a] for one in found)
                is_named = any(
                    (one.unit_id, one.criterion_id) == (row.unit_id, row.criterion_id)
                    for one in named
                )
                if comparisons(study, matrix).scored[[a, b]].all():
                    assert is_named == could


def test_the_steps_of_the_real_study():
    table = measure(real()).next_questions
    assert len(table) == 247  # 258 scored cells, 11 of them settled
    assert table["rank"].tolist() == list(range(1, 248))
    order = table[["weight", "expected_pairs"]].apply(tuple, axis=1).tolist()
    assert order == sorted(order, reverse=True)
    # Of three levels, not met at Gloucestershire leaves it at most 25, below Warwickshire's 50;
    # only so, and likewise met at Warwickshire, does an answer decide a pair. Warwickshire's stands
    # first since there is a page to read on.
    first = table.head(2)
    assert first["unit_id"].tolist() == ["warwickshire", "gloucestershire"]
    assert first["expected_pairs"].tolist() == [1 / 3, 1 / 3]
    assert (table["expected_pairs"][2:] == 0).all()
    # A document to read has an address and was seen in part only.
    sources = real()["sources"].set_index("source_id")
    to_read = table[table["step"] == "read_whole"]
    named = {one for ids in to_read["source_ids"] for one in ids.split(";")}
    assert len(named) and sources.loc[sorted(named), "url"].str.startswith("http").all()
    assert (table.loc[table["step"] != "read_whole", "source_ids"] == "").all()


@pytest.mark.parametrize(
    ("state", "requests", "expected"),
    [
        ("withheld", [], "already_asked"),
        ("not_assessed", [], "search"),
        ("not_found", [], "ask"),
        ("not_found", [{"criterion_id": "a", "sent_on": "2026-01-05"}], "already_asked"),
        ("not_found", [{"criterion_id": "", "sent_on": "2026-01-05"}], "already_asked"),
        ("not_found", [{"criterion_id": "a"}], "ask"),
        (
            "not_found",
            [{"criterion_id": "a", "sent_on": "2026-01-05", "outcome": "no_answer"}],
            "ask",
        ),
    ],
)
def test_the_step_by_state_and_by_what_was_asked(state, requests, expected):
    study = made_up(FLAT, {"a": ("r", "1")}, ["r"], units="f")
    rows = [{"request_id": "Q1", "unit_id": "f", **one} for one in requests]
    held = pd.DataFrame(rows, columns=study["requests"].columns, dtype=object).fillna("")
    study = replaced(study, requests=held)
    assert next_questions(study, states_of(study, f=(state,)))["step"].tolist() == [expected]


@pytest.mark.parametrize(
    ("evidence", "source", "expected"),
    [
        ({}, {}, "read_whole"),
        ({"extent_read": "whole"}, {}, "ask"),
        ({"unit_id": "g"}, {}, "ask"),
        ({"scope": "all-forces"}, {}, "ask"),
        # From before the report: what it says would be outdated.
        ({"published": "2020"}, {}, "read_whole"),
        ({"published": "2020-12-16"}, {}, "ask"),
        ({"not_after": "2019"}, {}, "ask"),
        ({}, {"url": ""}, "ask"),
        ({}, {"url": "javascript:alert(1)"}, "ask"),
    ],
)
def test_a_document_seen_in_part_comes_first(evidence, source, expected):
    study = made_up(FLAT, {"a": ("r", "1"), "b": ("r", "1")}, ["r"], units="fg")
    held = study["evidence"].iloc[0].to_dict() | {"unit_id": "f", "extent_read": "opening"}
    address = study["sources"].iloc[0].to_dict() | {"url": "https://example.org/made-up"}
    coding = study["codings"].iloc[0].to_dict() | {"unit_id": "f", "criterion_id": "b"}
    tables = {"evidence": held | evidence, "sources": address | source, "codings": coding}
    study = replaced(
        study, **{name: pd.DataFrame([row], dtype=object) for name, row in tables.items()}
    )
    table = next_questions(study, states_of(study))
    table = table[table["unit_id"] == "f"].set_index("criterion_id")
    # Cited for b, it says nothing of what would answer a.
    assert table["step"].to_dict() == {"a": "ask", "b": expected}
    assert table["source_ids"].to_dict() == {"a": "", "b": "S1" if expected == "read_whole" else ""}


# --- in words -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_pairs(tmp_path_factory):
    """Return results with sure statements in them."""
    folder = write_made_study(tmp_path_factory.mktemp("made") / "study")
    results = measure(load(folder))
    assert len(results.pairs)
    return results


COMPARING = re.compile(
    r"\b(?:above|below|better than|worse than|ahead of|behind|higher than|lower than|outranks)\b"
)


def unsupported(text, results):
    """Return the clauses that set units one over another without a sure statement for each pair."""
    names = results.study.lookup("units", "short_name")
    named = re.compile("|".join(sorted(map(re.escape, names.values()), key=len, reverse=True)))
    unit_of = {name: unit for unit, name in names.items()}
    sure = set(results.pairs[["above", "below"]].itertuples(index=False, name=None))
    wrong = []
    for clause in re.split(r"[;:]|\.(?=\s|$)", text):
        before, *after = COMPARING.split(clause, maxsplit=1)
        if not after:
            continue
        pairs = itertools.product(named.findall(before), named.findall(after[0]))
        if any((unit_of[one], unit_of[other]) not in sure for one, other in pairs):
            wrong.append(clause.strip())
    return wrong


def everything_said(results):
    named = named_figures(results)
    charts = all_charts(results, named)
    page = report_html(results, named, charts)
    page = re.sub(r"<style>.*?</style>|src=\"data:[^\"]*\"", "", page, flags=re.S)
    return [
        re.sub(r"\s+", " ", re.sub(r"</?(?:p|li|td|th|h\d|dd|dt|div|tr|section)\b[^>]*>", ". ", page)),
        *(f"{chart.title}. {chart.alt}" for chart in charts),
        *(one.text for one in named.values()),
        *(one.text for one in comparison_sentences(results)),
    ]  # fmt: skip


@pytest.mark.parametrize("which", ["real", "made"])
def test_every_sentence_that_compares_units_comes_from_a_sure_statement(which, with_pairs):
    results = measure(real()) if which == "real" else with_pairs
    for text in everything_said(results):
        assert unsupported(text, results) == []


def test_a_comparing_sentence_without_a_sure_statement_is_found(with_pairs):
    names = with_pairs.study.lookup("units", "short_name")
    row = with_pairs.pairs.iloc[0]
    above, below = names[row["above"]], names[row["below"]]
    assert unsupported(f"{above} is surely above {below}.", with_pairs) == []
    assert unsupported(f"{below} is above {above}.", with_pairs)
    assert unsupported(f"{above} does better than {below} and {names['made-up-01']}.", with_pairs)
    with pytest.raises(ValueError, match="do not say so"):
        surely_above(with_pairs, row["below"], row["above"])


def test_the_sentences_are_the_pair_table_in_words(with_pairs):
    told = [str(row) for one in comparison_sentences(with_pairs) for row in one.rows]
    assert told == [f"pairs/{row.above}/{row.below}" for row in with_pairs.pairs.itertuples()]
    row = with_pairs.pairs.iloc[0]
    assert "is surely above" in compared(with_pairs, row["below"], row["above"])[0]
    assert (
        compared(with_pairs, row["below"], row["above"])[0]
        == compared(with_pairs, row["above"], row["below"])[0]
    )
    other = next(one for one in with_pairs.order if one.apart).units
    assert compared(with_pairs, *other[:2])[0].startswith("We could not tell")


def test_the_diagram_only_where_something_is_sure(with_pairs):
    assert not can_be_drawn(measure(real()))
    assert can_be_drawn(with_pairs)
    chart = order_chart(with_pairs, named_figures(with_pairs))
    assert set(chart.table["unit_id"]) == set(with_pairs.study["units"]["unit_id"])
    assert "order" in [one.name for one in all_charts(with_pairs, named_figures(with_pairs))]
    named = named_figures(measure(real()))
    assert named["pairs.said"].text == (
        "On the total score, no force can be placed above another under every weighting that we "
        "allow, whatever the unknown answers are."
    )


def test_how_many_pairs_are_sure_is_said_in_one_sentence(with_pairs):
    sure, units = len(with_pairs.pairs), len(with_pairs.study["units"])
    named = {*with_pairs.pairs["above"], *with_pairs.pairs["below"]}
    said = named_figures(with_pairs)["pairs.said"].text
    assert said.startswith(f"For {sure} of {units * (units - 1) // 2} pairs of ")
    assert f". {units - len(named)} of {units} " in said


def test_the_tables_are_published(with_pairs):
    tables = data_tables(with_pairs)
    assert list(tables["ranks"]) == ["unit_id", "best", "worst"]
    assert tables["ranks"]["unit_id"].tolist() == with_pairs.study["units"]["unit_id"].tolist()
    assert list(tables["pairs"]) == ["above", "below", "conservative"] and len(tables["pairs"])
    assert list(tables["next"]) == [
        "unit_id", "criterion_id", "state", "weight", "expected_pairs", "step", "source_ids",
        "ask_of", "rank",
    ]  # fmt: skip


def test_compare_units_on_the_command_line(capsys):
    assert main(["compare-units", "WARWICKSHIRE", "Gloucestershire Constabulary"]) == 0
    told = capsys.readouterr().out
    assert "We could not tell which is above the other" in told
    assert "Warwickshire 50 to 100" in told and "Gloucestershire 0 to 50" in told
    assert "One answer alone could decide it, any of: Victim first (Gloucestershire, 25%)" in told
    assert "DRAFT" in told


@pytest.mark.parametrize(
    ("units", "message"),
    [
        (["Lankashire", "Kent"], "did you mean lancashire"),
        (["kent", "KENT"], "both name the same"),
        (["nowhere at all", "Kent"], "the study has no such force"),
    ],
)
def test_a_unit_that_is_none_gets_one_clear_message(units, message, capsys):
    assert main(["compare-units", *units]) == 1
    told = capsys.readouterr().err
    assert message in told and "Traceback" not in told and "1 problem." in told
