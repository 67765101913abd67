"""The tracker of requests for information: what was asked of whom, when it is due, and the outcome.

The tracker is a table of the study that people fill through a workbook. Rows are added to, never
replaced. A collected answer is linked to its request and entered here.
"""

import datetime as dt
import itertools
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.documents.store import DocumentStore
from analysis.fieldwork.changeset import UNCHANGED, Changeset, TableDraft, changing
from analysis.fieldwork.forms import evidence_columns, tracking_form
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.row_reader import RowReader, bring_in_documents, lines_with
from analysis.fieldwork.shared_sheets import add_document_forms, coded_texts, offer_lists
from analysis.fieldwork.workbook_content import ReadWorkbook, SheetRow
from analysis.fieldwork.workbook_writer import FormRow, WorkbookMaker
from analysis.frames import records
from analysis.problems import Problem, StudyError, refusal
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.dates import exists
from analysis.study.requests import Asking, due_on, due_response, letters

KIND = "requests"
SPARE_ROWS = 60
OUTCOMES = (
    "answered",
    "partly_answered",
    "refused",
    "neither_confirmed_nor_denied",
    "not_held",
    "no_answer",
)
REVIEW_OUTCOMES = ("upheld", *v.OVERTURNED)
COMPLAINT_OUTCOMES = ("refusal_upheld", "must_answer", *v.OVERTURNED, "withdrawn")
_REPLACEABLE = ("", "no_answer", "upheld", "must_answer")
"""Outcomes that a later entry may replace."""
_EARLIER = "Earlier review, of "
"""Start of the text that we add to the note about a review that was followed by an appeal."""
_INSTRUCTIONS = (
    "One row is one question put to one body. Fill it in on the day on which it is sent, and again when the answer comes. Leave the criterion empty for a request on all that this body is asked.",
    "Leave “Asked of” empty where the {unit} itself is asked. Where another body holds the answer, the words that the row comes with stay; the name of the body belongs in the note.",
    "What is entered stays. An empty cell may be filled later; “no_answer” may give way to what came after all.",
    "A refusal that was reviewed stays too: enter the day of the review and what it came to in the columns for it.",
    "A complaint to the regulator stands beside the review. “refusal_upheld” says that the refusal stands; “must_answer” that the answer has been ordered, and may give way to what it brings.",
    "A refusal, or an answer that neither confirms nor denies, makes the cell withheld. An answer has to be coded like any other document: enter it on New sources and New evidence.",
)


