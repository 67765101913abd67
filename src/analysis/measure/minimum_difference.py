"""The least possible difference of two units' scores, over all feasible assignments and all weights.

Every unknown may be anything between its bounds, and every weight anything in the study's
declared box: factors on the raw weights among siblings, normalised at each node. Nodes and
cells vary apart from each other, so the least is found from the parts up: at a criterion the
lowest value of the one less the highest of the other; at a node whose weights vary the least
ratio Σwδ/Σw. (A greedy over all criteria at once is wrong in a tree: the weight of a node is
no weight of a criterion.) The least ratio is that of :func:`analysis.measure.tree.mean`;
whatever lies within :data:`NEAR` of equal in floats is decided in rationals, by the definition.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from analysis.measure.tree import Node, fold, mean
from analysis.measure.weight_tree import NEAR, Part, UnitCells, WeightTree

BLOCK = 2**15
"""Pairs worked out at once: few enough that their parts stay in a processor's cache."""


def signs(tree: WeightTree, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return the sign of the least possible score(left) − score(right) of every pair.

    Exact where both rows have the same cells in the sum. Where they have not, the difference
    of two ratios can be least inside the box; the sign is then that of a sound bound, the
    least score of the one less the greatest of the other.

    Args:
        tree: the tree and its box.
        left: rows with something in the sum.
        right: the same.

    Returns:
        −1, 0 or 1, shape (left, right): 1 means surely above, 0 or 1 surely at or above.
    """
    sign = np.empty((len(left), len(right)), dtype=np.int8)
    nothing = nothing_known(tree)
    greatest = -aggregate(tree, right, subtracted_from(right, nothing)).total.T
    patterns = weight_patterns(left, right)
    for rows in row_blocks(len(left), len(right)):
        chunk = left[rows]
        same = patterns[0][rows, None] == patterns[1][None, :]
        gap = aggregate(tree, chunk, minus(chunk, nothing)).total - greatest
        beside = np.flatnonzero(same.any(axis=0))
        if len(beside):
            exact = aggregate(tree, chunk, minus(chunk, right[beside])).total
            gap[:, beside] = np.where(same[:, beside], exact, gap[:, beside])
        sign[rows] = decided(tree, gap, chunk, right)
    return sign


def score_range(tree: WeightTree, rows: UnitCells) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest possible score of every row, each by itself.

    Over all feasible assignments and all weights in the box: the least difference from a row that is
    worth nothing, and the least of nothing from it, with the sign turned.

    Args:
        tree: the tree and its box.
        rows: rows with something in the sum.

    Returns:
        Two arrays of shape (rows,), on 0 to 1.
    """
    nothing = nothing_known(tree)
    least = aggregate(tree, rows, minus(rows, nothing)).total
    greatest = -aggregate(tree, rows, subtracted_from(rows, nothing)).total
    return least[:, 0], greatest[:, 0]


def signs_beside(tree: WeightTree, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return :func:`signs` of each row of the one and the row of the other beside it."""
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
        tree: the tree and its box.
        left: rows with something in the sum.
        right: the same, each beside one of these.

    Returns:
        −1, 0 or 1, shape (rows, criteria with weight); −1 too where one of the two has nothing
        left in the sum.
    """
    both, delta = replace(left, counts=left.counts & right.counts), left.low - right.high
    gap = least_without(tree, both, delta)
    differs, weighed = left.counts ^ right.counts, left.sets != right.sets
    some = differs.any(axis=1) | weighed
    apart = least_without(tree, left[some], left.low[some])
    apart += least_without(tree, right[some], -right.high[some])
    # Two rows that differ in the criterion left out alone have the same cells then.
    same = (differs[some].sum(axis=1)[:, None] == differs[some]) & ~weighed[some, None]
    gap[some] = np.where(same, gap[some], apart)
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
        tree: the tree and its box.
        rows: which cells are in the sum, and by which weights.
        delta: what each cell brings, shape (rows, criteria with weight).

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

    A node holds the criteria at or below it, and a part of a mean: the first column is with all
    of them, the others are without each in turn. Where only one is below, its value stays.
    """
    least = tree.least(rows.sets)

    def aggregate(group: Node, below: list[tuple[list[int], Part]]) -> tuple[list[int], Part]:
        columns = [column for names, _ in below for column in names]
        parts, start = [], 1
        for names, (value, there) in below:
            here = slice(start, start := start + len(names))
            value = _widened(value, here, len(columns)) if len(names) > 1 else value[:, :1]
            parts.append((value, _widened(there, here, len(columns))))
        return columns, least(group, parts)

    there = np.stack([rows.counts, np.zeros_like(rows.counts)], axis=1)
    leaves = {
        leaf: ([column], (delta[:, column, None], there[:, :, column]))
        for column, leaf in enumerate(tree.root.criteria)
    }
    columns, (value, left) = fold(tree.root.groups, leaves, aggregate)[tree.root]
    in_order = np.empty(delta.shape)
    in_order[:, columns] = np.where(left, value, np.nan)[:, 1:]
    return in_order


def _widened(part: np.ndarray, here: slice, columns: int) -> np.ndarray:
    """Return a part with all, and without each of more columns, of which its own are ``here``."""
    wide = np.repeat(part[:, :1], 1 + columns, axis=1)
    wide[:, here] = part[:, 1:]
    return wide


def _least(tree: WeightTree, rows: UnitCells, delta: np.ndarray) -> np.ndarray:
    """Return the least weighted mean of each row of δ, shape (rows,)."""
    return aggregate(tree, rows, lambda column: delta[:, column, None]).total[:, 0]


def decided(tree: WeightTree, gap: np.ndarray, left: UnitCells, right: UnitCells) -> np.ndarray:
    """Return the signs of differences, those near zero decided in rationals."""
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
    """The least of every node and whether it is there, arrays of shape (rows, others)."""

    tree: WeightTree
    sets: np.ndarray
    parts: dict[Node, Part]

    @property
    def total(self) -> np.ndarray:
        return self.parts[self.tree.root][0]

    def again(self, column: int, rows: np.ndarray, delta: np.ndarray | float) -> np.ndarray:
        """Return the total of some rows with another δ at one criterion."""
        leaf = self.tree.root.criteria[column]
        path = self.tree.path(leaf)
        beside = {part for group in path for part in group.children}.difference(path)
        parts = {node: tuple(part[rows] for part in self.parts[node]) for node in beside}
        parts[leaf] = (np.broadcast_to(delta, parts[leaf][0].shape), parts[leaf][1])
        return fold(path, parts, self.tree.least(self.sets[rows]))[self.tree.root][0]


def aggregate(tree: WeightTree, rows: UnitCells, delta: Callable[[int], np.ndarray]) -> _Least:
    """Return the least of every node.

    Args:
        tree: the tree and its box.
        rows: which cells are in the sum, and by which weights.
        delta: gives δ at a criterion, shape (rows, others).
    """
    leaves = {
        leaf: (delta(column), rows.counts[:, column, None])
        for column, leaf in enumerate(tree.root.criteria)
    }
    return _Least(tree, rows.sets, fold(tree.root.groups, leaves, tree.least(rows.sets)))


def nothing_known(tree: WeightTree) -> UnitCells:
    """Return one row that is worth nothing, to set a row beside alone."""
    shape = (1, len(tree.columns))
    return UnitCells(np.zeros(shape), np.zeros(shape), np.ones(shape, dtype=bool))


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
