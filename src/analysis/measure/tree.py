"""The tree of weighted means: criteria under recommendations, findings or groups, to the total."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.study import Study

TOTAL = "total"
POOLED = "pooled"
"""A study's ``aggregation`` where groups are for display only."""


@dataclass(frozen=True)
class Node:
    """A group, or (with a column) a criterion.

    Attributes:
        name: identifier of the group or criterion; :data:`TOTAL` at the top.
        weight: raw weight among its siblings, exact.
        children: the parts of a group; empty for a criterion.
        column: position of the criterion in the study's order; ``None`` for a group.
    """

    name: str
    weight: Fraction
    children: tuple["Node", ...] = ()
    column: int | None = None


def build_tree(study: Study) -> Node:
    """Return the study's tree. Only scored criteria are in it; empty groups drop out.

    Where the study pools its scores (``study.aggregation``), every group is the mean over all
    criteria below it by their own weights. The groups inside it are there to be shown, and weigh
    nothing in it.
    """
    pooled = study.settings.aggregation == POOLED
    groups = study["recommendations"]
    inside: dict[str, list[str]] = {}
    for name, parent in zip(groups["recommendation_id"], groups["parent_id"], strict=True):
        inside.setdefault(parent, []).append(name)
    weights = dict(zip(groups["recommendation_id"], map(Fraction, groups["weight"]), strict=True))
    leaves: dict[str, list[Node]] = {}
    criteria = study["criteria"][["criterion_id", "recommendation_id", "scored", "weight"]]
    for column, (name, group, scored, weight) in enumerate(criteria.to_numpy().tolist()):
        if scored == "yes":
            leaf = Node(name, Fraction(weight), column=column)
            leaves.setdefault(group, []).append(leaf)

    def node(name: str, weight: Fraction, children: list[str]) -> Node:
        below = [node(child, weights[child], inside.get(child, [])) for child in children]
        kept = [child for child in below if child.children]
        own = leaves.get(name, [])
        if pooled:
            inside_them = [leaf for child in kept for leaf in child.children if not leaf.children]
            own = sorted([*own, *inside_them], key=lambda leaf: leaf.column)
            kept = [replace(child, weight=Fraction(0)) for child in kept]
        return Node(name, weight, (*own, *kept))

    return node(TOTAL, Fraction(1), inside.get("", []))


def groups_below(tree: Node) -> list[Node]:
    """Return every group of the tree, parts before the whole, the total last."""
    below = [group for child in tree.children if child.children for group in groups_below(child)]
    return [*below, tree]


def columns_below(node: Node) -> list[int]:
    """Return the columns of the criteria that bear weight in a group's mean, in order."""
    if node.column is not None:
        return [node.column]
    return sorted(
        column for child in node.children if child.weight > 0 for column in columns_below(child)
    )


def shares(
    node: Node, columns: Collection[int], weights: Mapping[str, Fraction] | None = None
) -> dict[int, Fraction]:
    """Return the share of a group's mean that each criterion bears, exact; they sum to 1.

    Args:
        node: the group.
        columns: the criteria that are in the sum; what has left it gives its weight up.
        weights: weights below the group that replace the study's own, by name.

    Returns:
        By column, the criteria that bear weight; empty where nothing does.
    """
    if node.column is not None:
        return {node.column: Fraction(1)} if node.column in columns else {}
    weights = weights or {}
    parts = [
        (weights.get(child.name, child.weight), shares(child, columns, weights))
        for child in node.children
    ]
    whole = sum(weight for weight, below in parts if below)
    return {
        column: weight * share / whole
        for weight, below in parts
        if weight
        for column, share in below.items()
    }
