"""One rule by which every score, share and bound is rounded for display."""

from collections.abc import Collection
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

_ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
_NOISE = 5e-13  # floats no further apart than this are the same


def rounded(
    value: float,
    decimals: int,
    rounding: str,
    ends: Collection[float | Decimal] = (0, 100),
    positive: bool = False,
) -> str:
    """Return a number as text, rounded once.

    An end of a scale is shown only if the value is exactly that. A value that would round to an end
    gets as many more decimals as it needs: 99.97 is shown as 99.97, not as 100.

    Floats are first rounded to nine decimals, so that ties stay ties: 12.5 computed as
    12.499999999999998 still rounds as 12.5 does.

    Args:
        value: the number.
        decimals: how many decimals are shown.
        rounding: ``half_up`` or ``half_even``.
        ends: the ends of the scale, which mean none and all.
        positive: whether the number is known to be above 0, however small, such as a weight.
    """
    value = float(value)
    exact = Decimal(repr(round(value, 9)))
    noise = 0 if positive and not exact else _NOISE
    if exact in ends and abs(value - int(exact)) > noise:
        exact = Decimal(repr(value))
    step = Decimal(1).scaleb(-decimals)
    while (near := exact.quantize(step, rounding=_ROUNDING[rounding])) in ends and near != exact:
        step = step.scaleb(-1)
    return format(near if near else abs(near), "f")
