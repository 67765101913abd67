"""Add collected documents to a study: a row for each, and a source for those that have none.

The unit that a document may be about is only proposed to the user, and never recorded.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from analysis.documents.collect import Collected, Collector, NotCollected, Wanted
from analysis.documents.index import index_collected
from analysis.documents.media import EMAIL
from analysis.documents.store import KNOWN_HERE, PRIVATE, PUBLIC, DocumentStore
from analysis.fieldwork.changeset import Changeset, changing
from analysis.fieldwork.request_tracker import link_to_request
from analysis.fieldwork.workbook_content import ReadWorkbook, SheetRow
from analysis.study import Study, journal, load
from analysis.study.values import is_on_the_web

BATCH_SIZE = 250
"""Documents are written in batches of this size: an interrupted run loses at most one batch."""


@dataclass
class Collection:
    """The result of collecting documents.

    Attributes:
        added: the ids of new documents, each with what was collected.
        left_out: what gave no new document, each with the reason.
    """

    added: list[tuple[str, Collected]] = field(default_factory=list)
    left_out: list[NotCollected] = field(default_factory=list)


def without_document(study: Study) -> list[Wanted]:
    """Return the addresses of all sources of a study that have no document."""
    sources = study["sources"]
    rows = sources[~sources["source_id"].isin(study["documents"]["source_id"])]
    pairs = zip(rows["url"], rows["source_id"], strict=True)
    return [wanted for wanted in (Wanted(*pair) for pair in pairs) if wanted.is_address]


def not_archived(study: Study) -> list[str]:
    """Return the web addresses of sources for which no copy in a public archive is recorded.

    Sources with a private document are left out, so that their addresses are not passed on.
    """
    sources, documents = study["sources"], study["documents"]
    private = documents.loc[documents["access"] == PRIVATE, "source_id"]
    unarchived = (sources["archived"] == "") & ~sources["source_id"].isin(private)
    addresses = dict.fromkeys(sources.loc[unarchived, "url"])
    return [*filter(is_on_the_web, addresses)]


def collect_into(
    folder: Path,
    collector: Collector,
    wanted: Sequence[Wanted],
    progress: Callable[[str], None] = lambda step: None,
) -> Collection:
    """Collect documents, and add them to the study in batches of :data:`BATCH_SIZE`.

    Args:
        folder: the study's folder.
        collector: the collector.
        wanted: the documents to collect.
        progress: called with a description of each step.
    """
    collection, waiting = Collection(), []

    def with_progress() -> Iterator[Wanted]:
        for number, document in enumerate(wanted, start=1):
            progress(f"{number} of {len(wanted)}: {document.place}")
            yield document

    def add_batch() -> None:
        added = take_documents_in(folder, waiting)
        waiting.clear()
        collection.added += added
        store = DocumentStore(folder)
        # Read the pages back from the store, as a search does.
        texts = {name: store.pages(document.sha256) for name, document in added}
        index_collected(store.folder, {name: text for name, text in texts.items() if text})

    try:
        with contextlib.closing(collector.collect(with_progress())) as results:
            for result in results:
                if isinstance(result, NotCollected):
                    collection.left_out.append(result)
                else:
                    waiting.append(result)
                if len(waiting) >= BATCH_SIZE:
                    add_batch()
    finally:
        # Also after an interruption, so that collected documents are not collected again.
        if waiting:
            add_batch()
    return collection


def take_documents_in(folder: Path, collected: Iterable[Collected]) -> list[tuple[str, Collected]]:
    """Add rows for documents to a study, and return each document with its id.

    Raises:
        StudyError: the study would not be valid; it is not changed.
    """
    with journal.changing(folder):
        changeset = Changeset(load(folder), ReadWorkbook("the documents"))
        store = DocumentStore(folder)
        rows = DocumentRows(changeset, store)
        added = [
            (rows.add(document, number), document)
            for number, document in enumerate(collected, start=1)
        ]
        files = changeset.checked_files()
        # Write the hashes first: without its hash, a private row cannot be matched to its file again.
        if rows.known_here:
            store.keep_private(rows.known_here)
        journal.commit(folder, files)
    return added


def make_public(folder: Path, addresses: Mapping[str, str]) -> dict[str, str]:
    """Make private documents public if a public address gives the same bytes.

    Args:
        folder: the study's folder.
        addresses: the public address of a document, by the document's hash.

    Returns:
        The address of each document that was made public, by the document's id.

    Raises:
        StudyError: the study would not be valid; it is not changed.
    """
    made_public: dict[str, str] = {}
    with changing(folder, "the documents") as changeset:
        store = DocumentStore(folder)
        sources = {row["source_id"]: row for row in changeset.draft("sources").rows}
        for row in changeset.draft("documents").rows:
            known = store.known(row)
            address = addresses.get(known["sha256"], "")
            if row["access"] != PRIVATE or row["media_type"] == EMAIL or not address:
                continue
            row |= {name: known[name] for name in KNOWN_HERE}
            row |= {"access": PUBLIC, "retrieved_from": address}
            row["retrieved_on"] = dt.date.today().isoformat()
            source = sources[row["source_id"]]
            source["url"] = source["url"] or address
            made_public[row["document_id"]] = address
    return made_public


class DocumentRows:
    """Adds the rows of documents and their sources to a study."""

    def __init__(self, changeset: Changeset, store: DocumentStore):
        """Index the documents of the study by hash; ``store`` keeps their files."""
        self._changeset = changeset
        self.known_here: dict[str, dict[str, str]] = {}
        self._documents = changeset.draft("documents")
        self._sources = changeset.draft("sources")
        self._taken = {row["document_id"] for row in self._documents.rows}
        self._taken |= {row["source_id"] for row in self._sources.rows}
        self._names = (name for n in count(1) if (name := f"D{n:04}") not in self._taken)
        self._by_hash: dict[str, str] = {}
        self._without_hash: dict[tuple[str, ...], list[str]] = {}
        for row in self._documents.rows:
            name, digest = row["document_id"], store.known(row)["sha256"]
            if digest:
                self._by_hash.setdefault(digest, name)
            elif row["access"] == PRIVATE:
                self._without_hash.setdefault(_size_key(row), []).append(name)

    def add(self, collected: Collected, number: int) -> str:
        """Add a document and return its id; if the study has it already, return the existing id."""
        if existing := self._existing_id(collected):
            link_to_request(self._documents, {existing}, collected.wanted.request_id)
            return existing
        line = SheetRow(collected.wanted.place, number)
        name = next(self._names)
        source = collected.wanted.source_id or self._source_at(collected)
        if not source:
            source = name
            self._changeset.put("sources", self._source(collected, source), source, line)
        row = {
            "document_id": name,
            "source_id": source,
            "sha256": collected.sha256,
            **_size_columns(collected),
            "retrieved_on": collected.retrieved_on,
            "retrieved_from": collected.name,
            "access": collected.access,
            "extractor": collected.text.extractor,
            "text_sha256": collected.text_sha256,
            "unread": "; ".join(collected.text.unread),
            "replaces": self._previous_version(collected, source),
            "request_id": collected.wanted.request_id,
            "unit_id": collected.wanted.unit_id,
        }
        if collected.access == PRIVATE:
            self.known_here[name] = _local_values(collected)
            row |= dict.fromkeys(KNOWN_HERE, "")
        self._by_hash[collected.sha256] = name
        self._changeset.put("documents", row, name, line)
        return name

    def _body_of(self, request: str) -> str:
        """Return the name of the body to which a request was sent; empty if there is no request."""
        study = self._changeset.study
        body = study.lookup("requests", "asked_of").get(request, "")
        unit = study.lookup("requests", "unit_id").get(request, "")
        return f"{body[:1].upper()}{body[1:]}" or study.lookup("units", "name").get(unit, "")

    def _existing_id(self, collected: Collected) -> str:
        """Return the id of the same document if the study has it already; else an empty text."""
        if collected.sha256 in self._by_hash:
            return self._by_hash[collected.sha256]
        # The hash of a private document is not in the study: compare its size, pages and words.
        candidates = self._without_hash.get(_size_key(_size_columns(collected)))
        if not candidates:
            return ""
        name = self._by_hash[collected.sha256] = candidates.pop(0)
        self.known_here[name] = _local_values(collected)
        return name

    def _source_at(self, collected: Collected) -> str:
        """Return the source that has the address of a document."""
        addresses = {text.rstrip("/") for text in (collected.name, collected.wanted.place)}
        rows = self._sources.rows if collected.access != PRIVATE else []
        matches = (row["source_id"] for row in rows if row["url"].rstrip("/") in addresses)
        return next(matches, "")

    def _previous_version(self, collected: Collected, source: str) -> str:
        """Return the id of the latest document from the same address and source; empty if none."""
        for row in reversed(self._documents.rows if collected.access != PRIVATE else []):
            if (row["source_id"], row["retrieved_from"]) == (source, collected.name):
                return row["document_id"]
        return ""

    def _source(self, collected: Collected, name: str) -> dict[str, str]:
        is_private = collected.access == PRIVATE
        # The metadata of a private document may name a person, and sources are published.
        title, date = ("", "") if is_private else (collected.text.title, collected.text.date)
        date = date if date <= dt.date.today().isoformat() else ""
        from_metadata = [word for word, text in (("title", title), ("date", date)) if text]
        host = "" if is_private else urlsplit(collected.name).hostname
        return {
            "source_id": name,
            "publisher": self._body_of(collected.wanted.request_id) or host or "Not stated",
            "title": title,
            "published": date,
            "url": "" if is_private else collected.name,
            "extent_read": "not_read",
            "read_on": collected.retrieved_on,
            "title_kind": "own" if title else "",
            "note": f"Its {' and '.join(from_metadata)}, by its metadata." if from_metadata else "",
        }


def _local_values(collected: Collected) -> dict[str, str]:
    known = collected.sha256, collected.text_sha256, collected.name
    return dict(zip(KNOWN_HERE, known, strict=True))


def _size_columns(collected: Collected) -> dict[str, str]:
    pages = str(len(collected.text.pages))
    size, words = str(collected.size), str(collected.text.words)
    return {"media_type": collected.text.media_type, "bytes": size, "pages": pages, "words": words}


def _size_key(row: dict[str, str]) -> tuple[str, ...]:
    return row["media_type"], row["bytes"], row["pages"], row["words"]


FILE_NAME, ADDRESS, FIRST_PAGE = "the name of its file", "its address", "its first page"
_FIRST_PAGE_CHARACTERS = 3000
"""Number of characters of the first page that are searched for names of units."""


def proposed_unit(study: Study, collected: Collected) -> tuple[str, str] | None:
    """Return the only unit that a document names, and where; ``None`` if none or several.

    Only whole words count as a name. The address or file name is searched first, then the first
    page; the first of these that names any unit decides.
    """
    place = urlsplit(collected.name)
    path = place.netloc + place.path if place.netloc else PurePath(collected.name).stem
    places = {
        ADDRESS if place.netloc else FILE_NAME: path,
        FIRST_PAGE: collected.text.pages[0][:_FIRST_PAGE_CHARACTERS],
    }
    names = study.lookup("units", "short_name")
    for where, text in places.items():
        units = _named(names, text)
        if units:
            return (units[0], where) if len(units) == 1 else None
    return None


def _named(names: Mapping[str, str], text: str) -> list[str]:
    """Return the ids of units whose name is in a text, and not only in a longer unit name."""
    words = f" {_plain_words(text)} "
    matches = {
        unit: _plain_words(name)
        for unit, name in names.items()
        if f" {_plain_words(name)} " in words
    }
    return [
        unit
        for unit, name in matches.items()
        if not any(name != other and f" {name} " in f" {other} " for other in matches.values())
    ]


def _plain_words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
