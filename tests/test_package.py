"""The published tables are a Data Package: the standard's own validator passes, and would not."""

import csv
import json
import shutil
from pathlib import Path

import frictionless
import pytest
from helpers import REAL, ROOT, change_bytes

from analysis.cli import main
from analysis.publish.data_dictionary import COLUMNS, TABLES
from analysis.publish.site.downloads import FILES
from analysis.study import load

FILE = "datapackage.json"


@pytest.fixture(scope="module", params=["real", "made"])
def output(request, made_folder):
    study, out = (REAL, "published") if request.param == "real" else (made_folder, "published_made")
    return study, request.getfixturevalue(out) / "data"


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The tables alone, as ``score`` writes them."""
    out = tmp_path_factory.mktemp("score") / "tables"
    assert main(["score", str(REAL), "--out", str(out)]) == 0
    return out


def errors(folder: Path) -> set[tuple[str, str]]:
    """Return what the standard's validator finds: table and kind of error."""
    limit = csv.field_size_limit()  # which it lifts for the whole process
    report = frictionless.validate(str(folder / FILE))
    csv.field_size_limit(limit)
    return {(task.name, error.type) for task in report.tasks for error in task.errors}


def descriptor(folder: Path) -> dict:
    return json.loads((folder / FILE).read_text("utf-8"))


def test_the_standards_own_validator_passes(output):
    assert errors(output[1]) == set()


def test_score_writes_a_package_that_validates_too(tables):
    assert errors(tables) == set()
    assert not (tables / "charts").exists()


def test_every_table_is_in_the_package_and_nothing_else(output):
    _, folder = output
    held = [one["path"] for one in descriptor(folder)["resources"]]
    assert sorted(held) == sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")
    )
    assert len(held) > len(TABLES) > 20


def test_every_column_says_what_it_is(output):
    for one in descriptor(output[1])["resources"]:
        assert len(one["title"]) > 5, one["name"]
        for field in one["schema"]["fields"]:
            assert len(field["description"]) >= len("Who"), (one["name"], field["name"])


def test_it_says_what_it_is_of_and_as_of_when(output):
    study, folder = output
    held, said = descriptor(folder), load(study)
    assert held["version"] == said.descriptor.version
    assert held["licenses"][0]["name"] == said.descriptor.licenses[0].name
    assert any(said.descriptor.title in one["title"] for one in held["sources"])
    assert held["results"]["status"] == "draft"
    assert held["description"].startswith("DRAFT")
    assert held["results"]["as_of"] == held["results"]["known_by"]
    if study == REAL:
        assert held["results"]["as_of"] == "2026-11-28"


@pytest.mark.parametrize(
    ("name", "spoil", "kind"),
    [
        ("scores", lambda text: text.replace(b"100.0", b"100.1", 1), "hash-count"),
        ("scores", lambda text: text.replace(b"100.0", b"100.1", 1), "constraint-error"),
        ("ranks", lambda text: text.replace(b",1,", b",first,", 1), "type-error"),
        ("matrix", lambda text: text.replace(b"\nkent,", b"\nnowhere,", 1), "foreign-key"),
        ("units", lambda text: text + text.splitlines(keepends=True)[-1], "primary-key"),
        ("gaps", lambda text: text.replace(b"cannot_be_told", b"fails", 1), "constraint-error"),
        ("matrix", lambda text: text.replace(b"state", b"level", 1), "incorrect-label"),
    ],
)
def test_the_validator_tells_what_is_spoiled(tables, tmp_path, name, spoil, kind):
    """Each fault is put in: keys, types, values and hashes are really looked at."""
    folder = Path(shutil.copytree(tables, tmp_path / "tables"))
    change_bytes(folder, f"{name}.csv", spoil)
    assert (name, kind) in errors(folder)


def test_every_description_is_used(output):
    resources = descriptor(output[1])["resources"]
    used = {field["name"] for one in resources for field in one["schema"]["fields"]}
    # The order of units is drawn where there is one to draw; the last one is there once a document
    # was looked at again (test_rechecking.py).
    rare = {"group", "layer", "groups_directly_above", "since_read"}
    assert set(COLUMNS) - used <= rare


def test_the_docs_list_every_table_as_it_is_described():
    docs = (ROOT / "docs/outputs.md").read_text("utf-8").splitlines()
    lines = [f"| `{name}.csv` | {one.title} |" for name, one in TABLES.items() if one.title]
    own = [f"`{name}.csv`" for name, one in TABLES.items() if not one.title]
    missing = [one for one in lines if one not in docs]
    assert missing + [one for one in own if not any(one in line for line in docs)] == []


def test_the_docs_list_every_file():
    docs = (ROOT / "docs/outputs.md").read_text("utf-8")
    assert [name for name in FILES if f"`{name}`" not in docs] == []
