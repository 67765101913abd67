"""A coder has read what she was given, and no more: known answers, and the record of it."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest
from filled import Filled
from helpers import contents
from made import LIBRARY, library, replaced

from analysis.fieldwork.adjudication import adjudication_workbook
from analysis.fieldwork.agreement import ALL, CODES, agreement, confusion, disagreements
from analysis.fieldwork.coded_cells import NO_ROW, cells_read, coded_states, disputed
from analysis.fieldwork.coding_workbook import CellSelection, assign, coding_workbook, give_workbook
from analysis.fieldwork.intake import take_in
from analysis.measure.score_basis import scores_by_reading
from analysis.study import StudyError, journal, load, validate
from analysis.study.warnings import warnings

DAY = dt.date(2022, 10, 1)
UNITS = [f"library-{name}" for name in ("one", "two", "three", "four", "five", "six")]
ASKED = ["weekend", "holiday"]


def coded(*rows: tuple, given: tuple = (), by_agreement: tuple = ()):
    """Return a study with these codings: coder, unit, criterion, level, and a batch or none."""
    study = library()
    usual = {"observed_on": "2022-01-01", "read_on": "2022-07-01", "evidence_ids": "V01"}
    usual |= {"confidence": "high", "rationale": "-"}
    names = ("coder", "unit_id", "criterion_id", "level", "batch")
    codings = [usual | dict(zip(names, one, strict=False)) for one in rows]
    names = ("coder", "unit_id", "criterion_ids", "batch")
    assignments = [dict(zip(names, one, strict=True)) | {"given_on": "2022-06-01"} for one in given]
    names = ("unit_id", "criterion_id", "level")
    settled = [
        usual | dict(zip(names, one, strict=True)) | {"settled_by": "agreement"}
        for one in by_agreement
    ]
    tables = {"codings": codings, "assignments": assignments, "assessments": settled}
    tables |= {"codings_history": []}
    return replaced(
        study,
        **{
            name: pd.DataFrame(held, columns=study[name].columns, dtype=object).fillna("")
            for name, held in tables.items()
        },
    )


def in_turn():
    """Three coders, each unit read by two of them, who agree on every cell of it."""
    pairs = (("A", "B"), ("B", "C"), ("A", "C")) * 2
    return coded(
        *(
            (coder, unit, criterion, f"points_{number % 3}")
            for number, (unit, pair) in enumerate(zip(UNITS, pairs, strict=True))
            for coder in pair
            for criterion in ASKED
        )
    )


def of_all(study, **how):
    (found,) = (one for one in agreement(study, names=[ALL], **how) if one.measure == CODES)
    return found.same, found.cells


def test_a_unit_that_was_not_given_to_a_coder_counts_for_the_others_alone():
    study = in_turn()
    assert of_all(study) == (12, 12)
    assert disagreements(study).empty
    assert NO_ROW not in confusion(study).index
    table = scores_by_reading(study, DAY, DAY)
    readers = table.groupby("unit_id")["reading"].agg(list)
    # No cell is settled, so the study's own reading stands beside those of the two coders.
    assert readers["library-one"] == ["A", "B", "settled"]
    assert readers["library-three"] == ["A", "C", "settled"]


def test_a_row_missing_in_a_unit_that_was_read_is_a_difference():
    study = coded(
        ("A", "library-one", "weekend", "points_1"),
        ("A", "library-one", "holiday", "points_1"),
        ("B", "library-one", "weekend", "points_1"),
    )
    assert of_all(study) == (1, 2)
    assert list(disagreements(study)["state"]) == ["points_1", NO_ROW]


def test_what_was_given_counts_though_nothing_was_put_down():
    rows = [(coder, "library-one", "weekend", "points_1", "b1") for coder in "AB"]
    rows.append(("A", "library-two", "weekend", "points_1", "b1"))
    assert of_all(coded(*rows)) == (1, 1)
    given = [(coder, unit, "weekend", "b1") for coder in "AB" for unit in UNITS[:2]]
    assert of_all(coded(*rows, given=given)) == (1, 2)


def test_what_is_still_out_counts_for_nothing():
    rows = [(coder, "library-one", "weekend", "points_1", "b1") for coder in "AB"]
    rows.append(("A", "library-two", "weekend", "points_1", "b2"))
    given = [("B", "library-two", "weekend", "b2")]
    assert of_all(coded(*rows, given=given)) == (1, 1)


def test_a_criterion_asked_in_another_batch_was_not_read():
    rows = [(coder, "library-one", "weekend", "points_1") for coder in "AB"]
    rows.append(("A", "library-one", "holiday", "points_1", "second"))
    assert of_all(coded(*rows)) == (1, 1)
    # An assignment that names no criterion is of all of them.
    given = [("B", "library-one", "", "second")]
    rows.append(("B", "library-two", "holiday", "points_1", "second"))
    assert of_all(coded(*rows, given=given)) == (1, 2)


def test_a_cell_coded_beyond_what_was_given_was_read():
    given = [("A", "library-one", "weekend", "b1")]
    study = coded(
        ("A", "library-one", "weekend", "points_1", "b1"),
        ("A", "library-two", "weekend", "points_1", "b1"),
        given=given,
    )
    cells = {("library-one", "weekend"), ("library-two", "weekend")}
    assert cells_read(study) == {"A": cells}


def test_what_was_read_later_had_not_been_read():
    study = coded(
        ("A", "library-one", "weekend", "points_1", "b1"),
        ("B", "library-one", "weekend", "points_1", "b1"),
        ("A", "library-two", "weekend", "points_1", "b1"),
        ("B", "library-two", "weekend", "points_1", "b1"),
        given=[(coder, unit, "weekend", "b1") for coder in "AB" for unit in UNITS[:2]],
    )
    study["codings"].loc[3, "read_on"] = "2022-09-01"
    assert of_all(study, as_of=dt.date(2022, 8, 1)) == (1, 1)
    assert of_all(study, as_of=dt.date(2022, 9, 1)) == (2, 2)


def test_two_do_not_agree_where_a_third_was_given_the_cell_and_put_nothing_down():
    rows = [(coder, "library-one", "weekend", "points_1", "b1") for coder in "AB"]
    rows.append(("C", "library-one", "holiday", "points_1", "b1"))
    given = [("C", "library-one", "weekend;holiday", "b1")]
    settled = [("library-one", "weekend", "points_1")]
    study = coded(*rows, given=given, by_agreement=settled)
    assert of_all(study)[0] == 0
    assert disputed(study) == {0}
    assert disputed(coded(*rows[:2], by_agreement=settled)) == set()
    form = Filled(adjudication_workbook(study, ["library-one"])).form("settling")
    said = form.texts(form.find("library-one/weekend/"))
    assert (said["compared"], said["said_3"]) == ("differ", NO_ROW)


def test_one_coder_and_a_cell_that_another_left_empty_differ():
    rows = [("A", "library-one", "weekend", "points_1", "b1")]
    rows.append(("B", "library-one", "holiday", "points_1", "b2"))
    study = coded(*rows, given=[("B", "library-one", "weekend;holiday", "b2")])
    assert "library-one" in set(disagreements(study)["unit_id"])
    form = Filled(adjudication_workbook(study, ["library-one"])).form("settling")
    said = form.texts(form.find("library-one/weekend/"))
    assert (said["compared"], said["said_2"]) == ("differ", NO_ROW)


def test_a_batch_coded_under_another_name_is_to_be_looked_at():
    rows = [("Ada B", "library-one", one, "points_1", "b1") for one in ASKED]
    rows.append(("Bo", "library-one", "weekend", "points_1", "b2"))
    given = [("Ada", "library-one", "", "b1"), ("Bo", "library-one", "", "b2")]
    found = [one for one in warnings(coded(*rows, given=given)) if one.column == "coder"]
    assert [(one.file, one.row, one.value) for one in found] == [("codings.csv", 2, "Ada B")]
    assert "the batch b1 was given to Ada, not to this coder" in found[0].rule


def test_the_units_and_criteria_of_a_workbook_make_a_batch():
    study = library()
    batch, rows = assign(study, "Ada", CellSelection(UNITS[:2], False), DAY)
    every = ";".join(study["criteria"]["criterion_id"])
    assert batch == "2022-10-01-1"
    assert rows.to_numpy().tolist() == [
        ["Ada", unit, every, batch, "2022-10-01", "", ""] for unit in UNITS[:2]
    ]
    held = replaced(study, assignments=rows)
    again, more = assign(held, "Ada", CellSelection(UNITS[1::-1], False), DAY)
    assert (again, len(more)) == (batch, 0)
    for coder, units, day, name in (
        ("Ada", UNITS[:1], DAY, "2022-10-01-2"),
        ("Bo", UNITS[:2], DAY, "2022-10-01-2"),
        ("Ada", UNITS[:2], dt.date(2022, 10, 2), "2022-10-02-1"),
    ):
        assert assign(held, coder, CellSelection(units, False), day)[0] == name


def test_cells_that_are_left_out_were_not_given():
    _, rows = assign(library(), "coder-a", CellSelection(UNITS[:2], True), DAY)
    # Every cell of the first library has a level of this coder; of the second, some have.
    (row,) = rows.to_dict("records")
    assert row["unit_id"] == "library-two"
    given = set(row["criterion_ids"].split(";"))
    assert {"evening", "holiday"}.isdisjoint(given) and {"step-free", "lighting"} <= given


def test_criteria_beyond_what_a_cell_holds_go_into_a_second_row(monkeypatch):
    monkeypatch.setattr("analysis.fieldwork.coding_workbook._CRITERIA_OF_A_ROW", 5)
    _, rows = assign(library(), "Ada", CellSelection(["library-one"], False), DAY)
    parts = [set(text.split(";")) for text in rows["criterion_ids"]]
    assert len(parts) > 1 and max(map(len, parts)) == 5
    assert set.union(*parts) == set(library()["criteria"]["criterion_id"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(LIBRARY, tmp_path / "study")


def give(folder: Path, coder: str, out: Path, **how) -> list[str]:
    with journal.changing(folder):
        return give_workbook(load(folder), coder, out, CellSelection(**how), on=DAY)


def test_a_workbook_is_recorded_and_brings_its_batch_back(folder, tmp_path):
    out = tmp_path / "ada.xlsx"
    assert give(folder, "Ada", out, units=["library-one"]) == ["assignments.csv"]
    assert give(folder, "Ada", tmp_path / "again.xlsx", units=["library-one"]) == []
    assert len(load(folder)["assignments"]) == 1
    filled = Filled(out.read_bytes())
    form = filled.form("coding")
    texts = {"level": "points_1", "read_on": "2022-09-01", "observed_on": "2022"}
    texts |= {"confidence": "low", "evidence_1": "V01", "rationale": "It says so."}
    form.put(form.find("library-one/weekend/"), **texts)
    take_in(filled.save(tmp_path / "back.xlsx"), folder, on=DAY)
    study = load(folder)
    (row,) = study["codings"][study["codings"]["coder"] == "Ada"].to_dict("records")
    assert row["batch"] == study["assignments"]["batch"].iloc[0] == "2022-10-01-1"
    # She was given all criteria of that unit, and of no other.
    assert {unit for unit, _ in cells_read(study)["Ada"]} == {"library-one"}
    assert ("library-one", "evening") in cells_read(study)["Ada"]


def test_nothing_is_recorded_where_no_workbook_is_written(folder, tmp_path):
    before = contents(folder)
    (tmp_path / "there.xlsx").write_bytes(b"work")
    with pytest.raises(StudyError):
        give(folder, "Ada", tmp_path / "there.xlsx")
    assert contents(folder).items() >= before.items()


def test_no_workbook_is_written_where_nothing_can_be_recorded(folder, tmp_path, monkeypatch):
    def full(*arguments) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "commit", full)
    with pytest.raises(OSError, match="No space"):
        give(folder, "Ada", tmp_path / "ada.xlsx")
    assert not list(tmp_path.glob("*.xlsx")) and not list(tmp_path.glob(".workbook*"))


def test_an_assignment_of_a_criterion_that_is_not_there_is_refused(folder):
    with (folder / "assignments.csv").open("a", encoding="utf-8") as file:
        file.write("Ada,library-one,weekend;nothing,,2022-02-30,2022-02-31,\n")
    rules = {one.column: one.rule for one in validate(folder)}
    assert rules == {
        "criterion_ids": "it names a criterion_id that is not in criteria.csv",
        "given_on": "the date does not exist",
        "returned_on": "the date does not exist",
    }


def test_a_workbook_without_a_batch_still_comes_back():
    assert "Batch" not in Filled(coding_workbook(library(), "Ada", ["library-one"])).said()


@pytest.mark.parametrize("searched", [False, True])
def test_a_batch_that_comes_back_with_nothing_found_was_read(folder, tmp_path, searched):
    out = tmp_path / "cy.xlsx"
    give(folder, "Cy", out, units=["library-one"])
    assert "Cy" not in cells_read(load(folder))
    filled = Filled(out.read_bytes())
    if searched:
        form = filled.form("searches")
        texts = {"unit_id": "Made-up Library One", "searched_on": "2022-09-01", "where": "its site"}
        form.put(
            form.spare(),
            **texts,
            queries="opening hours",
            criterion_ids="Weekend hours",
        )
    back = filled.save(tmp_path / "back.xlsx")
    intake = take_in(back, folder, on=DAY)
    assert "assignments.csv" in intake.written
    assert any(
        "Batch 2022-10-01-1 of Cy came back: 10 of 10 cells given count as read" in one
        for one in intake.notes
    ), intake.notes
    study = load(folder)
    assert list(study["assignments"]["returned_on"]) == ["2022-10-01"]
    given = {("library-one", one) for one in study["criteria"]["criterion_id"]}
    assert cells_read(study)["Cy"] == cells_read(study, DAY)["Cy"] == given
    table = coded_states(study)
    of_one = table["unit_id"] == "library-one"
    assert set(table.loc[of_one, "Cy"]) == {NO_ROW}
    assert table.loc[~of_one, "Cy"].isna().all()
    assert set(scores_by_reading(study, DAY, DAY).query("reading == 'Cy'")["unit_id"]) <= {
        "library-one"
    }
    # Before it came back it had not been read, and once more it changes nothing.
    assert cells_read(study, dt.date(2022, 1, 1)).get("Cy", set()) == set()
    assert take_in(back, folder, on=dt.date(2022, 12, 1)).written == []


def test_an_empty_workbook_of_no_batch_counts_for_nothing_and_says_so(folder, tmp_path):
    filled = Filled(coding_workbook(load(folder), "Cy", ["library-one"]))
    intake = take_in(filled.save(tmp_path / "back.xlsx"), folder, on=DAY)
    assert any("nothing counts as read" in one for one in intake.notes)
    assert "Cy" not in cells_read(load(folder))


def test_a_coder_has_no_score_on_a_unit_that_she_was_not_given():
    study = coded(
        ("A", "library-one", "weekend", "points_1", "b1"),
        ("B", "library-two", "weekend", "points_1", "b2"),
        given=[("A", "library-one", "weekend", "b1"), ("B", "library-two", "weekend", "b2")],
    )
    readers = scores_by_reading(study, DAY, DAY).groupby("unit_id")["reading"].agg(list)
    assert readers["library-one"] == ["A", "settled"]
    assert readers["library-two"] == ["B", "settled"]
    # Nobody was given the others, and nobody has a row in them.
    assert readers["library-three"] == ["settled"]
