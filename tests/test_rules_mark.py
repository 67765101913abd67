"""Codings keep the mark of the rules under which they were made, and it is said where these moved on."""

import shutil
import zipfile
from pathlib import Path

import pytest
from filled import Filled, FilledForm
from helpers import cell, edit_cell, find_row, read_rows, run
from made import LIBRARY, library, replaced

from analysis.fieldwork.adjudication import adjudication_workbook
from analysis.fieldwork.cell_records import CellRecord, cell_records
from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.intake import take_in
from analysis.fieldwork.reply_form import findings
from analysis.measure.results import Results, measure
from analysis.publish.briefings import _common_context, _environment, _unit_contexts
from analysis.publish.context.units import unit_cells, unit_sections
from analysis.publish.workbook import _sheets
from analysis.study import load, states
from analysis.study import vocabulary as v
from analysis.study.codebook import (
    EARLIER_RULES,
    OLDER_LEVEL,
    assessed_under_earlier_rules,
    cells_under_earlier_rules,
    codebook_marks,
    under_earlier_rules,
)
from analysis.study.load import validate
from analysis.study.warnings import problems_and_warnings

UNIT, CRITERION, CODER = "library-one", "evening", "coder-a"
RULE = {"criterion_id": CRITERION, "level": "points_4"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(LIBRARY, tmp_path / "study")


def rewrite_rule(folder: Path) -> None:
    edit_cell(folder, "rules", find_row(folder, "rules", **RULE), "rule", "It is open to nine.")


def mark_all(folder: Path, mark: str) -> None:
    """Give every coding of the criterion a mark."""
    for number, row in enumerate(read_rows(folder, "codings")[1:], start=2):
        if row[1] == CRITERION:
            edit_cell(folder, "codings", number, "rules_mark", mark)


# --- the mark --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "key", "column", "changes"),
    [
        ("rules", RULE, "rule", True),
        ("criteria", {"criterion_id": CRITERION}, "question", True),
        ("levels", {"level": "points_4"}, "value", False),
        ("criteria", {"criterion_id": CRITERION}, "weight", False),
        ("criteria", {"criterion_id": CRITERION}, "label", False),
        ("rules", {"criterion_id": "weekend", "level": "points_4"}, "rule", False),
    ],
)
def test_a_mark_changes_with_the_question_and_the_rules_of_its_criterion(
    table, key, column, changes, folder
):
    edit_cell(folder, table, find_row(folder, table, **key), column, "0.9")
    old, new = codebook_marks(library().tables), codebook_marks(load(folder).tables)
    assert (old[CRITERION] != new[CRITERION]) is changes
    assert len(set(old.values())) == len(old)


def row_of(form: FilledForm) -> int:
    """Return the row of the coder's coding of May 2021."""
    texts = {row: form.texts(row) for row in form.rows()}
    return next(
        row
        for row, one in texts.items()
        if one["row"].startswith(f"{UNIT}/{CRITERION}/") and one.get("observed_on") == "2021-05-20"
    )


# --- intake ----------------------------------------------------------------------------------------


def test_intake_writes_the_mark_on_codings_that_it_adds_or_changes(folder):
    marks = codebook_marks(library().tables)
    filled = Filled(coding_workbook(load(folder), CODER))
    form = filled.form("coding")
    changed = row_of(form)
    form.put(changed, rationale="Read again.", observed_on="2021-05-21")
    new = next(row for row in form.rows() if form.texts(row)["row"].endswith("/new"))
    _, criterion, _ = form.texts(new)["row"].split("/")
    form.put(
        new,
        level="not_assessed",
        observed_on="2021",
        read_on="2022-07-01",
        confidence="low",
        rationale="Not looked at yet.",
    )
    take_in(filled.save(folder.parent / "returned.xlsx"), folder, "Read again.")
    for key, mark in (
        ({"rationale": "Read again."}, marks[CRITERION]),
        ({"rationale": "Not looked at yet."}, marks[criterion]),
    ):
        row = find_row(folder, "codings", coder=CODER, **key)
        assert cell(folder, "codings", row, "rules_mark") == mark
    marked = [row for row in read_rows(folder, "codings")[1:] if row[-1]]
    assert len(marked) == 2


