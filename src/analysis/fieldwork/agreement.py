"""Intercoder agreement, with no figure where there are too few cells to support one.

It gives percentage agreement, Krippendorff's alpha (Krippendorff, Content Analysis, 4th edition,
2019, chapter 12) by the package ``krippendorff``, and a bootstrap interval over units. Coders are
compared on the state of each cell at a date, as it follows from each coder's own rows.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import krippendorff
import numpy as np
import pandas as pd

from analysis.fieldwork.coded_cells import NO_ROW, coded_states
from analysis.study import Study, as_coded, data_read_on, readers, states
from analysis.study import vocabulary as v
from analysis.study.codebook import Level, level_names, level_values
from analysis.study.rounding import rounded
from analysis.wording import capital, some_of

LEVELS, CODES = "levels alone, ordinal", "levels and unknowns, nominal"
FEWEST_CELLS = 20
"""The fewest cells for which alpha is given: with fewer, a single cell would change it too much."""
FEWEST_UNITS = 10
"""The fewest units for which a bootstrap interval is given, since it resamples whole units."""
RESAMPLES, SEED = 1000, 20201217
ALL = "all criteria"


@dataclass(frozen=True)
class Agreement:
    """How far coders agree on one set of cells, by one measure.

    Attributes:
        criterion_id: the criterion, or :data:`ALL`.
        measure: :data:`LEVELS` or :data:`CODES`.
        cells: number of cells to which at least two coders gave a value that this measure counts.
        same: number of these cells on which all their coders agree.
        percent: ``same`` as a share of ``cells``, 0 to 100; ``None`` if there are no cells.
        alpha: Krippendorff's alpha, at most 1; ``None`` where it would not be meaningful.
        low: lower end of the 95 per cent bootstrap interval of alpha. It is ``None`` if no
            interval was asked for, if there are fewer than :data:`FEWEST_UNITS` units, or if all
            coders agree: a bootstrap cannot draw a disagreement that was not observed.
        high: upper end of this interval; ``None`` where ``low`` is.
        why_none: why there is no alpha; empty if there is one.
        round: the round of coding; empty for all rounds together.
    """

    criterion_id: str
    measure: str
    cells: int
    same: int
    percent: float | None
    alpha: float | None
    low: float | None
    high: float | None
    why_none: str
    round: str = ""


def agreement(
    study: Study,
    as_of: dt.date | None = None,
    resamples: int = RESAMPLES,
    names: Sequence[str] | None = None,
    table: pd.DataFrame | None = None,
) -> list[Agreement]:
    """Return the agreement of a study's coders, by criterion and over all, on both measures.

    On :data:`LEVELS` a cell counts if at least two coders give it a level. On :data:`CODES` a
    cell counts if at least two coders read it, and having no row is a category of its own.

    Args:
        study: the study.
        as_of: the date of the states; default: the day on which the data were last read.
        resamples: number of bootstrap samples for each interval; 0 for no interval.
        names: the criteria to measure, or :data:`ALL`; default: each criterion and all together.
        table: the result of :func:`coded_states`, if the caller has it already.
    """
    table = coded_states(study, as_of) if table is None else table
    names = names or [ALL, *study["criteria"]["criterion_id"]]
    results = []
    for measure in (LEVELS, CODES):
        recoded = _by_rank(table, study) if measure == LEVELS else _by_name(table, study)
        for name in names:
            cells = recoded if name == ALL else recoded[recoded["criterion_id"] == name]
            domain = sorted(_values(cells, study))
            results.append(measured(cells, readers(study), domain, name, measure, resamples))
    return results


def level_order(study: Study) -> list[str]:
    """Return the names of the levels (:func:`level_names`) in ascending order of value."""
    values, names = level_values(study), level_names(study)
    ascending = sorted(values, key=lambda level: values[level])
    return list(dict.fromkeys(names[level] for level in ascending))


def _by_name(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the table of :func:`coded_states` with each level under a name unique to it."""
    names = level_names(study)
    if all(name == level for (_, level), name in names.items()):
        return table
    return _recoded(table, study, lambda key: names.get(key, key[1]))