def tracking_workbook(study: Study, asking: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return the workbook with every request of the study, and spare rows.

    Args:
        study: the study.
        asking: units and criteria about which requests are to be sent. Each gets a prepared row,
            which is read back only if something is entered in it.
    """
    title = f"Tracker of requests: {study.descriptor.title}"
    noun = study.settings.unit_noun.singular
    lines = [*(line.replace("{unit}", noun) for line in _INSTRUCTIONS), *_time_limits(study)]
    maker = WorkbookMaker(study, title, {"Workbook": KIND}, lines)
    offer_lists(maker, study)
    maker.offer(**{"outcomes": OUTCOMES, "review outcomes": REVIEW_OUTCOMES})
    maker.offer(**{"complaint outcomes": COMPLAINT_OUTCOMES})
    names, labels = study.lookup("units", "name"), study.lookup("criteria", "label")
    bodies = Asking(study)
    rows = []
    for request in records(study["requests"]):
        name = names[request["unit_id"]]
        waits = _waits_for(request, bodies, name)
        label = labels.get(request["criterion_id"], "")
        shown = {"unit_id": name, "criterion_id": label, "waits_for": waits}
        rows.append(FormRow(coded_texts(request) | shown))
    rows += [FormRow(row) for row in _prepared_rows(study, asking)]
    columns = evidence_columns(study["requests"]["evidence_ids"], least=2)
    maker.form(tracking_form(columns), rows, SPARE_ROWS, frozen=2)
    add_document_forms(maker, study, "request")
    return maker.as_bytes()


def _waits_for(request: dict[str, str], asking: Asking, name: str) -> str:
    """Return what a request waits for, in a form that does not depend on the day of writing."""
    waits = due_response(request, asking, name) if request["sent_on"] else None
    return f"{waits.what}, {f'due on {waits.by}' if waits.by else 'no day known'}" if waits else ""


def _time_limits(study: Study) -> Iterator[str]:
    """Yield a sentence on how each law's due day is computed, and when it is not."""
    for law in study.settings.requests.laws:
        if law.days:
            where = f" ({', '.join(law.countries)})" if law.countries else ""
            kind = "working days" if law.count == "working" else "days"
            yield f"{law.name}{where}: if you leave the due day empty, we work it out. It is {law.days} {kind} after the request was sent, if it arrived on that day."
            if law.review_days:
                yield f"A review under it is due {law.review_days} {kind} after you asked for it."
    yield "If no law with a time limit is named for the country, we work out no day."


def _prepared_rows(study: Study, asking: Sequence[tuple[str, str]]) -> Iterator[dict[str, str]]:
    names, labels = study.lookup("units", "name"), study.lookup("criteria", "label")
    existing, bodies = set(study["requests"]["request_id"]), Asking(study)
    for unit, criterion in asking:
        stem = f"{unit}-{criterion}"
        ids = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
        free_id = next(request_id for request_id in ids if request_id not in existing)
        yield {
            "request_id": free_id,
            "unit_id": names[unit],
            "criterion_id": labels[criterion],
            "asked_of": bodies.body(unit, criterion),
        }


def add_requests(changeset: Changeset, reason: str, on: dt.date) -> None:
    """Add the changes of a returned tracker to a changeset.

    Empty cells of a request may be filled; other cells change only as :func:`with_entries` allows.
    ``reason`` and ``on`` are not used.
    """
    workbook, reader, asking = changeset.workbook, RowReader(changeset), Asking(changeset.study)
    bring_in_documents(changeset, reader)
    draft = changeset.draft("requests")
    existing = {key[0]: places[0] for key, places in draft.places("request_id").items()}
    # A prepared row names a unit, criterion and body: it is a request only if more is entered.
    bodies = asking.bodies()
    about = ("request_id", "unit_id", "criterion_id", "asked_of")
    for line in lines_with(
        workbook, KIND, *about, ready=lambda line: normalised_text(line["asked_of"]) in bodies
    ):
        row = _request(reader, asking, line)
        place = existing.get(row["request_id"])
        if place is None:
            due = f"due {row['due_on']}" if row["due_on"] else "no day worked out for the answer"
            outcome = row["outcome"] or ("sent" if row["sent_on"] else "no day of sending")
            summary = f"{row['request_id']}: {outcome}, {due}"
            changeset.put("requests", row, summary, line)
            continue
        updated = with_entries(draft.rows[place], row)
        row = updated.row
        if updated.taken_for:
            note = f"An answer after a refusal was taken for that of a {updated.taken_for}: the refusal is kept"
            workbook.note(note, line.place("outcome"))
        if not updated.differing:
            changeset.record(UNCHANGED, "requests", row, row["request_id"], line)
        elif updated.refused:
            column, rule, remedy = updated.refused
            workbook.refuse(line.place(column), row[column], rule, remedy)
        else:
            named = ", ".join(f"{name} {row[name]}" for name in updated.differing)
            changeset.put("requests", row, f"{row['request_id']}: {named}", line, place)


@dataclass(frozen=True)
class UpdatedRequest:
    """A request after new entries.

    Attributes:
        row: its row with the entries.
        differing: the columns that differ from before.
        taken_for: ``review`` or ``complaint`` if the answer was entered as its outcome; else empty.
        refused: the column, rule and remedy if an entry would change a fixed value; else ``None``.
    """

    row: dict[str, str]
    differing: list[str]
    taken_for: str = ""
    refused: tuple[str, str, str] | None = None


def with_entries(old: dict[str, str], entered: dict[str, str]) -> UpdatedRequest:
    """Return a request after new entries; entries that would change a fixed value are refused."""
    row, taken_for = _with_review_outcome(old, {**old, **entered})
    if row["note"] == old["note"].partition(_EARLIER)[0].strip():
        row["note"] = old["note"]  # the rest is what we added to it
    differing = [name for name in row if normalised_text(old[name]) != row[name]]
    fixed = next((name for name in differing if not _may_change(name, old, row)), None)
    if fixed:
        rule = f"{row['request_id']} is held with {old[fixed]} here, and what is entered stays"
        remedy = "put it back; correct requests.csv itself if it was entered wrongly"
        return UpdatedRequest(row, differing, taken_for, (fixed, rule, remedy))
    if old["review_outcome"] and "reviewed_on" in differing:
        earlier_review = f"{_EARLIER}{old['reviewed_on']}: {old['review_outcome']}."
        row["note"] = f"{row['note']} {earlier_review}".strip()
        differing = [*dict.fromkeys([*differing, "note"])]
    return UpdatedRequest(row, differing, taken_for)


def _with_review_outcome(old: dict[str, str], row: dict[str, str]) -> tuple[dict[str, str], str]:
    """Return a row with an answer after a refusal moved to review or complaint, and which."""
    answer = (row["answered_on"], row["outcome"])
    if (
        old["outcome"] not in v.REFUSED
        or row["outcome"] not in v.OVERTURNED
        or not exists(row["answered_on"])
        or row["answered_on"] <= old["answered_on"]
    ):
        return row, ""
    kind, *columns = (
        ("complaint", "complaint_decided_on", "complaint_outcome")
        if row["complained_on"]
        else ("review", "reviewed_on", "review_outcome")
    )
    kept = {name: old[name] for name in ("answered_on", "outcome")}
    return {**row, **kept, **dict(zip(columns, answer, strict=True))}, kind


def _may_change(name: str, old: dict[str, str], row: dict[str, str]) -> bool:
    """Return whether the old value of a column may be replaced by that of a row."""
    if name == "evidence_ids":
        return set(filter(None, old[name].split(";"))) <= set(row[name].split(";"))
    if name in _OUTCOME_OF:  # a review that upheld a refusal may be followed by an appeal
        return old[_OUTCOME_OF[name]] in _REPLACEABLE
    return old[name] in _REPLACEABLE


_OUTCOME_OF = {"reviewed_on": "review_outcome", "complaint_decided_on": "complaint_outcome"}
"""The column with the outcome, for each column with the day of a decision."""
_TEXT_COLUMNS = ("request_id", "asked_of", "due_on", "exemption", *v.REQUEST_DAYS, "note")
_ADDED_LATER = {"review_outcome": REVIEW_OUTCOMES, "complaint_outcome": COMPLAINT_OUTCOMES}
"""Columns that trackers of older versions lack, with their choices; if absent, they are not read."""


def _request(reader: RowReader, asking: Asking, line: SheetRow) -> dict[str, str]:
    row = {name: line[name] for name in _TEXT_COLUMNS if name in line.letters}
    for name, choices in _ADDED_LATER.items():
        if name in line.letters:
            row[name] = reader.code(line, name, choices)
    unit = reader.unit(line)
    if unit and exists(row["sent_on"]) and len(row["sent_on"]) == len("2021-12-03"):
        due = due_on(dt.date.fromisoformat(row["sent_on"]), asking.law(unit))
        row["due_on"] = row["due_on"] or (due.isoformat() if due else "")
    return {
        **row,
        "unit_id": unit,
        "criterion_id": reader.criterion(line, needed=False),
        "outcome": reader.code(line, "outcome", OUTCOMES),
        "evidence_ids": reader.evidence_ids(line),
    }


ENTRIES = {"answered_on": "--answered-on", "outcome": "--outcome"}
"""The columns for an answer, and the command-line option for each."""


def request_of(study: Study, name: str) -> dict[str, str]:
    """Return a request by its id."""
    request = next((row for row in records(study["requests"]) if row["request_id"] == name), None)
    if request is None:
        rule, remedy = "there is no such request in requests.csv", "name one of its ids"
        raise refusal("--request", rule, remedy, name)
    return request


def take_answer_in(
    folder: Path, request: str, entered: dict[str, str], hashes: Collection[str] = ()
) -> str:
    """Enter an answer, link documents that the study has already, and return a sentence on it.

    Args:
        folder: the study's folder.
        request: the id of the request.
        entered: the new values, by column; other columns do not change.
        hashes: the SHA-256 hashes of the documents to link.

    Raises:
        StudyError: the study would not be valid, or has another value that is fixed. It is not
            changed.
    """
    with changing(folder, "the answer") as changeset:
        row = _enter_answer(changeset, request, entered)
        store, documents = DocumentStore(folder), changeset.draft("documents")
        ids = {row["document_id"] for row in documents.rows if store.known(row)["sha256"] in hashes}
        link_to_request(documents, ids, request)
    return " ".join([_in_words(row), *_open_in_same_letter(changeset.study["requests"], request)])


def link_to_request(documents: TableDraft, names: Container[str], request: str) -> None:
    """Record in the rows of documents which request they answer.

    Raises:
        StudyError: one of the documents answers another request already.
    """
    for number, row in enumerate(documents.rows):
        if request and row["document_id"] in names:
            if row["request_id"] not in ("", request):
                rule = f"{row['document_id']} answers another request than {request}"
                remedy = "correct --request, or the row itself if it was entered wrongly"
                place = (documents.table.path, number + 2, "request_id", row["request_id"])
                raise StudyError([Problem(*place, rule, remedy)])
            row["request_id"] = request


def check_answer(study: Study, request: str, entered: dict[str, str]) -> None:
    """Raise an error if an answer could not be entered; called before anything is collected."""
    changeset = Changeset(study, ReadWorkbook("the answer"))
    _enter_answer(changeset, request, entered)
    changeset.checked_files()


def _enter_answer(changeset: Changeset, request: str, entered: dict[str, str]) -> dict[str, str]:
    """Enter an answer in the tracker and return the changed row."""
    old = request_of(changeset.study, request)
    draft = changeset.draft("requests")
    updated = with_entries(old, entered)
    number = draft.rows.index(old)
    if updated.refused:
        column, rule, remedy = updated.refused
        place = (draft.table.path, number + 2, column, updated.row[column])
        raise StudyError([Problem(*place, rule, remedy)])
    draft.rows[number] = updated.row
    return updated.row


def _open_in_same_letter(requests: pd.DataFrame, name: str) -> Iterator[str]:
    """Yield a sentence on requests in the same letter that have no outcome yet, if any."""
    parts = letters(requests)
    same = parts == parts[requests["request_id"] == name].iloc[0]
    same &= (requests["request_id"] != name) & (requests["outcome"] == "")
    if same.any():
        others = ", ".join(requests.loc[same, "request_id"])
        yield f"Sent with it, and without an outcome (enter it in the tracker): {others}."


def _in_words(row: dict[str, str]) -> str:
    """Return a sentence on the recorded answer, or on what is still to be filled in."""
    lacking = [option for column, option in ENTRIES.items() if not row[column]]
    state = f"{row['outcome'].replace('_', ' ')} on {row['answered_on']}"
    if lacking:
        state = f"still to be filled in, in the tracker or by {' and '.join(lacking)}"
    return f"Request {row['request_id']}: {state}."
