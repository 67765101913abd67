"""How far results depend on choices: one choice is changed at a time, and all else is as declared.

Every number is an extreme and none is sampled: a unit's interval over the whole range of the
weights is found from the parts up (:mod:`analysis.measure.minimum_difference`), and statements
are decided as they are wherever they are said.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.measure.bounds import bounded_values, possible_levels, tied_units
from analysis.measure.constraints import level_values
from analysis.measure.dominance import comparisons_within
from analysis.measure.leaving_out import parts
from analysis.measure.minimum_difference import score_range, signs_beside, signs_without
from analysis.measure.national import national
from analysis.measure.scenarios import (
    AGGREGATION,
    CODER,
    DATE,
    DECLARED,
    KINDS,
    WEIGHTS,
    Choice,
    MiddleLevel,
    at_own_weights,
    choices,
)
from analysis.measure.scores import cell_values
from analysis.measure.tree import weighting
from analysis.measure.unit_cells import UnitCells, unit_cells
from analysis.measure.weight_tree import WeightTree, weight_tree
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
    rows = unit_cells(choice.study, cells)
    columns = weighting(choice.study).columns
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


def _ends(choice: Choice, rows: UnitCells) -> tuple[np.ndarray, np.ndarray]:
    if choice.kind == AGGREGATION:
        return tuple(
            np.where(rows.counts, part, 1).min(axis=1, initial=1) for part in (rows.low, rows.high)
        )
    return score_range(_plan(choice), rows)


def _plan(choice: Choice) -> WeightTree:
    return weight_tree(choice.study if choice.kind == WEIGHTS else at_own_weights(choice.study))


@dataclass(frozen=True)
class _Intervals:
    """The interval of every unit, in the study's order; arrays of shape (units,).

    Attributes:
        low: least score, 0 to 100; not a number where there is none.
        high: greatest.
        known: whether any cell that counts is settled.
    """

    low: np.ndarray
    high: np.ndarray
    known: np.ndarray

    def of(self, choice: Choice, units: np.ndarray) -> "_Intervals":
        """Return the intervals of other units than the choice's own; one not there has none."""
        place = pd.Index(choice.study["units"]["unit_id"]).get_indexer(units)
        low, high = (np.append(part, np.nan)[place] for part in (self.low, self.high))
        return _Intervals(low, high, np.append(self.known, False)[place])

    @property
    def mean(self) -> tuple[float, float]:
        """The means of the least and of the greatest scores, over the units that have one."""
        scored = ~np.isnan(self.low)
        if not scored.any():
            return float("nan"), float("nan")
        return self.low[scored].mean(), self.high[scored].mean()


def _measured(choice: Choice) -> _Intervals:
    table = intervals(choice).reindex(choice.study["units"]["unit_id"])
    known = (table["known"] == True).to_numpy()  # noqa: E712 - without a score it is missing
    return _Intervals(table["low"].to_numpy(), table["high"].to_numpy(), known)


def _all_measured(made: list[Choice]) -> Iterator[tuple[Choice, _Intervals, _Intervals]]:
    """Yield every choice, its intervals, and those that it is set beside.

    There may be thousands of criteria to leave out, and of middle levels: what they change is
    taken from the scores as declared, and nothing else is measured anew.
    """
    declared, own = made[0], _measured(made[0])
    changed = _Changed(declared, own)
    for choice in made:
        if choice.left_out is not None:
            yield choice, changed.without(choice.left_out), own
        elif choice.moved:
            yield choice, changed.worth(choice.moved, choice.value), own
        else:
            found = own if choice is declared else _measured(choice)
            beside = choice.beside or choice
            yield choice, found, own if beside is declared else _measured(beside)


