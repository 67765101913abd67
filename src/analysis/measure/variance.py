"""Which input the national mean owes its variance to, were all that is open drawn at random.

Variance-based indices (Sobol', Global sensitivity indices for nonlinear mathematical models,
2001): the first-order index of an input is the share of the variance that it explains by
itself, the total index the share that it has a part in. They are estimated from two samples
and their mixtures (Saltelli et al., Variance based sensitivity analysis of model output,
2010), with intervals from a bootstrap over the draws.

They need a distribution, and nothing here has one: a range of weights is declared, and an
unknown is unknown. So the indices say something of the assumption as well as of the study, and
are given under several, side by side. No bound and no statement rests on them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measure.choices import middle_levels
from analysis.measure.exact import scale_values
from analysis.measure.least_difference import Plan, plan, rows_of
from analysis.measure.scores import cell_values
from analysis.study import Matrix, Study

INPUTS = ("the weights", "the middle levels", "the unknown cells")
APART = "any value, each cell by itself"
ALIKE = "any value, the same for all on a criterion"
AT_LEVELS = "one of the levels, each cell by itself"
ASSUMPTIONS = (APART, ALIKE, AT_LEVELS)
"""What the unknown cells may be: uniform, between the scale's ends or over its levels."""

SEED = 20201217
SAMPLES = 2**12
RESAMPLES = 999
_BLOCK = 2**22  # cells drawn at once


