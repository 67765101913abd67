"""What a workbook says, the study holds: out and in again changes nothing, and loses nothing."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest
from filled import Filled, FilledForm
from helpers import DESCRIPTOR, contents, edit_descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import LIBRARY, REAL, replaced, tries
from made_fieldwork import CODERS, DATED, UNITS, studies, tidy

from analysis.fieldwork.adjudication import NO_ASSESSMENT, adjudication_workbook
from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.intake import propose, take_in
from analysis.fieldwork.reply_form import reply_form
from analysis.study import Study, coders, load
from analysis.study.codebook import codebook_marks

FEW = settings(
    tries(12),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
DAY = dt.date(2022, 10, 1)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workbooks") / "returned.xlsx"


def changed(study: Study, path: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that a workbook changes, after seeing that nothing is wrong with it."""
    proposal = propose(study, path, "", DAY)
    files = proposal.files()
    assert not proposal.workbook.problems, proposal.workbook.problems[0]
    assert not proposal.workbook.fully_listed, proposal.workbook.sentences()
    drafts = {draft.table.path: draft for draft in proposal.drafts.values()}
    return {drafts[name].table.name: drafts[name].finish()[0] for name in files}


# --- out and in again ------------------------------------------------------------------------


@FEW
@given(study=studies(in_order=False), data=st.data())
def test_a_coding_workbook_that_comes_back_as_it_was_changes_nothing(study, data, path):
    names = [*coders(study), data.draw(st.sampled_from(CODERS))]
    name = data.draw(st.sampled_from(names))
    path.write_bytes(coding_workbook(study, name, only_unknown=data.draw(st.booleans())))
    assert changed(study, path) == {}


@FEW
@given(study=studies(complete=True, in_order=False))
def test_a_settling_workbook_that_comes_back_as_it_was_changes_nothing(study, path):
    path.write_bytes(adjudication_workbook(study))
    assert changed(study, path) == {}


@FEW
@given(study=studies(in_order=False), unit=st.sampled_from(UNITS))
def test_a_reply_form_that_comes_back_as_it_was_changes_nothing(study, unit, path):
    path.write_bytes(reply_form(study, unit))
    assert changed(study, path) == {}


@pytest.mark.parametrize(
    "source",
    [pytest.param(REAL, id="real", marks=pytest.mark.slow), pytest.param(LIBRARY, id="library")],
)
def test_no_table_of_a_study_changes_by_a_byte(source, tmp_path, path):
    folder = shutil.copytree(source, tmp_path / "study")
    before, study = contents(folder), load(folder)
    workbooks = [coding_workbook(study, name) for name in coders(study)]
    workbooks += [reply_form(study, unit) for unit in study["units"]["unit_id"][:12]]
    if source == REAL:
        workbooks.append(adjudication_workbook(study))
    for content in workbooks:
        path.write_bytes(content)
        assert take_in(path, folder).written == []
    after = contents(folder)
    after.pop(".journal.lock")
    assert after == before


@pytest.mark.parametrize("name", ["_x000D_", "=1+1", "@me", "100", "2021-12", "Zoë O’Neil"])
def test_a_coder_of_any_name_is_known_again(name, path):
    study = load(LIBRARY)
    codings = study["codings"]
    study = replaced(study, codings=codings.assign(coder=codings["coder"].replace("coder-a", name)))
    path.write_bytes(coding_workbook(study, name))
    assert changed(study, path) == {}


# --- taken out, and entered again ------------------------------------------------------------


