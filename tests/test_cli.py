"""The command line: what a person types and reads."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filled import Filled
from helpers import ROOT, contents, run, run_process
from made import LIBRARY

from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.study import load
from analysis.study.journal import LOCK


def test_report_says_where_it_is(tmp_path):
    done = run_process("report", LIBRARY, "--out", tmp_path / "out", "--only", "report")
    assert done.returncode == 0, done.stderr
    assert f"The report is {tmp_path / 'out' / 'report.html'}" in done.stdout
    assert (tmp_path / "out" / "report.html").stat().st_size > 100_000


def test_help_is_about_the_command_line():
    said = run("--help").stdout
    assert "Comparative policy analysis" in said and "import" not in said.partition("commands:")[0]


def test_the_command_line_is_there_before_what_it_may_need():
    """A signal in the first moments, and --help, wait for no import of pandas."""
    script = "import sys, analysis.cli; print(sorted({'numpy', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_the_real_study_is_valid():
    done = run("validate")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
@pytest.mark.parametrize(
    "ending, status, said",
    [
        (">&-", 0, ""),
        (">/dev/full", 1, "policygap: No space left on device. No file is left half written.\n"),
        # What a shell says of a command that SIGPIPE has ended.
        ("| true; exit ${PIPESTATUS[0]}", 141, ""),
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [("validate", LIBRARY), ("--help",)])
def test_what_cannot_be_said_is_no_traceback(ending, status, said, words, unbuffered):
    if (words[0], ending) == ("--help", ">&-"):
        pytest.skip("help then goes to the other stream")
    # It is a second in the making: by then the reader of a pipe is gone.
    command = shlex.join([sys.executable, "-m", "analysis", *map(str, words)])
    done = subprocess.run(
        ["bash", "-c", f"{command} {ending}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    assert done.returncode == status and done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == bool(said)


def test_problems_that_nobody_reads_on_end_the_command_without_a_word(tmp_path):
    command = shlex.join([sys.executable, "-m", "analysis", "validate", str(tmp_path / "none")])
    command += " 2>&1 | true; exit ${PIPESTATUS[0]}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (141, "", "")


@pytest.mark.parametrize("command", ["intake", "import"])
def test_a_change_that_nobody_could_see_is_not_written(command, tmp_path):
    study = shutil.copytree(LIBRARY, tmp_path / "study")
    if command == "intake":
        sheet = Filled(coding_workbook(load(study), "Ada", ["library-one"]))
        texts = {"level": "points_1", "read_on": "2022-09-01", "observed_on": "2022"}
        texts |= {"confidence": "low", "evidence_1": "V01", "rationale": "It says so."}
        form = sheet.form("coding")
        form.put(form.find("library-one/weekend/"), **texts)
        words = ["intake", sheet.save(tmp_path / "back.xlsx"), study]
    else:
        table = tmp_path / "table.csv"
        table.write_text("unit_id,date,weekend\nlibrary-one,2022-08,points_1\n", "utf-8")
        words = ["import", table, "--into", study]
    before = contents(study)
    line = shlex.join([sys.executable, "-m", "analysis", *map(str, words)])
    line += " | true; exit ${PIPESTATUS[0]}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True)
    said = "policygap: The change could not be shown in full. Nothing was written.\n"
    assert (done.returncode, done.stderr) == (141, said)
    assert {**contents(study), LOCK: ""} == {**before, LOCK: ""}
    # Where it can be shown it is written.
    assert run(*words).returncode == 0
    assert {**contents(study), LOCK: ""} != {**before, LOCK: ""}


@pytest.mark.parametrize(
    "words",
    [
        ("report", LIBRARY, "--out", ""),
        ("validate", ""),
        ("compare", "", LIBRARY),
        ("collect", LIBRARY, ""),
        ("import", "table.csv", "--into", ""),
    ],
)
def test_an_empty_path_is_not_taken_for_the_current_folder(words):
    refused = run(*words)
    assert refused.returncode == 2 and "nothing is named" in refused.stderr


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("import", "{folder}", "--into", "{study}"), "it is not a file"),
        (("import", "{folder}/none.csv", "--into", "{study}"), "there is no such file"),
        (("intake", "{folder}", "{study}"), "it is not a file"),
        (("verify", "{file}", "{study}"), "it is a file, not a folder"),
        (("verify", "{folder}/none", "{study}"), "there is no such folder"),
        (("intake", "{file}", "{folder}/none"), "there is no such folder"),
        (("annotations", "{nested}", "{study}"), "its parts are nested too deep"),
    ],
)
def test_it_is_said_what_a_path_is_instead(words, rule, tmp_path):
    shutil.copytree(LIBRARY, tmp_path / "study")
    (tmp_path / "a.csv").mkdir()
    (tmp_path / "b.txt").write_text("text")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    paths = {
        "study": tmp_path / "study",
        "folder": tmp_path / "a.csv",
        "file": tmp_path / "b.txt",
        "nested": tmp_path / "deep.json",
    }
    refused = run(*(str(word).format(**paths) for word in words))
    assert refused.returncode == 1 and rule in " ".join(refused.stderr.split())
