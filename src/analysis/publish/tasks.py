"""What a build makes in the background: the charts and the briefings.

Tasks find the results in a folder, and leave there what they make. What makes it is imported in
the background, and here only where it has to be made here.
"""

import pickle
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.background import Task
from analysis.measure.figures import NamedFigure, interval_sensitivity, named_figures
from analysis.measure.results import Results
from analysis.publish.scratch import scratch_folder
from analysis.show.drawing import Drawn

if TYPE_CHECKING:
    from analysis.publish.briefings import Briefings

_GIVEN, _CHARTS = "given.pickle", "charts.pickle"


class Tasks:
    """The tasks of one build.

    Attributes:
        named: every named figure of the results, by its id.
    """

    def __init__(self, results: Results, executor: Executor, parts: Sequence[str]):
        """Begin them, the charts first; the briefings only if they are among the parts."""
        self._results = results
        named = named_figures(results)
        self._folder = scratch_folder(self)
        (self._folder / _GIVEN).write_bytes(pickle.dumps((results.without_progress(), named)))
        self._charts = Task(executor, _draw, str(self._folder))
        self._units = list(results.study["units"]["unit_id"]) if "briefings" in parts else []
        self._briefings = Task(executor, _set, str(self._folder)) if self._units else None
        self._statements = named
        self.named = named | interval_sensitivity(results)

    @cached_property
    def charts(self) -> list[Drawn]:
        """Every chart, drawn; see :func:`analysis.show.charts.all_charts`."""
        if self._charts.done():
            return pickle.loads((self._folder / _CHARTS).read_bytes())
        return drawn_charts(self._results, self._statements)

    def briefings(self) -> dict[str, bytes]:
        """Return the briefing on each unit; here and in the background they are made by turns."""
        if self._briefings is None:
            return {}
        made = {}
        # From the end, for in the background they are made from the beginning.
        for unit in reversed(self._units):
            if not _claim(self._folder, unit):
                break
            made[unit] = self._here.pdf(unit)
        done = self._briefings.done()
        for unit in self._units[: len(self._units) - len(made)]:
            made[unit] = _file(self._folder, unit).read_bytes() if done else self._here.pdf(unit)
        return made

    @cached_property
    def _here(self) -> "Briefings":
        return _briefings(self._results)


def drawn_charts(results: Results, named: dict[str, NamedFigure]) -> list[Drawn]:
    """Return every chart, drawn; see :func:`analysis.show.charts.all_charts`."""
    from analysis.show.charts import all_charts

    return [chart.drawn() for chart in all_charts(results, named)]


def _briefings(results: Results) -> "Briefings":
    from analysis.publish.briefings import Briefings

    return Briefings(results)


def _draw(folder: str) -> None:
    Path(folder, _CHARTS).write_bytes(pickle.dumps(drawn_charts(*_given(folder))))


def _set(folder: str) -> None:
    results, _ = _given(folder)
    briefings = _briefings(results)
    for unit in results.study["units"]["unit_id"]:
        if not _claim(Path(folder), unit):
            break
        _file(Path(folder), unit).write_bytes(briefings.pdf(unit))


def _claim(folder: Path, unit: str) -> bool:
    """Return whether the briefing on a unit is left to who asks; it is from then on."""
    try:
        (folder / f"{unit}.claimed").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _file(folder: Path, unit: str) -> Path:
    return folder / f"{unit}.pdf"


@lru_cache(maxsize=1)
def _given(folder: str) -> tuple[Results, dict[str, NamedFigure]]:
    return pickle.loads(Path(folder, _GIVEN).read_bytes())