def test_the_history_keeps_the_mark_of_the_old_row(folder):
    mark_all(folder, "0123456789")
    filled = Filled(coding_workbook(load(folder), CODER))
    form = filled.form("coding")
    row = row_of(form)
    form.put(row, rationale="Read again.")
    take_in(filled.save(folder.parent / "returned.xlsx"), folder, "Read again.")
    past = find_row(folder, "codings_history", unit_id=UNIT, criterion_id=CRITERION)
    assert cell(folder, "codings_history", past, "rules_mark") == "0123456789"
    now = find_row(folder, "codings", unit_id=UNIT, rationale="Read again.")
    assert cell(folder, "codings", now, "rules_mark") == codebook_marks(library().tables)[CRITERION]


# --- what is said of older rows ------------------------------------------------------------------


@pytest.fixture
def older(folder) -> Path:
    """A study in which the rule of one level was rewritten after its criterion was coded."""
    mark_all(folder, codebook_marks(library().tables)[CRITERION])
    assert not under_earlier_rules(load(folder).tables).any()
    assert not [one for one in problems_and_warnings(folder) if one.column == "rules_mark"]
    rewrite_rule(folder)
    return folder


def test_validate_warns_of_each_coding_that_is_older_than_its_rule(older):
    assert validate(older) == []
    warned = [one for one in problems_and_warnings(older) if one.column == "rules_mark"]
    wanted = [
        n for n, row in enumerate(read_rows(older, "codings"), start=1) if row[1] == CRITERION
    ]
    assert [one.row for one in warned] == wanted
    assert {(one.file, one.rule, one.severity) for one in warned} == {
        ("codings.csv", EARLIER_RULES, "warning")
    }
    assert all(one.remedy for one in warned)


def test_a_coding_without_a_mark_is_said_nothing_of(folder):
    rewrite_rule(folder)
    assert not under_earlier_rules(load(folder).tables).any()
    assert not [one for one in problems_and_warnings(folder) if one.column == "rules_mark"]
    assert EARLIER_RULES not in str(findings(load(folder), UNIT))


def records_of(folder: Path) -> list[CellRecord]:
    study = load(folder)
    return cell_records(study, states(study))


def results_of(folder: Path) -> Results:
    return measure(load(folder))


def test_the_report_says_it_beside_the_level(older):
    cells = unit_cells(results_of(older))
    marked = {one.key for held in cells.values() for one in held if one.earlier_rules}
    study = load(older)
    coded = set(study["codings"].query("criterion_id == @CRITERION")["unit_id"])
    assessed = set(study["assessments"].query("criterion_id == @CRITERION")["unit_id"])
    assert marked == {(one, CRITERION) for one in coded & assessed}
    assert marked


def test_the_site_says_which_coding_it_is(older):
    row = find_row(older, "codings", unit_id=UNIT, criterion_id=CRITERION, observed_on="2020-10")
    edit_cell(older, "codings", row, "rules_mark", "")
    codings = {cell.key: cell.codings for cell in records_of(older)}
    said = {
        (one["coder"], one["observed_on"]): one["earlier_rules"] for one in codings[UNIT, CRITERION]
    }
    assert said.pop((CODER, "2020-10")) is False
    assert said and all(said.values())
    assert not any(one["earlier_rules"] for one in codings[UNIT, "weekend"])


