"""What would be sure if one open cell were known."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.measure.minimum_difference import (
    aggregate,
    decided,
    minus,
    nothing_known,
    row_blocks,
    subtracted_from,
    weight_patterns,
)
from analysis.measure.unit_cells import UnitCells
from analysis.measure.weight_tree import WeightTree


@dataclass(frozen=True)
class IfKnown:
    """What would be sure if open cells of one criterion were settled at one value.

    Attributes:
        rows: the rows whose cell is open and may have the value.
        column: the criterion, as its position among those with weight.
        above: whether each of these rows would be surely above each other row.
        below: whether it would be surely below.
    """

    rows: np.ndarray
    column: int
    above: np.ndarray
    below: np.ndarray


def if_known(
    tree: WeightTree, rows: UnitCells, others: UnitCells, levels: list[list[float]]
) -> Iterator[IfKnown]:
    """Suppose each open cell settled at each value that it may have, all else as it stands.

    Only the groups above a cell are worked out anew, so a whole study takes a fraction of the
    time that :func:`signs` would take for each value.

    Args:
        tree: the tree and its box.
        rows: rows with something in the sum.
        others: what they are set beside.
        levels: the values of each criterion's scale, by position among those with weight.
    """
    # Of the others, what a pair with other cells in the sum needs.
    nothing = nothing_known(tree)
    greatest = -aggregate(tree, others, subtracted_from(others, nothing)).total.T
    least = aggregate(tree, others, minus(others, nothing)).total.T
    patterns = weight_patterns(rows, others)
    for block in row_blocks(len(rows), len(others)):
        chunk, first = rows[block], block.start
        same = patterns[0][block, None] == patterns[1][None, :]
        beside = np.flatnonzero(same.any(axis=0))
        near = others[beside]
        over = aggregate(tree, chunk, minus(chunk, near))
        under = aggregate(tree, chunk, subtracted_from(chunk, near))
        alone = aggregate(tree, chunk, minus(chunk, nothing))
        against = aggregate(tree, chunk, subtracted_from(chunk, nothing))
        for column, values in enumerate(levels):
            low, high = chunk.low[:, column], chunk.high[:, column]
            for value in values:
                open_rows = np.flatnonzero((low < high) & (low <= value) & (value <= high))
                if not len(open_rows):
                    continue
                it = chunk[open_rows].settled(column, value)
                alike = same[np.ix_(open_rows, beside)]
                above = alone.again(column, open_rows, value) - greatest
                below = against.again(column, open_rows, -value) + least
                if len(beside):
                    exact = over.again(column, open_rows, value - near.high[:, column])
                    above[:, beside] = np.where(alike, exact, above[:, beside])
                    exact = under.again(column, open_rows, near.low[:, column] - value)
                    below[:, beside] = np.where(alike, exact, below[:, beside])
                yield IfKnown(
                    first + open_rows,
                    column,
                    decided(tree, above, it, others) > 0,
                    decided(tree, below.T, others, it).T > 0,
                )
