"""``policygap compare``: folders, git revisions, and what is said when neither will do."""

import csv
import io
import json
import subprocess

import pytest
from helpers import (
    REAL,
    append_row,
    contents,
    copy_of_real_study,
    edit_cell,
    find_row,
    mark_checked,
    run,
    write_rows,
)
from test_older import without_column, without_table

from analysis.cli import main

CHANGED = {"unit_id": "warwickshire", "criterion_id": "guidance-exists"}


@pytest.fixture
def ask(capsys):
    """Run the command in this process; return its status, what it printed and what it complained."""

    def asked(*arguments):
        status = main(["compare", *map(str, arguments)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return asked


@pytest.fixture
def changed(tmp_path):
    """A copy of the real study in which one force's level was settled otherwise."""
    study = copy_of_real_study(tmp_path)
    edit_cell(study, "assessments", find_row(study, "assessments", **CHANGED), "level", "partly")
    return study


def git(folder, *arguments):
    name = ["-c", "user.name=A tester", "-c", "user.email=tester@example.org"]
    done = subprocess.run(
        ["git", "-C", folder, *name, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository whose first commit holds no study, the second the real one, the third another."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "note.txt").write_text("-")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "--quiet", "-m", "Begin")
    study = copy_of_real_study(tmp_path)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "--quiet", "-m", "Add the study")
    git(tmp_path, "tag", "first")
    edit_cell(study, "assessments", find_row(study, "assessments", **CHANGED), "level", "partly")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "--quiet", "-m", "Settle one")
    return study


# Warwickshire: the finding is (guidance-exists + guidance-clear) / 2, one of four parts. From met
# to partly it loses 1/2 of a half of a quarter, 1/16 or 6.25 points of 100, low and high alike.
MOVED = {"low": ("50", "175/4"), "high": ("100", "375/4"), "known": ("1/2", "1/2")}


def assert_moved(rows):
    assert {(one["unit_id"], one["cause"]) for one in rows} == {("warwickshire", "settled")}
    ends = {one["measure"]: (one["before_exact"], one["after_exact"]) for one in rows}
    assert ends == MOVED
    found = {one["measure"]: (one["part_exact"], float(one["part"])) for one in rows}
    assert found == {"low": ("-25/4", -6.25), "high": ("-25/4", -6.25), "known": ("0", 0.0)}


def test_two_folders(ask, changed):
    status, out, err = ask(REAL, changed, "--format", "csv")
    assert (status, err) == (0, "")
    assert_moved(list(csv.DictReader(io.StringIO(out))))


def test_two_revisions(ask, repository):
    before = contents(repository)
    for pair in (("first", "HEAD"), ("HEAD~1", git(repository, "rev-parse", "HEAD")[:10])):
        status, out, err = ask(*pair, "--study", repository, "--format", "csv")
        assert (status, err) == (0, "")
        assert_moved(list(csv.DictReader(io.StringIO(out))))
    assert contents(repository) == before


def test_a_revision_and_the_folder_as_it_is(ask, repository):
    edit_cell(repository, "criteria", 2, "weight", "3")
    status, out, _ = ask("HEAD", repository, "--study", repository, "--format", "json")
    said = json.loads(out)
    assert status == 0
    (one,) = said["changes"]
    assert (one["cause"], one["table"], one["column"]) == ("codebook", "criteria", "weight")
    assert (one["before"], one["after"], one["row_before"]) == ("1", "3", 2)


def test_a_folder_wins_over_a_revision(ask, repository, monkeypatch, tmp_path):
    # The tag "first" has the older study; a folder of that name has the newer one.
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    copy = copy_of_real_study(tmp_path / "elsewhere")
    edit_cell(copy, "assessments", find_row(copy, "assessments", **CHANGED), "level", "partly")
    copy.rename("first")
    status, out, _ = ask("first", "HEAD", "--study", repository)
    assert status == 0 and "Nothing that bears on a result differs" in out


def test_what_a_person_reads(ask, changed):
    status, out, err = ask(REAL, changed)
    assert (status, err) == (0, "")
    assert "Forces whose score moved: 1 of 43." in out
    assert "by cause: a settled difference (1)." in out
    line = next(one for one in out.splitlines() if one.startswith("Warwickshire"))
    # 43.75 and 93.75 rounded half up, once, when shown; -6.25 likewise, with its sign.
    cells = ["Warwickshire", "50 to 100, 50% known", "44 to 94, 50% known", "a settled difference"]
    assert [one.strip() for one in line.split("  ") if one.strip()] == [*cells, "−6", "−6", "0"]
    assert "DRAFT" in out and "not the same as no guidance" in out
    (cell,) = [one for one in out.splitlines() if "Written guidance" in one]
    assert "met" in cell and "partly" in cell and "E104" in cell


def test_several_causes_are_told_apart_and_together(ask, changed):
    edit_cell(
        changed,
        "criteria",
        find_row(changed, "criteria", criterion_id="guidance-exists"),
        "weight",
        "3",
    )
    status, out, _ = ask(REAL, changed)
    lines = out.splitlines()
    place = next(n for n, one in enumerate(lines) if one.startswith("Warwickshire"))
    told = [one.split("  ") for one in lines[place : place + 3]]
    causes = [
        next(
            text.strip()
            for text in one
            if "the codebook" in text or "settled diff" in text or "in all" in text
        )
        for one in told
    ]
    assert status == 0 and causes == ["a settled difference", "the codebook", "in all"]
    assert "Shapley" in out
    # Hampshire's one level, partly, weighs more: the codebook alone moved it.
    assert next(one for one in lines if one.startswith("Hampshire")).count("the codebook") == 1
    assert any("guidance-exists" in one and "weight" in one for one in lines)


def test_a_cell_that_moves_no_score_is_said(ask, changed):
    append_row(
        changed,
        "assessments",
        like=find_row(
            changed, "assessments", unit_id="bedfordshire", criterion_id="progress-reported"
        ),
        criterion_id="victim-first",
    )
    _, out, _ = ask(REAL, changed)
    heading = out.index("Cells whose state changed, and can move none")
    line = next(one for one in out[heading:].splitlines() if one.startswith("Bedfordshire"))
    assert "nothing found" in line and "inconclusive" in line
    assert "Bedfordshire" not in out[:heading]


def test_json_holds_all_and_its_parts_add_up(ask, changed):
    status, out, _ = ask(REAL, changed, "--format", "json", "--as-of", "2022-01-01")
    said = json.loads(out)
    assert status == 0
    assert said["old"]["as_of"] == said["new"]["as_of"] == "2022-01-01"
    assert said["old"]["status"] == "draft" and any("DRAFT" in one for one in said["must_stand"])
    # On that date Warwickshire's undated row may or may not hold yet: nothing moved.
    assert {one["part_exact"] for one in said["parts"]} == {"0"} and said["cells"] == []
    assert [one["unit_id"] for one in said["changes"]] == ["warwickshire"]


def test_the_same_version_twice(ask, repository):
    for name in (repository, "HEAD"):
        status, out, err = ask(name, name, "--study", repository)
        assert (status, err) == (0, "")
        assert out.splitlines()[1:] == [
            "Nothing that bears on a result differs between the two versions."
        ]
    status, out, _ = ask("HEAD", "HEAD", "--study", repository, "--format", "csv")
    assert out.splitlines() == [
        "unit_id,measure,before,after,cause,part,before_exact,after_exact,part_exact"
    ]


@pytest.mark.parametrize("name", ["no-such", "--output=x", "HEAD:", "HEAD~99", "\x01"])
def test_neither_a_folder_nor_a_revision(name, ask, repository):
    status, out, err = ask("--study", repository, "--", name, "HEAD")
    assert (status, out) == (1, "")
    assert "it is neither a folder nor a git revision" in err and "1 problem." in err
    assert "Traceback" not in err


def test_a_study_outside_any_repository(ask, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    study = copy_of_real_study(tmp_path)
    status, _, err = ask("HEAD", study, "--study", study)
    assert status == 1 and "neither a folder nor a git revision" in err


def test_a_revision_before_the_study_was_there(ask, repository):
    status, _, err = ask("HEAD~2", "HEAD", "--study", repository)
    assert status == 1 and "the revision does not hold" in err


def test_no_such_study(ask, tmp_path):
    status, _, err = ask("HEAD", "HEAD", "--study", tmp_path / "none")
    assert status == 1 and "it is not a folder" in err


def test_an_invalid_version_is_named(ask, repository, monkeypatch):
    edit_cell(repository, "assessments", 2, "level", "splendid")
    git(repository, "add", "-A")
    git(repository, "commit", "--quiet", "-m", "Spoil it")
    status, out, err = ask("first", "HEAD", "--study", repository)
    assert (status, out) == (1, "")
    assert "HEAD:assessments.csv" in err and "splendid" in err
    monkeypatch.chdir(repository.parent)
    status, _, err = ask("study", "first", "--study", "study")
    assert status == 1 and "study/assessments.csv" in err


def test_a_folder_that_is_no_study(ask, tmp_path):
    (tmp_path / "empty").mkdir()
    status, _, err = ask(REAL, tmp_path / "empty")
    assert status == 1 and "the descriptor is missing" in err


def test_an_older_revision_is_read_and_what_it_lacks_is_said(ask, repository):
    without_table(repository, "replies")
    without_column(repository, "figures", "comparison")
    git(repository, "add", "-A")
    git(repository, "commit", "--quiet", "-m", "As it once was")
    status, out, _ = ask("HEAD", "first", "--study", repository)
    assert status == 0
    (line,) = [one for one in out.splitlines() if "is from before these" in one]
    assert line.startswith("HEAD ") and line.endswith("figures.comparison, replies.")


def test_the_parts_as_a_file(ask, changed, tmp_path):
    out = tmp_path / "parts.csv"
    for _ in range(2):  # it replaces its own
        status, said, _ = ask(REAL, changed, "--out", out)
        assert status == 0 and "Warwickshire" in said
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert_moved(list(csv.DictReader(file)))


def test_no_other_file_is_overwritten(ask, changed, tmp_path):
    other = tmp_path / "mine.csv"
    other.write_text("my,own,table\n")
    status, _, err = ask(REAL, changed, "--out", other)
    assert status == 1 and "would be overwritten" in err
    assert other.read_text() == "my,own,table\n"
    status, _, err = ask(REAL, changed, "--out", changed / "parts.csv")
    assert status == 1 and "inside the study" in err
    assert not (changed / "parts.csv").exists()


def test_a_score_that_is_gone_is_said_and_no_number(ask, changed):
    (usual, *_) = [one for one in _dicts(changed, "assessments") if one.items() >= CHANGED.items()]
    rest = [one for one in _dicts(changed, "assessments") if one["unit_id"] != "warwickshire"]
    out_of_sum = [
        usual | {"criterion_id": one["criterion_id"], "level": "not_applicable"}
        for one in _dicts(changed, "criteria")
        if one["scored"] == "yes"
    ]
    rows = [list(one.values()) for one in (*rest, *out_of_sum)]
    write_rows(changed, "assessments", [list(usual), *rows])
    _, out, _ = ask(REAL, changed)
    assert "Warwickshire has no score after, as nothing of it is in the sum: " in out
    assert "Forces whose score moved: 0 of 43" in out


def _dicts(folder, table):
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_checked_study_has_no_draft_mark(ask, changed, tmp_path):
    (tmp_path / "other").mkdir()
    old = copy_of_real_study(tmp_path / "other")
    mark_checked(changed)
    assert "DRAFT" in ask(old, changed)[1]  # one of the two is a draft
    mark_checked(old)
    assert "DRAFT" not in ask(old, changed)[1]


def test_it_is_a_command(changed):
    done = run("compare", REAL, changed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Warwickshire" in done.stdout
