"""What validation says: each kind of problem first, slots filled, numbers exact, forms in words."""

import io
import posixpath
import re
import shutil
from fractions import Fraction
from html import escape, unescape
from pathlib import Path

import pytest
from docx import Document
from helpers import append_row, cell, edit_cell, edit_descriptor, read_rows, write_rows
from made import LIBRARY, library, replaced
from made_towns import towns

from analysis.cli import main
from analysis.fieldwork.agreement import level_order
from analysis.measure.exact import scale_values
from analysis.measure.figures import named_figures, sensitivity_figures
from analysis.measure.national import national, states_by_criterion
from analysis.measure.results import measure
from analysis.problems import Problem, shown_first
from analysis.publish.document_model import page_blocks
from analysis.publish.report import report_html
from analysis.publish.report_docx import report_docx
from analysis.publish.report_pdf import report_pdf
from analysis.publish.requests import requests
from analysis.publish.site.pages import site_files
from analysis.show.symbols import level_marks
from analysis.study import load, schema, states, validate, values
from analysis.study.descriptor import Table
from analysis.study.profile import profile
from analysis.study.read_descriptor import read_descriptor
from analysis.terminal import print_problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(LIBRARY, tmp_path / "study")


def problem(row: int, rule: str, of_kind: str = "") -> Problem:
    return Problem("made.csv", row, "name", "", rule, "-", of_kind=of_kind)


def test_each_kind_is_shown_before_one_is_repeated():
    many = [problem(row, f"row {row} is wrong", "it is wrong") for row in range(2, 300)]
    found = [*many, problem(300, "it is of another kind")]
    shown, left_out = shown_first(found, 50)
    assert shown[:2] == [found[0], found[-1]]
    assert shown[2:] == many[1:49]
    assert left_out == ["249 more in made.csv, name, such as: row 2 is wrong"]


def test_problems_of_a_workbook_are_of_one_kind_by_sheet_column_and_rule():
    found = [
        Problem("made.xlsx", None, f"Coding!{column}{row}", "", rule.format(row), "mend it")
        for row in range(2, 32)
        for column, rule in (("D", "Q{} is no level"), ("E", "it is not a date"))
    ]
    shown, left_out = shown_first(found, 20)
    assert [one.column for one in shown[:3]] == ["Coding!D2", "Coding!E2", "Coding!D3"]
    assert left_out == [
        "20 more in made.xlsx, Coding, column D, such as: Q2 is no level",
        "20 more in made.xlsx, Coding, column E, such as: it is not a date",
    ]


@pytest.mark.parametrize(("file", "hint"), [("units.csv", True), ("made.xlsx", False)])
def test_only_what_validate_tells_is_said_to_be_told_by_it(file, hint, capsys):
    print_problems([Problem(file, None, "name", "", "wrong", "-")] * 30, 20)
    said = capsys.readouterr().err
    assert ("policygap validate STUDY --format json gives all" in said) is hint
    assert "30 problems. The first 20 are shown" in said


def test_every_id_that_is_missing_is_named_and_a_blank_is_called_one(folder):
    edit_cell(folder, "assessments", 2, "evidence_ids", "V97;V98;V99")
    edit_cell(folder, "assessments", 3, "evidence_ids", "V97; V98")
    said = [one.rule for one in validate(folder) if one.column == "evidence_ids"]
    assert said[0] == "V97, V98 and V99 are not in evidence.csv"
    assert "without blanks" in said[1]
    assert said[2:] == ["V97 and V98 are not in evidence.csv"]


def test_ids_that_differ_by_capitals_alone_are_refused(folder):
    row = dict(zip(*read_rows(folder, "units")[:2], strict=True))
    append_row(folder, "units", **row | {"unit_id": row["unit_id"].upper()})
    assert [one.value for one in validate(folder) if "with other capitals" in one.rule] == [
        row["unit_id"].upper()
    ]


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (("requests", "laws"), {"name": "A law"}, "it should be a list in square brackets"),
        (("persons", "called"), "", "it is empty, and needs a text"),
        (("colour",), "red", "no setting has this name, so that it is not permitted here"),
        (("report", "date"), ..., "it is required, and is not there"),
        (("display", "decimals"), True, "it should be a whole number"),
        (("weight_box", "lowest_factor"), float("nan"), "it must be a finite number"),
        (("weight_box", "lowest_factor"), 1e-50, "it should be 0.000001 or more"),
    ],
)
def test_a_setting_is_refused_in_plain_words(folder, path, value, rule):
    def change(descriptor):
        part = descriptor["study"]
        for name in path[:-1]:
            part = part[name]
        if value is ...:
            del part[path[-1]]
        else:
            part[path[-1]] = value

    edit_descriptor(folder, change)
    (problem,) = validate(folder)
    assert (problem.column, problem.rule) == (f"study.{'.'.join(path)}", rule)
    assert "docs/data.md" in problem.remedy


