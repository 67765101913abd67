"""The right of reply: what a unit is sent, and how its answer gets into the ledger."""

import dataclasses
import shutil
from pathlib import Path

import pandas as pd
import pytest
from filled import Filled, FilledForm
from helpers import append_row, contents, edit_cell, find_row, run
from made import LIBRARY, real

from analysis.fieldwork.changeset import ADDED, CHANGED, UNCHANGED
from analysis.fieldwork.intake import take_in
from analysis.fieldwork.reply_form import SENDER_NAMED, findings, reply_form
from analysis.study import StudyError, load

UNIT, OTHER = "library-one", "library-two"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The made-up libraries; the first has an open reply, Y1, on its weekend hours."""
    return shutil.copytree(LIBRARY, tmp_path / "study")


def form(folder: Path, unit: str = UNIT) -> Filled:
    return Filled(reply_form(load(folder), unit))


def taken_in(filled: Filled, folder: Path):
    return take_in(filled.save(folder.parent / "returned.xlsx"), folder)


def enter(ledger: FilledForm, row: int = 0, **texts: str) -> int:
    """Enter a reply in the first row of the ledger that is free, or in a row; return it."""
    free = (one for one in ledger.rows() if list(ledger.texts(one)) == ["reply_id"])
    usual = {"received_on": "2022-08-01", "says": "It opens late on Mondays.", "decision": "open"}
    return ledger.put(row or next(free), **(texts if row else usual | texts))


def answer(filled: Filled, subject: str, text: str = "We open late.") -> str:
    """Have the unit answer on a criterion, or on the whole; return the cell's address."""
    answers = filled.form("answers")
    row = answers.put(answers.find(f"{UNIT}/{subject}"), answer=text)
    return answers.cell(row, "answer")


def replies(folder: Path) -> list[dict[str, str]]:
    return load(folder)["replies"].to_dict("records")


def refused(filled: Filled, folder: Path) -> dict[str, str]:
    """Return the rules by cell on which a form is refused, after seeing that nothing changes."""
    before = contents(folder)
    with pytest.raises(StudyError) as caught:
        taken_in(filled, folder)
    after = contents(folder)
    after.pop(".journal.lock", None)
    before.pop(".journal.lock", None)
    assert after == before
    return {one.column: one.rule for one in caught.value.problems}


# --- the form ---------------------------------------------------------------------------------


def test_the_form_says_what_is_said_of_the_unit_and_on_what_evidence():
    study, unit = real(), "gloucestershire"
    said = Filled(reply_form(study, unit)).said()
    own = study["assessments"][study["assessments"]["unit_id"] == unit]
    assert len(own) > 0
    for row in own.itertuples():
        assert row.rationale in said
        for one in row.evidence_ids.split(";"):
            (states,) = study["evidence"].loc[study["evidence"]["evidence_id"] == one, "states"]
            assert states in said
    for label in study["criteria"]["label"].drop(study["criteria"].index[7]):
        assert label in said


def test_the_form_says_of_what_is_undated_between_which_days_it_lies():
    # Cambridgeshire's one row on this: no date, no first day, and the day of reading as its last.
    said = {one["criterion_id"]: one["when"] for one in findings(real(), "cambridgeshire")}
    assert said["victim-first"] == "undated, not after 2026-11-23"
    assert "" in said.values()


def test_the_form_says_nothing_of_any_other_unit():
    study, unit = real(), "gloucestershire"
    said = Filled(reply_form(study, unit)).said()
    for table, column in (("assessments", "rationale"), ("codings", "rationale")):
        rows = study[table]
        own = set(rows.loc[rows["unit_id"] == unit, column])
        others = set(rows.loc[rows["unit_id"] != unit, column]) - own
        assert others
        assert not [text for text in others if text in said], table
    evidence = study["evidence"]
    others = evidence[~evidence["unit_id"].isin([unit])]
    assert not [text for text in others["states"] if text in said]
    # A coder's reading is not the study's: what a coder alone says is not sent either.
    codings, assessments = study["codings"], study["assessments"]
    alone = set(codings.loc[codings["unit_id"] == unit, "rationale"])
    alone -= set(assessments.loc[assessments["unit_id"] == unit, "rationale"])
    assert not [text for text in alone if text in said]


def test_the_form_bears_the_draft_mark_the_notices_and_the_contact():
    study = real()
    said = Filled(reply_form(study, "gloucestershire")).said()
    assert study.settings.draft_mark in said
    for text in study["notices"]["text"]:
        assert text in said
    assert study.settings.contact in said
    elsewhere = Filled(reply_form(study, "kent")).said()
    (own,) = study["notices"].loc[study["notices"]["unit_id"] == "gloucestershire", "text"]
    assert own not in elsewhere