@FEW
@given(study=studies(), data=st.data())
def test_codings_that_are_entered_again_give_back_the_study(study, data, path):
    codings = study["codings"]
    name = data.draw(st.sampled_from([*coders(study)] or ["coder-1"]))
    own = list(codings.index[codings["coder"] == name])
    gone = data.draw(st.lists(st.sampled_from(own), unique=True)) if own else []
    if len(gone) == len(own) and name != tidy(" ".join(name.split())):
        gone = gone[1:]  # a coder who is not held yet is entered under a tidy name
    rest = replaced(study, codings=codings.drop(index=gone).reset_index(drop=True))
    filled = Filled(coding_workbook(rest, name))
    form = filled.form("coding")
    for place in data.draw(st.permutations(gone)):
        enter(form, study, codings.loc[place].to_dict())
    filled.save(path)
    expected = codings.copy()
    expected.loc[gone, "rationale"] = expected.loc[gone, "rationale"].map(tidy)
    marks = codebook_marks(study.tables)
    expected.loc[gone, "rules_mark"] = expected.loc[gone, "criterion_id"].map(marks)
    held = changed(rest, path).get("codings", rest["codings"])
    assert rows(held) == rows(expected)


@FEW
@given(study=studies(complete=True))
def test_assessments_that_are_entered_again_give_back_the_study(study, path):
    settled_again(study, path)


def test_assessments_of_the_real_study_are_given_back_to_the_byte(tmp_path, path):
    folder = shutil.copytree(REAL, tmp_path / "study")
    edit_descriptor(folder, _let_assessments_be_empty)
    study = load(folder)
    for table in ("assessments", "set_aside"):
        header = (folder / f"{table}.csv").read_text("utf-8").splitlines()[0]
        (folder / f"{table}.csv").write_text(header + "\n", "utf-8")
    filled_again(study, load(folder), path)
    take_in(path, folder)
    whole, before = contents(folder), contents(REAL)
    for held in (whole, before):
        held.pop(".journal.lock", None)
        held.pop(DESCRIPTOR)
    assert whole == before
    # A third reading is among them.
    assert set(study["assessments"]["settled_by"]) > {"agreement"}


def _let_assessments_be_empty(descriptor: dict) -> None:
    (table,) = (one for one in descriptor["resources"] if one["name"] == "assessments")
    table["minimumRows"] = 0


def settled_again(study: Study, path: Path) -> None:
    empty = replaced(study, **{one: study[one].iloc[:0] for one in ("assessments", "set_aside")})
    filled_again(study, empty, path)
    held = changed(empty, path)
    for table in ("assessments", "set_aside"):
        expected = study[table].copy()
        for column in {"rationale", "settled_by", "settled_why"} & set(expected.columns):
            expected[column] = expected[column].map(tidy)
        assert rows(held.get(table, empty[table])) == rows(expected)


def filled_again(study: Study, empty: Study, path: Path) -> None:
    """Enter a study's assessments, and what it sets aside, into the workbook of an emptied one."""
    filled = Filled(adjudication_workbook(empty))
    form = filled.form("settling")
    clear_rows(form)
    for row in study["assessments"].to_dict("records"):
        enter(form, study, row)
    for row in study["set_aside"].to_dict("records"):
        enter(form, study, row | {"level": NO_ASSESSMENT})
    filled.save(path)


ASKED = (*DATED, "read_on", "level", "confidence", "rationale", "settled_by", "settled_why")


def clear_rows(form: FilledForm) -> None:
    """Empty what was filled in: nothing of it may help."""
    for row in form.rows():
        names = [*(name for name in ASKED if name in form.columns), *form.columns_of("evidence")]
        form.put(row, **dict.fromkeys(names, ""))


def enter(form: FilledForm, study: Study, row: dict[str, str]) -> None:
    """Enter a row where its cell stands and is empty, or else in an empty row at the end."""
    own = (at for at in form.rows() if _is_open(form.texts(at), row))
    at = next(own, None) or form.spare()
    if at == form.spare():
        names, labels = study.lookup("units", "name"), study.lookup("criteria", "label")
        cell = {"unit_id": names[row["unit_id"]], "criterion_id": labels[row["criterion_id"]]}
        form.put(at, **cell)
    form.put(at, **{name: row[name] for name in ASKED if name in form.columns and name in row})
    form.put(at, **form.evidence(row.get("evidence_ids", "")))


def _is_open(texts: dict[str, str], row: dict[str, str]) -> bool:
    cell = f"{row['unit_id']}/{row['criterion_id']}/"
    return texts.get("row", "").startswith(cell) and "level" not in texts


def rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    return frame.to_dict("records")
