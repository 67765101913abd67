"""The least possible difference of two units' scores, over all completions and all weights.

Every unknown may be anything between its bounds, and every weight anything in the study's
declared box: factors on the raw weights among siblings, normalised at each node. Nodes and
cells vary apart from each other, so the least is found from the parts up: at a criterion the
lowest value of the one less the highest of the other; at a node whose weights vary the least
ratio Σwδ/Σw. (A greedy over all criteria at once is wrong in a tree: the weight of a node is
no weight of a criterion.) The least ratio is that of :func:`analysis.measure.tree.mean`;
whatever lies within :data:`NEAR` of equal in floats is decided in rationals.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from analysis.measure.scores import CellValues
from analysis.measure.tree import (
    Node,
    columns_below,
    fold,
    mean,
    shares,
    weighting,
)
from analysis.study import Study

NEAR = 1e-9
"""Differences of scores (0 to 1) this close to zero are decided in rationals."""

Part = tuple[Any, Any]
"""What a node is worth, and whether it is in the sum: see :func:`analysis.measure.tree.mean`."""

BLOCK = 2**15
"""Pairs worked out at once: few enough that their parts stay in a processor's cache."""


@dataclass(frozen=True)
class Rows:
    """Units as rows of cells, real or supposed; arrays of shape (rows, criteria with weight).

    Attributes:
        low: least value of each cell, 0 to 1; 0 where the cell is out of the sum.
        high: greatest value.
        counts: whether the cell is in the sum.
        sets: number of each row's set of weights, shape (rows,); default: all have the first.
    """

    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    sets: np.ndarray | None = None

    def __post_init__(self):
        """Give every row the first set of weights where none is named."""
        if self.sets is None:
            object.__setattr__(self, "sets", np.zeros(len(self.counts), dtype=int))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.counts)

    def __getitem__(self, rows) -> "Rows":
        """Return some of the rows."""
        return Rows(self.low[rows], self.high[rows], self.counts[rows], self.sets[rows])

    def settled(self, column: int, value: float) -> "Rows":
        """Return the rows with one criterion settled at a value, 0 to 1."""
        low, high = self.low.copy(), self.high.copy()
        low[:, column] = high[:, column] = value
        return replace(self, low=low, high=high)

    def without(self, columns: np.ndarray) -> "Rows":
        """Return the rows, each with one criterion out of the sum."""
        rows = np.arange(len(self))
        low, high, counts = self.low.copy(), self.high.copy(), self.counts.copy()
        low[rows, columns] = high[rows, columns] = 0
        counts[rows, columns] = False
        return replace(self, low=low, high=high, counts=counts)

    def alike(self, others: "Rows") -> np.ndarray:
        """Return which rows have the same cells in the sum, and weights, as those beside them."""
        return (self.counts == others.counts).all(axis=1) & (self.sets == others.sets)

    def kinds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the first row of each kind, and the kind of each row.

        Rows of one kind have the same cells and compare alike. The kinds are in such an order
        that those with the same cells in the sum lie together.
        """
        keys = np.concatenate([self.sets[:, None], self.counts, self.low, self.high], axis=1)
        _, first, kind = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        return first, kind.reshape(-1)


def rows_of(study: Study, cells: CellValues) -> Rows:
    """Return the cells of every unit on the criteria that bear weight in the total."""
    weights = weighting(study)
    columns = weights.columns
    counts = (cells.counts & weights.bears(cells.counts.shape[1]))[:, columns]
    low, high = (np.where(counts, part[:, columns], 0.0) for part in (cells.low, cells.high))
    return Rows(low, high, counts, weights.of_unit)


@dataclass(frozen=True)
class Plan:
    """The tree of what bears weight in the total, with the box of its weights.

    Attributes:
        tree: without the parts that weigh nothing in any set of weights.
        more: by how much of itself a weight can grow, by the name of the group of which it
            weighs a part: the highest over the lowest factor, less 1. More is not needed: a
            factor common to all siblings cancels out.
        exact: the exact value of every level, by its float.
    """

    tree: Node
    more: dict[str, Fraction]
    exact: dict[float, Fraction]

    @cached_property
    def columns(self) -> list[int]:
        """The column in the study of each criterion that bears weight in the total."""
        return [leaf.column for leaf in self.tree.criteria]

    @cached_property
    def above(self) -> dict[Node, Node]:
        """The group that each node is a part of."""
        return {part: group for group in self.tree.groups for part in group.children}

    def path(self, node: Node) -> list[Node]:
        """Return the groups above a node, the total last."""
        return [] if node is self.tree else [self.above[node], *self.path(self.above[node])]

    def shares(self, counts: np.ndarray, number: int = 0) -> dict[int, Fraction]:
        """Return the share of one unit's total that each criterion bears, at the raw weights.

        Args:
            counts: which cells of the unit are in the sum, shape (criteria with weight,).
            number: the unit's set of weights.
        """
        return shares(self.tree, set(np.array(self.columns)[counts].tolist()), number)

    def least(self, sets: np.ndarray) -> Callable[[Node, list[Part]], Part]:
        """Return the least weighted mean of a group's parts, by the sets of weights of rows."""

        def aggregate(group: Node, parts: list[Part]) -> Part:
            weights = group.floats[sets].T[:, :, None]
            return mean(weights, parts, float(self.more.get(group.name, 0)), NEAR / 1e4)

        return aggregate


