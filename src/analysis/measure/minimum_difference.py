"""The least possible difference of two units' scores, over all feasible assignments and all weights.

Every unknown may take any value between its bounds, and every weight any value in the study's
declared intervals: factors on the raw weights among siblings, normalised at each node. Nodes and
cells vary independently, so the least difference is found from the parts up. At a criterion it is
the lowest value of the one unit less the highest of the other; at a node whose weights vary, it is
the least ratio Σwδ/Σw. (A greedy search over all criteria at once is wrong in a tree, where the
weight of a node is not the weight of a criterion.) The least ratio is that of
:func:`analysis.measure.tree.mean`. Differences within :data:`NEAR` of zero in floats are decided in
rational numbers, by the definition.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.measure.tree import Node, fold, mean
from analysis.measure.weight_tree import NEAR, Part, UnitCells, WeightTree

BLOCK = 2**15
"""Pairs computed at once: few enough that their parts stay in a processor's cache."""


def signs(tree: WeightTree, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return the sign of the least possible score(left) − score(right) of every pair.

    Exact if both rows have the same cells in the sum. If not, the difference of two ratios can be
    least inside the weight intervals. The sign is then that of a sound bound: the least score of
    the one less the greatest of the other.

    Args:
        tree: the tree and its weight intervals.
        left: rows with something in the sum.
        right: the same.

    Returns:
        −1, 0 or 1, shape (left, right): 1 means surely above, 0 or 1 surely at or above.
    """
    sign = np.empty((len(left), len(right)), dtype=np.int8)
    zero = zero_row(tree)
    greatest = -aggregate(tree, right, subtracted_from(right, zero)).total.T
    patterns = weight_patterns(left, right)
    for rows in row_blocks(len(left), len(right)):
        chunk = left[rows]
        same = patterns[0][rows, None] == patterns[1][None, :]
        gap = aggregate(tree, chunk, minus(chunk, zero)).total - greatest
        comparable = np.flatnonzero(same.any(axis=0))
        if len(comparable):
            exact = aggregate(tree, chunk, minus(chunk, right[comparable])).total
            gap[:, comparable] = np.where(same[:, comparable], exact, gap[:, comparable])
        sign[rows] = decided(tree, gap, chunk, right)
    return sign


def score_range(tree: WeightTree, rows: UnitCells) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest possible score of every row, each by itself.

    Over all feasible assignments and all weights in their intervals. The least score is the least
    difference from a row of zeros; the greatest is the least difference of zeros from it, negated.

    Args:
        tree: the tree and its weight intervals.
        rows: rows with something in the sum.

    Returns:
        Two arrays of shape (rows,), on 0 to 1.
    """
    zero = zero_row(tree)
    least = aggregate(tree, rows, minus(rows, zero)).total
    greatest = -aggregate(tree, rows, subtracted_from(rows, zero)).total
    return least[:, 0], greatest[:, 0]


def signs_beside(tree: WeightTree, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return :func:`signs` of each left row and the right row at the same position."""
    same = left.alike(right)
    gap = np.empty(len(left))
    gap[same] = _least(tree, left[same], (left.low - right.high)[same])
    gap[~same] = _least(tree, left[~same], left.low[~same])
    gap[~same] += _least(tree, right[~same], -right.high[~same])
    sign = np.sign(gap).astype(np.int8)
    near = np.flatnonzero(np.abs(gap) <= NEAR)
    sign[near] = exact_signs(tree, left[near], right[near])
    return sign


def signs_without(tree: WeightTree, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return :func:`signs_beside` with each criterion left out in turn.

    Args:
        tree: the tree and its weight intervals.
        left: rows with something in the sum.
        right: likewise, each at the position of the left row that it is compared with.

    Returns:
        −1, 0 or 1, shape (rows, criteria with weight); −1 also if one of the two has nothing left
        in the sum.
    """
    both, delta = replace(left, counts=left.counts & right.counts), left.low - right.high
    gap = least_without(tree, both, delta)
    differs, other_weights = left.counts ^ right.counts, left.sets != right.sets
    incomparable = differs.any(axis=1) | other_weights
    apart = least_without(tree, left[incomparable], left.low[incomparable])
    apart += least_without(tree, right[incomparable], -right.high[incomparable])
    # Two rows that differ only in the criterion left out have the same cells without it.
    same = (differs[incomparable].sum(axis=1)[:, None] == differs[incomparable]) & ~other_weights[
        incomparable, None
    ]
    gap[incomparable] = np.where(same, gap[incomparable], apart)
    sign = np.where(np.isnan(gap), -1, np.sign(gap)).astype(np.int8)
    near = np.abs(gap) <= NEAR
    for row in np.flatnonzero(near.any(axis=1)):
        columns = np.flatnonzero(near[row])
        first, second = (
            rows[np.full(len(columns), row)].without(columns) for rows in (left, right)
        )
        sign[row, columns] = exact_signs(tree, first, second)
    return sign


def least_without(tree: WeightTree, rows: UnitCells, delta: np.ndarray) -> np.ndarray:
    """Return the least weighted mean of each row with each criterion left out in turn.

    Args:
        tree: the tree and its weight intervals.
        rows: which cells are in the sum, and by which weights.
        delta: what each cell adds, shape (rows, criteria with weight).

    Returns:
        An array of the same shape; not a number where nothing is left in the sum.
    """
    widest = max(len(group.children) for group in tree.root.groups) * rows.counts.shape[1]
    step = max(1, 2**24 // max(widest, 1))
    blocks = [slice(start, start + step) for start in range(0, len(rows), step)]
    parts = [_least_without(tree, rows[block], delta[block]) for block in blocks]
    return np.concatenate(parts) if parts else np.empty(rows.counts.shape)


def _least_without(tree: WeightTree, rows: UnitCells, delta: np.ndarray) -> np.ndarray:
    """Return :func:`least_without` of a block of rows.

    A node has the criteria at or below it, and a part of a mean. The first column of the part has
    all of them; each other column leaves one out. If only one is below, its value stays.
    """
    least = tree.least(rows.sets)

    def aggregate(group: Node, below: list[tuple[list[int], Part]]) -> tuple[list[int], Part]:
        columns = [column for names, _ in below for column in names]
        parts, start = [], 1
        for names, (value, in_sum) in below:
            here = slice(start, start := start + len(names))
            value = _widened(value, here, len(columns)) if len(names) > 1 else value[:, :1]
            parts.append((value, _widened(in_sum, here, len(columns))))
        return columns, least(group, parts)

    in_sum = np.stack([rows.counts, np.zeros_like(rows.counts)], axis=1)
    leaves = {
        leaf: ([column], (delta[:, column, None], in_sum[:, :, column]))
        for column, leaf in enumerate(tree.root.criteria)
    }
    columns, (value, left) = fold(tree.root.groups, leaves, aggregate)[tree.root]
    in_order = np.empty(delta.shape)
    in_order[:, columns] = np.where(left, value, np.nan)[:, 1:]
    return in_order


def _widened(part: np.ndarray, here: slice, columns: int) -> np.ndarray:
    """Return a part widened to more criteria left out in turn; its own are at ``here``."""
    wide = np.repeat(part[:, :1], 1 + columns, axis=1)
    wide[:, here] = part[:, 1:]
    return wide


def _least(tree: WeightTree, rows: UnitCells, delta: np.ndarray) -> np.ndarray:
    """Return the least weighted mean of each row of δ, shape (rows,)."""
    return aggregate(tree, rows, lambda column: delta[:, column, None]).total[:, 0]


def decided(tree: WeightTree, gap: np.ndarray, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return the signs of differences; those near zero are decided in rational numbers."""
    sign = np.sign(gap).astype(np.int8)
    rows, columns = np.nonzero(np.abs(gap) <= NEAR)
    sign[rows, columns] = exact_signs(tree, left[rows], right[columns])
    return sign


def weight_patterns(left: UnitCells, right: UnitCells) -> list[np.ndarray]:
    """Return a number for each row, equal where cells in the sum and weights are the same."""
    keys = np.concatenate([np.column_stack([rows.sets, rows.counts]) for rows in (left, right)])
    _, number = np.unique(keys, axis=0, return_inverse=True)
    return np.split(number.reshape(-1), [len(left)])


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
    """Yield slices of rows, few enough that their pairs stay in a processor’s cache."""
    step = max(1, BLOCK // max(columns, 1))
    return (slice(start, start + step) for start in range(0, rows, step))


def minus(rows: UnitCells, others: UnitCells) -> Callable[[int], np.ndarray]:
    """Return δ of rows less others at a criterion, shape (rows, others)."""
    return lambda column: rows.low[:, column, None] - others.high[None, :, column]


def subtracted_from(rows: UnitCells, others: UnitCells) -> Callable[[int], np.ndarray]:
    """Return δ of others less rows at a criterion, shape (rows, others)."""
    return lambda column: others.low[None, :, column] - rows.high[:, column, None]


@dataclass(frozen=True)
class _Least:
    """The least value of every node and whether it is in the sum, of shape (rows, others)."""

    tree: WeightTree
    sets: np.ndarray
    parts: dict[Node, Part]

    @property
    def total(self) -> np.ndarray:
        return self.parts[self.tree.root][0]

    def total_with(self, column: int, rows: np.ndarray, delta: np.ndarray | float) -> np.ndarray:
        """Return the total of some rows with another δ at one criterion."""
        leaf = self.tree.root.criteria[column]
        path = self.tree.path(leaf)
        siblings = {part for group in path for part in group.children}.difference(path)
        parts = {node: tuple(part[rows] for part in self.parts[node]) for node in siblings}
        parts[leaf] = (np.broadcast_to(delta, parts[leaf][0].shape), parts[leaf][1])
        return fold(path, parts, self.tree.least(self.sets[rows]))[self.tree.root][0]


def aggregate(tree: WeightTree, rows: UnitCells, delta: Callable[[int], np.ndarray]) -> _Least:
    """Return the least value of every node.

    Args:
        tree: the tree and its weight intervals.
        rows: which cells are in the sum, and by which weights.
        delta: gives δ at a criterion, shape (rows, others).
    """
    leaves = {
        leaf: (delta(column), rows.counts[:, column, None])
        for column, leaf in enumerate(tree.root.criteria)
    }
    return _Least(tree, rows.sets, fold(tree.root.groups, leaves, tree.least(rows.sets)))


def zero_row(tree: WeightTree) -> UnitCells:
    """Return one row of zeros: the difference from it is the score of a row."""
    shape = (1, len(tree.columns))
    return UnitCells(np.zeros(shape), np.zeros(shape), np.ones(shape, dtype=bool))


def exact_signs(tree: WeightTree, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return :func:`signs` of each left row and the right row at the same position.

    In rational numbers, by the definition; shape (rows,).
    """
    same = left.alike(right)
    sign = np.zeros(len(left), dtype=np.int8)
    sign[same] = [_sign(value) for value in _exact_least(tree, left[same], right[same])]
    left, right = left[~same], right[~same]
    least = _exact_least(tree, left, _zero_rows(left))
    greatest = [-value for value in _exact_least(tree, _zero_rows(right), right)]
    sign[~same] = [_sign(low - high) for low, high in zip(least, greatest, strict=True)]
    return sign


def _zero_rows(rows: UnitCells) -> UnitCells:
    """Return rows of zeros with the same cells in the sum."""
    nothing = np.zeros_like(rows.low)
    return replace(rows, low=nothing, high=nothing)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _exact_least(tree: WeightTree, left: UnitCells, right: UnitCells) -> list[Fraction]:
    """Return the least difference of each two rows at the same position, in rational numbers.

    A value that many pairs share is computed once.
    """
    if not len(left):
        return []

    def cell(low: float, high: float, in_sum: float) -> Part:
        return _exact(tree, low) - _exact(tree, high), bool(in_sum)

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
"""A number for each row, and the value that each number stands for."""


def _distinct(keys: list[np.ndarray], value: Callable[..., Part]) -> _Distinct:
    """Return a value for each row of keys, computed once for equal rows."""
    distinct, numbers = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
    return numbers.reshape(-1), [value(*row) for row in distinct.tolist()]


def _exact(tree: WeightTree, value: float) -> Fraction:
    # A bound that is not the value of a level is taken from its decimal digits.
    fraction = tree.exact.get(value)
    return Fraction(str(value)) if fraction is None else fraction


@dataclass(frozen=True)
class IfKnown:
    """The comparisons that would be sure if open cells of one criterion had one known value.

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
    """Yield what would be sure if each open cell had each value that it may have, all else equal.

    Only the groups above a cell are computed anew, so a whole study takes a fraction of the
    time that :func:`signs` would take for each value.

    Args:
        tree: the tree and its weight intervals.
        rows: rows with something in the sum.
        others: the rows to compare them with.
        levels: the values of each criterion's scale, by position among those with weight.
    """
    # The bounds of the others, for pairs with different cells in the sum.
    zero = zero_row(tree)
    greatest = -aggregate(tree, others, subtracted_from(others, zero)).total.T
    least = aggregate(tree, others, minus(others, zero)).total.T
    patterns = weight_patterns(rows, others)
    for block in row_blocks(len(rows), len(others)):
        chunk, first = rows[block], block.start
        same = patterns[0][block, None] == patterns[1][None, :]
        comparable = np.flatnonzero(same.any(axis=0))
        near = others[comparable]
        over = aggregate(tree, chunk, minus(chunk, near))
        under = aggregate(tree, chunk, subtracted_from(chunk, near))
        alone = aggregate(tree, chunk, minus(chunk, zero))
        against = aggregate(tree, chunk, subtracted_from(chunk, zero))
        for column, values in enumerate(levels):
            low, high = chunk.low[:, column], chunk.high[:, column]
            for value in values:
                open_rows = np.flatnonzero((low < high) & (low <= value) & (value <= high))
                if not len(open_rows):
                    continue
                filled = chunk[open_rows].with_value(column, value)
                alike = same[np.ix_(open_rows, comparable)]
                above = alone.total_with(column, open_rows, value) - greatest
                below = against.total_with(column, open_rows, -value) + least
                if len(comparable):
                    exact = over.total_with(column, open_rows, value - near.high[:, column])
                    above[:, comparable] = np.where(alike, exact, above[:, comparable])
                    exact = under.total_with(column, open_rows, near.low[:, column] - value)
                    below[:, comparable] = np.where(alike, exact, below[:, comparable])
                yield IfKnown(
                    first + open_rows,
                    column,
                    decided(tree, above, filled, others) > 0,
                    decided(tree, below.T, others, filled).T > 0,
                )
