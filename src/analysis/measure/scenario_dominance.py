"""Which comparisons of units hold under each scenario."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.frames import places
from analysis.measure.bounds import bounded_values, possible_levels, tied_units
from analysis.measure.dominance import dominance_within
from analysis.measure.exact import level_values
from analysis.measure.minimum_difference import signs_beside, signs_without
from analysis.measure.scenario_intervals import score_bounds_under
from analysis.measure.scenarios import (
    AGGREGATION,
    WEIGHTS,
    MiddleLevel,
    Scenario,
    at_own_weights,
)
from analysis.measure.weight_tree import unit_cells, weight_tree

ABOVE, AT_OR_ABOVE, NOTHING = "above", "at or above", ""
_RELATIONS = np.array([NOTHING, AT_OR_ABOVE, ABOVE], dtype=object)


def statement_effects(scenarios: list[Scenario]) -> pd.DataFrame:
    """Return every comparison that holds at the study's own weights, and the scenarios that end it.

    Published totals count as they do wherever units are compared: see
    :func:`analysis.measure.dominance.dominance_within`. A statement that holds over the whole range
    of the weights is checked over that range under every other scenario, too. A statement that does
    not hold over it has fallen to the weights, and is checked at the study's own weights.

    Returns:
        ``above`` and ``below``, units; ``relation``, what holds at the study's own weights
        (:data:`ABOVE`, or :data:`AT_OR_ABOVE`; units that are level have a row each way);
        ``over_range``, what holds over the range of the weights, else :data:`NOTHING`;
        ``conservative``, yes where the declared comparison is decided by a bound that may miss
        statements that hold; ``falls_to``, ids of the scenarios under which the statement does not
        hold, joined by ``;``; and ``first``, the kind of the first of these in the order of
        :data:`KINDS`, empty where it survives all.
    """
    declared = scenarios[0]
    own, _ = sure_pairs(declared, over_range=False)
    over, conservative = sure_pairs(declared, over_range=True)
    above, below = np.nonzero(own)
    needed = own[above, below]
    # A sure statement holds over the range, so check it over the range under other scenarios, too.
    ranged = over[above, below] >= needed
    falls: list[list[Scenario]] = [[] for _ in above]
    dominance_under = {
        over_range: _DominanceUnder(declared, over_range=over_range) for over_range in (False, True)
    }
    for scenario in scenarios[1:]:
        if not len(above):
            break
        if scenario.kind == WEIGHTS:
            remaining = over[above, below]
        else:
            remaining = np.zeros(len(above), dtype=np.int8)
            for over_range in {bool(flag) for flag in ranged}:
                same_range = ranged == over_range
                remaining[same_range] = dominance_under[over_range](
                    scenario, above[same_range], below[same_range]
                )
        for place in np.flatnonzero(remaining < needed):
            falls[place].append(scenario)
    names = np.array(declared.study["units"]["unit_id"], dtype=object)
    return pd.DataFrame(
        {
            "above": names[above],
            "below": names[below],
            "relation": _RELATIONS[needed],
            "over_range": _RELATIONS[over[above, below]],
            "conservative": np.where(conservative[above, below], "yes", "no").astype(object),
            "falls_to": [";".join(scenario.id for scenario in to) for to in falls],
            "first": [to[0].kind if to else "" for to in falls],
        },
        dtype=object,
    )


class _DominanceUnder:
    """The dominance in some pairs under a scenario, at the own weights or over their range.

    A criterion left out, or another value of a level, is computed only for the cells that it
    affects. Every other scenario is measured anew.
    """

    def __init__(self, declared: Scenario, over_range: bool):
        self.over_range, study = over_range, declared.study
        self.units = study["units"]["unit_id"]
        constrained = declared.constrained
        self.tree = weight_tree(study if over_range else at_own_weights(study))
        self.place = {column: place for place, column in enumerate(self.tree.columns)}
        self.cells = bounded_values(study, constrained)
        self.rows = unit_cells(study, self.cells)
        self.declared, _ = sure_pairs(declared, over_range)
        self.values = level_values(study)
        scales = study["criteria"]["scale_id"].tolist()
        # The cells that a level affects: those known to be at it, and those with tightened bounds.
        self.at: dict[tuple[str, str], list[tuple[int, int, tuple[str, ...]]]] = defaultdict(list)
        state, width = constrained.matrix.grid().to_numpy(dtype=object), constrained.matrix.shape[1]
        possible = possible_levels(constrained) if constrained.firm else {}
        for unit, place in zip(*np.nonzero(self.rows.counts), strict=True):
            column = self.tree.columns[place]
            cell = unit * width + column
            names = (
                possible.get(cell, ())
                if cell in constrained.levels
                else (str(state[unit, column]),)
            )
            if len(names) < len(self.values[column]):
                for name in names:
                    self.at[scales[column], name].append((unit, place, names))
        self.signs: np.ndarray | None = None

    def __call__(self, scenario: Scenario, above: np.ndarray, below: np.ndarray) -> np.ndarray:
        """Return 2 for above, 1 for at or above and 0 for neither, for each pair of units."""
        if scenario.left_out is not None:
            if self.signs is None:  # all criteria at once, the first time
                self.signs = signs_without(self.tree, self.rows[above], self.rows[below]) + 1
            return self.signs[:, self.place[scenario.left_out]]
        if scenario.moved:
            level, value = scenario.moved
            return self._with_level_moved(level, Fraction(value), above, below)
        sign, _ = sure_pairs(scenario, self.over_range)
        return _for_declared_units(sign, scenario, self.units)[above, below]

    def _with_level_moved(
        self, moved: MiddleLevel, value: Fraction, above: np.ndarray, below: np.ndarray
    ) -> np.ndarray:
        low, high = self.rows.low.copy(), self.rows.high.copy()
        touched = np.zeros(len(self.rows), dtype=bool)
        for unit, place, names in self.at[moved.scale, moved.level]:
            own = self.values[self.tree.columns[place]]
            worth = [float(value if name == moved.level else own[name]) for name in names]
            low[unit, place], high[unit, place] = min(worth), max(worth)
            touched[unit] = True
        sign = self.declared[above, below]
        anew = touched[above] | touched[below]
        rows = replace(self.rows, low=low, high=high)
        exact = {**self.tree.exact, float(value): value}
        sign[anew] = 1 + signs_beside(
            replace(self.tree, exact=exact), rows[above[anew]], rows[below[anew]]
        )
        return sign


def _for_declared_units(sign: np.ndarray, scenario: Scenario, units: pd.Series) -> np.ndarray:
    """Return the signs for the declared units; if one does not exist, no statement can fall."""
    place = places(units, scenario.study["units"]["unit_id"])
    return np.pad(sign, (0, 1), constant_values=2)[np.ix_(place, place)]


def sure_pairs(scenario: Scenario, over_range: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return 2 for above, 1 for at or above, 0 for neither; and which pairs a bound decides."""
    if scenario.kind == AGGREGATION:
        return _sure_by_weakest_link(scenario)
    study = scenario.study if over_range else at_own_weights(scenario.study)
    dominance = dominance_within(study, scenario.constrained)
    return dominance.above.astype(np.int8) + dominance.at_or_above, dominance.conservative


def _sure_by_weakest_link(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    # The unknowns of two units vary independently, so both units can reach their ends at once. If a
    # total ties them they may not, so that a relation that holds may be missed.
    cells = bounded_values(scenario.study, scenario.constrained)
    rows = unit_cells(scenario.study, cells)
    low, high = score_bounds_under(scenario, rows)
    scored = np.any(rows.counts, axis=1)
    both = np.logical_and(scored[:, None], scored[None, :])
    np.fill_diagonal(both, False)
    above = both & (low[:, None] > high[None, :])
    at_or_above = both & (low[:, None] >= high[None, :])
    tied = tied_units(scenario.constrained)
    return above.astype(np.int8) + at_or_above, tied[:, None] | tied[None, :]
