"""The fold up a tree of weights, and the mean at each of its nodes, in fractions and in floats."""

from fractions import Fraction as Part
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as some
from made import ANY, close

from analysis.measure.tree import Node, fold, mean, shares

A = Node("a", (Part(1),), column=0)
B = Node("b", (Part(3),), column=1)
C = Node("c", (Part(2),), column=2)
LOWER = Node("lower", (Part(2),), (A, B))
TOTAL = Node("total", (Part(1),), (LOWER, C))


def up(values):
    """Return what every group is worth, and whether it is in the sum."""
    found = fold(
        TOTAL.groups,
        {leaf: values[leaf.column] for leaf in TOTAL.criteria},
        lambda group, parts: mean((part.weights[0] for part in group.children), parts),
    )
    return {group.name: found[group] for group in TOTAL.groups}


def test_each_group_is_the_weighted_mean_of_its_parts():
    found = up([(Part(1), True), (Part(0), True), (Part(1, 2), True)])
    # 1 × 1 and 3 × 0 over 4; then 2 × 1/4 and 2 × 1/2 over 4.
    assert found == {"lower": (Part(1, 4), True), "total": (Part(3, 8), True)}


def test_what_left_the_sum_gives_its_weight_up():
    found = up([(Part(1), False), (Part(1, 3), True), (Part(0), False)])
    assert found == {"lower": (Part(1, 3), True), "total": (Part(1, 3), True)}
    found = up([(Part(1), False), (Part(1), False), (Part(1, 2), True)])
    assert found == {"lower": (0, False), "total": (Part(1, 2), True)}


def test_shares_are_what_each_criterion_brings():
    assert shares(TOTAL, {0, 1, 2}) == {0: Part(1, 8), 1: Part(3, 8), 2: Part(1, 2)}
    assert shares(TOTAL, {0, 1, 2}, 0, {"b": Part(0)}) == {0: Part(1, 2), 2: Part(1, 2)}
    assert shares(TOTAL, {0}) == {0: Part(1)}
    assert shares(TOTAL, set()) == {}


PARTS = some.lists(
    some.tuples(
        some.integers(1, 9).map(Part), some.fractions(-1, 1, max_denominator=6), some.booleans()
    ),
    min_size=1,
    max_size=5,
)


@ANY
@given(PARTS, some.sampled_from([Part(0), Part(1, 2), Part(3)]))
def test_the_least_mean_is_that_of_the_lowest_corner_in_fractions_and_in_floats(parts, more):
    weights, pairs = [weight for weight, _, _ in parts], [(x, there) for _, x, there in parts]
    inside = [(weight, x) for weight, x, there in parts if there]
    found = mean(weights, pairs, more)
    assert found[1] == bool(inside)
    corners = product((1, 1 + more), repeat=len(inside))
    least = [
        sum(weight * by * x for (weight, x), by in zip(inside, corner, strict=True))
        / sum(weight * by for (weight, _), by in zip(inside, corner, strict=True))
        for corner in corners
        if inside
    ]
    assert found[0] == min(least, default=0)
    arrays = [(np.array([float(x)] * 2), np.array([there, False])) for x, there in pairs]
    value, there = mean([float(weight) for weight in weights], arrays, float(more))
    assert there.tolist() == [bool(inside), False]
    assert close(value.tolist(), [float(found[0]), 0])
