"""Safe comparisons: what holds under every feasible assignment of the unknowns and all declared weights.

The definitions are those of the design: "surely above" and "rank range". The sure statements make a
partial order: who is alike in it, and who stands over whom.
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
    """What is sure of every ordered pair of units.

    Attributes:
        unit_ids: the units, in the study's order.
        scored: whether a unit has anything in the sum; without, nothing is said of it; shape
            (units,).
        above: whether the unit of the row is surely above that of the column: the least
            possible difference of their scores is above zero; shape (units, units).
        at_or_above: the same, with zero allowed. Two units with the same settled cells and no
            open ones are each at or above the other. A unit is never set beside itself.
        conservative: whether the pair is decided by a sound bound, which can miss a statement
            that holds: the two have different cells out of the sum, or different weights, or a published total
            couples open cells of one of them.
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
        cells: what each cell may be worth, where more is known than the scale's bounds; default:
            the scale's.
        coupled: units with open cells that a published total ties to others, shape (units,);
            default: none. Their pairs are marked conservative.
    """
    unit_ids = tuple(study["units"]["unit_id"])
    rows = unit_cells(study, cells or cell_values(study, matrix))
    scored = np.any(rows.counts, axis=1)
    many = len(unit_ids)
    sign = np.full((many, many), -1, dtype=np.int8)
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

    What totals of the day settle or narrow counts, cell by cell: while weights vary, more
    could only be had by trying all feasible assignments, so the pairs of tied units are conservative.

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
    careful = np.where(dominance.conservative[above, below], "yes", "no").astype(object)
    return pd.DataFrame({"above": names[above], "below": names[below], "conservative": careful})


def ranks(dominance: Dominance) -> pd.DataFrame:
    """Return the rank range of every unit: ``unit_id``, ``best``, ``worst``.

    Best is 1 + the number of units surely above it; worst is the number of units with a score
    − the number that it is surely at or above. A rank is 1 + the number of units strictly
    above, so units that tie share the better one. These are outer limits: no rank outside them
    is possible, but one feasible assignment need not reach them for all units at once, nor any
    feasible assignment those of a single unit. A unit with nothing in the sum has no rank (``<NA>``).
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
    """Units that cannot be told apart: the same units are surely above them, and below.

    Attributes:
        units: their ids, in the study's order.
        layer: 0 at the top; else 1 + the deepest layer of a group above. Only lines say who is
            above whom: two groups with no way down between them are not ranked, whatever their
            layers.
        under: positions of the groups directly above, those with none between.
        apart: whether the units stand in no sure statement at all.
    """

    units: tuple[str, ...]
    layer: int
    under: tuple[int, ...]
    apart: bool


def order(dominance: Dominance) -> list[EquivalenceClass]:
    """Group the units with a score by what is sure of them; the transitive reduction joins them.

    Being surely above is a strict partial order, also where pairs are conservative: what is
    above the least of one is above all that lies below it.

    Returns:
        The groups by layer, within a layer in the order of their first unit; the group that
        stands in no sure statement, if any, comes last, with layer 0.
    """
    scored = np.flatnonzero(dominance.scored).tolist()
    above = dominance.above[np.ix_(scored, scored)]
    both = np.concatenate([above, above.T], axis=1)
    _, first, kind = np.unique(both, axis=0, return_index=True, return_inverse=True)
    kind = kind.reshape(-1)
    over = above[np.ix_(first, first)]
    apart = ~(np.any(over, axis=0) | np.any(over, axis=1))
    layer = np.zeros(len(first), dtype=int)
    for _ in range(len(first)):
        deeper = np.where(over, layer[:, None] + 1, 0).max(axis=0, initial=0)
        if np.array_equal(deeper, layer):
            break
        layer = deeper
    # A way over a third group is no direct one; in floats, since those are multiplied fast.
    ways = over.astype(np.float32)
    direct = np.logical_and(over, ways @ ways == 0)
    ranked = sorted(range(len(first)), key=lambda group: (apart[group], layer[group], first[group]))
    place = {group: number for number, group in enumerate(ranked)}
    classes = []
    for group in ranked:
        members = np.flatnonzero(kind == group).tolist()
        units = tuple(dominance.unit_ids[scored[unit]] for unit in members)
        over_it = np.flatnonzero(direct[:, group]).tolist()
        under = tuple(sorted(place[other] for other in over_it))
        classes.append(EquivalenceClass(units, int(layer[group]), under, bool(apart[group])))
    return classes
