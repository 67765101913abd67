"""The charts. Each takes results, draws one tidy table, and says in words what it shows."""

from analysis.measure.figures import comparable_figures
from analysis.measure.national import asked_criteria
from analysis.measure.results import Results
from analysis.show.charts.coverage import coverage_chart
from analysis.show.charts.figures import figures_chart
from analysis.show.charts.intervals import intervals_chart
from analysis.show.charts.matrix import matrix_chart
from analysis.show.charts.order import can_be_drawn, order_chart, order_left_out
from analysis.show.charts.reach import reach_chart
from analysis.show.charts.tiles import tile_map
from analysis.show.charts.timeline import timeline_chart
from analysis.show.style import Chart, Named

__all__ = [
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


def all_charts(results: Results, named: Named) -> list[Chart]:
    """Return every chart that the study has data for, in the order of the report."""
    charts = [intervals_chart(results, named), tile_map(results, named)]
    # A study whose recommendations were none of them read asks nothing yet.
    if len(asked_criteria(results.study)):
        charts = [matrix_chart(results, named), *charts, coverage_chart(results, named)]
    if can_be_drawn(results):
        charts.append(order_chart(results, named))
    elif any(not one.apart for one in results.order):
        charts.append(order_left_out(results))
    if (results.study["events"]["date"] != "").any():
        charts.append(timeline_chart(results, named))
    if len(comparable_figures(results.study)):
        charts.append(figures_chart(results, named))
    return charts
