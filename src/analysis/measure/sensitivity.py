"""How far results depend on scenarios: one scenario is changed at a time, and all else is as declared.

Every number is an extreme and none is sampled: a unit's interval over the whole range of the
weights is found from the parts up (:mod:`analysis.measure.minimum_difference`), and statements
are decided as they are wherever they are said.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

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
"""The scenarios of every kind but the date: another date is another state, measured alike."""


@dataclass(frozen=True)
class Sensitivity:
    """What results owe to scenarios; each table is made once it is asked for.

    Attributes:
        scenarios: what is declared, then every scenario.
    """

    scenarios: list[Scenario]

    @cached_property
    def units(self) -> pd.DataFrame:
        """See :func:`unit_effects`."""
        return unit_effects(self.scenarios)

    @cached_property
    def reach(self) -> pd.DataFrame:
        """See :func:`reach`."""
        return reach(self.scenarios, self.units)

    @cached_property
    def national(self) -> pd.DataFrame:
        """See :func:`national_effects`."""
        return national_effects(self.scenarios)

    @cached_property
    def levels(self) -> pd.DataFrame:
        """See :func:`level_counts`."""
        return level_counts(self.scenarios)

    @cached_property
    def statements(self) -> pd.DataFrame:
        """See :func:`statement_effects`; of all of these it takes by far the longest."""
        return statement_effects(self.scenarios)

    @property
    def known(self) -> list[str]:
        """The units of which anything is known as declared, in the study's order."""
        units = self.units
        return list(units.loc[(units["kind"] == DECLARED) & units["known"], "unit_id"])

    @property
    def known_otherwise(self) -> list[str]:
        """The other units of which anything is known under some scenario."""
        units = self.units[self.units["known"] & ~self.units["unit_id"].isin(self.known)]
        return list(units["unit_id"].drop_duplicates())


def sensitivity(study: Study, matrix: Matrix) -> Sensitivity:
    """Return how far the results of a study at a date depend on scenarios.

    Args:
        study: the study.
        matrix: the states at the date.
    """
    return Sensitivity(scenarios(study, matrix))


def unit_effects(made: list[Scenario]) -> pd.DataFrame:
    """Return the interval of every unit under every scenario, beside the declared one.

    Args:
        made: the scenarios, what is declared first.

    Returns:
        ``unit_id``, ``choice``, ``kind``, ``label``, ``low``, ``high``, ``known`` (bool),
        ``beside_low`` and ``beside_high`` (as declared; for a date on the criteria in force at
        both), and ``moved``: whether the two intervals differ. A unit without a score on
        either side has no row.
    """
    units = made[0].study["units"]["unit_id"].to_numpy(dtype=object)
    # On another date there may be other units; every other scenario is about the same ones.
    pairs = [
        (own.of(scenario, units) if scenario.kind == DATE else own, beside)
        for scenario, own, beside in all_intervals(made)
    ]
    keys = [(scenario.id, scenario.kind, scenario.label) for scenario in made]
    columns = {
        "unit_id": np.tile(units, len(made)),
        **{
            name: np.repeat(np.array(texts, dtype=object), len(units))
            for name, texts in zip(
                ("choice", "kind", "label"), zip(*keys, strict=True), strict=True
            )
        },
        "low": np.concatenate([own.low for own, _ in pairs]),
        "high": np.concatenate([own.high for own, _ in pairs]),
        "known": np.concatenate([own.known for own, _ in pairs]),
        "beside_low": np.concatenate([beside.low for _, beside in pairs]),
        "beside_high": np.concatenate([beside.high for _, beside in pairs]),
    }
    table = pd.DataFrame(columns).astype(dict.fromkeys(("unit_id", "choice", "kind", "label"), str))
    table = table[table["low"].notna() & table["beside_low"].notna()].reset_index(drop=True)
    moved = (table["low"] - table["beside_low"]).abs() > NEAR
    table["moved"] = moved | ((table["high"] - table["beside_high"]).abs() > NEAR)
    return table