def plan(study: Study) -> Plan:
    """Return the part of a study's tree that bears weight, and its box of weights."""
    weights, box = weighting(study), study.settings.weight_box

    def bearing(node: Node) -> Node:
        if node.column is not None:
            return node
        kept = [
            bearing(child)
            for child in node.children
            if any(child.weights[one] > 0 and columns_below(child, one) for one in weights.sets)
        ]
        return replace(node, children=tuple(kept))

    more = box.highest_factor / box.lowest_factor - 1
    exact = {float(text): Fraction(text) for text in study["levels"]["value"]}
    return Plan(bearing(weights.tree), dict.fromkeys(box.nodes, more), exact)


def signs(plan: Plan, left: Rows, right: Rows) -> np.ndarray:
    """Return the sign of the least possible score(left) − score(right) of every pair.

    Exact where both rows have the same cells in the sum. Where they have not, the difference
    of two ratios can be least inside the box; the sign is then that of a sound bound, the
    least score of the one less the greatest of the other.

    Args:
        plan: the tree and its box.
        left: rows with something in the sum.
        right: the same.

    Returns:
        −1, 0 or 1, shape (left, right): 1 means surely above, 0 or 1 surely at or above.
    """
    found = np.empty((len(left), len(right)), dtype=np.int8)
    nothing = _nothing(plan)
    greatest = -_up(plan, right, _under(right, nothing)).total.T
    patterns = _patterns(left, right)
    for rows in _blocks(len(left), len(right)):
        one = left[rows]
        same = patterns[0][rows, None] == patterns[1][None, :]
        gap = _up(plan, one, _over(one, nothing)).total - greatest
        beside = np.flatnonzero(same.any(axis=0))
        if len(beside):
            exact = _up(plan, one, _over(one, right[beside])).total
            gap[:, beside] = np.where(same[:, beside], exact, gap[:, beside])
        found[rows] = _decided(plan, gap, one, right)
    return found


