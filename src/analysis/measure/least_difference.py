"""The least possible difference of two units' scores, over all completions and all weights.

Every unknown may be anything between its bounds, and every weight anything in the study's
declared box: factors on the raw weights among siblings, normalised at each node. Nodes and
cells vary apart from each other, so the least is found from the parts up: at a criterion the
lowest value of the one less the highest of the other; at a node whose weights vary the least
ratio Σwδ/Σw. (A greedy over all criteria at once is wrong in a tree: the weight of a node is
no weight of a criterion.) A linear-fractional programme over a box has its least at a corner
that gives the upper weight to the smallest δ and the lower to the rest (Charnes and Cooper,
Programming with linear fractional functionals, 1962).

In floats the corner is reached by Newton's steps on the ratio (Dinkelbach, On nonlinear
fractional programming, 1967), which need no sorting; in rationals by sorting, as it is
defined. Whatever lies within :data:`NEAR` of equal in floats is decided in rationals.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from analysis.measure.scores import CellValues
from analysis.measure.tree import Node, columns_below, weighting
from analysis.study import Study

NEAR = 1e-9
"""Differences of scores (0 to 1) this close to zero are decided in rationals."""

BLOCK = 2**15
"""Pairs worked out at once: few enough that their parts stay in a processor's cache."""


@dataclass(frozen=True)
class Group:
    """A node above others, for reckoning.

    Attributes:
        parts: places of its parts: criteria first, then groups, in the order of reckoning.
        weights: raw weight of each part, exact, in each set of weights that units have.
        ratio: the highest over the lowest factor on its parts' weights; 1: they are fixed.
            More than the ratio is not needed: a factor common to all siblings cancels out.
    """

    parts: tuple[int, ...]
    weights: tuple[tuple[Fraction, ...], ...]
    ratio: Fraction

    def weights_of(self, sets: np.ndarray) -> np.ndarray:
        """Return the weights of rows by the number of their set, shape (rows, parts)."""
        return np.array(self.weights, dtype=float)[sets]


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
    """The tree laid out for reckoning, with the box of its weights.

    Attributes:
        columns: column in the study of each criterion that bears weight in the total.
        groups: every group, parts before the whole, the total last; the place of a group is
            its position here after all criteria.
        exact: the exact value of every level, by its float.
    """

    columns: tuple[int, ...]
    groups: tuple[Group, ...]
    exact: dict[float, Fraction]

    @cached_property
    def above(self) -> dict[int, tuple[int, Group]]:
        """The place of the group above each place, and the group."""
        numbered = enumerate(self.groups, start=len(self.columns))
        return {part: (place, group) for place, group in numbered for part in group.parts}

    def shares(self, counts: np.ndarray, number: int = 0) -> list[Fraction]:
        """Return the share of one unit's total that each criterion bears, at the raw weights.

        Args:
            counts: which cells of the unit are in the sum, shape (criteria with weight,).
            number: the unit's set of weights.
        """
        there = list(counts)
        for group in self.groups:
            there.append(any(there[part] for part in group.parts))
        share = [Fraction(0)] * len(there)
        share[-1] = Fraction(1)
        for place, group in reversed(list(enumerate(self.groups, start=len(self.columns)))):
            pairs = zip(group.parts, group.weights[number], strict=True)
            inside = [(part, weight) for part, weight in pairs if there[part]]
            whole = sum(weight for _, weight in inside)
            for part, weight in inside:
                share[part] = share[place] * weight / whole
        return share[: len(self.columns)]


