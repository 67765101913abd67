"""An output is held against its manifest and against its study; one that stands is left alone."""

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from helpers import REAL, ROOT, change_bytes, contents, edit_cell, run
from made import LIBRARY

from analysis.cli import main
from analysis.publish import manifest as manifests
from analysis.publish.manifest import PACKAGES, read_manifest
from analysis.publish.verify import DIFFERENT, EXTRA, MISSING, kept, unchanged

FILE = "manifest.json"


@pytest.fixture(scope="module")
def built(published_library) -> tuple[Path, Path]:
    """A small study, and what is built from it: both to be read only."""
    return LIBRARY, published_library


@pytest.fixture
def output(built, tmp_path) -> Path:
    """A copy of the output, to be spoiled."""
    return Path(shutil.copytree(built[1], tmp_path / "output"))


@pytest.fixture
def study(built, tmp_path) -> Path:
    return Path(shutil.copytree(built[0], tmp_path / "study"))


def flipped(content: bytes) -> bytes:
    """Return the content with one bit of its middle byte changed."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_an_output_as_it_was_built_is_the_same_file_by_file(published, capsys):
    assert main(["verify", str(published), str(REAL)]) == 0
    said = capsys.readouterr().out
    files = contents(published)
    assert set(re.findall(r"^same +(\S+)$", said, re.M)) == set(files)
    assert f"is what the study gives: {len(files)} files, byte for byte" in said
    assert "different" not in said


def test_a_byte_changed_in_any_file_is_caught(built, output):
    """One of each kind in each folder in turn, then all of them at once."""
    held = read_manifest(output)
    assert set(held.outputs) == set(contents(output)) - {FILE}
    kinds = {((output / name).parent, Path(name).suffix): name for name in held.outputs}
    assert len(kinds) > 15
    for name in kinds.values():
        before = (output / name).read_bytes()
        change_bytes(output, name, flipped)
        found = kept(output, held)
        assert {one for one in found if found[one] != "same"} == {name}
        assert unchanged(output, built[0], None, None) is None
        (output / name).write_bytes(before)
    assert unchanged(output, built[0], None, None) == held
    for name in held.outputs:
        change_bytes(output, name, flipped)
    assert {name for name, one in kept(output, held).items() if one == DIFFERENT} == set(
        held.outputs
    )


def test_what_was_changed_taken_out_or_added_is_named(built, output, capsys):
    change_bytes(output, "report.html", flipped)
    (output / "statements.json").unlink()
    (output / "data" / "more.csv").write_text("a\n1\n")
    assert kept(output, read_manifest(output)) | {
        "report.html": DIFFERENT,
        "statements.json": MISSING,
        "data/more.csv": EXTRA,
    } == kept(output, read_manifest(output))
    assert main(["verify", str(output), str(built[0])]) == 1
    said = capsys.readouterr().out
    assert f"{output / 'report.html'}: changed since it was built." in said
    assert f"{output / 'statements.json'}: missing." in said
    assert f"{output / 'data/more.csv'}: not of the build." in said
    for verdict, name in (
        ("different", "report.html"),
        ("missing", "statements.json"),
        ("extra", "data/more.csv"),
    ):
        assert re.search(rf"^{verdict} +{name}$", said, re.M)
    assert "3 of" in said and "The study has changed" not in said


def test_a_manifest_made_to_fit_a_changed_file_does_not_help(built, output, capsys):
    change_bytes(output, "statements.json", flipped)
    forged = json.loads((output / FILE).read_text("utf-8"))
    forged["outputs"] = manifests.output_hashes(output)
    (output / FILE).write_text(json.dumps(forged), encoding="utf-8")
    assert main(["verify", str(output), str(built[0])]) == 1
    said = capsys.readouterr().out
    assert "is as it was built" in said
    assert re.search(r"^different +statements.json$", said, re.M)
    assert re.search(r"^different +manifest.json$", said, re.M)


def test_a_study_that_has_changed_since_is_the_reason(study, output, capsys):
    edit_cell(study, "evidence", 3, "note", "Made up since")
    assert main(["verify", str(output), str(study)]) == 1
    assert "The study has changed since: evidence.csv (different)." in capsys.readouterr().out


def test_a_study_that_is_gone_is_not_one_that_has_changed(output, tmp_path, capsys):
    assert main(["verify", str(output), str(tmp_path / "gone")]) == 1
    out, err = capsys.readouterr()
    assert "changed since:" not in out and "there is no such folder" in err


def test_the_dates_of_the_manifest_are_those_of_the_rebuild(built, tmp_path, capsys):
    out = tmp_path / "output"
    asked = ["--as-of", "2020-12-17", "--known-by", "2026-11-23", "--only", "statements"]
    assert main(["report", str(built[0]), "--out", str(out), *asked]) == 0
    assert main(["verify", str(out), str(built[0])]) == 0
    assert "as of 2020-12-17, known by 2026-11-23" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda out: shutil.rmtree(out), "there is no such folder"),
        (lambda out: (out / FILE).unlink(), "it has no manifest.json"),
        (lambda out: (out / FILE).write_text("{"), "it is not the manifest of a build"),
        (lambda out: (out / FILE).write_text("[]"), "it is not the manifest of a build"),
        (lambda out: (out / FILE).write_bytes(b"\xff\x00"), "it is not the manifest of a build"),
        (lambda out: (out / FILE).write_text('{"study": 1}'), "it is not the manifest of a build"),
    ],
)
def test_no_output_or_a_spoiled_manifest_gets_one_clear_problem(built, output, spoil, said, capsys):
    spoil(output)
    assert main(["verify", str(output), str(built[0])]) == 1
    err = capsys.readouterr().err
    assert said in " ".join(err.split()) and "1 problem." in err and "Traceback" not in err


# --- nothing has changed --------------------------------------------------------------------


def test_an_unchanged_study_is_not_built_again(built, output):
    before = contents(output)
    done = run("report", built[0], "--out", output)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(
        r"Nothing has changed since \d{4}-\d\d-\d\d \d\d:\d\d: .* is as it was", done.stdout
    )
    assert contents(output) == before


def test_that_nothing_has_changed_is_found_without_what_draws(built, output):
    script = (
        "import sys; from analysis.cli import main; main(sys.argv[1:]);"
        "print(sorted({'matplotlib', 'scipy', 'openpyxl', 'jinja2'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, "report", str(built[0]), "--out", str(output)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "Nothing has changed" in done.stdout and done.stdout.splitlines()[-1] == "[]"


def test_again_builds_all_the_same(built, output, capsys):
    before = contents(output)
    assert main(["report", str(built[0]), "--out", str(output), "--again"]) == 0
    said = capsys.readouterr().out
    assert "The report is" in said and "Nothing has changed" not in said
    assert contents(output) == before


def test_whatever_a_build_rests_on_makes_for_another(built, study, output, monkeypatch):
    import datetime as dt

    day = dt.date.fromisoformat
    held = read_manifest(output)

    def stands(as_of=None, known_by=None, of=None):
        return unchanged(output, of or built[0], as_of, known_by) is not None

    assert stands() and stands(held.as_of) and stands(held.as_of, held.known_by)
    assert not stands(day("2020-12-17")) and not stands(None, day("2022-01-01"))
    assert stands(of=study)  # the same study elsewhere
    (study / ".journal").mkdir()  # a change of the study waits to be completed
    assert not stands(of=study)
    (study / ".journal").rmdir()
    assert stands(of=study)
    edit_cell(study, "evidence", 3, "note", "Made up since")
    assert not stands(of=study)
    with monkeypatch.context() as patch:
        patch.setattr(manifests.platform, "python_version", lambda: "3.99.0")
        assert not stands()
    with monkeypatch.context() as patch:
        patch.setattr(manifests, "version", lambda name: "0.0")
        assert not stands()
    with monkeypatch.context() as patch:
        patch.setattr(manifests, "code", lambda: manifests.Code(version="0.1.0", sha256="other"))
        assert not stands()
    assert stands()


def test_every_byte_of_the_code_counts(tmp_path, monkeypatch):
    copy = Path(shutil.copytree(ROOT / "src/analysis", tmp_path / "analysis"))
    monkeypatch.setattr(manifests, "__file__", str(copy / "publish" / "manifest.py"))
    seen = {manifests.code().sha256}
    for name in ("publish/templates/report.css", "study/template.json", "measure/tree.py"):
        change_bytes(copy, name, lambda content: content + b"\n")
        seen.add(manifests.code().sha256)
    assert len(seen) == 4
    (copy / "__pycache__").mkdir(exist_ok=True)
    (copy / "__pycache__" / "left.cpython-311.pyc").write_bytes(b"made up")
    assert manifests.code().sha256 in seen


def test_the_manifest_names_every_package_that_the_code_imports():
    of = packages_distributions()
    imported = {
        name
        for path in (ROOT / "src/analysis").rglob("*.py")
        for name in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text("utf-8"), re.M)
    }
    wanted = {
        re.sub(r"[-_.]+", "-", one).lower()
        for name in imported - set(sys.stdlib_module_names) - {"analysis"}
        for one in of.get(name, [])
    }
    assert {"pandas", "openpyxl", "matplotlib"} <= wanted
    # What runs notebooks, or collects documents, has no part in a build.
    apart = {"nbformat", "papermill", "httpx", "protego", "pypdfium2", "rapidfuzz"}
    assert wanted - set(PACKAGES) - apart == set()
