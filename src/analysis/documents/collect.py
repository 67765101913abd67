"""Collecting documents: each is kept, and its text with it, or there is one line on why not."""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from urllib.parse import urldefrag

from analysis.documents.document_text import DocumentText
from analysis.documents.fetch import Fetcher
from analysis.documents.media import EMAIL, UnreadableError
from analysis.documents.reader import BYTES_AT_MOST, Reader
from analysis.documents.store import PRIVATE, PUBLIC, DocumentStore, sha256

NESTED_AT_MOST = 5
"""How deep e-mails may be attached to e-mails."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_LIST_AT_MOST = 1_000_000
"""Bytes of a text file that may be a list of what to collect."""


@dataclass(frozen=True)
class Wanted:
    """One thing to collect.

    Attributes:
        place: an address, or the path of a file.
        source_id: the source that it is a copy of; empty: not known.
        request_id: the request that it answers; empty: none.
        unit_id: the unit that it is about; empty: nobody has said.
    """

    place: str
    source_id: str = ""
    request_id: str = ""
    unit_id: str = ""

    @property
    def is_address(self) -> bool:
        """Whether it is to be fetched."""
        return bool(_ADDRESS.fullmatch(self.place))


@dataclass(frozen=True)
class Collected:
    """A document that was kept.

    Attributes:
        wanted: what it came of; of an attachment, the e-mail.
        name: its address after redirects, or the name of its file.
        access: :data:`PUBLIC` or :data:`PRIVATE`.
        sha256: hash of its bytes.
        text_sha256: hash of its text.
        size: how many bytes it has.
        retrieved_on: the day.
        text: its text, with what its metadata say of it.
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
    """What gave no new document.

    Attributes:
        place: what was to be collected.
        why: the reason, in one line.
        held: the hash of the document, where it is held already.
        host: the host that cannot be reached, if that is why.
        address: the address that gave the bytes that are held already.
    """

    place: str
    why: str
    held: str = ""
    host: str = ""
    address: str = ""

    @property
    def is_held(self) -> bool:
        """Whether the study has the document already."""
        return bool(self.held)


def wanted(places: Iterable[str]) -> Iterator[Wanted]:
    """Yield what is to be collected of files, folders, addresses, and text files that list them."""
    for place in places:
        path = Path(place)
        if _ADDRESS.fullmatch(place):
            yield Wanted(urldefrag(place).url)
        elif path.is_dir():
            # What is no file, such as a link to nothing, is named when it is to be read.
            files = (one for one in sorted(path.rglob("*")) if one.is_symlink() or not one.is_dir())
            yield from (
                Wanted(str(one))
                for one in files
                if not any(part.startswith(".") for part in one.relative_to(path).parts)
            )
        elif lines := _listed(path):
            yield from wanted(lines)
        else:
            yield Wanted(place)


def _listed(path: Path) -> list[str]:
    """Return the lines of a text file in which each is an address or a file; else none."""
    try:
        is_text = path.is_file() and path.suffix.lower() == ".txt"
        if not is_text or path.stat().st_size > _LIST_AT_MOST:
            return []
        lines = [one.strip() for one in path.read_text("utf-8-sig").splitlines()]
    except (OSError, ValueError):
        return []
    lines = [one for one in lines if one and not one.startswith("#")]
    is_list = all(_ADDRESS.fullmatch(one) or _is_other_file(one, path) for one in lines)
    return lines if is_list else []


def _is_other_file(line: str, path: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return Path(line).is_file() and Path(line).suffix.lower() != path.suffix.lower()
    return False


class Collector:
    """Collects documents into the folder of a study."""

    def __init__(self, store: DocumentStore, fetcher: Fetcher, reader: Reader, held: set[str]):
        """Take what keeps, fetches and reads; ``held``: hashes of documents that are held."""
        self._store, self._fetcher, self._reader = store, fetcher, reader
        self._held = set(held)

    def collect(self, one: Wanted) -> Iterator[Collected | NotCollected]:
        """Yield what comes of one thing to collect: itself and, of an e-mail, what is attached."""
        try:
            content, name = self._content(one)
        except UnreadableError as error:
            yield NotCollected(one.place, str(error), host=getattr(error, "host", ""))
            return
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            yield NotCollected(one.place, f"it cannot be read ({why})")
            return
        yield from self._kept(one, name, content, 0)

    def _content(self, one: Wanted) -> tuple[bytes, str]:
        if one.is_address:
            fetched = self._fetcher.fetch(one.place)
            return fetched.content, fetched.address
        path = Path(one.place)
        if not path.is_file():
            raise UnreadableError("there is no such file" if not path.exists() else "it is no file")
        if path.stat().st_size > BYTES_AT_MOST:
            raise UnreadableError(f"it has more than {BYTES_AT_MOST // 2**20} MiB")
        return path.read_bytes(), path.name

    def _kept(
        self, one: Wanted, name: str, content: bytes, depth: int
    ) -> Iterator[Collected | NotCollected]:
        place = one.place if not depth else f"{one.place}, {name}"
        digest = sha256(content)
        if digest in self._held and self._store.pages(digest) is not None:
            address = name if one.is_address and not depth else ""
            yield NotCollected(place, "it is held already", digest, address=address)
            return
        was_there = self._store.path(digest).exists()
        self._store.keep(content)
        try:
            text = self._reader.read(self._store.path(digest), name)
        except UnreadableError as error:
            if not was_there:
                self._store.path(digest).unlink()
            yield NotCollected(place, str(error))
            return
        self._held.add(digest)
        access = PUBLIC if one.is_address and text.media_type != EMAIL else PRIVATE
        text_hash = self._store.keep_text(digest, text.pages)
        today = dt.date.today().isoformat()
        bare = replace(text, attachments=())
        yield Collected(one, name, access, digest, text_hash, len(content), today, bare)
        for attached, inner in text.attachments:
            if depth == NESTED_AT_MOST:
                why = f"it is attached more than {NESTED_AT_MOST} e-mails deep"
                yield NotCollected(f"{place}, {attached}", why)
            else:
                # What is attached is a document of its own, of another source than the e-mail.
                other = replace(one, source_id="")
                yield from self._kept(other, PurePath(attached).name, inner, depth + 1)
