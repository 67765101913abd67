"""Published figures side by side, and where they cannot all count the same thing."""

from decimal import Decimal
from itertools import permutations

import pandas as pd

from analysis.frames import each_row
from analysis.study import Study
from analysis.study.dates import first_days, last_days


def comparable_figures(study: Study) -> pd.DataFrame:
    """Return the figures that a study compares, with their days as numbers.

    Returns:
        The rows of ``figures.csv`` that name a comparison and a whole period, with ``first``
        and ``last``, the outermost days that the period can have (day numbers).
    """
    table = study["figures"]
    table = table.assign(
        first=first_days(table["period_start"]), last=last_days(table["period_end"])
    )
    table = table[(table["comparison"] != "") & table["first"].notna() & table["last"].notna()]
    # Leave out a figure that is the only one of its comparison.
    return table[table.groupby("comparison")["figure_id"].transform("size") > 1]


def irreconcilable(study: Study) -> pd.DataFrame:
    """Return the pairs of figures where the shorter period has the larger count.

    Two figures of one comparison do not reconcile when the period of one lies within the
    other's, each taken at its widest, and yet its value is larger. A figure published as "at
    least" is never too small for another, and an estimate clashes with nothing.

    Returns:
        ``comparison``, ``inner`` and ``outer`` (figure ids), ``inner_value``, ``outer_value``.
    """
    rows = []
    figures = comparable_figures(study)
    for comparison, group in figures.groupby("comparison", sort=False):
        for inner, outer in permutations(each_row(group), 2):
            within = outer.first <= inner.first and inner.last <= outer.last
            firm = outer.qualifier == "" and inner.qualifier != "estimate"
            if within and firm and Decimal(inner.value) > Decimal(outer.value):
                rows.append(
                    (comparison, inner.figure_id, outer.figure_id, inner.value, outer.value)
                )
    columns = ["comparison", "inner", "outer", "inner_value", "outer_value"]
    return pd.DataFrame(rows, columns=columns)
