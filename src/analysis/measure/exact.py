"""Scores in rational numbers: those of :mod:`analysis.measure.scores`, with nothing rounded.

They serve where values must add up exactly, or where floats cannot distinguish them. They are
computed one unit at a time, which is much slower.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.frames import each_row
from analysis.measure.tree import Node, fold, mean
from analysis.study import Study
from analysis.study import vocabulary as v


@dataclass(frozen=True)
class Interval:
    """The interval of a cell or a score.

    Attributes:
        low: least value; of a cell on 0 to 1, of a score on 0 to 100.
        high: greatest value, likewise.
        known: share of the weight in known cells, 0 to 1; of a cell 0 or 1.
    """

    low: Fraction
    high: Fraction
    known: Fraction


def scale_values(study: Study) -> dict[str, dict[str, Fraction]]:
    """Return the value of every level, by scale and level, from the text of ``levels.csv``."""
    values: dict[str, dict[str, Fraction]] = {}
    for row in each_row(study["levels"]):
        values.setdefault(row.scale_id, {})[row.level] = Fraction(row.value)
    return values


def level_values(study: Study) -> list[dict[str, Fraction]]:
    """Return, for each criterion in the study's order, the exact value of each level, 0 to 1."""
    scales = scale_values(study)
    return [scales[name] for name in study["criteria"]["scale_id"]]


def cell_intervals(study: Study, states: Iterable[str]) -> list[Interval | None]:
    """Return the interval of each cell of one unit; ``None`` for a cell out of the sum.

    Args:
        study: gives the criteria and their scales.
        states: the unit's states, in the order of the criteria.
    """
    return [cell_interval(*cell) for cell in zip(level_values(study), states, strict=True)]


def cell_interval(values: dict[str, Fraction], state: str) -> Interval | None:
    """Return the interval of one cell, from the values of its scale's levels."""
    if state in v.OUT_OF_SUM:
        return None
    if state in v.UNKNOWNS:
        return Interval(min(values.values()), max(values.values()), Fraction(0))
    return Interval(values[state], values[state], Fraction(1))


def exact_scores(
    tree: Node, cells: Sequence[Interval | None], number: int = 0
) -> dict[str, Interval]:
    """Return one unit's score on every group with anything in the sum, and its total.

    Args:
        tree: the study's tree (:func:`analysis.measure.tree.build_tree`).
        cells: see :func:`cell_intervals`.
        number: of the unit's set of weights.

    Returns:
        By name of the group, parts before the whole, the total under
        :data:`analysis.measure.tree.TOTAL`; nothing at all where the unit has no score.
    """
    leaves = {leaf: _part(cells[leaf.column]) for leaf in tree.criteria}

    def aggregate(group: Node, parts: list[tuple]) -> tuple:
        return mean((part.weights[number] for part in group.children), parts)

    means = fold(tree.groups, leaves, aggregate)
    return {
        group.name: Interval(100 * value[0], 100 * value[1], value[2])
        for group in tree.groups
        for value, in_sum in [means[group]]
        if in_sum
    }


def _part(cell: Interval | None) -> tuple[np.ndarray, bool]:
    """Return low, high and known as one part of a mean, and whether it is in the sum."""
    values = (Fraction(0),) * 3 if cell is None else (cell.low, cell.high, cell.known)
    return np.array(values, dtype=object), cell is not None
