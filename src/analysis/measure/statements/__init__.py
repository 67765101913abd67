"""Named statements: every figure that prose uses, with its definition and the rows behind it.

Notebooks and the report take their numbers from here and from nowhere else, so that a figure
is written once and can be walked back.
"""

from collections.abc import Iterator

from analysis.measure.results import Results
from analysis.measure.statements import holdings, order, over_time, published, readings, scores
from analysis.measure.statements.order import SURE, given, surely_above
from analysis.measure.statements.record import Statement
from analysis.measure.statements.sensitivity import interval_sensitivity, sensitivity_statements

__all__ = [
    "SURE",
    "Statement",
    "given",
    "interval_sensitivity",
    "sensitivity_statements",
    "statements",
    "surely_above",
]


def statements(results: Results) -> dict[str, Statement]:
    """Return every named statement of the results, by id."""
    return {one.id: one for one in _made(results)}


def _made(results: Results) -> Iterator[Statement]:
    for module in (holdings, scores, published, over_time, readings, order):
        for part in module.PARTS:
            yield from part(results)
