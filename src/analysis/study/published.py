"""How a published count or score names what it speaks of: its levels, units and weights."""

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
