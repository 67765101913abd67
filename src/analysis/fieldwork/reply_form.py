"""The right of reply: the form that a unit is sent, and intake of the ledger of its replies."""

import datetime as dt
from dataclasses import replace

from analysis.direction import isolated_name
from analysis.fieldwork.cell_records import CellRecord, cell_records
from analysis.fieldwork.changeset import UNCHANGED, Changeset
from analysis.fieldwork.forms import (
    NEW_EVIDENCE,
    NEW_SEARCHES,
    NEW_SOURCES,
    POSITIONS,
    REPLY,
    Form,
    evidence_columns,
    ledger_form,
)
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.row_reader import RowReader, bring_in_documents, lines_with, text_mark
from analysis.fieldwork.shared_sheets import add_document_forms, coded_texts, offer_lists
from analysis.fieldwork.workbook_content import SheetRow
from analysis.fieldwork.workbook_writer import HIDDEN, FormRow, Page, WorkbookMaker
from analysis.frames import each_row, records
from analysis.study import Study, states
from analysis.study import vocabulary as v
from analysis.study.cells import searches_by_unit
from analysis.study.codebook import EARLIER_RULES, level_rules
from analysis.study.evidence import titled, with_sources
from analysis.wording import capital, spoken

KIND = "replies"
FINDINGS_TAB = "What we say"
"""The sheet with our findings; the unit replies on :data:`analysis.fieldwork.forms.REPLY`."""
WHOLE, SENDER, OPEN = "whole", "sender", "open"
SENDER_NAMED = "The name of who replies is not kept in the study"
SPARE_REPLIES = 20
_FOR_RESEARCHERS = tuple(
    form.tab for form in (ledger_form(1), NEW_SOURCES, NEW_EVIDENCE, NEW_SEARCHES)
)
_REPLY_COLUMNS = (
    "received_on",
    "criterion_id",
    "says",
    "evidence_ids",
    "decision",
    "reason",
    "assessment",
)
_DECISIONS = ("accepted", "partly", "declined", OPEN)


def reply_form(study: Study, unit: str) -> bytes:
    """Return the reply form of a unit: our findings, their evidence, and a sheet for the reply.

    The unit sees these two sheets; those for the researcher who records the reply are hidden.

    Args:
        study: the study.
        unit: the unit's id.
    """
    name = study.lookup("units", "name")[unit]
    title = f"{isolated_name(name)}: what we say, and its reply"
    existing = records(study["replies"][study["replies"]["unit_id"] == unit])
    # Fingerprints of the replies at this time, so that intake can tell which are new.
    about = {"Workbook": KIND, "Unit": unit, HIDDEN: "; ".join(_FOR_RESEARCHERS)}
    about |= {f"Reply {reply['reply_id']}": text_mark(reply, _REPLY_COLUMNS) for reply in existing}
    lines = ["The other sheets are hidden until the reply comes."]
    maker = WorkbookMaker(study, title, about, lines)
    offer_lists(maker, study)
    maker.offer(decisions=_DECISIONS, positions=POSITIONS)
    finding_rows = findings(study, unit)
    maker.page(_findings_page(study, unit, finding_rows))
    maker.form(_reply_sheet(study, unit), _answer_rows(unit, finding_rows), frozen=2)
    columns = evidence_columns(reply["evidence_ids"] for reply in existing)
    free_ids = _free_ids(study, unit)
    labels = study.lookup("criteria", "label")
    rows = [
        FormRow({**coded_texts(reply), "criterion_id": labels.get(reply["criterion_id"], "")})
        for reply in existing
    ]
    maker.form(ledger_form(columns), [*rows, *map(FormRow, free_ids)], frozen=1)
    add_document_forms(maker, study, unit)
    return maker.as_bytes(only=(FINDINGS_TAB, REPLY.tab))


def _findings_page(study: Study, unit: str, rows: list[dict[str, str]]) -> Page:
    """Return the sheet with the findings, their reasons, the documents read and the searches."""
    documents = _documents(study, unit)
    numbers = {name: number for number, name in enumerate(documents, start=1)}
    headings = [("Question", 38), ("What we say", 30), ("Why", 90)]
    finding_rows = [_page_row(row, numbers) for row in rows]
    document_rows = [
        (f"Document {numbers[name]}", where, text) for name, (where, text) in documents.items()
    ]
    searches = searches_by_unit(study).query("unit_id == @unit")
    searched = [
        (f"Searched on {row.searched_on}", row.where, f"We looked for: {row.queries}")
        for row in each_row(searches)
    ]
    lines = _lines_above(study, unit)
    return Page(FINDINGS_TAB, headings, [*finding_rows, *document_rows, *searched], lines=lines)


