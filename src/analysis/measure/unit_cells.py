"""The cells of units side by side, as arrays: what each may be worth, and whether it counts."""

from dataclasses import dataclass, field, replace

import numpy as np

from analysis.measure.scores import CellValues
from analysis.measure.tree import weighting
from analysis.study import Study


@dataclass(frozen=True)
class UnitCells:
    """Units as rows of cells, real or if_known; arrays of shape (rows, criteria with weight).

    Attributes:
        low: least value of each cell, 0 to 1; 0 where the cell is out of the sum.
        high: greatest value.
        counts: whether the cell is in the sum.
        sets: number of each row's set of weights, shape (rows,); default: all have the first.
    """

    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    sets: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))

    def __post_init__(self):
        """Give every row the first set of weights where none is named."""
        if not len(self.sets):
            object.__setattr__(self, "sets", np.zeros(len(self.counts), dtype=int))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.counts)

    def __getitem__(self, rows) -> "UnitCells":
        """Return some of the rows."""
        return UnitCells(self.low[rows], self.high[rows], self.counts[rows], self.sets[rows])

    def settled(self, column: int, value: float) -> "UnitCells":
        """Return the rows with one criterion settled at a value, 0 to 1."""
        low, high = self.low.copy(), self.high.copy()
        low[:, column] = high[:, column] = value
        return replace(self, low=low, high=high)

    def without(self, columns: np.ndarray) -> "UnitCells":
        """Return the rows, each with one criterion out of the sum."""
        rows = np.arange(len(self))
        low, high, counts = self.low.copy(), self.high.copy(), self.counts.copy()
        low[rows, columns] = high[rows, columns] = 0
        counts[rows, columns] = False
        return replace(self, low=low, high=high, counts=counts)

    def alike(self, others: "UnitCells") -> np.ndarray:
        """Return which rows have the same cells in the sum, and weights, as those beside them."""
        return (self.counts == others.counts).all(axis=1) & (self.sets == others.sets)

    def kinds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the first row of each kind, and the kind of each row.

        UnitCells of one kind have the same cells and compare alike. The kinds are in such an order
        that those with the same cells in the sum lie together.
        """
        keys = np.concatenate([self.sets[:, None], self.counts, self.low, self.high], axis=1)
        _, first, kind = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        return first, kind.reshape(-1)


def unit_cells(study: Study, cells: CellValues) -> UnitCells:
    """Return the cells of every unit on the criteria that bear weight in the total."""
    weights = weighting(study)
    columns = weights.columns
    counts = (cells.counts & weights.bears(cells.counts.shape[1]))[:, columns]
    low, high = (np.where(counts, part[:, columns], 0.0) for part in (cells.low, cells.high))
    return UnitCells(low, high, counts, weights.of_unit)
