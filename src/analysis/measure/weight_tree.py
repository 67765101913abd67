"""The tree of what bears weight in the total, its weight intervals, and the cells of units."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from analysis.measure.scores import CellValues
from analysis.measure.tree import Node, columns_below, mean, shares, weighting
from analysis.study import Study

NEAR = 1e-9
"""Differences of scores (0 to 1) this close to zero are decided in rationals."""


Part = tuple[Any, Any]
"""The value of a node, and whether it is in the sum: see :func:`analysis.measure.tree.mean`."""


@dataclass(frozen=True)
class WeightTree:
    """The tree of what bears weight in the total, with its weight intervals.

    Attributes:
        root: without the parts that weigh nothing in any set of weights.
        more: how far the weights of a group's parts can grow, as a share of themselves, by the
            group's name: the highest factor over the lowest, less 1. This is all that is needed,
            since a factor common to all siblings cancels out.
        exact: the exact value of every level, by its float.
    """

    root: Node
    more: dict[str, Fraction]
    exact: dict[float, Fraction]

    @cached_property
    def columns(self) -> list[int]:
        """The column in the study of each criterion that bears weight in the total."""
        return [leaf.column for leaf in self.root.criteria]

    @cached_property
    def above(self) -> dict[Node, Node]:
        """The group that each node is a part of."""
        return {part: group for group in self.root.groups for part in group.children}

    def path(self, node: Node) -> list[Node]:
        """Return the groups above a node, the total last."""
        return [] if node is self.root else [self.above[node], *self.path(self.above[node])]

    def shares(self, counts: np.ndarray, number: int = 0) -> dict[int, Fraction]:
        """Return the share of one unit's total that each criterion bears, at the raw weights.

        Args:
            counts: which cells of the unit are in the sum, shape (criteria with weight,).
            number: the unit's set of weights.
        """
        return shares(self.root, set(np.array(self.columns)[counts].tolist()), number)

    def least(self, sets: np.ndarray) -> Callable[[Node, list[Part]], Part]:
        """Return a function that gives the least weighted mean of a group's parts for each row."""

        def aggregate(group: Node, parts: list[Part]) -> Part:
            weights = group.floats[sets].T[:, :, None]
            return mean(weights, parts, float(self.more.get(group.name, 0)), NEAR / 1e4)

        return aggregate


def weight_tree(study: Study) -> WeightTree:
    """Return the part of a study's tree that bears weight, with its weight intervals."""
    weights, box = weighting(study), study.settings.weight_box

    def bearing(node: Node) -> Node:
        if node.is_criterion:
            return node
        kept = [
            bearing(child)
            for child in node.children
            if any(child.weights[n] > 0 and columns_below(child, n) for n in weights.sets)
        ]
        return replace(node, children=tuple(kept))

    more = box.highest_factor / box.lowest_factor - 1
    exact = {float(text): Fraction(text) for text in study["levels"]["value"]}
    return WeightTree(bearing(weights.tree), dict.fromkeys(box.nodes, more), exact)


@dataclass(frozen=True)
class UnitCells:
    """Units, real or hypothetical, as rows of cells; arrays of shape (rows, criteria with weight).

    Attributes:
        low: least value of each cell, 0 to 1; 0 where the cell is out of the sum.
        high: greatest value.
        counts: whether the cell is in the sum.
        sets: number of each row's set of weights, shape (rows,); default: all have the first.
    """

    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    sets: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))

    def __post_init__(self):
        """Give every row the first set of weights where none is named."""
        if not len(self.sets):
            object.__setattr__(self, "sets", np.zeros(len(self.counts), dtype=int))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.counts)

    def __getitem__(self, rows) -> "UnitCells":
        """Return some of the rows."""
        return UnitCells(self.low[rows], self.high[rows], self.counts[rows], self.sets[rows])

    def with_value(self, column: int, value: float) -> "UnitCells":
        """Return the rows with one criterion known to have a value, 0 to 1."""
        low, high = self.low.copy(), self.high.copy()
        low[:, column] = high[:, column] = value
        return replace(self, low=low, high=high)

    def without(self, columns: np.ndarray) -> "UnitCells":
        """Return the rows, each with one criterion out of the sum."""
        rows = np.arange(len(self))
        low, high, counts = self.low.copy(), self.high.copy(), self.counts.copy()
        low[rows, columns] = high[rows, columns] = 0
        counts[rows, columns] = False
        return replace(self, low=low, high=high, counts=counts)

    def alike(self, others: "UnitCells") -> np.ndarray:
        """Return which rows have the same cells in the sum, and weights, as the other at their position."""
        return (self.counts == others.counts).all(axis=1) & (self.sets == others.sets)

    def patterns(self) -> np.ndarray:
        """Return a number for each row, equal where cells in the sum and weights are the same."""
        keys = np.column_stack([self.sets, self.counts])
        return np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)

    def kinds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the first row of each kind, and the kind of each row.

        Rows of one kind have equal cells, so their comparisons are equal. Kinds with the same cells
        in the sum follow one another.
        """
        keys = np.concatenate([self.sets[:, None], self.counts, self.low, self.high], axis=1)
        _, first, kind = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        return first, kind.reshape(-1)


def unit_cells(study: Study, cells: CellValues) -> UnitCells:
    """Return the cells of every unit on the criteria that bear weight in the total."""
    weights = weighting(study)
    columns = weights.columns
    counts = (cells.counts & weights.bears(cells.counts.shape[1]))[:, columns]
    low, high = (np.where(counts, part[:, columns], 0.0) for part in (cells.low, cells.high))
    return UnitCells(low, high, counts, weights.of_unit)