def _by_rank(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the table of :func:`coded_states` with levels as ranks, and unknowns as ``None``.

    Levels are ranked by their values on their own scales, across all scales: levels with the same
    value share a rank, whatever their names.
    """
    values = level_values(study)
    rank = {value: position for position, value in enumerate(sorted(set(values.values())))}
    return _recoded(table, study, lambda key: rank[values[key]] if key in values else None)


def _recoded(table: pd.DataFrame, study: Study, value: Callable[[Level], object]) -> pd.DataFrame:
    """Return the table with each state replaced by the value of a function of scale and state."""
    scale = table["criterion_id"].map(study.lookup("criteria", "scale_id"))
    value, changed = cache(value), {}
    for name in readers(study):
        states = [value(key) for key in zip(scale, table[name], strict=True)]
        changed[name] = pd.Series(states, index=table.index, dtype=object)
    return table.assign(**changed)


def measured(
    cells: pd.DataFrame,
    names: list[str],
    domain: list[str],
    criterion_id: str,
    measure: str,
    resamples: int = RESAMPLES,
) -> Agreement:
    """Return the agreement on some cells.

    Args:
        cells: one row per cell, with ``unit_id`` and a column for each coder.
        names: the coders.
        domain: the values that count, in order where the measure is ordinal; any other value
            counts as not coded.
        criterion_id: the criterion of the cells, or :data:`ALL`.
        measure: :data:`LEVELS` (ordinal) or :data:`CODES` (nominal).
        resamples: number of bootstrap samples for the interval; 0 for no interval.
    """
    counts = value_counts(cells[names], domain)
    kept = counts.sum(axis=1) > 1
    counts, units = counts[kept], cells["unit_id"].to_numpy()[kept]
    total = len(counts)
    same = int((counts.max(axis=1) == counts.sum(axis=1)).sum()) if total else 0
    percent = 100 * same / total if total else None
    why = _why_none(counts, len(names))
    scale = "ordinal" if measure == LEVELS else "nominal"
    alpha = low = high = None
    if not why:
        alpha = float(krippendorff.alpha(value_counts=counts, level_of_measurement=scale))
        if resamples and same < total and len(set(units)) >= FEWEST_UNITS:
            low, high = bootstrap(counts, units, scale, resamples)
    return Agreement(criterion_id, measure, total, same, percent, alpha, low, high, why)


def value_counts(codes: pd.DataFrame, domain: list[str]) -> np.ndarray:
    """Return how many coders gave each value to each cell, shape (cells, values)."""
    given = codes.to_numpy(dtype=object)
    counts = [(given == value).sum(axis=1) for value in domain]
    return np.array(counts, dtype=int).reshape(len(domain), len(codes)).T


def bootstrap(
    counts: np.ndarray, units: np.ndarray, scale: str, resamples: int
) -> tuple[float, float]:
    """Return the 95 per cent percentile interval of alpha, resampling units with replacement.

    Whole units are drawn, since the cells of one unit rest on the same documents. In samples
    with a single value alpha is not defined: they count as full agreement.
    """
    codes, _ = pd.factorize(units)
    counts = counts[:, counts.any(axis=0)].astype(float)  # drop unused values
    values = counts.shape[1]
    # Coincidences of a cell: ordered pairs of its coders' values, divided by its coders less one.
    share = counts / (counts.sum(axis=1, keepdims=True) - 1)
    unit_count = codes.max() + 1
    unit_coincidences = np.zeros((unit_count, values, values))
    for value in range(values):
        pairs = share[:, [value]] * counts
        pairs[:, value] -= share[:, value]
        np.add.at(unit_coincidences[:, value], codes, pairs)
    alphas = []
    for draws in np.array_split(
        _draws(unit_count, resamples), max(1, resamples * values**2 // 10**6)
    ):
        coincidences = np.tensordot(draws, unit_coincidences, axes=1)
        alphas.extend(_alphas(coincidences, scale))
    low, high = np.percentile(alphas, [2.5, 97.5])
    return float(low), float(high)


@cache
def _draws(number: int, resamples: int) -> np.ndarray:
    """Return how often each bootstrap sample draws each unit, shape (resamples, units)."""
    drawn = np.random.default_rng(SEED).integers(number, size=(resamples, number))
    return np.array([np.bincount(sample, minlength=number) for sample in drawn], dtype=float)


def _alphas(coincidences: np.ndarray, scale: str) -> np.ndarray:
    """Return alpha of coincidence matrices of shape (samples, values, values)."""
    sums = coincidences.sum(axis=2)
    # Nominal values differ by 1 or 0; ordinal values by the squared distance of their mean ranks.
    rank = sums.cumsum(axis=1) - sums / 2
    nominal_distance = 1 - np.eye(coincidences.shape[1])
    distance = (
        (rank[:, :, None] - rank[:, None]) ** 2 if scale == "ordinal" else nominal_distance[None]
    )
    observed = (coincidences * distance).sum(axis=(1, 2))
    expected = (sums[:, :, None] * sums[:, None] * distance).sum(axis=(1, 2))
    expected /= sums.sum(axis=1) - 1
    varied = (sums > 0).sum(axis=1) > 1
    return np.where(varied, 1 - observed / np.where(varied, expected, 1), 1.0)


def disagreements(study: Study, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return every cell on which coders differ, with each coder's state, evidence and reason.

    ``table`` is the result of :func:`coded_states`, if the caller has it already.

    Returns:
        One row for each coder who read the cell, with the rows of a cell together. The columns
        are ``unit_id``, ``criterion_id``, ``coder``, ``state`` and, from the coder's row behind
        the state, ``observed_on``, ``evidence_ids``, ``confidence`` and ``rationale``.
    """
    as_of, names = data_read_on(study), readers(study)
    table = coded_states(study) if table is None else table
    differ = table[differing(table[names])]
    parts = []
    for coder in names:
        own = as_coded(study, coder)
        cells_read = differ.loc[differ[coder].notna(), ["unit_id", "criterion_id"]]
        cells = states(own, as_of, as_of).cells.merge(cells_read.reset_index()).set_index("index")
        cells = cells[["unit_id", "criterion_id", "state", "observed_on", "evidence_ids", "row"]]
        cells["state"] = cells["state"].where(cells["row"] >= 0, NO_ROW)
        for column in ("confidence", "rationale"):
            texts = own["assessments"][column].reindex(cells["row"], fill_value="")
            cells[column] = texts.to_numpy()
        parts.append(cells.assign(coder=coder))
    columns = ["unit_id", "criterion_id", "coder", "state", "observed_on", "evidence_ids",
               "confidence", "rationale"]  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts).sort_index(kind="stable")[columns].reset_index(drop=True)