def reach(made: list[Scenario], units: pd.DataFrame) -> pd.DataFrame:
    """Return how far each unit's interval reaches over the scenarios of each kind, and over all.

    From the lowest low to the highest high over the scenarios of the kind and what is declared,
    one scenario at a time: several at once can reach further. A date on which other criteria are
    in force asks something else, and is left out.

    Args:
        made: the scenarios.
        units: see :func:`unit_effects`.

    Returns:
        ``unit_id``, ``kind`` (:data:`DECLARED`, each of :data:`KINDS` that there is, then
        :data:`ALL`), ``low``, ``high``: units in the study's order. Units without a score as
        declared are left out.
    """
    declared = made[0]
    alike = {scenario.id: scenario.kind for scenario in made if scenario.beside in (None, declared)}
    rows = units[units["choice"].isin(alike)]
    own = rows[rows["kind"] == DECLARED].set_index("unit_id")[["low", "high"]]
    parts = {DECLARED: own}
    for kind in KINDS:
        if kind in alike.values():
            parts[kind] = _hull(rows[rows["kind"].isin([DECLARED, kind])])
    parts[ALL] = _hull(rows[rows["kind"] != DATE])
    table = pd.concat({kind: part.reindex(own.index) for kind, part in parts.items()})
    table.index.names = ["kind", "unit_id"]
    table = table.reset_index()[["unit_id", "kind", "low", "high"]]
    order = {unit: place for place, unit in enumerate(own.index)}
    return table.sort_values("unit_id", key=lambda ids: ids.map(order), kind="stable").reset_index(
        drop=True
    )


def _hull(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby("unit_id", sort=False).agg(low=("low", "min"), high=("high", "max"))


def national_effects(made: list[Scenario]) -> pd.DataFrame:
    """Return the national figures under every scenario, beside the declared ones.

    Over the range of the weights the mean is taken with the same weights for all units: its
    extremes are those of the mean of their cells. Where different cells are out of the sum
    of some, the parts with the same cells have weights apart, and the bounds are sound and
    may be wider than need be.

    Returns:
        ``choice``, ``kind``, ``label``, ``low`` and ``high`` (mean of the units' lows and of
        their highs, 0 to 100; missing where nothing is scored), ``known`` (units of which
        anything is known), ``units`` (units with a score), and ``beside_low`` and
        ``beside_high`` (as declared; for a date on the criteria in force at both).
    """
    rows = []
    for scenario, own, beside in all_intervals(made):
        ends = _mean_over_range(scenario) if scenario.kind == WEIGHTS else own.mean
        known, units = int(own.known.sum()), int((~np.isnan(own.low)).sum())
        rows.append((scenario.id, scenario.kind, scenario.label, *ends, known, units, *beside.mean))
    columns = ["choice", "kind", "label", "low", "high", "known", "units"]
    return pd.DataFrame(rows, columns=[*columns, "beside_low", "beside_high"])


def _mean_over_range(scenario: Scenario) -> tuple[float, float]:
    rows = unit_cells(scenario.study, cell_values(scenario.study, scenario.matrix))
    rows = rows[rows.counts.any(axis=1)]
    if not len(rows):
        return float("nan"), float("nan")
    keys = np.column_stack([rows.sets, rows.counts])
    _, first, pattern = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    sums = np.zeros((len(first), 2 * rows.counts.shape[1]))
    np.add.at(sums, pattern.reshape(-1), np.concatenate([rows.low, rows.high], axis=1))
    many = np.bincount(pattern.reshape(-1))
    low, high = np.split(sums / many[:, None], 2, axis=1)
    least, greatest = score_range(
        weight_tree(scenario.study), replace(rows[first], low=low, high=high)
    )
    return tuple(100 * np.average(ends, weights=many) for ends in (least, greatest))


def level_counts(made: list[Scenario]) -> pd.DataFrame:
    """Return how many units are at each level, as declared, by coder and by date.

    No other scenario moves a count.

    Returns:
        ``choice``, ``label``, ``criterion_id``, ``level``, ``units``: criteria that bear weight
        and are in force on the date, levels from best to worst.
    """
    tables = []
    for scenario in made:
        if scenario.kind not in (DECLARED, CODER, DATE):
            continue
        columns = weighting(scenario.study).columns
        names = scenario.study["criteria"]["criterion_id"].iloc[columns]
        table = national(scenario.study, scenario.matrix)
        at_level = table["criterion_id"].isin(names) & ~table["state"].isin(v.UNKNOWNS)
        table = table[at_level].rename(columns={"state": "level"})
        tables.append(table.assign(choice=scenario.id, label=scenario.label))
    order = ["choice", "label", "criterion_id", "level", "units"]
    return pd.concat(tables, ignore_index=True)[order]
