"""The documents of a study: which units each is about, its text if it is here, and searches."""

import csv
import datetime as dt
import io
import os
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from analysis.documents.index import INDEX, Index, Passage, fts_query
from analysis.documents.media import DOCX, ODT, PDF
from analysis.documents.quotations import QuotableText
from analysis.documents.store import DocumentStore
from analysis.frames import each_row, records
from analysis.problems import refusal
from analysis.study import Study
from analysis.study.load import DOCUMENTS
from analysis.wording import agreeing, some_of

OPENED = "open"
"""Folder, beside the documents, of copies named by id and file type, so that links open them."""
_ENDINGS = {PDF: ".pdf", DOCX: ".docx", ODT: ".odt"}
"""For any other type, such as a web page, a link opens the extracted text, which runs no script."""
NO_TITLE = "no title known"
LOG = "searches.csv"
"""File, beside the documents and not in git, that logs searches; it changes no cell."""
_LOGGED = ("searched_on", "queries", "unit_id", "criterion_id", "documents", "hits")


@dataclass(frozen=True)
class StudyDocument:
    """A document of a study.

    Attributes:
        document_id: its id.
        source_id: the source that it is a copy of.
        title: the title of its source; else its public address; else :data:`NO_TITLE`.
        address: its public address; empty: it is private.
        units: ids of the units that it is about, as far as that is recorded.
        pages: how many pages it has.
        unread: a description of the parts that could not be read; empty: there are none.
        newer: the id of a newer version of it; empty: the study has none.
        media_type: its media type.
        digest: SHA-256 under which it is stored; empty: it is not known on this machine.
    """

    document_id: str
    source_id: str
    title: str
    address: str
    units: tuple[str, ...]
    pages: int
    unread: str
    newer: str
    media_type: str
    digest: str

    @property
    def in_words(self) -> str:
        """Its id, title and length."""
        return f"{self.document_id}: {self.title} ({self.pages} {agreeing(self.pages, 'page', 'pages')})"


class Library:
    """The documents of a study, with search in those whose text is on this machine."""

    def __init__(self, study: Study):
        """Set the study; files are read only when they are needed."""
        self._study, self._store = study, DocumentStore(study.folder)
        self._quotable: dict[str, QuotableText | None] = {}

    @cached_property
    def documents(self) -> dict[str, StudyDocument]:
        """Every document by its id, in the order of the ids."""
        rows = [self._store.known(row) for row in self._rows.values()]
        return {doc.document_id: doc for doc in _documents_of(self._study, rows)}

    @cached_property
    def _rows(self) -> dict[str, dict[str, str]]:
        rows = records(self._study["documents"].sort_values("document_id"))
        return {row["document_id"]: row for row in rows}

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """The pages of each document whose text is on this machine."""
        texts = ((name, self._store.text(row)) for name, row in self._rows.items())
        return {name: pages for name, pages in texts if pages is not None}

    def about(self, unit: str) -> list[StudyDocument]:
        """Return the documents about a unit; for an empty id, those with no unit recorded."""
        documents = self.documents.values()
        return [doc for doc in documents if (unit in doc.units if unit else not doc.units)]

    def search(
        self, queries: Sequence[str], documents: Iterable[str] | None = None, most: int = 20
    ) -> tuple[list[Passage], int]:
        """Return the best passages that match every query, and the number of all matches."""
        if not self.texts:
            return [], 0
        try:
            return self._index.search(queries, documents, most)
        except sqlite3.Error as error:
            rule = f"the index of the documents cannot be made or read ({error})"
            remedy = f"see that the folder can be written, and delete {INDEX} there"
            raise refusal(self._store.folder, rule, remedy) from None

    def missing(self) -> str:
        """Say in one line how many texts are not on this machine; empty: none is missing."""
        count = len(self.documents) - len(self.texts)
        if not count:
            return ""
        rule = some_of(count, len(self.documents), "document", "documents")
        return (
            f"Not searched, as the text is not on this machine: {rule} "
            "(policygap collect brings them here)."
        )

    def quotable(self, document: str) -> QuotableText | None:
        """Return the text of a document, to check quotations in; ``None``: it is not here."""
        if document not in self._quotable:
            pages = self._store.text(self._rows[document])
            self._quotable[document] = None if pages is None else QuotableText(pages)
        return self._quotable[document]

    def link(self, document: str, page: int | None = None, beside: Path | None = None) -> str:
        """Return a link to a document, at a page; if its file is not here, its public address.

        The link is relative to ``beside``, the folder of the file that will hold it (default: the
        study's folder), so that it names no folder above both. Empty: there is nothing to link to.
        """
        record = self.documents[document]
        end = f"#page={page}" if page and record.media_type == PDF else ""
        path = self._openable_copy(record)
        if path is None:
            return f"{record.address}{end}" if record.address else ""
        start = (beside or self._study.folder).resolve()
        try:
            return quote(Path(os.path.relpath(path.resolve(), start)).as_posix()) + end
        except ValueError:  # on another drive
            return path.resolve().as_uri() + end

    def _openable_copy(self, document: StudyDocument) -> Path | None:
        """Copy a document, or its text, under a name that a program opens; ``None``: not here."""
        whole, name = self._store.path(document.digest), document.document_id
        ending = _ENDINGS.get(document.media_type, ".txt")
        is_text = ending == ".txt"
        if not (name in self.texts if is_text else document.digest and whole.exists()):
            return None
        path = self._store.folder / OPENED / f"{name}{ending}"
        path.parent.mkdir(exist_ok=True)
        if is_text:
            path.write_text("\n\n".join(self.texts[name]), encoding="utf-8")
        elif not path.exists():
            shutil.copyfile(whole, path)
        return path

    @cached_property
    def _index(self) -> Index:
        index = Index(self._store.folder / INDEX)
        index.bring_up_to_date(self.texts)
        return index


