"""The build context: the shared inputs of every part of a build, and its background tasks.

Background tasks read the results from a scratch folder and write what they make there. The modules
that draw are imported in the background, and in this process only if it has to draw itself.
"""

import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.background import Task
from analysis.measure.figures import NamedFigure, interval_sensitivity, named_figures
from analysis.measure.results import Results
from analysis.publish.files import scratch_folder
from analysis.show.drawing import Drawn

if TYPE_CHECKING:
    from analysis.publish.cards import Card
    from analysis.publish.document_model import Block

_INPUTS, _CHARTS, _ITEMS = "inputs.pickle", "charts.pickle", "items.pickle"
_BRIEFINGS, _CARDS = "briefings", "cards"


class BuildContext:
    """The shared inputs of every part of a build, most of them computed on first use.

    Attributes:
        results: the measures to publish.
        parts: the parts that are built.
        named: every named figure of the results, by its id.
    """

    def __init__(self, results: Results, executor: Executor, parts: Sequence[str]):
        """Start the background tasks: the charts, and the briefings if they are a part."""
        self.results, self.parts, self._executor = results, parts, executor
        self._statements = named_figures(results)
        self._folder = scratch_folder(self)
        inputs = pickle.dumps((results.without_progress(), self._statements))
        (self._folder / _INPUTS).write_bytes(inputs)
        self._charts = Task(executor, _draw_charts, str(self._folder))
        units = list(results.study["units"]["unit_id"]) if "briefings" in parts else []
        self._briefings = self._start_queue(_BRIEFINGS, dict(zip(units, units, strict=True)))
        self.named = self._statements | interval_sensitivity(results)

    @cached_property
    def charts(self) -> list[Drawn]:
        """Every published chart as SVG; see :func:`analysis.show.charts.all_charts`."""
        if self._charts.done():
            return pickle.loads((self._folder / _CHARTS).read_bytes())
        return drawn_charts(self.results, self._statements)

    @cached_property
    def page(self) -> str:
        """The report as HTML."""
        from analysis.publish.report import report_html

        return report_html(self.results, self.named, self.charts, self.parts)

    @cached_property
    def blocks(self) -> "list[Block]":
        """The report's page in the document model, for PDF and Word."""
        from analysis.publish.document_model import page_blocks

        return page_blocks(self.page)

    @cached_property
    def report_pdf(self) -> Future[bytes]:
        """The report as PDF, made in a thread from first use; typst does not block other threads."""
        from analysis.publish.report_pdf import report_pdf

        thread = ThreadPoolExecutor(1)
        made = thread.submit(report_pdf, self.results, self.blocks)
        thread.shutdown(wait=False)
        return made

    def briefings(self) -> dict[str, bytes]:
        """Return the briefing on each unit."""
        return self._briefings.made()

    def cards(self, cards: "Mapping[str, Card]") -> dict[str, bytes]:
        """Return these social cards as PNG, by path."""
        return self._start_queue(_CARDS, cards).made()

    def _start_queue(self, kind: str, items: Mapping[str, Any]) -> "_SharedQueue":
        return _SharedQueue(self.results, self._executor, self._folder, kind, items)


class _SharedQueue:
    """A queue of files of one kind, which this process and a background task share.

    The background task works from the beginning and this process from the end. Each claims an
    item before making it, so that no file is made twice,
    unless the background task fails.
    """

    def __init__(
        self,
        results: Results,
        executor: Executor,
        folder: Path,
        kind: str,
        items: Mapping[str, Any],
    ):
        """Start the background task, if there is anything to make."""
        self._results, self._folder, self._kind, self._items = results, folder, kind, items
        (folder / kind).mkdir()
        (folder / kind / _ITEMS).write_bytes(pickle.dumps(list(items.values())))
        self._task = Task(executor, _work_through, str(folder), kind) if items else None

    def made(self) -> dict[str, bytes]:
        """Return the file made from each item, by the item's name."""
        made = {}
        # From the end, since the background task starts at the beginning.
        for number, name in reversed([*enumerate(self._items)]):
            if not _claim(self._folder / self._kind, number):
                break
            made[name] = self._make_item(self._items[name])
        done = self._task is not None and self._task.done()
        for number, name in enumerate([*self._items][: len(self._items) - len(made)]):
            path = _file(self._folder / self._kind, number)
            made[name] = path.read_bytes() if done else self._make_item(self._items[name])
        return made

    @cached_property
    def _make_item(self) -> Callable[[Any], bytes]:
        return _MAKERS[self._kind](self._results)


def drawn_charts(results: Results, named: dict[str, NamedFigure]) -> list[Drawn]:
    """Draw every published chart; see :func:`analysis.show.charts.all_charts`."""
    from analysis.show.charts import all_charts

    return [chart.drawn() for chart in all_charts(results, named)]


def _briefing_maker(results: Results) -> Callable[[str], bytes]:
    from analysis.publish.briefings import Briefings

    return Briefings(results).pdf


def card_maker(results: Results) -> "Callable[[Card], bytes]":
    """Return the function that draws a social card in the study's typefaces."""
    from analysis.publish.card_drawing import drawn_card
    from analysis.study import faces

    faces.use(results.study)
    return drawn_card


_MAKERS: dict[str, Callable[[Results], Callable[[Any], bytes]]] = {
    _BRIEFINGS: _briefing_maker,
    _CARDS: card_maker,
}
"""For each kind of file in a shared queue, the factory of the function that makes a file."""


def _draw_charts(folder: str) -> None:
    Path(folder, _CHARTS).write_bytes(pickle.dumps(drawn_charts(*_read_inputs(folder))))


def _work_through(folder: str, kind: str) -> None:
    results, _ = _read_inputs(folder)
    place, make = Path(folder, kind), _MAKERS[kind](results)
    for number, item in enumerate(pickle.loads((place / _ITEMS).read_bytes())):
        if not _claim(place, number):
            break
        _file(place, number).write_bytes(make(item))


def _claim(folder: Path, number: int) -> bool:
    """Claim an item for the caller; return False if another process has claimed it."""
    try:
        (folder / f"{number}.claimed").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number}.made"


@lru_cache(maxsize=1)
def _read_inputs(folder: str) -> tuple[Results, dict[str, NamedFigure]]:
    return pickle.loads(Path(folder, _INPUTS).read_bytes())
