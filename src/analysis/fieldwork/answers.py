"""Answers to requests: what was collected is linked to the request, and the tracker says so."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd

from analysis.documents.store import DocumentStore
from analysis.fieldwork.changeset import Changeset
from analysis.fieldwork.collecting import link_to_request
from analysis.fieldwork.request_tracker import with_entries
from analysis.fieldwork.workbook_content import ReadWorkbook
from analysis.frames import records
from analysis.problems import Problem, StudyError
from analysis.study import Study, journal, load
from analysis.study.requests import letters

ENTRIES = {"answered_on": "--answered-on", "outcome": "--outcome"}
"""What is entered of an answer, and the option that gives it."""


def request_of(study: Study, name: str) -> dict[str, str]:
    """Return a request by its id."""
    request = next((row for row in records(study["requests"]) if row["request_id"] == name), None)
    if request is None:
        rule, remedy = "there is no such request in requests.csv", "name one of its ids"
        raise StudyError([Problem("--request", None, "", name, rule, remedy)])
    return request


def take_answer_in(
    folder: Path, request: str, entered: dict[str, str], hashes: Collection[str] = ()
) -> str:
    """Enter an answer, and link documents that were held already; return what the tracker says.

    Args:
        folder: the study's folder.
        request: the id of the request.
        entered: what is entered, by column; what is not given stays.
        hashes: the SHA-256 hashes of those documents.

    Raises:
        StudyError: the study would not be valid, or holds something else; it is as it was.
    """
    with journal.changing(folder):
        changeset, row = answer_changes(load(folder), request, entered)
        store, documents = DocumentStore(folder), changeset.draft("documents")
        ids = {row["document_id"] for row in documents.rows if store.known(row)["sha256"] in hashes}
        link_to_request(documents, ids, request)
        if files := changeset.checked_files():
            journal.commit(folder, files)
    return " ".join([_in_words(row), *_others(changeset.study["requests"], request)])


def check_answer(study: Study, request: str, entered: dict[str, str]) -> None:
    """Raise where an answer could not be entered, before anything is collected."""
    answer_changes(study, request, entered)[0].checked_files()


def answer_changes(
    study: Study, request: str, entered: dict[str, str]
) -> tuple[Changeset, dict[str, str]]:
    """Return what an answer changes in a study, and the row of the request then."""
    old = request_of(study, request)
    changeset = Changeset(study, ReadWorkbook("the answer"))
    draft = changeset.draft("requests")
    grown = with_entries(old, entered)
    number = draft.rows.index(old)
    if grown.refused:
        column, rule, remedy = grown.refused
        place = (draft.table.path, number + 2, column, grown.row[column])
        raise StudyError([Problem(*place, rule, remedy)])
    draft.rows[number] = grown.row
    return changeset, grown.row


def _others(requests: pd.DataFrame, name: str) -> Iterator[str]:
    """Yield which requests were part of the same letter, and have no outcome."""
    parts = letters(requests)
    same = parts == parts[requests["request_id"] == name].iloc[0]
    same &= (requests["request_id"] != name) & (requests["outcome"] == "")
    if same.any():
        others = ", ".join(requests.loc[same, "request_id"])
        yield f"Sent with it, and without an outcome (enter it in the tracker): {others}."


def _in_words(row: dict[str, str]) -> str:
    """Say what the tracker has of an answer, and what is still to be filled in."""
    lacking = [option for column, option in ENTRIES.items() if not row[column]]
    if lacking:
        return (
            f"Request {row['request_id']}: still to be filled in, in the tracker or by"
            f" {' and '.join(lacking)}."
        )
    return (
        f"Request {row['request_id']}: {row['outcome'].replace('_', ' ')} on {row['answered_on']}."
    )
