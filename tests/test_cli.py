"""The command line: what a person types and reads."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "tests" / "studies" / "library-hours"


def policygap(*arguments, cwd=ROOT):
    command = [sys.executable, "-m", "analysis", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def test_report_says_where_it_is(tmp_path):
    done = policygap("report", LIBRARY, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert f"The report is {tmp_path / 'out' / 'report.html'}" in done.stdout
    assert (tmp_path / "out" / "report.html").stat().st_size > 100_000


def test_the_real_study_is_valid():
    done = policygap("validate")
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
