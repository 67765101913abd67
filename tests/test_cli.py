"""The command line: what a person types and reads."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def policygap(*arguments, cwd=ROOT):
    command = [sys.executable, "-m", "analysis", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def test_report_says_where_it_is(tmp_path):
    done = policygap("report", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert f"The report is {tmp_path / 'out' / 'report.html'}" in done.stdout
    assert (tmp_path / "out" / "report.html").stat().st_size > 100_000


def test_the_real_study_is_valid():
    done = policygap("validate")
    assert (done.returncode, done.stderr) == (0, "")
