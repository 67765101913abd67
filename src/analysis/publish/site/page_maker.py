"""The maker of the site's pages: the shared context, the links, and the caveats on each page."""

import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, cached_property
from typing import Any

import jinja2
from markupsafe import Markup, escape

from analysis.frames import grouped
from analysis.measure.figures import NamedFigure
from analysis.measure.gaps import notices
from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.measure.tree import TOTAL
from analysis.publish.context import MOST_ROWS
from analysis.publish.context.answers import NOT_THE_SAME, dates_spoken, is_bare, named_source
from analysis.publish.context.common import common_context
from analysis.publish.markup import isolating, mark_of, plain, quotation_rules, template_text
from analysis.publish.site.addresses import Addresses
from analysis.publish.site.machines import Machines
from analysis.show.caveats import caveats, draft_line
from analysis.show.drawing import Drawing
from analysis.show.labels import DECIDED
from analysis.show.symbols import ramp_rules
from analysis.study import vocabulary as v
from analysis.wording import beyond, further, spoken

_PAGES_AT_ONCE = 1_000


class PageMaker:
    """Makes pages; keeps the files made so far and the context that all pages share.

    Attributes:
        files: every file made so far, by its path in the site's folder.
        used: for each named figure, the titles of the pages that use it, by their paths.
        at: the addresses of pages.
        beside: the paths of the files beside the site, in the output folder.
    """

    def __init__(
        self,
        results: Results,
        named: dict[str, NamedFigure],
        charts: Iterable[Drawing],
        beside: list[str],
    ):
        """Prepare to make pages; see :func:`analysis.publish.site.pages.site_files`."""
        self.results, self.named, self.beside = results, named, beside
        self.study = results.study
        self.at = Addresses(self.study, named)
        self.used: dict[str, dict[str, str]] = defaultdict(dict)
        self.criteria = list(criteria_in_use(self.study)["criterion_id"])
        self.is_scored = self.study.lookup("criteria", "scored")
        self.groups = self.study.lookup("recommendations", "label")
        self.files = {
            "site.css": _stylesheet(results).encode(),
            "site.js": template_text("site/site.js").encode(),
        }
        common = common_context(results, named, charts)
        self.names, self.labels = common["names"], common["labels"]
        self.recommended, self.findings = common["recommended"], common["findings"]
        self.written, self.authors = common["written"], common["authors"]
        self.machines = Machines(self)
        self._common = common | self._of_pages()

    def _of_pages(self) -> dict[str, Any]:
        """Return the context that all pages of the site share, beyond what the report also uses."""
        study = self.study
        return {
            "draft": draft_line(study),
            "beside": set(self.beside),
            "most_rows": MOST_ROWS,
            "at": self.at,
            "units_index": self.units_index,
            "unknowns": v.UNKNOWNS,
            "groups": self.groups,
            "asked": set(self.criteria),
            "source_of_record": study.lookup("evidence", "source_id"),
            "decided": DECIDED,
            "spoken": spoken,
            "mark": mark_of(study),
            "no_contact": "study.contact" in study.descriptor.placeholders,
        }

    def page(
        self,
        path: str,
        template: str,
        title: str,
        trail: Sequence[tuple[str, str]] = (),
        about: tuple[Collection[str], Collection[str]] | None = None,
        **context: object,
    ) -> None:
        """Make one page.

        Args:
            path: the path of the page.
            template: the name of its template.
            title: the heading of the page.
            trail: the breadcrumbs between the home page and this page.
            about: the units and criteria whose results it shows, and whose notices it must have;
                ``None`` for all.
            context: the page's own template context.
        """
        root = "../" * path.count("/")
        html = _template(template).render(
            self._common,
            path=path,
            title=title,
            trail=trail,
            head=self.machines.head(path, template, title, context),
            stand=self.caveats(*(about or (self.names, self.labels))),
            to=lambda place: root + place,
            picture=lambda chart: self._picture(chart, root),
            **self._links(root, path, "Home" if path == "index.html" else title),
            **context,
        )
        self.files[path] = html.encode()
        if len(self.files) % _PAGES_AT_ONCE == 0:
            # Commands turn garbage collection off, and rendered templates leave reference cycles,
            # which would fill the memory after many thousands of pages.
            gc.collect(0)

    def _links(self, root: str, path: str, title: str) -> dict[str, Callable[..., Markup]]:
        """Return the template functions that write a named figure with a link to what it counts."""

        def say(name: str) -> Markup:
            self.used[name].setdefault(path, title)
            # An f-string, since this is called thousands of times; ids and addresses are safe.
            href, text = escape(root + self.at.figure(name)), escape(self.named[name].text)
            return Markup(
                f'<a class="figure" data-figure="{escape(name)}" href="{href}">{text}</a>'
            )

        def tell(name: str) -> Markup:
            """Return a named figure that is a sentence, with a separate link."""
            self.used[name].setdefault(path, title)
            return Markup(
                '<span data-figure="{0}">{2}</span> (<a href="{1}">what it counts</a>)'
            ).format(name, root + self.at.figure(name), self.named[name].text)

        def interval(unit: str, group: str = TOTAL) -> Markup:
            stem = f"score.{unit}.{group}"
            if f"{stem}.low" not in self.named:
                return Markup("nothing to score")
            ends = Markup("{} to {}").format(say(f"{stem}.low"), say(f"{stem}.high"))
            if float(self.named[f"{stem}.known_percent"].value or 0) <= 1e-7:
                return ends + ", nothing known"
            return ends + Markup(", {} known").format(say(f"{stem}.known_percent"))

        return {"say": say, "tell": tell, "interval": interval}

    def _picture(self, chart: Drawing, root: str) -> Markup:
        """Return a page of a chart as an image element, and add its SVG to the files."""
        self.files[f"charts/{chart.name}.svg"] = chart.svg()
        named = root, chart.name, plain(chart.alt)
        return Markup('<img src="{}charts/{}.svg" alt="{}">').format(*named)

    def caveats(self, units: Collection[str], criteria: Collection[str]) -> list[str]:
        """Return the caveats for a page with results on these units and criteria."""
        on_criteria = (text for name, text in self._of_criteria if name in criteria)
        on_units = (text for name, text in self._of_units if name in units)
        return [*self.always, *on_criteria, *on_units]

    @cached_property
    def always(self) -> list[str]:
        """The caveats for every page."""
        return caveats(self.results)

    @cached_property
    def _of_criteria(self) -> list[tuple[str, str]]:
        names = self.study["notices"]["criterion_id"].unique()
        return [(name, text) for name in names if name for text in notices(self.study, [name])]

    @cached_property
    def _of_units(self) -> list[tuple[str, str]]:
        names = self.study["notices"]["unit_id"].unique()
        return [
            (name, text) for name in names if name for text in notices(self.study, units=[name])
        ]

    @property
    def units_index(self) -> str:
        """The path of the table of the units."""
        return f"{self.at.units_folder}/index.html"

    @cached_property
    def rules(self) -> dict[str, list[dict]]:
        """The written rules of each criterion."""
        return defaultdict(list, grouped(self.study["rules"], "criterion_id"))


@cache
def _environment() -> jinja2.Environment:
    templates = isolating()
    templates.filters.update(further=further, beyond=beyond)
    templates.filters.update(dates=dates_spoken, named=named_source)
    templates.globals.update(is_bare=is_bare, not_the_same=NOT_THE_SAME)
    return templates


def _template(name: str) -> jinja2.Template:
    """Return a template of the site; each is compiled once."""
    return _environment().get_template(f"site/{name}.html.j2")


def _stylesheet(results: Results) -> str:
    """Return the stylesheet, with a rule for each column and row of the tile map.

    The pages' security policy forbids inline styles, so positions need classes.
    """
    units = results.study["units"] if results.study.has_map else results.study["units"].iloc[:0]
    rules = []
    for letter, way, column in (("x", "column", "tile_column"), ("y", "row", "tile_row")):
        places = units[column].astype(int)
        first = places.min()
        rules += [
            f".{letter}{place} {{ grid-{way}: {place - first + 1}; }}"
            for place in sorted(set(places))
        ]
    css = template_text("site/site.css") + "\n".join(rules) + "\n" + ramp_rules(results.study)
    return css + quotation_rules(results.study)
