"""LibreOffice does what a person would, and says so where it cannot."""

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from office import MISSING, WORKER, Office, OfficeError, needs_office
from openpyxl import Workbook
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

# These test the tests’ own LibreOffice; whoever uses it finds at once when it does not work.
pytestmark = pytest.mark.slow

HEADER = ["force", "level", "seen"]


def make(folder: Path, change=lambda workbook: None) -> Path:
    """Save a small coding workbook: three rows of text, a hidden list that one column points to."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Coding"
    for row in [HEADER, ["b", "yes", "2021"], ["c", "no", "2020"], ["a", "yes", "2019"]]:
        sheet.append(row)
    for row in sheet["A2:C20"]:
        for cell in row:
            cell.number_format, cell.protection = "@", Protection(locked=False)
    sheet["E1"] = "=COUNTA(A2:A20)"
    sheet.freeze_panes = "B2"
    lists = workbook.create_sheet("Lists")
    lists.sheet_state = "hidden"
    lists.append(["yes"])
    lists.append(["no"])
    rule = DataValidation(
        type="list", formula1="Lists!$A$1:$A$2", errorStyle="warning", showErrorMessage=True
    )
    rule.add("B2:B20")
    sheet.add_data_validation(rule)
    change(workbook)
    workbook.save(folder / "made.xlsx")
    return folder / "made.xlsx"


def protect(workbook: Workbook) -> None:
    workbook["Coding"].protection.sheet = True


def rows(sheet: Worksheet, cells: str = "A1:C4") -> list[list]:
    return [[cell.value for cell in row] for row in sheet[cells]]


@pytest.fixture
def filled(office, tmp_path):
    """Do operations in a made workbook; return it as openpyxl reads it back."""

    def fill(*operations, change=lambda workbook: None, **reading):
        office.fill(make(tmp_path, change), operations, tmp_path / "filled.xlsx")
        return openpyxl.load_workbook(tmp_path / "filled.xlsx", **reading)

    return fill


@needs_office
def test_saved_again_nothing_that_a_coder_relies_on_is_lost(office, tmp_path):
    office.save_again(make(tmp_path, protect), tmp_path / "again.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "again.xlsx")
    sheet = workbook["Coding"]
    assert rows(sheet) == [HEADER, ["b", "yes", "2021"], ["c", "no", "2020"], ["a", "yes", "2019"]]
    assert sheet.freeze_panes == "B2"
    assert sheet.protection.sheet and not sheet["B2"].protection.locked
    assert sheet["C20"].number_format == "@"
    assert workbook["Lists"].sheet_state == "hidden"
    [rule] = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("B2:B20", "Lists!$A$1:$A$2")
    assert rule.errorStyle == "warning" and rule.showErrorMessage


@needs_office
def test_formulas_are_worked_out_after_the_last_operation(filled):
    typed, cleared = ("typed", "Coding", "G1", "=E1*10"), ("clear", "Coding", "A3")
    sheet = filled(typed, cleared, data_only=True)["Coding"]
    assert [sheet["E1"].value, sheet["G1"].value] == [2, 20]


@needs_office
def test_a_result_that_another_program_left_is_worked_out_again(office, tmp_path):
    """LibreOffice believes the results in a file of Excel's, if it is not told otherwise."""
    stale = tmp_path / "stale.xlsx"
    with zipfile.ZipFile(make(tmp_path)) as made, zipfile.ZipFile(stale, "w") as changed:
        for name in made.namelist():
            part = made.read(name)
            changed.writestr(name, re.sub(rb"</f><v( ?/>|></v>)", rb"</f><v>99</v>", part))
    assert openpyxl.load_workbook(stale, data_only=True)["Coding"]["E1"].value == 99
    office.save_again(stale, tmp_path / "again.xlsx")
    again = openpyxl.load_workbook(tmp_path / "again.xlsx", data_only=True)
    assert again["Coding"]["E1"].value == 3


