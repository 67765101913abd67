"""The report as PDF: the page's own text, tables and charts."""

from pathlib import Path

from analysis.measure.results import Results
from analysis.publish.build_context import BuildContext
from analysis.publish.document_model import Block
from analysis.publish.typeset import Typesetter


def report_pdf(results: Results, page: list[Block]) -> bytes:
    """Return the report as a tagged PDF (PDF/UA-1).

    Args:
        results: the results to report.
        page: the report's page, as :func:`analysis.publish.document_model.page_blocks` gives it.
    """
    title = results.study.descriptor.title
    return Typesetter(results).pdf(title, results.dates_sentence, [page])


def write(context: BuildContext, folder: Path) -> None:
    """Write the report as PDF as a part of a build."""
    (folder / "report.pdf").write_bytes(context.report_pdf.result())
