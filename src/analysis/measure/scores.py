"""Scores as intervals: the worst and the best that the evidence allows, and the share known.

A weighted arithmetic mean up the tree (OECD/JRC, Handbook on Constructing Composite
Indicators, 2008, section 6), taken twice, with every unknown at its scale's lowest and at its
highest value: worst-case bounds in the sense of partial identification (Manski, Partial
Identification of Probability Distributions, 2003).
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.frames import each_row
from analysis.measure.tree import (
    Node,
    columns_below,
    fold,
    mean,
    weighting,
)
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.rounding import rounded
from analysis.study.settings import Display


@dataclass(frozen=True)
class CellValues:
    """The bounds of each cell; every array has shape (units, criteria).

    Attributes:
        low: least value that the cell can have, 0 to 1.
        high: greatest value.
        known: whether its level is known.
        counts: whether the cell is in the sum (its criterion scored, in force, applicable).
    """

    low: np.ndarray
    high: np.ndarray
    known: np.ndarray
    counts: np.ndarray

    def of(self, units: np.ndarray) -> "CellValues":
        """Return the cells of some units."""
        return CellValues(self.low[units], self.high[units], self.known[units], self.counts[units])


def cell_values(study: Study, matrix: Matrix) -> CellValues:
    """Return the interval of every cell of the matrix."""
    if len(study["units"]) != matrix.shape[0]:
        raise ValueError("the study shows the units of another day than the matrix")
    levels, criteria = study["levels"], study["criteria"]
    values = levels.assign(value=pd.to_numeric(levels["value"])).groupby("scale_id")["value"]
    least, most = values.min().to_dict(), values.max().to_dict()
    codes, names = pd.factorize(matrix.cells["state"])
    codes = codes.reshape(matrix.shape)
    worth = {(row.scale_id, row.level): float(row.value) for row in each_row(levels)}
    # One short look-up for each scale: the value of every state, NaN where it is not a level of it.
    low, high = np.empty(matrix.shape), np.empty(matrix.shape)
    for scale, columns in criteria.groupby("scale_id").indices.items():
        value = np.array([worth.get((scale, name), np.nan) for name in names])[codes[:, columns]]
        low[:, columns] = np.where(np.isnan(value), least[scale], value)
        high[:, columns] = np.where(np.isnan(value), most[scale], value)
    out = np.isin(names.to_numpy(dtype=object), v.OUT_OF_SUM)[codes]
    unknown = np.isin(names.to_numpy(dtype=object), v.UNKNOWNS)[codes]
    scored = (criteria["scored"] == "yes").to_numpy()
    return CellValues(low, high, ~unknown, scored & ~out)


def scores(study: Study, matrix: Matrix, criteria: Collection[str] | None = None) -> pd.DataFrame:
    """Return the interval of every unit on every group, and of its total.

    Args:
        study: the study.
        matrix: the states at a date.
        criteria: count these only; default: all that are scored. Results at two dates are
            comparable only on the criteria in force at both (:func:`in_force_at_all`).

    Returns:
        One row for each unit and group with anything in the sum, units in the study's order,
        groups up the tree: ``unit_id``, ``group_id``, ``low`` and ``high`` on 0 to 100,
        unrounded, and ``known``, the share of weight in known cells, on 0 to 1.
    """
    weights, cells = weighting(study), cell_values(study, matrix)
    if criteria is not None:
        cells.counts[:, ~study["criteria"]["criterion_id"].isin(criteria)] = False
    tree = weights.tree
    names = [group.name for group in tree.groups]
    units = study["units"]["unit_id"].to_numpy(dtype=object)
    stacked = np.zeros((len(units), len(names), 4))  # units, groups, (low, high, ...)
    for number in weights.sets:
        rows = weights.of_unit == number
        ends = _aggregated(tree, number, cells.of(rows))
        stacked[rows] = _with_exact_ends(ends, tree, number, cells.of(rows))
    flat = stacked.reshape(-1, 4)
    frame = pd.DataFrame(
        {
            "unit_id": np.repeat(units, len(names)),
            "group_id": np.tile(np.array(names, dtype=object), len(units)),
            "low": 100 * flat[:, 0],
            "high": 100 * flat[:, 1],
            "known": flat[:, 2],
        }
    )
    return frame[flat[:, 3] > 0].reset_index(drop=True)


def in_force(study: Study, day: dt.date) -> list[str]:
    """Return the scored criteria in force on a day."""
    return in_force_at_all(study, [day])


def in_force_at_all(study: Study, days: Iterable[dt.date]) -> list[str]:
    """Return the scored criteria in force at every one of the days."""
    criteria, earliest = study["criteria"], min(days).isoformat()
    in_force = (criteria["applies_from"] <= earliest) & (criteria["scored"] == "yes")
    return list(criteria.loc[in_force, "criterion_id"])


def _aggregated(tree: Node, number: int, cells: CellValues) -> np.ndarray:
    """Return an array of shape (units, groups, 4): low, high, known, is in the sum."""
    groups = tree.groups
    if not tree.children:  # nothing is scored
        return np.zeros((len(cells.low), 1, 4))
    parts = np.stack([cells.low, cells.high, cells.known.astype(float)], axis=2)
    leaves = {
        leaf: (parts[:, leaf.column], cells.counts[:, leaf.column, None]) for leaf in tree.criteria
    }
    means = fold(groups, leaves, lambda group, below: mean(group.floats[number], below))
    return np.stack([np.column_stack(means[group]) for group in groups], axis=1)


_END_MARGIN = 1e-14
"""How far a score, on 0 to 1, is kept from an end that it does not reach."""


def kept_off_ends(value: Fraction | float, most: int = 100) -> float:
    """Return an exact figure from 0 to ``most`` as a float that is at an end only if the figure is."""
    if not 0 < value < most:
        return float(value)
    return min(max(float(value), most * _END_MARGIN), most * (1 - _END_MARGIN))


def _with_exact_ends(ends: np.ndarray, tree: Node, number: int, cells: CellValues) -> np.ndarray:
    """Return scores that are at 0 or 1 exactly where every cell with weight is, and nowhere else.

    In floats a weight of 1 is lost beside one of 10 to the 14th, so we look at the cells.

    Args:
        ends: low, high and known of each unit and group (and one column more).
        tree: the tree.
        number: of the units' set of weights.
        cells: the cells of the units.
    """
    groups = tree.groups
    weighs = np.zeros((cells.low.shape[1], len(groups)), dtype=bool)
    for place, group in enumerate(groups):
        weighs[columns_below(group, number), place] = True
    for place, values in enumerate((cells.low, cells.high, cells.known.astype(float))):
        for end, inwards in ((0, 1), (1, -1)):
            apart = (cells.counts & (values != end)) @ weighs
            near = np.abs(ends[:, :, place] - end) < _END_MARGIN
            ends[:, :, place][near & apart] = end + inwards * _END_MARGIN
            ends[:, :, place][~apart & (ends[:, :, 3] > 0)] = end
    return ends


def shown(value: float, display: Display, positive: bool = False) -> str:
    """Return a score or percentage as text, rounded once by the study's declared rule.

    See :func:`analysis.study.rounding.rounded`: 0 and 100 are shown only where they are exact.
    """
    return rounded(value, display.decimals, display.rounding, positive=positive)
