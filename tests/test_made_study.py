"""A made-up study goes the whole way, and what the builds write is what readers can rely on."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from made_study import AWKWARD, PLANNED, SCALES, write_made_study

from analysis import study as studies
from analysis.measure.results import measure
from analysis.measure.side_by_side import irreconcilable
from analysis.publish.stored_notebooks import stored_notebooks
from analysis.study import vocabulary as v

ROOT = Path(__file__).parents[1]
REAL = ROOT / "data" / "safe-to-share"


@pytest.fixture(scope="module")
def made(made_folder):
    return studies.load(made_folder)


@pytest.fixture(scope="module", params=["made", "real"])
def workbook(request):
    """A workbook as read back, with the study that it is of."""
    if request.param == "made":
        study, folder = request.getfixturevalue("made"), request.getfixturevalue("published_made")
    else:
        study, folder = studies.load(REAL), request.getfixturevalue("published")
    return study, openpyxl.load_workbook(folder / "gap-tables.xlsx")


def build_in_a_process(out, study, **environment):
    command = [sys.executable, "-m", "analysis", "report", str(study), "--out", str(out)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return out


def contents(folder):
    """Return every file of a build by name; of the manifest, what two builds must agree on."""
    held = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    manifest = json.loads(held.pop("manifest.json"))
    return held | {"manifest": {**manifest, "environment": "", "git": ""}}


def difference(one, other):
    """Name the files that differ: the bytes themselves would fill the screen."""
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


@pytest.mark.parametrize(
    "size",
    [
        {},
        {"units": 12, "criteria": 8, "depth": 1, "rows_per_cell": 0},
        {"units": 30, "criteria": 40, "depth": 3, "seed": 1, "rows_per_cell": 2.5},
    ],
)
def test_a_made_study_is_valid_and_holds_every_state(tmp_path, size):
    folder = write_made_study(tmp_path / "made", **size)
    assert studies.validate(folder) == []
    study = studies.load(folder)
    assert study.descriptor.placeholders == ()
    levels = {level for scale in SCALES.values() for level in scale}
    assert set(studies.states(study).cells["state"]) == levels | set(v.UNKNOWNS) >= set(PLANNED)


def test_some_units_are_wholly_known_and_some_not_at_all(made):
    known = measure(made).total["known"]
    assert (known > 1 - 1e-9).sum() >= 3
    assert (known == 0).sum() >= 3
    assert ((known > 0) & (known < 1 - 1e-9)).sum() >= 3


def test_a_made_study_holds_what_a_report_must_cope_with(made):
    assert set(made["criteria"]["scored"]) == {"yes", "no"}
    assert set(made["notices"]["scope"]) == {"study", "criterion", "unit"}
    assert "not_read" in set(made["recommendations"]["text_read"])
    assert len(irreconcilable(made)) == 1
    assert (made["sources"]["title"] == "").any() and (made["sources"]["published"] == "").any()
    said = " ".join(made["evidence"]["states"])
    assert all(text in said for text in AWKWARD)


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    first, second = (write_made_study(tmp_path / name) for name in ("first", "second"))
    other = write_made_study(tmp_path / "other", seed=8)
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name
    name = "assessments.csv"
    assert (first / name).read_bytes() != (other / name).read_bytes()


def test_text_from_the_data_is_never_markup_in_the_report(published_made):
    page = (published_made / "report.html").read_text("utf-8")
    assert "&lt;script&gt;alert(" in page
    assert not re.search(r"<script", page, re.IGNORECASE)
    assert not re.search(r"""href=["']?\s*(javascript|data|vbscript):""", page, re.IGNORECASE)
    assert not re.search(r"<[^>]*\son\w+\s*=", page)
    addresses = re.findall(r'<a href="([^"]*)"', page)
    assert addresses and all(re.match("https?://|#", one) for one in addresses)


