"""Find passages: an index of the text of documents, ranked by BM25 (SQLite’s FTS5).

The index is derived data and can be deleted. Only documents that change are indexed again.
"""

import contextlib
import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.documents.comparable import PAGE_BREAK, comparable, readable, running_heads
from analysis.study.signs import one_line

INDEX = "index.sqlite"
WORDS_IN_A_PASSAGE = 90
WORDS_IN_COMMON = 30
"""Words that a passage shares with the next one of its page."""
STATE = f"3, {WORDS_IN_A_PASSAGE}, {WORDS_IN_COMMON}"
"""The version of an index: of its tables, and of the length and overlap of its passages."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\ufffe\uffff]")
"""Control characters, which belong to no text, and which no workbook can hold."""
_HASHES = "SELECT document, hash FROM documents"
_SNIPPET_WORDS = 32
_PATIENCE = 60
"""Seconds to wait while another process changes the index."""
_TABLES = """
CREATE TABLE state (key TEXT PRIMARY KEY);
CREATE TABLE documents (document TEXT PRIMARY KEY, hash TEXT);
CREATE TABLE places (document TEXT, page INTEGER);
CREATE INDEX of_document ON places (document);
CREATE VIRTUAL TABLE passages USING fts5 (text, tokenize = "porter unicode61 remove_diacritics 2");
"""
_PAGE_SIZE = 16_384
"""Bytes of a page of the index: long rows of text are written a fifth faster than at the default."""


@dataclass(frozen=True)
class Passage:
    """A passage that a search found.

    Attributes:
        document: the id of the document.
        page: its page, from 1.
        text: the whole passage.
        snippet: the matching words, in ``[`` and ``]``, with the words around them.
        words: the snippet without brackets, which can be quoted.
        score: relevance (BM25), the higher the better; comparable within one search only.
    """

    document: str
    page: int
    text: str
    snippet: str
    words: str
    score: float


class Index:
    """An index of documents in a file."""

    def __init__(self, path: Path):
        """Set the file of the index; it is created by the first update."""
        self._path = path
        self._ranked: dict[str, list[tuple[int, str, int]]] = {}

    def bring_up_to_date(
        self, documents: Mapping[str, Sequence[str]], remove_others: bool = True
    ) -> bool:
        """Index new and changed documents; an index of another version is rebuilt.

        Args:
            documents: the pages of each document, by its id.
            remove_others: whether documents that are not among these leave the index.

        Returns:
            Whether anything changed.
        """
        hashes = {
            document: hashlib.sha256(PAGE_BREAK.join(pages).encode("utf-8", "replace")).hexdigest()
            for document, pages in documents.items()
        }
        # First without a lock, so that an up-to-date index can be searched in a read-only folder.
        indexed = self._hashes()
        if indexed is not None and indexed == (hashes if remove_others else indexed | hashes):
            return False
        with contextlib.closing(self._transaction()) as database:
            indexed = dict(database.execute(_HASHES))
            changed = [name for name, digest in hashes.items() if indexed.get(name) != digest]
            removed = indexed.keys() - hashes.keys() if remove_others else set()
            _remove(database, [*removed, *(name for name in changed if name in indexed)])
            for name in changed:
                _insert(database, name, hashes[name], documents[name])
            database.execute("COMMIT")
        self._ranked.clear()
        return True

    def search(
        self, queries: str | Sequence[str], documents: Iterable[str] | None = None, most: int = 20
    ) -> tuple[list[Passage], int]:
        """Return the best passages, and the number of all matches.

        Of passages that overlap, only the better one counts.

        Args:
            queries: a query, or several that a passage must all match. ``"words in quotation
                marks"`` match as a phrase, ``OR`` between words matches either, ``-word``
                excludes, ``word*`` matches every word that begins so. Words without ``OR`` must
                all match.
            documents: ids of the documents to look in; default: all.
            most: how many passages to return at most.
        """
        given = [queries] if isinstance(queries, str) else queries
        match = " AND ".join(f"({query})" for query in map(fts_query, given) if query)
        if not match:
            return [], 0
        chosen = None if documents is None else set(documents)
        with self._read_only() as database:
            if match not in self._ranked:  # callers repeat a query for one unit after another
                self._ranked[match] = database.execute(
                    """SELECT places.rowid, places.document, places.page
                    FROM passages JOIN places ON places.rowid = passages.rowid
                    WHERE passages MATCH ? ORDER BY bm25(passages), places.document, places.rowid""",
                    (match,),
                ).fetchall()
            ranked = self._ranked[match]
            best = _without_overlaps(row for row in ranked if chosen is None or row[1] in chosen)
            shown = best[:most]
            rows = database.execute(
                f"""SELECT places.rowid, places.document, places.page, passages.text,
                    snippet(passages, 0, '[', ']', '…', {_SNIPPET_WORDS}),
                    snippet(passages, 0, '', '', '', {_SNIPPET_WORDS}), -bm25(passages)
                FROM passages JOIN places ON places.rowid = passages.rowid
                WHERE passages MATCH ? AND passages.rowid IN ({", ".join("?" * len(shown))})""",
                (match, *shown),
            )
            passages = {number: Passage(*row) for number, *row in rows}
        return [passages[number] for number in shown], len(best)

    def _read_only(self) -> contextlib.closing[sqlite3.Connection]:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        return contextlib.closing(sqlite3.connect(address, uri=True))

    def _hashes(self) -> dict[str, str] | None:
        """Return the hash of each document; ``None``: there is no index of this version."""
        try:
            with self._read_only() as database:
                is_current = database.execute("SELECT key FROM state").fetchone() == (STATE,)
                return dict(database.execute(_HASHES)) if is_current else None
        except sqlite3.Error:
            return None

    def _transaction(self) -> sqlite3.Connection:
        """Open the index in a transaction; a damaged file, or one of another version, is remade."""
        database = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        try:
            database.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
            database.execute("BEGIN IMMEDIATE")  # another process may be changing the index
            _make_tables(database)
        except sqlite3.OperationalError:
            database.close()
            raise
        except sqlite3.DatabaseError:  # the file is damaged, or no index at all
            database.close()
            self._path.unlink()
            return self._transaction()
        return database


def index_collected(folder: Path, documents: Mapping[str, Sequence[str]]) -> None:
    """Index documents that have just been collected into a folder.

    Errors are ignored: the next search makes the index, or says why it cannot.
    """
    with contextlib.suppress(sqlite3.Error, OSError):
        Index(folder / INDEX).bring_up_to_date(documents, remove_others=False)


def _make_tables(database: sqlite3.Connection) -> None:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if "state" in tables and database.execute("SELECT key FROM state").fetchone() == (STATE,):
        return
    for name in ("state", "documents", "places", "passages"):
        database.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in _TABLES.split(";"):
        database.execute(statement)
    database.execute("INSERT INTO state VALUES (?)", (STATE,))


def _remove(database: sqlite3.Connection, documents: Sequence[str]) -> None:
    for name in documents:
        where = "WHERE rowid IN (SELECT rowid FROM places WHERE document = ?)"
        database.execute(f"DELETE FROM passages {where}", (name,))
        database.execute("DELETE FROM places WHERE document = ?", (name,))
        database.execute("DELETE FROM documents WHERE document = ?", (name,))


def _insert(database: sqlite3.Connection, name: str, digest: str, pages: Sequence[str]) -> None:
    # Both tables have the same rows, so that SQLite numbers the new rows alike in both.
    rows = list(passages(pages))
    database.executemany("INSERT INTO places VALUES (?, ?)", ((name, page) for page, _ in rows))
    database.executemany("INSERT INTO passages (text) VALUES (?)", ((text,) for _, text in rows))
    database.execute("INSERT INTO documents VALUES (?, ?)", (name, digest))


def _without_overlaps(ranked: Iterable[tuple[int, str, int]]) -> list[int]:
    """Return the numbers of ranked passages, without those that overlap a better one."""
    kept: dict[int, tuple[str, int]] = {}
    for number, document, page in ranked:
        if (document, page) not in (kept.get(number - 1), kept.get(number + 1)):
            kept[number] = document, page
    return list(kept)


def passages(pages: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the passages of a document, each with its page: about a paragraph of text.

    Passages overlap, so that words on both sides of a cut are found together.
    """
    heads = running_heads(pages)
    start = 0
    for number, page in enumerate(pages, start=1):
        own = [(a - start, b - start) for a, b in heads if start <= a < start + len(page)]
        start += len(page) + 1
        words = one_line(_CONTROL.sub(" ", readable(page, own))).split()
        step = WORDS_IN_A_PASSAGE - WORDS_IN_COMMON
        for first in range(0, max(len(words) - WORDS_IN_COMMON, 1), step):
            text = " ".join(words[first : first + WORDS_IN_A_PASSAGE])
            if text:
                yield number, text


def fts_query(query: str) -> str:
    """Return a query in the language of FTS5; nothing that the reader typed is a command in it."""
    parts = re.findall(r'-?"[^"]*"?|\S+', query)
    wanted: list[list[str]] = [[]]
    unwanted = []
    for part in parts:
        if part == "OR":
            wanted.append([])
            continue
        words = re.findall(r"\w+", comparable(part.strip('-"')).original)
        if not words:
            continue
        star = "*" if part.endswith("*") else ""
        phrase = f'"{" ".join(words)}"{star}'
        (unwanted if part.startswith("-") else wanted[-1]).append(phrase)
    sides = [" AND ".join(phrases) for phrases in wanted if phrases]
    if not sides:
        return ""
    either = " OR ".join(f"({side})" for side in sides)
    return f"({either}) NOT ({' OR '.join(unwanted)})" if unwanted else either
