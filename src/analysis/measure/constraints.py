"""Published totals and scores as constraints on the cells that are open on their day."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from analysis.frames import RowKey, each_row
from analysis.measure.exact import level_values
from analysis.measure.feasible import Block, Constraint, blocks
from analysis.measure.infeasible import InfeasibleSet, sift
from analysis.measure.tree import shares, weighting
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.published import levels_of, score_ends, units_among, weights_of

TOTALS, SCORES = "published_totals", "published_scores"
EXACTLY, AT_LEAST, AT_MOST = "exactly", "at_least", "at_most"


@dataclass(frozen=True)
class Constrained:
    """A matrix, and what was published for its own date.

    A cell is named by its place in the matrix: position of the unit times the number of
    criteria, plus position of the criterion. A published row is named by its table and id.

    Attributes:
        matrix: the states at the day.
        levels: for each open cell (an unknown in the sum, scored or context) the levels of its
            scale, in the study's order.
        rows: every row published for that date as a constraint on the open cells, by name.
        firm: the rows that may settle cells and are not set aside.
        weak: the rows that may not settle cells and are not set aside; firm and weak rows can all
            be true at once.
        clashes: the minimal sets of rows that cannot all be true, with the rows set aside.
    """

    matrix: Matrix
    levels: Mapping[int, tuple[str, ...]]
    rows: Mapping[RowKey, Constraint]
    firm: tuple[Constraint, ...]
    weak: tuple[Constraint, ...]
    clashes: tuple[InfeasibleSet, ...]

    @cached_property
    def choices(self) -> dict[int, int]:
        """How many levels each open cell has on its scale."""
        return {cell: len(names) for cell, names in self.levels.items()}

    @cached_property
    def settling_blocks(self) -> list[Block]:
        """Blocks of cells that are tied together by rows that may settle cells."""
        return blocks(self.choices, self.firm)

    @cached_property
    def all_blocks(self) -> list[Block]:
        """Blocks under all rows that are not set aside; used only for national figures."""
        return blocks(self.choices, (*self.firm, *self.weak))

    def binding(self, column: int) -> list[RowKey]:
        """Return the names of standing rows that bear on a criterion, directly or through other rows."""
        width = self.matrix.shape[1]
        names = {
            constraint.name
            for block in self.all_blocks
            if any(cell % width == column for cell in block.choices)
            for constraint in block.constraints
        }
        return [name for name in self.rows if name in names]


def constrained(study: Study, matrix: Matrix) -> Constrained:
    """Return the matrix with the totals and scores published of its own day, and of no other.

    ``outdated`` is open: after the report the old level is not the present state.
    """
    levels = _open_levels(study, matrix)
    rows, settling = _rows(study, matrix, levels)
    choices = {cell: len(names) for cell, names in levels.items()}
    firm = [row for name, row in rows.items() if name in settling]
    weak = [row for name, row in rows.items() if name not in settling]
    firm, weak, clashes = sift(choices, firm, weak)
    return Constrained(matrix, levels, rows, tuple(firm), tuple(weak), tuple(clashes))


def _open_levels(study: Study, matrix: Matrix) -> dict[int, tuple[str, ...]]:
    criteria = matrix.shape[1]
    by_scale = study["levels"].groupby("scale_id", sort=False)["level"].agg(tuple)
    of_column = study["criteria"]["scale_id"].map(by_scale).tolist()
    places = np.flatnonzero(matrix.cells["state"].isin(v.OPEN).to_numpy())
    return {int(place): of_column[place % criteria] for place in places}


def _rows(
    study: Study, matrix: Matrix, levels: Mapping[int, tuple[str, ...]]
) -> tuple[dict[RowKey, Constraint], set[RowKey]]:
    """Return the rows published for the matrix's date by name, and which may settle cells."""
    day = matrix.as_of.isoformat()
    totals, scores = (study[name][study[name]["as_of"] == day] for name in (TOTALS, SCORES))
    rows, settling = {}, set()
    if len(totals):
        grid = matrix.grid().to_numpy(dtype=object)
        for row in each_row(totals):
            name = RowKey(TOTALS, (row.total_id,))
            rows[name] = _total(name, row, study, grid, levels)
            settling |= {name} if row.settles_cells == "yes" else set()
    if len(scores):
        reader = ScoreReader(study, matrix, levels)
        for row in each_row(scores):
            name = RowKey(SCORES, (row.score_id,))
            rows[name] = reader.constraint(name, row)
            settling |= {name} if row.settles_cells == "yes" else set()
    return rows, settling