def test_every_sheet_that_a_unit_reads_bears_the_draft_mark_at_its_head():
    """A sheet may be printed, or sent on, alone; once the study is checked none bears it."""
    study = real()
    settings = study.settings.model_copy(update={"status": "checked"})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    checked = dataclasses.replace(study, descriptor=descriptor)
    read = ["What we say", "Your reply"]
    book = Filled(reply_form(study, "gloucestershire")).book
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"] == read
    for name in read:
        head = [cell.value or "" for row in book[name].iter_rows(max_row=2) for cell in row]
        assert [one for one in head if study.settings.draft_mark in one], name
    said = Filled(reply_form(checked, "gloucestershire")).said()
    assert "DRAFT" not in said and "What we say of" in said


def test_the_command_says_what_is_still_to_be_set(tmp_path):
    out = tmp_path / "reply.xlsx"
    done = run("reply-form", "--unit", "Gloucestershire", "--out", out)
    assert done.returncode == 0
    assert "Still to be set before publication: " in done.stdout
    assert "contact" in done.stdout
    assert out.exists()
    again = run("reply-form", "--unit", "nowhere", "--out", tmp_path / "other.xlsx")
    assert again.returncode == 1
    assert "Nothing was written" in again.stderr


# --- the ledger -------------------------------------------------------------------------------


def test_a_reply_is_entered_once(folder):
    filled = form(folder)
    answer(filled, "evening")
    ledger = filled.form("replies")
    label = load(folder).lookup("criteria", "label")["evening"]
    enter(ledger, criterion_id=label, says="=It says so\u00a0", assessment="+later")
    intake = taken_in(filled, folder)
    assert [one.what for one in intake.changes] == [UNCHANGED, ADDED]
    assert intake.written == ["replies.csv"]
    new = replies(folder)[-1]
    assert new == {
        "reply_id": "library-one-r1",
        "unit_id": UNIT,
        "received_on": "2022-08-01",
        "criterion_id": "evening",
        "says": "=It says so",
        "evidence_ids": "",
        "decision": "open",
        "reason": "",
        "assessment": "+later",
    }
    before = contents(folder)
    assert taken_in(filled, folder).written == []
    assert contents(folder) == before


def test_a_reply_on_the_whole_covers_every_answer(folder):
    filled = form(folder)
    answer(filled, "whole")
    answer(filled, "evening")
    enter(filled.form("replies"))
    taken_in(filled, folder)
    assert replies(folder)[-1]["criterion_id"] == ""


@pytest.mark.parametrize("decision", ["accepted", "Partly", "declined"])
def test_an_open_reply_is_decided(folder, decision):
    filled = form(folder)
    ledger = filled.form("replies")
    (row,) = (one for one in ledger.rows() if ledger.texts(one)["reply_id"] == "Y1")
    enter(ledger, row, decision=decision)
    place = ledger.cell(row, "reason")
    assert refused(filled, folder) == {
        place: f"the reply is {decision.lower()}, and no reason is given"
    }
    enter(ledger, row, reason="The document shows it.")
    intake = taken_in(filled, folder)
    assert [one.what for one in intake.changes] == [CHANGED]
    assert [one["decision"] for one in replies(folder)] == [decision.lower()]


def test_a_reply_that_was_decided_is_not_changed(folder):
    row = find_row(folder, "replies", reply_id="Y1")
    edit_cell(folder, "replies", row, "decision", "declined")
    edit_cell(folder, "replies", row, "reason", "Nothing shows it.")
    filled = form(folder)
    ledger = filled.form("replies")
    (row,) = (one for one in ledger.rows() if ledger.texts(one)["reply_id"] == "Y1")
    enter(ledger, row, decision="accepted")
    place = ledger.cell(row, "reply_id")
    assert refused(filled, folder) == {place: "Y1 stands in the ledger, decided (declined)"}


def test_a_reply_of_another_unit_is_not_changed(folder):
    filled = form(folder, OTHER)
    ledger = filled.form("replies")
    row = enter(ledger, reply_id="Y1")
    assert list(refused(filled, folder)) == [ledger.cell(row, "reply_id")]


@pytest.mark.parametrize("subject", ["evening", "whole"])
def test_an_answer_that_nobody_entered_is_refused_at_its_cell(folder, subject):
    filled = form(folder)
    place = answer(filled, subject)
    rule = "the unit answers here, and the ledger of replies has no entry for it"
    assert refused(filled, folder) == {place: rule}


