"""What of a build is begun aside: no more than the parts that are asked for need."""

from collections.abc import Sequence
from concurrent.futures import Executor

from analysis.measure.results import Results
from analysis.measure.statements import interval_sensitivity, statements
from analysis.publish.aside import Begun, drawn_charts
from analysis.publish.parts import in_order
from analysis.second_process import Awaited


def begin(results: Results, aside: Executor, parts: Sequence[str] = ()) -> Begun:
    """Begin what is made aside for these parts of a build; none named: for all."""
    return (Begun if "briefings" in in_order(parts) else _ChartsAlone)(results, aside)


class _ChartsAlone(Begun):
    """What is made aside for a build that leaves the briefings out."""

    def __init__(self, results: Results, aside: Executor):
        named = statements(results)
        self.charts = Awaited(aside, drawn_charts, results.quiet(), named)
        self.named = named | interval_sensitivity(results)
