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
from markupsafe import escape

from analysis.measure.figures import interval_sensitivity, named_figures
from analysis.measure.results import measure
from analysis.publish.context.overview import numbered_notes
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


def test_every_unit_is_in_the_table_of_all_and_has_an_entry_if_something_is_known(
    parsed, page, results
):
    table = page[page.index('<section id="all">') : page.index('<section id="totals">')]
    names = results.study.lookup("units", "short_name")
    rows = re.findall(r'<tr[^>]*><th scope="row">(?:<a href="#[^"]+">)?([^<]+)<', table)
    assert rows == list(names.values()) and len(rows) == 43
    cells = results.matrix.cells
    answered = cells[~cells["state"].isin(["not_found", "not_assessed"])]
    assert set(parsed.articles) == set(answered["unit_id"]) and len(parsed.articles) == 32
    assert set(names) <= set(parsed.ids)


def test_a_unit_without_an_answer_to_a_scored_question_has_no_score(parsed, page, results):
    total = results.total
    unknown = total.index[total["known"] == 0]
    assert len(unknown) == 39
    for unit in {*unknown} & {*parsed.articles}:
        assert "Score:" not in parsed.articles[unit]
    assert sum("Score:" in text for text in parsed.articles.values()) == 4
    assert page.count("A force without a score here has no answer to a scored question.") == 1


def test_units_of_which_nothing_is_known_are_named_in_one_sentence(parsed, page, results):
    (sentence,) = re.findall("no source on any question for: (.*?)That says nothing", page)
    linked = re.findall(r'href="#([^"]+)"', sentence)
    assert linked == [u for u in results.study["units"]["unit_id"] if u not in parsed.articles]
    assert len(linked) == 11


def test_what_was_found_comes_first_with_the_notice_of_each_unit_it_names(page, results):
    named = named_figures(results)
    found = page[page.index("<main") : page.index('id="notes"')]
    for rec in ("R1", "R4"):
        (said,) = re.findall(rf'href="#rec-{rec}">.*?<dd>(.*?)</dd>', found, re.S)
        plain = " ".join(re.sub("<[^>]+>", "", said).split())
        assert plain.startswith(named[f"findings.{rec}"].text)
        assert "Gloucestershire: These levels rest on one letter" in plain.replace("&#39;", "'")


def test_sections_come_in_the_order_in_which_a_reader_asks(page):
    assert re.findall('<section id="(.*?)"', page) == [
        "found", "known", "matrix", "next", "recommendations", "units", "all", "totals", "change",
        "method", "sources", "cite",
    ]  # fmt: skip


def test_the_charts_show_nothing_known_as_such(results):
    named = named_figures(results)
    charts = {chart.name: chart for chart in all_charts(results, named)}
    labels = words(charts["intervals"])
    assert labels.count("0 to 100, nothing known") == 39
    assert not [label for label in labels if label.startswith(("0 to 0", "0,"))]
    tiles = words(charts["tile-map"])
    assert tiles.count("no answer") == 39 + 1  # the tiles, and the legend
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


def test_a_chart_is_shown_where_its_section_has_a_place():
    """In the report the matrix and the map; on the site all but the map, which it has as tiles."""
    results = measure(library())
    named = named_figures(results) | interval_sensitivity(results)
    charts = [Drawn(one, "Up", "Bars.", pd.DataFrame(), b"", section=one) for one in Section]
    page = report_html(results, named, charts)
    assert re.findall('id="chart-(.*?)"', page) == ["matrix", "map"]
    pages = site_files(results, named, charts).values()
    on_site = [one for page in pages for one in re.findall(b'id="chart.(.*?)"', page)]
    assert sorted(on_site) == sorted(one.encode() for one in Section if one != Section.MAP)


def test_a_chart_at_the_end_of_a_page_has_a_heading_there():
    results = measure(library())
    named = named_figures(results) | interval_sensitivity(results)
    about = {"section": Section.METHOD_PAGE, "heading": "How far opinions reach"}
    chart = Drawn("reach-of-opinions", "Up", "Bars.", pd.DataFrame(), b"", **about)
    page = site_files(results, named, [chart])["method.html"].decode()
    heading = '<h2 id="page.chart.reach-of-opinions">How far opinions reach</h2>'
    assert re.search(f'{heading}\\s*<figure id="chart.reach-of-opinions">', page)


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


