"""Evidence as it is shown: its source, its quotation, and later changes of its document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.frames import each_row, grouped, records
from analysis.study.load import Study
from analysis.study.vocabulary import CHANGED, COMPLETE_REPLY, GONE, NOT_GIVEN
from analysis.wording import capital


def with_sources(study: Study, table: str, where: pd.Series | None = None) -> list[dict[str, Any]]:
    """Return the rows of a table, each with the row of its source; ``where`` selects rows.

    A row of evidence also has ``since_read``, a sentence on later changes of its document (may be
    empty), and its ``quotation`` (may be ``None``).
    """
    rows = study[table] if where is None else study[table][where]
    sources = {row["source_id"]: row for row in records(study["sources"])}
    shown = [{**row, "source": sources[row["source_id"]]} for row in records(rows)]
    if table == "evidence":
        quoted, since = quotations(study), changes_since_reading(study, rows["evidence_id"])
        for row, changed in zip(shown, since, strict=True):
            row |= {"since_read": changed, "quotation": quoted.get(row["evidence_id"])}
    return shown


def titled(source: Mapping[str, str]) -> str:
    """Return a source's title, in quotation marks only if it is the document's own."""
    title = source["title"]
    if title and source["title_kind"] != "described":
        title = f"“{title}”"
    return " ".join(filter(None, (title, source["note"] and f"({source['note']})")))


_OF_DOCUMENT = ("pages", "sha256", "retrieved_on", "retrieved_from")
_NO_BLANK_AFTER, _NO_BLANK_BEFORE = "([“‘/-–", ",.;:!?)]”’/-–%"


@dataclass(frozen=True)
class Quotation:
    """A quotation from a document, with its context and source.

    Attributes:
        evidence_id: the evidence that quotes them.
        exact: the words.
        prefix: the words before them; empty: none are recorded.
        suffix: the words after them; empty: none are recorded.
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
        """The text that is shown before the words, with the space if any."""
        blank = "" if self.prefix.endswith(tuple(_NO_BLANK_AFTER)) else " "
        return f"… {self.prefix}{blank}" if self.prefix else ""

    @property
    def after(self) -> str:
        """The text that is shown after the words, with the space if any."""
        blank = "" if self.suffix.startswith(tuple(_NO_BLANK_BEFORE)) else " "
        return f"{blank}{self.suffix} …" if self.suffix else ""


def quotations(study: Study) -> dict[str, Quotation]:
    """Return the quotations of a study, by the id of the evidence."""
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
"""Sentences on a quotation from a changed document, by the column of checks.csv that lists it."""
_SINCE = {
    CHANGED: "Changed since we read it: {source}, as seen on {day}{fate}.",
    GONE: "Gone since we read it: {source} was no longer at its address on {day}.",
}


@dataclass(frozen=True)
class DocumentChange:
    """A change of a document after evidence was read in it.

    Attributes:
        status: :data:`CHANGED` or :data:`GONE`.
        sentence: the change, in a sentence.
    """

    status: str
    sentence: str


def since_read(study: Study) -> dict[str, DocumentChange]:
    """Return, by evidence id, the change of its document after it was read, if any.

    The last conclusive check of a document counts. Evidence that was read later than the day on
    which the change was first seen was read in the changed document, so nothing is returned for it.
    """
    if study["checks"].empty:
        return {}
    checks_by_document, behind = dict(_decisive_checks(study["checks"])), documents_behind(study)
    read_on = study.lookup("sources", "read_on")
    since = {}
    for row in each_row(study["evidence"]):
        read = row.read_on or read_on[row.source_id]
        later = [
            checks_by_document[document]
            for document in behind[row.evidence_id]
            if document in checks_by_document
        ]
        later = [check for check in later if check["since"] >= read]
        if later:
            check = max(later, key=lambda check: check["since"])
            since[row.evidence_id] = _document_change(row.evidence_id, row.source_id, check)
    return since


def changes_since_reading(study: Study, evidence_ids: Iterable[str]) -> list[str]:
    """Return the sentences of :func:`since_read` for each list of evidence (ids joined by ";")."""
    since = since_read(study)
    return [
        " ".join(dict.fromkeys(since[part].sentence for part in text.split(";") if part in since))
        for text in evidence_ids
    ]


def documents_behind(study: Study) -> dict[str, list[str]]:
    """Return the ids of the documents that each row of evidence rests on.

    Evidence that names no document rests on all documents collected from its source.
    """
    of_source = grouped(study["documents"], "source_id")
    collected = {name: [row["document_id"] for row in rows] for name, rows in of_source.items()}
    return {
        row.evidence_id: [row.document_id] if row.document_id else collected.get(row.source_id, [])
        for row in each_row(study["evidence"])
    }


def _decisive_checks(checks: pd.DataFrame) -> Iterator[tuple[str, dict]]:
    """Yield each document that has changed or gone, with its last conclusive check.

    ``since`` is the first day of the run of checks that found the same.
    """
    decisive = checks[checks["status"] != NOT_GIVEN].sort_values("checked_on", kind="stable")
    for name, history in grouped(decisive, "document_id").items():
        since = ""
        for before, check in zip([None, *history], history, strict=False):
            if before is None or any(before[key] != check[key] for key in ("status", "found_id")):
                since = check["checked_on"]
        if history[-1]["status"] in _SINCE:
            yield name, {**history[-1], "since": since}


def _document_change(evidence_id: str, source_id: str, check: dict) -> DocumentChange:
    fates = (words for name, words in FATES.items() if evidence_id in check[name].split(";"))
    fate = next((f"; {words}" for words in fates), "")
    sentence = _SINCE[check["status"]].format(source=source_id, day=check["since"], fate=fate)
    return DocumentChange(check["status"], sentence)


def why_carried(study: Study) -> dict[int, str]:
    """Return the adjudicator's reason for each assessment that rests on an incomplete reply.

    The keys are indices of the assessments. The rule for their level needs the complete reply, and
    the copy that was read breaks off. So a reader must see the reason beside the level.
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
