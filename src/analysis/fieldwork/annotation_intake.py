"""Import quotations made in other tools as rows of evidence.

The input is W3C Web Annotations: JSON-LD, as this program writes it and as Hypothes.is exports it.
An annotation is imported if its tags, address and words identify the unit, document and passage.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from analysis.documents.comparable import comparable
from analysis.documents.library import Library
from analysis.documents.quotations import QuotableText
from analysis.documents.store import PRIVATE, DocumentStore
from analysis.fieldwork.changeset import ADDED, CHANGED, UNCHANGED, Changeset, changing
from analysis.fieldwork.web_annotations import WebAnnotation, read_annotations
from analysis.fieldwork.workbook_content import SheetRow
from analysis.frames import records
from analysis.problems import shorten
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.rules.documents import WORDS_AT_MOST
from analysis.wording import listed

Row = dict[str, Any]


class _LeftOutError(Exception):
    """An annotation cannot be imported; the message says why."""


@dataclass
class Annotated:
    """The result of importing a file of annotations.

    Attributes:
        taken: for each imported annotation, what became of its row of evidence (added, changed
            or unchanged) and the row's id.
        incomplete: ids of evidence, each with what its annotation does not say.
        left_out: each annotation not imported, with its number in the file and the reason.
    """

    taken: list[tuple[str, str]] = field(default_factory=list)
    incomplete: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[int, WebAnnotation, str]] = field(default_factory=list)


def take_annotations_in(path: Path, folder: Path, dry_run: bool = False) -> Annotated:
    """Add rows of evidence, and fill existing ones, from the annotations of a file.

    Raises:
        StudyError: the file holds no annotations, or the study would not be valid. The study is
            not changed.
    """
    annotations = read_annotations(path)
    with changing(folder, path.name, dry_run) as changeset:
        rows, annotated = _EvidenceRows(changeset), Annotated()
        for number, annotation in enumerate(annotations, start=1):
            line = SheetRow("annotations", number)
            try:
                what, name, missing = rows.take(annotation, line)
            except _LeftOutError as why:
                annotated.left_out.append((number, annotation, str(why)))
                continue
            annotated.taken.append((what, name))
            if missing:
                annotated.incomplete.append((name, missing))
    return annotated


@dataclass(frozen=True)
class _TaggedIds:
    """The ids that the tags of an annotation name; a field is empty if no tag names it."""

    unit: str = ""
    criterion: str = ""
    evidence: str = ""
    level: str = ""
    extent: str = ""


class _Tags:
    """Reads tags that are ids of the study, alone ("kent") or after a kind ("unit:kent")."""

    def __init__(self, study: Study):
        self._ids = {
            "unit": set(study["units"]["unit_id"]),
            "criterion": set(study["criteria"]["criterion_id"]),
            "evidence": set(study["evidence"]["evidence_id"]),
            "level": {*study["levels"]["level"], *v.UNKNOWNS},
            "extent": set(v.EXTENT) - {""},
        }

    def read(self, tags: tuple[str, ...]) -> _TaggedIds:
        """Return the ids that tags name exactly; refuse tags that name several of a kind."""
        named: dict[str, set[str]] = defaultdict(set)
        for tag in tags:
            for kind, name in self._ids_of_tag(tag):
                named[kind].add(name)
        for kind, names in named.items():
            if len(names) > 1:
                raise _LeftOutError(f"its tags name more than one {kind}: {listed(sorted(names))}")
        return _TaggedIds(**{kind: name for kind, (name,) in named.items()})

    def _ids_of_tag(self, tag: str) -> Iterator[tuple[str, str]]:
        kind, colon, name = tag.partition(":")
        if colon and kind in self._ids:
            if name.strip() not in self._ids[kind]:
                raise _LeftOutError(f"its tag {shorten(tag)} names no {kind} of the study")
            yield kind, name.strip()
            return
        kinds = [kind for kind in ("unit", "criterion", "evidence") if tag in self._ids[kind]]
        if len(kinds) > 1:
            choices = listed([f"{kind}:{tag}" for kind in kinds])
            why = f"its tag {shorten(tag)} names more than one thing: write one of {choices}"
            raise _LeftOutError(why)
        yield from ((kind, tag) for kind in kinds)


class _EvidenceRows:
    """Adds rows of evidence from annotations, and fills existing ones."""

    def __init__(self, changeset: Changeset):
        self._changeset, self._evidence = changeset, changeset.draft("evidence")
        self._documents, self._tags = _DocumentFinder(changeset.study), _Tags(changeset.study)

    def take(self, annotation: WebAnnotation, line: SheetRow) -> tuple[str, str, str]:
        """Add or fill a row; return what was done, the row's id, and what the annotation lacks."""
        if not annotation.exact:
            raise _LeftOutError("it quotes no words (it has no TextQuoteSelector)")
        if len(annotation.exact.split()) > WORDS_AT_MOST:
            raise _LeftOutError(f"it quotes more than {WORDS_AT_MOST} words")
        _refuse_lone_surrogates(annotation)
        document, quoted = self._documents.find(annotation)
        tags = self._tags.read(annotation.tags)
        place = self._place_to_fill(tags, document, annotation)
        if place is not None and not tags.evidence:
            self._refuse_other_words(annotation, self._evidence.rows[place])
        if place is None:
            what, name = ADDED, self._add(annotation, tags, document, quoted, line)
        else:
            what, name = self._fill(place, tags, document, quoted, line)
        return what, name, "" if tags.criterion else "no tag names a criterion"

    def _refuse_other_words(self, annotation: WebAnnotation, row: Row) -> None:
        if annotation.comment and annotation.comment != row["states"]:
            raise _LeftOutError(
                f"{row['evidence_id']} quotes these words, and its comment is another: give it the "
                f"tag evidence:{row['evidence_id']}, and write there what is to be said"
            )

    def _place_to_fill(
        self, tags: _TaggedIds, document: Row, annotation: WebAnnotation
    ) -> int | None:
        """Return the index of the row to fill: one that a tag names, or with the same quotation."""
        key = tags.unit, document["document_id"]
        for place, row in enumerate(self._evidence.rows):
            same = (row["unit_id"], row["document_id"]) == key and not tags.evidence
            if row["evidence_id"] == tags.evidence or (same and _has_quote(row, annotation.exact)):
                return place
        return None

    def _add(
        self,
        annotation: WebAnnotation,
        tags: _TaggedIds,
        document: Row,
        quoted: Row,
        line: SheetRow,
    ) -> str:
        if not tags.unit:
            why = "no tag names a unit (unit:ID), or evidence that stands (evidence:ID)"
            raise _LeftOutError(why)
        if not annotation.comment:
            raise _LeftOutError("it has no comment that says in our own words what is quoted")
        # The other tags go into the note, since evidence has no column for them.
        unit_tags = {tags.unit, f"unit:{tags.unit}", f"extent:{tags.extent}"}
        kept = "; ".join(tag for tag in annotation.tags if tag not in unit_tags)
        taken = {row["evidence_id"] for row in self._evidence.rows}
        name = next(name for n in count(1) if (name := f"A{n:04}") not in taken)
        row = {
            "evidence_id": name,
            "scope": "unit",
            "unit_id": tags.unit,
            "source_id": document["source_id"],
            "states": annotation.comment,
            "extent_read": tags.extent or "not_read",
            "note": f"From an annotation with the tags: {kept}." if kept else "",
            "read_on": _day(annotation.created_on),
            **quoted,
        }
        self._changeset.put("evidence", row, name, line)
        return name

    def _fill(
        self, place: int, tags: _TaggedIds, document: Row, quoted: Row, line: SheetRow
    ) -> tuple[str, str]:
        row = self._evidence.rows[place]
        name = row["evidence_id"]
        if row["source_id"] != document["source_id"]:
            raise _LeftOutError(f"{name} is from another source than {document['document_id']}")
        if tags.unit and row["unit_id"] != tags.unit:
            raise _LeftOutError(f"{name} is about another unit than {tags.unit}")
        if row["document_id"] not in ("", document["document_id"]):
            raise _LeftOutError(f"{name} names another document than {document['document_id']}")
        if row["quote"] and not _has_quote(row, quoted["quote"]):
            raise _LeftOutError(f"{name} has another quotation")
        if row["page"] and quoted["page"] not in ("", row["page"]):
            why = f"{name} names page {row['page']}, and the words are on page {quoted['page']}"
            raise _LeftOutError(why)
        filled = {column: text for column, text in quoted.items() if text and not row[column]}
        summary = f"{name}: {listed([*filled])}"
        if not filled:
            self._changeset.record(UNCHANGED, "evidence", row, summary, line)
            return UNCHANGED, name
        self._changeset.put("evidence", {**row, **filled}, summary, line, place)
        return CHANGED, name


