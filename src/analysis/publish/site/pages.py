"""The pages of the site: which there are, and what each is made from."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path

import pandas as pd
from markupsafe import Markup, escape

from analysis.fieldwork.cell_records import cell_records
from analysis.frames import each_row, records
from analysis.measure.figures import irreconcilable
from analysis.measure.gaps import GAP_STATES, notices
from analysis.measure.national import asked_criteria
from analysis.measure.results import Results
from analysis.measure.scenarios import KINDS
from analysis.measure.statements import Statement, given
from analysis.measure.tree import TOTAL, Weighting, weighting
from analysis.publish import view
from analysis.publish.markup import isolating, mark_of, plain, template_text
from analysis.publish.site.addresses import Addresses
from analysis.publish.site.behind import from_source, resting_on
from analysis.publish.site.downloads import downloads, letters, of_unit
from analysis.publish.site.headings import Headings
from analysis.publish.site.rows import RowWords, states_at
from analysis.show.drawing import Drawing
from analysis.show.marks import places_note, ramp_rules
from analysis.show.notes import draft_line, notes
from analysis.show.sensitivity import KIND_MEANING, KIND_WORDS
from analysis.show.words import DECIDED, gap_parts
from analysis.study import vocabulary as v
from analysis.study.asking import Asking
from analysis.study.places import has_map
from analysis.study.sources import with_sources
from analysis.wording import DOZEN, beyond, further, listed, spoken

FOLDER = "site"


def write_site(
    results: Results,
    named: dict[str, Statement],
    charts: list[Drawing],
    output: Path,
    awaited: Iterable[str] = (),
) -> None:
    """Write the site into ``site/`` below a folder of output.

    What lies in that folder already, and the files ``awaited`` there, are offered as downloads.
    """
    there = (path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())
    beside = sorted({*there, *awaited})
    made = set()
    for name, content in site_files(results, named, charts, beside).items():
        path = output / FOLDER / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_bytes(content)


def site_files(
    results: Results,
    named: dict[str, Statement],
    charts: list[Drawing],
    beside: Iterable[str] = (),
) -> dict[str, bytes]:
    """Return every file of the site by its path below the site's folder.

    Args:
        results: the study's results.
        named: the named statements, those on the sensitivity of intervals among them; every
            figure in prose is one of them.
        charts: the charts; each that a page shows is a file of its own.
        beside: paths of the files beside the site, below the folder that holds it.
    """
    site = _Site(results, named, charts, list(beside))
    site.front()
    site.recommendations()
    site.units()
    site.evidence()
    site.about()
    site.figures()
    return site.files


class _Site:
    """The files made so far, and what every page draws on."""

    def __init__(
        self,
        results: Results,
        named: dict[str, Statement],
        charts: list[Drawing],
        beside: list[str],
    ):
        self.results, self.named, self.beside = results, named, beside
        self.study, self.settings = results.study, results.study.settings
        self.charts = {chart.name: chart for chart in charts}
        self.at = Addresses(self.study, named)
        self.used: dict[str, dict[str, str]] = defaultdict(dict)
        self.asked = list(asked_criteria(self.study)["criterion_id"])
        self.names = self.study.lookup("units", "short_name")
        self.labels = self.study.lookup("criteria", "label")
        self.groups = self.study.lookup("recommendations", "label")
        self.files = {
            "site.css": _stylesheet(results).encode(),
            "site.js": template_text("site/site.js").encode(),
        }
        study = self.study
        self.common = {
            "study": study,
            "descriptor": study.descriptor,
            "settings": self.settings,
            "one": self.settings.unit_noun.singular,
            "many": self.settings.unit_noun.plural,
            "draft": draft_line(study),
            "beside": set(beside),
            "dozen": DOZEN,
            "most_rows": view.MOST_ROWS,
            "at": self.at,
            "units_index": f"{self.at.units_folder}/index.html",
            "charts": self.charts,
            "extents": v.EXTENT,
            "labels": self.labels,
            "groups": self.groups,
            "names": self.names,
            "scales": study.lookup("criteria", "scale_id"),
            "asked": set(self.asked),
            "unit_notices": _texts_by_unit(view.by_unit(study["notices"])),
            "sources": {row["source_id"]: row for row in records(study["sources"])},
            "gap_states": GAP_STATES,
            "decided": DECIDED,
            "spoken": spoken,
            "mark": mark_of(study),
            "text": lambda name: named[name].text,
            "value": lambda name: named[name].value,
            "has": lambda name: name in named,
            "no_contact": "study.contact" in study.descriptor.placeholders,
            "authors": listed([one.title for one in study.descriptor.contributors]),
        }

    # --- pages -------------------------------------------------------------------------------

    def front(self) -> None:
        """Make the home page."""
        totals = [one for rec in self.recommended for one in rec["totals"]]
        self.page(
            "index.html",
            "index",
            self.study.descriptor.title,
            first_total=totals[:1],
            report_read=self.report_read,
        )

    def recommendations(self) -> None:
        """Make the pages of the recommendations, findings and groups."""
        trail = [("Recommendations", "recommendations/index.html")]
        self.page(trail[0][1], "recommendations", "Recommendations and findings")
        rules: dict[str, list[dict]] = defaultdict(list)
        for rule in records(self.study["rules"]):
            rules[rule["criterion_id"]].append(rule)
        parents = self.study.lookup("recommendations", "parent_id")
        cells = view.unit_cells(self.results)
        missing = {
            (row.unit_id, row.recommendation_id): dict(gap_parts(row.missing))
            for row in each_row(self.results.gaps)
        }
        national = {one["criterion_id"]: one for one in view.national_counts(self.results)}
        for rec in self.recommended:
            name = rec["recommendation_id"]
            asked = {one["criterion_id"] for one in rec["criteria"] if one["scored"] == "yes"}

            def telling(unit: str, kind: str, name: str = name, asked: set[str] = asked) -> list:
                """Return the cells that make a unit one of those who meet it, or fall short."""
                wanted = {"meets": asked, "falls_short": missing[unit, name]}.get(kind, ())
                return [cell for cell in cells[unit] if cell.criterion_id in wanted]

            self.page(
                self.at.recommendation(name),
                "recommendation",
                rec["label"],
                trail,
                criteria=[one["criterion_id"] for one in rec["criteria"]],
                rec=rec,
                rules=rules,
                telling=telling,
                national=national,
                parent=parents[name],
                children=[one for one, parent in parents.items() if parent == name],
            )

    def units(self) -> None:
        """Make the table of the units, and a page for each."""
        many = self.settings.unit_noun.plural
        heading = many[0].upper() + many[1:]
        index = f"{self.at.units_folder}/index.html"
        sections = view.unit_sections(self.results)
        known = self.results.total["known"]
        self.page(
            index,
            "units",
            heading,
            sections=sections,
            known_class=_known_classes(known),
            absent=view.absent_units(self.study),
            mapped=has_map(self.study),
            regions=(self.study["units"]["region"] != "").any(),
        )
        trail = [(heading, index)]
        gaps = view.by_unit(self.results.gaps)
        above, below = defaultdict(list), defaultdict(list)
        for pair in each_row(self.results.pairs):
            above[pair.above].append(pair.below)
            below[pair.below].append(pair.above)
        open_ = view.questions(self.results)["of"]
        not_asked = [one for one in self.labels if one not in self.asked]
        trees_of = [self.tree(number) for number in self.weighting.sets]
        asking = Asking(self.study)
        for place, unit in enumerate(sections):
            name = unit["unit_id"]
            self.page(
                self.at.unit(name),
                "unit",
                unit["name"],
                trail,
                criteria=list(self.labels),
                units=[name],
                unit=unit,
                not_asked=not_asked,
                gaps=[
                    {
                        **row,
                        "missing": gap_parts(row["missing"]),
                        "unknown": gap_parts(row["unknown"]),
                    }
                    for row in gaps.get(name, [])
                ],
                tree=trees_of[self.weighting.of_unit[place]],
                given=given(self.results),
                above=above[name],
                below=below[name],
                open=open_.get(name, []),
                files=of_unit(name, self.beside),
                letters=[
                    (path, asking.named(asking.holders[number - 1], name))
                    for path, number in letters(name, self.beside)
                ],
            )

    def evidence(self) -> None:
        """Make the list of the evidence, and a page for each statement."""
        rests = resting_on(self.study, cell_records(self.study, self.results.matrix))
        cited = self.study.cited_evidence()
        rows = with_sources(self.study, "evidence")
        for row in rows:
            # What no coding cites is kept as read, and is not shown under a unit's name.
            row["shown"] = row["scope"] != "unit" or row["evidence_id"] in cited
            row["rests"] = rests[row["evidence_id"]]
        index = "evidence/index.html"
        self.page(index, "evidence", "Evidence", rows=rows)
        for row in rows:
            held = row["rests"]
            self.page(
                self.at.evidence(row["evidence_id"]),
                "statement",
                f"Evidence {row['evidence_id']}",
                [("Evidence", index)],
                criteria={one for _, one in held.keys},
                units={one for one, _ in held.keys},
                evidence=row,
            )

    def about(self) -> None:
        """Make the pages on the sources, on what others published, and on the study itself."""
        results, study = self.results, self.study
        self.page("sources.html", "sources", "Sources", taken=from_source(study))
        totals = [
            {**one, "recommendation": rec["recommendation_id"]}
            for rec in self.recommended
            for one in rec["totals"]
        ]
        # A count speaks of its own day: of an earlier date it says nothing yet.
        ids = {one["total_id"] for one in totals}
        self.page(
            "published.html",
            "published",
            "What others published",
            totals=totals,
            later=[one for one in study["published_totals"]["total_id"] if one not in ids],
            implied=[one for one in view.implied_totals(results) if ids & {*one["totals"]}],
            # A score binds on its own day, also one of a unit that has no page on this one.
            scores=view.published_scores(study.at(None)),
            there=set(study["units"]["unit_id"]),
            bearings=[one.said for one in results.bearings],
            clash_count=len(results.clashes),
            clashes=records(irreconcilable(study)),
            figures=with_sources(study, "figures"),
            events=view.events(study),
        )
        asked = records(asked_criteria(study))
        rules: dict[str, list[dict]] = defaultdict(list)
        for rule in records(study["rules"]):
            rules[rule["criterion_id"]].append(rule)
        self.page(
            "method.html",
            "method",
            "Method and limits",
            states=view.states_key(study),
            places_note=places_note(study),
            questions=asked,
            unasked=[one for one in records(study["criteria"]) if one not in asked],
            rules=rules,
            steps=view.dates_compared(results),
            readings=view.reading_table(results),
            weights=study.lookup("recommendations", "weight"),
            report_read=self.report_read,
            group_rules=view.group_rules(study),
            kinds=[(kind, KIND_WORDS[kind], KIND_MEANING[kind]) for kind in KINDS],
        )
        names = study.lookup("units", "name")
        sections = downloads(self.beside, names)
        self.page("downloads.html", "downloads", "Downloads", sections=sections)
        replies = [
            {**one, "unit_id": unit}
            for (unit, _), held in view.replies_by_cell(results).items()
            for one in held
        ]
        self.page("cite.html", "cite", "How to cite, and how to reply", replies=replies)

    def figures(self) -> None:
        """Make a page for each named statement that another page uses, and the list of them."""
        index = "figures/index.html"
        words, states = RowWords(self.study), states_at(self.results)
        scales = self.common["scales"]

        def scale_of(key: list[str]) -> str:
            """Return the scale of a row that is a cell."""
            return scales[key[-1]] if key[0] in ("matrix", "next") else ""

        heading = Headings(self.results)
        shown = [name for name in self.named if name in self.used]
        paged = [name for name in shown if self.at.figure(name).startswith("figures/")]
        statements = [(self.named[one], heading(self.named[one])) for one in paged]
        self.page(index, "figures", "Every figure", statements=statements)
        for name in paged:
            statement = self.named[name]
            keys = [row.split("/") for row in statement.rows]
            # A figure that counts no row is about what its name says all the same.
            about = {one for key in keys for one in key[1:]} | set(name.split("."))
            day, state_of = states(statement)
            self.page(
                self.at.figure(name),
                "figure",
                heading(statement),
                [("Every figure", index)],
                criteria=about,
                units=about,
                statement=statement,
                rows=[
                    (self.at.row(row), *words(key), state_of(key), scale_of(key))
                    for row, key in zip(statement.rows, keys, strict=True)
                ],
                day=day,
                used_on=sorted(self.used[name].items()),
            )

    # --- how a page is made ------------------------------------------------------------------

    def page(
        self,
        path: str,
        template: str,
        title: str,
        trail: list[tuple[str, str]] = (),
        criteria: Iterable[str] | None = None,
        units: Iterable[str] | None = None,
        **context: object,
    ) -> None:
        """Make one page.

        Args:
            path: where it stands.
            template: name of its template.
            title: its heading.
            trail: the pages above it, between the home page and itself.
            criteria: criteria of which it shows results, whose notices must stand on it; all.
            units: the same for units.
            context: what its template takes beside what all of them take.
        """
        root = "../" * path.count("/")
        called = "Home" if path == "index.html" else title

        def to(place: str) -> str:
            return root + place

        def say(name: str) -> Markup:
            self.used[name].setdefault(path, called)
            # Written out, for it is asked for thousands of times: ids and addresses are plain.
            href, text = escape(root + self.at.figure(name)), escape(self.named[name].text)
            return Markup(
                f'<a class="figure" data-figure="{escape(name)}" href="{href}">{text}</a>'
            )

        def tell(name: str) -> Markup:
            """Return a statement that is a sentence, with a link to what it counts."""
            self.used[name].setdefault(path, called)
            return Markup(
                '<span data-figure="{0}">{2}</span> (<a href="{1}">what it counts</a>)'
            ).format(name, root + self.at.figure(name), self.named[name].text)

        def interval(unit: str, group: str = TOTAL) -> Markup:
            stem = f"score.{unit}.{group}"
            if f"{stem}.low" not in self.named:
                return Markup("nothing to score")
            said = Markup("{} to {}").format(say(f"{stem}.low"), say(f"{stem}.high"))
            if self.named[f"{stem}.known_percent"].value <= 1e-7:
                return said + ", nothing known"
            return said + Markup(", {} known").format(say(f"{stem}.known_percent"))

        html = self.template(template).render(
            self.common,
            path=path,
            title=title,
            trail=trail,
            stand=self.standing(criteria, units),
            to=to,
            say=say,
            tell=tell,
            interval=interval,
            picture=lambda chart: self.picture(chart, root),
            recommended=self.recommended,
            **context,
        )
        self.files[path] = html.encode()

    @staticmethod
    def template(name: str):
        """Return a template of the site; each is compiled once."""
        templates = _templates()
        templates.filters.update(further=further, beyond=beyond)
        return templates.get_template(f"site/{name}.html.j2")

    def picture(self, chart: Drawing, root: str) -> Markup:
        """Return a page of a chart as an image, whose file is made beside the pages."""
        self.files[f"charts/{chart.name}.svg"] = chart.svg()
        named = root, chart.name, plain(chart.alt)
        return Markup('<img src="{}charts/{}.svg" alt="{}">').format(*named)

    def standing(self, criteria: Iterable[str] | None, units: Iterable[str] | None) -> list[str]:
        """Return what must stand on a page with results on these criteria and units."""
        wanted = [
            (self._of_criterion, self.labels if criteria is None else set(criteria)),
            (self._of_unit, self.names if units is None else set(units)),
        ]
        return [*self._always, *(t for of, kept in wanted for k, t in of if k in kept)]

    @cached_property
    def _always(self) -> list[str]:
        return notes(self.results)

    @cached_property
    def _of_criterion(self) -> list[tuple[str, str]]:
        names = self.study["notices"]["criterion_id"].unique()
        return [(one, text) for one in names if one for text in notices(self.study, [one])]

    @cached_property
    def _of_unit(self) -> list[tuple[str, str]]:
        names = self.study["notices"]["unit_id"].unique()
        return [(one, text) for one in names if one for text in notices(self.study, units=[one])]

    @cached_property
    def recommended(self) -> list[dict]:
        """The recommendations, with their counts and the units named."""
        return view.recommendations(self.results)

    @cached_property
    def report_read(self) -> str:
        """How far the report itself was read; empty where it is no source."""
        read = self.study.lookup("sources", "extent_read")
        return read.get(self.settings.report.source_id, "")

    @cached_property
    def weighting(self) -> Weighting:
        """The weights of every unit."""
        return weighting(self.study)

    def tree(self, number: int) -> list[dict]:
        """Return the groups of a score, the whole first, each with its parts and their weights.

        Args:
            number: of a set of weights.
        """
        criteria = list(self.labels)
        return [
            {
                "id": group.name,
                "label": self.groups.get(group.name, "In all"),
                "parts": [
                    {
                        "is_group": not part.is_criterion,
                        "id": criteria[part.column] if part.is_criterion else part.name,
                        "weight": f"{Decimal(str(float(part.weights[number]))).normalize():,f}",
                    }
                    for part in group.children
                    # A group that is there for display only is no part of the score.
                    if part.is_criterion or part.weights[number] > 0
                ],
            }
            for group in reversed(self.weighting.tree.groups)
        ]


_templates = cache(isolating)


def _texts_by_unit(notices_of: dict[str, list[dict]]) -> dict[str, list[str]]:
    return {unit: [one["text"] for one in rows] for unit, rows in notices_of.items() if unit}


def _known_classes(known: pd.Series) -> dict[str, str]:
    """Return, for each unit, the class of its tile: how much of its weight is known."""

    def kind(share: float) -> str:
        if pd.isna(share) or share == 0:
            return "known-none"
        if share == 1:
            return "known-all"
        return "known-some" if share <= 0.5 else "known-most"

    return {unit: kind(share) for unit, share in known.items()}


def _stylesheet(results: Results) -> str:
    """Return the stylesheet, with a rule for each column and row of the tile map.

    The pages' security policy allows no style on an element, so that places need classes.
    """
    units = results.study["units"] if has_map(results.study) else results.study["units"].iloc[:0]
    rules = []
    for letter, way, column in (("x", "column", "tile_column"), ("y", "row", "tile_row")):
        places = units[column].astype(int)
        first = places.min()
        rules += [
            f".{letter}{place} {{ grid-{way}: {place - first + 1}; }}"
            for place in sorted(set(places))
        ]
    return template_text("site/site.css") + "\n".join(rules) + "\n" + ramp_rules(results.study)
