"""The home page, and the pages on the study itself and on what others published."""

from collections.abc import Sequence

from analysis.frames import records
from analysis.measure.national import criteria_in_use
from analysis.measure.scenarios import KINDS
from analysis.measure.side_by_side import irreconcilable
from analysis.publish.context.method import dates_compared, group_rules, states_key
from analysis.publish.context.overview import finding_sources
from analysis.publish.context.published import (
    counts_on_recommendations,
    events,
    implied_totals,
    published_scores,
)
from analysis.publish.context.tables import reading_table, units_by_state
from analysis.publish.context.units import replies_by_cell
from analysis.publish.site.downloads import downloads as listed_downloads
from analysis.publish.site.page_maker import PageMaker
from analysis.show.sensitivity import KIND_MEANING, KIND_WORDS
from analysis.study.evidence import with_sources
from analysis.study.versions import corrections


def front(maker: PageMaker) -> None:
    """Make the home page."""
    maker.page(
        "index.html",
        "index",
        maker.study.descriptor.title,
        first_total=_totals(maker)[:1],
        finding_sources=finding_sources(maker.results),
        has_requests=any(path.startswith("requests/") for path in maker.beside),
        by_question=[] if maker.study.scope.public else units_by_state(maker.results),
    )


def published(maker: PageMaker) -> None:
    """Make the page on what others published."""
    results, study, totals = maker.results, maker.study, _totals(maker)
    # A count is about its own day and says nothing about an earlier date.
    ids = {total["total_id"] for total in totals}
    maker.page(
        "published.html",
        "published",
        "What others published",
        totals=totals,
        later=[name for name in study["published_totals"]["total_id"] if name not in ids],
        implied=[total for total in implied_totals(results) if ids & {*total["totals"]}],
        # A score is about its own day, on which units may have existed that have no page here.
        scores=published_scores(study.at(None)),
        there=set(study["units"]["unit_id"]),
        bearings=[bearing.text for bearing in results.bearings],
        clash_count=len(results.clashes),
        clashes=records(irreconcilable(study)),
        figures=with_sources(study, "figures"),
        events=events(study),
    )


def method(maker: PageMaker, notebooks: Sequence[tuple[str, str]]) -> None:
    """Make the page on the method and its limits, with the notebooks that have a page."""
    results, study = maker.results, maker.study
    questions = records(criteria_in_use(study))
    maker.page(
        "method.html",
        "method",
        "Method and limits",
        states=states_key(study),
        questions=questions,
        unasked=[row for row in records(study["criteria"]) if row not in questions],
        rules=maker.rules,
        steps=dates_compared(results),
        readings=reading_table(results),
        weights=study.lookup("recommendations", "weight"),
        group_rules=group_rules(study),
        notebooks=notebooks,
        kinds=[(kind, KIND_WORDS[kind], KIND_MEANING[kind]) for kind in KINDS],
    )


def downloads(maker: PageMaker, notebooks: Sequence[tuple[str, str]]) -> None:
    """Make the list of the files beside the site, and of the notebooks that have a page."""
    sections = listed_downloads(maker.beside, maker.study)
    maker.page("downloads.html", "downloads", "Downloads", sections=sections, notebooks=notebooks)


def replies(maker: PageMaker) -> None:
    """Make the page on how to cite and to reply, with all replies."""
    rows = [
        {**reply, "unit_id": unit}
        for (unit, _), of_cell in replies_by_cell(maker.results).items()
        for reply in of_cell
    ]
    title = "How to cite, and how to reply"
    maker.page("cite.html", "cite", title, replies=rows, corrections=corrections(maker.study))


def _totals(maker: PageMaker) -> list[dict]:
    return counts_on_recommendations(maker.results, maker.recommended)
