"""An empty study: what ``policygap new`` writes, where it refuses to, and what is then to do."""

import csv
import re
from pathlib import Path

import pytest
from helpers import (
    DESCRIPTOR,
    REAL,
    append_row,
    contents,
    edit_descriptor,
    read_rows,
    run,
    whole_descriptor,
)

from analysis.cli import main
from analysis.study import StudyError, create, validate


@pytest.fixture
def empty(tmp_path):
    folder = tmp_path / "a" / "new study"
    assert main(["new", str(folder)]) == 0
    return folder


def described(folder):
    return whole_descriptor(folder)


def set_report_date(folder):
    edit_descriptor(
        folder, lambda descriptor: descriptor["study"]["report"].update(date="2020-12-17")
    )


def test_every_table_has_its_header_and_no_row(empty):
    resources = described(empty)["resources"]
    assert {path.name for path in empty.iterdir()} == {
        DESCRIPTOR,
        "README.md",
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

    edit_descriptor(empty, lambda descriptor: None)
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


def test_a_readme_names_every_table_and_the_order(empty):
    said = (empty / "README.md").read_text("utf-8")
    assert all(f"- `{one['path']}`: " in said for one in described(empty)["resources"])
    steps = [line for line in said.splitlines() if re.match(r"\d+\. ", line)]
    assert [line.split(".")[0] for line in steps] == [str(number) for number in range(1, 11)]
    assert "policygap import" in said


@pytest.fixture
def example(tmp_path):
    """A new study with its example rows, and nothing else to be set before it can be read."""
    assert main(["new", str(tmp_path / "study"), "--example"]) == 0
    set_report_date(tmp_path / "study")
    return tmp_path / "study"


def test_every_table_has_an_example_that_breaks_no_other_rule(example):
    found = validate(example)
    assert {one.rule for one in found} == {"an example row of a new study still stands here"}
    held = {one["path"] for one in described(example)["resources"]}
    assert {one.file for one in found} == held
    assert len(found) == sum(len(read_rows(example, Path(name).stem)) - 1 for name in held)


@pytest.mark.parametrize("command", ["report", "score", "brief", "requests"])
def test_nothing_goes_out_with_an_example(command, example, tmp_path, capsys):
    out = tmp_path / "out"
    assert main([command, str(example), "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert "EXAMPLE-unit" in said
    assert "put a row of your own in its place, or remove it" in said
    assert not out.exists()


def test_an_example_is_found_among_other_rows_also_where_it_is_only_named(example):
    row = append_row(example, "evidence", evidence_id="E1")
    (found,) = (one for one in validate(example) if one.file == "evidence.csv" and one.row == row)
    assert (found.column, found.value) == ("unit_id", "EXAMPLE-unit")


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
    files = [one.file for one in validate(empty)]
    to_set = [one for one in validate(empty) if one.file == DESCRIPTOR]
    assert to_set and all(one.value.startswith("[to be set") for one in to_set)
    assert files[: len(to_set)] == [DESCRIPTOR] * len(to_set)


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