def _refuse_lone_surrogates(annotation: WebAnnotation) -> None:
    words = annotation.exact + annotation.prefix + annotation.suffix + annotation.comment
    try:
        "".join([words, *annotation.tags]).encode()
    except UnicodeEncodeError:
        raise _LeftOutError("it has half of a sign (a lone surrogate): write it again") from None


class _DocumentFinder:
    """Finds the words of annotations in the documents of a study."""

    def __init__(self, study: Study):
        self._library, store = Library(study), DocumentStore(study.folder)
        self._by_hash: dict[str, Row] = {}
        self._by_address: dict[str, list[Row]] = defaultdict(list)
        sources = {row["source_id"]: row for row in records(study["sources"])}
        for row in records(study["documents"]):
            self._by_hash[store.known(row)["sha256"]] = row
            source = sources[row["source_id"]]
            own = row["retrieved_from"] if row["access"] != PRIVATE else ""
            for address in {
                _comparable_address(url) for url in (own, source["url"], source["archived"])
            } - {""}:
                # Insert at the front, so that the latest version of a document is searched first.
                self._by_address[address].insert(0, row)

    def find(self, annotation: WebAnnotation) -> tuple[Row, Row]:
        """Return the document with the words, and the values of the columns that locate them."""
        document = self._by_hash.get(annotation.sha256) if annotation.sha256 else None
        bare = _comparable_address(annotation.address)
        # The study may have the document under its address without the query string.
        by_address = self._by_address.get(bare) or self._by_address.get(bare.partition("?")[0], [])
        rows = [document] if document else by_address
        if not rows:
            why = "the study has no document of this address or hash (policygap collect)"
            raise _LeftOutError(why)
        texts = {row["document_id"]: self._library.quotable(row["document_id"]) for row in rows}
        if not any(texts.values()):
            raise _LeftOutError(
                f"the text of {next(iter(texts))} is not on this machine, or another"
            )
        for row in rows:
            text = texts[row["document_id"]]
            if cells := text and _location(annotation, text):
                return row, {"document_id": row["document_id"], "quote": annotation.exact, **cells}
        named = listed([name for name, text in texts.items() if text])
        raise _LeftOutError(f"the words are not in {named}")


def _location(annotation: WebAnnotation, text: QuotableText) -> Row | None:
    """Return page, prefix and suffix, as far as the text has them; ``None`` without the words."""
    context = {"prefix": annotation.prefix, "suffix": annotation.suffix}
    places = text.places(annotation.exact, **context)
    if not places:
        context, places = {"prefix": "", "suffix": ""}, text.places(annotation.exact)
    pages = {place.pages[0] for place in places}
    return {"page": str(*pages) if len(pages) == 1 else "", **context} if pages else None


def _has_quote(row: Row, quote: str) -> bool:
    return comparable(row["quote"]).key == comparable(quote).key


def _comparable_address(address: str) -> str:
    """Return an address for comparison: without scheme, fragment and trailing slash."""
    return urldefrag(address).url.rstrip("/").partition("://")[2]


def _day(text: str) -> str:
    """Return an ISO date that is not in the future; empty for any other text."""
    try:
        return text if dt.date.fromisoformat(text) <= dt.date.today() else ""
    except ValueError:
        return ""