class _Changed:
    """The intervals as declared, with one criterion left out or one level worth something else."""

    def __init__(self, declared: Choice, own: _Intervals):
        study, self.own = declared.study, own
        cells = cell_values(study, declared.matrix)
        rows, laid = unit_cells(study, cells), weight_tree(study)
        self.place = {column: place for place, column in enumerate(laid.columns)}
        low, high = (parts(laid, rows, part) for part in (rows.low, rows.high))
        self.left = [100 * one.without for one in (low, high)]
        self.settled = cells.known[:, list(laid.columns)] & rows.counts
        self.many = self.settled.sum(axis=1)
        levels = study["levels"]
        names = zip(levels["scale_id"], levels["level"], strict=True)
        self.levels = {key: number for number, key in enumerate(names)}
        self.values = [Fraction(text) for text in levels["value"]]
        # How much of each unit's score comes from cells that are settled at each level.
        self.shares = np.zeros((len(rows), len(levels)))
        state = declared.matrix.grid().to_numpy(dtype=object)
        scales = study["criteria"]["scale_id"].tolist()
        for unit, place in zip(*np.nonzero(self.settled), strict=True):
            column = laid.columns[place]
            level = self.levels[scales[column], state[unit, column]]
            self.shares[unit, level] += low.share[unit, place]

    def without(self, column: int) -> _Intervals:
        place = self.place[column]
        low, high = (part[:, place] for part in self.left)
        known = (self.many > self.settled[:, place]) & ~np.isnan(low)
        return _Intervals(low, high, known)

    def worth(self, level: MiddleLevel, value: Decimal) -> _Intervals:
        number = self.levels[level.scale, level.level]
        more = 100 * float(Fraction(value) - self.values[number]) * self.shares[:, number]
        return _Intervals(self.own.low + more, self.own.high + more, self.own.known)


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
    units = made[0].study["units"]["unit_id"].to_numpy(dtype=object)
    # On another date there may be other units; every other choice is about the same ones.
    held = [
        (found.of(choice, units) if choice.kind == DATE else found, beside)
        for choice, found, beside in _all_measured(made)
    ]
    said = [(one.id, one.kind, one.label) for one in made]
    columns = {
        "unit_id": np.tile(units, len(made)),
        **{
            name: np.repeat(np.array(texts, dtype=object), len(units))
            for name, texts in zip(
                ("choice", "kind", "label"), zip(*said, strict=True), strict=True
            )
        },
        "low": np.concatenate([found.low for found, _ in held]),
        "high": np.concatenate([found.high for found, _ in held]),
        "known": np.concatenate([found.known for found, _ in held]),
        "beside_low": np.concatenate([beside.low for _, beside in held]),
        "beside_high": np.concatenate([beside.high for _, beside in held]),
    }
    table = pd.DataFrame(columns).astype(dict.fromkeys(("unit_id", "choice", "kind", "label"), str))
    table = table[table["low"].notna() & table["beside_low"].notna()].reset_index(drop=True)
    moved = (table["low"] - table["beside_low"]).abs() > NEAR
    table["moved"] = moved | ((table["high"] - table["beside_high"]).abs() > NEAR)
    return table


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
    for choice, found, beside in _all_measured(made):
        ends = _mean_over_range(choice) if choice.kind == WEIGHTS else found.mean
        known, units = int(found.known.sum()), int((~np.isnan(found.low)).sum())
        rows.append((choice.id, choice.kind, choice.label, *ends, known, units, *beside.mean))
    columns = ["choice", "kind", "label", "low", "high", "known", "units"]
    return pd.DataFrame(rows, columns=[*columns, "beside_low", "beside_high"])


def _mean_over_range(choice: Choice) -> tuple[float, float]:
    rows = unit_cells(choice.study, cell_values(choice.study, choice.matrix))
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
        weight_tree(choice.study), replace(rows[first], low=low, high=high)
    )
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
        columns = weighting(choice.study).columns
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
    :func:`analysis.measure.dominance.comparisons_within`. A statement that holds over the whole range of the weights, as a sure one does, is held
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
    sure = {way: _Sure(declared, over_range=way) for way in (False, True)}
    for choice in made[1:]:
        if not len(above):
            break
        if choice.kind == WEIGHTS:
            held = over[above, below]
        else:
            held = np.zeros(len(above), dtype=np.int8)
            for way in {bool(one) for one in ranged}:
                here = ranged == way
                held[here] = sure[way](choice, above[here], below[here])
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


