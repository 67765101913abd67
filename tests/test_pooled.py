"""A pooled score: all criteria below it by their own weights, groups for display only."""

import dataclasses

import numpy as np
import pytest
from made import close, library, matrix_of, problems, with_rows
from made_totals import made, score
from test_exact import exact

from analysis.measure.attribution import compare
from analysis.measure.bounds import possible_levels, score_bounds
from analysis.measure.constraints import constrained
from analysis.measure.dominance import comparisons
from analysis.measure.minimum_difference import score_range
from analysis.measure.priorities import next_questions
from analysis.measure.scores import cell_values, scores
from analysis.measure.sensitivity import Sensitivity
from analysis.measure.tree import TOTAL
from analysis.measure.weight_tree import unit_cells, weight_tree
from analysis.publish.context.method import group_rules
from analysis.study import vocabulary as v
from analysis.study.warnings import warnings

A1, A2, B = (("u1", name) for name in ("a1", "a2", "b"))
CELLS = {A1: "met", A2: "not_met", B: "partly"}


def settled(study, **settings):
    """Return a study with other settings."""
    changed = study.settings.model_copy(update=settings)
    descriptor = study.descriptor.model_copy(update={"settings": changed})
    return dataclasses.replace(study, descriptor=descriptor)


def pooled(units=1, published=(), nodes=(), aggregation="pooled"):
    """Return T over A (a1 weighs 1, a2 weighs 3; A itself 5) and B (b weighs 2; B itself 1)."""
    study = made(
        units,
        criteria=[("a1", "A", "1"), ("a2", "A", "3"), ("b", "B", "2")],
        groups=[("T", "", "1"), ("A", "T", "5"), ("B", "T", "1")],
        scores=published,
    )
    box = study.settings.weight_box.model_copy(update={"nodes": nodes})
    return settled(study, aggregation=aggregation, weight_box=box)


def table(study, cells):
    found = scores(study, matrix_of(study, cells, v.NOT_ASSESSED))
    return found[found["unit_id"] == "u1"].set_index("group_id")[["low", "high", "known"]]


def test_pooled_scores_by_hand():
    # All: (1×1 + 3×0 + 2×1/2) / 6. A: 1/4. B: 1/2. In the tree T would be (5/4 + 1/2) / 6.
    found = table(pooled(), CELLS)
    assert set(found.index) == {"A", "B", "T", TOTAL}
    for group, part in (("A", 1 / 4), ("B", 1 / 2), ("T", 1 / 3), (TOTAL, 1 / 3)):
        assert close(found.loc[group], [100 * part, 100 * part, 1]), group
    assert close(table(pooled(aggregation="tree"), CELLS).loc[TOTAL, "low"], 100 * 7 / 24)


def test_what_does_not_apply_leaves_the_pool_with_its_own_weight():
    found = table(pooled(), {**CELLS, A2: v.NOT_APPLICABLE})
    assert close(found.loc[TOTAL], [200 / 3, 200 / 3, 1])
    assert close(found.loc["A"], [100, 100, 1])


def test_what_is_open_counts_with_its_own_weight():
    study, cells = pooled(), {A1: "met", B: "partly"}
    found = table(study, cells)
    assert close(found.loc[TOTAL], [100 / 3, 500 / 6, 1 / 2])
    matrix = matrix_of(study, cells, v.NOT_ASSESSED)
    (weight,) = next_questions(study, matrix)["weight"]
    assert close(weight, 1 / 2)


def test_a_published_score_binds_the_pool():
    # a2 at nothing, partly and met: 200/6, 350/6 and 500/6.
    rows = [score("58", "1", rounding="down")]
    study = pooled(published=rows)
    matrix = matrix_of(study, {A1: "met", B: "partly"}, v.NOT_ASSESSED)
    held = constrained(study, matrix)
    assert list(possible_levels(held).values()) == [("partly",)]
    bounds = score_bounds(study, held).set_index("group_id")
    assert close(bounds.loc[TOTAL, ["low", "high"]].astype(float), [350 / 6, 350 / 6])
    assert close(bounds.loc["A", ["low", "high"]].astype(float), [250 / 4, 250 / 4])


def test_the_range_of_the_weights_is_that_of_the_criteria():
    # From 1/2 to 2 times 1, 3 and 2. Worst: 1/2 × 1 + 6 × 0 + 1 × 1/2 over 15/2; best:
    # 2 × 1 + 3/2 × 0 + 1 × 1/2 over 9/2.
    study = pooled(nodes=("total",))
    matrix = matrix_of(study, CELLS, v.NOT_ASSESSED)
    low, high = score_range(weight_tree(study), unit_cells(study, cell_values(study, matrix)))
    assert close([low[0], high[0]], [2 / 15, 5 / 9])


