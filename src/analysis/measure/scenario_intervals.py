"""Every unit’s interval under each scenario, derived from the declared one where one part changes.

At fixed weights a score is linear in each of its parts. So one pass up the tree and one down give
what each criterion adds to the score, and the score without it. The time grows with the number of
criteria, not with its square.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from analysis.frames import places
from analysis.measure.minimum_difference import score_range
from analysis.measure.scenarios import (
    AGGREGATION,
    WEIGHTS,
    MiddleLevel,
    Scenario,
    at_own_weights,
)
from analysis.measure.scores import cell_values
from analysis.measure.tree import fold, mean, weighting
from analysis.measure.weight_tree import UnitCells, WeightTree, unit_cells, weight_tree

NEAR = 1e-7
"""Scores, 0 to 100, no further apart than this are the same."""


def score_bounds_under(scenario: Scenario, rows: UnitCells) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest score of every row under a scenario, shape (rows,), 0 to 1.

    Under the weakest link a score is that of the worst criterion that counts and bears weight:
    the least of its parts at every node, all the way up. One criterion that is surely low makes it
    low, whatever the unknowns are; the weights do not matter. Over the range of the weights, each
    unit has its own worst and best weights.
    """
    if scenario.kind == AGGREGATION:
        return tuple(
            np.where(rows.counts, part, 1).min(axis=1, initial=1) for part in (rows.low, rows.high)
        )
    study = scenario.study if scenario.kind == WEIGHTS else at_own_weights(scenario.study)
    return score_range(weight_tree(study), rows)


@dataclass(frozen=True)
class UnitIntervals:
    """The interval of every unit, in the study's order; arrays of shape (units,).

    Attributes:
        low: least score, 0 to 100; not a number where there is none.
        high: greatest.
        known: whether any cell in the sum is known.
    """

    low: np.ndarray
    high: np.ndarray
    known: np.ndarray

    def of(self, scenario: Scenario, units: np.ndarray) -> "UnitIntervals":
        """Return the intervals of these units; a unit that the scenario lacks has none."""
        place = places(units, scenario.study["units"]["unit_id"])
        low, high = (np.append(part, np.nan)[place] for part in (self.low, self.high))
        return UnitIntervals(low, high, np.append(self.known, False)[place])

    @property
    def mean(self) -> tuple[float, float]:
        """The means of the least and of the greatest scores, over the units that have one."""
        scored = ~np.isnan(self.low)
        if not scored.any():
            return float("nan"), float("nan")
        return self.low[scored].mean(), self.high[scored].mean()


def unit_intervals(scenario: Scenario) -> UnitIntervals:
    """Return the interval of every unit under a scenario, measured anew."""
    cells = cell_values(scenario.study, scenario.matrix)
    rows = unit_cells(scenario.study, cells)
    known = np.any(cells.known[:, weighting(scenario.study).columns] & rows.counts, axis=1)
    low, high = np.full((2, len(rows)), np.nan)
    scored = rows.counts.any(axis=1)
    if scored.any():
        low[scored], high[scored] = score_bounds_under(scenario, rows[scored])
    return UnitIntervals(100 * low, 100 * high, known)


def all_intervals(
    scenarios: list[Scenario],
) -> Iterator[tuple[Scenario, UnitIntervals, UnitIntervals]]:
    """Yield every scenario with its intervals, and those to compare them with.

    There may be thousands of criteria to leave out, and of middle levels. Their intervals are
    derived from the declared scores; only the other scenarios are measured anew.
    """
    declared, own = scenarios[0], unit_intervals(scenarios[0])
    derived = _DerivedIntervals(declared, own)
    for scenario in scenarios:
        if scenario.left_out is not None:
            yield scenario, derived.without(scenario.left_out), own
        elif scenario.moved:
            yield scenario, derived.with_value(*scenario.moved), own
        else:
            intervals = own if scenario is declared else unit_intervals(scenario)
            beside = scenario.beside or scenario
            yield scenario, intervals, own if beside is declared else unit_intervals(beside)