class _Sure:
    """What is sure of some pairs under a choice, at the own weights or over the range.

    What one criterion left out or one level changes is worked out for the cells that it bears
    on, and every other choice is measured anew.
    """

    def __init__(self, declared: Choice, over_range: bool):
        self.over_range, study = over_range, declared.study
        self.units = study["units"]["unit_id"]
        held = declared.held
        self.tree = weight_tree(study if over_range else at_own_weights(study))
        self.place = {column: place for place, column in enumerate(self.tree.columns)}
        self.cells = bounded_values(study, held)
        self.rows = unit_cells(study, self.cells)
        self.declared, _ = _sure(declared, over_range)
        self.values = level_values(study)
        scales = study["criteria"]["scale_id"].tolist()
        # The cells that a level bears on: those settled at it, and those that totals narrow.
        self.at: dict[tuple[str, str], list[tuple[int, int, tuple[str, ...]]]] = defaultdict(list)
        state, width = held.matrix.grid().to_numpy(dtype=object), held.matrix.shape[1]
        possible = possible_levels(held) if held.firm else {}
        for unit, place in zip(*np.nonzero(self.rows.counts), strict=True):
            column = self.tree.columns[place]
            cell = unit * width + column
            names = possible.get(cell, ()) if cell in held.levels else (state[unit, column],)
            if len(names) < len(self.values[column]):
                for name in names:
                    self.at[scales[column], name].append((unit, place, names))
        self.signs: np.ndarray | None = None

    def __call__(self, choice: Choice, above: np.ndarray, below: np.ndarray) -> np.ndarray:
        """Return 2 for above, 1 for at or above and 0 for neither, for each pair of units."""
        if choice.left_out is not None:
            if self.signs is None:  # all criteria at once, the first time
                self.signs = signs_without(self.tree, self.rows[above], self.rows[below]) + 1
            return self.signs[:, self.place[choice.left_out]]
        if choice.moved:
            return self._moved(choice, above, below)
        sign, _ = _sure(choice, self.over_range)
        return _of_declared(sign, choice, self.units)[above, below]

    def _moved(self, choice: Choice, above: np.ndarray, below: np.ndarray) -> np.ndarray:
        level, value = choice.moved.level, Fraction(choice.value)
        low, high = self.rows.low.copy(), self.rows.high.copy()
        touched = np.zeros(len(self.rows), dtype=bool)
        for unit, place, names in self.at[choice.moved.scale, level]:
            own = self.values[self.tree.columns[place]]
            worth = [float(value if name == level else own[name]) for name in names]
            low[unit, place], high[unit, place] = min(worth), max(worth)
            touched[unit] = True
        found = self.declared[above, below]
        anew = touched[above] | touched[below]
        rows = replace(self.rows, low=low, high=high)
        exact = {**self.tree.exact, float(value): value}
        found[anew] = 1 + signs_beside(
            replace(self.tree, exact=exact), rows[above[anew]], rows[below[anew]]
        )
        return found


def _of_declared(sign: np.ndarray, choice: Choice, units: pd.Series) -> np.ndarray:
    """Return the signs for the declared units; where one does not exist, nothing can fall."""
    place = pd.Index(choice.study["units"]["unit_id"]).get_indexer(units)
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
    rows = unit_cells(choice.study, cells)
    low, high = _ends(choice, rows)
    scored = rows.counts.any(axis=1)
    both = scored[:, None] & scored[None, :]
    np.fill_diagonal(both, False)
    above = both & (low[:, None] > high[None, :])
    at_or_above = both & (low[:, None] >= high[None, :])
    tied = tied_units(choice.held)
    return above.astype(np.int8) + at_or_above, tied[:, None] | tied[None, :]