def test_a_notice_stands_in_full_once_and_each_section_of_results_leads_there(page, results):
    notices = results.study["notices"]
    general = notices[notices["scope"] != "unit"]
    body = without_pictures(page)
    for number, text in enumerate(general["text"], 1):
        assert body.count(str(escape(text))) == 1
        assert f'<dt id="note-{number}">' in page
    for section in ("known", "recommendations", "units", "change"):
        start = page.index(f'<section id="{section}">')
        assert 'href="#note-1">notes 1 to 3' in page[start : page.index("</section>", start)]
    (particular,) = notices.loc[notices["scope"] == "criterion", "criterion_id"]
    assert particular == "guidance-clear" and page.count('href="#note-4"') >= 4


def without_pictures(page):
    """Return a page without what a picture says of itself, which it must carry alone."""
    return re.sub(r'alt="[^"]*"|<figcaption.*?</figcaption>', "", page, flags=re.S)


def test_the_notice_of_a_unit_stands_wherever_a_finding_on_it_does(parsed, page, results):
    notices = results.study["notices"]
    for row in notices[notices["scope"] == "unit"].itertuples():
        assert row.text in parsed.articles[row.unit_id]
        for section in ("found", "all", "change"):
            start = page.index(f'<section id="{section}">')
            assert str(escape(row.text)) in page[start : page.index("</section>", start)]


def test_the_draft_is_said_once(page):
    assert without_pictures(page).count("This is a draft.") == 1 and "DRAFT" not in page


def test_a_study_of_many_criteria_notices_keeps_them_apart():
    study = library()
    criteria = list(study["criteria"]["criterion_id"][:2])
    table = study["notices"].iloc[:0]
    rows = [("A", "study", "", "", "On all."), ("B", "criterion", "", criteria[0], "On one.")]
    notes = numbered_notes(
        measure(
            replace(
                study, tables={**study.tables, "notices": pd.DataFrame(rows, columns=table.columns)}
            )
        ),
        ["First."],
    )
    assert [(one.number, one.text, one.criterion_id) for one in notes] == [
        (1, "First.", ""), (2, "On all.", ""), (3, "On one.", criteria[0]),
    ]  # fmt: skip


def test_what_the_report_leaves_out_stands_on_the_site_or_in_the_tables(published, results):
    """Statements of evidence that may be shown, searches, figures, events, rules and sources."""
    site = "".join(one.read_text("utf-8") for one in (published / "site").rglob("*.html"))
    study = results.study
    evidence = study["evidence"]
    may_be_shown = evidence["evidence_id"].isin(study.cited_evidence()) | (
        evidence["scope"] != "unit"
    )
    tables = study.tables | {"evidence": evidence[may_be_shown]}
    for table, column in (
        ("evidence", "states"), ("sources", "url"), ("searches", "queries"), ("events", "event"),
        ("figures", "what_it_counts"), ("rules", "rule"),
    ):  # fmt: skip
        texts = {str(escape(text.rstrip("."))) for text in tables[table][column]}
        assert [text for text in texts if text not in site] == [], table
    made = {one.stem for one in (published / "data").glob("*.csv")}
    assert {"scores", "matrix", "national", "changes", "next", "sources", "evidence"} <= made


def test_uncited_evidence_is_under_no_units_name(page, results):
    study = results.study
    evidence = study["evidence"]
    free = evidence[
        (evidence["scope"] == "unit") & ~evidence["evidence_id"].isin(study.cited_evidence())
    ]
    assert len(free) == 32
    assert [text for text in free["states"] if text[:60] in page] == []


def test_every_level_leads_to_its_source(parsed, results):
    cells = results.matrix.cells
    settled = cells[(cells["row"] >= 0) & (cells["evidence_ids"] != "")]
    links = set(parsed.links)
    sources = results.study.lookup("sources", "url")
    of_evidence = results.study.lookup("evidence", "source_id")
    for ids in settled["evidence_ids"]:
        for one in ids.split(";"):
            source = of_evidence[one]
            assert f"#{source}" in links and source in parsed.ids and sources[source] in links


def test_only_sources_that_are_cited_are_listed(parsed, results):
    listed = {one for one in parsed.ids if re.fullmatch(r"S\d+", one)}
    assert listed == {link[1:] for link in parsed.links if re.fullmatch(r"#S\d+", link)}
    assert len(listed) < len(results.study["sources"]) / 2


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
    assert len(parsed.images) == 2
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