class _DerivedIntervals:
    """The declared intervals, changed by one criterion left out or another value of one level."""

    def __init__(self, declared: Scenario, own: UnitIntervals):
        study, self.own = declared.study, own
        cells = cell_values(study, declared.matrix)
        rows, tree = unit_cells(study, cells), weight_tree(study)
        self.place = {column: place for place, column in enumerate(tree.columns)}
        low, high = (parts(tree, rows, part) for part in (rows.low, rows.high))
        self.left = [100 * part.without for part in (low, high)]
        self.settled = cells.known[:, list(tree.columns)] & rows.counts
        self.known_cells = self.settled.sum(axis=1)
        levels = study["levels"]
        names = zip(levels["scale_id"], levels["level"], strict=True)
        self.levels = {key: number for number, key in enumerate(names)}
        self.values = [Fraction(text) for text in levels["value"]]
        # The share of each unit's score in cells that are known to be at each level.
        self.shares = np.zeros((len(rows), len(levels)))
        state = declared.matrix.grid().to_numpy(dtype=object)
        scales = study["criteria"]["scale_id"].tolist()
        for unit, place in zip(*np.nonzero(self.settled), strict=True):
            column = tree.columns[place]
            level = self.levels[scales[column], state[unit, column]]
            self.shares[unit, level] += low.share[unit, place]

    def without(self, column: int) -> UnitIntervals:
        place = self.place[column]
        low, high = (part[:, place] for part in self.left)
        known = (self.known_cells > self.settled[:, place]) & ~np.isnan(low)
        return UnitIntervals(low, high, known)

    def with_value(self, level: MiddleLevel, value: Decimal) -> UnitIntervals:
        number = self.levels[level.scale, level.level]
        difference = 100 * float(Fraction(value) - self.values[number]) * self.shares[:, number]
        return UnitIntervals(self.own.low + difference, self.own.high + difference, self.own.known)


@dataclass(frozen=True)
class Parts:
    """The parts of scores.

    Attributes:
        share: the share of each criterion in each row's score, shape (rows, criteria with weight).
        without: the score with each criterion left out, likewise; not a number where nothing is
            left in the sum.
    """

    share: np.ndarray
    without: np.ndarray


def parts(tree: WeightTree, rows: UnitCells, values: np.ndarray) -> Parts:
    """Divide scores into their parts, at the raw weights.

    Args:
        tree: the tree.
        rows: which cells are in the sum, and by which weights.
        values: what each cell is worth, shape (rows, criteria with weight).
    """
    root, counts, (many, criteria) = tree.root, rows.counts, rows.counts.shape
    leaves = {
        leaf: (values[:, position], counts[:, position])
        for position, leaf in enumerate(root.criteria)
    }
    means = fold(root.groups, leaves, lambda group, parts: mean(group.floats[rows.sets].T, parts))
    place = {node: position for position, node in enumerate(means)}
    value, in_sum = np.zeros((2, many, len(means)))
    for node, position in place.items():
        value[:, position], in_sum[:, position] = means[node]
    groups = [
        (place[group], [place[part] for part in group.children], group.floats[rows.sets])
        for group in root.groups
    ]
    # The way down gives the score as a function of each node's value: base + share × value, and
    # `without` if the node is not in the sum.
    base, share, without = (np.zeros_like(value) for _ in range(3))
    share[:, -1:], without[:, -1:] = 1, np.nan
    for place, inside, weights in reversed(groups):
        weight = weights * in_sum[:, inside]
        bottom, bottom_else = weight.sum(axis=1, keepdims=True), _sums_of_others(weight)
        top_else = _sums_of_others(weight * value[:, inside])
        above, outer = (part[:, [place]] for part in (base, share))
        full = np.where(bottom > 0, bottom, 1)
        base[:, inside] = above + outer * top_else / full
        share[:, inside] = outer * weight / full
        left = above + outer * top_else / np.where(bottom_else > 0, bottom_else, 1)
        without[:, inside] = np.where(bottom_else > 0, left, without[:, [place]])
    return Parts(share[:, :criteria], without[:, :criteria])


def _sums_of_others(values: np.ndarray) -> np.ndarray:
    """Return, for each of a row's values, the sum of the others."""
    nothing = np.zeros((len(values), 1))
    before = np.concatenate([nothing, values[:, :-1].cumsum(axis=1)], axis=1)
    after = np.concatenate([values[:, :0:-1].cumsum(axis=1)[:, ::-1], nothing], axis=1)
    return before + after
