"""The workbook of passages to read, which is for the researcher only and is not published."""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import pandas as pd

from analysis.documents.library import Library
from analysis.fieldwork.passages import (
    PRIVATE_WORDS,
    CellPassages,
    cell_passages,
    documents_page,
    unit_called,
    with_no_unit,
)
from analysis.problems import refusal
from analysis.publish.accessible_workbook import Cover, Sheet, accessible_workbook, contents_sheet
from analysis.publish.sheets import NOT_AVAILABLE
from analysis.study import Study
from analysis.wording import capital

_LINK = "Open the document"
_NO_READING = "Passages are ranked by their words. That is no reading: the sheet Documents has the whole documents, and a criterion on which no passage fits may be answered all the same."


def passages_workbook(study: Study, units: Sequence[str], beside: Path) -> bytes:
    """Return a workbook of the best passages on these units by criterion, and of the documents.

    Args:
        study: the study.
        units: the ids of the units; documents without a recorded unit come last.
        beside: the folder of the workbook, to which links to documents are relative.

    Raises:
        StudyError: the study has no documents.
    """
    if study["documents"].empty:
        rule, remedy = "the study has no documents", "collect some first (policygap collect)"
        raise refusal("documents.csv", rule, remedy)
    library, noun = Library(study), study.settings.unit_noun.singular
    cells = with_no_unit(study, list(product(units, study["criteria"]["criterion_id"])))
    rows = [
        row
        for cell in cell_passages(study, library, cells)
        for row in _rows(study, library, cell, beside)
    ]
    columns = [capital(noun), "Criterion", "Place", "Document", "Page", "Passage", _LINK]
    columns += ["Whole documents to read"]
    page = documents_page(study, library, beside)
    whole = [[text or NOT_AVAILABLE for text in row] for row in page.rows]
    headings = [name for name, _ in page.headings]
    mark = [study.mark] if study.mark else []
    title = f"{study.descriptor.title}: passages to read"
    notes = [(NOT_AVAILABLE, "Not available, or not known."), ("Place", "1 fits the words best.")]
    tables = [
        Sheet(
            "Passages",
            f"The best passages to read of each {noun} on each criterion",
            [*mark, _NO_READING],
            pd.DataFrame(rows, columns=columns),
            {_LINK: _address},
        ),
        Sheet(
            "Documents",
            "The whole documents",
            mark,
            pd.DataFrame(whole, columns=headings),
            {_LINK: _address},
        ),
    ]
    front = [
        Cover(title, [*mark, _NO_READING, PRIVATE_WORDS, library.missing()]),
        contents_sheet(mark, tables),
        Sheet("Notes", "Notes", mark, pd.DataFrame(notes, columns=["Sign", "Meaning"])),
    ]
    return accessible_workbook(study, title, [*front, *tables])


def _address(text: str) -> str:
    return "" if text == NOT_AVAILABLE else text


def _rows(
    study: Study, library: Library, cell: CellPassages, beside: Path
) -> Iterator[tuple[str | int, ...]]:
    label = study.lookup("criteria", "label")[cell.criterion_id]
    about = unit_called(study, cell.unit_id), label
    whole = "; ".join(document.document_id for document in cell.documents) or NOT_AVAILABLE
    if not cell.passages and (cell.unit_id or cell.documents):
        none = NOT_AVAILABLE
        yield (*about, none, none, none, _why_none(cell), none, whole)
    for place, passage in enumerate(cell.passages, start=1):
        link = library.link(passage.document, passage.page, beside) or NOT_AVAILABLE
        yield (*about, str(place), passage.document, str(passage.page), passage.text, link, whole)


def _why_none(cell: CellPassages) -> str:
    if not cell.documents:
        return "No document about it is held."
    if not cell.terms:
        return "The criterion has no search terms (criteria.csv, search_terms)."
    if not cell.searched:
        return "The text of no document about it is on this machine."
    return "No passage fits the search terms. That is not the same as there being nothing."
