"""How far results depend on choices: one choice is changed at a time, and all else is as declared.

Every number is an extreme and none is sampled: a unit's interval over the whole range of the
weights is found from the parts up (:mod:`analysis.measure.least_difference`), and statements
are decided as they are wherever they are said.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.measure.bounds import bounded_values, tied_units
from analysis.measure.choices import (
    AGGREGATION,
    CODER,
    DATE,
    DECLARED,
    KINDS,
    WEIGHTS,
    Choice,
    at_own_weights,
    choices,
)
from analysis.measure.least_difference import Plan, Rows, plan, rows_of, score_range
from analysis.measure.national import national
from analysis.measure.pairs import comparisons_within
from analysis.measure.scores import cell_values
from analysis.measure.tree import build_tree, columns_below
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v

ABOVE, AT_OR_ABOVE, NOTHING = "above", "at or above", ""
_RELATIONS = np.array([NOTHING, AT_OR_ABOVE, ABOVE], dtype=object)
ALL = "all"
"""The choices of every kind but the date: another date is another state, measured alike."""
NEAR = 1e-7
"""Scores, 0 to 100, no further apart than this are the same."""


@dataclass(frozen=True)
class Sensitivity:
    """What results owe to choices; each table is made once it is asked for.

    Attributes:
        choices: what is declared, then every choice.
    """

    choices: list[Choice]

    @cached_property
    def units(self) -> pd.DataFrame:
        """See :func:`unit_effects`."""
        return unit_effects(self.choices)

    @cached_property
    def reach(self) -> pd.DataFrame:
        """See :func:`reach`."""
        return reach(self.choices, self.units)

    @cached_property
    def national(self) -> pd.DataFrame:
        """See :func:`national_effects`."""
        return national_effects(self.choices)

    @cached_property
    def levels(self) -> pd.DataFrame:
        """See :func:`level_counts`."""
        return level_counts(self.choices)

    @cached_property
    def statements(self) -> pd.DataFrame:
        """See :func:`statement_effects`; of all of these it takes by far the longest."""
        return statement_effects(self.choices)

    @property
    def known(self) -> list[str]:
        """The units of which anything is known as declared, in the study's order."""
        units = self.units
        return list(units.loc[(units["kind"] == DECLARED) & units["known"], "unit_id"])

    @property
    def known_otherwise(self) -> list[str]:
        """The other units of which anything is known under some choice."""
        units = self.units[self.units["known"] & ~self.units["unit_id"].isin(self.known)]
        return list(units["unit_id"].drop_duplicates())


def sensitivity(study: Study, matrix: Matrix) -> Sensitivity:
    """Return how far the results of a study at a date depend on choices.

    Args:
        study: the study.
        matrix: the states at the date.
    """
    return Sensitivity(choices(study, matrix))


def intervals(choice: Choice) -> pd.DataFrame:
    """Return the interval of every unit with a score under a choice.

    Under the weakest link a score is that of the worst criterion that counts and bears weight:
    the least of its parts at every node, all the way up. It is low where one criterion surely
    is, whatever the unknowns are; the weights do not matter to it.

    Returns:
        Indexed by unit: ``low`` and ``high``, 0 to 100, and ``known``, whether any cell that
        counts is settled. Over the range of the weights each unit has its own worst and best.
    """
    cells = cell_values(choice.study, choice.matrix)
    rows = rows_of(choice.study, cells)
    columns = columns_below(build_tree(choice.study))
    known = (cells.known[:, columns] & rows.counts).any(axis=1)
    scored = rows.counts.any(axis=1)
    rows = rows[scored]
    low = high = np.empty(0)
    if len(rows):
        low, high = _ends(choice, rows)
    units = choice.study["units"]["unit_id"].to_numpy(dtype=object)
    return pd.DataFrame(
        {"low": 100 * low, "high": 100 * high, "known": known[scored]},
        index=pd.Index(units[scored], name="unit_id"),
    )


