"""The site: every link arrives, every figure is a named one, and every claim can be walked back."""

import datetime as dt
import hashlib
import html as markup
import itertools
import json
import os
import posixpath
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made import LIBRARY, REAL, replaced

from analysis.measure.figures import NamedFigure, interval_sensitivity, named_figures
from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results, measure
from analysis.publish.data_dictionary import TABLES
from analysis.publish.requests import requests
from analysis.publish.site import site_files
from analysis.publish.site.addresses import Addresses, units_folder
from analysis.publish.site.downloads import downloads
from analysis.show.charts import all_charts
from analysis.study import load

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
VOID = {"meta", "link", "img", "br", "input"}
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Page(HTMLParser):
    """One page as a reader's browser would take it: elements, links, ids, and text in its place."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.figures: list[tuple[str, str, str]] = []
        self.blank: list[str] = []
        self.linked: list[tuple[tuple[str, ...], str]] = []
        self._open: list[tuple[str, dict, list[str]]] = []
        self.feed(html)
        assert not self._open, [name for name, *_ in self._open]

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        assert len(held) == len(attributes)
        self.elements.append((tag, held))
        if "id" in held:
            self.ids.append(held["id"])
        if "href" in held:
            self.links.append(held["href"])
            inside = tuple(one["id"] for _, one, _ in self._open if "id" in one)
            self.linked.append((inside, held["href"]))
        if tag not in VOID:
            self._open.append((tag, held, []))

    def handle_endtag(self, tag):
        name, held, said = self._open.pop()
        assert name == tag, (name, tag)
        text = re.sub(r"\s+", " ", "".join(said)).strip()
        if "data-figure" in held:
            self.figures.append((held["data-figure"], text, held.get("href", "")))
        if tag in ("td", "th", "dd", "dt", "li", "p", "caption", "a", "h1", "h2", "h3", "title"):
            self.blank += [] if text else [tag]

    def handle_data(self, data):
        path = tuple(name for name, *_ in self._open)
        self.texts.append((path, data))
        for *_, said in self._open:
            said.append(data)

    def text(self, tag: str = "html") -> str:
        """Return all text inside the elements of a kind."""
        return re.sub(r"\s+", " ", "".join(said for path, said in self.texts if tag in path))

    def links_in(self, anchor: str) -> list[str]:
        """Return the links inside the element with an id."""
        return [href for inside, href in self.linked if anchor in inside]


@dataclass
class Site:
    results: Results
    named: dict[str, NamedFigure]
    files: dict[str, bytes]
    beside: set[str]
    pages: dict[str, Page] = field(default_factory=dict)

    out: Path | None = None

    def beside_file(self, name: str) -> bytes:
        """Return what a file beside the site holds, where it was built."""
        return (self.out / name).read_bytes()

    @property
    def address(self) -> str | None:
        """Where the study says that it will stand."""
        return self.results.study.settings.site_address

    def __post_init__(self):
        self.pages = {
            name: Page(content.decode())
            for name, content in self.files.items()
            if name.endswith(".html")
        }
        self.at = Addresses(self.results.study, self.named)


def resolved(page: str, href: str) -> tuple[str, str]:
    """Return the path and the anchor that a link on a page leads to."""
    path, _, anchor = href.partition("#")
    path = path.partition("?")[0]
    return posixpath.normpath(
        posixpath.join(posixpath.dirname(page), path)
    ) if path else page, anchor


def named_in(results: Results) -> dict[str, NamedFigure]:
    """Return the named figures that a build holds."""
    return named_figures(results) | interval_sensitivity(results)


def made_from(results: Results) -> Site:
    named = named_in(results)
    beside = ["statements.json", "data/matrix.csv", "briefings/a.pdf"]
    beside += [f"requests/{one.name}.txt" for one in requests(results)]
    files = site_files(results, named, all_charts(results, named), beside)
    return Site(results, named, files, {*beside, "manifest.json"})


@pytest.fixture(scope="module")
def real(published) -> Site:
    """The site of the real study as a build leaves it on disk, with all that lies beside."""
    results = measure(load(REAL))
    held = {
        path.relative_to(published).as_posix(): path.read_bytes()
        for path in published.rglob("*")
        if path.is_file()
    }
    inside = {name[5:]: content for name, content in held.items() if name.startswith("site/")}
    return Site(
        results,
        named_in(results),
        inside,
        {one for one in held if one[:5] != "site/"},
        out=published,
    )


@pytest.fixture(scope="module")
def made(made_folder) -> Site:
    return made_from(measure(load(made_folder)))


@pytest.fixture(scope="module")
def library() -> Site:
    return made_from(measure(load(LIBRARY)))


@pytest.fixture(scope="module")
def before() -> Site:
    """The real study on a day before anybody had counted, and before most of it is in force."""
    return made_from(measure(load(REAL), dt.date(2010, 1, 1)))


@pytest.fixture(scope="module")
def islands(islands_folder) -> Site:
    return made_from(measure(load(islands_folder)))


@pytest.fixture(params=["real", "made", "library", "before", "islands"])
def site(request) -> Site:
    return request.getfixturevalue(request.param)


# --- it holds together ---------------------------------------------------------------------


def test_every_link_leads_somewhere(site):
    lost = []
    for name, page in site.pages.items():
        for href in page.links:
            if href.startswith(("http://", "https://")):
                continue
            path, anchor = resolved(name, href)
            if path.startswith("../"):
                there = path[3:] in site.beside and not anchor
            else:
                there = path in site.files and (not anchor or anchor in site.pages[path].ids)
            lost += [] if there else [(name, href)]
    assert lost == []


def test_every_page_is_reached_from_the_first(site):
    reached, ways = set(), ["index.html"]
    while ways:
        name = ways.pop()
        if name not in reached:
            reached.add(name)
            ways += [resolved(name, href)[0] for href in site.pages[name].links]
            ways = [one for one in ways if one in site.pages]
    assert reached == set(site.pages)


def test_every_file_is_used_and_comes_from_the_site_alone(site):
    used = set()
    for name, page in site.pages.items():
        for tag, held in page.elements:
            address = held.get("src") or (
                held.get("href") if tag == "link" and held["rel"] != "canonical" else None
            )
            if held.get("property") == "og:image":
                used.add(held["content"].removeprefix(site.address))
            if address:
                assert not re.match(r"[a-z]+:|//", address), (name, address)
                used.add(resolved(name, address)[0])
    assert used == set(site.files) - set(site.pages)
    assert "@import" not in site.files["site.css"].decode()
    assert "url(" not in site.files["site.css"].decode()
    assert "fetch" not in site.files["site.js"].decode()


def test_every_page_has_what_every_page_must_have(site):
    titles = Counter()
    for name, page in site.pages.items():
        html = site.files[name].decode()
        elements = page.elements
        assert html.startswith("<!doctype html>\n")
        assert ("html", {"lang": "en-GB"}) in elements
        policies = [a["content"] for _, a in elements if a.get("http-equiv")]
        assert policies == [POLICY]
        tags = Counter(tag for tag, _ in elements)
        assert (tags["h1"], tags["main"], tags["title"]) == (1, 1, 1)
        text = "".join(said for _, said in page.texts)
        assert "This is a draft." in text and "DRAFT" in text
        titles["".join(said for path, said in page.texts if path[-1:] == ("title",))] += 1
        for _, a in elements:
            assert not [one for one in a if one == "style" or one.startswith("on")], name
        data = {"type": "application/ld+json"}  # which no browser runs
        assert [a for tag, a in elements if tag == "script" and a != data] == [
            {"src": posixpath.relpath("site.js", posixpath.dirname(name) or "."), "defer": None}
        ]
        own = [href for href in page.links if not href.startswith(str(site.address))]
        stylesheet, skip = own[:2]
        assert resolved(name, stylesheet)[0] == "site.css" and skip[1:] in page.ids
    assert max(titles.values()) == 1, titles.most_common(3)


def test_every_notice_of_the_study_stands_on_every_page(site):
    notices = site.results.study["notices"]
    for text in notices.loc[notices["scope"] == "study", "text"]:
        for name, page in site.pages.items():
            assert text in "".join(said for _, said in page.texts), name


def test_a_notice_on_a_unit_stands_wherever_its_results_do(real):
    """The codebook asks it of one force by name: its three levels rest on one letter."""
    notices = real.results.study["notices"]
    (row,) = notices[notices["scope"] == "unit"].itertuples()
    shows = [
        name
        for name, page in real.pages.items()
        if any(real.at.unit(row.unit_id) in resolved(name, href)[0] for href in page.links)
    ]
    assert len(shows) > 20
    for name in (*shows, real.at.unit(row.unit_id)):
        assert row.text in "".join(said for _, said in real.pages[name].texts), name


def test_headings_tables_and_pictures_can_be_followed_without_sight(site):
    # What a notebook printed is shown as it was.
    pages = {name: page for name, page in site.pages.items() if not name.startswith("notebooks/")}
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        tags = Counter(tag for tag, _ in page.elements)
        assert tags["table"] == tags["caption"]
        for tag, held in page.elements:
            if tag == "th":
                assert held["scope"] in ("col", "row")
            if tag == "img":
                assert len(held["alt"]) > 60
            for one in ("aria-labelledby", "for"):
                assert held.get(one, page.ids[0]) in page.ids


def test_nothing_is_left_blank(site):
    blank = {name: page.blank for name, page in site.pages.items() if page.blank}
    # What a notebook printed is shown as it was.
    assert [name for name in blank if not name.startswith("notebooks/")] == []


# --- figures -------------------------------------------------------------------------------


def loose(pages: dict[str, Page], named: dict[str, NamedFigure]) -> list[tuple[str, str, str]]:
    """Return every figure shown that is not what the statement of its name says."""
    return [
        (name, figure, said)
        for name, page in pages.items()
        for figure, said, _ in page.figures
        if figure not in named or said != re.sub(r"\s+", " ", named[figure].text).strip()
    ]


def test_every_figure_is_the_named_one(site):
    assert sum(len(page.figures) for page in site.pages.values()) > 100
    assert loose(site.pages, site.named) == []


def test_a_figure_that_no_longer_matches_is_caught(real):
    html = real.files["index.html"].decode()
    settled = real.named["cells.settled"].text
    assert settled == "11"
    wrong = html.replace(">11</a>", ">12</a>", 1)
    assert loose({"index.html": Page(wrong)}, real.named) == [("index.html", "cells.settled", "12")]


def test_the_home_page_begins_with_what_was_found(real):
    """On each recommendation: the units by name, with the notice on each of them beside it."""
    html = real.files["index.html"].decode()
    main = markup.unescape(re.sub(r"<[^>]*>", "", html[html.index("<main") :]))
    text = re.sub(r"\s+", " ", main)
    order = [
        "What was found",
        "How much is known",
        "Every answer",
        "What can be done",
    ]
    assert sorted(order, key=text.index) == order
    notice = "Gloucestershire: These levels rest on one letter, of 3 December 2021"
    assert (
        "Recommendation 1: no sharing on doubt Shown to meet: Warwickshire; in part: "
        "Northamptonshire; shown not to meet: Gloucestershire; could not tell: 40 forces. "
        f"{notice}" in text
    )
    assert (
        "For 2 of these we have only older answers. For 14 we have a source that does not decide. "
        "For 23 we looked and found nothing." in text
    )


def test_prose_holds_no_number_that_is_not_a_named_figure(real):
    """On the pages that hold little text of the data; what is left must be a name or a date."""
    study = real.results.study
    data = " ".join(
        [
            study.descriptor.title,
            study.descriptor.version,
            study.descriptor.licenses[0].name,
            *study["recommendations"]["label"],
            *study["notices"]["text"],
            *(one.text for one in real.named.values() if one.id.startswith("dates.")),
            *(chart.split("/")[-1] for chart in real.files if chart.startswith("charts/")),
            study.settings.coders,
        ]
    )
    known = set(re.findall(r"\d+", data))
    for name in ("index.html", "cite.html", "recommendations/index.html"):
        html = re.sub(r"<figure.*?</figure>", "", real.files[name].decode(), flags=re.S)
        html = re.sub(r"<(a|span|strong)[^>]*data-figure.*?</\1>", "", html)
        text = re.sub(r"<[^>]*>", "", re.sub(r"<head>.*?</head>", "", html, flags=re.S))
        text = markup.unescape(text)
        assert set(re.findall(r"\d+", text)) <= known, name


def test_templates_work_out_no_figure_of_their_own():
    """A length or an index that is printed would be a figure without a name."""
    folder = Path(sys.modules[site_files.__module__].__file__).parents[1] / "templates/site"
    for path in folder.glob("*.j2"):
        for printed in re.findall(r"\{\{(.*?)\}\}", path.read_text("utf-8"), re.S):
            code = re.sub(r'"[^"]*"', "", printed)
            assert not re.search(r"length|(?<!_)count\b|\.index|sum\b|round|[+*/-] *\d", code), (
                path,
                code,
            )


def test_a_figures_page_lists_every_row_behind_it(site):
    seen = 0
    for name, statement in site.named.items():
        path = site.at.figure(name)
        if path not in site.pages:
            continue
        seen += 1
        links = [resolved(path, one) for one in site.pages[path].links]
        wanted = Counter(tuple(site.at.row(row).partition("#")[::2]) for row in statement.rows)
        assert wanted <= Counter(links), name
    assert seen > 50


def test_a_figures_page_is_headed_in_words_and_names_the_figure(site):
    study, seen = site.results.study, 0
    labels = {
        *study["criteria"]["label"],
        *study["recommendations"]["label"],
        *study["figures"]["measure"],
    }
    ids = {*study["criteria"]["criterion_id"], *study["recommendations"]["recommendation_id"]}
    shown = " ".join([*labels, *study["published_totals"]["total_id"]])
    for name in site.named:
        path = site.at.figure(name)
        if not path.startswith("figures/") or path not in site.pages:
            continue
        seen += 1
        page = site.pages[path]
        heading = page.text("h1").strip()
        words = set(re.findall(r"[\w-]+", heading)) - set(re.findall(r"[\w-]+", shown))
        assert not {one for one in words if "_" in one or (one in ids and not one.isalpha())}, (
            name,
            heading,
        )
        assert name not in heading and not re.search(r"\d{4}-\d\d", heading)
        bare = TURNING.sub("", heading)
        assert TURNING.sub("", page.text("title")).removeprefix("Draft: ").startswith(bare)
        assert f"Named figure {name}:" in page.text()
        row = [said for inside, said in site.pages["figures/index.html"].linked if name in inside]
        assert [resolved("figures/index.html", one)[0] for one in row] == [path]
    assert seen > 50


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("cells.settled", "Scored questions with an answer"),
        ("cells.not_found", "Scored questions at “nothing found”"),
        ("national.guidance-clear.not_met", "Forces at “not met” on “Clear guidance”"),
        (
            "gaps.R1.meets",
            "Forces that can be shown to meet “Recommendation 1: no sharing on doubt”",
        ),
        (
            "at.2021-12-31.changed",
            "After the replies of 2021 (31 December 2021): questions whose state differs from the "
            "date before",
        ),
        (
            "bounds.2020-12-17.guidance-clear.units.not_met.high",
            "“Clear guidance” on 17 December 2020, forces at “not met”: the greatest that is "
            "possible beside what was published",
        ),
        ("totals.P1.named", "Published count P1: how many the evidence names"),
        ("study.sources", "All documents listed"),
    ],
)
def test_headings_of_figures(real, name, heading):
    assert real.pages[real.at.figure(name)].text("h1") == heading


def test_what_scores_owe_to_choices_is_told_in_named_figures(real):
    """Of intervals alone: no comparison that holds under some choices is said, or is in the data."""
    told = {name: href for name, _, href in real.pages["method.html"].figures if "sensi" in name}
    kinds = {"weights", "level", "aggregation", "criterion", "coder", "date"}
    stems = ["known", "known_otherwise", "moved", *(f"moved.{one}" for one in kinds)]
    assert set(told) == {f"sensitivity.units.{one}" for one in stems}
    assert all(resolved("method.html", href)[0] in real.pages for href in told.values())
    # The same forces, counted another way.
    known = real.results.total["known"] > 0
    assert real.named["sensitivity.units.known"].text == str(known.sum())
    published = json.loads(real.beside_file("statements.json"))
    assert {one["id"] for one in published if one["id"].startswith("sensitivity.")} == set(told)


def test_a_figure_that_counts_nothing_bears_the_notice_on_its_question(real):
    notices = real.results.study["notices"]
    (text,) = notices.loc[notices["criterion_id"] == "guidance-clear", "text"]
    assert real.named["national.guidance-clear.not_met"].rows == ()
    page = real.pages[real.at.figure("national.guidance-clear.not_met")]
    assert " ".join(text.split()) in page.text()


# --- what is still open --------------------------------------------------------------------


def test_a_units_page_leads_to_its_request_and_only_where_there_is_one(site):
    asked = requests(site.results)
    for unit in site.results.study["units"]["unit_id"]:
        page = site.pages[site.at.unit(unit)]
        links = [resolved(site.at.unit(unit), one)[0] for one in page.links]
        letters = {f"../requests/{one.name}.txt" for one in asked if one.unit_id == unit}
        to_letters = sorted(one for one in links if one.startswith("../requests/"))
        assert to_letters == sorted(letters)
        assert page.text().count("Fill in the places marked in it") == len(letters)


def test_a_files_link_names_the_unit_that_it_is_about(real):
    html = real.files["downloads.html"].decode()
    assert '<a href="../requests/kent.txt">Request for information: Kent Police</a>' in html
    assert '<a href="../briefings/kent.pdf">Briefing: Kent Police</a>' in html


def test_the_weight_of_an_open_question_leads_to_what_it_is_a_part_of(real):
    html = real.files["forces/kent.html"].decode()
    asked = html.partition('id="page.next"')[2].partition("<h2")[0]
    shares = re.findall(r"<li>.*? \((.*?)\)</li>", asked)
    assert len(shares) == 6
    assert all(re.fullmatch(r'<a href="#page.score">\d+%</a>', one) for one in shares)


def test_where_no_contact_is_set_that_is_said_in_plain_words(real, made):
    said = real.pages["cite.html"].text()
    assert "This is a draft: no contact has been set yet." in said
    assert "to be set" not in said and "Settings" not in said
    assert "Not set yet" in real.pages["method.html"].text()
    assert made.results.study.descriptor.placeholders == ()
    said = made.pages["cite.html"].text()
    assert f"Replies, and questions, go to: {made.results.study.settings.contact}" in said
    assert "contact has been set" not in said
    assert "Not set yet" not in made.pages["method.html"].text()


# --- walk back -----------------------------------------------------------------------------


def test_a_journalist_walks_from_the_headline_number_to_one_source(real):
    home = real.pages["index.html"]
    figure = next(href for name, _, href in home.figures if name == "cells.settled")
    path, _ = resolved("index.html", figure)
    assert path == "figures/cells.settled.html"

    rows = [resolved(path, href) for href in real.pages[path].links]
    cell = next(one for one in rows if one[0] == "forces/gloucestershire.html")
    assert cell == ("forces/gloucestershire.html", "stop-sharing-on-doubt")

    behind = [resolved(cell[0], href) for href in real.pages[cell[0]].links_in(cell[1])]
    evidence = next(one for one, _ in behind if one.startswith("evidence/"))
    assert evidence == "evidence/E041.html"

    onward = [resolved(evidence, href) for href in real.pages[evidence].links]
    source = next(one for one in onward if one[0] == "sources.html" and one[1])
    links = real.pages["sources.html"].links_in(source[1])
    assert [one for one in links if one.startswith("https://www.gloucestershire.police.uk/")]
    # And back again.
    assert evidence in [resolved("sources.html", one)[0] for one in links]
    assert cell in onward


def test_every_cell_has_its_place(site):
    study = site.results.study
    for unit in study["units"]["unit_id"]:
        assert set(study["criteria"]["criterion_id"]) <= set(site.pages[site.at.unit(unit)].ids)


def test_a_cell_leads_to_the_evidence_of_its_level_and_of_both_coders(site):
    study = site.results.study
    asked = set(criteria_in_use(study)["criterion_id"])
    checked = 0
    for table in (study["codings"], site.results.matrix.cells):
        for row in table[table["criterion_id"].isin(asked)].itertuples():
            path = site.at.unit(row.unit_id)
            there = {resolved(path, one)[0] for one in site.pages[path].links_in(row.criterion_id)}
            for one in filter(None, row.evidence_ids.split(";")):
                assert site.at.evidence(one) in there
                checked += 1
    assert checked > 10


def test_a_cell_shows_both_coders_and_who_settled_it_and_why(real):
    html = real.files["forces/gloucestershire.html"].decode()
    section = re.search(
        r'<section class="cell" id="stop-sharing-on-doubt".*?</section>', html, re.S
    )
    text = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", section[0]))
    for said in (
        "not met",
        "Declines the recommendation; or defers to national policy",
        "Confidence: medium",
        "Settled by third reading: Deferral to a national position",
        "coder-1",
        "coder-2",
        "All that the copy holds was read",
        "Gloucestershire Constabulary",
    ):
        assert said in text, said


def test_evidence_lists_the_cells_and_codings_that_rest_on_it(site):
    study = site.results.study
    for row in (*study["codings"].itertuples(), *site.results.matrix.cells.itertuples()):
        for one in filter(None, row.evidence_ids.split(";")):
            path = site.at.evidence(one)
            there = [resolved(path, href) for href in site.pages[path].links]
            assert tuple(site.at.cell(row.unit_id, row.criterion_id).split("#")) in there


def test_a_source_lists_what_was_taken_from_it(site):
    page = site.pages["sources.html"]
    for row in site.results.study["evidence"].itertuples():
        links = [resolved("sources.html", one)[0] for one in page.links_in(row.source_id)]
        assert site.at.evidence(row.evidence_id) in links


def test_evidence_that_no_coding_cites_is_listed_and_never_shown(real):
    study = real.results.study
    cited, evidence = study.cited_evidence(), study["evidence"]
    free = evidence[(evidence["scope"] == "unit") & ~evidence["evidence_id"].isin(cited)]
    assert len(free) == 32
    everything = "".join(
        said for page in real.pages.values() for path, said in page.texts if "title" not in path
    )
    for row in free.itertuples():
        assert row.states[:60] not in everything
        assert real.at.unit(row.unit_id) not in [
            resolved(real.at.evidence(row.evidence_id), one)[0]
            for one in real.pages[real.at.evidence(row.evidence_id)].links
        ]


def test_everything_beside_the_site_is_offered(real):
    links = {resolved("downloads.html", one)[0] for one in real.pages["downloads.html"].links}
    assert {f"../{one}" for one in real.beside} <= links


def test_a_file_is_offered_as_what_it_is_and_by_the_name_of_its_unit(real):
    study = real.results.study
    # A table that has the name of a unit is not about it.
    beside = ["briefings/gwent.pdf", "data/gwent.csv", "requests/gwent.txt", "requests/gwent.2.txt"]
    beside += ["data/ranks.csv", "data/units.csv"]
    words = {path: text for _, files in downloads(beside, study) for path, text in files}
    name = study.lookup("units", "name")["gwent"]
    assert words["briefings/gwent.pdf"] == f"Briefing: {name}"
    assert words["requests/gwent.txt"] == f"Request for information: {name}"
    assert words["requests/gwent.2.txt"] == f"Request for information to another body: {name}"
    assert words["data/gwent.csv"] == "gwent"
    assert words["data/ranks.csv"] == TABLES["ranks"].title
    assert words["data/units.csv"] == study.descriptor.tables["units"].title


def test_a_units_own_files_are_offered_on_its_page(made):
    name = made.results.study["units"]["unit_id"][0]
    path, beside = made.at.unit(name), [f"briefings/{name}.pdf", "briefings/other.pdf"]
    files = site_files(made.results, made.named, all_charts(made.results, made.named), beside)
    links = [resolved(path, one)[0] for one in Page(files[path].decode()).links]
    assert f"../briefings/{name}.pdf" in links and "../briefings/other.pdf" not in links


def test_units_stand_in_the_order_of_their_names_and_in_no_other(site):
    path = f"{site.at.units_folder}/index.html"
    names = site.results.study.lookup("units", "name")
    body = site.files[path].decode().partition('class="find fit"')[2].partition("</table>")[0]
    firsts = re.findall(r'<th scope="row"><a href="([^"]*)"', body)
    order = [resolved(path, one)[0] for one in firsts]
    assert order == [site.at.unit(one) for one in sorted(names, key=lambda one: names[one].lower())]
    assert "data-sort>Score" not in body


# --- addresses -----------------------------------------------------------------------------


def test_addresses_are_the_stated_ones(real):
    assert real.at.cell("kent", "safe-reporting-pathway") == (
        "forces/kent.html#safe-reporting-pathway"
    )
    assert "evidence/E041.html" in real.files and "recommendations/R1.html" in real.files
    assert "S038" in real.pages["sources.html"].ids


@pytest.mark.parametrize(
    ("plural", "folder"),
    [("forces", "forces"), ("Made-up Forces", "made-up-forces"), ("evidence", "units-evidence"),
     ("Räte & more", "r-te-more"), ("…", "units"), ("../x", "x")],
)  # fmt: skip
def test_the_folder_of_the_units_comes_from_what_they_are_called(plural, folder):
    assert units_folder(plural) == folder


def test_no_two_pages_meet_where_case_does_not_count(made):
    """Ids that differ by case alone, and one that is called as the list is."""
    units = made.results.study["units"].copy()
    units.loc[:2, "unit_id"] = ["index", "Twin", "twin"]
    study = replaced(made.results.study, units=units)
    at = Addresses(study, made.named)
    held = [at.unit(one) for one in units["unit_id"]]
    assert len({one.lower() for one in held}) == len(held)
    assert held[:3] == [f"made-up-forces/{one}.html" for one in ("_index", "Twin", "_twin")]
    assert max(Counter(one.lower() for one in made.files).values()) == 1


# --- texts that mean harm ------------------------------------------------------------------


def test_texts_of_the_data_never_become_markup(made):
    tags = {tag for page in made.pages.values() for tag, _ in page.elements}
    assert not tags & {"b", "i", "form", "iframe", "object", "svg", "base"}
    for name, page in made.pages.items():
        for href in page.links:
            assert re.match(r"https?://|#|\.\./|[A-Za-z0-9_-]+[/.]", href), (name, href)
            assert not re.match(r"\s*(javascript|data):", href, re.I)
    whole = "".join(said for page in made.pages.values() for _, said in page.texts)
    assert "<script>alert('made up')</script>" in whole  # shown, as the text that it is


INSIDE = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
"""What is kept apart, with the signs that do so."""


def test_a_text_that_turns_the_direction_stands_alone(made):
    turned = 0
    for name, page in made.pages.items():
        for path, said in page.texts:
            if TURNING.search(said) and path[-1] in ("textarea", "template"):
                # No element can stand in these: each line closes what it opens.
                for line in said.split("\n"):
                    opened = sum(map(line.count, "\u2066\u2067\u2068"))
                    assert opened == line.count("\u2069"), (name, path, line)
                    outside, inner = line, 1
                    while inner:
                        outside, inner = INSIDE.subn("", outside)
                    assert not TURNING.search(outside), (name, path, line)
            elif TURNING.search(said):
                assert path[-1] == "bdi", (name, path, said)
                turned += 1
        for _, held in page.elements:
            assert not [one for one in held.values() if one and TURNING.search(one)], name
    assert turned > 10


# --- the same bytes ------------------------------------------------------------------------


def digest(files: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + files[name])
    return whole.hexdigest()


def test_another_process_makes_the_same_bytes(made):
    """With another hash seed, in another time zone."""
    script = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_site import digest, made_from, measure, load\n"
        "print(digest(made_from(measure(load(sys.argv[1]))).files))\n"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    other = subprocess.run(
        [sys.executable, "-c", script, str(made.results.study.folder)],
        env=env,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        check=True,
    )
    assert other.stdout.strip() == digest(made.files)
