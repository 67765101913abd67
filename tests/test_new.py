"""An empty study: what ``policygap new`` writes, where it refuses to, and what is then to do."""

import csv
import json

import pytest
from helpers import DESCRIPTOR, REAL, contents, edit_descriptor, read_rows, run

from analysis.cli import main
from analysis.study import StudyError, create, validate


@pytest.fixture
def empty(tmp_path):
    folder = tmp_path / "a" / "new study"
    assert main(["new", str(folder)]) == 0
    return folder


def described(folder):
    return json.loads((folder / DESCRIPTOR).read_text("utf-8"))


def set_report_date(folder):
    edit_descriptor(
        folder, lambda descriptor: descriptor["study"]["report"].update(date="2020-12-17")
    )


def test_every_table_has_its_header_and_no_row(empty):
    resources = described(empty)["resources"]
    assert {path.name for path in empty.iterdir()} == {
        DESCRIPTOR,
        *(resource["path"] for resource in resources),
    }
    for resource in resources:
        header = [field["name"] for field in resource["schema"]["fields"]]
        assert read_rows(empty, resource["name"]) == [header]
    # The same tables as the real study has, so that either can be read beside the other.
    assert {path.name for path in empty.glob("*.csv")} == {path.name for path in REAL.glob("*.csv")}


def test_files_are_utf8_with_plain_line_ends(empty):
    for path in empty.iterdir():
        content = path.read_bytes()
        assert content.decode("utf-8").endswith("\n")
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")


def test_the_descriptor_is_a_data_package_of_the_standard(empty):
    import frictionless

    limit = csv.field_size_limit()  # which it lifts for the whole process
    report = frictionless.validate(str(empty / DESCRIPTOR))
    csv.field_size_limit(limit)
    assert report.valid, report.flatten(["title", "message"])


def test_what_is_to_be_done_is_said(tmp_path, capsys):
    assert main(["new", str(tmp_path / "study")]) == 0
    said = capsys.readouterr().out
    assert str(tmp_path / "study") in said
    assert "[to be set]" in said
    assert "policygap validate" in said


def test_an_empty_folder_is_filled(tmp_path):
    assert len(create(tmp_path)) == len([*tmp_path.iterdir()]) > 1


def test_a_folder_with_anything_in_it_is_refused(empty, capsys):
    before = contents(empty)
    assert main(["new", str(empty)]) == 1
    said = capsys.readouterr().err
    assert "something is there already" in said
    assert "Nothing was written." in said
    assert contents(empty) == before


def test_a_file_is_refused(tmp_path, capsys):
    file = tmp_path / "study"
    file.write_text("mine")
    for place in (file, file / "below"):
        assert main(["new", str(place)]) == 1
        assert "Nothing was written." in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert [*tmp_path.iterdir()] == [file]


def test_the_refusal_is_an_error_that_holds_its_problem(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(StudyError, match="something is there already") as refused:
        create(tmp_path)
    (problem,) = refused.value.problems
    assert problem.remedy == "name a new folder"


def test_what_is_to_be_set_is_named_first(empty):
    for problem in validate(empty):
        assert problem.file == DESCRIPTOR
        assert problem.value.startswith("[to be set")


def test_then_every_table_that_is_to_be_filled(empty):
    set_report_date(empty)
    needed = {one["path"] for one in described(empty)["resources"] if one["minimumRows"]}
    assert {"units.csv", "criteria.csv", "sources.csv"} <= needed
    problems = validate(empty)
    assert {one.file for one in problems} == needed
    assert {one.remedy for one in problems} == {"fill it"}


def test_a_report_on_it_ends_with_the_same_list(empty, tmp_path):
    set_report_date(empty)
    done = run("report", empty, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "the table needs at least 1 row" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "output").exists()
