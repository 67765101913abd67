"""Collect documents: store each with its text, or say in one line why not."""

import contextlib
import datetime as dt
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from urllib.parse import urldefrag

from analysis.documents.fetch import Fetcher
from analysis.documents.media import EMAIL, DocumentText, UnreadableError
from analysis.documents.reader import BYTES_AT_MOST, Readers
from analysis.documents.store import PRIVATE, PUBLIC, DocumentStore, sha256

NESTED_AT_MOST = 5
"""How deep e-mails may be attached to e-mails."""
QUEUE_AT_MOST = 250
"""The most documents that may wait to be entered, read or being read."""
_KEPT = "it is held already"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_FILE_NAME = re.compile(r"\S+\.[a-z]\w{1,4}", re.IGNORECASE)
_LIST_AT_MOST = 1_000_000
"""The most bytes of a text file that may be a list of what to collect."""


@dataclass(frozen=True)
class Wanted:
    """A document to collect.

    Attributes:
        place: an address, or the path of a file.
        source_id: the source that it is a copy of; empty: not known.
        request_id: the request that it answers; empty: none.
        unit_id: the unit that it is about; empty: not recorded.
    """

    place: str
    source_id: str = ""
    request_id: str = ""
    unit_id: str = ""

    @property
    def is_address(self) -> bool:
        """Whether the place is an address, to be fetched."""
        return bool(_ADDRESS.fullmatch(self.place))


@dataclass(frozen=True)
class Collected:
    """A document that was stored.

    Attributes:
        wanted: what was to be collected; for an attachment, the e-mail.
        name: its address after redirects, or the name of its file.
        access: :data:`PUBLIC` or :data:`PRIVATE`.
        sha256: hash of its bytes.
        text_sha256: hash of its text.
        size: how many bytes it has.
        retrieved_on: the day of collection, YYYY-MM-DD.
        text: its text and metadata.
    """

    wanted: Wanted
    name: str
    access: str
    sha256: str
    text_sha256: str
    size: int
    retrieved_on: str
    text: DocumentText


@dataclass(frozen=True)
class NotCollected:
    """A place that gave no new document.

    Attributes:
        place: what was to be collected.
        why: the reason, in one line.
        same_as: the hash of the document, if the study has it already.
        host: the host, if it cannot be reached.
        address: the address that gave the bytes of that document.
    """

    place: str
    why: str
    same_as: str = ""
    host: str = ""
    address: str = ""


def wanted(places: Iterable[str]) -> Iterator[Wanted]:
    """Yield the documents to collect from files, folders, addresses and text files of those."""
    for place in places:
        path = Path(place)
        if _ADDRESS.fullmatch(place):
            yield Wanted(urldefrag(place).url)
        elif path.is_dir():
            for file in sorted(path.rglob("*")):
                is_hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
                # A broken link is yielded too: it is reported when it is to be read.
                if not is_hidden and (file.is_symlink() or not file.is_dir()):
                    yield Wanted(str(file))
        elif lines := _listed(path):
            yield from wanted(lines)
        else:
            yield Wanted(place)


def _listed(path: Path) -> list[str]:
    """Return the lines of a text file that lists documents; else an empty list.

    It is a list if it names an address or a file that is there, and its other lines look like file
    names: a file that is missing is then reported, and the list is not taken for a document.
    """
    try:
        is_text = path.is_file() and path.suffix.lower() == ".txt"
        if not is_text or path.stat().st_size > _LIST_AT_MOST:
            return []
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except (OSError, ValueError):
        return []
    lines = [line for line in lines if line and not line.startswith("#")]
    others = [
        line for line in lines if not (_ADDRESS.fullmatch(line) or _is_other_file(line, path))
    ]
    is_list = len(others) < len(lines) and all(map(_FILE_NAME.fullmatch, others))
    return lines if is_list else []


