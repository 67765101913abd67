"""What a search engine and a social card say of a page: a sentence or two, from named figures.

Such a text leaves its page behind, so it names no unit with a finding: it counts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.measure.figures.findings import NAMING, FindingPart
from analysis.publish.context.overview import how_much_is_known
from analysis.wording import agreeing, beyond, capital, counted, with_article

if TYPE_CHECKING:
    from analysis.publish.site.page_maker import PageMaker

MOST = 4
"""Recommendations that a card names."""


def description(maker: "PageMaker", template: str, title: str, context: Mapping[str, Any]) -> str:
    """Return what a page is, with the mark of a draft and the date where it tells what was found.

    Args:
        maker: of the pages.
        template: of the page.
        title: its heading.
        context: what its template takes.
    """
    if template == "index":
        return f"{_mark(maker)}{maker.study.descriptor.description}"
    if template in FOUND:
        found = " ".join(FOUND[template](maker, title, context))
        return f"{_mark(maker)}{found} As of {maker.named['dates.as_of'].text}."
    if template == "figure":
        return f"{_mark(maker)}{title}. What this figure is, and the rows that it counts."
    singular, plural = maker.study.settings.unit_noun.both
    report = maker.study.settings.report.title
    return f"{_mark(maker)}{_PLAIN[template].format(unit=singular, a_unit=with_article(singular), units=plural, report=report, title=title)}"


def home(maker: "PageMaker", title: str, context: Mapping[str, Any]) -> list[str]:
    """Return what was found on the first recommendations, and how much is known."""
    scored = [rec for rec in maker.recommended if rec["scored"]]
    found = [f"“{rec['label']}”: {_counts(maker, rec)}" for rec in scored[:MOST]]
    more = beyond(scored, MOST)
    if more:
        found.append(f"And {counted(more, 'more recommendation', 'more recommendations')}.")
    return [*found, how_much_is_known(maker.results, maker.named)]


def recommendation(maker: "PageMaker", title: str, context: Mapping[str, Any]) -> list[str]:
    """Return how many units are shown to meet a recommendation, in part, or not."""
    rec = context["rec"]
    if not rec["scored"]:
        return ["Nothing is scored here, so nothing is said of who meets it."]
    return [capital(_counts(maker, rec))]


def unit(maker: "PageMaker", title: str, context: Mapping[str, Any]) -> list[str]:
    """Return what the page of a unit has; the finding itself stands with its notices alone."""
    report = maker.study.settings.report.title
    return [f"{title}: what we read of it, compared with “{report}”, question by question."]


FOUND: dict[str, Callable[["PageMaker", str, Mapping[str, Any]], list[str]]] = {
    "index": home,
    "recommendation": recommendation,
    "unit": unit,
}
"""What is said of the pages that tell what was found, by template: those that have a card."""

_PLAIN = {
    "recommendations": "Every recommendation of “{report}”, with how many {units} are shown to meet it.",
    "compare": "Which {units} can be placed above others, and any two side by side.",
    "units": "Every {unit}, with how much is known of it.",
    "evidence": "What each source says, in our own words.",
    "statement": "{title}: what one source says, in our own words, and what rests on it.",
    "sources": "Every document listed, how far it was read, and what was taken from it.",
    "published": "Counts, scores and figures that others published, beside the evidence.",
    "method": "The questions, the rules for each answer, how scores are made, and their limits.",
    "notebook": "{title}: a notebook with its results, to recompute them.",
    "downloads": "The report, the tables and every other file.",
    "cite": "How to cite this, and how {a_unit} can reply.",
    "figures": "Every figure that these pages use, with its definition.",
}


def unit_findings(maker: "PageMaker", gaps: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what was found of a unit on each recommendation; those of one finding together."""
    labels = maker.study.lookup("recommendations", "label")
    groups: dict[str, list[str]] = {}
    for row in gaps:
        groups.setdefault(row["finding"], []).append(row["recommendation_id"])
    named = [
        f"{NAMING[finding]}: {_some([f'“{labels[name]}”' for name in groups[finding]])}"
        for finding in NAMING
        if finding in groups
    ]
    if not named:
        return ["What we read decides no recommendation. That says nothing for or against it."]
    return [f"{capital('; '.join(named))}."]


def _some(names: Sequence[str]) -> str:
    more = beyond(names, MOST)
    return ", ".join([*names[:MOST], *([f"{more} more"] if more else [])])


def _counts(maker: "PageMaker", rec: Mapping[str, Any]) -> str:
    """Return the finding on a recommendation with counts in place of names."""
    nouns = maker.study.settings.unit_noun.both
    parts = maker.findings[rec["recommendation_id"]]
    words = [f"{part.label}: {_count(maker, part)}" for part in parts]
    noun = agreeing(parts[-1].count, *nouns) if parts[-1].is_any else ""
    return f"{'; '.join(words)} {noun}".rstrip() + "."


def _count(maker: "PageMaker", part: FindingPart) -> str:
    return maker.named[part.figure].text if part.is_any else "none"


def _mark(maker: "PageMaker") -> str:
    return f"{maker.study.mark} ".lstrip()
