"""The report as a Word document: real headings and tables, text alternatives, links that arrive."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from made import NASTY, everywhere, library, real

from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.publish.document_model import Heading, Table, page_blocks, plain
from analysis.publish.report import report_html
from analysis.publish.report_docx import report_docx
from analysis.show.charts import all_charts


def made_of(study):
    """Return the results, the page, the charts and the document of a study."""
    results = measure(study)
    named = named_figures(results)
    charts = all_charts(results, named)
    page = report_html(results, named, charts)
    return results, page, charts, report_docx(results, page_blocks(page))


@pytest.fixture(scope="module")
def whole():
    return made_of(real())


@pytest.fixture(scope="module")
def document(whole):
    return docx.Document(io.BytesIO(whole[3]))


def text_of(document) -> str:
    return "".join(one.text or "" for one in document.element.body.iter(qn("w:t")))


def test_headings_are_those_of_the_page(document, whole):
    styles = {f"Heading {level}": level for level in range(1, 5)} | {"Title": 0}
    held = [
        (styles[one.style.name], one.text)
        for one in document.paragraphs
        if one.style.name in styles
    ]
    wanted = [
        (one.level, plain(one.runs)) for one in page_blocks(whole[1]) if isinstance(one, Heading)
    ]
    assert held == wanted and len(wanted) > 40


def test_every_table_is_there_with_style_caption_and_a_first_row_that_repeats(document, whole):
    wanted = [one for one in page_blocks(whole[1]) if isinstance(one, Table)]
    assert len(document.tables) == len(wanted) > 3
    for held, block in zip(document.tables, wanted, strict=True):
        rows = held._tbl.tr_lst
        assert held.style.name == "Table Grid"
        assert len(rows) == len(block.rows) + 1
        repeats = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows]
        assert repeats == [True] + [False] * len(block.rows)
        caption = held._tbl.getprevious()
        assert caption.style == document.styles["Caption"].style_id
        assert "".join(one.text for one in caption.iter(qn("w:t"))) == plain(block.caption)


def test_cells_say_what_the_page_says(document, whole):
    wanted = [one for one in page_blocks(whole[1]) if isinstance(one, Table)]
    for held, block in zip(document.tables, wanted, strict=True):
        for row, said in zip(held._tbl.tr_lst[1:], block.rows, strict=True):
            texts = ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.tc_lst]
            signs = [
                "".join(f"{run.text} " if run.mark else run.text for run in cell.runs)
                for cell in said.cells
            ]
            assert texts == [one.replace("\n", "") for one in signs]


def test_every_chart_is_a_picture_with_its_text_alternative(document, whole):
    alts = [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))]
    shown = [chart for chart in whole[2] if f'id="chart-{chart.name}"' in whole[1]]
    assert alts == [chart.alt for chart in sorted_as_shown(shown, whole[1])]
    assert len(alts) == 2
    for shape in document.inline_shapes:
        assert shape.width.mm <= 170.1 and shape.height.mm <= 225.1


def sorted_as_shown(charts, page):
    return sorted(charts, key=lambda chart: page.index(f'id="chart-{chart.name}"'))


def test_it_says_what_it_is(document, whole):
    core = document.core_properties
    assert core.title == whole[0].study.descriptor.title
    assert core.language == "en-GB"
    assert core.created == core.modified
    assert {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    (page,) = document.sections
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert whole[0].study.settings.draft_mark in page.header.paragraphs[0].text
    assert "PAGE" in page.footer._element.xml


def test_links_within_arrive_and_marks_are_unique(document):
    body = document.element.body
    marks = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    numbers = [one.get(qn("w:id")) for one in body.iter(qn("w:bookmarkStart"))]
    anchors = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))} - {None}
    assert len(marks) == len(set(marks)) and len(numbers) == len(set(numbers))
    assert anchors and anchors <= set(marks)
    assert all(len(one) <= 40 for one in marks)


def test_notices_and_every_source_cited_are_in_it(document, whole):
    text, study = text_of(document), whole[0].study
    assert all(one in text for one in study["notices"]["text"])
    sources = study["sources"][
        study["sources"]["source_id"].map(lambda i: f'<dt id="{i}"' in whole[1])
    ]
    assert len(sources) > 50 and all(one in text for one in sources["source_id"])
    targets = {one.target_ref for one in document.part.rels.values() if one.is_external}
    assert {one for one in sources["url"] if one.startswith("http")} <= targets


def test_the_same_report_gives_the_same_bytes(whole):
    assert report_docx(whole[0], page_blocks(whole[1])) == whole[3]
    with zipfile.ZipFile(io.BytesIO(whole[3])) as held:
        assert {one.date_time[0] for one in held.infolist()} == {1980}


@pytest.mark.parametrize(("text", "rows"), [(NASTY, None), ("x" * 30_000, 1)])
def test_any_text_stays_text(text, rows):
    results = measure(everywhere(library(), text, rows))
    content = report_docx(results, page_blocks(report_html(results, named_figures(results), [])))
    said = text_of(docx.Document(io.BytesIO(content)))
    assert " ".join(text.split()) in said
