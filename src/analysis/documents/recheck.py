"""Recheck documents that came from the web: compare each with what is at its address now."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.documents.collect import Collected, Wanted
from analysis.documents.comparable import PAGE_BREAK, comparable
from analysis.documents.fetch import Fetched, Fetcher, NotFetchedError
from analysis.documents.media import EMAIL, DocumentText, UnreadableError
from analysis.documents.quotations import ABSENT, FOUND, NEAR, OTHER_PAGE, Difference, QuotableText
from analysis.documents.reader import Reader
from analysis.documents.store import PUBLIC, DocumentStore, sha256
from analysis.problems import shorten
from analysis.study import vocabulary as v
from analysis.study.signs import one_line

Row = Mapping[str, str]
_DIFFERENCES = 5
"""The most differences that are shown for one passage."""
_LETTERS_AT_MOST = 30_000
_NOT_HERE = "the older document is not on this machine: only the quotations were compared"
_OTHER_READER = "its text was read by another program then, and may say the same"


@dataclass(frozen=True)
class RecheckResult:
    """The result of rechecking a document.

    Attributes:
        row: the row for ``checks.csv``; its ``found_id`` is left empty if ``version`` is set.
        version: a newer version that the study does not have yet.
        replaces: the document that this is a newer version of.
    """

    row: dict[str, str]
    version: Collected | None = None
    replaces: str = ""


class Rechecker:
    """Rechecks documents that came from the web."""

    def __init__(
        self,
        store: DocumentStore,
        fetcher: Fetcher,
        reader: Reader,
        documents: Sequence[Row],
        evidence: Sequence[Row],
    ):
        """Set the store, fetcher and reader, and the study's documents and evidence."""
        self._store, self._fetcher, self._reader = store, fetcher, reader
        self._documents = [document for document in documents if document["access"] == PUBLIC]
        self._quotes = [row for row in evidence if row["quote"]]

    def recheck(self, address: str, rows: Sequence[Row]) -> list[RecheckResult]:
        """Recheck all documents that came from one address.

        Args:
            address: the address, fetched once for all of them.
            rows: the rows of the documents, the latest last.

        Raises:
            NotFetchedError: the site was not reached, or does not work, so that there is no result.
        """
        try:
            fetched = self._fetcher.fetch(address)
        except NotFetchedError as error:
            if not error.status:
                raise
            return [_result(row, error.status, why=str(error)) for row in rows]
        digest = sha256(fetched.content)
        if all(row["sha256"] == digest for row in rows):
            status = v.MOVED if fetched.moved_to else v.UNCHANGED
            return [_result(row, status, fetched.moved_to) for row in rows]
        path, results = self._store.path(digest), []
        existed = path.exists()
        self._store.keep(fetched.content)
        try:
            results = list(self._compare(rows, digest, self._read(fetched, path), fetched))
        except UnreadableError as error:
            why = f"what came in its place cannot be used: {error}"
            results = [_result(row, v.NOT_GIVEN, why=why) for row in rows]
        finally:
            # The new bytes stay only if they are a newer version of a document.
            if not existed and not any(result.version for result in results):
                path.unlink()
        return results

    def _read(self, fetched: Fetched, path: Path) -> DocumentText:
        text = self._reader.read(path, fetched.address)
        if text.media_type == EMAIL:
            raise UnreadableError("it is an e-mail")
        return text

    def _compare(
        self, rows: Sequence[Row], digest: str, text: DocumentText, fetched: Fetched
    ) -> Iterator[RecheckResult]:
        older = {row["document_id"]: self._old_pages(row) for row in rows}
        changed = [
            row
            for row in rows
            if row["sha256"] != digest and not _same_words(row, older[row["document_id"]], text)
        ]
        known = self._known_id(rows[-1], digest, text)
        version = None
        if changed and not known:
            version = self._newer_version(rows[-1], digest, text, fetched)
        for row in rows:
            name, address = row["document_id"], fetched.moved_to
            if row not in changed:
                status = v.UNCHANGED if row["sha256"] == digest else v.SAME_TEXT
                yield _result(row, v.MOVED if address else status, address)
                continue
            fates = self._fates(name, older[name], text)
            result = _result(row, v.CHANGED, address, _why(row, older[name], text))
            yield RecheckResult(
                result.row | fates | {"found_id": known}, version, rows[-1]["document_id"]
            )

    def _known_id(self, latest: Row, digest: str, text: DocumentText) -> str:
        """Return the id of a document with these bytes, or of this source with these words."""
        of_source = [
            document for document in self._documents if document["source_id"] == latest["source_id"]
        ]
        known = [document for document in self._documents if document["sha256"] == digest]
        known += [document for document in of_source if _same_words(document, (), text)]
        return known[0]["document_id"] if known else ""

    def _newer_version(
        self, latest: Row, digest: str, text: DocumentText, fetched: Fetched
    ) -> Collected:
        """Store the text of a newer version of a document, and return the version."""
        return Collected(
            Wanted(fetched.address, latest["source_id"]),
            fetched.address,
            PUBLIC,
            digest,
            self._store.keep_text(digest, text.pages),
            len(fetched.content),
            dt.date.today().isoformat(),
            replace(text, attachments=()),
        )

    def _old_pages(self, row: Row) -> Sequence[str]:
        """Return the pages of an older document; empty: it is not on this machine.

        They are read again from its file if possible, else they are the text stored at the time.
        """
        path = self._store.path(row["sha256"])
        if path.exists():
            with contextlib.suppress(UnreadableError):
                text = self._reader.read(path, row["retrieved_from"])
                if not text.unread:
                    return text.pages
        return self._store.pages(row["sha256"]) or ()

    def _fates(self, document: str, old: Sequence[str], text: DocumentText) -> dict[str, str]:
        """Return what became of each quotation from a document, as columns of ``checks.csv``."""
        new, before = QuotableText(text.pages), QuotableText(old) if old else None
        fates: dict[str, list[str]] = {"standing": [], "moved": [], "gone": []}
        differences = []
        for row in (row for row in self._quotes if row["document_id"] == document):
            checked = new.check(row["quote"], int(row["page"]) if row["page"] else None)
            if checked.status == ABSENT and text.unread:
                continue  # it may be in the part that could not be read
            fate = {FOUND: "standing", OTHER_PAGE: "moved"}.get(checked.status, "gone")
            fates[fate].append(row["evidence_id"])
            changes = (
                [f"on page {', '.join(map(str, checked.pages))} now"] if fate == "moved" else []
            )
            changes += _differences(_passage(row, before), row["quote"], new)
            if changes:
                differences.append(f"{row['evidence_id']}: {'; '.join(changes)}")
        ids = {name: ";".join(evidence_ids) for name, evidence_ids in fates.items()}
        difference = shorten(one_line(" | ".join(differences)), _LETTERS_AT_MOST)
        return ids | {"difference": difference}


