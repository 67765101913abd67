"""Parse what a published count or score refers to: its levels, units, weights and rounding."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd


def levels_of(text: str) -> list[str]:
    """Return the levels that a total counts together."""
    return text.split(";")


def listed_units(text: str) -> list[str]:
    """Return the units that a total names one by one; empty if it names them in another way."""
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
    """Return the weights that a publisher gave, each after its criterion or group."""
    parts = [part.split("=") for part in text.split(";") if part]
    return [(name, Fraction(number)) for name, number in parts]


HALF_UP, HALF_EVEN, DOWN, UP = "half_up", "half_even", "down", "up"
"""How a publisher rounded to a step."""


@dataclass(frozen=True)
class ScoreEnds:
    """The interval of a published score before it was rounded, on 0 to 100, exact.

    Attributes:
        low: the lower bound.
        high: the upper bound.
        low_in: whether the interval includes its lower bound.
        high_in: whether it includes its upper bound.
    """

    low: Fraction
    high: Fraction
    low_in: bool = True
    high_in: bool = True


def score_ends(row) -> ScoreEnds:
    """Return the interval that a row of ``published_scores.csv`` gives, or its rounding implies.

    If the rounding is not stated, it is half a step on either side, both bounds included.
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
    # Halves to even: both midpoints beside an even multiple round to it, beside an odd one neither.
    both = row.rounding != HALF_EVEN or exact or score / step % 2 == 0
    return ScoreEnds(low, high, both, both)


def rounding_words(row) -> str:
    """Say how a published score was rounded, such as ", rounded down to 1"; empty: not at all."""
    if row.lowest and row.highest:
        return f", between {row.lowest} and {row.highest}"
    if not Fraction(row.step):
        return ""
    how = {HALF_UP: ", halves up,", HALF_EVEN: ", halves to even,", DOWN: " down", UP: " up"}
    return f", rounded{how.get(row.rounding, '')} to {row.step}"
