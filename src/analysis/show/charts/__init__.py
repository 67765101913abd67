"""The charts. Each takes results, draws one tidy table, and says in words what it shows."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.measure.national import asked_criteria
from analysis.measure.results import Results
from analysis.measure.side_by_side import comparable_figures
from analysis.show.charts.coverage import coverage_chart
from analysis.show.charts.figures import figures_chart
from analysis.show.charts.intervals import intervals_chart
from analysis.show.charts.matrix import matrix_chart
from analysis.show.charts.order import order_chart
from analysis.show.charts.reach import reach_chart
from analysis.show.charts.tiles import tile_map
from analysis.show.charts.timeline import timeline_chart
from analysis.show.style import Chart, Named
from analysis.study.places import has_map

__all__ = [
    "KINDS",
    "Kind",
    "all_charts",
    "coverage_chart",
    "figures_chart",
    "intervals_chart",
    "matrix_chart",
    "order_chart",
    "reach_chart",
    "tile_map",
    "timeline_chart",
]


@dataclass(frozen=True)
class Kind:
    """A kind of chart.

    Attributes:
        draw: draws it.
        lacking: says why there is nothing to draw; empty: there is.
        reported: whether the report has it.
    """

    draw: Callable[[Results, Named], Chart]
    lacking: Callable[[Results], str] = lambda results: ""
    reported: bool = True


def all_charts(results: Results, named: Named) -> list[Chart]:
    """Return every chart that the study has data for, in the order of the report."""
    reported = [kind for kind in KINDS.values() if kind.reported]
    return [kind.draw(results, named) for kind in reported if not kind.lacking(results)]


def _nothing_asked(results: Results) -> str:
    # A study whose recommendations were none of them read asks nothing yet.
    some = len(asked_criteria(results.study))
    return "" if some else "No criterion shown asks anything yet"


def _no_place(results: Results) -> str:
    if has_map(results.study):
        return ""
    return f"The study does not give a place on the map for {_those_shown(results, 'each of the')}"


def _no_pair(results: Results) -> str:
    if any(not one.apart for one in results.order):
        return ""
    if len(results.study["units"]) == 1:
        noun = results.study.settings.unit_noun.singular
        return f"Only one {noun} is shown, so there is none to compare it with"
    return f"None of {_those_shown(results)} is surely above another"


def _no_date(results: Results) -> str:
    dated = (results.study["events"]["date"] != "").any()
    return "" if dated else "The study has no event with a date"


def _no_comparable_figures(results: Results) -> str:
    some = len(comparable_figures(results.study))
    return "" if some else "The study has no two published figures on one subject"


def _nothing_known(results: Results) -> str:
    if len(results.sensitivity.known):
        return ""
    return f"No scored criterion has a known level for {_those_shown(results, 'any of the')}"


def _those_shown(results: Results, which: str = "the") -> str:
    """Return the units shown as words: "any of the 4 towns shown", "the one town shown"."""
    noun, count = results.study.settings.unit_noun, len(results.study["units"])
    if count == 1:
        return f"the one {noun.singular} shown"
    return f"{which} {count:,} {noun.plural} shown"


KINDS: dict[str, Kind] = {
    "matrix": Kind(matrix_chart, _nothing_asked),
    "intervals": Kind(intervals_chart),
    "map": Kind(tile_map, _no_place),
    "coverage": Kind(coverage_chart, _nothing_asked),
    "order": Kind(order_chart, _no_pair),
    "timeline": Kind(timeline_chart, _no_date),
    "published": Kind(figures_chart, _no_comparable_figures),
    "reach": Kind(reach_chart, _nothing_known, reported=False),
}
"""Every kind of chart by its name in ``results.plot``, in the order of the report."""