def _result(row: Row, status: str, address: str = "", why: str = "") -> RecheckResult:
    today = dt.date.today().isoformat()
    named = {"document_id": row["document_id"], "checked_on": today, "status": status}
    return RecheckResult(named | {"address": address.replace(" ", "%20"), "why": one_line(why)})


def _why(row: Row, old: Sequence[str], text: DocumentText) -> str:
    """Return the reasons why a changed document could not be compared in full."""
    reasons = {
        _NOT_HERE: not old,
        _OTHER_READER: not old and row["extractor"] != text.extractor,
        f"what is there now could not all be read ({'; '.join(text.unread)})": text.unread,
        f"the older document could not all be read ({row['unread']})": row["unread"],
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)


def _same_words(row: Row, old: Sequence[str], text: DocumentText) -> bool:
    """Return whether both versions have the same words on each page, whatever the typesetting.

    Versions that could not be read in full count as different.
    """
    if row["unread"] or text.unread:
        return False
    if row["text_sha256"] == sha256(PAGE_BREAK.join(text.pages).encode("utf-8", "replace")):
        return True
    pages = zip(old, text.pages, strict=False)
    return len(old) == len(text.pages) and all(_same_page(*both) for both in pages)


def _same_page(old: str, new: str) -> bool:
    before, after = comparable(old.strip()), comparable(new.strip())
    # A hyphen at the end of a line may come from typesetting; any other must be in both texts.
    old_hyphens_kept = before.hyphens - before.line_ends <= after.hyphens
    return (
        before.key == after.key
        and old_hyphens_kept
        and after.hyphens - after.line_ends <= before.hyphens
    )


def _passage(row: Row, before: QuotableText | None) -> str:
    """Return a quotation with the words around it, as the older document has them."""
    around = row["prefix"], row["quote"], row["suffix"]
    if before is not None:
        checked = before.check(row["quote"], int(row["page"]) if row["page"] else None)
        if checked.status in (FOUND, OTHER_PAGE):
            head, tail = before.context(checked)
            around = head, checked.passage, tail
    return " ".join(" ".join(around).split())


def _differences(passage: str, quote: str, new: QuotableText) -> list[str]:
    """Return how a passage differs in a newer document, in words."""
    checked = new.check(passage)
    if checked.status in (FOUND, OTHER_PAGE):
        return []
    near = checked if checked.status == NEAR else new.check(quote)
    if near.status == NEAR:
        return [_in_words(difference) for difference in near.differences[:_DIFFERENCES]]
    stands = near.status in (FOUND, OTHER_PAGE)
    return ["other words stand around it now" if stands else "nothing like it is there"]


def _in_words(difference: Difference) -> str:
    old, new = (shorten(one_line(text)) for text in (difference.quoted, difference.printed))
    if not old:
        return f"“{new}” is new"
    return f"“{old}” is “{new}” now" if new else f"“{old}” is left out now"
