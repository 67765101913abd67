"""Finding passages: an index of the text of documents, ranked by BM25 (SQLite’s FTS5).

The index is derived and can be thrown away: it is made again whenever the documents change.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.documents.comparable import comparable, readable, running_heads
from analysis.study.signs import one_line

WORDS_IN_A_PASSAGE = 90
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\ufffe\uffff]")
"""Signs of which no text consists, and which no workbook can hold."""
_SNIPPET_WORDS = 32
_TABLES = """
CREATE TABLE state (key TEXT PRIMARY KEY);
CREATE TABLE places (document TEXT, page INTEGER);
CREATE VIRTUAL TABLE passages USING fts5 (text, tokenize = "porter unicode61 remove_diacritics 2");
"""


@dataclass(frozen=True)
class Passage:
    """A passage that a search found.

    Attributes:
        document: the id of the document.
        page: its page, from 1.
        text: the whole passage.
        snippet: the words found, with what stands around them; found words in ``[`` and ``]``.
        words: the same as the document has them: what can be quoted.
        score: how well it fits, the higher the better; it compares passages of one search only.
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
        """Open the index; it is made when it is first brought up to date."""
        self._path = path
        self._ranked: dict[str, list[tuple[int, str, int]]] = {}

    def bring_up_to_date(self, state: str, documents: Mapping[str, Sequence[str]]) -> bool:
        """Make the index again where it is of other documents than these.

        Args:
            state: what the index is made from, such as the hashes of all texts.
            documents: the pages of each document, by its id; read only where they are needed.

        Returns:
            Whether it was made again.
        """
        if self._path.exists() and self._state() == state:
            return False
        making = self._path.with_name(f".{self._path.name}.{os.getpid()}.making")
        making.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(making)) as database:
            database.executescript(
                f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}"
            )
            for document in documents:
                rows = list(passages(documents[document]))
                database.executemany(
                    "INSERT INTO places VALUES (?, ?)", ((document, page) for page, _ in rows)
                )
                database.executemany(
                    "INSERT INTO passages (text) VALUES (?)", ((text,) for _, text in rows)
                )
            database.execute("INSERT INTO state VALUES (?)", (state,))
            database.commit()
        making.replace(self._path)
        self._ranked.clear()
        return True

    def search(
        self, queries: str | Sequence[str], documents: Iterable[str] | None = None, most: int = 20
    ) -> tuple[list[Passage], int]:
        """Return the passages that fit best, and how many fit in all.

        Of passages that overlap, the one that fits better stands for both.

        Args:
            queries: words, or several queries of which each must fit. ``"words in quotation
                marks"`` stand together, ``OR`` between words finds either, ``-word`` leaves out,
                ``word*`` finds every word that begins so. Words without ``OR`` must all be there.
            documents: ids of the documents to look in; default: all.
            most: how many passages to return at most.
        """
        given = [queries] if isinstance(queries, str) else queries
        match = " AND ".join(f"({one})" for one in map(fts_query, given) if one)
        if not match:
            return [], 0
        chosen = None if documents is None else set(documents)
        with self._opened() as database:
            if match not in self._ranked:  # asked again for one unit after the other
                self._ranked[match] = database.execute(
                    """SELECT places.rowid, places.document, places.page
                    FROM passages JOIN places ON places.rowid = passages.rowid
                    WHERE passages MATCH ? ORDER BY bm25(passages), places.rowid""",
                    (match,),
                ).fetchall()
            ranked = self._ranked[match]
            best = _apart(one for one in ranked if chosen is None or one[1] in chosen)
            rows = [
                database.execute(
                    f"""SELECT places.document, places.page, passages.text,
                        snippet(passages, 0, '[', ']', '…', {_SNIPPET_WORDS}),
                        snippet(passages, 0, '', '', '', {_SNIPPET_WORDS}), -bm25(passages)
                    FROM passages JOIN places ON places.rowid = passages.rowid
                    WHERE passages MATCH ? AND passages.rowid = ?""",
                    (match, number),
                ).fetchone()
                for number in best[:most]
            ]
        return [Passage(*row) for row in rows], len(best)

    def _opened(self) -> contextlib.closing[sqlite3.Connection]:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        return contextlib.closing(sqlite3.connect(address, uri=True))

    def _state(self) -> str:
        try:
            with contextlib.closing(sqlite3.connect(self._path)) as database:
                return database.execute("SELECT key FROM state").fetchone()[0]
        except (sqlite3.Error, TypeError):
            return ""


def _apart(ranked: Iterable[tuple[int, str, int]]) -> list[int]:
    """Return the numbers of ranked passages, without those that overlap a better one."""
    kept: dict[int, tuple[str, int]] = {}
    for number, document, page in ranked:
        if (document, page) not in (kept.get(number - 1), kept.get(number + 1)):
            kept[number] = document, page
    return list(kept)


def passages(pages: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the passages of a document: its page, and words of about a paragraph.

    Passages overlap by half, so that what stands together is found together.
    """
    heads = running_heads(pages)
    start = 0
    for number, page in enumerate(pages, start=1):
        own = [(a - start, b - start) for a, b in heads if start <= a < start + len(page)]
        start += len(page) + 1
        words = one_line(_CONTROL.sub(" ", readable(page, own))).split()
        step = WORDS_IN_A_PASSAGE // 2
        for first in range(0, max(len(words) - step, 1), step):
            text = " ".join(words[first : first + WORDS_IN_A_PASSAGE])
            if text:
                yield number, text


def fts_query(query: str) -> str:
    """Return a query in the language of FTS5, in which no sign of the reader’s is a command."""
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
    sides = [" AND ".join(one) for one in wanted if one]
    if not sides:
        return ""
    found = " OR ".join(f"({one})" for one in sides)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found
