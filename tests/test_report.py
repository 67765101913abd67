"""The report page: what must stand on it, what must not, and that it holds together."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from drawn import scores, words
from made import library

from analysis.measure.figures import interval_sensitivity, named_figures
from analysis.measure.results import measure
from analysis.publish.markup import link
from analysis.publish.report import report_html
from analysis.publish.site.pages import site_files
from analysis.show.charts import all_charts
from analysis.show.drawing import Drawn, Section, in_section
from analysis.study import load

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def results():
    return measure(load(ROOT / "data/safe-to-share"))


@pytest.fixture(scope="module")
def page(results):
    named = named_figures(results)
    return report_html(results, named, all_charts(results, named))


class Page(HTMLParser):
    """Collects ids, links, images, element names and the text of each article."""

    def __init__(self, html: str):
        super().__init__()
        self.ids, self.links, self.images, self.elements = [], [], [], []
        self.articles: dict[str, str] = {}
        self._article = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        self.elements.append((tag, held))
        if "id" in held:
            self.ids.append(held["id"])
        if tag == "a":
            self.links.append(held.get("href", ""))
        if tag == "img":
            self.images.append(held)
        if tag == "article":
            self._article = held["id"]
            self.articles[self._article] = ""

    def handle_endtag(self, tag):
        if tag == "article":
            self._article = None

    def handle_data(self, data):
        if self._article:
            self.articles[self._article] += re.sub(r"\s+", " ", data)


@pytest.fixture(scope="module")
def parsed(page):
    return Page(page)


TEMPLATES = Path(str(files("analysis.publish").joinpath("templates")))


@pytest.mark.parametrize(
    "name", sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.j2"))
)
def test_a_template_holds_no_figure_of_its_own(name):
    text = (TEMPLATES / name).read_text("utf-8")
    text = re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.S)
    text = re.sub(r"<[^>]*>", "", text)
    assert re.findall(r"\d+", text) == []


def test_the_templates_of_the_site_are_among_them():
    assert len(list(TEMPLATES.rglob("site/*.j2"))) > 10


def test_every_unit_has_a_section(parsed, results):
    assert list(parsed.articles) == list(results.study["units"]["unit_id"])


def test_a_unit_with_nothing_known_reads_so_and_has_no_score(parsed, results):
    total = results.total
    unknown = total.index[total["known"] == 0]
    assert len(unknown) == 39
    for unit in unknown:
        text = parsed.articles[unit]
        assert "Nothing scored is known:" in text
        assert "0 to 100, nothing known" in text
        assert "The evidence allows a score of" not in text


def test_the_charts_show_nothing_known_as_such(results):
    named = named_figures(results)
    charts = {chart.name: chart for chart in all_charts(results, named)}
    labels = words(charts["intervals"])
    assert labels.count("0 to 100, nothing known") == 39
    assert not [label for label in labels if label.startswith(("0 to 0", "0,"))]
    tiles = words(charts["tile-map"])
    assert tiles.count("nothing known") == 39 + 1  # the tiles, and the legend
    assert not any(text.startswith("0%") for text in tiles)


def test_charts_plot_the_table_that_they_show(results):
    """Each bar of the intervals runs from low to high of its row."""
    chart = {c.name: c for c in all_charts(results, named_figures(results))}["intervals"]
    assert scores(chart) == pytest.approx(chart.table[["low", "high"]].to_numpy(), abs=0.05)


def test_every_chart_has_a_title_alt_text_and_the_draft_mark(results):
    for chart in all_charts(results, named_figures(results)):
        said = words(chart)
        assert re.sub(r"\s", "", chart.title) in [re.sub(r"\s", "", one) for one in said]
        assert any("DRAFT" in one for one in said), chart.name
        assert chart.title in chart.alt and len(chart.alt) > len(chart.title) + 20
        assert len(chart.table)


def test_a_chart_is_shown_in_its_section_alone():
    """On the site too, but for the map: it has one of its own."""
    results = measure(library())
    named = named_figures(results) | interval_sensitivity(results)
    charts = [Drawn(one, "Up", "Bars.", pd.DataFrame(), b"", section=one) for one in Section]
    parts = report_html(results, named, charts).split('<section id="')
    shown = [(part.partition('"')[0], re.findall('id="chart-(.*?)"', part)) for part in parts]
    own = {one: [one] for one in Section} | {"matrix": ["matrix", "map"], "map": []}
    assert {one: held for one, held in shown if held} == {one: own[one] for one in own if own[one]}
    pages = site_files(results, named, charts).values()
    on_site = [one for page in pages for one in re.findall(b'id="chart.(.*?)"', page)]
    assert sorted(on_site) == sorted(one.encode() for one in Section if one != Section.MAP)


def test_a_section_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="named 'scorse': there are matrix, map"):
        in_section([], "scorse")


@pytest.mark.parametrize("name", ["matrix", "intervals", "tile-map", "coverage"])
def test_charts_of_results_carry_the_notices_of_the_study(results, name):
    chart = {c.name: c for c in all_charts(results, named_figures(results))}[name]
    said = re.sub(r"\s", "", " ".join(text.get_text() for text in chart.figure.texts))
    notices = results.study["notices"]
    spoken_of = notices["scope"].isin(["study", "criterion"])
    if name != "coverage":  # which shows no unit by name
        spoken_of |= notices["scope"] == "unit"
    for notice in notices.loc[spoken_of, "text"]:
        assert re.sub(r"\s", "", notice) in said


def test_every_notice_stands_beside_what_it_speaks_of(parsed, page, results):
    notices = results.study["notices"]
    for text in notices.loc[notices["scope"] == "study", "text"]:
        escaped = text.replace("'", "&#39;").replace('"', "&#34;")
        # In each section that shows results: short, matrix, gaps, national, scores, coverage,
        # change, units and method.
        assert page.count(escaped) >= 9
    for row in notices.itertuples():
        if row.scope == "unit":
            assert row.text in parsed.articles[row.unit_id]
        if row.scope == "criterion":
            assert all(row.text in text for text in parsed.articles.values())


def test_uncited_evidence_is_listed_and_under_no_units_name(parsed, page, results):
    study = results.study
    cited = {one for ids in study["codings"]["evidence_ids"] for one in ids.split(";")}
    evidence = study["evidence"]
    free = evidence[(evidence["scope"] == "unit") & ~evidence["evidence_id"].isin(cited)]
    assert len(free) == 32
    for row in free.itertuples():
        assert row.evidence_id in parsed.ids
        assert all(row.evidence_id not in text for text in parsed.articles.values())
        assert row.states[:60] not in page


def test_every_level_leads_to_its_evidence_and_source(parsed, results):
    cells = results.matrix.cells
    settled = cells[(cells["row"] >= 0) & (cells["evidence_ids"] != "")]
    links = set(parsed.links)
    sources = results.study.lookup("sources", "url")
    of_evidence = results.study.lookup("evidence", "source_id")
    for ids in settled["evidence_ids"]:
        for one in ids.split(";"):
            assert f"#{one}" in links and one in parsed.ids
            assert sources[of_evidence[one]] in links


def test_ids_are_unique_and_every_inner_link_arrives(parsed):
    assert len(parsed.ids) == len(set(parsed.ids))
    inner = {href[1:] for href in parsed.links if href.startswith("#")}
    assert inner <= set(parsed.ids)


def test_the_page_needs_no_network_and_no_script(parsed, page):
    loading = [a for _, a in parsed.elements if "src" in a or a.get("rel") == "stylesheet"]
    assert all(one["src"].startswith("data:image/svg+xml;base64,") for one in loading)
    names = {name for name, _ in parsed.elements}
    assert not names & {"script", "iframe", "object", "embed", "form", "link"}
    assert not any(key.startswith("on") or key == "style" for _, a in parsed.elements for key in a)
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(a["content"] for n, a in parsed.elements if a.get("http-equiv"))
    assert f"'sha256-{digest}'" in policy and "default-src 'none'" in policy


def test_images_have_text_alternatives_and_tables_captions(parsed):
    assert len(parsed.images) == 6
    assert all(len(image["alt"]) > 60 for image in parsed.images)
    names = [name for name, _ in parsed.elements]
    assert names.count("table") == names.count("caption")
    assert all("scope" in a for name, a in parsed.elements if name == "th")


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "ftp://example.org", " javascript:alert(1)",
     "JaVaScRiPt:alert(1)", "//example.org", "http//example.org", "", "http://[bad"],
)  # fmt: skip
def test_only_http_becomes_a_link(address):
    assert "<a" not in link(address, "a title")


def test_http_becomes_a_link_and_is_escaped():
    assert link('https://example.org/?a="b"&c') == (
        '<a href="https://example.org/?a=&#34;b&#34;&amp;c" rel="noreferrer">'
        "https://example.org/?a=&#34;b&#34;&amp;c</a>"
    )


def test_a_draft_says_so_and_a_checked_study_does_not(page, results):
    assert "This is a draft." in page
    settings = results.study.settings.model_copy(update={"status": "checked"})
    object.__setattr__(
        results.study,
        "descriptor",
        results.study.descriptor.model_copy(update={"settings": settings}),
    )
    named = named_figures(results)
    checked = report_html(results, named, all_charts(results, named))
    assert "This is a draft." not in checked and "DRAFT" not in checked


def test_figures_are_counted_rightly_where_they_are_one_or_none():
    study = load(ROOT / "tests/studies/library-hours")
    results = measure(study)
    page = report_html(results, named := named_figures(results), all_charts(results, named))
    assert "1 pair does not reconcile:" in page
    assert "that seem to count the same thing as another: 2." in page
    alone = study["figures"].assign(comparison="")
    results = measure(replace(study, tables={**study.tables, "figures": alone}))
    page = report_html(results, named := named_figures(results), all_charts(results, named))
    assert "that seem to count the same thing as another: 0." in page
    assert "not reconcile:" not in page


def test_events_stand_by_date_and_last_those_without_one(page):
    table = page[page.index("Events, with who acted") :]
    table = table[: table.index("</table>")]
    days = re.findall(r'<tr><th scope="row">\w+</th><td class="nowrap">([^<]+)</td>', table)
    known = [day for day in days if day != "not known"]
    assert len(days) == 67 and 0 < len(known) < len(days)
    assert days == sorted(known) + ["not known"] * (len(days) - len(known))
