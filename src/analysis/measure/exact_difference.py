"""The least possible difference of two units’ scores in rationals, by its definition."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from analysis.measure.tree import Node, fold, mean
from analysis.measure.unit_cells import UnitCells
from analysis.measure.weight_tree import Part, WeightTree


def exact_signs(tree: WeightTree, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return :func:`signs` of each row of the one and the row of the other beside it.

    In rationals, by the definition; shape (rows,).
    """
    same = left.alike(right)
    sign = np.zeros(len(left), dtype=np.int8)
    sign[same] = [_sign(value) for value in _exact_least(tree, left[same], right[same])]
    left, right = left[~same], right[~same]
    least = _exact_least(tree, left, _zero(left))
    greatest = [-value for value in _exact_least(tree, _zero(right), right)]
    sign[~same] = [_sign(low - high) for low, high in zip(least, greatest, strict=True)]
    return sign


def _zero(rows: UnitCells) -> UnitCells:
    """Return rows worth nothing on the same cells."""
    nothing = np.zeros_like(rows.low)
    return replace(rows, low=nothing, high=nothing)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _exact_least(tree: WeightTree, left: UnitCells, right: UnitCells) -> list[Fraction]:
    """Return the least of each pair of rows beside each other, in rationals.

    What is the same in many pairs is worked out once.
    """
    if not len(left):
        return []

    def cell(low: float, high: float, there: float) -> Part:
        return _exact(tree, low) - _exact(tree, high), bool(there)

    def aggregate(group: Node, parts: list[_Distinct]) -> _Distinct:
        def least(number: int, *places: int) -> Part:
            below = [values[place] for (_, values), place in zip(parts, places, strict=True)]
            weights = (part.weights[number] for part in group.children)
            return mean(weights, below, tree.more.get(group.name, 0))

        return _distinct([left.sets, *(numbers for numbers, _ in parts)], least)

    leaves = {
        leaf: _distinct([left.low[:, at], right.high[:, at], left.counts[:, at]], cell)
        for at, leaf in enumerate(tree.root.criteria)
    }
    numbers, values = fold(tree.root.groups, leaves, aggregate)[tree.root]
    return [values[number][0] for number in numbers.tolist()]


_Distinct = tuple[np.ndarray, list[Part]]
"""A number for each row, and what each number stands for."""


def _distinct(keys: list[np.ndarray], value: Callable[..., Part]) -> _Distinct:
    """Return a value for each row of keys, worked out once for those that are the same."""
    distinct, numbers = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
    return numbers.reshape(-1), [value(*row) for row in distinct.tolist()]


def _exact(tree: WeightTree, value: float) -> Fraction:
    # A bound that is no level's value is taken as it is written.
    fraction = tree.exact.get(value)
    return Fraction(str(value)) if fraction is None else fraction
