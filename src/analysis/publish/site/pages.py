"""All files of the site, and how they are written into an output folder."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from analysis.measure.figures import NamedFigure
from analysis.measure.results import Results
from analysis.publish.build_context import BuildContext, card_maker
from analysis.publish.cards import Card
from analysis.publish.context.units import unit_sections
from analysis.publish.parts import awaited
from analysis.publish.site import about_pages, evidence_pages, figure_pages, unit_pages
from analysis.publish.site.notebook_pages import notebooks
from analysis.publish.site.page_maker import PageMaker
from analysis.publish.site.recommendation_pages import recommendations
from analysis.publish.site.unit_pages import compare
from analysis.show.drawing import Drawing

FOLDER = "site"

DrawCards = Callable[[dict[str, Card]], dict[str, bytes]]
"""The function that draws social cards, by path."""


def write_site(
    results: Results,
    named: dict[str, NamedFigure],
    charts: Iterable[Drawing],
    output: Path,
    on_the_way: Iterable[str] = (),
    draw: DrawCards | None = None,
) -> None:
    """Write the site into ``site/`` in the output folder; see :func:`site_files`.

    Files already in the output folder, and the expected files ``on_the_way``, become downloads.
    """
    existing = (path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())
    beside = sorted({*existing, *on_the_way})
    made = set()
    for name, content in site_files(results, named, charts, beside, draw).items():
        path = output / FOLDER / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_bytes(content)


def site_files(
    results: Results,
    named: dict[str, NamedFigure],
    charts: Iterable[Drawing],
    beside: Iterable[str] = (),
    draw: DrawCards | None = None,
) -> dict[str, bytes]:
    """Return every file of the site by its path in the site's folder.

    Args:
        results: the study's results.
        named: the named figures, including those on the sensitivity of intervals; every figure in
            prose is one of them.
        charts: the charts, which are not requested before a page shows one.
        beside: the paths of the files beside the site, in the output folder.
        draw: the function that draws the social cards; default: one by one in this process.
    """
    maker = PageMaker(results, named, charts, list(beside))
    recommendations(maker)
    sections = None if results.study.scope.public else unit_sections(results)
    if sections is not None:
        unit_pages.unit_pages(maker, sections)
        compare(maker, sections)
        evidence_pages.evidence(maker)
    evidence_pages.sources(maker)
    stored = notebooks(maker)
    about_pages.downloads(maker, stored)
    about_pages.replies(maker)
    # Pages with charts come late, since the background may still be drawing the charts.
    if sections is not None:
        unit_pages.units(maker, sections)
    about_pages.front(maker)
    about_pages.published(maker)
    about_pages.method(maker, stored)
    figure_pages.figures(maker)  # last, since each figure page lists the pages that use the figure
    return maker.files | maker.machines.files(draw or partial(_draw_here, results))


def write(context: BuildContext, folder: Path) -> None:
    """Write the site as a part of a build."""
    units = context.results.study["units"]["unit_id"]
    on_the_way = awaited(context.parts, units)
    charts, draw = _Charts(context), context.cards
    write_site(context.results, context.named, charts, folder, on_the_way, draw)


def _draw_here(results: Results, cards: dict[str, Card]) -> dict[str, bytes]:
    draw = card_maker(results)
    return {path: draw(card) for path, card in cards.items()}


class _Charts:
    """The charts of a build, requested from the build context only when iterated over."""

    def __init__(self, context: BuildContext):
        self._context = context

    def __iter__(self) -> Iterator[Drawing]:
        return iter(self._context.charts)
