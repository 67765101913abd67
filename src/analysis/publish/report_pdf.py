"""The report as PDF: the page's own text, tables and charts."""

from analysis.measure.results import Results
from analysis.publish.blocks import Block
from analysis.publish.typeset import Typesetter
from analysis.wording import spoken


def report_pdf(results: Results, page: list[Block]) -> bytes:
    """Return the report as a tagged PDF (PDF/UA-1).

    Args:
        results: what the report is of.
        page: the report's page, as :func:`analysis.publish.blocks.blocks` gives it.
    """
    title, as_of = results.study.descriptor.title, spoken(results.matrix.as_of)
    return Typesetter(results).pdf(title, f"State as of {as_of}", [page])
