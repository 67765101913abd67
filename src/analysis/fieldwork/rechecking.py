"""Recheck the documents of a study on the web, and log each check."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.documents.fetch import NotFetchedError
from analysis.documents.recheck import Rechecker, RecheckResult
from analysis.documents.store import PUBLIC, DocumentStore
from analysis.fieldwork.changeset import Changeset, changing
from analysis.fieldwork.collecting import DocumentRows
from analysis.fieldwork.workbook_content import SheetRow
from analysis.frames import grouped, records
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.values import is_on_the_web

BATCH_SIZE = 20
"""Checks are logged in batches of about this size, so that an interrupted run loses few."""

Row = dict[str, str]


@dataclass
class Rechecked:
    """The result of rechecking documents.

    Attributes:
        looks: the rows that were logged.
        not_reached: addresses without an answer, each with the reason; these are not logged.
    """

    looks: list[Row] = field(default_factory=list)
    not_reached: list[tuple[str, str]] = field(default_factory=list)


def due(study: Study, days: int, source_id: str = "") -> dict[str, list[Row]]:
    """Return the documents to recheck, by their address.

    These are public documents from the web that were collected and last checked at least ``days``
    days ago. A replaced document is rechecked if evidence cites it, or if its change has not been
    logged yet.
    """
    checks, documents = grouped(study["checks"], "document_id"), records(study["documents"])
    named, replaced = set(study["evidence"]["document_id"]), set(study["documents"]["replaces"])
    latest = (dt.date.today() - dt.timedelta(days)).isoformat()

    def is_due(row: Row) -> bool:
        name, looks = row["document_id"], checks.get(row["document_id"], [])
        change_logged = name in replaced - named and any(
            look["status"] == v.CHANGED for look in looks
        )
        last_checked = max([row["retrieved_on"], *(look["checked_on"] for look in looks)])
        of_source = source_id in ("", row["source_id"])
        return (
            of_source and not change_logged and row["access"] == PUBLIC and last_checked <= latest
        )

    by_address: dict[str, list[Row]] = {}
    for row in documents:
        if is_on_the_web(row["retrieved_from"]) and is_due(row):
            by_address.setdefault(row["retrieved_from"], []).append(row)
    return by_address


def look_again(
    folder: Path,
    rechecker: Rechecker,
    documents: Mapping[str, Sequence[Row]],
    progress: Callable[[str], None] = lambda step: None,
) -> Rechecked:
    """Recheck documents, and log the checks in the study in batches of :data:`BATCH_SIZE`.

    Args:
        folder: the study's folder.
        rechecker: checks one address.
        documents: the documents to check, by their address; see :func:`due`.
        progress: called with a description of each step.
    """
    rechecked, waiting = Rechecked(), []
    try:
        for number, (address, rows) in enumerate(documents.items(), start=1):
            progress(f"{number} of {len(documents)}: {address}")
            try:
                waiting += rechecker.recheck(address, rows)
            except NotFetchedError as error:
                rechecked.not_reached.append((address, str(error)))
            if len(waiting) >= BATCH_SIZE:
                rechecked.looks += log_looks(folder, waiting)
                waiting = []
    finally:
        # Also after an interruption: the next run continues with documents not logged yet.
        if waiting:
            rechecked.looks += log_looks(folder, waiting)
    return rechecked


def log_looks(folder: Path, looks: Sequence[RecheckResult]) -> list[Row]:
    """Log checks in a study, add the newer versions that they found, and return the logged rows.

    Raises:
        StudyError: the study would not be valid; it is not changed.
    """
    with changing(folder, "the looks") as changeset:
        documents = DocumentRows(changeset, DocumentStore(folder))
        rows, logged = [], changeset.draft("checks").places("document_id", "checked_on")
        for number, look in enumerate(looks, start=1):
            if (look.row["document_id"], look.row["checked_on"]) in logged:
                continue  # another run has checked it meanwhile
            row = look.row | _newer_version(changeset, documents, look, number)
            line = SheetRow(row["document_id"], number)
            changeset.put("checks", row, row["document_id"], line)
            rows.append(row)
    return rows


def _newer_version(
    changeset: Changeset, documents: DocumentRows, look: RecheckResult, number: int
) -> Row:
    """Return the id of a newer version as ``found_id``, after adding it if it is new."""
    if look.version is None:
        return {}
    rows = changeset.draft("documents").rows
    count, name = len(rows), documents.add(look.version, number)
    if len(rows) > count and not rows[-1]["replaces"]:
        rows[-1]["replaces"] = look.replaces
    return {"found_id": name}
