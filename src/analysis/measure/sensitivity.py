"""Sensitivity of results to scenarios: one choice changes at a time, and all else is as declared.

Every number is an extreme, and none is sampled. A unit's interval over the whole range of the
weights is found from the parts up (:mod:`analysis.measure.minimum_difference`). Statements are
decided in the same way as everywhere else.
"""

from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.frames import places
from analysis.measure.minimum_difference import score_range
from analysis.measure.national import national
from analysis.measure.scenario_dominance import statement_effects
from analysis.measure.scenario_intervals import NEAR, all_intervals
from analysis.measure.scenarios import (
    CODER,
    DATE,
    DECLARED,
    KINDS,
    WEIGHTS,
    Scenario,
    scenarios,
)
from analysis.measure.scores import cell_values
from analysis.measure.tree import weighting
from analysis.measure.weight_tree import unit_cells, weight_tree
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v

ALL = "all"
"""Every kind of scenario but the date: another date changes the states, not a choice."""


class Sensitivity:
    """The sensitivity of a study's results at a date; each table is computed once, on demand.

    Attributes:
        scenarios: the declared scenario, then every other.
    """

    def __init__(self, study: Study, matrix: Matrix):
        """List the scenarios of a study whose states at the date are these."""
        self.scenarios = scenarios(study, matrix)

    @cached_property
    def units(self) -> pd.DataFrame:
        """The interval of every unit under every scenario, beside the declared one.

        ``unit_id``, ``choice``, ``kind``, ``label``, ``low``, ``high``, ``known`` (bool),
        ``beside_low`` and ``beside_high`` (as declared; for a date on the criteria in force at
        both), and ``moved``: whether the two intervals differ. A unit without a score on either
        side has no row.
        """
        scenarios = self.scenarios
        units = scenarios[0].study["units"]["unit_id"].to_numpy(dtype=object)
        # On another date there may be other units; every other scenario is about the same ones.
        pairs = [
            (own.of(scenario, units) if scenario.kind == DATE else own, beside)
            for scenario, own, beside in all_intervals(scenarios)
        ]
        columns = {
            "unit_id": np.tile(units, len(scenarios)),
            "choice": np.repeat([scenario.id for scenario in scenarios], len(units)),
            "kind": np.repeat([scenario.kind for scenario in scenarios], len(units)),
            "label": np.repeat([scenario.label for scenario in scenarios], len(units)),
            "low": np.concatenate([own.low for own, _ in pairs]),
            "high": np.concatenate([own.high for own, _ in pairs]),
            "known": np.concatenate([own.known for own, _ in pairs]),
            "beside_low": np.concatenate([beside.low for _, beside in pairs]),
            "beside_high": np.concatenate([beside.high for _, beside in pairs]),
        }
        table = pd.DataFrame(columns).astype({"unit_id": str})
        table = table[table["low"].notna() & table["beside_low"].notna()].reset_index(drop=True)
        moved = (table["low"] - table["beside_low"]).abs() > NEAR
        table["moved"] = moved | ((table["high"] - table["beside_high"]).abs() > NEAR)
        return table

    @cached_property
    def reach(self) -> pd.DataFrame:
        """The sensitivity range of each unit's score over the scenarios of each kind, and over all.

        It goes from the lowest low to the highest high over the declared scenario and those of the
        kind, one at a time: several changes at once can reach further. A date with other criteria
        in force asks something else, and is left out.

        ``unit_id``, ``kind`` (:data:`DECLARED`, each of :data:`KINDS` that there is, then
        :data:`ALL`), ``low``, ``high``: units in the study's order. Units without a score as
        declared are left out.
        """
        comparable = {
            scenario.id: scenario.kind
            for scenario in self.scenarios
            if scenario.beside in (None, self.scenarios[0])
        }
        rows = self.units[self.units["choice"].isin(comparable)]
        own = rows[rows["kind"] == DECLARED].set_index("unit_id")[["low", "high"]]
        parts = {DECLARED: own}
        for kind in KINDS:
            if kind in comparable.values():
                parts[kind] = _hull(rows[rows["kind"].isin([DECLARED, kind])])
        parts[ALL] = _hull(rows[rows["kind"] != DATE])
        table = pd.concat({kind: part.reindex(own.index) for kind, part in parts.items()})
        table = table.rename_axis(["kind", "unit_id"]).reset_index()
        table = table[["unit_id", "kind", "low", "high"]]
        order = places(table["unit_id"], own.index)
        return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)

    @cached_property
    def national(self) -> pd.DataFrame:
        """The national figures under every scenario, beside the declared ones.

        Over the range of the weights, the mean takes the same weights for all units, so its
        extremes are those of the mean of their cells. If units differ in their cells in the sum,
        each group with the same cells has its own weights. Then the bounds are sound but may be too
        wide.

        ``choice``, ``kind``, ``label``, ``low`` and ``high`` (mean of the units' lows and of
        their highs, 0 to 100; missing where nothing is scored), ``known`` (units of which
        anything is known), ``units`` (units with a score), and ``beside_low`` and
        ``beside_high`` (as declared; for a date on the criteria in force at both).
        """
        rows = []
        for scenario, own, beside in all_intervals(self.scenarios):
            ends = _mean_over_range(scenario) if scenario.kind == WEIGHTS else own.mean
            counts = int(own.known.sum()), int((~np.isnan(own.low)).sum())
            rows.append((scenario.id, scenario.kind, scenario.label, *ends, *counts, *beside.mean))
        columns = ["choice", "kind", "label", "low", "high", "known", "units"]
        return pd.DataFrame(rows, columns=[*columns, "beside_low", "beside_high"])

    @cached_property
    def levels(self) -> pd.DataFrame:
        """How many units are at each level, as declared, by coder and by date.

        No other scenario moves a count.

        ``choice``, ``label``, ``criterion_id``, ``level``, ``units``: criteria that bear weight
        and are in force on the date, levels from best to worst.
        """
        tables = []
        for scenario in self.scenarios:
            if scenario.kind not in (DECLARED, CODER, DATE):
                continue
            study = scenario.study
            names = study["criteria"]["criterion_id"].iloc[weighting(study).columns]
            table = national(study, scenario.matrix)
            at_level = table["criterion_id"].isin(names) & ~table["state"].isin(v.UNKNOWNS)
            table = table[at_level].rename(columns={"state": "level"})
            tables.append(table.assign(choice=scenario.id, label=scenario.label))
        order = ["choice", "label", "criterion_id", "level", "units"]
        return pd.concat(tables, ignore_index=True)[order]

    @cached_property
    def statements(self) -> pd.DataFrame:
        """See :func:`statement_effects`; this table takes by far the longest to compute."""
        return statement_effects(self.scenarios)

    @property
    def known(self) -> list[str]:
        """The units with a known cell as declared, in the study's order."""
        units = self.units
        return list(units.loc[(units["kind"] == DECLARED) & units["known"], "unit_id"])

    @property
    def known_otherwise(self) -> list[str]:
        """The other units, with a known cell only under some other scenario."""
        units = self.units[self.units["known"] & ~self.units["unit_id"].isin(self.known)]
        return list(units["unit_id"].drop_duplicates())


def _hull(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby("unit_id", sort=False).agg(low=("low", "min"), high=("high", "max"))


def _mean_over_range(scenario: Scenario) -> tuple[float, float]:
    rows = unit_cells(scenario.study, cell_values(scenario.study, scenario.matrix))
    rows = rows[rows.counts.any(axis=1)]
    if not len(rows):
        return float("nan"), float("nan")
    _, first, pattern, counts = np.unique(
        rows.patterns(), return_index=True, return_inverse=True, return_counts=True
    )
    sums = np.zeros((len(first), 2 * rows.counts.shape[1]))
    np.add.at(sums, pattern, np.concatenate([rows.low, rows.high], axis=1))
    low, high = np.split(sums / counts[:, None], 2, axis=1)
    together = replace(rows[first], low=low, high=high)
    ends = score_range(weight_tree(scenario.study), together)
    return tuple(100 * np.average(end, weights=counts) for end in ends)
