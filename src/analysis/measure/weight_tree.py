"""The tree of what bears weight in the total, with the intervals of its weights."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from analysis.measure.tree import Node, columns_below, mean, shares, weighting
from analysis.study import Study

NEAR = 1e-9
"""Differences of scores (0 to 1) this close to zero are decided in rationals."""


Part = tuple[Any, Any]
"""What a node is worth, and whether it is in the sum: see :func:`analysis.measure.tree.mean`."""


@dataclass(frozen=True)
class WeightTree:
    """The tree of what bears weight in the total, with the box of its weights.

    Attributes:
        root: without the parts that weigh nothing in any set of weights.
        more: by how much of itself a weight can grow, by the name of the group of which it
            weighs a part: the highest over the lowest factor, less 1. More is not needed: a
            factor common to all siblings cancels out.
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
        """Return the least weighted mean of a group's parts, by the sets of weights of rows."""

        def aggregate(group: Node, parts: list[Part]) -> Part:
            weights = group.floats[sets].T[:, :, None]
            return mean(weights, parts, float(self.more.get(group.name, 0)), NEAR / 1e4)

        return aggregate


def weight_tree(study: Study) -> WeightTree:
    """Return the part of a study's tree that bears weight, and its box of weights."""
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