@needs_office
@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2021-12-03", dt.datetime(2021, 12, 3)),
        ("03/12/2021", dt.datetime(2021, 12, 3)),
        ("3 Dec 2021", dt.datetime(2021, 12, 3)),
        ("Dec 2021", dt.datetime(2021, 12, 1)),
        ("12/13/2021", "12/13/2021"),
        ("2021-12", "2021-12"),
        ("2021", 2021),
        ("TRUE", True),
        ("=1+1", "=1+1"),
        ("@x", "@x"),
    ],
)
def test_what_is_typed_is_understood_as_in_britain_and_left_alone_in_a_text_cell(
    filled, text, read
):
    sheet = filled(("typed", "Coding", "G2", text), ("typed", "Coding", "A2", text))["Coding"]
    assert sheet["G2"].value == read
    assert (sheet["A2"].value, sheet["A2"].data_type) == (text, "s")


@needs_office
def test_text_and_number_are_taken_as_they_are(filled):
    sheet = filled(("text", "Coding", "G2", "=1+1"), ("number", "Coding", "G3", 2.5))["Coding"]
    assert (sheet["G2"].value, sheet["G2"].data_type) == ("=1+1", "s")
    assert sheet["G3"].value == 2.5


@needs_office
def test_rows_are_appended_below_the_last_with_content(filled):
    added = [("append", "Coding", ["d", "", "2021-12-03"]), ("append", "Coding", ["e"])]
    sheet = filled(*added)["Coding"]
    assert rows(sheet, "A5:C6") == [["d", None, "2021-12-03"], ["e", None, None]]


@needs_office
@pytest.mark.parametrize(
    ("operation", "header", "ruled"),
    [
        (("insert", "Coding", "B:C"), ["force", None, None, "level", "seen"], "D2:D20"),
        (("delete", "Coding", "A"), ["level", "seen"], "A2:A20"),
        (("move", "Coding", "C", "A"), ["seen", "force", "level"], "C2:C20"),
        (("move", "Coding", "A:B", "D"), ["seen", "force", "level"], "C2:C20"),
        (("insert", "Coding", "2:3"), HEADER, "B4:B22"),
        (("delete", "Coding", "2"), HEADER, "B2:B19"),
    ],
)
def test_columns_and_rows_move_with_their_rules(filled, operation, header, ruled):
    sheet = filled(operation)["Coding"]
    assert [cell.value for cell in sheet[1]][: len(header)] == header
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == [ruled]


@needs_office
def test_a_row_is_moved_up(filled):
    sheet = filled(("move", "Coding", "4", "2"))["Coding"]
    assert [row[0] for row in rows(sheet)] == ["force", "a", "b", "c"]


@needs_office
def test_pasting_brings_the_rules_of_where_it_came_from(filled):
    sheet = filled(("paste", "Coding", "C2:C3", "B2"))["Coding"]
    assert rows(sheet, "B2:B4") == [["2021"], ["2020"], ["yes"]]
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["B4:B20"]


@needs_office
def test_columns_and_rows_are_hidden(filled):
    sheet = filled(("hide", "Coding", "C"), ("hide", "Coding", "2:3"))["Coding"]
    assert [key for key, one in sheet.column_dimensions.items() if one.hidden] == ["C"]
    assert [key for key, one in sheet.row_dimensions.items() if one.hidden] == [2, 3]


@needs_office
def test_sheets_are_copied_renamed_shown_and_deleted(filled):
    workbook = filled(
        ("copy sheet", "Coding"),
        ("rename sheet", "Coding", "Mine"),
        ("show sheet", "Lists"),
        ("typed", "Lists", "A3", "maybe"),
        ("copy sheet", "Mine"),
        ("delete sheet", "Mine"),
    )
    assert workbook.sheetnames == ["Mine_2", "Coding_2", "Lists"]
    assert rows(workbook["Lists"], "A1:A3") == [["yes"], ["no"], ["maybe"]]


@needs_office
def test_rows_are_filtered_and_sorted(filled):
    sheet = filled(("autofilter", "Coding", "A1:C4", "B", "yes"))["Coding"]
    assert sheet.auto_filter.ref == "A1:C4"
    assert [key for key, one in sheet.row_dimensions.items() if one.hidden] == [3]
    sheet = filled(("sort", "Coding", "A2:C4", "C"))["Coding"]
    assert [row[0] for row in rows(sheet)] == ["force", "a", "c", "b"]
    sheet = filled(("sort", "Coding", "A2:C4", "A", False))["Coding"]
    assert [row[0] for row in rows(sheet)] == ["force", "c", "b", "a"]


