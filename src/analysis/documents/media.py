"""The media type of a document, and the record of its text."""

import datetime as dt
import importlib.metadata
import io
import zipfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import PurePath

PDF, HTML, TEXT, EMAIL = "application/pdf", "text/html", "text/plain", "message/rfc822"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"

_OLE, _RTF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"
_SHEET = "a spreadsheet: save the sheets that matter as PDF"
_CONVERT = {
    ".doc": "a Word document of before 2007, or one with a password: save it as DOCX or PDF without",
    ".msg": "an Outlook message: save it as EML",
    ".rtf": "an RTF document: save it as DOCX or PDF",
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".csv"), _SHEET),
    **dict.fromkeys((".pptx", ".ppt", ".odp"), "a presentation: save it as PDF"),
    ".zip": "an archive: take the documents out of it first",
}
_ZIPPED = {"word/": DOCX, "xl/": ".xlsx", "ppt/": ".pptx"}
_HEADERS = ("from:", "received:", "return-path:", "mime-version:", "delivered-to:", "message-id:")


class UnreadableError(Exception):
    """A document cannot be read; the message says in one line why, and what to do."""


@dataclass(frozen=True)
class DocumentText:
    """The text of a document.

    Attributes:
        media_type: its media type.
        pages: the text of each page; a document without pages counts as one page.
        title: the title in its own metadata; empty: there is none.
        date: the date in its own metadata, YYYY-MM-DD; empty: there is none.
        extractor: the program or library that read it, with its version.
        unread: the parts that could not be read, each described in words.
        attachments: names and bytes of an e-mail's attachments.
    """

    media_type: str
    pages: tuple[str, ...]
    title: str = ""
    date: str = ""
    extractor: str = ""
    unread: tuple[str, ...] = ()
    attachments: tuple[tuple[str, bytes], ...] = ()

    @cached_property
    def words(self) -> int:
        """How many words there are."""
        return sum(len(page.split()) for page in self.pages)


def media_type(content: bytes, name: str = "") -> str:
    """Return the media type of a document.

    Args:
        content: the bytes of the document.
        name: its file name or address, for types that the bytes do not show.

    Raises:
        UnreadableError: the type is not supported, or cannot be recognised.
    """
    if not content.strip():
        raise UnreadableError("it is empty")
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    suffix = PurePath(name.partition("?")[0]).suffix.lower()
    if b"%PDF-" in content[:1024]:
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    if content.startswith(_OLE):
        raise _unsupported(suffix if suffix in (".msg", ".xls", ".ppt") else ".doc")
    if start.startswith(_RTF):
        raise _unsupported(".rtf")
    if start[:1] == b"<" and (suffix in (".htm", ".html") or _has_html(start)):
        return HTML
    words = start.decode("latin-1").lower()
    if words.startswith(_HEADERS) or suffix == ".eml":
        return EMAIL
    if suffix in _CONVERT:
        raise _unsupported(suffix)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" not in content[:8192]:
        return HTML if _has_html(start) else TEXT
    raise UnreadableError(
        "this kind of file cannot be read; these can: PDF, HTML, DOCX, ODT, TXT or EML"
    )


def _has_html(start: bytes) -> bool:
    words = start.lower()
    return any(mark in words for mark in (b"<!doctype html", b"<html", b"<head", b"<body"))


def _zipped(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                kind = archive.read("mimetype").decode("ascii", "replace").strip()
                if kind == ODT:
                    return ODT
                raise _unsupported(".ods" if "spreadsheet" in kind else ".odp")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise UnreadableError("its file is damaged: download it again") from None
    for start, kind in _ZIPPED.items():
        if any(name.startswith(start) for name in names):
            if kind.startswith("."):
                raise _unsupported(kind)
            return kind
    raise _unsupported(".zip")


def _unsupported(suffix: str) -> UnreadableError:
    return UnreadableError(f"it is {_CONVERT[suffix]}")


def first_day(text: str) -> str:
    """Return the date at the start of a text, YYYY-MM-DD; empty: there is none."""
    try:
        return dt.date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def in_a_line(text: str) -> str:
    """Return the first 300 characters of a text as one line."""
    return " ".join(text.split())[:300]


@cache  # the look-up takes a tenth of the time of reading a document
def extractor(library: str) -> str:
    """Return the name of an installed library with its version."""
    return f"{library} {importlib.metadata.version(library)}"
