"""The text of a document as a record, and how its metadata are put."""

import datetime as dt
import importlib.metadata
from dataclasses import dataclass
from functools import cache, cached_property


@dataclass(frozen=True)
class DocumentText:
    """The text of a document.

    Attributes:
        media_type: what it is.
        pages: the text of each page; what has no pages is one.
        title: as its own metadata has it; empty where that says none.
        date: likewise, YYYY-MM-DD.
        extractor: what read it, with its version.
        unread: what could not be read, each as words.
        attachments: of an e-mail: names and bytes.
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


def first_day(text: str) -> str:
    """Return the day with which a text begins, YYYY-MM-DD; empty: it begins with none."""
    try:
        return dt.date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def in_a_line(text: str) -> str:
    """Return the start of a text as one line."""
    return " ".join(text.split())[:300]


@cache  # to look it up takes a tenth of the time that a document takes to be read
def extractor(library: str) -> str:
    """Return the name of an installed library with its version."""
    return f"{library} {importlib.metadata.version(library)}"
