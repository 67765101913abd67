"""The notebooks are executed, say no number of their own, and notice any change of the data."""

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def faults(notebook) -> list[str]:
    """Return what keeps a notebook from being a regression test."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        found.append("not executed in order")
    outputs = [output for cell in code for output in cell.outputs]
    if not outputs:
        found.append("no outputs")
    if any(output.output_type == "error" for output in outputs):
        found.append("an error is stored")
    if any(output.get("name") == "stderr" for output in outputs):
        found.append("a warning is stored")
    for cell in code:
        for line in cell.source.splitlines():
            # A marker that shares its line, or is in lower case, is ignored without a word.
            if re.search(r"nbval", line, re.I) and not re.fullmatch(r"# NBVAL_[A-Z_]+", line):
                found.append(f"a marker that does nothing: {line}")
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_executed(path):
    assert faults(nbformat.read(path, as_version=4)) == []


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 4


def test_a_stripped_notebook_is_noticed():
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert faults(notebook) == ["not executed in order", "no outputs"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_says_no_number_of_its_own(path):
    """Years may stand in prose; figures come from the data, in the output."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", re.sub(r"\b(19|20)\d\d\b", "", cell.source)), cell.source


CHANGES = {
    "a level": ("01-evidence", "assessments.csv", "level", {"met": "partly", "partly": "met"}),
    "a date": ("01-evidence", "assessments.csv", "observed_on", {"2021-12-03": "2021-12-04"}),
    "an event's date": ("04-change", "events.csv", "date", {"2022-01-20": "2022-01-21"}),
    "a level's value": ("06-sensitivity", "levels.csv", "value", {"0.5": "0.4"}),
    "a published figure": ("04-change", "figures.csv", "value", {"2656": "2657"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_data_is_noticed(change, tmp_path):
    notebook, file, column, swap = CHANGES[change]
    folder = tmp_path / "data" / "safe-to-share"
    shutil.copytree(ROOT / "data" / "safe-to-share", folder)
    (tmp_path / "notebooks").mkdir()
    copy = shutil.copy(ROOT / "notebooks" / f"{notebook}.ipynb", tmp_path / "notebooks")
    change_one_cell(folder / file, column, swap)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env",
         "-p", "no:cacheprovider", "-c", "/dev/null", str(copy)],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    # The fingerprint alone would differ; a reader must see the change in a table too.
    assert len(re.findall("Cell outputs differ", done.stdout)) >= 2, done.stdout


def change_one_cell(path: Path, column: str, swap: dict[str, str]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row[column] in swap)
    row[column] = swap[row[column]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