def test_an_earlier_reply_is_no_entry_for_a_new_answer(folder):
    filled = form(folder)
    place = answer(filled, "weekend", "We answered before, and now say more.")
    assert list(refused(filled, folder)) == [place]
    enter(filled.form("replies"), criterion_id="weekend", says="It says more.")
    assert taken_in(filled, folder).written == ["replies.csv"]
    assert taken_in(filled, folder).written == []


def test_a_reply_brings_its_evidence_along(folder):
    filled = form(folder)
    source, evidence = filled.form("sources"), filled.form("evidence")
    source.put(3, publisher="Made-up Library One", extent_read="whole", read_on="2022-08-02")
    about = {"unit_id": UNIT, "source_id": source.texts(3)["source_id"], "extent_read": "whole"}
    evidence.put(3, states="-Opens late on Mondays.", **about)
    ledger = filled.form("replies")
    cited = evidence.texts(3)["evidence_id"]
    row = enter(ledger, criterion_id="evening", **ledger.evidence(f"V01;{cited}"))
    assert taken_in(filled, folder).written == ["evidence.csv", "replies.csv", "sources.csv"]
    assert replies(folder)[-1]["evidence_ids"] == f"V01;{cited}"
    (states,) = load(folder)["evidence"].query("evidence_id == @cited")["states"]
    assert states == "-Opens late on Mondays."
    # Evidence on another unit cannot be brought.
    other = form(folder)
    ledger = other.form("replies")
    foreign = _evidence_of(folder, OTHER)
    row = enter(ledger, criterion_id="evening", **ledger.evidence(foreign))
    assert list(refused(other, folder)) == [ledger.cell(row, "evidence_1")]


def _evidence_of(folder: Path, unit: str) -> str:
    evidence: pd.DataFrame = load(folder)["evidence"]
    return evidence.loc[evidence["unit_id"] == unit, "evidence_id"].iloc[0]


def test_a_criterion_that_there_is_not_is_refused_at_its_cell(folder):
    filled = form(folder)
    ledger = filled.form("replies")
    row = enter(ledger, criterion_id="opening at night")
    assert list(refused(filled, folder)) == [ledger.cell(row, "criterion_id")]


def test_a_form_of_no_unit_is_refused(folder):
    append_row(folder, "units", unit_id="library-nine", name="Nine", short_name="Nine", code="N9")
    edit_cell(folder, "units", find_row(folder, "units", unit_id="library-nine"), "tile_row", "9")
    append_row(folder, "searches", unit_id="library-nine")
    filled = form(folder, "library-nine")
    enter(filled.form("replies"))
    fresh = shutil.copytree(LIBRARY, folder.parent / "fresh")
    assert refused(filled, fresh) == {"Start": "it does not say which unit of the study replies"}


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("position", "we hold nothing"),
        ("since", "2022"),
        ("document", "Notice 4"),
        ("answer", "No."),
    ],
)
def test_an_answer_in_any_column_has_to_be_entered(folder, column, text):
    filled = form(folder)
    answers = filled.form("answers")
    row = answers.put(answers.find(f"{UNIT}/evening"), **{column: text})
    assert list(refused(filled, folder)) == [answers.cell(row, column)]
    enter(filled.form("replies"), criterion_id="evening")
    assert taken_in(filled, folder).written == ["replies.csv"]


def test_who_replies_is_named_and_not_kept(folder):
    filled = form(folder)
    answers = filled.form("answers")
    row = answers.put(answers.find(f"{UNIT}/sender"), answer="Made-up Jo, made-up inspector")
    # That somebody replied has to be entered, also where nothing is found wrong.
    assert list(refused(filled, folder)) == [answers.cell(row, "answer")]
    enter(filled.form("replies"))
    intake = taken_in(filled, folder)
    assert intake.notes == [f"{SENDER_NAMED}: {answers.cell(row, 'answer')}."]
    assert "made-up inspector" not in (folder / "replies.csv").read_text("utf-8")


def test_no_id_is_in_sight_and_the_day_is_said_where_one_is_set(folder):
    append_row(folder, "notified", None, unit_id=UNIT, sent_on="2022-08-01", reply_by="2022-09-01")
    book = form(folder).book
    said, answers = book["What we say"], book["Your reply"]
    assert answers.row_dimensions[1].hidden and answers.column_dimensions["A"].hidden
    rows = [*said.iter_rows(), *answers.iter_rows(min_row=2, min_col=2)]
    seen = [cell.value for row in rows for cell in row if cell.value]
    study = load(folder)
    ids = {UNIT, *study["evidence"]["evidence_id"], *study["sources"]["source_id"]}
    assert not [text for text in seen if ids & {*text.replace(",", " ").split()}]
    assert sum("1 September 2022" in text for text in seen) == 2
    assert all(sheet.page_setup.fitToHeight == 0 for sheet in (said, answers))
