"""Evidence as it is shown: its source, what it quotes, and what became of the document since."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.frames import each_row, grouped, records
from analysis.study.load import Study
from analysis.study.vocabulary import CHANGED, COMPLETE_REPLY, GONE, NOT_GIVEN
from analysis.wording import capital


def with_sources(study: Study, table: str, where: pd.Series | None = None) -> list[dict[str, Any]]:
    """Return the rows of a table, each with the row of its source; ``where`` picks rows.

    A statement of evidence also has what became since of the document behind it (``since_read``,
    which may be empty), and its ``quotation``, which may be ``None``.
    """
    rows = study[table] if where is None else study[table][where]
    sources = {row["source_id"]: row for row in records(study["sources"])}
    made = [{**row, "source": sources[row["source_id"]]} for row in records(rows)]
    if table == "evidence":
        quoted, since = quotations(study), changes_since_reading(study, rows["evidence_id"])
        for row, changed in zip(made, since, strict=True):
            row |= {"since_read": changed, "quotation": quoted.get(row["evidence_id"])}
    return made


def titled(source: Mapping[str, str]) -> str:
    """Return a source's title: in quotation marks only where the words are the document's own."""
    title = source["title"]
    if title and source["title_kind"] != "described":
        title = f"“{title}”"
    return " ".join(filter(None, (title, source["note"] and f"({source['note']})")))


_OF_DOCUMENT = ("pages", "sha256", "retrieved_on", "retrieved_from")
_NO_BLANK_AFTER, _NO_BLANK_BEFORE = "([“‘/-–", ",.;:!?)]”’/-–%"


@dataclass(frozen=True)
class Quotation:
    """Words of a document, with what leads to them.

    Attributes:
        evidence_id: the evidence that quotes them.
        exact: the words.
        prefix: the words before them; empty: none are kept.
        suffix: the words after them, likewise.
        page: the page on which they begin; empty: not given.
        pages: how many pages the document has.
        sha256: hash of the document.
        retrieved_on: the day on which it was collected.
        retrieved_from: the address from which it came.
        archived: the address of a copy in a public archive; empty: none is known.
    """

    evidence_id: str
    exact: str
    prefix: str
    suffix: str
    page: str
    pages: str
    sha256: str
    retrieved_on: str
    retrieved_from: str
    archived: str

    @property
    def before(self) -> str:
        """What is shown before the words, up to them."""
        blank = "" if self.prefix.endswith(tuple(_NO_BLANK_AFTER)) else " "
        return f"… {self.prefix}{blank}" if self.prefix else ""

    @property
    def after(self) -> str:
        """What is shown after the words."""
        blank = "" if self.suffix.startswith(tuple(_NO_BLANK_BEFORE)) else " "
        return f"{blank}{self.suffix} …" if self.suffix else ""


def quotations(study: Study) -> dict[str, Quotation]:
    """Return what a study quotes, by the id of the evidence."""
    documents = {row["document_id"]: row for row in records(study["documents"])}
    archived = study.lookup("sources", "archived")
    evidence = study["evidence"]
    return {
        row.evidence_id: Quotation(
            evidence_id=row.evidence_id,
            exact=row.quote,
            prefix=row.prefix,
            suffix=row.suffix,
            page=row.page,
            archived=archived[row.source_id],
            **{name: documents[row.document_id][name] for name in _OF_DOCUMENT},
        )
        for row in each_row(evidence[evidence["quote"] != ""])
    }


FATES = {
    "standing": "the words quoted still stand there",
    "moved": "the words quoted stand on another page now",
    "gone": "the words quoted are no longer in it",
}
"""What became of a quotation from a changed document, by the column that names its evidence."""
_SINCE = {
    CHANGED: "Changed since we read it: {source}, as seen on {day}{fate}.",
    GONE: "Gone since we read it: {source} was no longer at its address on {day}.",
}


@dataclass(frozen=True)
class Since:
    """What became of a document since evidence was read in it.

    Attributes:
        status: :data:`CHANGED` or :data:`GONE`.
        sentence: what became of it, in a sentence.
    """

    status: str
    sentence: str


def since_read(study: Study) -> dict[str, Since]:
    """Return what became since of the document behind each statement of evidence, if anything.

    What counts is the last look that could tell. Whoever has read the source on a later day than
    that on which the change was first seen has read it as it is now.
    """
    if study["checks"].empty:
        return {}
    looks, behind = dict(_standing_looks(study["checks"])), documents_behind(study)
    read_on = study.lookup("sources", "read_on")
    since = {}
    for row in each_row(study["evidence"]):
        read = row.read_on or read_on[row.source_id]
        later = [looks[document] for document in behind[row.evidence_id] if document in looks]
        later = [look for look in later if look["since"] >= read]
        if later:
            look = max(later, key=lambda look: look["since"])
            since[row.evidence_id] = _since(row.evidence_id, row.source_id, look)
    return since


def changes_since_reading(study: Study, evidence_ids: Iterable[str]) -> list[str]:
    """Return what :func:`since_read` says of each list of evidence (ids joined by ";")."""
    since = since_read(study)
    return [
        " ".join(dict.fromkeys(since[part].sentence for part in text.split(";") if part in since))
        for text in evidence_ids
    ]


def documents_behind(study: Study) -> dict[str, list[str]]:
    """Return the documents that each statement of evidence rests on.

    What names no document rests on all that were collected of its source.
    """
    of_source = grouped(study["documents"], "source_id")
    collected = {name: [row["document_id"] for row in rows] for name, rows in of_source.items()}
    return {
        row.evidence_id: [row.document_id] if row.document_id else collected.get(row.source_id, [])
        for row in each_row(study["evidence"])
    }


def _standing_looks(checks: pd.DataFrame) -> Iterator[tuple[str, dict]]:
    """Yield each document that has changed or gone, with its last look that could tell.

    Its ``since`` is the day on which what that look found was found first.
    """
    decisive = checks[checks["status"] != NOT_GIVEN].sort_values("checked_on", kind="stable")
    for name, looks in grouped(decisive, "document_id").items():
        since = ""
        for before, look in zip([None, *looks], looks, strict=False):
            if before is None or any(before[key] != look[key] for key in ("status", "found_id")):
                since = look["checked_on"]
        if looks[-1]["status"] in _SINCE:
            yield name, {**looks[-1], "since": since}


def _since(evidence_id: str, source_id: str, look: dict) -> Since:
    fates = (words for name, words in FATES.items() if evidence_id in look[name].split(";"))
    fate = next((f"; {words}" for words in fates), "")
    sentence = _SINCE[look["status"]].format(source=source_id, day=look["since"], fate=fate)
    return Since(look["status"], sentence)


def why_carried(study: Study) -> dict[int, str]:
    """Return, for each assessment that rests on a broken copy of the reply, why it stands.

    The keys are indices of the assessments. Their rule needs the complete reply, and all that a
    copy holds was read, so that a reader has to see the adjudicator's reason beside the level.
    """
    rules, rows = study["rules"], study["assessments"]
    rules = rules[rules["needs"] == COMPLETE_REPLY]
    needing = set(zip(rules["criterion_id"], rules["level"], strict=True))
    extent = study.lookup("evidence", "extent_read")
    return {
        index: f"The copy read breaks off. {capital(row.settled_by)}: {row.settled_why}"
        for index, row in zip(rows.index, each_row(rows), strict=True)
        if (row.criterion_id, row.level) in needing
        and "whole" not in {extent[part] for part in row.evidence_ids.split(";")}
    }