def _total(name: RowKey, row, study: Study, grid: np.ndarray, levels: Mapping) -> Constraint:
    counted, among = set(levels_of(row.level)), units_among(study["units"], row.among)
    column = study["criteria"]["criterion_id"].tolist().index(row.criterion_id)
    width = grid.shape[1]
    named, parts = 0, {}
    for unit in np.flatnonzero(among):
        cell = int(unit) * width + column
        if cell in levels:
            parts[cell] = tuple(int(level in counted) for level in levels[cell])
        else:
            # A cell out of the sum has no level, and so none of those counted.
            named += grid[unit, column] in counted
    low, high = published_range(row, int(among.sum()))
    return Constraint(
        name, parts, None if low is None else low - named, None if high is None else high - named
    )


def published_range(row, size: int) -> tuple[int | None, int | None]:
    """Return the range in which a published total allows the count among its units to lie.

    Args:
        row: of ``published_totals.csv``.
        size: the number of units that the total is about.

    The publisher may have counted fewer of them, and which ones is not known. Each unit left out
    may be at the level or not, so an upper limit rises by their number and a lower one stays.
    """
    count, left_out = int(row.count), size - int(row.of)
    low = None if row.relation == AT_MOST else count
    high = None if row.relation == AT_LEAST else count + left_out
    return low, high


class ScoreReader:
    """Reads the published scores of a day; values that several rows share are computed once."""

    def __init__(self, study: Study, matrix: Matrix, levels: Mapping[int, tuple[str, ...]]):
        """Prepare the study's tree, values and states."""
        self.levels, self.grid = levels, matrix.grid().to_numpy(dtype=object)
        self.weights = weighting(study)
        self.groups = {group.name: group for group in self.weights.tree.groups}
        self.unit = {name: place for place, name in enumerate(study["units"]["unit_id"])}
        self.values = level_values(study)
        self.counts = ~np.isin(self.grid, v.OUT_OF_SUM)
        self.shares: dict[tuple, dict[int, Fraction]] = {}

    def parts(self, row) -> tuple[Fraction, dict[int, list[Fraction]]] | None:
        """Return what the known cells add to a score, and what each level of an open cell adds.

        On 0 to 1, by the publisher's weights; ``None`` if no cell is in the sum, so that there is
        no score.
        """
        unit, width = self.unit[row.unit_id], self.grid.shape[1]
        settled, parts = Fraction(0), {}
        shares = self._shares(row.group_id, row.weights, unit)
        for column, share in shares.items():
            cell, values = unit * width + column, self.values[column]
            if cell in self.levels:
                parts[cell] = [share * values[level] for level in self.levels[cell]]
            else:
                settled += share * values[self.grid[unit, column]]
        return (settled, parts) if shares else None

    def constraint(self, name: RowKey, row) -> Constraint:
        """Return a score as a constraint in integers: between the ends that its rounding leaves."""
        terms = self.parts(row)
        if terms is None:
            # There is no such score, so nothing may satisfy it: no sum is at least 1 and at most 0.
            return Constraint(name, {}, 1, 0)
        settled, parts = terms
        ends = score_ends(row)
        scale = math.lcm(*(value.denominator for part in parts.values() for value in part))
        # Divide by the common factor, so that sums stay small; limits round inwards.
        whole = {cell: [int(scale * value) for value in part] for cell, part in parts.items()}
        common = math.gcd(*(value for part in whole.values() for value in part)) or 1
        low, high = ((end / 100 - settled) * scale / common for end in (ends.low, ends.high))
        parts = {cell: tuple(value // common for value in part) for cell, part in whole.items()}
        return Constraint(
            name,
            parts,
            math.ceil(low) if ends.low_in else math.floor(low) + 1,
            math.floor(high) if ends.high_in else math.ceil(high) - 1,
        )

    def _shares(self, group: str, weights: str, unit: int) -> dict[int, Fraction]:
        columns = np.flatnonzero(self.counts[unit])
        number = int(self.weights.of_unit[unit])
        key = (number, group, weights, columns.tobytes())
        if key not in self.shares:
            own = dict(weights_of(weights))
            self.shares[key] = shares(self.groups[group], set(columns.tolist()), number, own)
        return self.shares[key]