def score_range(plan: Plan, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest possible score of every row, each by itself.

    Over all completions and all weights in the box: the least difference from a row that is
    worth nothing, and the least of nothing from it, with the sign turned.

    Args:
        plan: the tree and its box.
        rows: rows with something in the sum.

    Returns:
        Two arrays of shape (rows,), on 0 to 1.
    """
    nothing = _nothing(plan)
    least = _up(plan, rows, _over(rows, nothing)).total
    greatest = -_up(plan, rows, _under(rows, nothing)).total
    return least[:, 0], greatest[:, 0]


def signs_beside(plan: Plan, left: Rows, right: Rows) -> np.ndarray:
    """Return :func:`signs` of each row of the one and the row of the other beside it."""
    same = left.alike(right)
    gap = np.empty(len(left))
    gap[same] = _least(plan, left[same], (left.low - right.high)[same])
    gap[~same] = _least(plan, left[~same], left.low[~same])
    gap[~same] += _least(plan, right[~same], -right.high[~same])
    sign = np.sign(gap).astype(np.int8)
    near = np.flatnonzero(np.abs(gap) <= NEAR)
    sign[near] = exact_signs(plan, left[near], right[near])
    return sign


def signs_without(plan: Plan, left: Rows, right: Rows) -> np.ndarray:
    """Return :func:`signs_beside` with each criterion left out in turn.

    Args:
        plan: the tree and its box.
        left: rows with something in the sum.
        right: the same, each beside one of these.

    Returns:
        −1, 0 or 1, shape (rows, criteria with weight); −1 too where one of the two has nothing
        left in the sum.
    """
    both, delta = replace(left, counts=left.counts & right.counts), left.low - right.high
    gap = least_without(plan, both, delta)
    differs, weighed = left.counts ^ right.counts, left.sets != right.sets
    some = differs.any(axis=1) | weighed
    apart = least_without(plan, left[some], left.low[some])
    apart += least_without(plan, right[some], -right.high[some])
    # Two rows that differ in the criterion left out alone have the same cells then.
    same = (differs[some].sum(axis=1)[:, None] == differs[some]) & ~weighed[some, None]
    gap[some] = np.where(same, gap[some], apart)
    sign = np.where(np.isnan(gap), -1, np.sign(gap)).astype(np.int8)
    near = np.abs(gap) <= NEAR
    for row in np.flatnonzero(near.any(axis=1)):
        columns = np.flatnonzero(near[row])
        one, other = (rows[np.full(len(columns), row)].without(columns) for rows in (left, right))
        sign[row, columns] = exact_signs(plan, one, other)
    return sign


def least_without(plan: Plan, rows: Rows, delta: np.ndarray) -> np.ndarray:
    """Return the least weighted mean of each row with each criterion left out in turn.

    Args:
        plan: the tree and its box.
        rows: which cells are in the sum, and by which weights.
        delta: what each cell brings, shape (rows, criteria with weight).

    Returns:
        An array of the same shape; not a number where nothing is left in the sum.
    """
    widest = max(len(group.children) for group in plan.tree.groups) * rows.counts.shape[1]
    step = max(1, 2**24 // max(widest, 1))
    blocks = [slice(start, start + step) for start in range(0, len(rows), step)]
    parts = [_least_without(plan, rows[block], delta[block]) for block in blocks]
    return np.concatenate(parts) if parts else np.empty(rows.counts.shape)


def _least_without(plan: Plan, rows: Rows, delta: np.ndarray) -> np.ndarray:
    """Return :func:`least_without` of a block of rows.

    A node holds the criteria at or below it, and a part of a mean: the first column is with all
    of them, the others are without each in turn. Where only one is below, its value stays.
    """
    least = plan.least(rows.sets)

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
        for column, leaf in enumerate(plan.tree.criteria)
    }
    columns, (value, left) = fold(plan.tree.groups, leaves, aggregate)[plan.tree]
    found = np.empty(delta.shape)
    found[:, columns] = np.where(left, value, np.nan)[:, 1:]
    return found


def _widened(part: np.ndarray, here: slice, columns: int) -> np.ndarray:
    """Return a part with all, and without each of more columns, of which its own are ``here``."""
    wide = np.repeat(part[:, :1], 1 + columns, axis=1)
    wide[:, here] = part[:, 1:]
    return wide


def _least(plan: Plan, rows: Rows, delta: np.ndarray) -> np.ndarray:
    """Return the least weighted mean of each row of δ, shape (rows,)."""
    return _up(plan, rows, lambda column: delta[:, column, None]).total[:, 0]


def _decided(plan: Plan, gap: np.ndarray, left: Rows, right: Rows) -> np.ndarray:
    """Return the signs of differences, those near zero decided in rationals."""
    sign = np.sign(gap).astype(np.int8)
    rows, columns = np.nonzero(np.abs(gap) <= NEAR)
    sign[rows, columns] = exact_signs(plan, left[rows], right[columns])
    return sign


@dataclass(frozen=True)
class Supposed:
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


def supposed(plan: Plan, rows: Rows, others: Rows, levels: list[list[float]]) -> Iterator[Supposed]:
    """Suppose each open cell settled at each value that it may have, all else as it stands.

    Only the groups above a cell are worked out anew, so a whole study takes a fraction of the
    time that :func:`signs` would take for each value.

    Args:
        plan: the tree and its box.
        rows: rows with something in the sum.
        others: what they are set beside.
        levels: the values of each criterion's scale, by position among those with weight.
    """
    # Of the others, what a pair with other cells in the sum needs.
    nothing = _nothing(plan)
    greatest = -_up(plan, others, _under(others, nothing)).total.T
    least = _up(plan, others, _over(others, nothing)).total.T
    patterns = _patterns(rows, others)
    for block in _blocks(len(rows), len(others)):
        one, first = rows[block], block.start
        same = patterns[0][block, None] == patterns[1][None, :]
        beside = np.flatnonzero(same.any(axis=0))
        near = others[beside]
        over = _up(plan, one, _over(one, near))
        under = _up(plan, one, _under(one, near))
        alone = _up(plan, one, _over(one, nothing))
        against = _up(plan, one, _under(one, nothing))
        for column, values in enumerate(levels):
            low, high = one.low[:, column], one.high[:, column]
            for value in values:
                open_ = np.flatnonzero((low < high) & (low <= value) & (value <= high))
                if not len(open_):
                    continue
                it = one[open_].settled(column, value)
                alike = same[np.ix_(open_, beside)]
                above = alone.again(column, open_, value) - greatest
                below = against.again(column, open_, -value) + least
                if len(beside):
                    exact = over.again(column, open_, value - near.high[:, column])
                    above[:, beside] = np.where(alike, exact, above[:, beside])
                    exact = under.again(column, open_, near.low[:, column] - value)
                    below[:, beside] = np.where(alike, exact, below[:, beside])
                yield Supposed(
                    first + open_,
                    column,
                    _decided(plan, above, it, others) > 0,
                    _decided(plan, below.T, others, it).T > 0,
                )


def _patterns(left: Rows, right: Rows) -> list[np.ndarray]:
    """Return a number for each row, equal where cells in the sum and weights are the same."""
    seen: dict[tuple[int, bytes], int] = {}
    return [
        np.array(
            [
                seen.setdefault((number, row.tobytes()), len(seen))
                for number, row in zip(rows.sets.tolist(), rows.counts, strict=True)
            ],
            dtype=int,
        )
        for rows in (left, right)
    ]


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(columns, 1))
    return (slice(start, start + step) for start in range(0, rows, step))


def _over(rows: Rows, others: Rows) -> Callable[[int], np.ndarray]:
    """Return δ of rows less others at a criterion, shape (rows, others)."""
    return lambda column: rows.low[:, column, None] - others.high[None, :, column]


def _under(rows: Rows, others: Rows) -> Callable[[int], np.ndarray]:
    """Return δ of others less rows at a criterion, shape (rows, others)."""
    return lambda column: others.low[None, :, column] - rows.high[:, column, None]


@dataclass(frozen=True)
class _Least:
    """The least of every node and whether it is there, arrays of shape (rows, others)."""

    plan: Plan
    sets: np.ndarray
    parts: dict[Node, Part]

    @property
    def total(self) -> np.ndarray:
        return self.parts[self.plan.tree][0]

    def again(self, column: int, rows: np.ndarray, delta: np.ndarray | float) -> np.ndarray:
        """Return the total of some rows with another δ at one criterion."""
        leaf = self.plan.tree.criteria[column]
        path = self.plan.path(leaf)
        beside = {part for group in path for part in group.children}.difference(path)
        parts = {node: tuple(part[rows] for part in self.parts[node]) for node in beside}
        parts[leaf] = (np.broadcast_to(delta, parts[leaf][0].shape), parts[leaf][1])
        return fold(path, parts, self.plan.least(self.sets[rows]))[self.plan.tree][0]


def _up(plan: Plan, rows: Rows, delta: Callable[[int], np.ndarray]) -> _Least:
    """Return the least of every node.

    Args:
        plan: the tree and its box.
        rows: which cells are in the sum, and by which weights.
        delta: gives δ at a criterion, shape (rows, others).
    """
    leaves = {
        leaf: (delta(column), rows.counts[:, column, None])
        for column, leaf in enumerate(plan.tree.criteria)
    }
    return _Least(plan, rows.sets, fold(plan.tree.groups, leaves, plan.least(rows.sets)))


def exact_signs(plan: Plan, left: Rows, right: Rows) -> np.ndarray:
    """Return :func:`signs` of each row of the one and the row of the other beside it.

    In rationals, by the definition; shape (rows,).
    """
    same = left.alike(right)
    found = np.zeros(len(left), dtype=np.int8)
    found[same] = [_sign(one) for one in _exact_least(plan, left[same], right[same])]
    left, right = left[~same], right[~same]
    least = _exact_least(plan, left, _zero(left))
    greatest = [-one for one in _exact_least(plan, _zero(right), right)]
    found[~same] = [_sign(one - other) for one, other in zip(least, greatest, strict=True)]
    return found


def _nothing(plan: Plan) -> Rows:
    """Return one row that is worth nothing, to set a row beside alone."""
    shape = (1, len(plan.columns))
    return Rows(np.zeros(shape), np.zeros(shape), np.ones(shape, dtype=bool))


def _zero(rows: Rows) -> Rows:
    """Return rows worth nothing on the same cells."""
    nothing = np.zeros_like(rows.low)
    return replace(rows, low=nothing, high=nothing)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _exact_least(plan: Plan, left: Rows, right: Rows) -> list[Fraction]:
    """Return the least of each pair of rows beside each other, in rationals.

    What is the same in many pairs is worked out once.
    """
    if not len(left):
        return []

    def cell(low: float, high: float, there: float) -> Part:
        return _exact(plan, low) - _exact(plan, high), bool(there)

    def aggregate(group: Node, parts: list[_Distinct]) -> _Distinct:
        def least(number: int, *places: int) -> Part:
            below = [values[place] for (_, values), place in zip(parts, places, strict=True)]
            weights = (part.weights[number] for part in group.children)
            return mean(weights, below, plan.more.get(group.name, 0))

        return _distinct([left.sets, *(numbers for numbers, _ in parts)], least)

    leaves = {
        leaf: _distinct([left.low[:, at], right.high[:, at], left.counts[:, at]], cell)
        for at, leaf in enumerate(plan.tree.criteria)
    }
    numbers, values = fold(plan.tree.groups, leaves, aggregate)[plan.tree]
    return [values[number][0] for number in numbers.tolist()]


_Distinct = tuple[np.ndarray, list[Part]]
"""A number for each row, and what each number stands for."""


def _distinct(keys: list[np.ndarray], value: Callable[..., Part]) -> _Distinct:
    """Return a value for each row of keys, worked out once for those that are the same."""
    distinct, numbers = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
    return numbers.reshape(-1), [value(*row) for row in distinct.tolist()]


def _exact(plan: Plan, value: float) -> Fraction:
    # A bound that is no level's value is taken as it is written.
    held = plan.exact.get(value)
    return Fraction(str(value)) if held is None else held