@needs_office
def test_cells_are_merged_and_commented_on(filled):
    sheet = filled(("merge", "Coding", "A2:A3"), ("comment", "Coding", "B2", "Why?"))["Coding"]
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A2:A3"]
    assert sheet["B2"].comment.text == "Why?"


@needs_office
def test_a_protected_sheet_takes_content_in_its_unlocked_cells(filled):
    sheet = filled(("typed", "Coding", "A2", "d"), change=protect)["Coding"]
    assert sheet["A2"].value == "d" and sheet.protection.sheet
    sheet = filled(("unprotect", "Coding"), ("insert", "Coding", "A"), change=protect)["Coding"]
    assert sheet["B1"].value == "force" and not sheet.protection.sheet


@needs_office
@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (("typed", "Coding", "A1", "x"), "A1 is locked"),
        (("clear", "Coding", "A1:A2"), "A1:A2 is locked"),
        (("insert", "Coding", "A"), "the sheet is protected"),
        (("typed", "Lists", "A1", "x"), "'Lists' is hidden"),
        (("typed", "Missing", "A1", "x"), "there is no sheet 'Missing'"),
        (("typed", "Coding", "ZZZZ1", "x"), "'ZZZZ1' is not a cell"),
        (("guess", "Coding"), "no such operation"),
    ],
)
def test_what_a_person_cannot_do_is_refused_and_nothing_saved(office, tmp_path, operation, said):
    path = make(tmp_path, protect)
    with pytest.raises(OfficeError, match=f"operation 2, .*{said}"):
        office.fill(path, [("typed", "Coding", "A2", "x"), operation], tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


@needs_office
def test_a_file_that_is_no_workbook_is_refused(office, tmp_path):
    (tmp_path / "bad.xlsx").write_bytes(b"PK\3\4 and no more")
    for path in (tmp_path / "bad.xlsx", tmp_path / "missing.xlsx"):
        with pytest.raises(OfficeError, match=f"cannot open .*{path.name}"):
            office.save_again(path, tmp_path / "out.xlsx")


@needs_office
def test_a_call_that_takes_too_long_is_ended_and_the_next_one_works(tmp_path):
    path = make(tmp_path)
    with Office(patience=0.1) as office:
        with pytest.raises(OfficeError, match="took longer than"):
            office.save_again(path, tmp_path / "out.xlsx")
        office.patience = 60
        assert office.shown(path, "Coding", "A1", "E1") == ["force", "3"]


@needs_office
def test_a_libreoffice_that_is_gone_is_said_so_and_started_again(tmp_path):
    path = make(tmp_path)
    with Office() as office:
        assert office.shown(path, "Coding", "A1") == ["force"]
        ours = ["pgrep", "-g", str(office._worker.pid), "soffice.bin"]
        for process in subprocess.run(ours, capture_output=True, text=True).stdout.split():
            os.kill(int(process), signal.SIGKILL)
        with pytest.raises(OfficeError, match="ended, with status"):
            office.shown(path, "Coding", "A1")
        assert office.shown(path, "Coding", "A1") == ["force"]


@needs_office
def test_sheets_are_drawn(office, tmp_path):
    [picture] = office.render(make(tmp_path), tmp_path / "pictures")
    # A page of A4 or letter paper at 80 dots an inch, with something on it.
    with Image.open(picture) as drawn:
        assert drawn.width > 600 and drawn.height > 800
        assert drawn.convert("L").getextrema() == (0, 255)


def test_without_libreoffice_the_tests_say_that_they_were_skipped(tmp_path):
    """In a process of its own, with nothing on the path."""
    environment = {"PATH": str(tmp_path)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        __file__,
        "-k",
        "drawn",
    ]
    run = subprocess.run(
        command, cwd=WORKER.parents[1], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0 and MISSING in run.stdout, run.stdout
    run = subprocess.run(
        command,
        cwd=WORKER.parents[1],
        env={**environment, "CI": "true"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1 and MISSING in run.stdout, run.stdout
