"""Build everything in a new folder, then swap it in whole: an interrupted build leaves the last one.

Each part imports what makes it: to load what makes the others takes as long as to make a site.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.measure.bounds import quiet
from analysis.measure.results import Results
from analysis.problems import Problem, StudyError
from analysis.publish.manifest import FILE, input_hashes, manifest
from analysis.publish.parts import in_order
from analysis.publish.swapping import swapped_in
from analysis.publish.tasks import Tasks
from analysis.show.drawing import Drawn

if TYPE_CHECKING:
    from analysis.publish.blocks import Block

REPORT, REPORT_PDF = "report.html", "report.pdf"
BRIEFINGS, WORKBOOK = "briefings", "gap-tables.xlsx"


class Material:
    """What every part of a build is made from.

    Attributes:
        results: the measures to publish.
        tasks: what the background makes.
        parts: the parts that are built.
    """

    def __init__(self, results: Results, tasks: Tasks, thread: Executor, parts: Sequence[str]):
        """Hold it; the thread is for what works without holding up others, as typst does."""
        self.results, self.tasks, self._thread, self.parts = results, tasks, thread, parts
        self.named = tasks.named

    @cached_property
    def charts(self) -> list[Drawn]:
        """The charts."""
        return self.tasks.charts

    @cached_property
    def page(self) -> str:
        """The report as HTML."""
        from analysis.publish.report import report_html

        return report_html(self.results, self.named, self.charts, self.parts)

    @cached_property
    def blocks(self) -> "list[Block]":
        """The report's page as blocks, for PDF and Word."""
        from analysis.publish.blocks import blocks

        return blocks(self.page)

    @cached_property
    def report_pdf(self) -> Future[bytes]:
        """The report as PDF, on its way from its first use."""
        from analysis.publish.report_pdf import report_pdf

        return self._thread.submit(report_pdf, self.results, self.blocks)


def build(
    results: Results,
    out: Path,
    progress: Callable[[str], None] = quiet,
    inputs: dict[str, str] | None = None,
    tasks: Tasks | None = None,
    parts: Sequence[str] = (),
) -> Path:
    """Build what is published into a folder.

    Args:
        results: the measures to publish.
        out: the folder that the build replaces, whole.
        progress: told of each step before it begins.
        inputs: hashes of the study's files from before it was read
            (:func:`analysis.publish.manifest.input_hashes`); default: those that the study has,
            or as they are now.
        tasks: what is made in the background, if it has started; default: in a thread.
        parts: the parts to build, of :data:`analysis.publish.parts.PARTS`; none named: all.

    Returns:
        The path of the report; without a report, of the folder.

    Raises:
        StudyError: the study was changed since ``inputs``, or another build into this folder
            is at work.
    """
    study = results.study.folder
    inputs = inputs or results.study.inputs or input_hashes(study)
    _refuse_changed(study, inputs, "it was read")
    with swapped_in(out, progress) as folder, ThreadPoolExecutor(1) as thread:
        progress("statements")
        parts = in_order(parts)
        material = Material(results, tasks or Tasks(results, thread, parts), thread, parts)
        for name in parts:
            progress(name)
            _WRITERS[name](material, folder)
        progress("manifest")
        # What the manifest names must be what was read, or it would vouch for another study.
        _refuse_changed(study, inputs, "this build began")
        _write_json(folder / FILE, manifest(results, inputs, folder, parts).as_dict())
    return out / REPORT if "report" in parts else out


def _refuse_changed(study: Path, inputs: dict[str, str], since: str) -> None:
    if not study.is_dir():
        rule, remedy = "there is no such folder any longer", "put it back, or read it anew"
    elif input_hashes(study) != inputs:
        rule, remedy = f"the study has changed since {since}", "read it anew, and build again"
    else:
        return
    raise StudyError([Problem(str(study), None, "", "", rule, remedy)])


def _write_tables(material: Material, folder: Path) -> None:
    from analysis.publish.data import write_data

    write_data(material.results, material.charts, folder / "data")


def _write_statements(material: Material, folder: Path) -> None:
    figures = [one.as_dict() for one in material.named.values()]
    _write_json(folder / "statements.json", figures)


def _write_workbook(material: Material, folder: Path) -> None:
    from analysis.publish.workbook import gap_workbook

    (folder / WORKBOOK).write_bytes(gap_workbook(material.results, material.named))


def _write_report(material: Material, folder: Path) -> None:
    _write_text(folder / REPORT, material.page)
    if "pdf" in material.parts:
        material.report_pdf  # noqa: B018 - started here, since it takes the longest


def _write_requests(material: Material, folder: Path) -> None:
    from analysis.publish.requests import requests, write_texts

    write_texts(requests(material.results), folder / "requests")


def _write_report_docx(material: Material, folder: Path) -> None:
    from analysis.publish.report_docx import report_docx

    (folder / "report.docx").write_bytes(report_docx(material.results, material.blocks))


def _write_site(material: Material, folder: Path) -> None:
    from analysis.publish.site import write_site

    units = material.results.study["units"]["unit_id"]
    awaited = [REPORT_PDF] if "pdf" in material.parts else []
    if "briefings" in material.parts:
        awaited += [f"{BRIEFINGS}/{unit}.pdf" for unit in units]
    write_site(material.results, material.named, material.charts, folder, awaited)


def _write_briefings(material: Material, folder: Path) -> None:
    (folder / BRIEFINGS).mkdir()
    for unit, content in material.tasks.briefings().items():
        (folder / BRIEFINGS / f"{unit}.pdf").write_bytes(content)


def _write_report_pdf(material: Material, folder: Path) -> None:
    (folder / REPORT_PDF).write_bytes(material.report_pdf.result())


_WRITERS: dict[str, Callable[[Material, Path], None]] = {
    "statements": _write_statements,
    "requests": _write_requests,
    "workbook": _write_workbook,
    "report": _write_report,
    "tables": _write_tables,
    "document": _write_report_docx,
    "site": _write_site,
    "briefings": _write_briefings,
    "pdf": _write_report_pdf,
}


def build_data(results: Results, out: Path) -> None:
    """Build only the tables behind, into a folder that they replace whole."""
    from analysis.publish.data import write_data

    with swapped_in(out) as folder:
        folder.rmdir()
        write_data(results, [], folder)


def _write_json(path: Path, content: object) -> None:
    _write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
