"""The project's own files agree with each other."""

import re
import tomllib
from pathlib import Path

import yaml
from PIL import Image

from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.show.charts import matrix_chart
from analysis.study import load

ROOT = Path(__file__).parents[1]


def test_environment_yml_is_in_step_with_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {*project["dependencies"], *project["optional-dependencies"]["dev"]}
    wanted.add(f"python{project['requires-python']}")
    *plain, last = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    held = [*plain, *last["pip"]]
    assert sorted(held) == sorted({*wanted, "pip", "--editable ."})


def test_the_lock_pins_every_dependency_with_hashes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text()
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock, re.M))
    for one in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        assert re.match(r"[a-z0-9._-]+", one)[0] in pinned, one
    entries = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    # The lock must install from whatever index the reader's machine uses.
    assert "://" not in lock


def test_versions_agree():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f'__version__ = "{version}"' in (ROOT / "src/analysis/__init__.py").read_text()
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text()


def test_the_readme_picture_is_of_the_data_as_they_are():
    results = measure(load(ROOT / "data/safe-to-share"))
    chart = matrix_chart(results, named_figures(results))
    said = Image.open(ROOT / "docs/matrix.png").text
    assert said["Title"] == chart.title
    assert said["Description"] == chart.alt
    assert chart.alt in (ROOT / "README.md").read_text()


def test_every_python_file_of_the_package_says_what_it_is_for():
    for path in (ROOT / "src").rglob("*.py"):
        assert path.read_text().lstrip().startswith('"""'), path