def differing(values: pd.DataFrame) -> np.ndarray:
    """Return, for each row, whether two of its values differ; missing values do not count."""
    if values.empty:
        return np.zeros(len(values), dtype=bool)
    codes, _ = pd.factorize(values.to_numpy(dtype=object).ravel())
    codes = np.ma.masked_less(codes.reshape(values.shape), 0)
    return (codes.max(axis=1) != codes.min(axis=1)).filled(False)


def confusion(study: Study, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return how often each pair of values occurs, over all pairs of coders of a cell.

    ``table`` is the result of :func:`coded_states`, if the caller has it already.

    Returns:
        A symmetric table with the values, levels first, as index and columns; a pair of equal
        values counts once on the diagonal, a pair of different values once on each side.
    """
    table = _by_name(coded_states(study) if table is None else table, study)
    given = _values(table, study)
    order = [*reversed(level_order(study)), *v.UNKNOWNS, NO_ROW]
    values = [value for value in order if value in given]
    counts = value_counts(table[readers(study)], values)
    pairs = counts.T @ counts
    equal = np.diag(pairs) - counts.sum(axis=0)
    np.fill_diagonal(pairs, equal // 2)
    return pd.DataFrame(pairs, index=values, columns=values)


def _values(cells: pd.DataFrame, study: Study) -> set[str]:
    return {value for name in readers(study) for value in cells[name].dropna().unique()}


def _why_none(counts: np.ndarray, coder_count: int) -> str:
    """Return why alpha would not be meaningful; in most of these cases the library raises."""
    if coder_count < 2:
        return "only one coder" if coder_count else "nobody has coded yet"
    if len(counts) == 0:
        return "no cell is coded by two"
    if len(counts) < FEWEST_CELLS:
        return f"too few cells to carry a figure (fewer than {FEWEST_CELLS})"
    if (counts.sum(axis=0) > 0).sum() == 1:
        return "all gave the same value everywhere, so that agreement by chance cannot be ruled out"
    return ""


def in_words(result: Agreement) -> str:
    """Return an agreement as a sentence that gives the number of cells with each figure."""
    if not result.cells:
        return f"{capital(result.why_none)}."
    sentence = f"The coders agree on {some_of(result.same, result.cells, 'cell', 'cells')}"
    if result.alpha is None:
        return f"{sentence}; no alpha: {result.why_none}."
    if result.same == result.cells:
        return f"{sentence}; where all agree, alpha is 1 by definition and says little."
    interval = ""
    if result.low is not None and result.high is not None:
        interval = f" (95 per cent bootstrap interval {_two_decimals(result.low)} to {_two_decimals(result.high)})"
    return f"{sentence}; Krippendorff's alpha {_two_decimals(result.alpha)}{interval}."


def _two_decimals(value: float) -> str:
    return rounded(value, 2, "half_even", ends=(1,))  # 1.00 only where all agree


def as_table(results: Iterable[Agreement]) -> pd.DataFrame:
    """Return agreements as a table with a sentence each; ``round`` only if any has one."""
    table = pd.DataFrame([{**vars(result), "in_words": in_words(result)} for result in results])
    if len(table) and table["round"].any():
        return table
    return table.drop(columns="round", errors="ignore")
