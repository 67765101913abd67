"""The report as PDF: the page's own text, tables and charts."""

from analysis.measure.results import Results
from analysis.measure.statements import spoken
from analysis.publish.blocks import blocks
from analysis.publish.typeset import Typesetter
from analysis.show.style import Chart


def report_pdf(results: Results, page: str, charts: list[Chart]) -> bytes:
    """Return the report as a tagged PDF (PDF/UA-1).

    Args:
        results: what the report is of.
        page: the report as HTML, from :func:`analysis.publish.report.report_html`.
        charts: every chart that is shown on the page.
    """
    study, as_of = results.study, results.matrix.as_of
    setter = Typesetter(study, as_of, {chart.name: chart.svg() for chart in charts})
    title = study.descriptor.title
    return setter.pdf(title, f"State as of {spoken(as_of)}", [[blocks(page)]])