def _page_row(row: dict[str, str], numbers: dict[str, int]) -> tuple[str, str, str]:
    cited = [f"{numbers[name]}" for name in row["evidence"].split(", ") if name in numbers]
    documents = "documents" if len(cited) > 1 else "document"
    confidence = row["confidence"] and f"confidence {row['confidence']}"
    settled = row["settled"] and f"Settled by {row['settled']}"
    see = f"See {documents} {', '.join(cited)} below." if cited else ""
    return (
        f"{row['label']}\n{row['question']}",
        _joined_lines(row["finding"], row["when"], confidence),
        _joined_lines(row["why"], f"Our rule: {row['rule']}", settled, see),
    )


def _joined_lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def _documents(study: Study, unit: str) -> dict[str, tuple[str, str]]:
    """Return the source and the content of each cited piece of evidence on a unit, by id."""
    cited, evidence = study.cited_evidence(), study["evidence"]
    own = (evidence["unit_id"] == unit) & evidence["evidence_id"].isin(cited)
    documents = {}
    for row in with_sources(study, "evidence", own):
        source = row["source"]
        names = (isolated_name(source["publisher"]), isolated_name(titled(source)))
        names = (*names, source["published"])
        where = f"{', '.join(filter(None, names))} ({v.EXTENT[row['extent_read']]})"
        text = f"In our own words: {row['states']}"
        documents[row["evidence_id"]] = (where, _joined_lines(text, source["url"]))
    return documents


def _lines_above(study: Study, unit: str) -> list[str]:
    """Return the lines above the findings: an introduction, instructions and notices."""
    report, notices = study.settings.report, study["notices"]
    name = study.lookup("units", "name")[unit]
    shown_notices = notices[
        notices["scope"].isin(("study", "criterion")) | (notices["unit_id"] == unit)
    ]
    labels = study.lookup("criteria", "label") | {"": ""}
    notes = [
        f"{labels[row.criterion_id]}: {row.text}".removeprefix(": ")
        for row in each_row(shown_notices)
    ]
    lines = [
        f"What we say of {name}, and why",
        study.settings.draft_mark,
        f"This is what we found in the documents that we could read, compared with “{report.title}” ({report.publisher}, {report.date.isoformat()}).",
        f"Please tell us on the sheet {REPLY.tab} what is wrong, missing or out of date, and name or send the document that shows it.",
        "Not known is not the same as not met: it says only that what we searched and read did not show it.",
        "Please give no personal details of anyone concerned in a case.",
        f"Please return this workbook by {reply_day(study, unit)} to: {study.settings.contact}",
        "We record your reply in our own words, and publish it beside the finding with what became of it.",
        *notes,
    ]
    return [line for line in lines if line]


def reply_day(study: Study, unit: str) -> str:
    """Return the last day by which a unit was asked to reply, or a placeholder if none is set."""
    sent = study["notified"]
    days = sent.loc[sent["unit_id"] == unit, "reply_by"]
    if days.empty:
        return "[to fill in: the day by which you ask for a reply]"
    return spoken(dt.date.fromisoformat(days.max()))


def findings(study: Study, unit: str) -> list[dict[str, str]]:
    """Return the findings on a unit in words, for criteria whose recommendation was read."""
    matrix = states(study)
    read, rules = study.lookup("recommendations", "text_read"), level_rules(study.tables)
    return [
        _finding(cell, dict(rules[cell.criterion_id]))
        for cell in cell_records(study.at(matrix.as_of), matrix, unit)
        if read.get(cell.criterion["recommendation_id"]) != "not_read"
    ]


def _finding(cell: CellRecord, rules: dict[str, str]) -> dict[str, str]:
    """Return the finding on a cell: the criterion's id, and a text for each part of the page."""
    rule = rules.get(cell.last_level or cell.state, "We applied no rule, as we know nothing.")
    if cell.earlier_rules:
        rule += f"\n({capital(EARLIER_RULES)}.)"
    given = cell.state in (v.NOT_APPLICABLE, v.WITHHELD)
    why = cell.reason if given else "Nothing that we read bears on it."
    rationale = cell.assessment["rationale"] if cell.when else why
    settled = cell.assessment["settled_by"], cell.assessment["settled_why"]
    return {
        "criterion_id": cell.criterion_id,
        "label": cell.criterion["label"],
        "question": cell.criterion["question"],
        "finding": _in_words(cell.state, cell.last_level),
        "rule": rule,
        "why": _joined_lines(rationale, cell.since_read),
        "when": cell.when,
        "confidence": cell.assessment["confidence"],
        "settled": ": ".join(filter(None, settled)),
        "evidence": ", ".join(row["evidence_id"] for row in cell.evidence),
    }


def _in_words(state: str, last_level: str) -> str:
    words = state.replace("_", " ")
    if state not in v.UNKNOWNS:
        return words
    last = f", {last_level.replace('_', ' ')}" if last_level else ""
    return f"Not known ({words}{last}): {v.MEANING[state]}."


