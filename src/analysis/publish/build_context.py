"""What every part of a build is made from, and what is made of it in the background.

Tasks find the results in a folder, and leave there what they make. What makes it is imported in
the background, and here only where it has to be made here.
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

_GIVEN, _CHARTS, _ITEMS = "given.pickle", "charts.pickle", "items.pickle"
_BRIEFINGS, _CARDS = "briefings", "cards"


class BuildContext:
    """What every part of a build is made from, most of it made when it is first asked for.

    Attributes:
        results: the measures to publish.
        parts: the parts that are built.
        named: every named figure of the results, by its id.
    """

    def __init__(self, results: Results, executor: Executor, parts: Sequence[str]):
        """Begin in the background, with the charts; the briefings only if they are a part."""
        self.results, self.parts, self._executor = results, parts, executor
        self._statements = named_figures(results)
        self._folder = scratch_folder(self)
        given = pickle.dumps((results.without_progress(), self._statements))
        (self._folder / _GIVEN).write_bytes(given)
        self._charts = Task(executor, _draw, str(self._folder))
        units = list(results.study["units"]["unit_id"]) if "briefings" in parts else []
        self._briefings = self._by_turns(_BRIEFINGS, dict(zip(units, units, strict=True)))
        self.named = self._statements | interval_sensitivity(results)

    @cached_property
    def charts(self) -> list[Drawn]:
        """Every chart, drawn; see :func:`analysis.show.charts.all_charts`."""
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
        """The report's page as blocks, for PDF and Word."""
        from analysis.publish.document_model import page_blocks

        return page_blocks(self.page)

    @cached_property
    def report_pdf(self) -> Future[bytes]:
        """The report as PDF, on its way from its first use in a thread: typst holds up no other."""
        from analysis.publish.report_pdf import report_pdf

        thread = ThreadPoolExecutor(1)
        made = thread.submit(report_pdf, self.results, self.blocks)
        thread.shutdown(wait=False)
        return made

    def briefings(self) -> dict[str, bytes]:
        """Return the briefing on each unit."""
        return self._briefings.made()

    def cards(self, cards: "Mapping[str, Card]") -> dict[str, bytes]:
        """Return social cards, drawn, each by its path."""
        return self._by_turns(_CARDS, cards).made()

    def _by_turns(self, kind: str, items: Mapping[str, Any]) -> "_Turns":
        return _Turns(self.results, self._executor, self._folder, kind, items)


class _Turns:
    """Files of one kind, made here and in the background by turns."""

    def __init__(
        self,
        results: Results,
        executor: Executor,
        folder: Path,
        kind: str,
        items: Mapping[str, Any],
    ):
        """Begin in the background, if there is anything to make."""
        self._results, self._folder, self._kind, self._items = results, folder, kind, items
        (folder / kind).mkdir()
        (folder / kind / _ITEMS).write_bytes(pickle.dumps(list(items.values())))
        self._task = Task(executor, _make, str(folder), kind) if items else None

    def made(self) -> dict[str, bytes]:
        """Return the file made of each item, by its name."""
        made = {}
        # From the end, for in the background they are made from the beginning.
        for number, name in reversed([*enumerate(self._items)]):
            if not _claim(self._folder / self._kind, number):
                break
            made[name] = self._here(self._items[name])
        done = self._task is not None and self._task.done()
        for number, name in enumerate([*self._items][: len(self._items) - len(made)]):
            path = _file(self._folder / self._kind, number)
            made[name] = path.read_bytes() if done else self._here(self._items[name])
        return made

    @cached_property
    def _here(self) -> Callable[[Any], bytes]:
        return _MAKERS[self._kind](self._results)


def drawn_charts(results: Results, named: dict[str, NamedFigure]) -> list[Drawn]:
    """Return every chart, drawn; see :func:`analysis.show.charts.all_charts`."""
    from analysis.show.charts import all_charts

    return [chart.drawn() for chart in all_charts(results, named)]


def _briefing_maker(results: Results) -> Callable[[str], bytes]:
    from analysis.publish.briefings import Briefings

    return Briefings(results).pdf


def card_maker(results: Results) -> "Callable[[Card], bytes]":
    """Return the function that draws a social card in the faces of the study."""
    from analysis.publish.card_drawing import drawn_card
    from analysis.study import faces

    faces.use(results.study)
    return drawn_card


_MAKERS: dict[str, Callable[[Results], Callable[[Any], bytes]]] = {
    _BRIEFINGS: _briefing_maker,
    _CARDS: card_maker,
}
"""For each kind of file that is made by turns, what gives the function that makes it of an item."""


def _draw(folder: str) -> None:
    Path(folder, _CHARTS).write_bytes(pickle.dumps(drawn_charts(*_given(folder))))


def _make(folder: str, kind: str) -> None:
    results, _ = _given(folder)
    place, make = Path(folder, kind), _MAKERS[kind](results)
    for number, item in enumerate(pickle.loads((place / _ITEMS).read_bytes())):
        if not _claim(place, number):
            break
        _file(place, number).write_bytes(make(item))


def _claim(folder: Path, number: int) -> bool:
    """Return whether an item is left to who asks; it is from then on."""
    try:
        (folder / f"{number}.claimed").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number}.made"


@lru_cache(maxsize=1)
def _given(folder: str) -> tuple[Results, dict[str, NamedFigure]]:
    return pickle.loads(Path(folder, _GIVEN).read_bytes())
