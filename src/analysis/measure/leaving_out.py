"""What each criterion brings to a score at fixed weights, and what the score is without it.

At fixed weights a score is linear in each of its parts. So all of this comes of one pass up the
tree and one down it, in a time that grows with the criteria, and not with their square.
"""

from dataclasses import dataclass

import numpy as np

from analysis.measure.tree import fold, mean
from analysis.measure.unit_cells import UnitCells
from analysis.measure.weight_tree import WeightTree


@dataclass(frozen=True)
class Parts:
    """What scores consist of.

    Attributes:
        share: the share of each criterion in each row's score, shape (rows, criteria with weight).
        without: the score with each criterion left out, likewise; not a number where nothing is
            left in the sum.
    """

    share: np.ndarray
    without: np.ndarray


def parts(tree: WeightTree, rows: UnitCells, values: np.ndarray) -> Parts:
    """Take scores apart, at the raw weights.

    Args:
        tree: the tree.
        rows: which cells are in the sum, and by which weights.
        values: what each cell is worth, shape (rows, criteria with weight).
    """
    root, counts, (many, criteria) = tree.root, rows.counts, rows.counts.shape
    leaves = {leaf: (values[:, at], counts[:, at]) for at, leaf in enumerate(root.criteria)}
    means = fold(root.groups, leaves, lambda group, parts: mean(group.floats[rows.sets].T, parts))
    place = {node: at for at, node in enumerate(means)}
    value, there = np.zeros((2, many, len(means)))
    for node, at in place.items():
        value[:, at], there[:, at] = means[node]
    groups = [
        (place[group], [place[part] for part in group.children], group.floats[rows.sets])
        for group in root.groups
    ]
    # The way down is no mean, but what a score is as a function of each of its parts:
    # base + share × the value of a place, and `without` if the place is not there.
    base, share, without = (np.zeros_like(value) for _ in range(3))
    share[:, -1:], without[:, -1:] = 1, np.nan
    for place, inside, weights in reversed(groups):
        weight = weights * there[:, inside]
        bottom, bottom_else = weight.sum(axis=1, keepdims=True), _of_others(weight)
        top_else = _of_others(weight * value[:, inside])
        above, outer = (part[:, [place]] for part in (base, share))
        full = np.where(bottom > 0, bottom, 1)
        base[:, inside] = above + outer * top_else / full
        share[:, inside] = outer * weight / full
        left = above + outer * top_else / np.where(bottom_else > 0, bottom_else, 1)
        without[:, inside] = np.where(bottom_else > 0, left, without[:, [place]])
    return Parts(share[:, :criteria], without[:, :criteria])


def _of_others(values: np.ndarray) -> np.ndarray:
    """Return, for each of a row's values, the sum of the others."""
    nothing = np.zeros((len(values), 1))
    before = np.concatenate([nothing, values[:, :-1].cumsum(axis=1)], axis=1)
    after = np.concatenate([values[:, :0:-1].cumsum(axis=1)[:, ::-1], nothing], axis=1)
    return before + after