def test_it_is_said_of_the_same_codings_where_a_unit_no_longer_exists(older):
    study = load(older)
    units, codings = (
        study["units"].copy(),
        study["codings"].assign(older=under_earlier_rules(study.tables)),
    )
    gone = codings["unit_id"].iloc[0]
    units.loc[units["unit_id"] == gone, "exists_until"] = "2022-01-01"
    study = replaced(study, units=units)
    matrix = states(study)
    said = [one for cell in cell_records(study.at(matrix.as_of), matrix) for one in cell.codings]
    expected = codings.query("unit_id != @gone")
    assert {
        (one["unit_id"], one["coder"], one["criterion_id"], one["earlier_rules"]) for one in said
    } == {(one.unit_id, one.coder, one.criterion_id, one.older) for one in expected.itertuples()}
    assert len(said) == len(expected) and expected["older"].any()


def test_the_reply_form_and_the_settling_workbook_say_it_beside_the_rule(older):
    study = load(older)
    rules = {one["criterion_id"]: one["rule"] for one in findings(study, UNIT)}
    said = EARLIER_RULES[0].upper() + EARLIER_RULES[1:]
    assert [name for name, rule in rules.items() if said in rule] == [CRITERION]
    assert rules[CRITERION].startswith("It is open to nine.")
    settling = Filled(adjudication_workbook(study, [UNIT])).form("settling")
    told = {
        settling.texts(row)["row"]: settling.texts(row).get("said_1", "") for row in settling.rows()
    }
    marked = {mark.split("/")[1] for mark, text in told.items() if EARLIER_RULES in text}
    assert marked == {CRITERION}


def test_agreement_lists_them(older):
    ended = run("agreement", older)
    count = len(cells_under_earlier_rules(load(older).tables))
    assert count
    rows = [row for row in read_rows(older, "codings")[1:] if row[1] == CRITERION]
    assert f"Coded under an earlier wording of the rules: {len(rows)} codings." in ended.stdout
    assert f"{UNIT}, {CRITERION}, {CODER}: points_4" in ended.stdout
    assert "earlier wording" not in run("agreement", LIBRARY).stdout


def test_the_pages_and_the_report_say_it(older, tmp_path):
    out = tmp_path / "out"
    ended = run("report", older, "--out", out)
    assert ended.returncode == 0, ended.stderr
    pages = {path: path.read_text(encoding="utf-8") for path in out.rglob("*.html")}
    page = next(text for path, text in pages.items() if path.name == f"{UNIT}.html")
    assert "This was coded under an earlier wording of the rules." in page
    assert "(Coded under an earlier wording of the rules.)" in page
    report = next(text for path, text in pages.items() if path.name == "report.html")
    assert "; coded under an earlier wording of the rules" in report
    with zipfile.ZipFile(out / "report.docx") as parts:
        assert b"coded under an earlier wording of the rules" in parts.read("word/document.xml")


def test_briefings_and_the_workbook_say_it_of_the_level(older):
    results = measure(load(older))
    matrix = next(one for one in _sheets(results) if one.tab == "Matrix").table
    said = matrix[matrix.iloc[:, 0].notna()].astype(str).agg(" ".join, axis=1)
    count = sum(cell.earlier_rules for unit in unit_sections(results) for cell in unit["cells"])
    assert count and said.str.contains(OLDER_LEVEL, regex=False).sum() == count
    page = _environment(results).get_template("briefing.html.j2")
    form = {"part": "known", "letters": 900, "rows": 30, "by_name": True}
    pages = [
        page.render(**_common_context(results), **told, **form)
        for _, told in _unit_contexts(results)
    ]
    assert sum(one.count(OLDER_LEVEL) for one in pages) == count


def test_a_level_that_rests_on_no_coding_is_not_older_than_its_rule(older):
    before = assessed_under_earlier_rules(load(older).tables)
    assert before
    for number, row in enumerate(read_rows(older, "assessments")[1:], start=2):
        if row[1] == CRITERION:
            edit_cell(older, "assessments", number, "settled_by", v.IMPORTED)
            edit_cell(older, "assessments", number, "settled_why", "The table says so.")
    assert assessed_under_earlier_rules(load(older).tables) == set()
