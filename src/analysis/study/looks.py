"""What later looks at documents say: which evidence rests on one that has changed or gone since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.frames import each_row, grouped
from analysis.study.load import Study
from analysis.study.vocabulary import CHANGED, GONE, NOT_GIVEN

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