def _documents_of(study: Study, rows: Sequence[Mapping[str, str]]) -> list[StudyDocument]:
    # The units of a document come from its own row, the request that it answers, the evidence that
    # quotes it, and the evidence of its source.
    unit_of_request = study.lookup("requests", "unit_id")
    of_document: dict[str, set[str]] = {}
    of_source: dict[str, set[str]] = {}
    for row in each_row(study["evidence"]):
        for units, key in ((of_document, row.document_id), (of_source, row.source_id)):
            units.setdefault(key, set()).update({row.unit_id} - {""})
    sources = {row["source_id"]: row for row in records(study["sources"])}
    order = {name: place for place, name in enumerate(study["units"]["unit_id"])}
    newer = {row["replaces"]: row["document_id"] for row in rows if row["replaces"]}
    documents = []
    for row in rows:
        name, source = row["document_id"], row["source_id"]
        units = of_document.get(name, set()) | of_source.get(source, set())
        units |= {row["unit_id"], unit_of_request.get(row["request_id"], "")}
        address = row["retrieved_from"] if row["access"] == "public" else ""
        documents.append(
            StudyDocument(
                name,
                source,
                sources[source]["title"] or address or NO_TITLE,
                address,
                tuple(sorted(units & order.keys(), key=lambda unit: order[unit])),
                int(row["pages"]),
                row["unread"],
                newer.get(name, ""),
                row["media_type"],
                row["sha256"],
            )
        )
    return documents


def terms(study: Study, criterion: str) -> list[str]:
    """Return the search terms of a criterion; a passage that matches any is worth reading."""
    cell = study.lookup("criteria", "search_terms")[criterion]
    return [part.strip() for part in cell.split("|") if part.strip()]


@dataclass(frozen=True)
class Search:
    """The result of a search.

    Attributes:
        queries: the queries; a passage must match each.
        unit: id of the unit whose documents were searched; empty: all documents.
        criterion: id of the criterion whose terms were used; empty: none.
        passages: the best passages, best first.
        hits: how many passages match in all.
        searched: the documents whose text was searched.
        without_unit: the documents left out because no unit is recorded for them.
    """

    queries: Sequence[str]
    unit: str
    criterion: str
    passages: list[Passage]
    hits: int
    searched: list[StudyDocument]
    without_unit: list[StudyDocument]


def search(
    study: Study,
    library: Library,
    query: str = "",
    unit: str = "",
    criterion: str = "",
    most: int = 20,
) -> Search:
    """Search the documents of a study.

    Args:
        study: the study.
        library: its documents.
        query: words, in the language of :meth:`analysis.documents.index.Index.search`.
        unit: id of the unit whose documents are searched; empty: all documents.
        criterion: id of a criterion, any of whose search terms must match too; empty: none.
        most: how many passages to return at most.

    Raises:
        StudyError: there is no word to search for.
    """
    queries = [query] if query.strip() else []
    if criterion:
        words = terms(study, criterion)
        if not words:
            rule = "the criterion has no search terms"
            remedy = "write some in criteria.csv, search_terms, joined by |"
            raise refusal("criterion", rule, remedy, criterion)
        queries.append(" OR ".join(words))
    if not queries or not all(map(fts_query, queries)):
        rule, remedy = "no word to look for is named", "name words, or a criterion (--criterion)"
        raise refusal("search", rule, remedy, query)
    candidates = library.about(unit) if unit else list(library.documents.values())
    searched = [document for document in candidates if document.document_id in library.texts]
    passages, hits = library.search(queries, [document.document_id for document in searched], most)
    without_unit = library.about("") if unit else []
    return Search(queries, unit, criterion, passages, hits, searched, without_unit)


def log(study: Study, result: Search) -> None:
    """Log a search beside the documents. It changes no cell, since a query is not a reading."""
    path = study.folder / DOCUMENTS / LOG
    if not path.parent.is_dir():
        rule, remedy = "no document is on this machine", "collect documents first"
        raise refusal("--log", rule, remedy)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not path.exists():
        writer.writerow(_LOGGED)
    documents = ";".join(document.document_id for document in result.searched)
    queries = " | ".join(result.queries)
    today = dt.date.today().isoformat()
    writer.writerow([today, queries, result.unit, result.criterion, documents, result.hits])
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
