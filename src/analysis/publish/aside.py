"""What of a build is made aside: the charts and the briefings.

What makes it is imported there and not here.
"""

from concurrent.futures import Executor

from analysis.measure.results import Results
from analysis.measure.statements import Statement, interval_sensitivity, statements
from analysis.second_process import Awaited
from analysis.show.drawing import Drawn


class Begun:
    """What of a build is made aside; what is needed first is begun first.

    Attributes:
        named: every named statement of the results, by its id.
        charts: every chart, drawn; see :func:`analysis.show.charts.all_charts`.
        briefings: the briefing on each unit as PDF, by the unit's id.
    """

    def __init__(self, results: Results, aside: Executor):
        """Begin all of it."""
        alone = results.quiet()
        named = statements(results)
        self.charts = Awaited(aside, drawn_charts, alone, named)
        self.briefings = Awaited(aside, _briefings, alone)
        self.named = named | interval_sensitivity(results)


def drawn_charts(results: Results, named: dict[str, Statement]) -> list[Drawn]:
    """Return every chart, drawn; see :func:`analysis.show.charts.all_charts`."""
    from analysis.show.charts import all_charts

    return [chart.drawn() for chart in all_charts(results, named)]


def _briefings(results: Results) -> dict[str, bytes]:
    from analysis.publish.briefings import briefings

    return dict(briefings(results))
