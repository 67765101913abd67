"""The right of reply: what a unit is sent, and the ledger of what it answered."""

import datetime as dt
from dataclasses import replace

from analysis.fieldwork.cell_records import CellRecord, cell_records
from analysis.fieldwork.changeset import ADDED, CHANGED, UNCHANGED, Changeset
from analysis.fieldwork.forms import REPLY, Form, ledger_form
from analysis.fieldwork.normalise import normalised_text
from analysis.fieldwork.row_marks import text_mark
from analysis.fieldwork.row_reader import RowReader, bring_in_documents, lines_with
from analysis.fieldwork.shared_sheets import add_document_forms, coded_texts, offer_lists
from analysis.fieldwork.workbook_content import SheetRow
from analysis.fieldwork.workbook_writer import FormRow, Page, WorkbookMaker
from analysis.frames import each_row, records
from analysis.study import Study, states
from analysis.study import vocabulary as v
from analysis.study.marks import EARLIER_RULES, level_rules
from analysis.study.searches import searches_by_unit
from analysis.study.sources import titled, with_sources

KIND = "replies"
WHOLE, OPEN = "whole", "open"
SPARE_REPLIES = 20
_REPLIED = (
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
    """Return what a unit is sent: what is said of it, on what evidence, and where to answer.

    Args:
        study: the study.
        unit: the unit's id.
    """
    name = study.lookup("units", "name")[unit]
    title = f"{name}: what is said of it, and its reply"
    existing = records(study["replies"][study["replies"]["unit_id"] == unit])
    # What each reply said as the form was written: what is entered later differs from it.
    about = {"Workbook": KIND, "Unit": unit}
    about |= {f"Reply {reply['reply_id']}": text_mark(reply, _REPLIED) for reply in existing}
    maker = WorkbookMaker(study, title, about, _lines(study, unit, name))
    offer_lists(maker, study)
    maker.offer(decisions=_DECISIONS)
    finding_rows = findings(study, unit)
    maker.page(_findings_page(study, finding_rows))
    maker.page(_evidence_page(study, unit))
    maker.page(_searches_page(study, unit))
    maker.form(_reply_sheet(study), _answer_rows(unit, finding_rows), frozen=2)
    cited = max([0, *(reply["evidence_ids"].count(";") + 1 for reply in existing)])
    free = _free_ids(study, unit)
    labels = study.lookup("criteria", "label")
    rows = [
        FormRow({**coded_texts(reply), "criterion_id": labels.get(reply["criterion_id"], "")})
        for reply in existing
    ]
    maker.form(ledger_form(max(4, cited + 1)), [*rows, *map(FormRow, free)], frozen=1)
    add_document_forms(maker, study, unit)
    return maker.as_bytes()


def _lines(study: Study, unit: str, name: str) -> list[str]:
    report, notices = study.settings.report, study["notices"]
    standing = notices[notices["scope"].isin(("study", "criterion")) | (notices["unit_id"] == unit)]
    labels = study.lookup("criteria", "label") | {"": ""}
    notes = [
        f"{labels[row.criterion_id]}: {row.text}".removeprefix(": ") for row in each_row(standing)
    ]
    return [
        f"This is what the study says of {name}, from the documents that could be read, held against “{report.title}” ({report.publisher}, {report.date.isoformat()}). It is open to your reply.",
        "The sheet What is said has every question, what was found, by which rule, and why. The sheet Evidence has what was read, in our own words, and where; the sheet Searches made, what was looked for.",
        "If something is wrong, missing or out of date, please say so on the sheet Your reply, beside the question, with the document that shows it: its title, date and address, or the document itself.",
        "Not known is not the same as not met: it says only that what was searched and read did not show it.",
        "Please write no personal details of any person concerned in a case.",
        f"Please save the workbook and return it by [to fill in: day by which a reply is asked for] to: {study.settings.contact}",
        "Your reply is recorded in our own words, and published beside the finding with what became of it.",
        "The sheets after Your reply are for the researchers who record it.",
        *notes,
    ]


def _findings_page(study: Study, rows: list[dict[str, str]]) -> Page:
    headings = [
        ("Criterion", 22),
        ("Question", 44),
        (_marked(study, "What is said"), 34),
        ("The rule for this", 44),
        ("Why", 50),
        ("Date", 16),
        ("Confidence", 12),
        ("Settled by", 30),
        ("Evidence", 16),
    ]
    return Page("What is said", headings, [tuple(row.values())[1:] for row in rows])


def findings(study: Study, unit: str) -> list[dict[str, str]]:
    """Return what is said of a unit, one entry a criterion that asks something, all in words."""
    matrix = states(study)
    read, rules = study.lookup("recommendations", "text_read"), level_rules(study.tables)
    return [
        _finding(cell, dict(rules[cell.criterion_id]))
        for cell in cell_records(study.at(matrix.as_of), matrix, unit)
        if read.get(cell.criterion["recommendation_id"]) != "not_read"
    ]


def _finding(cell: CellRecord, rules: dict[str, str]) -> dict[str, str]:
    """Return what is said of a cell, by the columns of the page, after the criterion's id."""
    rule = rules.get(cell.last_level or cell.state, "No rule applied, as nothing is known.")
    if cell.earlier_rules:
        rule += f"\n({EARLIER_RULES[0].upper()}{EARLIER_RULES[1:]}.)"
    given = cell.state in (v.NOT_APPLICABLE, v.WITHHELD)
    why = cell.reason if given else "Nothing that was read bears on it."
    rationale = cell.assessment["rationale"] if cell.when else why
    settled = cell.assessment["settled_by"], cell.assessment["settled_why"]
    return {
        "criterion_id": cell.criterion_id,
        "label": cell.criterion["label"],
        "question": cell.criterion["question"],
        "said": _in_words(cell.state, cell.last_level),
        "rule": rule,
        "why": "\n".join(filter(None, (rationale, cell.since_read))),
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


def _evidence_page(study: Study, unit: str) -> Page:
    cited, evidence = study.cited_evidence(), study["evidence"]
    own = (evidence["unit_id"] == unit) & evidence["evidence_id"].isin(cited)
    rows = []
    for row in with_sources(study, "evidence", own):
        source = row["source"]
        where = ", ".join(filter(None, (source["publisher"], titled(source), source["published"])))
        extent = v.EXTENT[row["extent_read"]]
        rows.append((row["evidence_id"], row["states"], extent, where, source["url"]))
    headings = [("Evidence", 12), (_marked(study, "What it says, in our own words"), 90)]
    headings += [("How much was read", 16), ("Source", 60), ("Address", 60)]
    return Page("Evidence", headings, rows)


def _searches_page(study: Study, unit: str) -> Page:
    searches = searches_by_unit(study).query("unit_id == @unit")
    rows = [(row.searched_on, row.where, row.queries) for row in each_row(searches)]
    headings = [("Searched on", 14), ("Where", 40), (_marked(study, "Queries"), 100)]
    return Page("Searches made", headings, rows or [("", "No search is logged.", "")])


def _reply_sheet(study: Study) -> Form:
    """Return the sheet on which the unit answers; what it is read by is as in its form."""
    fields = [
        replace(field, label=_marked(study, field.label)) if field.name == "found" else field
        for field in REPLY.fields
    ]
    return replace(REPLY, fields=tuple(fields))


def _marked(study: Study, heading: str) -> str:
    """Return the heading of what is said, with the draft mark: each sheet may go on alone."""
    return f"{heading}. {study.settings.draft_mark}" if study.settings.draft_mark else heading


def _answer_rows(unit: str, rows: list[dict[str, str]]) -> list[FormRow]:
    whole = {"row": f"{unit}/{WHOLE}", "asked": "Anything else, or all of it together"}
    return [
        *(
            FormRow(
                {
                    "row": f"{unit}/{row['criterion_id']}",
                    "asked": f"{row['label']}. {row['question']}",
                    "found": row["said"],
                }
            )
            for row in rows
        ),
        FormRow(whole),
    ]


def _free_ids(study: Study, unit: str) -> list[dict[str, str]]:
    existing = set(study["replies"]["reply_id"])
    numbers = (f"{unit}-r{number}" for number in range(1, len(existing) + SPARE_REPLIES + 1))
    return [{"reply_id": number} for number in numbers if number not in existing][:SPARE_REPLIES]


def add_replies(changeset: Changeset, reason: str, on: dt.date) -> None:
    """Work out what a returned reply form adds to the ledger, and keep it in the changeset.

    A reply is entered once; only one that is open may still change, until it is decided.
    ``reason`` and ``on`` are not needed: the ledger holds its own.
    """
    workbook, study, reader = changeset.workbook, changeset.study, RowReader(changeset)
    unit = workbook.about.get("unit", "")
    if unit not in set(study["units"]["unit_id"]):
        rule, remedy = "it does not say which unit of the study replies", "restore the line Unit"
        workbook.refuse("Start", unit, rule, remedy)
        return
    if REPLY.name not in workbook.forms:
        rule = "the sheet on which the unit answers is not there, and its answers cannot be told"
        remedy = "return the workbook that was sent, with all its sheets"
        workbook.refuse(REPLY.tab, "", rule, remedy)
    bring_in_documents(changeset, reader)
    draft = changeset.draft("replies")
    existing = {key[0]: places[0] for key, places in draft.places("reply_id").items()}
    entered = set()
    for line in lines_with(workbook, KIND, "reply_id"):
        row = _reply(reader, line, unit)
        # What stood there before the unit answered is no answer to it.
        if workbook.about.get(f"reply {row['reply_id']}".lower()) != text_mark(row, _REPLIED):
            entered.add(row["criterion_id"])
        place = existing.get(row["reply_id"])
        if place is None:
            draft.add(row, line)
            changeset.say(ADDED, "replies", row, f"{row['reply_id']}: {row['decision']}", line)
            continue
        old = draft.rows[place]
        if {name: normalised_text(text) for name, text in old.items()} == row:
            changeset.say(UNCHANGED, "replies", row, row["decision"], line)
        elif old["decision"] == OPEN and old["unit_id"] == unit:
            draft.replace(place, row, line)
            summary = f"{row['reply_id']}: {old['decision']} → {row['decision']}"
            changeset.say(CHANGED, "replies", row, summary, line)
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
    """See that each answer of the unit is in the ledger: none is to be lost on the way."""
    for line in lines_with(changeset.workbook, REPLY.name, "row"):
        subject = line["row"].rpartition("/")[2]
        criterion = "" if subject == WHOLE else subject
        if criterion not in entered and "" not in entered:
            rule = "the unit answers here, and the ledger of replies has no entry for it"
            remedy = "enter it on the sheet Ledger of replies, in our own words; it may be open"
            name = "answer" if line["answer"] else "document"
            changeset.workbook.refuse(line.place(name), line[name], rule, remedy)
