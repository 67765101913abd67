"""Documents in a folder of the study, each under the SHA-256 of its bytes, with its text beside it.

They are third parties’ texts: the folder stays on this machine, and what travels are the hashes.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from analysis.documents.comparable import PAGE_BREAK
from analysis.study.load import DOCUMENTS

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
        content = PAGE_BREAK.join(pages).encode("utf-8", "replace")
        _write_whole(self._text_path(digest), content)
        return sha256(content)

    def pages(self, digest: str) -> list[str] | None:
        """Return the text of a document, page by page; ``None`` where it is not here."""
        try:
            return self._text_path(digest).read_text("utf-8").split(PAGE_BREAK)
        except FileNotFoundError:
            return None

    def _text_path(self, digest: str) -> Path:
        return self.folder / "text" / f"{digest}.txt"

    def _prepare(self) -> None:
        (self.folder / "text").mkdir(parents=True, exist_ok=True)
        ignored = self.folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text(_KEEP_OUT_OF_GIT, encoding="utf-8")


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
