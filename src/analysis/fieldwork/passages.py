"""Select passages to read for each unit and criterion, and write the sheets with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.documents.index import Passage
from analysis.documents.library import Library, StudyDocument, terms
from analysis.fieldwork.coded_cells import Cell, cells_given, cells_read
from analysis.fieldwork.forms import CODE, NOTHING_FOUND, PASSAGES
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.workbook_writer import FormRow, Page, WorkbookMaker
from analysis.frames import each_row
from analysis.study import Study
from analysis.study.codebook import short_mark
from analysis.study.privacy import details, wide_areas
from analysis.study.rules.documents import WORDS_AT_MOST

PASSAGES_PER_CELL = 3
"""The most passages shown for a unit and criterion."""
NO_UNIT = "No {unit} is recorded"
NO_UNIT_MARK = "-"
WHOLE, LISTED = "read whole: nothing", "passages listed read: nothing"
NOTHING = (WHOLE, LISTED)
"""The choices of a coder who found nothing in the documents held."""
NOT_HERE = "not on this machine"
PRIVATE_WORDS = (
    "This workbook may have words of private documents: keep it on machines that may hold them."
)
INSTRUCTIONS = (
    PRIVATE_WORDS,
    "The sheet Passages has the passages that fit the search terms best. They do not replace reading: the sheet Documents held leads to the whole documents. To pick a passage, choose an id of New evidence beside it. Then say on New evidence in your own words what it says. Its source, page and quotation are filled in for you.",
    "If you read the documents, or the passages listed, and they say nothing on a criterion, choose so on the sheet Read, nothing found. Nothing follows from a row left empty.",
)


@dataclass(frozen=True)
class CellPassages:
    """The documents and the best passages to read for a unit and criterion.

    Attributes:
        unit_id: the unit; empty for documents without a recorded unit.
        criterion_id: the criterion.
        terms: the search terms of the criterion.
        documents: the documents about the unit.
        searched: number of these documents whose text is on this machine.
        passages: the passages that match best, best first.
        hits: number of all passages that match.
    """

    unit_id: str
    criterion_id: str
    terms: list[str]
    documents: list[StudyDocument]
    searched: int
    passages: list[Passage]
    hits: int


def cell_passages(study: Study, library: Library, cells: Iterable[Cell]) -> Iterator[CellPassages]:
    """Yield the passages of each cell; an empty unit means documents without a recorded unit."""
    about: dict[str, list[StudyDocument]] = {}
    for unit, criterion in cells:
        documents = about.setdefault(unit, library.about(unit))
        ids = [name for item in documents if (name := item.document_id) in library.texts]
        words, hits = terms(study, criterion), ([], 0)
        if ids and words:
            hits = library.search([" OR ".join(words)], ids, PASSAGES_PER_CELL)
        yield CellPassages(unit, criterion, words, documents, len(ids), *hits)


def with_no_unit(study: Study, cells: Iterable[Cell]) -> list[Cell]:
    """Return cells, followed by one for each of their criteria with an empty unit."""
    cells = list(cells)
    criteria = {criterion for _, criterion in cells}
    order = study["criteria"]["criterion_id"]
    return [*cells, *(("", criterion) for criterion in order if criterion in criteria)]


def unit_called(study: Study, unit: str) -> str:
    """Return the name of a unit; for an empty id, a text that no unit is recorded."""
    noun = study.settings.unit_noun.singular
    return study.lookup("units", "name")[unit] if unit else NO_UNIT.replace("{unit}", noun)


def documents_page(study: Study, library: Library, beside: Path | None) -> Page:
    """Return the sheet that lists every document with its units and a link to it."""
    headings = [("Document", 12), ("About", 34), ("Title", 60), ("Pages", 8), ("Source", 10)]
    headings += [("Not readable", 30), ("Newer version", 12), ("Address", 50)]
    headings += [("Its text", 20), ("Open the document", 40)]
    rows = [
        (
            document.document_id,
            "; ".join(unit_called(study, unit) for unit in document.units or ("",)),
            document.title,
            str(document.pages),
            document.source_id,
            document.unread,
            document.newer,
            document.address,
            "on this machine" if document.document_id in library.texts else NOT_HERE,
            library.link(document.document_id, None, beside),
        )
        for document in library.documents.values()
    ]
    return Page("Documents held", headings, rows, link=len(headings))


def add_passages(
    maker: WorkbookMaker, study: Study, cells: Iterable[Cell], beside: Path | None
) -> None:
    """Add the sheets Documents held, Passages, and "Read, nothing found" to a workbook."""
    library = Library(study)
    by_cell = list(cell_passages(study, library, with_no_unit(study, cells)))
    maker.page(documents_page(study, library, beside))
    rows = [row for cell in by_cell for row in _passage_rows(study, library, cell, beside)]
    maker.form(PASSAGES, rows, frozen=3)
    rows = [_nothing_row(study, cell) for cell in by_cell if cell.unit_id and cell.documents]
    maker.form(NOTHING_FOUND, rows, frozen=3)


def _passage_rows(
    study: Study, library: Library, cell: CellPassages, beside: Path | None
) -> Iterator[FormRow]:
    label = study.lookup("criteria", "label")[cell.criterion_id]
    for passage in cell.passages:
        words = " ".join(passage.words.split()[:WORDS_AT_MOST])
        of_cell = f"{cell.unit_id or NO_UNIT_MARK}/{cell.criterion_id}"
        texts = {
            "row": f"{of_cell}/{passage.document}/{passage.page}/{quote_mark(words)}",
            "unit_id": unit_called(study, cell.unit_id),
            "criterion_id": label,
            "document": library.documents[passage.document].in_words,
            "page": str(passage.page),
            "passage": passage.text,
            "link": library.link(passage.document, passage.page, beside),
            "quote": words,
        }
        yield FormRow(texts)


def quote_mark(words: str) -> str:
    """Return a fingerprint of the words proposed as a quotation."""
    return short_mark(normalised_text(words))


def _nothing_row(study: Study, cell: CellPassages) -> FormRow:
    shown = {
        "documents": "; ".join(document.document_id for document in cell.documents),
        "queries": " | ".join(cell.terms),
        "hits": "; ".join(f"{passage.document} p. {passage.page}" for passage in cell.passages),
    }
    label = study.lookup("criteria", "label")[cell.criterion_id]
    # This mark must not match MARK_PATTERN of ``row_reader``, which reports missing rows of codings.
    mark = f"{cell.unit_id}/{cell.criterion_id}/read-{listed_mark(shown)}"
    return FormRow(
        {"row": mark, "unit_id": unit_called(study, cell.unit_id), "criterion_id": label, **shown}
    )


def listed_mark(texts: Mapping[str, str]) -> str:
    """Return a fingerprint of the documents, queries and passages that a row lists."""
    names = ("documents", "queries", "hits")
    return short_mark(*(normalised_text(texts.get(name, ""), CODE) for name in names))


def without_others_picks(study: Study, coder: str) -> Study:
    """Return the study without other coders' picks on cells that this coder has not read yet.

    Coders pick passages independently, as they code. Evidence that an assessment cites is kept.
    """
    picks = study["picks"]
    if picks.empty:
        return study
    given_on = {(row.coder, row.batch): row.given_on for row in each_row(study["assignments"])}
    returned_on, read = _last_returned(study, coder), cells_read(study).get(coder, set())
    own = picks[picks["coder"] == coder]
    own_cells = set(zip(own["unit_id"], own["criterion_id"], strict=True))
    shown = {*own["evidence_id"], *";".join(study["assessments"]["evidence_ids"]).split(";")}
    for row in each_row(picks):
        cell, day = (row.unit_id, row.criterion_id), given_on.get((row.coder, row.batch), "")
        # This coder read the cell before the other was given it, so without seeing any picks.
        if cell in own_cells or (returned_on.get(cell, "") >= day if day else cell in read):
            shown.add(row.evidence_id)
    hidden = set(picks["evidence_id"]) - shown
    evidence = study.tables["evidence"]
    tables = {**study.tables, "evidence": evidence[~evidence["evidence_id"].isin(hidden)]}
    return replace(study, tables=tables)


def _last_returned(study: Study, coder: str) -> dict[Cell, str]:
    """Return, by cell, the last day on which the coder returned it."""
    days = {}
    for row, cell in cells_given(study):
        if row.coder == coder:
            days[cell] = max(days.get(cell, ""), row.returned_on)
    return days


def possible_details(study: Study, cells: Sequence[Cell]) -> int:
    """Return how many of the passages shown may contain personal details."""
    if study["documents"].empty:
        return 0
    areas = wide_areas(study.tables["units"])
    by_cell = cell_passages(study, Library(study), with_no_unit(study, cells))
    texts = {passage.text for cell in by_cell for passage in cell.passages}
    return sum(bool(details(text, study.settings.persons, areas)) for text in texts)
