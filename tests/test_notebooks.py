"""The notebooks are executed, say no number of their own, and notice any change of the data."""

import csv
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from helpers import contents, edit_descriptor, read_rows, run, run_process, write_rows
from made import LIBRARY

from analysis.problems import StudyError
from analysis.publish.run_notebooks import NAMES, run_notebooks

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


# One is enough to see that changes are noticed at all.
@pytest.mark.parametrize(
    "change",
    ["a level", *(pytest.param(one, marks=pytest.mark.slow) for one in list(CHANGES)[1:])],
)
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


# --- on any study ---------------------------------------------------------------------------------


def sources(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return [
        one.source for one in cells if "injected-parameters" not in one.metadata.get("tags", [])
    ]


def test_the_notebooks_here_are_those_that_a_wheel_brings(tmp_path):
    """They stand once in the project; installed, the package has them among its templates."""
    assert [path.name for path in NOTEBOOKS] == list(NAMES)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        for path in NOTEBOOKS:
            held = wheel.read(f"analysis/publish/templates/notebooks/{path.name}")
            assert held == path.read_bytes()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_the_api_alone_and_has_its_parameters(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [one.source for one in cells if one.cell_type == "code"]
    lines = [line for one in code for line in one.splitlines() if re.match(r"(import|from) ", line)]
    assert lines == ["import analysis as pg"]
    (asked,) = [one.source for one in cells if "parameters" in one.metadata.get("tags", [])]
    assert re.findall(r"^(\w+) = ", asked, re.M) == ["study_folder", "as_of", "weights"]
    assert not re.search(r"\b(police|forces)\b", "\n".join(sources(path)))


def filled(folder: Path, table: str, *rows: dict) -> None:
    """Write these rows, and no others, into a table."""
    header = read_rows(folder, table)[0]
    write_rows(folder, table, [header, *([row.get(one, "") for one in header] for row in rows)])


def smallest(folder: Path) -> Path:
    """Fill an empty study with no more than it needs: one unit of which nothing is known."""
    assert run("new", folder).returncode == 0
    path = folder / "datapackage.json"
    text = path.read_text("utf-8").replace("[to be set: its day, YYYY-MM-DD]", "2021-03-01")
    path.write_text(text, encoding="utf-8")
    group = {"recommendation_id": "g", "label": "G", "kind": "group", "weight": "1"}
    asks = {"criterion_id": "c", "recommendation_id": "g", "label": "C", "question": "C?"}
    says = {"evidence_id": "E1", "scope": "all-units", "source_id": "S1", "states": "Nothing."}
    source = {"source_id": "S1", "publisher": "Nobody", "title": "-", "read_on": "2022-01-01"}
    levels = {"done": "1", "not_done": "0"}
    filled(folder, "units", {"unit_id": "one", "name": "One", "short_name": "One"})
    filled(folder, "recommendations", group | {"text_read": "full", "source_id": "S1"})
    filled(folder, "criteria", asks | {"scale_id": "s", "weight": "1", "scored": "yes"})
    filled(folder, "rules", *({"criterion_id": "c", "level": one, "rule": "-"} for one in levels))
    scale = [{"level": one, "value": value, "meaning": "-"} for one, value in levels.items()]
    filled(folder, "levels", *({"scale_id": "s"} | one for one in scale))
    filled(folder, "sources", source)
    filled(folder, "evidence", says | {"extent_read": "whole"})
    filled(folder, "notices", {"notice_id": "N1", "scope": "study", "text": "It is invented."})
    return folder


def bare(folder: Path) -> Path:
    """Return the library study without events, figures, codings and what goes with these."""
    shutil.copytree(LIBRARY, folder)
    edit_descriptor(
        folder,
        lambda one: [
            held.pop("minimumRows", 0) for held in one["resources"] if held["name"] == "codings"
        ],
    )
    for table in ("events", "figures", "codings", "codings_history", "assignments"):
        filled(folder, table)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("make", [smallest, bare])
def test_the_notebooks_end_well_on_any_study(make, tmp_path):
    folder, out = make(tmp_path / "study"), tmp_path / "out"
    done = run_process("notebooks", folder, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES)
    for path in out.iterdir():
        assert faults(nbformat.read(path, as_version=4)) == []
    assert "Kernel" not in done.stderr


@pytest.mark.slow
def test_two_runs_are_the_same_bytes_and_name_no_path_nor_time(tmp_path):
    runs = []
    for _ in range(2):
        done = run_process("notebooks", LIBRARY, "--out", tmp_path / "out", "--as-of", "2022")
        assert done.returncode == 0, done.stderr
        runs.append(contents(tmp_path / "out"))
    assert runs[0] == runs[1]
    for path in (tmp_path / "out").iterdir():
        notebook = json.loads(path.read_text("utf-8"))
        assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
        assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])
        assert str(tmp_path) not in path.read_text("utf-8")
        text = path.read_text("utf-8")
        assert (
            "The date is 31 December 2022, not the study’s own" in text
            and "librar" in text
            and "forces" not in text
        )


def test_an_empty_study_is_told_what_it_lacks_and_nothing_is_written(tmp_path):
    assert run("new", tmp_path / "study").returncode == 0
    done = run_process("notebooks", tmp_path / "study", "--out", tmp_path / "out")
    assert done.returncode == 1 and "to be set" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "out").exists()


def test_notebooks_replace_nothing_but_notebooks(tmp_path):
    (tmp_path / "mine.txt").write_text("work")
    with pytest.raises(StudyError, match=r"mine\.txt"):
        run_notebooks(LIBRARY, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "work"