def plan(study: Study) -> Plan:
    """Lay out a study's tree and its box of weights."""
    weights, box = weighting(study), study.settings.weight_box
    columns = weights.columns
    position = {column: number for number, column in enumerate(columns)}
    groups: list[Group] = []

    def place(node: Node) -> int:
        if node.column is not None:
            return position[node.column]
        kept = [
            child
            for child in node.children
            if any(child.weights[one] > 0 and columns_below(child, one) for one in weights.sets)
        ]
        parts = tuple(place(child) for child in kept)
        raw = tuple(zip(*(child.weights for child in kept), strict=True))
        ratio = box.highest_factor / box.lowest_factor if node.name in box.nodes else Fraction(1)
        groups.append(Group(parts, raw, ratio))
        return len(columns) + len(groups) - 1

    if columns:
        place(weights.tree)
    exact = {float(text): Fraction(text) for text in study["levels"]["value"]}
    return Plan(tuple(columns), tuple(groups), exact)


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

    Only the groups over a criterion are reckoned anew without it.

    Args:
        plan: the tree and its box.
        rows: which cells are in the sum, and by which weights.
        delta: what each cell brings, shape (rows, criteria with weight).

    Returns:
        An array of the same shape; not a number where nothing is left in the sum.
    """
    widest = max((len(group.parts) for group in plan.groups), default=1) * rows.counts.shape[1]
    step = max(1, 2**24 // max(widest, 1))
    blocks = [slice(start, start + step) for start in range(0, len(rows), step)]
    parts = [_least_without(plan, rows[block], delta[block]) for block in blocks]
    return np.concatenate(parts) if parts else np.empty(rows.counts.shape)


def _least_without(plan: Plan, rows: Rows, delta: np.ndarray) -> np.ndarray:
    counts, whole = rows.counts, _up(plan, rows, lambda column: delta[:, column, None])
    # By place: the criteria at or below it, and its value and whether it is there without each.
    without = {
        column: ([column], whole.values[column], np.zeros((len(counts), 1), dtype=bool))
        for column in range(len(plan.columns))
    }
    for place, group in enumerate(plan.groups, start=len(plan.columns)):
        below = [without.pop(part) for part in group.parts]
        columns = [column for names, _, _ in below for column in names]
        values, there, start = [], [], 0
        for part, (names, value, left) in zip(group.parts, below, strict=True):
            here = slice(start, start + len(names))
            start = here.stop
            values.append(whole.values[part])
            if len(names) > 1:
                values[-1] = np.repeat(values[-1], len(columns), axis=1)
                values[-1][:, here] = value
            there.append(np.repeat(whole.there[part], len(columns), axis=1))
            there[-1][:, here] = left
        any_left = np.logical_or.reduce(there)
        without[place] = (columns, _least_mean(group, values, there, rows.sets), any_left)
    found = np.full(counts.shape, np.nan)
    for columns, value, left in without.values():
        found[:, columns] = np.where(left, value, np.nan)
    return found


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

    Only the groups over a cell are reckoned anew, so a whole study takes a fraction of the
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
                above = alone.again(plan, column, open_, value) - greatest
                below = against.again(plan, column, open_, -value) + least
                if len(beside):
                    exact = over.again(plan, column, open_, value - near.high[:, column])
                    above[:, beside] = np.where(alike, exact, above[:, beside])
                    exact = under.again(plan, column, open_, near.low[:, column] - value)
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
class _Reckoned:
    """The least of every place, criteria first, the total last; arrays (rows, others)."""

    values: list[np.ndarray]
    there: list[np.ndarray]
    sets: np.ndarray

    @property
    def total(self) -> np.ndarray:
        return self.values[-1]

    def again(self, plan: Plan, column: int, rows: np.ndarray, delta: np.ndarray | float):
        """Return the total of some rows with another δ at one criterion."""
        anew = {column: np.broadcast_to(delta, self.values[column][rows].shape)}
        place = column
        while place in plan.above:
            place, group = plan.above[place]
            values = [anew[p] if p in anew else self.values[p][rows] for p in group.parts]
            there = [self.there[p][rows] for p in group.parts]
            anew[place] = _least_mean(group, values, there, self.sets[rows])
        return anew[place]


def _up(plan: Plan, rows: Rows, delta: Callable[[int], np.ndarray]) -> _Reckoned:
    """Reckon from the criteria up.

    Args:
        plan: the tree and its box.
        rows: which cells are in the sum, and by which weights.
        delta: gives δ at a criterion, shape (rows, others).
    """
    values = [delta(column) for column in range(len(plan.columns))]
    there = [rows.counts[:, column, None] for column in range(len(plan.columns))]
    for group in plan.groups:
        inside = [there[part] for part in group.parts]
        below = [values[part] for part in group.parts]
        values.append(_least_mean(group, below, inside, rows.sets))
        there.append(np.logical_or.reduce(inside))
    return _Reckoned(values, there, rows.sets)


def _least_mean(
    group: Group, values: list[np.ndarray], there: list[np.ndarray], sets: np.ndarray
) -> np.ndarray:
    """Return the least weighted mean of a group's parts; those not there weigh nothing."""
    raw = group.weights_of(sets).T[:, :, None]
    weights = [one * part for one, part in zip(raw, there, strict=True)]
    whole = sum(weights)
    whole = np.where(whole > 0, whole, 1.0)
    above = sum(weight * value for weight, value in zip(weights, values, strict=True))
    least = above / whole
    more = float(group.ratio - 1)
    # Each step gives the upper weight to what lies below the last mean, and can only lower it;
    # a corner is met once at most, so it ends after as many steps as there are parts.
    for _ in range(len(values) if more else 0):
        top, bottom = above.copy(), np.broadcast_to(whole, above.shape).copy()
        for weight, value in zip(weights, values, strict=True):
            extra = (value < least) * (more * weight)
            bottom += extra
            extra *= value
            top += extra
        top /= bottom
        fall = np.max(least - top, initial=0)
        least = top
        if fall < NEAR / 1e4:
            break
    return least


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

    What is the same in many pairs is worked out once: a place holds a number for each pair,
    and a value for each number; no value means that the place is not in the sum.
    """
    if not len(left):
        return []
    numbers: list[np.ndarray] = []
    values: list[list[Fraction | None]] = []
    for column in range(len(plan.columns)):
        keys = np.stack([left.low[:, column], right.high[:, column], left.counts[:, column]], 1)
        distinct, number = np.unique(keys, axis=0, return_inverse=True)
        numbers.append(number.reshape(-1))
        values.append(
            [_exact(plan, low) - _exact(plan, high) if there else None
             for low, high, there in distinct.tolist()]
        )  # fmt: skip
    for group in plan.groups:
        keys = np.stack([left.sets, *(numbers[part] for part in group.parts)], axis=1)
        distinct, number = np.unique(keys, axis=0, return_inverse=True)
        numbers.append(number.reshape(-1))
        held = [values[part] for part in group.parts]
        values.append(
            [_exact_least_mean(
                group, group.weights[one], [of[n] for of, n in zip(held, row, strict=True)])
             for one, *row in distinct.tolist()]
        )  # fmt: skip
    return [values[-1][number] for number in numbers[-1].tolist()]


def _exact(plan: Plan, value: float) -> Fraction:
    # A bound that is no level's value is taken as it is written.
    held = plan.exact.get(value)
    return Fraction(str(value)) if held is None else held


def _exact_least_mean(
    group: Group, weights: tuple[Fraction, ...], values: list[Fraction | None]
) -> Fraction | None:
    """Return the least Σwδ/Σw over t = 0…n: the first t of the sorted δ get the upper weight."""
    parts = zip(values, weights, strict=True)
    inside = sorted((value, weight) for value, weight in parts if value is not None)
    if not inside:
        return None
    top = sum(value * weight for value, weight in inside)
    bottom = sum(weight for _, weight in inside)
    least = top / bottom
    for value, weight in inside:
        top += value * weight * (group.ratio - 1)
        bottom += weight * (group.ratio - 1)
        least = min(least, top / bottom)
    return least