def _ends(choice: Choice, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    if choice.kind == AGGREGATION:
        return tuple(
            np.where(rows.counts, part, 1).min(axis=1, initial=1) for part in (rows.low, rows.high)
        )
    return score_range(_plan(choice), rows)


def _plan(choice: Choice) -> Plan:
    return plan(choice.study if choice.kind == WEIGHTS else at_own_weights(choice.study))


def unit_effects(made: list[Choice]) -> pd.DataFrame:
    """Return the interval of every unit under every choice, beside the declared one.

    Args:
        made: the choices, what is declared first.

    Returns:
        ``unit_id``, ``choice``, ``kind``, ``label``, ``low``, ``high``, ``known`` (bool),
        ``beside_low`` and ``beside_high`` (as declared; for a date on the criteria in force at
        both), and ``moved``: whether the two intervals differ. A unit without a score on
        either side has no row.
    """
    tables = []
    for choice in made:
        table = intervals(choice)
        beside = intervals(choice.beside or choice)
        table = table.join(beside[["low", "high"]].add_prefix("beside_"), how="inner")
        table["moved"] = (table["low"] - table["beside_low"]).abs() > NEAR
        table["moved"] |= (table["high"] - table["beside_high"]).abs() > NEAR
        table = table.reset_index()
        for place, name in enumerate(("id", "kind", "label"), start=1):
            column = "choice" if name == "id" else name
            table.insert(place, column, pd.Series([getattr(choice, name)] * len(table), dtype=str))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def reach(made: list[Choice], units: pd.DataFrame) -> pd.DataFrame:
    """Return how far each unit's interval reaches over the choices of each kind, and over all.

    From the lowest low to the highest high over the choices of the kind and what is declared,
    one choice at a time: several at once can reach further. A date on which other criteria are
    in force asks something else, and is left out.

    Args:
        made: the choices.
        units: see :func:`unit_effects`.

    Returns:
        ``unit_id``, ``kind`` (:data:`DECLARED`, each of :data:`KINDS` that there is, then
        :data:`ALL`), ``low``, ``high``: units in the study's order. Units without a score as
        declared are left out.
    """
    declared = made[0]
    alike = {one.id: one.kind for one in made if one.beside in (None, declared)}
    held = units[units["choice"].isin(alike)]
    own = held[held["kind"] == DECLARED].set_index("unit_id")[["low", "high"]]
    parts = {DECLARED: own}
    for kind in KINDS:
        if kind in alike.values():
            parts[kind] = _hull(held[held["kind"].isin([DECLARED, kind])])
    parts[ALL] = _hull(held[held["kind"] != DATE])
    table = pd.concat({kind: part.reindex(own.index) for kind, part in parts.items()})
    table.index.names = ["kind", "unit_id"]
    table = table.reset_index()[["unit_id", "kind", "low", "high"]]
    order = {unit: place for place, unit in enumerate(own.index)}
    return table.sort_values("unit_id", key=lambda ids: ids.map(order), kind="stable").reset_index(
        drop=True
    )


def _hull(table: pd.DataFrame) -> pd.DataFrame:
    return table.groupby("unit_id", sort=False).agg(low=("low", "min"), high=("high", "max"))


def national_effects(made: list[Choice]) -> pd.DataFrame:
    """Return the national figures under every choice, beside the declared ones.

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
    for choice in made:
        beside = _mean(choice.beside or choice)
        held = intervals(choice)
        known, units = int(held["known"].sum()), len(held)
        rows.append((choice.id, choice.kind, choice.label, *_mean(choice), known, units, *beside))
    columns = ["choice", "kind", "label", "low", "high", "known", "units"]
    return pd.DataFrame(rows, columns=[*columns, "beside_low", "beside_high"])


def _mean(choice: Choice) -> tuple[float, float]:
    if choice.kind != WEIGHTS:
        return tuple(intervals(choice)[["low", "high"]].mean())
    rows = rows_of(choice.study, cell_values(choice.study, choice.matrix))
    rows = rows[rows.counts.any(axis=1)]
    if not len(rows):
        return float("nan"), float("nan")
    _, first, pattern = np.unique(rows.counts, axis=0, return_index=True, return_inverse=True)
    sums = np.zeros((len(first), 2 * rows.counts.shape[1]))
    np.add.at(sums, pattern.reshape(-1), np.concatenate([rows.low, rows.high], axis=1))
    many = np.bincount(pattern.reshape(-1))
    low, high = np.split(sums / many[:, None], 2, axis=1)
    least, greatest = score_range(plan(choice.study), Rows(low, high, rows.counts[first]))
    return tuple(100 * np.average(ends, weights=many) for ends in (least, greatest))


def level_counts(made: list[Choice]) -> pd.DataFrame:
    """Return how many units are at each level, as declared, by coder and by date.

    No other choice moves a count.

    Returns:
        ``choice``, ``label``, ``criterion_id``, ``level``, ``units``: criteria that bear weight
        and are in force on the date, levels from best to worst.
    """
    tables = []
    for choice in made:
        if choice.kind not in (DECLARED, CODER, DATE):
            continue
        columns = columns_below(build_tree(choice.study))
        names = choice.study["criteria"]["criterion_id"].iloc[columns]
        table = national(choice.study, choice.matrix)
        begun = table["criterion_id"].isin(names) & ~table["state"].isin(v.UNKNOWNS)
        table = table[begun].rename(columns={"state": "level"})
        tables.append(table.assign(choice=choice.id, label=choice.label))
    order = ["choice", "label", "criterion_id", "level", "units"]
    return pd.concat(tables, ignore_index=True)[order]


def statement_effects(made: list[Choice]) -> pd.DataFrame:
    """Return every comparison that holds at the study's own weights, and what it falls to.

    Published totals count as they do wherever units are compared: see
    :func:`analysis.measure.pairs.comparisons_within`. A statement that holds over the whole range of the weights, as a sure one does, is held
    against every other choice over that range too; one that does not has fallen to the
    weights, and is held against the others at the study's own.

    Returns:
        ``above`` and ``below``, units; ``relation``, what holds at the study's own weights
        (:data:`ABOVE`, or :data:`AT_OR_ABOVE`; units that are level have a row each way);
        ``over_range``, what holds over the range, :data:`NOTHING` where nothing does;
        ``conservative``, yes where the declared comparison is decided by a bound that may
        miss what holds; ``falls_to``, ids of the choices under which the statement does not hold,
        joined by ``;``; and ``first``, the kind of the first of these in the order of
        :data:`KINDS`, empty where it survives all.
    """
    declared = made[0]
    own, _ = _sure(declared, over_range=False)
    over, careful = _sure(declared, over_range=True)
    above, below = np.nonzero(own)
    needed = own[above, below]
    # A sure statement is one over the range, also under the other choices.
    ranged = over[above, below] >= needed
    falls: list[list[Choice]] = [[] for _ in above]
    for choice in made[1:]:
        if not len(above):
            break
        if choice.kind == WEIGHTS:
            held = over[above, below]
        else:
            held = np.zeros(len(above), dtype=np.int8)
            for way in {bool(one) for one in ranged}:
                sign = _of_declared(_sure(choice, over_range=way)[0], choice, declared)
                held = np.where(ranged == way, sign[above, below], held)
        for place in np.flatnonzero(held < needed):
            falls[place].append(choice)
    names = np.array(declared.study["units"]["unit_id"], dtype=object)
    return pd.DataFrame(
        {
            "above": names[above],
            "below": names[below],
            "relation": _RELATIONS[needed],
            "over_range": _RELATIONS[over[above, below]],
            "conservative": np.where(careful[above, below], "yes", "no").astype(object),
            "falls_to": [";".join(one.id for one in to) for to in falls],
            "first": [to[0].kind if to else "" for to in falls],
        },
        dtype=object,
    )


def _of_declared(sign: np.ndarray, choice: Choice, declared: Choice) -> np.ndarray:
    """Return the signs for the declared units; where one does not exist, nothing can fall."""
    units = pd.Index(choice.study["units"]["unit_id"])
    place = units.get_indexer(declared.study["units"]["unit_id"])
    return np.pad(sign, (0, 1), constant_values=2)[np.ix_(place, place)]


def _sure(choice: Choice, over_range: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return what is sure of every pair: 2 above, 1 at or above, 0 neither; and which by a bound."""
    if choice.kind == AGGREGATION:
        return _sure_of_the_weakest(choice)
    study = choice.study if over_range else at_own_weights(choice.study)
    found = comparisons_within(study, choice.held)
    return found.above.astype(np.int8) + found.at_or_above, found.conservative


def _sure_of_the_weakest(choice: Choice) -> tuple[np.ndarray, np.ndarray]:
    # Units are completed apart from each other, so that their ends can meet. Where a total ties
    # them they cannot all, and what is not found to hold may hold all the same.
    cells = bounded_values(choice.study, choice.held)
    rows = rows_of(choice.study, cells)
    low, high = _ends(choice, rows)
    scored = rows.counts.any(axis=1)
    both = scored[:, None] & scored[None, :]
    np.fill_diagonal(both, False)
    above = both & (low[:, None] > high[None, :])
    at_or_above = both & (low[:, None] >= high[None, :])
    tied = tied_units(choice.held)
    return above.astype(np.int8) + at_or_above, tied[:, None] | tied[None, :]