def _reply_sheet(study: Study, unit: str) -> Form:
    """Return the form on which the unit replies, with headings for this unit."""
    # Each sheet has the draft mark, since it may be passed on alone.
    finding_heading = ". ".join(filter(None, ("What we say", study.settings.draft_mark)))
    question_heading = f"Question. Please reply by {reply_day(study, unit)}"
    headings = {"asked": question_heading, "found": finding_heading}
    fields = [replace(field, label=headings.get(field.name, field.label)) for field in REPLY.fields]
    return replace(REPLY, fields=tuple(fields))


def _answer_rows(unit: str, rows: list[dict[str, str]]) -> list[FormRow]:
    answers = []
    for row in rows:
        question = f"{row['label']}. {row['question']}"
        mark = f"{unit}/{row['criterion_id']}"
        answers.append(FormRow({"row": mark, "asked": question, "found": row["finding"]}))
    further = {
        WHOLE: "All of it together, or anything else",
        SENDER: "Who replies: name, rank or post, how to reach you, day",
    }
    for name, question in further.items():
        answers.append(FormRow({"row": f"{unit}/{name}", "asked": question}, high=True))
    return answers


def _free_ids(study: Study, unit: str) -> list[dict[str, str]]:
    existing = set(study["replies"]["reply_id"])
    numbers = (f"{unit}-r{number}" for number in range(1, len(existing) + SPARE_REPLIES + 1))
    return [{"reply_id": number} for number in numbers if number not in existing][:SPARE_REPLIES]


def add_replies(changeset: Changeset, reason: str, on: dt.date) -> None:
    """Add the replies of a returned reply form to a changeset.

    A reply may change only while its decision is "open". ``reason`` and ``on`` are not used: the
    ledger has reasons and days of its own.
    """
    workbook, study, reader = changeset.workbook, changeset.study, RowReader(changeset)
    unit = workbook.about.get("unit", "")
    if unit not in set(study["units"]["unit_id"]):
        rule, remedy = "it does not say which unit of the study replies", "restore the line Unit"
        workbook.refuse("Start", unit, rule, remedy)
        return
    if REPLY.name not in workbook.forms:
        rule = "the sheet on which the unit answers is missing, so that its answers cannot be read"
        remedy = "return the workbook that was sent, with all its sheets"
        workbook.refuse(REPLY.tab, "", rule, remedy)
    bring_in_documents(changeset, reader)
    draft = changeset.draft("replies")
    existing = {key[0]: places[0] for key, places in draft.places("reply_id").items()}
    entered = set()
    for line in lines_with(workbook, KIND, "reply_id"):
        row = _reply(reader, line, unit)
        # Replies that were in the ledger when the form was written do not count as entered.
        if workbook.about.get(f"reply {row['reply_id']}".lower()) != text_mark(row, _REPLY_COLUMNS):
            entered.add(row["criterion_id"])
        place = existing.get(row["reply_id"])
        if place is None:
            changeset.put("replies", row, f"{row['reply_id']}: {row['decision']}", line)
            continue
        old = draft.rows[place]
        if {name: normalised_text(text) for name, text in old.items()} == row:
            changeset.record(UNCHANGED, "replies", row, row["decision"], line)
        elif old["decision"] == OPEN and old["unit_id"] == unit:
            summary = f"{row['reply_id']}: {old['decision']} → {row['decision']}"
            changeset.put("replies", row, summary, line, place)
        else:
            rule = f"{row['reply_id']} stands in the ledger, decided ({old['decision']})"
            remedy = "leave it, and enter what came later under an id of its own"
            workbook.refuse(line.place("reply_id"), row["reply_id"], rule, remedy)
    _check_answers(changeset, entered)


def _reply(reader: RowReader, line: SheetRow, unit: str) -> dict[str, str]:
    plain = {name: line[name] for name in ("reply_id", "received_on", "says", "reason")}
    return {
        **plain,
        "unit_id": unit,
        "criterion_id": reader.criterion(line, needed=False),
        "evidence_ids": reader.evidence_ids(line),
        "decision": reader.code(line, "decision", _DECISIONS),
        "assessment": line["assessment"],
    }


def _check_answers(changeset: Changeset, entered: set[str]) -> None:
    """Refuse answers of the unit without an entry in the ledger, so that none is lost."""
    for line in lines_with(changeset.workbook, REPLY.name, "row"):
        subject = line["row"].rpartition("/")[2]
        answered = {name: text for name, text in line.texts.items() if text and name != "row"}
        name = next(iter(answered))
        if subject == SENDER and entered:
            changeset.workbook.note_all(SENDER_NAMED, line.place(name))
            continue
        criterion = "" if subject in (WHOLE, SENDER) else subject
        if criterion not in entered and "" not in entered:
            rule = "the unit answers here, and the ledger of replies has no entry for it"
            remedy = "show the hidden sheet Ledger of replies, and enter it there in our own words; it may be open"
            changeset.workbook.refuse(line.place(name), "; ".join(answered.values()), rule, remedy)
