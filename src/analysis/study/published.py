"""How a published count or score names what it speaks of: its levels, units and weights."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd


def levels_of(text: str) -> list[str]:
    """Return the levels that a total counts together."""
    return text.split(";")


def listed_units(text: str) -> list[str]:
    """Return the units that a total names one by one; none where it names them otherwise."""
    # No unit's id holds an equals sign, so the three ways of naming cannot be mistaken.
    return text.split(";") if text and "=" not in text else []


def units_among(units: pd.DataFrame, text: str) -> np.ndarray:
    """Return which units a total counts, shape (units,), bool.

    Args:
        units: the rows of ``units.csv``.
        text: empty for all; a column and its value, as in ``country=Wales``; or ids joined by
            ``;``.
    """
    if not text:
        return np.ones(len(units), dtype=bool)
    column, equals, name = text.partition("=")
    if equals:
        if column not in units.columns:
            return np.zeros(len(units), dtype=bool)
        return (units[column] == name).to_numpy(dtype=bool)
    return units["unit_id"].isin(listed_units(text)).to_numpy(dtype=bool)


def weights_of(text: str) -> list[tuple[str, Fraction]]:
    """Return the weights that a publisher gave, each with the criterion or group that it is of."""
    parts = [part.split("=") for part in text.split(";") if part]
    return [(name, Fraction(number)) for name, number in parts]


HALF_UP, HALF_EVEN, DOWN, UP = "half_up", "half_even", "down", "up"
"""How a publisher rounded to a step."""


@dataclass(frozen=True)
class ScoreEnds:
    """Between which ends a published score lay before it was rounded, on 0 to 100, exact.

    Attributes:
        low: the lower end.
        high: the upper end.
        low_in: whether the lower end itself is possible.
        high_in: whether the upper end is.
    """

    low: Fraction
    high: Fraction
    low_in: bool = True
    high_in: bool = True


def score_ends(row) -> ScoreEnds:
    """Return the ends that a row of ``published_scores.csv`` gives, or that its rounding leaves.

    Where nothing says how it was rounded, within half a step, both ends included.
    """
    if row.lowest and row.highest:
        return ScoreEnds(Fraction(row.lowest), Fraction(row.highest))
    score, step = Fraction(row.score), Fraction(row.step)
    exact = step == 0
    if row.rounding == DOWN:
        return ScoreEnds(score, score + step, high_in=exact)
    if row.rounding == UP:
        return ScoreEnds(score - step, score, low_in=exact)
    low, high = score - step / 2, score + step / 2
    if row.rounding == HALF_UP:
        return ScoreEnds(low, high, high_in=exact)
    # To an even multiple both halves beside it are rounded, to an odd one neither.
    both = row.rounding != HALF_EVEN or exact or score / step % 2 == 0
    return ScoreEnds(low, high, both, both)


def rounding_words(row) -> str:
    """Say how a published score was rounded, as ", rounded down to 1"; empty: not at all."""
    if row.lowest and row.highest:
        return f", between {row.lowest} and {row.highest}"
    if not Fraction(row.step):
        return ""
    how = {HALF_UP: ", halves up,", HALF_EVEN: ", halves to even,", DOWN: " down", UP: " up"}
    return f", rounded{how.get(row.rounding, '')} to {row.step}"
