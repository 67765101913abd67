"""Another Python gives the same bytes, file by file, where one is found with the packages.

It is found by the variable POLICYGAP_OTHER_PYTHON, or as .venv-3.13 in the project's folder:
``python3.13 -m venv .venv-3.13`` and the lock installed there.
"""

import json
import os
import subprocess

import pytest
from helpers import ROOT, contents, run
from made_study import write_made_study

from analysis.publish.manifest import APART, FILE

HERE = (".venv-3.13/bin/python", ".venv-3.13/Scripts/python.exe")


def other_python() -> str | None:
    named = os.environ.get("POLICYGAP_OTHER_PYTHON")
    return named or next((str(ROOT / one) for one in HERE if (ROOT / one).exists()), None)


@pytest.mark.skipif(
    other_python() is None,
    reason="no other Python with the packages: set POLICYGAP_OTHER_PYTHON, or make .venv-3.13",
)
@pytest.mark.parametrize("which", ["real", "made"])
def test_another_python_gives_the_same_bytes(tmp_path, which):
    study = ROOT / "data/safe-to-share" if which == "real" else write_made_study(tmp_path / "study")
    assert run("report", study, "--out", tmp_path / "one").returncode == 0
    command = [other_python(), "-m", "analysis", "report", study, "--out", tmp_path / "other"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": "3", "TZ": "Asia/Tokyo"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    one, other = contents(tmp_path / "one"), contents(tmp_path / "other")
    assert [name for name in {*one, *other} - {FILE} if one.get(name) != other.get(name)] == []
    manifests = [json.loads((tmp_path / name / FILE).read_text()) for name in ("one", "other")]
    pythons = {held["environment"]["python"] for held in manifests}
    assert len(pythons) == 2, "the other Python is this one"
    ours, theirs = ({key: held[key] for key in held if key not in APART} for held in manifests)
    assert ours == theirs
