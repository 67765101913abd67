"""Metadata for search engines and social media: page heads, the data set, the site map, cards.

Full addresses are given only if the study says where the site will be published. A description is
seen without its page, so it gives counts and never names a unit with a finding.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from markupsafe import Markup, escape

from analysis.direction import without_direction
from analysis.frames import grouped, records
from analysis.measure.figures.findings import NAMING, FindingPart
from analysis.measure.gaps import notices
from analysis.measure.national import criteria_in_use
from analysis.publish.cards import PIXELS, Card
from analysis.publish.context.answers import findings_by_word
from analysis.publish.context.overview import how_much_is_known
from analysis.publish.data_dictionary import TABLES, title_of
from analysis.publish.markup import plain
from analysis.wording import agreeing, beyond, capital, counted, with_article

if TYPE_CHECKING:
    from analysis.publish.site.page_maker import PageMaker


MOST_NAMED = 4
"""The most recommendations that a card names."""
WITH_CARD = ("index", "recommendation", "unit")
"""The templates of pages with findings, which have a social card."""


def description(maker: "PageMaker", template: str, title: str, context: Mapping[str, Any]) -> str:
    """Return the description of a page, with the draft mark, and the date if it has findings.

    Args:
        maker: the maker of the pages.
        template: the name of the page's template.
        title: the heading of the page.
        context: the page's own template context.
    """
    if template == "index":
        return f"{_mark(maker)}{maker.study.descriptor.description}"
    if template in WITH_CARD:
        text = " ".join(finding_sentences(maker, template, title, context))
        return f"{_mark(maker)}{text} As of {maker.named['dates.as_of'].text}."
    if template == "figure":
        return f"{_mark(maker)}{title}. What this figure is, and the rows that it counts."
    singular, plural = maker.study.settings.unit_noun.both
    report = maker.study.settings.report.title
    return f"{_mark(maker)}{_DESCRIPTIONS[template].format(unit=singular, a_unit=with_article(singular), units=plural, report=report, title=title)}"


def finding_sentences(
    maker: "PageMaker", template: str, title: str, context: Mapping[str, Any]
) -> list[str]:
    """Return sentences on a page with findings, which has a social card.

    For a unit they do not give the finding, which must not be read without its notices.
    """
    if template == "unit":
        report = maker.study.settings.report.title
        return [f"{title}: what we read of it, compared with “{report}”, question by question."]
    if template == "recommendation":
        rec = context["rec"]
        if not rec["scored"]:
            return ["Nothing is scored here, so nothing is said of who meets it."]
        return [capital(_counts(maker, rec))]
    scored = [rec for rec in maker.recommended if rec["scored"]]
    lines = [f"“{rec['label']}”: {_counts(maker, rec)}" for rec in scored[:MOST_NAMED]]
    more = beyond(scored, MOST_NAMED)
    if more:
        lines.append(f"And {counted(more, 'more recommendation', 'more recommendations')}.")
    return [*lines, how_much_is_known(maker.results, maker.named)]


_DESCRIPTIONS = {
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


def unit_findings(maker: "PageMaker", gaps: Iterable[dict]) -> list[str]:
    """Return the findings on a unit, with the recommendations of each finding together."""
    findings = findings_by_word(row for row in gaps if row["finding"] in NAMING)
    if not findings:
        return ["What we read decides no recommendation. That says nothing for or against it."]
    quoted = ((words, [f"“{maker.groups[name]}”" for name in names]) for words, names in findings)
    return [f"{capital('; '.join(f'{words}: {_first_names(names)}' for words, names in quoted))}."]


def _first_names(names: Sequence[str]) -> str:
    more = beyond(names, MOST_NAMED)
    return ", ".join([*names[:MOST_NAMED], *([f"{more} more"] if more else [])])


def _counts(maker: "PageMaker", rec: Mapping[str, Any]) -> str:
    """Return the findings on a recommendation as counts of units."""
    nouns = maker.study.settings.unit_noun.both
    parts = maker.findings[rec["recommendation_id"]]
    words = [f"{part.label}: {_count(maker, part)}" for part in parts]
    noun = agreeing(parts[-1].count, *nouns) if parts[-1].is_any else ""
    return f"{'; '.join(words)} {noun}".rstrip() + "."


def _count(maker: "PageMaker", part: FindingPart) -> str:
    return maker.named[part.figure].text if part.is_any else "none"


def _mark(maker: "PageMaker") -> str:
    return f"{maker.study.mark} ".lstrip()


MOST_ADDRESSES = 50_000
"""The most addresses that a site map may have (sitemaps.org)."""
_CARDS = "cards"


class Machines:
    """Writes the metadata of a site for search engines and social media."""

    def __init__(self, maker: "PageMaker"):
        """Store the maker of the pages, which asks for the head of each page."""
        self._maker, self._study = maker, maker.study
        self._address = maker.study.settings.site_address
        self._cards: dict[str, Card] = {}

    def head(self, path: str, template: str, title: str, context: Mapping[str, Any]) -> Markup:
        """Return the metadata elements in the head of a page.

        Args:
            path: the path of the page.
            template: the name of its template.
            title: the heading of the page.
            context: the page's own template context.
        """
        text = description(self._maker, template, title, context)
        lines = [_meta("name", "description", text)]
        if not self._may_be_indexed:
            lines.append(_meta("name", "robots", "noindex"))
        if self._address:
            lines += self._social_metadata(path, template, title, context, text)
        if path == "index.html":
            lines.append(self._dataset())
        return Markup("\n").join(lines)

    def files(self, draw: Callable[[dict[str, Card]], dict[str, bytes]]) -> dict[str, bytes]:
        """Return the site map and the cards of the pages made so far; none without a site address.

        ``draw`` draws the cards, given by their paths.
        """
        if not self._address:
            return {}
        cards = {_card_path(path): card for path, card in self._cards.items()}
        return draw(cards) | (dict(self._site_map()) if self._may_be_indexed else {})

    @property
    def _may_be_indexed(self) -> bool:
        """Whether search engines may index the site: not if it is a draft that names units."""
        return not self._study.settings.is_draft or self._study.scope.public

    def _social_metadata(
        self, path: str, template: str, title: str, context: Mapping[str, Any], text: str
    ) -> list[Markup]:
        url = self._url(path)
        draft = "Draft: " if self._study.settings.is_draft else ""
        lines = [
            Markup('<link rel="canonical" href="{}">').format(url),
            _meta("property", "og:type", "website"),
            _meta("property", "og:site_name", self._study.descriptor.title),
            _meta("property", "og:title", f"{draft}{title}"),
            _meta("property", "og:description", text),
            _meta("property", "og:url", url),
        ]
        if template in WITH_CARD:
            card = self._cards[path] = self._card(template, title, context)
            lines += [
                _meta("property", "og:image", self._url(_card_path(path))),
                _meta("property", "og:image:width", str(PIXELS[0])),
                _meta("property", "og:image:height", str(PIXELS[1])),
                _meta("property", "og:image:alt", card.alt),
                _meta("name", "twitter:card", "summary_large_image"),
            ]
        return lines

    def _card(self, template: str, title: str, context: Mapping[str, Any]) -> Card:
        above = "" if template == "index" else self._study.descriptor.title
        lines = finding_sentences(self._maker, template, title, context)
        criteria = [row["criterion_id"] for row in records(criteria_in_use(self._study))]
        own: list[str] = []
        if template == "recommendation":
            criteria = [row["criterion_id"] for row in context["rec"]["criteria"]]
        if template == "unit":
            name = context["unit"]["unit_id"]
            lines = [*unit_findings(self._maker, self._gaps[name]), *self._written(name)]
            criteria = [cell.criterion_id for cell in context["unit"]["cells"] if cell.known]
            own = notices(self._study, units=[name])
        caveats = (*self._maker.always, *own)
        particular = tuple(notices(self._study, criteria=criteria))
        return Card(above, title, tuple(lines), caveats, particular)

    @cached_property
    def _gaps(self) -> dict[str, list[dict]]:
        return grouped(self._maker.results.gaps, "unit_id")

    def _written(self, unit: str) -> list[str]:
        """Return the sentences on a unit that a person wrote and another checked."""
        return [text for (name, _), text in self._maker.written.items() if name == unit]

    def _url(self, path: str) -> str:
        # The address of the home page is that of its folder.
        return urljoin(self._address or "", quote("" if path == "index.html" else path))

    def _site_map(self) -> Iterator[tuple[str, bytes]]:
        """Yield the site map; if it is too long, its parts and an index of them."""
        pages = [self._url(path) for path in self._maker.files if path.endswith(".html")]
        parts = [pages[at : at + MOST_ADDRESSES] for at in range(0, len(pages), MOST_ADDRESSES)]
        if len(parts) == 1:
            yield "sitemap.xml", _xml("urlset", "url", pages)
            return
        names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
        for name, part in zip(names, parts, strict=True):
            yield name, _xml("urlset", "url", part)
        yield "sitemap.xml", _xml("sitemapindex", "sitemap", map(self._url, names))

    def _dataset(self) -> Markup:
        """Return the description of the study as a data set, for search engines (schema.org)."""
        study, settings = self._study, self._study.settings
        licence, report = study.descriptor.licenses[0], settings.report
        about = {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": study.descriptor.title,
            "description": " ".join([study.descriptor.description, *self._maker.always]),
            "version": study.descriptor.version,
            "license": licence.path or licence.name,
            "creditText": self._maker.authors,
            "isAccessibleForFree": True,
            "temporalCoverage": self._maker.results.matrix.as_of.isoformat(),
            "creativeWorkStatus": settings.status,
            "isBasedOn": {
                "@type": "CreativeWork",
                "name": report.title,
                "creditText": report.publisher,
                "datePublished": report.date.isoformat(),
            },
            "variableMeasured": [
                {"@type": "PropertyValue", "name": row["label"], "description": row["question"]}
                for row in records(criteria_in_use(study))
            ],
            "distribution": list(self._distribution()),
        }
        if self._address:
            about |= {"url": self._address, "image": self._url(_card_path("index.html"))}
        # Escaped, since a text with a closing tag would end the script element.
        text = json.dumps(_without_marks(about), ensure_ascii=False, sort_keys=True)
        for sign in "<>&":
            text = text.replace(sign, f"\\u{ord(sign):04x}")
        return Markup(f'<script type="application/ld+json">{text}</script>')

    def _distribution(self) -> Iterator[dict[str, str]]:
        """Yield the descriptions of the tables that can be downloaded."""
        for path in self._maker.beside:
            place = PurePosixPath(path)
            if str(place.parent) == "data" and place.stem in TABLES:
                yield {
                    "@type": "DataDownload",
                    "name": title_of(self._study, TABLES[place.stem]),
                    "encodingFormat": "text/csv",
                    "contentUrl": urljoin(self._address or "", f"../{quote(path)}"),
                }


def _card_path(path: str) -> str:
    return f"{_CARDS}/{PurePosixPath(path).with_suffix('.png')}"


def _meta(kind: str, name: str, text: str) -> Markup:
    return Markup('<meta {}="{}" content="{}">').format(kind, name, plain(text))


def _xml(root: str, item: str, addresses) -> bytes:
    lines = (f"<{item}><loc>{escape(url)}</loc></{item}>" for url in addresses)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    opened = f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, opened, *lines, f"</{root}>", ""]).encode()


def _without_marks(value: Any) -> Any:
    """Remove Unicode direction marks from all texts in a value; JSON cannot isolate them."""
    if isinstance(value, str):
        return without_direction(value)
    if isinstance(value, list):
        return [_without_marks(part) for part in value]
    if isinstance(value, dict):
        return {key: _without_marks(part) for key, part in value.items()}
    return value
