"""The tree of weighted means: criteria under recommendations, findings or groups, to the total."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.study import Study
from analysis.study.published import units_among

TOTAL = "total"
POOLED = "pooled"
"""A study's ``aggregation`` where groups are for display only."""


@dataclass(frozen=True, eq=False)
class Node:
    """A group, or (with a column) a criterion.

    Attributes:
        name: identifier of the group or criterion; :data:`TOTAL` at the top.
        weights: raw weight among its siblings, exact, in each set of weights that units have.
        children: the parts of a group; empty for a criterion.
        column: position of the criterion in the study's order; ``None`` for a group.
    """

    name: str
    weights: tuple[Fraction, ...]
    children: tuple["Node", ...] = ()
    column: int | None = None


def build_tree(study: Study, own: Sequence[Mapping[str, Fraction]] = ({},)) -> Node:
    """Return the study's tree. Only scored criteria are in it; empty groups drop out.

    Where the study pools its scores (``study.aggregation``), every group is the mean over all
    criteria below it by their own weights. The groups inside it are there to be shown, and weigh
    nothing in it.

    Args:
        study: the study.
        own: for each set of weights, those in place of the study's, by criterion or group.
    """
    pooled = study.settings.aggregation == POOLED
    groups = study["recommendations"]
    inside: dict[str, list[str]] = {}
    for name, parent in zip(groups["recommendation_id"], groups["parent_id"], strict=True):
        inside.setdefault(parent, []).append(name)

    def weights(name: str, text: str) -> tuple[Fraction, ...]:
        weight = Fraction(text)
        return tuple(one.get(name, weight) for one in own)

    raw = dict(zip(groups["recommendation_id"], groups["weight"], strict=True))
    leaves: dict[str, list[Node]] = {}
    criteria = study["criteria"][["criterion_id", "recommendation_id", "scored", "weight"]]
    for column, (name, group, scored, weight) in enumerate(criteria.to_numpy().tolist()):
        if scored == "yes":
            leaf = Node(name, weights(name, weight), column=column)
            leaves.setdefault(group, []).append(leaf)

    def node(name: str, weight: str, children: list[str]) -> Node:
        below = [node(child, raw[child], inside.get(child, [])) for child in children]
        kept = [child for child in below if child.children]
        direct = leaves.get(name, [])
        if pooled:
            inside_them = [leaf for child in kept for leaf in child.children if not leaf.children]
            direct = sorted([*direct, *inside_them], key=lambda leaf: leaf.column)
            kept = [replace(child, weights=(Fraction(0),) * len(own)) for child in kept]
        return Node(name, weights(name, weight), (*direct, *kept))

    return node(TOTAL, "1", inside.get("", []))


@dataclass(frozen=True)
class Weighting:
    """The sets of weights that units have; without weights of groups there is one for all.

    Attributes:
        tree: the tree with every set of weights, the study's own first.
        of_unit: number of each unit's set, shape (units,).
    """

    tree: Node
    of_unit: np.ndarray

    @property
    def sets(self) -> range:
        """The numbers of the sets."""
        return range(len(self.tree.weights))

    @property
    def columns(self) -> list[int]:
        """The columns of the criteria that bear weight in the total of any unit, in order."""
        return sorted({column for one in self.sets for column in columns_below(self.tree, one)})

    def bears(self, criteria: int) -> np.ndarray:
        """Return whether a criterion bears weight in a unit's total, shape (units, criteria)."""
        found = np.zeros((len(self.sets), criteria), dtype=bool)
        for number in self.sets:
            found[number, columns_below(self.tree, number)] = True
        return found[self.of_unit]


def weighting(study: Study) -> Weighting:
    """Return the weights of every unit: the study's, but for those of its groups of units."""
    units = study["units"]
    own: list[dict[str, Fraction]] = [{} for _ in range(len(units))]
    for row in study["group_weights"].itertuples():
        for place in np.flatnonzero(units_among(units, row.among)):
            own[place][row.node_id] = Fraction(row.weight)
    sets: dict[tuple, int] = {(): 0}
    of_unit = [sets.setdefault(tuple(sorted(one.items())), len(sets)) for one in own]
    return Weighting(build_tree(study, [dict(one) for one in sets]), np.array(of_unit, dtype=int))


def groups_below(tree: Node) -> list[Node]:
    """Return every group of the tree, parts before the whole, the total last."""
    below = [group for child in tree.children if child.children for group in groups_below(child)]
    return [*below, tree]


def columns_below(node: Node, number: int = 0) -> list[int]:
    """Return the columns of the criteria that bear weight in a group's mean, in order.

    Args:
        node: the group.
        number: of a set of weights.
    """
    if node.column is not None:
        return [node.column]
    return sorted(
        column
        for child in node.children
        if child.weights[number] > 0
        for column in columns_below(child, number)
    )


def shares(
    node: Node,
    columns: Collection[int],
    number: int = 0,
    weights: Mapping[str, Fraction] | None = None,
) -> dict[int, Fraction]:
    """Return the share of a group's mean that each criterion bears, exact; they sum to 1.

    Args:
        node: the group.
        columns: the criteria that are in the sum; what has left it gives its weight up.
        number: of a set of weights.
        weights: weights below the group that replace those of the set, by name.

    Returns:
        By column, the criteria that bear weight; empty where nothing does.
    """
    if node.column is not None:
        return {node.column: Fraction(1)} if node.column in columns else {}
    weights = weights or {}
    parts = [
        (weights.get(child.name, child.weights[number]), shares(child, columns, number, weights))
        for child in node.children
    ]
    whole = sum(weight for weight, below in parts if below)
    return {
        column: weight * share / whole
        for weight, below in parts
        if weight
        for column, share in below.items()
    }
