"""Bounds: what the published totals and scores leave possible for cells, units and the nation.

Bounds on a cell and on a unit's score rest only on rows that may settle cells; national figures
on every row that stands. All are exact over the feasible assignments of the open cells. If a
solver's search was cut short, they are a little too wide, never too narrow.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.measure.constraints import Constrained
from analysis.measure.exact import level_values
from analysis.measure.feasible import Block
from analysis.measure.national import states_by_criterion
from analysis.measure.scores import CellValues, cell_values, kept_off_ends, scores
from analysis.measure.tree import shares, weighting
from analysis.study import Study
from analysis.study import vocabulary as v

MEAN, UNITS = "mean", "units"
"""National figures: the mean value of a criterion over the units, and how many are at a level."""

ENDS = ("low", "high", "low_without", "high_without")
"""The bounds of a national figure, with the published totals and without them."""


def no_progress(step: str) -> None:
    """Ignore a step of long work: the default where no progress is shown."""


def possible_levels(
    constrained: Constrained, progress: Callable[[str], None] = no_progress
) -> dict[int, tuple[str, ...]]:
    """Return the levels that remain possible for each open cell, in the order of its scale.

    Only rows that may settle cells count. Cells are named as in :class:`Constrained`.
    """
    remaining = dict(constrained.levels)
    for number, block in enumerate(constrained.settling_blocks):
        if number % 100 == 0:
            progress(f"totals: block {number + 1} of {len(constrained.settling_blocks)}")
        for cell, numbers in block.possible.items():
            remaining[cell] = tuple(constrained.levels[cell][level] for level in sorted(numbers))
    return remaining


def cell_bounds(
    study: Study, constrained: Constrained, progress: Callable[[str], None] = no_progress
) -> pd.DataFrame:
    """Return the lower and the upper bound of each open cell.

    Returns:
        One row for each open cell, in the matrix's order: ``unit_id``, ``criterion_id``, ``lowest``
        and ``highest`` (values of levels, 0 to 1) and ``settled_by_totals``: "yes" where every
        feasible assignment under the totals has the same level, else "no".
    """
    width, values = constrained.matrix.shape[1], level_values(study)
    worth = [{name: float(value) for name, value in by_level.items()} for by_level in values]
    remaining = possible_levels(constrained, progress)
    rows = []
    for cell, names in remaining.items():
        possible_values = [worth[cell % width][name] for name in names]
        settled = "yes" if len(names) == 1 else "no"
        rows.append((min(possible_values), max(possible_values), settled))
    keys = constrained.matrix.cells.loc[list(remaining), ["unit_id", "criterion_id"]]
    ends = pd.DataFrame(rows, columns=["lowest", "highest", "settled_by_totals"])
    ends = ends.astype({"lowest": float, "highest": float})
    return pd.concat([keys.reset_index(drop=True), ends], axis=1)


def bounded_values(study: Study, constrained: Constrained) -> CellValues:
    """Return the bounds of each cell, given the published rows that may settle cells.

    Like :func:`analysis.measure.scores.cell_values`, with tightened bounds on the open cells that
    totals constrain. A cell is also known if the totals decide its level. Each cell is bounded by
    itself: cells that a total ties together need not all reach their bounds at once.
    """
    cells, values = cell_values(study, constrained.matrix), level_values(study)
    for cell, names in possible_levels(constrained).items():
        if len(names) < len(constrained.levels[cell]):
            place = divmod(cell, len(values))
            worth = [float(values[place[1]][name]) for name in names]
            cells.low[place], cells.high[place] = min(worth), max(worth)
            cells.known[place] = len(names) == 1
    return cells


def tied_units(constrained: Constrained) -> np.ndarray:
    """Return which units have an open cell that totals tie to another cell, shape (units,), bool.

    Only rows that may settle cells count, and only cells that they leave open.
    """
    units, width = constrained.matrix.shape
    tied = np.zeros(units, dtype=bool)
    for block in constrained.settling_blocks:
        cells = [cell for cell, levels in block.possible.items() if len(levels) > 1]
        if len(cells) > 1:
            tied[[cell // width for cell in cells]] = True
    return tied


def score_bounds(
    study: Study, constrained: Constrained, progress: Callable[[str], None] = no_progress
) -> pd.DataFrame:
    """Return the interval of every unit on every group, given the rows that may settle cells.

    Returns:
        The rows of :func:`analysis.measure.scores.scores` at the same day, without ``known``:
        ``unit_id``, ``group_id``, ``low`` and ``high`` on 0 to 100.
    """
    table = scores(study, constrained.matrix).drop(columns="known")
    block_of = _blocks_by_cell(constrained.settling_blocks)
    width = constrained.matrix.shape[1]
    bound = {cell // width for cell in block_of}
    if not bound:
        return table
    names = study["units"]["unit_id"].tolist()
    weights = weighting(study)
    groups = {group.name: group for group in weights.tree.groups}
    grid, values = constrained.matrix.grid().to_numpy(dtype=object), level_values(study)
    shares_by_key: dict[tuple, dict[int, Fraction]] = {}
    low, high = table["low"].to_numpy(copy=True), table["high"].to_numpy(copy=True)
    rows = pd.Series(range(len(table))).groupby(table["unit_id"].to_numpy()).agg(list)
    for number, unit in enumerate(sorted(bound)):
        if number % 10 == 0:
            progress(f"scores within the totals: {number + 1} of {len(bound)}")
        columns = np.flatnonzero(~np.isin(grid[unit], v.OUT_OF_SUM))
        for row in rows.get(names[unit], ()):
            number = int(weights.of_unit[unit])
            key = (number, table["group_id"].iat[row], columns.tobytes())
            if key not in shares_by_key:
                shares_by_key[key] = shares(groups[str(key[1])], set(columns.tolist()), number)
            settled, worth = Fraction(0), {}
            for column, share in shares_by_key[key].items():
                cell = unit * width + column
                if cell in constrained.levels:
                    worth[cell] = [
                        share * values[column][level] for level in constrained.levels[cell]
                    ]
                else:
                    settled += share * values[column][grid[unit, column]]
            ends = _extremes(worth, block_of)
            low[row], high[row] = (kept_off_ends(100 * (settled + end)) for end in ends)
    return table.assign(low=low, high=high)


def national_bounds(
    study: Study, constrained: Constrained, criteria: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the bounds of national figures on the day, with the totals and without them.

    Args:
        study: the study.
        constrained: the day's matrix and what was published of that day.
        criteria: which criteria; default: all.

    Returns:
        For each criterion its ``mean`` over the units in the sum, on 0 to 100, and the count of
        ``units`` at each of its levels, from best to worst: ``as_of``, ``criterion_id``,
        ``figure`` (:data:`MEAN` or :data:`UNITS`), ``level`` (empty for the mean), ``low``,
        ``high``, ``low_without`` and ``high_without``. A criterion with no unit in the sum has
        no row.
    """
    grid, values = constrained.matrix.grid().to_numpy(dtype=object), level_values(study)
    width, block_of = constrained.matrix.shape[1], _blocks_by_cell(constrained.all_blocks)
    states = states_by_criterion(study)
    rows = []
    for column, criterion in enumerate(study["criteria"]["criterion_id"]):
        if criteria is not None and criterion not in criteria:
            continue
        units = np.flatnonzero(~np.isin(grid[:, column], v.OUT_OF_SUM))
        if not len(units):
            continue
        levels = [state for state in states[criterion] if state not in v.UNKNOWNS]
        share = Fraction(100, len(units))
        figures = {(MEAN, ""): {name: share * values[column][name] for name in levels}}
        figures |= {
            (UNITS, name): {level: Fraction(level == name) for level in levels} for name in levels
        }
        for figure, worth in figures.items():
            settled, open_worth = Fraction(0), {}
            for unit in units:
                cell = int(unit) * width + column
                if cell in constrained.levels:
                    open_worth[cell] = [worth[level] for level in constrained.levels[cell]]
                else:
                    settled += worth[grid[unit, column]]
            ends = (*_extremes(open_worth, block_of), *_extremes(open_worth, {}))
            most = 100 if figure == MEAN else len(units)
            bounds = [kept_off_ends(settled + end, most) for end in ends]
            rows.append((constrained.matrix.as_of.isoformat(), criterion, *figure, *bounds))
    columns = ["as_of", "criterion_id", "figure", "level", *ENDS]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(ENDS, float))


def _blocks_by_cell(blocks: Sequence[Block]) -> dict[int, Block]:
    return {cell: block for block in blocks for cell in block.choices}


def _extremes(
    worth: Mapping[int, Sequence[Fraction]], block_of: Mapping[int, Block]
) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest sum of what cells are worth, exact, block by block."""
    low = high = Fraction(0)
    tied: dict[int, dict[int, Sequence[Fraction]]] = defaultdict(dict)
    for cell, gains in worth.items():
        if cell in block_of:
            tied[id(block_of[cell])][cell] = gains
        else:
            low, high = low + min(gains), high + max(gains)
    for part in tied.values():
        scale = math.lcm(*(gain.denominator for gains in part.values() for gain in gains))
        whole = {cell: tuple(int(gain * scale) for gain in gains) for cell, gains in part.items()}
        least, most = block_of[next(iter(part))].extremes(whole)
        low, high = low + Fraction(least, scale), high + Fraction(most, scale)
    return low, high
