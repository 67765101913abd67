"""Named figures: every figure that prose uses, with its definition and the rows behind it.

Notebooks and the report take their numbers only from here, so that a figure is defined once and can
be traced to its rows.
"""

from collections.abc import Iterable, Iterator
from types import ModuleType

from analysis.frames import RowKey
from analysis.measure.figures import (
    findings,
    inventory,
    order,
    over_time,
    published,
    readings,
    scores,
)
from analysis.measure.figures.named import About, NamedFigure, unnamed_figures
from analysis.measure.figures.order import (
    SURE,
    interval_sensitivity,
    published_rows_caveat,
    sensitivity_figures,
    surely_above,
)
from analysis.measure.results import Results
from analysis.measure.shown import Unnamed

__all__ = [
    "SURE",
    "About",
    "NamedFigure",
    "RowKey",
    "interval_sensitivity",
    "named_figures",
    "published_rows_caveat",
    "sensitivity_figures",
    "surely_above",
    "unit_figures",
]


def named_figures(results: Results) -> dict[str, NamedFigure]:
    """Return every named figure of the results, by id."""
    if isinstance(results, Unnamed):
        of_all_units = {figure.id: figure for figure in _figures_of(results.whole)}
        own = {figure.id: figure for figure in findings.finding_figures(results)}
        return unnamed_figures(results, of_all_units | own)
    return {figure.id: figure for figure in _figures_of(results)}


def unit_figures(results: Results) -> dict[str, NamedFigure]:
    """Return by id the named figures that the page of a unit uses, which are fewer and faster."""
    return {figure.id: figure for figure in _figures_of(results, _FOR_UNIT_PAGES)}


_ALL = inventory, scores, findings, published, over_time, readings, order
_FOR_UNIT_PAGES = scores, over_time, order


def _figures_of(results: Results, modules: Iterable[ModuleType] = _ALL) -> Iterator[NamedFigure]:
    for module in modules:
        for part in module.PARTS:
            yield from part(results)