def _is_other_file(line: str, path: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return Path(line).is_file() and Path(line).suffix.lower() != path.suffix.lower()
    return False


@dataclass(frozen=True)
class _Reading:
    """A stored document that is being read; ``is_new``: its bytes were not stored before."""

    wanted: Wanted
    name: str
    place: str
    digest: str
    size: int
    depth: int
    is_new: bool
    text: Future[DocumentText]


class Collector:
    """Collects documents into the folder of a study."""

    def __init__(self, store: DocumentStore, fetcher: Fetcher, readers: Readers, kept: set[str]):
        """Set the store, fetcher and readers; ``kept``: hashes of documents that the study has."""
        self._store, self._fetcher, self._readers = store, fetcher, readers
        self._kept = set(kept)

    def collect(self, items: Iterable[Wanted]) -> Generator[Collected | NotCollected, None, None]:
        """Yield the result for each document to collect and for each attachment of an e-mail.

        Results come in the order of the items, while the next documents are being read already.
        """
        pending: deque[_Reading | NotCollected] = deque()
        try:
            for wanted in items:
                try:
                    content, name = self._content(wanted)
                except UnreadableError as error:
                    host = getattr(error, "host", "")
                    pending.append(NotCollected(wanted.place, str(error), host=host))
                except (OSError, ValueError) as error:
                    why = getattr(error, "strerror", None) or str(error)
                    pending.append(NotCollected(wanted.place, f"it cannot be read ({why})"))
                else:
                    if sha256(content) in map(_digest, pending):
                        yield from self._finished(pending, 0)
                    pending.append(self._start(wanted, name, content, 0))
                yield from self._finished(pending, QUEUE_AT_MOST)
            yield from self._finished(pending, 0)
        finally:
            for reading in pending:
                if isinstance(reading, _Reading):
                    self._discard(reading)

    def _finished(
        self, pending: deque[_Reading | NotCollected], most: int
    ) -> Iterator[Collected | NotCollected]:
        """Yield the results at the head of the queue, while it is done or the queue is too long."""
        while pending and (
            len(pending) > most or _is_done(pending[0]) or _bytes(pending) > BYTES_AT_MOST
        ):
            yield from self._outcome(pending[0])
            pending.popleft()

    def _content(self, wanted: Wanted) -> tuple[bytes, str]:
        if wanted.is_address:
            fetched = self._fetcher.fetch(wanted.place)
            return fetched.content, fetched.address
        path = Path(wanted.place)
        if not path.is_file():
            raise UnreadableError(
                "there is no such file" if not path.exists() else "it is not a file"
            )
        if path.stat().st_size > BYTES_AT_MOST:
            raise UnreadableError(f"it has more than {BYTES_AT_MOST // 2**20} MiB")
        return path.read_bytes(), path.name

    def _start(
        self, wanted: Wanted, name: str, content: bytes, depth: int
    ) -> _Reading | NotCollected:
        """Store a document and start to read it, unless the study has it already."""
        digest = sha256(content)
        place = wanted.place if not depth else f"{wanted.place}, {name}"
        if self._is_kept(digest):
            address = name if wanted.is_address and not depth else ""
            return NotCollected(place, _KEPT, digest, address=address)
        path = self._store.path(digest)
        is_new = not path.exists()
        self._store.keep(content)
        text = self._readers.begin(path, name)
        return _Reading(wanted, name, place, digest, len(content), depth, is_new, text)

    def _is_kept(self, digest: str) -> bool:
        return digest in self._kept and self._store.pages(digest) is not None

    def _discard(self, reading: _Reading) -> None:
        """Delete the bytes of a document, unless they were stored before."""
        if reading.is_new and not self._is_kept(reading.digest):
            self._store.path(reading.digest).unlink(missing_ok=True)

    def _outcome(self, reading: _Reading | NotCollected) -> Iterator[Collected | NotCollected]:
        if isinstance(reading, NotCollected):
            yield reading
            return
        wanted, name, place, digest = reading.wanted, reading.name, reading.place, reading.digest
        if self._is_kept(digest):  # an earlier document of the queue was the same
            yield NotCollected(place, _KEPT, digest)
            return
        try:
            text = reading.text.result()
        except UnreadableError as error:
            self._discard(reading)
            yield NotCollected(place, str(error))
            return
        self._kept.add(digest)
        access = PUBLIC if wanted.is_address and text.media_type != EMAIL else PRIVATE
        text_hash = self._store.keep_text(digest, text.pages)
        today = dt.date.today().isoformat()
        without_attachments = replace(text, attachments=())
        yield Collected(
            wanted, name, access, digest, text_hash, reading.size, today, without_attachments
        )
        for attached, inner in text.attachments:
            if reading.depth == NESTED_AT_MOST:
                why = f"it is attached more than {NESTED_AT_MOST} e-mails deep"
                yield NotCollected(f"{place}, {attached}", why)
            else:
                # An attachment is a document of its own, of another source than the e-mail.
                other, own_name = replace(wanted, source_id=""), PurePath(attached).name
                yield from self._outcome(self._start(other, own_name, inner, reading.depth + 1))


def _digest(reading: _Reading | NotCollected) -> str:
    return reading.digest if isinstance(reading, _Reading) else ""


def _is_done(reading: _Reading | NotCollected) -> bool:
    return isinstance(reading, NotCollected) or reading.text.done()


def _bytes(pending: Iterable[_Reading | NotCollected]) -> int:
    return sum(reading.size for reading in pending if isinstance(reading, _Reading))
