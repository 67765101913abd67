"""The report as PDF: the page's text whole, tagged, and the same bytes everywhere."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import prose
import pytest
from made import NASTY, everywhere, library, real
from made_study import write_made_study
from pdfs import assert_accessible, bare, bookmarks, opened, read, tags, text_of

from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.publish.document_model import (
    Heading,
    Items,
    Paragraph,
    Picture,
    Table,
    Terms,
    page_blocks,
    plain,
)
from analysis.publish.report import picture, report_html
from analysis.publish.report_docx import report_docx
from analysis.publish.report_pdf import report_pdf
from analysis.publish.typeset import _set
from analysis.show.charts import all_charts
from analysis.show.drawing import Section
from analysis.study import load
from analysis.wording import spoken

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def results():
    return measure(real())


@pytest.fixture(scope="module")
def named(results):
    return named_figures(results)


@pytest.fixture(scope="module")
def charts(results, named):
    return all_charts(results, named)


@pytest.fixture(scope="module")
def page(results, named, charts):
    return report_html(results, named, charts)


@pytest.fixture(scope="module")
def content(results, page):
    return report_pdf(results, page_blocks(page))


@pytest.fixture(scope="module")
def reader(content):
    return opened(content)


@pytest.fixture(scope="module")
def text(reader, results):
    head = results.study.settings.draft_mark
    return text_of(reader, head, f"State as of {spoken(results.matrix.as_of)}")


def test_it_is_tagged_titled_and_has_its_fonts(reader, results):
    assert_accessible(reader, results.study.descriptor.title)


def test_every_chart_has_its_text_alternative(reader, charts):
    alts = [one["/Alt"] for one in tags(reader) if one["/S"] == "/Figure"]
    shown = [chart.alt for chart in charts if chart.section in (Section.MATRIX, Section.MAP)]
    assert sorted(alts) == sorted(shown) and len(alts) == 2


def test_bookmarks_are_the_headings(reader, page, results):
    headings = [one for one in page_blocks(page) if isinstance(one, Heading) and one.level]
    assert bookmarks(reader) == [plain(one.runs) for one in headings]
    names = results.study.lookup("units", "name")
    assert {names[unit] for unit in re.findall('<article class="unit" id="(.*?)"', page)} <= set(
        bookmarks(reader)
    )


def test_each_page_bears_the_draft_mark_and_its_number(reader, results):
    pages, _ = read(reader)
    for number, text in enumerate(pages, start=1):
        said = bare(text)
        assert said.startswith(bare(results.study.settings.draft_mark))
        assert said.endswith(f"{number}{len(pages)}")


def test_every_table_has_a_header_and_repeats_it(reader, page):
    tables = [one for one in page_blocks(page) if isinstance(one, Table)]
    kinds = [one["/S"] for one in tags(reader)]
    assert kinds.count("/Table") == kinds.count("/THead") == len(tables)
    assert kinds.count("/Caption") == len(tables)
    sources = [one for one in tables if plain(one.caption).startswith("Each force, and")]
    heads = bare("".join(plain(one.runs) for one in sources[0].header))
    pages = [one for one in read(reader)[0] if heads in bare(one)]
    assert len(pages) > 1


def test_the_text_is_that_of_the_page_block_by_block(text, page):
    """So every figure in it is that of its statement: the page takes them from nowhere else."""
    missing = []
    for one in page_blocks(page):
        match one:
            case Heading() | Paragraph():
                said = [one.runs]
            case Items():
                said = one.items
            case Terms():
                said = [name + body for _, name, body in one.terms]
            case Table():
                said = [one.caption, *(cell.runs for row in one.rows for cell in row.cells)]
            case Picture():
                said = []
        missing += [plain(runs) for runs in said if bare(plain(runs)) not in text]
    assert missing == []


def test_figures_are_those_of_their_statements(text, named):
    for sentence, names in {
        "answers {} of the {}.": ("cells.settled", "cells.scored"),
        "{} scored questions on a force have no current answer": ("next.cells",),
        "All {} documents listed": ("study.sources",),
        "Replies: {};": ("replies.count",),
    }.items():
        assert bare(sentence.format(*(named[one].text for one in names))) in text


def test_every_source_cited_is_in_it_with_its_address(reader, text, results, page):
    sources = results.study["sources"]
    sources = sources[sources["source_id"].isin(re.findall('<dt id="(S[0-9]+)"', page))]
    assert len(sources) > 50
    links = {
        action["/A"]["/URI"]
        for one in reader.pages
        for action in (held.get_object() for held in one.get("/Annots", []))
        if "/URI" in action.get("/A", {})
    }
    for row in sources.itertuples():
        assert row.source_id in text
        assert not row.url.startswith("http") or row.url in links


def test_no_type_is_smaller_than_nine_points(reader):
    assert min(read(reader)[1]) >= 9


def test_it_has_at_most_two_dozen_pages(reader):
    assert len(reader.pages) <= 24


def test_no_caveat_stands_in_full_more_than_once(page, results):
    """The draft mark stands in the head of each page besides, and a picture carries its own."""
    words = " ".join(prose.of_blocks(page_blocks(page)))
    notices = results.study["notices"]
    for text in notices.loc[notices["scope"] != "unit", "text"]:
        assert words.count(text) == 1
    assert words.count("This is a draft") == 1 and results.study.settings.draft_mark not in words


@pytest.mark.slow
def test_a_report_on_four_hundred_units_has_at_most_forty_pages(tmp_path):
    results = measure(load(write_made_study(tmp_path, units=400)))
    named = named_figures(results)
    page = report_html(results, named, all_charts(results, named))
    made = opened(report_pdf(results, page_blocks(page)))
    assert len(made.pages) <= 40
    units = results.study["units"]["unit_id"]
    assert all(f'id="{unit}"' in page for unit in units)


@pytest.mark.parametrize(
    ("text", "rows"), [(NASTY, None), pytest.param("x" * 30_000, 1, marks=pytest.mark.slow)]
)
def test_any_text_is_set_as_text(text, rows):
    study = measure(everywhere(library(), text, rows))
    made = opened(report_pdf(study, page_blocks(report_html(study, named_figures(study), []))))
    assert any(bare(text)[:30] in bare(one.extract_text()) for one in made.pages)


def test_a_picture_higher_than_a_page_is_made_to_fit(results, page, charts):
    (chart,) = [one for one in charts if one.name == "matrix"]
    tall = re.sub(rb'height="[\d.]+pt"', b'height="2000pt"', chart.svg(), count=1)
    image = picture(chart).replace(
        base64.b64encode(chart.svg()).decode(), base64.b64encode(tall).decode()
    )
    html = f'<html><body><figure id="chart-matrix">{image}</figure><p>After.</p></body></html>'
    # Too high, it would run over the foot and push what follows to another page.
    (only,) = opened(report_pdf(results, page_blocks(html))).pages
    assert "After." in only.extract_text()


@pytest.mark.slow
def test_a_made_study_of_awkward_texts_is_set(tmp_path):
    study = measure(load(write_made_study(tmp_path, units=12, criteria=9)))
    said = named_figures(study)
    page = report_html(study, said, all_charts(study, said))
    whole = text_of(opened(report_pdf(study, page_blocks(page))))
    assert bare("<script>alert('made up')</script> is shown as text.") in whole
    assert bare("It costs $5 here and $6 there, and 100% of a_b^c is {none}.") in whole


ELSEWHERE = """
import hashlib
from analysis.measure.results import measure
from analysis.measure.figures import named_figures
from analysis.publish.document_model import page_blocks
from analysis.publish.report import report_html
from analysis.publish.report_docx import report_docx
from analysis.publish.report_pdf import report_pdf
from analysis.publish.typeset import _set
from analysis.show.charts import all_charts
from analysis.study import load

results = measure(load("data/safe-to-share"))
named = named_figures(results)
said = page_blocks(report_html(results, named, all_charts(results, named)))
for make in (report_pdf, report_docx):
    print(hashlib.sha256(make(results, said)).hexdigest())
"""


@pytest.mark.slow
def test_pdf_and_word_have_the_same_bytes_anywhere(content, results, page):
    made = (content, report_docx(results, page_blocks(page)))
    here = [hashlib.sha256(one).hexdigest() for one in made]
    elsewhere = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=ROOT,
        env={**os.environ, **elsewhere},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == here, done.stderr


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Evidence on Northamptonshire, in our words", None),
        ("https://www.example.org/news/a", "https://|www.|example.|org/|news/|a"),
        ("freedom-of-information", "freedom-|of-|information"),
        ("x" * 40, "x" * 18 + "|" + "x" * 18 + "|xxxx"),
    ],
)
def test_a_long_word_may_break_at_its_signs_and_a_name_may_not(text, broken):
    assert _set(text).replace("\u200b", "|") == (broken or text)
