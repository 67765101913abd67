"""Codings are settled by people who say who they are and why, or by agreement, and then truly."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from filled import Filled, FilledForm
from helpers import append_row, contents, drop_rows, edit_cell, find_row
from made import LIBRARY

from analysis.fieldwork.adjudication import NO_ASSESSMENT, adjudication_workbook
from analysis.fieldwork.changeset import ADDED, CHANGED, REMOVED, UNCHANGED, Intake
from analysis.fieldwork.intake import take_in
from analysis.study import StudyError, load

DAY = dt.date(2022, 10, 1)
AGREED = {"unit_id": "library-one", "criterion_id": "weekend"}
"""Both coders say points_2, of 2021, and the assessment does."""
DIFFERS = {"unit_id": "library-two", "criterion_id": "late-fees"}
"""A third reading settled it."""
THIRD = {"settled_by": "a third reader", "settled_why": "The page says so."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(LIBRARY, tmp_path / "study")


class Settling:
    """A settling workbook that is being filled in."""

    def __init__(self, folder: Path, *units: str):
        self.folder = folder
        self.filled = Filled(adjudication_workbook(load(folder), units or [AGREED["unit_id"]]))
        self.form: FilledForm = self.filled.form("settling")

    def at(self, cell: dict[str, str]) -> int:
        return self.form.find(f"{cell['unit_id']}/{cell['criterion_id']}/")

    def put(self, cell: dict[str, str], **texts: str) -> int:
        return self.form.put(self.at(cell), **texts)

    def said(self, cell: dict[str, str]) -> dict[str, str]:
        return self.form.texts(self.at(cell))

    def take_in(self, reason: str = "") -> Intake:
        path = self.filled.save(self.folder.parent / "returned.xlsx")
        return take_in(path, self.folder, reason, on=DAY)

    def refused(self) -> dict[str, str]:
        """Return the rules by cell on which it is refused, after seeing that nothing changes."""
        before = tables(self.folder)
        with pytest.raises(StudyError) as caught:
            self.take_in()
        assert tables(self.folder) == before
        assert all(one.remedy for one in caught.value.problems)
        return {one.column: one.rule for one in caught.value.problems}


def tables(folder: Path) -> dict[str, str]:
    return {name: held for name, held in contents(folder).items() if name.endswith(".csv")}


def held(folder: Path, table: str, cell: dict[str, str]) -> list[dict[str, str]]:
    rows = load(folder)[table].to_dict("records")
    return [row for row in rows if row.items() >= cell.items()]


def what(intake: Intake) -> list[tuple[str, str]]:
    return [(one.what, one.table) for one in intake.changes if one.what != UNCHANGED]


# --- to overrule what all agree on --------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "column", "rule"),
    [
        ({}, "settled_by", "the codings do not agree on points_0"),
        ({"settled_by": "AGREEMENT"}, "settled_by", "the codings do not agree on points_0"),
        ({"settled_by": ""}, "settled_by", "it is settled otherwise than by agreement"),
        ({"settled_by": "a reader"}, "settled_why", "it is settled otherwise than by agreement"),
        (
            {"settled_by": "", "settled_why": "I say so."},
            "settled_by",
            "it is settled otherwise than by agreement",
        ),
    ],
)
def test_an_agreement_is_not_overruled_without_who_and_why(folder, who, column, rule):
    settling = Settling(folder)
    row = settling.put(AGREED, level="points_0", **who)
    assert settling.refused() == {settling.form.cell(row, column): rule}


def test_an_assessment_that_is_replaced_is_kept_in_the_history(folder):
    row = find_row(folder, "assessments", **AGREED)
    for column, text in (("checked_by", "somebody"), ("checked_on", "2022-07-03")):
        edit_cell(folder, "assessments", row, column, text)
    (old,) = held(folder, "assessments", AGREED)
    settling = Settling(folder)
    settling.put(AGREED, level="Points 0", **THIRD)
    intake = settling.take_in()
    assert what(intake) == [(CHANGED, "assessments")]
    assert intake.written == ["assessments.csv", "assessments_history.csv"]
    (new,) = held(folder, "assessments", AGREED)
    # Who checked the old one did not check the new one.
    assert new == old | THIRD | {"level": "points_0", "checked_by": "", "checked_on": ""}
    replaced = {"replaced_by": THIRD["settled_by"], "replaced_why": THIRD["settled_why"]}
    assert held(folder, "assessments_history", AGREED) == [
        old | replaced | {"replaced_on": "2022-10-01"}
    ]


def test_the_same_workbook_twice_changes_nothing(folder):
    settling = Settling(folder)
    settling.put(AGREED, level="points_0", **THIRD)
    settling.take_in()
    before = tables(folder)
    intake = settling.take_in()
    assert intake.written == []
    assert {one.what for one in intake.changes} == {UNCHANGED}
    assert tables(folder) == before


def test_a_workbook_that_is_older_than_an_assessment_does_not_replace_it(folder):
    old, new = Settling(folder), Settling(folder)
    new.put(AGREED, level="points_0", **THIRD)
    new.take_in()
    rule = "the assessment that this row changes was changed since, after the workbook was written"
    row = old.at(AGREED)
    assert old.refused() == {old.form.cell(row, "level"): rule}
    old.put(AGREED, level="points_1", **THIRD)
    assert old.refused() == {old.form.cell(row, "level"): rule}


# --- by agreement -------------------------------------------------------------------------------


def test_agreement_is_refused_where_the_codings_differ(folder):
    settling = Settling(folder, "library-two")
    assert settling.said(DIFFERS)["compared"] == "differ"
    row = settling.put(DIFFERS, settled_by="agreement", settled_why="")
    said = settling.said(DIFFERS)["level"]
    assert settling.refused() == {
        settling.form.cell(row, "settled_by"): f"the codings do not agree on {said}"
    }


def test_what_all_agree_on_is_filled_in_and_what_differs_is_open(folder):
    for cell in (AGREED, DIFFERS):
        drop_rows(folder, "assessments", **cell)
    settling = Settling(folder, "library-one", "library-two")
    agreed, differs = settling.said(AGREED), settling.said(DIFFERS)
    assert agreed["level"] == "points_2"
    assert agreed["settled_by"] == "agreement"
    assert "level" not in differs
    assert "settled_by" not in differs
    assert differs["said_1"] != differs["said_2"]
    row = settling.at(DIFFERS)
    rule = "the cell was coded, and its level is left open"
    assert settling.refused() == {settling.form.cell(row, "level"): rule}
    settling.put(
        DIFFERS, level="points_2", confidence="low", evidence_1="V03", read_on="2022-07-01"
    )
    settling.put(DIFFERS, rationale="The page says half.", **THIRD)
    assert what(settling.take_in()) == [(ADDED, "assessments")] * 2
    (one,) = held(folder, "assessments", DIFFERS)
    assert one["settled_by"] == "a third reader"


def test_one_coder_alone_is_no_agreement(folder):
    drop_rows(folder, "codings", coder="coder-b", **AGREED)
    drop_rows(folder, "codings_history", coder="coder-b", **AGREED)  # or he would have read it
    drop_rows(folder, "assessments", **AGREED)
    settling = Settling(folder)
    said = settling.said(AGREED)
    assert said["compared"] == "one coder only"
    assert "level" not in said
    (coding,) = held(folder, "codings", AGREED)
    texts = {name: coding[name] for name in ("level", "confidence", "read_on", "rationale")}
    row = settling.put(AGREED, evidence_1="V01", settled_by="agreement", **texts)
    assert settling.refused() == {
        settling.form.cell(row, "settled_by"): "fewer than two coded this cell"
    }
    settling.put(AGREED, **THIRD)
    assert what(settling.take_in()) == [(ADDED, "assessments")]


@pytest.mark.parametrize(("level", "compared"), [("points_2", "agree"), ("points_4", "differ")])
def test_three_coders_agree_when_all_three_do(folder, level, compared):
    coding = find_row(folder, "codings", coder="coder-a", **AGREED)
    append_row(folder, "codings", like=coding, coder="=coder-c", level=level)
    drop_rows(folder, "assessments", **AGREED)
    settling = Settling(folder)
    said = settling.said(AGREED)
    assert said["compared"] == compared
    assert said["said_1"].startswith(level)  # in the order of their names: =coder-c is first
    assert settling.form.columns_of("said") == ["said_1", "said_2", "said_3"]
    if compared == "agree":
        assert said["level"] == level
        assert what(settling.take_in()) == [(ADDED, "assessments")]
        return
    assert "level" not in said
    texts = {"level": "points_2", "settled_by": "agreement", "rationale": "-", "confidence": "low"}
    row = settling.put(AGREED, evidence_1="V01", read_on="2022-07-01", **texts)
    assert settling.refused() == {
        settling.form.cell(row, "settled_by"): "the codings do not agree on points_2"
    }


# --- no assessment ------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["settled_by", "settled_why"])
def test_a_coded_cell_is_not_left_out_without_who_and_why(folder, missing):
    settling = Settling(folder)
    row = settling.put(AGREED, level=NO_ASSESSMENT, **(THIRD | {missing: ""}))
    rule = "a coded cell is left without an assessment"
    assert settling.refused() == {settling.form.cell(row, missing): rule}


def test_agreement_leaves_no_coded_cell_out(folder):
    settling = Settling(folder)
    row = settling.put(AGREED, level=NO_ASSESSMENT, settled_why="We agree.")
    rule = "a coded cell is left without an assessment"
    assert settling.refused() == {settling.form.cell(row, "settled_by"): rule}


def test_a_coded_cell_that_is_left_out_is_set_aside_in_sight(folder):
    (old,) = held(folder, "assessments", AGREED)
    settling = Settling(folder)
    settling.put(AGREED, level="No assessment", **THIRD)
    assert what(settling.take_in()) == [(REMOVED, "assessments"), (ADDED, "set_aside")]
    assert held(folder, "assessments", AGREED) == []
    assert held(folder, "set_aside", AGREED) == [AGREED | THIRD]
    (kept,) = held(folder, "assessments_history", AGREED)
    assert kept.items() >= old.items()
    assert kept["replaced_by"] == THIRD["settled_by"]
    assert settling.take_in().written == []
    # It stands in the next workbook, and can be settled there.
    later = Settling(folder)
    assert later.said(AGREED)["level"] == NO_ASSESSMENT
    assert later.said(AGREED).items() >= THIRD.items()
    assert later.take_in().written == []
    texts = {name: old[name] for name in ("level", "observed_on", "read_on", "rationale")}
    later.put(AGREED, evidence_1="V01", confidence="low", **texts)
    assert what(later.take_in()) == [(ADDED, "assessments"), (REMOVED, "set_aside")]
    assert held(folder, "set_aside", AGREED) == []


@pytest.mark.parametrize("settled", [True, False])
def test_a_row_that_was_deleted_is_said_and_changes_nothing(folder, settled):
    if not settled:
        drop_rows(folder, "assessments", **DIFFERS)
    settling = Settling(folder, "library-one", "library-two")
    if settled:
        assert settling.take_in().notes == []
    before = tables(folder)
    settling.form.sheet.delete_rows(settling.at(DIFFERS))
    intake = settling.take_in()
    cell = f"{DIFFERS['unit_id']}/{DIFFERS['criterion_id']}"
    (note,) = intake.notes
    assert note.endswith(f"did not come back. Nothing follows from that: {cell}.")
    assert what(intake) == []
    assert tables(folder) == before


def test_an_assessment_that_is_emptied_is_refused(folder):
    settling = Settling(folder)
    row = settling.put(AGREED, level="")
    rule = "an assessment that stood is emptied here"
    assert settling.refused() == {settling.form.cell(row, "level"): rule}


def test_a_cell_is_not_both_assessed_and_left_out(folder):
    settling = Settling(folder)
    spare = settling.form.put(settling.form.spare(), level=NO_ASSESSMENT, **AGREED, **THIRD)
    rule = f"the cell has an assessment in another row, and “{NO_ASSESSMENT}” here"
    assert settling.refused() == {settling.form.cell(spare, "level"): rule}


# --- further dates, and replies -----------------------------------------------------------------


def _second(settling: Settling, **texts: str) -> int:
    usual = {"level": "points_4", "read_on": "2022-07-01", "confidence": "high", "rationale": "-"}
    row = settling.form.spare()
    return settling.form.put(row, evidence_1="V01", **(usual | THIRD | AGREED | texts))


def test_a_second_date_goes_into_a_row_of_its_own(folder):
    settling = Settling(folder)
    _second(settling, observed_on="2022-03")
    assert what(settling.take_in()) == [(ADDED, "assessments")]
    dates = [(one["observed_on"], one["level"]) for one in held(folder, "assessments", AGREED)]
    assert dates == [("2021", "points_2"), ("2022-03", "points_4")]


def test_two_assessments_of_one_date_are_refused(folder):
    settling = Settling(folder)
    row = _second(settling, observed_on="2021")
    rule = "another row gives this cell another assessment of the same date"
    assert settling.refused() == {settling.form.cell(row, "level"): rule}


@pytest.mark.parametrize("decision", ["open", "declined", "accepted", "partly"])
def test_an_assessment_follows_from_a_reply_that_was_accepted(folder, decision):
    reply = find_row(folder, "replies", reply_id="Y1")
    edit_cell(folder, "replies", reply, "decision", decision)
    edit_cell(folder, "replies", reply, "reason", "The document shows it.")
    settling = Settling(folder)
    row = settling.put(AGREED, level="points_4", settled_by="Y1", settled_why="As it replied.")
    if decision in ("open", "declined"):
        rule = "the reply Y1 is about another cell, or was not accepted"
        assert settling.refused() == {settling.form.cell(row, "settled_by"): rule}
        return
    settling.take_in()
    assert held(folder, "assessments", AGREED)[0]["settled_by"] == "Y1"
    assert held(folder, "assessments_history", AGREED)[0]["replaced_by"] == "Y1"


def test_a_reply_settles_no_other_cell(folder):
    reply = find_row(folder, "replies", reply_id="Y1")
    edit_cell(folder, "replies", reply, "decision", "accepted")
    edit_cell(folder, "replies", reply, "reason", "The document shows it.")
    settling = Settling(folder)
    evening = AGREED | {"criterion_id": "holiday"}
    row = settling.put(evening, level="points_4", settled_by="Y1", settled_why="As it replied.")
    assert list(settling.refused()) == [settling.form.cell(row, "settled_by")]


def test_a_dry_run_says_all_that_changes_and_that_a_reason_will_be_asked_for(folder):
    settling = Settling(folder)
    settling.put(AGREED, confidence="low")
    path = settling.filled.save(folder.parent / "returned.xlsx")
    came = take_in(path, folder, dry_run=True, on=DAY)
    (changed,) = [one for one in came.changes if one.what == CHANGED]
    assert changed.summary.endswith("; also: confidence")
    assert [note for note in came.notes if "give the reason with --reason" in note]
    # Given, nobody asks.
    came = take_in(path, folder, "a slip", dry_run=True, on=DAY)
    assert not [note for note in came.notes if "--reason" in note]
