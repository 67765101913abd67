"""Build everything aside, then swap it in whole: an interrupted build leaves the last one.

Setting the PDFs takes as long as all the rest together, so it goes on beside it.
"""

import json
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from analysis.measure.bounds import quiet
from analysis.measure.results import Results
from analysis.measure.statements import Statement, statements
from analysis.publish.aside import Aside, Awaited
from analysis.publish.blocks import blocks
from analysis.publish.data import write_data
from analysis.publish.manifest import FILE, input_hashes, manifest
from analysis.publish.report import report_html
from analysis.publish.report_pdf import report_pdf
from analysis.publish.requests import requests, write_texts
from analysis.publish.site import write_site
from analysis.publish.swapping import swapped_in
from analysis.publish.workbook import gap_workbook
from analysis.show.charts import all_charts
from analysis.show.style import Chart
from analysis.study import Problem, StudyError

REPORT, BRIEFINGS = "report.html", "briefings"
REPORT_PDF, REPORT_DOCX = "report.pdf", "report.docx"


@dataclass(frozen=True)
class Material:
    """What every part of a build is made from; of the PDFs, what becomes of them."""

    results: Results
    named: dict[str, Statement]
    charts: list[Chart]
    page: str
    document: Awaited[bytes]
    briefings: Awaited[dict[str, bytes]]
    report_pdf: Future[bytes]


def build(
    results: Results,
    out: Path,
    progress: Callable[[str], None] = quiet,
    inputs: dict[str, str] | None = None,
    aside: Aside | None = None,
) -> Path:
    """Build everything that is published into a folder.

    Args:
        results: the measures to publish.
        out: the folder that the build replaces, whole.
        progress: told of each step before it begins.
        inputs: hashes of the study's files from before it was read
            (:func:`analysis.publish.manifest.input_hashes`); default: as they are now.
        aside: what has been begun elsewhere on these results
            (:class:`analysis.publish.aside.Aside`); default: it is begun here.

    Returns:
        The path of the report.

    Raises:
        StudyError: the study was changed since ``inputs``, or another build into this folder
            is at work.
    """
    study = results.study.folder
    inputs = inputs or input_hashes(study)
    with swapped_in(out, progress) as folder, ThreadPoolExecutor(1) as beside:
        progress("statements and charts")
        material = _material(results, beside, aside or Aside(results, beside))
        for name, write in PARTS.items():
            progress(name)
            write(material, folder)
        progress("manifest")
        # What the manifest names must be what was read, or it would vouch for another study.
        if input_hashes(study) != inputs:
            rule, remedy = "the study was changed while this build read it", "build again"
            raise StudyError([Problem(str(study), None, "", "", rule, remedy)])
        _write_json(folder / FILE, manifest(results, inputs, folder).as_dict())
    return out / REPORT


def _material(results: Results, beside: Executor, aside: Aside) -> Material:
    named = statements(results)
    charts = all_charts(results, named)
    page = report_html(results, named, charts)
    document = aside.document(page)
    # A thread is enough here: typst works without holding up what is done in Python meanwhile.
    as_pdf = beside.submit(report_pdf, results, blocks(page))
    named |= aside.sensitivity.get()
    return Material(results, named, charts, page, document, aside.briefings, as_pdf)


def _write_tables(material: Material, folder: Path) -> None:
    write_data(material.results, material.charts, folder / "data")


def _write_statements(material: Material, folder: Path) -> None:
    said = [one.as_dict() for one in material.named.values()]
    _write_json(folder / "statements.json", said)


def _write_workbook(material: Material, folder: Path) -> None:
    content = gap_workbook(material.results, material.named)
    (folder / "gap-tables.xlsx").write_bytes(content)


def _write_report(material: Material, folder: Path) -> None:
    _write_text(folder / REPORT, material.page)


def _write_requests(material: Material, folder: Path) -> None:
    write_texts(requests(material.results), folder / "requests")


def _write_report_docx(material: Material, folder: Path) -> None:
    (folder / REPORT_DOCX).write_bytes(material.document.get())


def _write_site(material: Material, folder: Path) -> None:
    units = material.results.study["units"]["unit_id"]
    awaited = [REPORT_PDF, REPORT_DOCX, *(f"{BRIEFINGS}/{unit}.pdf" for unit in units)]
    write_site(material.results, material.named, material.charts, folder, awaited)


def _write_briefings(material: Material, folder: Path) -> None:
    (folder / BRIEFINGS).mkdir()
    for unit, content in material.briefings.get().items():
        (folder / BRIEFINGS / f"{unit}.pdf").write_bytes(content)


def _write_report_pdf(material: Material, folder: Path) -> None:
    (folder / REPORT_PDF).write_bytes(material.report_pdf.result())


PARTS: dict[str, Callable[[Material, Path], None]] = {
    "tables": _write_tables,
    "statements": _write_statements,
    "workbook": _write_workbook,
    "report": _write_report,
    "requests": _write_requests,
    # It offers what lies in the folder by then, and what is still on its way.
    "site": _write_site,
    "briefings": _write_briefings,
    "report as PDF": _write_report_pdf,
    "report as document": _write_report_docx,
}
"""What a build writes, in order: each part's name, and the function that writes it."""


def build_data(results: Results, out: Path) -> None:
    """Build only the tables behind, into a folder that they replace whole."""
    with swapped_in(out) as folder:
        folder.rmdir()
        write_data(results, [], folder)


def _write_json(path: Path, content: object) -> None:
    _write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