def test_comparisons_and_choices_rest_on_the_pool():
    # u1: 1/3 in all. u2 (0, met, 0): 3/6 in the pool, but 3/4 × 5/6 of it in the tree.
    # u3 (met, 0, met): 3/6 in the pool, and (5/4 + 1) / 6 = 3/8 in the tree, below u2's 5/8.
    cells = {**CELLS, ("u2", "a1"): "not_met", ("u2", "a2"): "met", ("u2", "b"): "not_met"}
    cells |= {("u3", "a1"): "met", ("u3", "a2"): "not_met", ("u3", "b"): "met"}
    both = {}
    for way in ("pooled", "tree"):
        study = pooled(3, aggregation=way)
        matrix = matrix_of(study, cells, v.NOT_ASSESSED)
        both[way] = comparisons(study, matrix).above[1, 2]
        if way == "pooled":
            units = Sensitivity(study, matrix).units
            units = units[units["unit_id"] == "u1"].set_index("choice")
            # Without a2 (1 + 1) / 3; without b 1/4.
            assert close(units.loc["criterion.a2", "low"], 200 / 3)
            assert close(units.loc["criterion.b", "low"], 25)
    assert both == {"pooled": False, "tree": True}


def test_groups_have_no_range_and_no_weight_of_a_publisher_in_a_pool():
    study = library()
    group = study["recommendations"]["recommendation_id"].iloc[0]
    box = study.settings.weight_box.model_copy(update={"nodes": (group,)})
    assert not problems(settled(study, weight_box=box))
    (said,) = problems(settled(study, weight_box=box, aggregation="pooled"))
    assert "aggregation is pooled" in said
    row = {"score_id": "G1", "unit_id": study["units"]["unit_id"].iloc[0], "group_id": "total"}
    row |= {"score": "50", "step": "0", "as_of": "2022-01-01", "settles_cells": "no"}
    row |= {"source_id": study["sources"]["source_id"].iloc[0]}
    parent = dict(study["recommendations"][["recommendation_id", "parent_id"]].to_numpy())
    inner = study["criteria"].loc[study["criteria"]["scored"] == "yes", "recommendation_id"].iloc[0]
    assert inner in parent
    given = with_rows(study, "published_scores", [row | {"weights": f"{inner}=2"}])
    whole = study.settings.weight_box.model_copy(update={"nodes": ("total",)})
    assert not problems(settled(given, weight_box=whole))
    (said,) = problems(settled(given, weight_box=whole, aggregation="pooled"))
    assert "groups weigh nothing there" in said


def test_another_way_to_put_scores_together_is_named_as_what_moved_them():
    old = library()
    new = settled(old, aggregation="pooled")
    found = compare(old, new)
    rows = found.changes[["cause", "what", "before", "after"]].to_numpy().tolist()
    assert rows == [["codebook", "how scores are put together", "tree", "pooled"]]
    assert set(found.parts["cause"]) == {"codebook"}


@pytest.mark.parametrize("cells", [CELLS, {A1: "met"}, {A2: v.NOT_APPLICABLE, B: "met"}])
def test_the_exact_scores_agree(cells):
    study = pooled()
    matrix = matrix_of(study, cells, v.NOT_ASSESSED)
    found = exact(study, matrix)
    for group, row in table(study, cells).iterrows():
        assert close(
            list(row), [float(one) for one in found["u1", group]] * np.array([100, 100, 1])
        )


def test_a_weight_of_a_group_counts_for_nothing_and_is_not_listed():
    rows = [
        {"node_id": "A", "among": "region=-", "weight": "9", "reason": "Tried."},
        {"node_id": "a1", "among": "region=-", "weight": "2", "reason": "Wider there."},
    ]
    study = with_rows(pooled(), "group_weights", rows)
    said = "-: the weight of “a1” is 2, where it else is 1. Wider there."
    assert group_rules(study) == [said]
    (one,) = [one for one in warnings(study) if one.file == "group_weights.csv"]
    assert "A" in one.value and "counts for nothing" in one.rule
    tree = settled(study, aggregation="tree")
    assert len(group_rules(tree)) == 2
    assert not [one for one in warnings(tree) if one.file == "group_weights.csv"]


def test_a_publisher_cannot_weigh_a_group_of_a_pool():
    wrong = [
        one
        for one in problems(pooled(published=[score("58", "1", weights="A=2")]))
        if "weights" in one
    ]
    assert len(wrong) == 1 and "groups weigh nothing there" in wrong[0]
