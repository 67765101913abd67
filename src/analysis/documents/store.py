"""Store documents in a folder of the study, each under the SHA-256 of its bytes, with its text.

They are third parties’ texts, so the folder stays on this machine. ``documents.csv``, which is
shared, has the hashes of public documents. By the hash of a private document, anyone who has a
copy could recognise it. So these hashes, and the files' names, stay in this folder too.
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
"""Columns of ``documents.csv`` that are empty for a private document, and stored only here."""

_PRIVATE_FILE = "private.csv"
_HASH = re.compile("[0-9a-f]{64}")
_KEEP_OUT_OF_GIT = "# Third parties' texts: they stay on this machine.\n*\n"


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


class DocumentStore:
    """The documents of a study that are on this machine."""

    def __init__(self, study: Path):
        """Set the study's folder; nothing is written before the first document is stored."""
        self.folder = study / DOCUMENTS

    def path(self, digest: str) -> Path:
        """Return the path of a document, whether it is there or not."""
        return self.folder / digest

    def keep(self, content: bytes) -> str:
        """Store a document unless it is there already; return its hash."""
        self._prepare()
        digest = sha256(content)
        if not self.path(digest).exists():
            _write_atomically(self.path(digest), content)
        return digest

    def keep_text(self, digest: str, pages: Sequence[str]) -> str:
        """Store the text of a document; return the hash of the text."""
        self._prepare()
        content = _joined(pages)
        _write_atomically(self._text_path(digest), content)
        return sha256(content)

    def pages(self, digest: str) -> list[str] | None:
        """Return the text of a document, page by page; ``None``: it is not on this machine."""
        try:
            # Read as bytes, since a carriage return is part of what was hashed.
            return self._text_path(digest).read_bytes().decode().split(PAGE_BREAK)
        except FileNotFoundError:
            return None

    def known(self, row: Mapping[str, str]) -> Mapping[str, str]:
        """Return the row of a document; of a private one, with the columns that are stored here."""
        if row["access"] != PRIVATE:
            return row
        return {**row, **self._private().get(row["document_id"], {})}

    def text(self, row: Mapping[str, str]) -> list[str] | None:
        """Return the text of a document, page by page; ``None``: it is not here, or is another.

        Args:
            row: its row of ``documents.csv``.
        """
        known = self.known(row)
        pages = self.pages(known["sha256"]) if known["sha256"] else None
        if pages is None or sha256(_joined(pages)) != known["text_sha256"]:
            return None
        return pages

    def keep_not_archived(self, addresses: Sequence[str]) -> Path:
        """Write the list of addresses for a public archive, one a line; return its path."""
        path = self.folder / "not-archived.txt"
        _write_atomically(path, "".join(f"{address}\n" for address in addresses).encode())
        return path

    def keep_private(self, rows: Mapping[str, Mapping[str, str]]) -> None:
        """Store the hashes and file names of private documents, by document id."""
        known = pd.DataFrame.from_dict({**self._private(), **rows}, "index", columns=[*KNOWN_HERE])
        table = known.rename_axis("document_id").reset_index()
        _write_atomically(self.folder / _PRIVATE_FILE, as_csv(table))

    def _private(self) -> dict[str, dict[str, str]]:
        """Return the hashes and file names of private documents; read again if the file changed."""
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
    """Return the rows of this version of the file, by document id.

    Raises:
        StudyError: the file is damaged.
    """
    try:
        rows = records(pd.read_csv(path, dtype=str, keep_default_na=False))
        known = {row["document_id"]: {name: row[name] for name in KNOWN_HERE} for row in rows}
    except (ValueError, KeyError):  # not a table, not text, or a column is missing
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


def _write_atomically(path: Path, content: bytes) -> None:
    """Write a file atomically: it is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