def test_every_link_inside_the_report_leads_somewhere(published, published_made):
    for folder in (published, published_made):
        page = (folder / "report.html").read_text("utf-8")
        targets = re.findall(r'\sid="([^"]+)"', page)
        assert len(targets) == len(set(targets))
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(targets)


def test_the_tables_and_statements_parse(made, published_made):
    output = published_made
    paths = [*output.glob("data/*.csv"), *output.glob("data/charts/*.csv")]
    assert len(paths) > 10
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
        assert len(set(header)) == len(header), path.name
        # The study tells groups of units apart in nothing.
        assert rows or path.name in ("applicability.csv", "group-weights.csv"), path.name
        assert {len(row) for row in rows} <= {len(header)}, path.name
    statements = json.loads((output / "statements.json").read_text("utf-8"))
    assert len({one["id"] for one in statements}) == len(statements) > 100
    manifest = json.loads((output / "manifest.json").read_text("utf-8"))
    assert manifest["study"] == made.descriptor.name
    assert set(manifest["outputs"]) == {
        path.relative_to(output).as_posix()
        for path in output.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


@pytest.mark.slow
@pytest.mark.parametrize("which", ["real", "made"])
def test_neither_place_nor_surroundings_change_a_byte_of_any_file(
    which, request, made_folder, tmp_path
):
    (tmp_path / "matplotlibrc").write_text("font.size: 20\nsvg.hashsalt: of a reader's own\n")
    surroundings = {
        "MATPLOTLIBRC": str(tmp_path),
        "PYTHONHASHSEED": "1",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "COLUMNS": "40",
    }
    study, built = (REAL, "published") if which == "real" else (made_folder, "published_made")
    # With the notebooks that were run on it, which are beside the folder that holds it.
    copy = shutil.copytree(study, tmp_path / "data" / study.name)
    for notebook in stored_notebooks(study):
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        shutil.copy(notebook, tmp_path / "notebooks")
    other = build_in_a_process(tmp_path / "other", copy, **surroundings)
    assert difference(contents(request.getfixturevalue(built)), contents(other)) == []


def test_the_workbook_says_what_it_is(workbook):
    study, book = workbook
    assert study.descriptor.title in book.properties.title
    assert book.properties.language == "en-GB"
    assert book.sheetnames[0] == "Summary"


def test_every_sheet_has_one_plain_table(workbook):
    _, book = workbook
    (table,) = book["Contents"].tables.values()
    listed = {row[0].value: row[1].value for row in book["Contents"][table.ref][1:]}
    assert list(listed) == [name for name in book.sheetnames if name != "Contents"]
    for sheet in book.worksheets:
        assert sheet["A1"].value and sheet["A1"].value == listed.get(sheet.title, sheet["A1"].value)
        assert not sheet.merged_cells.ranges and sheet.freeze_panes is None
        assert sheet.auto_filter.ref is None
        tables = list(sheet.tables.values())
        assert len(tables) == 1
        for table in tables:
            head, *rows = sheet[table.ref]
            assert [cell.value for cell in head] == [column.name for column in table.tableColumns]
            assert table.autoFilter is None and table.headerRowCount == 1
            assert rows and rows[-1][-1].row == sheet.max_row
            assert all(cell.value is not None for row in rows for cell in row), sheet.title


def test_no_cell_is_a_formula(workbook):
    study, book = workbook
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    equals = [cell for cell in cells if str(cell.value).startswith("=")]
    assert all(cell.data_type == "s" for cell in equals)
    assert len(equals) > 3 or study.descriptor.name != "made-study"


def test_what_must_stand_with_the_results_stands_on_every_sheet_of_them(workbook):
    study, book = workbook
    notices = study["notices"].query("scope == 'study'")["text"]
    assert len(notices) and study.settings.is_draft
    for name in book.sheetnames:
        said = [str(cell.value) for row in book[name].iter_rows() for cell in row]
        assert all(notice in said for notice in notices), name
        assert any("DRAFT" in text for text in said), name