def test_a_bad_setting_hides_no_fault_of_the_tables(folder):
    edit_descriptor(folder, lambda descriptor: descriptor["study"].update(colour="red"))
    edit_descriptor(folder, lambda descriptor: descriptor.update(title=""))
    edit_cell(folder, "assessments", 2, "level", "gibberish")
    edit_cell(folder, "units", 3, "unit_id", cell(folder, "units", 2, "unit_id"))
    places = {(one.file, one.column) for one in validate(folder)}
    assert places >= {
        ("datapackage.json", "study.colour"),
        ("datapackage.json", "title"),
        ("assessments.csv", "level"),
        ("units.csv", "unit_id"),
    }


def test_a_bad_description_of_a_table_says_that_the_tables_come_after(folder):
    edit_descriptor(folder, lambda descriptor: descriptor["resources"][0].pop("path"))
    (problem,) = validate(folder)
    assert "The tables are looked at after that" in problem.remedy


def test_few_problems_stand_in_the_order_of_their_rows():
    found = [problem(row, "it is wrong") for row in range(2, 12)] + [problem(12, "another")]
    assert shown_first(found, 50) == (found, [])


def test_many_rows_of_one_rule_do_not_hide_another_rule(folder, capsys):
    for number in range(250):
        append_row(
            folder, "units", unit_id=f"u{number}", name=f"U{number}", short_name=f"U{number}"
        )
    edit_cell(folder, "criteria", 2, "scale_id", "nosuch")
    assert main(["validate", str(folder)]) == 1
    lines = capsys.readouterr().err.splitlines()
    place = next(number for number, one in enumerate(lines) if "nosuch" in one)
    assert place < 20
    (rest,) = [one for one in lines if one.startswith("Not shown:") and "units.csv, unit_id" in one]
    assert "the study has no search and no evidence for it" in rest


def test_slots_of_a_rule_are_filled_where_rows_are_counted(folder, monkeypatch, reading_anew):
    monkeypatch.setattr(schema, "SHOWN_PER_RULE", 2)
    header, *rows = read_rows(folder, "assessments")
    by, why = header.index("settled_by"), header.index("settled_why")
    for number, row in enumerate(rows[:4], start=2):
        row[by], row[why] = f"reader {number}", ""
    write_rows(folder, "assessments", [header, *rows])
    rules = [one.rule for one in validate(folder) if one.column == "settled_why"]
    assert rules == [
        "2 further rows break rules on this column, row 4 first: settled by reader 4 without a reason",
        "settled by reader 2 without a reason",
        "settled by reader 3 without a reason",
    ]


def test_no_message_holds_an_empty_slot_or_a_regular_expression(folder):
    for table, column, text in (
        ("units", "unit_id", "a b"),
        ("codings", "read_on", "soon"),
        ("codings", "evidence_ids", "V01; V02"),
        ("assessments", "settled_by", ""),
    ):
        edit_cell(folder, table, 2, column, text)
    said = [one.rule for one in validate(folder)]
    assert not any(sign in one for one in said for sign in "{}[]\\^")
    assert not any("settled by " in one for one in said)
    assert "it does not have the form of an id: letters from A to Z, digits, &, _ and -, with a letter or a digit first" in said  # fmt: skip


def test_every_pattern_of_an_empty_study_has_its_words():
    tables = list(map(Table.model_validate, profile()["resources"]))
    patterns = {one.constraints.pattern for table in tables for one in table.fields}
    assert patterns - {None} == set(values.FORMS)


NUMBERS = ("1e-05", "0.0006433821606492478", "2.5E-1", "0.12345678901234567890", "1e0", ".5", "+1")


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_read_exactly_as_it_is_written(folder, text):
    row = next(
        number
        for number, one in enumerate(load(folder)["levels"].itertuples(), start=2)
        if one.level == "points_3"
    )
    edit_cell(folder, "levels", row, "value", text)
    assert validate(folder) == []
    assert scale_values(load(folder))["points"]["points_3"] == Fraction(text)


