"""The tree of weighted means: criteria under recommendations, findings or groups, to the total.

The value of a group is Σwx / Σw over its parts in the sum, w their raw weights among siblings: a
weighted arithmetic mean at every node (Nardo et al., Handbook on Constructing Composite
Indicators, OECD/JRC, 2008, section 6). :func:`fold` goes up the tree and :func:`mean` is the mean,
for parts in fractions or in arrays over units.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from analysis.frames import each_row
from analysis.study import Study
from analysis.study.published import units_among

TOTAL = "total"
POOLED = "pooled"
"""A study's ``aggregation`` where groups are for display only."""

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Node:
    """A group, or (with a column) a criterion.

    Attributes:
        name: identifier of the group or criterion; :data:`TOTAL` at the top.
        weights: raw weight among its siblings, exact, in each set of weights that units have.
        children: the parts of a group; empty for a criterion.
        column: position of the criterion in the study's order; −1 for a group.
    """

    name: str
    weights: tuple[Fraction, ...]
    children: tuple["Node", ...] = ()
    column: int = -1

    @property
    def is_criterion(self) -> bool:
        """Whether the node is a criterion, and not a group."""
        return self.column >= 0

    @cached_property
    def groups(self) -> list["Node"]:
        """Every group below and this one, parts before the whole."""
        return [*(group for part in self.children if part.children for group in part.groups), self]

    @cached_property
    def criteria(self) -> list["Node"]:
        """Every criterion below once, in the study's order."""
        leaves = {part for group in self.groups for part in group.children if not part.children}
        return sorted(leaves, key=lambda leaf: leaf.column)

    @cached_property
    def floats(self) -> np.ndarray:
        """The weights of the parts as floats, shape (sets, parts)."""
        sets = range(len(self.weights))
        return np.array([[part.weights[n] for part in self.children] for n in sets], float)


def build_tree(study: Study, own: Sequence[Mapping[str, Fraction]] = ({},)) -> Node:
    """Return the study's tree. Only scored criteria are in it; empty groups drop out.

    Where the study pools its scores (``study.aggregation``), every group is the mean over all
    criteria below it by their own weights. The groups inside it are only shown, and have no weight
    in it.

    Args:
        study: the study.
        own: for each set of weights, those that replace the study's, by criterion or group.
    """
    pooled = study.settings.aggregation == POOLED
    groups = study["recommendations"]
    inside: dict[str, list[str]] = {}
    for name, parent in zip(groups["recommendation_id"], groups["parent_id"], strict=True):
        inside.setdefault(parent, []).append(name)

    def weights(name: str, text: str) -> tuple[Fraction, ...]:
        weight = Fraction(text)
        return tuple(override.get(name, weight) for override in own)

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
    """The sets of weights that units have; if no group has its own weights, one set for all.

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
        return sorted({column for n in self.sets for column in columns_below(self.tree, n)})

    def bears(self, criteria: int) -> np.ndarray:
        """Return whether a criterion bears weight in a unit's total, shape (units, criteria)."""
        bearing = np.zeros((len(self.sets), criteria), dtype=bool)
        for number in self.sets:
            bearing[number, columns_below(self.tree, number)] = True
        return bearing[self.of_unit]


def weighting(study: Study) -> Weighting:
    """Return the weights of every unit: the study's, except those of its groups of units."""
    units = study["units"]
    own: list[dict[str, Fraction]] = [{} for _ in range(len(units))]
    for row in each_row(study["group_weights"]):
        for place in np.flatnonzero(units_among(units, row.among)):
            own[place][row.node_id] = Fraction(row.weight)
    sets: dict[tuple, int] = {(): 0}
    of_unit = [sets.setdefault(tuple(sorted(weights.items())), len(sets)) for weights in own]
    return Weighting(build_tree(study, [dict(key) for key in sets]), np.array(of_unit, dtype=int))


def columns_below(node: Node, number: int = 0) -> list[int]:
    """Return the columns of the criteria that bear weight in a group's mean, in order.

    Args:
        node: the group.
        number: of a set of weights.
    """
    if node.is_criterion:
        return [node.column]
    return sorted(
        column
        for child in node.children
        if child.weights[number] > 0
        for column in columns_below(child, number)
    )


def fold(
    groups: Iterable[Node],
    values: dict[Node, Value],
    aggregate: Callable[[Node, list[Value]], Value],
) -> dict[Node, Value]:
    """Return the values given, and with them the value of each group, from those of its parts.

    Args:
        groups: the groups to work out, parts before the whole.
        values: the value of every criterion, or of any other part of these groups.
        aggregate: gives the value of a group, from the group and the values of its parts.
    """
    values = dict(values)
    for group in groups:
        values[group] = aggregate(group, [values[part] for part in group.children])
    return values


def mean(weights: Iterable, parts: Sequence[tuple], more: Any = 0, near: float = 0) -> tuple:
    """Return Σwx / Σw over the parts that are in the sum, and whether any of these has weight.

    With ``more``, return the least such ratio if each weight can be up to ``1 + more`` times its
    own. The ratio is least if some of the parts, the lowest, have the upper weight (Charnes and
    Cooper, Programming with linear fractional functionals, 1962). Newton's steps lead there
    (Dinkelbach, On nonlinear fractional programming, 1967).

    Args:
        weights: the raw weight w of each part.
        parts: for each, its value x, and whether it is in the sum: a part that is not gives up its
            weight. Both are exact, or both are arrays that can be broadcast together.
        more: by how much of itself a weight can grow, in numbers like the weights.
        near: a step that lowers nothing by more than this is the last.
    """
    pairs = [(weight * in_sum, x) for weight, (x, in_sum) in zip(weights, parts, strict=True)]
    whole = sum(weight for weight, _ in pairs)
    top = sum(weight * x for weight, x in pairs)
    bottom = whole + (whole == 0)
    least = top / bottom
    # Each step gives the upper weight to parts below the last mean, which can only lower it. No
    # corner comes twice, so there are at most as many steps as parts.
    for _ in pairs if more else ():
        upper, lower = top, bottom
        for weight, x in pairs:
            extra_weight = (x < least) * (more * weight)
            lower = lower + extra_weight
            upper = upper + extra_weight * x
        before, least = least, upper / lower
        if np.max(before - least, initial=0) <= near:
            break
    return least, whole > 0


def shares(
    node: Node,
    columns: Collection[int],
    number: int = 0,
    weights: Mapping[str, Fraction] | None = None,
) -> dict[int, Fraction]:
    """Return the share of a group's mean that each criterion bears, exact; they sum to 1.

    Args:
        node: the group.
        columns: the criteria that are in the sum; any other gives up its weight.
        number: of a set of weights.
        weights: weights below the group that replace those of the set, by name.

    Returns:
        By column, the criteria that bear weight; empty where nothing does.
    """
    own = weights or {}

    def aggregate(group: Node, parts: list[dict[int, Fraction]]) -> dict[int, Fraction]:
        raw = [own.get(part.name, part.weights[number]) for part in group.children]
        inside = [
            (weight, part) for weight, part in zip(raw, parts, strict=True) if weight and part
        ]
        whole = sum(weight for weight, _ in inside)
        return {
            column: weight * share / whole
            for weight, part in inside
            for column, share in part.items()
        }

    leaves = {
        leaf: {leaf.column: Fraction(1)} if leaf.column in columns else {} for leaf in node.criteria
    }
    return fold(node.groups, leaves, aggregate)[node]