def variance_shares(
    study: Study,
    matrix: Matrix,
    assumptions: tuple[str, ...] = ASSUMPTIONS,
    samples: int = SAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Return the share of the variance of the national mean score that each input explains.

    Every factor on a weight is uniform in the declared range, the value of each middle level
    between the midpoints to its neighbours, and every unknown cell as assumed; all apart from
    each other. The mean is over the units with a score.

    Args:
        study: the study.
        matrix: the states at a date.
        assumptions: those of :data:`ASSUMPTIONS` to try.
        samples: draws of either sample, a power of two.
        seed: of the draws and of the bootstrap.

    Returns:
        ``assumption``, ``input`` (of :data:`INPUTS`), ``first`` and ``total``, each with
        ``_low`` and ``_high``, the ends of its interval at 95 per cent: shares of the
        variance, which estimates may miss a little beyond 0 and 1. ``deviation`` is the
        standard deviation of the mean score under the assumption, 0 to 100. Where nothing
        varies there is nothing to share, and no row.
    """
    rows = []
    for assumption in assumptions:
        model = _model(study, matrix, assumption)
        drawn = _evaluated(model, samples, np.random.default_rng(seed)) if model else None
        if drawn is None or np.ptp(drawn["f_A"]) < 1e-12:
            continue
        deviation = 100 * float(np.std(np.concatenate([drawn["f_A"], drawn["f_B"]])))
        estimate, low, high = _indices(drawn, samples, seed)
        for place, name in enumerate(INPUTS):
            ends = [part[order, place] for order in (0, 1) for part in (estimate, low, high)]
            rows.append((assumption, name, *map(float, ends), deviation))
    parts = [f"{order}{end}" for order in ("first", "total") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["assumption", "input", *parts, "deviation"])


@dataclass(frozen=True)
class _Model:
    """The national mean as a function of draws that are uniform on 0 to 1.

    Attributes:
        plan: the tree and its box.
        counts: which cells are in the sum, shape (units, criteria with weight).
        sets: number of each unit's set of weights.
        place: place of each settled cell's level among its scale's, by value; −1: unknown.
        values: for each criterion, its scale's values in order.
        moving: for each criterion, the places among these that are middle levels, and their
            column among the draws of the middle levels, lowest and highest value.
        middles: how many middle levels there are.
        assumption: see :data:`ASSUMPTIONS`.
    """

    plan: Plan
    counts: np.ndarray
    sets: np.ndarray
    place: np.ndarray
    values: list[np.ndarray]
    moving: list[list[tuple[int, int, float, float]]]
    middles: int
    assumption: str

    def drawn(self, draws: np.random.Generator, many: int) -> list[np.ndarray]:
        """Return draws of each of :data:`INPUTS`, the first axis of length ``many``."""
        units, criteria = self.counts.shape
        weights = sum(len(group.parts) for group in self.plan.groups)
        shape = (many, 1 if self.assumption == ALIKE else units, criteria)
        return [draws.random((many, weights)), draws.random((many, self.middles)),
                draws.random(shape)]  # fmt: skip

    def mean(self, weights: np.ndarray, middles: np.ndarray, unknown: np.ndarray) -> np.ndarray:
        """Return the national mean of every draw, 0 to 1."""
        held = [self._cells(c, middles, unknown[:, :, c]) for c in range(len(self.values))]
        there = [self.counts[:, c] for c in range(len(self.values))]
        start = 0
        for group in self.plan.groups:
            top, bottom = 0.0, np.zeros(1)
            raw = group.weights_of(self.sets).T
            for number, (part, weight) in enumerate(zip(group.parts, raw, strict=True)):
                # Only the ratio of the highest to the lowest factor matters: the rest cancels.
                factor = 1 + float(group.ratio - 1) * weights[:, start + number, None]
                share = weight * factor * there[part]
                top, bottom = top + share * held[part], bottom + share
            start += len(group.parts)
            held.append(top / np.where(bottom > 0, bottom, 1))
            there.append(np.logical_or.reduce([there[part] for part in group.parts]))
        return held[-1].mean(axis=1)

    def _cells(self, column: int, middles: np.ndarray, unknown: np.ndarray) -> np.ndarray:
        """Return the value of every unit's cell on a criterion, shape (draws, units)."""
        levels = np.tile(self.values[column], (len(middles), 1))
        for place, number, lowest, highest in self.moving[column]:
            levels[:, place] = lowest + (highest - lowest) * middles[:, number]
        settled = levels[:, self.place[:, column]]
        if self.assumption == AT_LEVELS:
            chosen = (unknown * levels.shape[1]).astype(int)
            open_ = np.take_along_axis(levels, chosen, axis=1)
        else:
            open_ = levels[:, [0]] + (levels[:, [-1]] - levels[:, [0]]) * unknown
        return np.where(self.place[:, column] < 0, open_, settled)


def _model(study: Study, matrix: Matrix, assumption: str) -> _Model | None:
    laid = plan(study)
    columns = list(laid.columns)
    rows = rows_of(study, cell_values(study, matrix))
    counts = rows.counts
    scored = counts.any(axis=1)
    if not scored.any():
        return None
    grid = matrix.grid().to_numpy()[:, columns][scored]
    middle = middle_levels(study)
    scales, values, moving = scale_values(study), [], []
    place = np.full(grid.shape, -1)
    for number, scale in enumerate(study["criteria"]["scale_id"].iloc[columns]):
        ordered = sorted(scales[scale], key=scales[scale].get)
        values.append(np.array([float(scales[scale][level]) for level in ordered]))
        moving.append(
            [(ordered.index(one.level), column, float(one.lowest), float(one.highest))
             for column, one in enumerate(middle) if one.scale == scale]
        )  # fmt: skip
        for at, level in enumerate(ordered):
            place[grid[:, number] == level, number] = at
    return _Model(
        laid, counts[scored], rows.sets[scored], place, values, moving, len(middle), assumption
    )


def _evaluated(model: _Model, samples: int, draws: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the mean on two samples, and on the first with each input from the second."""
    parts = []
    for many in _blocks(samples, model.counts.size):
        one, other = model.drawn(draws, many), model.drawn(draws, many)
        mixed = [
            [other[n] if n == taken else one[n] for n in range(len(INPUTS))]
            for taken in range(len(INPUTS))
        ]
        parts.append([model.mean(*inputs) for inputs in (one, other, *mixed)])
    first, second, *mixed = np.concatenate(parts, axis=1)
    return {"f_A": first, "f_B": second, "f_AB": np.array(mixed)}


def _blocks(samples: int, cells: int) -> Iterator[int]:
    step = max(1, _BLOCK // cells)
    return (min(step, samples - start) for start in range(0, samples, step))


def _indices(drawn: dict[str, np.ndarray], samples: int, seed: int) -> list[np.ndarray]:
    """Return the indices and the ends of their intervals, each of shape (2, inputs)."""
    # Loaded here: it takes long, and nothing else needs it.
    from scipy.stats import bootstrap, sobol_indices

    def indices(chosen: np.ndarray) -> np.ndarray:
        held = {name: part[..., None, chosen] for name, part in drawn.items()}
        found = sobol_indices(func=held, n=samples)
        return np.stack([found.first_order, found.total_order])

    found = bootstrap(
        (np.arange(samples),),
        indices,
        vectorized=False,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    ends = found.confidence_interval
    return [indices(np.arange(samples)), ends.low, ends.high]