def test_levels_stand_in_the_order_of_their_numbers_however_they_are_written(tmp_path):
    scale = {"least": "0", "less": "1e-05", "half": ".5", "most": "1.0"}
    best = list(scale)[::-1]
    units = [{"unit_id": "a"}, {"unit_id": "b"}]
    study = towns(tmp_path / "s", {"s": scale}, {"c": "s"}, units, {("a", "c"): "less"})
    assert states_by_criterion(study)["c"][:4] == best
    assert [level for _, level in level_marks(study)] == best
    assert level_order(study) == best[::-1]
    counted = {
        one["state"]: one["units"] for one in national(study, states(study)).to_dict("records")
    }
    assert list(counted)[:4] == best and counted["less"] == 1


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1e-41", "it has more than 40 digits, or an exponent beyond 40"),
        ("0." + "1" * 40, "it has more than 40 digits, or an exponent beyond 40"),
        ("0,5", "it has a comma"),
        ("nan", "it is not a number"),
        ("1.00000000000000000001", "it is above 1"),
        ("-1e-30", "it is below 0"),
    ],
)
def test_a_number_that_is_not_taken_is_refused_in_words(folder, text, rule):
    edit_cell(folder, "levels", 2, "value", text)
    (found,) = [one for one in validate(folder) if one.file == "levels.csv"]
    assert (found.rule, found.column) == (rule, "value")


def test_a_whole_number_that_is_too_long_says_so(folder):
    edit_cell(folder, "units", 2, "tile_row", "1" * 19)
    (found,) = validate(folder)
    assert found.rule == "it has more than 18 digits"


def test_a_setting_with_many_decimals_is_read_exactly(folder):
    path = folder / "datapackage.json"
    edit_descriptor(folder, lambda one: one["study"]["weight_box"].update(lowest_factor=0.123))
    text = path.read_text("utf-8").replace("0.123", "0.12345678901234567891", 1)
    path.write_text(text, "utf-8")
    descriptor, problems = read_descriptor(folder)
    assert problems == []
    lowest = descriptor.settings.weight_box.lowest_factor
    assert lowest == Fraction("0.12345678901234567891")


def test_an_id_may_hold_an_ampersand():
    study = library()
    units = study["units"].assign(unit_id=["R&D", *study["units"]["unit_id"].iloc[1:]])
    told = schema.check_schema(study.descriptor.tables, replaced(study, units=units).tables)
    assert not [one for one in told if one.file == "units.csv"]


def test_what_has_an_ampersand_in_its_id_is_found_on_every_page(tmp_path):
    found = {("r&d", "q&a"): "yes", ("other", "q&a"): "no"}
    units = [{"unit_id": "r&d"}, {"unit_id": "other"}]
    study = towns(tmp_path / "s", {"s&t": {"yes": 1, "no": 0}}, {"q&a": "s&t"}, units, found)
    results = measure(study)
    named = named_figures(results) | sensitivity_figures(results)
    files = site_files(results, named, [])
    pages = {name: held.decode() for name, held in files.items() if name.endswith(".html")}
    assert {"towns/r&d.html", "evidence/e-r&d.html"} <= set(pages)
    report = report_html(results, named, [])
    followed = set()
    for name, page in {**pages, "report.html": report}.items():
        # An ampersand of an id is written out, and stands for nothing else.
        assert not re.search(r"r&d|q&a\b|s&t", page)
        for link in map(unescape, re.findall('href="([^"]+)"', page)):
            path, _, anchor = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path or name))
            target = name if not path else target
            if "&" in link and not re.match("https?:", link) and target in (*pages, name):
                held = report if target == "report.html" else pages[target]
                assert not anchor or f'id="{escape(anchor)}"' in held, (name, link)
                followed.add(target)
    assert {"towns/r&d.html", "report.html"} <= followed
    assert Document(io.BytesIO(report_docx(results, page_blocks(report)))).tables
    assert report_pdf(results, page_blocks(report)).startswith(b"%PDF")
    assert "r&d" in {
        one.unit_id
        for one in requests(measure(replaced(study, assessments=study["assessments"].iloc[:0])))
    }
