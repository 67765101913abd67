"""Documents in a folder of the study, each under the SHA-256 of its bytes, with its text beside it.

They are third parties’ texts: the folder stays on this machine. The hashes of public documents
travel, in ``documents.csv``. Those of private ones, which would let anyone who has a document
know it again, and the names of their files stay in this folder too.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis.documents.comparable import PAGE_BREAK
from analysis.frames import records
from analysis.problems import refusal
from analysis.study.load import DOCUMENTS
from analysis.study.tables import as_csv

PUBLIC, PRIVATE = "public", "private"
KNOWN_HERE = ("sha256", "text_sha256", "retrieved_from")
"""Columns of ``documents.csv`` that are empty for a private document, and kept here."""

_PRIVATE_FILE = "private.csv"
_HASH = re.compile("[0-9a-f]{64}")
_KEEP_OUT_OF_GIT = "# Third parties' texts: they stay on this machine.\n*\n"


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


class DocumentStore:
    """The documents of a study that are on this machine."""

    def __init__(self, study: Path):
        """Take the study's folder; nothing is made before the first document is kept."""
        self.folder = study / DOCUMENTS

    def path(self, digest: str) -> Path:
        """Return where a document is, or would be."""
        return self.folder / digest

    def keep(self, content: bytes) -> str:
        """Keep a document; return its hash. One that is there already stays as it is."""
        self._prepare()
        digest = sha256(content)
        if not self.path(digest).exists():
            _write_whole(self.path(digest), content)
        return digest

    def keep_text(self, digest: str, pages: Sequence[str]) -> str:
        """Keep the text of a document beside it; return the hash of the text."""
        self._prepare()
        content = _joined(pages)
        _write_whole(self._text_path(digest), content)
        return sha256(content)

    def pages(self, digest: str) -> list[str] | None:
        """Return the text of a document, page by page; ``None`` where it is not here."""
        try:
            # As bytes: a carriage return is part of what was hashed.
            return self._text_path(digest).read_bytes().decode().split(PAGE_BREAK)
        except FileNotFoundError:
            return None

    def known(self, row: Mapping[str, str]) -> Mapping[str, str]:
        """Return the row of a document with what stands here of a private one."""
        if row["access"] != PRIVATE:
            return row
        return {**row, **self._private().get(row["document_id"], {})}

    def text(self, row: Mapping[str, str]) -> list[str] | None:
        """Return the text of a document, page by page; ``None`` where that text is not here.

        Args:
            row: its row of ``documents.csv``.
        """
        known = self.known(row)
        pages = self.pages(known["sha256"]) if known["sha256"] else None
        if pages is None or sha256(_joined(pages)) != known["text_sha256"]:
            return None
        return pages

    def keep_not_archived(self, addresses: Sequence[str]) -> Path:
        """Keep the list of addresses for a public archive, each on a line; return where it is."""
        path = self.folder / "not-archived.txt"
        _write_whole(path, "".join(f"{address}\n" for address in addresses).encode())
        return path

    def keep_private(self, rows: Mapping[str, Mapping[str, str]]) -> None:
        """Keep what is known only here of private documents, by document id."""
        known = pd.DataFrame.from_dict({**self._private(), **rows}, "index", columns=[*KNOWN_HERE])
        table = known.rename_axis("document_id").reset_index()
        _write_whole(self.folder / _PRIVATE_FILE, as_csv(table))

    def _private(self) -> dict[str, dict[str, str]]:
        """Return what is known only here, read again where another version of the file is there."""
        path = self.folder / _PRIVATE_FILE
        try:
            stat = path.stat()
            return _read_private(path, (stat.st_ino, stat.st_mtime_ns, stat.st_size))
        except FileNotFoundError:
            return {}

    def _text_path(self, digest: str) -> Path:
        return self.folder / "text" / f"{digest}.txt"

    def _prepare(self) -> None:
        (self.folder / "text").mkdir(parents=True, exist_ok=True)
        ignored = self.folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text(_KEEP_OUT_OF_GIT, encoding="utf-8")


@lru_cache(maxsize=8)
def _read_private(path: Path, _version: tuple[int, ...]) -> dict[str, dict[str, str]]:
    """Return what stands in this version of the file, by document id.

    Raises:
        StudyError: it is not as it was written.
    """
    try:
        rows = records(pd.read_csv(path, dtype=str, keep_default_na=False))
        known = {row["document_id"]: {name: row[name] for name in KNOWN_HERE} for row in rows}
    except (ValueError, KeyError):  # no table, no text, or no such column
        rows, known = [], {}
    hashes = [row[name] for row in known.values() for name in KNOWN_HERE[:2]]
    if not rows or len(known) < len(rows) or not all(map(_HASH.fullmatch, hashes)):
        rule = "it is not as it was written: the hashes of private documents are lost"
        remedy = "put an older copy in its place; or take it away, and collect those files again"
        place = f"{DOCUMENTS}/{_PRIVATE_FILE}"
        raise refusal(place, rule, remedy)
    return known


def _joined(pages: Sequence[str]) -> bytes:
    return PAGE_BREAK.join(pages).encode("utf-8", "replace")


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
