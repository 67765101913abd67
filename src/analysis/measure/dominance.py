"""Robust dominance: comparisons that hold for all feasible assignments and all declared weights.

Where one unit dominates another, we say that it is "surely above" it. These statements limit the
rank of each unit. They make a partial order, with equivalence classes and a Hasse diagram.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measure.bounds import bounded_values, tied_units
from analysis.measure.constraints import Constrained
from analysis.measure.minimum_difference import signs
from analysis.measure.scores import CellValues, cell_values
from analysis.measure.weight_tree import UnitCells, unit_cells, weight_tree
from analysis.study import Matrix, Study


@dataclass(frozen=True)
class Dominance:
    """The dominance between every ordered pair of units.

    Attributes:
        unit_ids: the units, in the study's order.
        scored: whether a unit has anything in the sum; without it, no statement is about the unit;
            shape (units,).
        above: whether the unit of the row is surely above that of the column: the least
            possible difference of their scores is above zero; shape (units, units).
        at_or_above: the same, with zero allowed. Two units with the same settled cells and no
            open ones are each at or above the other. A unit is never compared with itself.
        conservative: whether the pair is decided by a sound bound, which can miss a statement that
            holds. That is the case if the two have different cells out of the sum or different
            weights, or a published total couples open cells of one of them.
    """

    unit_ids: tuple[str, ...]
    scored: np.ndarray
    above: np.ndarray
    at_or_above: np.ndarray
    conservative: np.ndarray


def comparisons(
    study: Study,
    matrix: Matrix,
    cells: CellValues | None = None,
    coupled: np.ndarray | None = None,
) -> Dominance:
    """Compare every pair of units.

    Args:
        study: the study.
        matrix: the states at a date.
        cells: the bounds of each cell, where they are tighter than the scale's; default: the
            scale's.
        coupled: units with open cells that a published total ties to others, shape (units,);
            default: none. Their pairs are marked conservative.
    """
    unit_ids = tuple(study["units"]["unit_id"])
    rows = unit_cells(study, cells or cell_values(study, matrix))
    scored = np.any(rows.counts, axis=1)
    count = len(unit_ids)
    sign = np.full((count, count), -1, dtype=np.int8)
    inside = rows[scored]
    if len(inside):
        first, kind = inside.kinds()
        distinct = inside[first]
        between = signs(weight_tree(study), distinct, distinct)
        sign[np.ix_(scored, scored)] = between[np.ix_(kind, kind)]
    np.fill_diagonal(sign, -1)
    return Dominance(unit_ids, scored, sign > 0, sign >= 0, _conservative(rows, coupled))


def dominance_within(study: Study, constrained: Constrained) -> Dominance:
    """Compare every pair of units given the published rows that may settle cells.

    Totals of the day tighten the bounds of each cell by itself. While weights vary, tighter results
    would need a trial of all feasible assignments, so the pairs of tied units are conservative.

    Args:
        study: the study.
        constrained: the states at a date, and what was published of that date.
    """
    cells = bounded_values(study, constrained)
    return comparisons(study, constrained.matrix, cells, tied_units(constrained))


def _conservative(rows: UnitCells, coupled: np.ndarray | None) -> np.ndarray:
    pattern = rows.patterns()
    differs = pattern[:, None] != pattern[None, :]
    if coupled is not None:
        differs |= coupled[:, None] | coupled[None, :]
    np.fill_diagonal(differs, False)
    return differs


def pair_table(dominance: Dominance) -> pd.DataFrame:
    """Return the sure statements: ``above``, ``below`` (units) and ``conservative`` (yes, no)."""
    names = np.array(dominance.unit_ids, dtype=object)
    above, below = np.nonzero(dominance.above)
    conservative = np.where(dominance.conservative[above, below], "yes", "no").astype(object)
    return pd.DataFrame(
        {"above": names[above], "below": names[below], "conservative": conservative}
    )


def ranks(dominance: Dominance) -> pd.DataFrame:
    """Return the rank range of every unit: ``unit_id``, ``best``, ``worst``.

    Best is 1 + the number of units surely above it; worst is the number of units with a score
    − the number that it is surely at or above. A rank is 1 + the number of units strictly
    above, so units that tie share the better one. These are outer limits: no rank outside them is
    possible. One feasible assignment need not reach them for all units at once, and none need reach
    them for a given unit. A unit with nothing in the sum has no rank (``<NA>``).
    """
    best = 1 + dominance.above.sum(axis=0)
    worst = dominance.scored.sum() - dominance.at_or_above.sum(axis=1)
    table = pd.DataFrame({"unit_id": np.array(dominance.unit_ids, dtype=object)})
    for name, place in (("best", best), ("worst", worst)):
        table[name] = pd.array(np.where(dominance.scored, place, 0), dtype="Int64")
        table.loc[~dominance.scored, name] = pd.NA
    return table


@dataclass(frozen=True)
class EquivalenceClass:
    """Units that the partial order does not distinguish: they have the same units above and below.

    Attributes:
        units: their ids, in the study's order.
        layer: 0 at the top; else 1 + the deepest layer of a class above. Only the lines of the
            diagram show who is above whom: two classes with no path down between them are not
            ranked, whatever their layers.
        under: positions of the classes directly above, with none between.
        apart: whether no statement is about the units.
    """

    units: tuple[str, ...]
    layer: int
    under: tuple[int, ...]
    apart: bool


def order(dominance: Dominance) -> list[EquivalenceClass]:
    """Return the equivalence classes of the partial order, joined by its transitive reduction.

    Being surely above is a strict partial order, also where pairs are conservative: a score above
    the least score of a unit is above the score of every unit below that one.

    Returns:
        The classes of units with a score, by layer, within a layer in the order of their first
        unit. The class that no statement is about, if any, comes last, with layer 0.
    """
    scored = np.flatnonzero(dominance.scored).tolist()
    above = dominance.above[np.ix_(scored, scored)]
    above_and_below = np.concatenate([above, above.T], axis=1)
    _, first, kind = np.unique(above_and_below, axis=0, return_index=True, return_inverse=True)
    kind = kind.reshape(-1)
    over = above[np.ix_(first, first)]
    apart = ~(np.any(over, axis=0) | np.any(over, axis=1))
    layer = np.zeros(len(first), dtype=int)
    for _ in range(len(first)):
        deeper = np.where(over, layer[:, None] + 1, 0).max(axis=0, initial=0)
        if np.array_equal(deeper, layer):
            break
        layer = deeper
    # Leave out relations through a third class; in floats, whose products are fast.
    relations = over.astype(np.float32)
    direct = np.logical_and(over, relations @ relations == 0)
    ranked = sorted(range(len(first)), key=lambda group: (apart[group], layer[group], first[group]))
    place = {group: number for number, group in enumerate(ranked)}
    classes = []
    for group in ranked:
        members = np.flatnonzero(kind == group).tolist()
        units = tuple(dominance.unit_ids[scored[unit]] for unit in members)
        directly_above = np.flatnonzero(direct[:, group]).tolist()
        under = tuple(sorted(place[other] for other in directly_above))
        classes.append(EquivalenceClass(units, int(layer[group]), under, bool(apart[group])))
    return classes
