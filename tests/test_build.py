"""Building aside and swapping in: whatever happens, there is one whole output."""

import datetime as dt
import gc
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pytest
from made import library, with_rows

from analysis.cli import main
from analysis.measure.results import measure
from analysis.publish.build import build
from analysis.publish.files import atomic_replace
from analysis.publish.requests import as_text, requests, write_texts
from analysis.study import load, states
from analysis.study import vocabulary as v
from analysis.study.requests import Asking

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "data/safe-to-share"


def listing(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def left_in(folder: Path) -> list[str]:
    """Name what lies in a folder, but for the empty file by which builds know of each other."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".output.lock")


def test_the_manifest_has_the_hash_of_every_input_and_output(published):
    held = json.loads((published / "manifest.json").read_text())
    files = listing(published)
    files.pop("manifest.json")
    assert held["outputs"] == files
    notebooks = STUDY.parents[1] / "notebooks"
    beside = {f"../../notebooks/{name}": digest for name, digest in listing(notebooks).items()}
    assert held["inputs"] == {**listing(STUDY), **beside}
    assert (held["as_of"], held["status"]) == ("2026-11-28", "draft")


def test_score_writes_the_same_tables_as_the_report(published, tmp_path):
    assert main(["score", str(STUDY), "--out", str(tmp_path / "tables")]) == 0
    tables = listing(tmp_path / "tables")
    whole = listing(published / "data")
    # The descriptor beside them describes the charts' tables too, where there are any.
    tables.pop("datapackage.json"), whole.pop("datapackage.json")
    assert tables == {name: whole[name] for name in tables}
    assert {"matrix.csv", "scores.csv", "national.csv", "gaps.csv"} <= set(tables)


def test_the_text_of_every_request_is_published_and_bears_no_day_of_the_build(published):
    study = load(STUDY)
    made = {f"{one.name}.txt": as_text(one) for one in requests(measure(study))}
    # One to each force, and one on the specialist support that its commissioner funds, where no
    # source has answered that yet, or the answer was read in the openings of documents alone.
    cells = states(study).cells.query("criterion_id == 'specialist-support'")
    openings = set(study["evidence"].query("extent_read == 'opening'")["evidence_id"])
    asked = cells["state"].isin(v.UNKNOWNS) | cells["evidence_ids"].str.split(";").map(
        openings.issuperset
    )
    assert len(made) == 43 + asked.sum() == 43 + 37 + 5
    held = {one.name: one.read_bytes().decode() for one in (published / "requests").iterdir()}
    assert held == made
    sources = study["sources"]
    held_as_found = {" ".join(one.split()) for one in (*sources["title"], *sources["publisher"])}
    days = {*sources["published"], study.settings.report.date.isoformat()}
    for text in held.values():
        # Addresses, titles and the names of publishers are as they were found.
        own = re.sub(r"https?://\S+", "", " ".join(text.split()))
        for name in sorted(held_as_found, key=len, reverse=True):
            own = own.replace(name, "")
        assert set(re.findall(r"\b\d{4}-\d\d-\d\d\b", own)) <= days
        assert set(re.findall(r"\d{1,2}\s+[A-Z][a-z]+\s+\d{4}", own)) <= {"17 December 2020"}


def test_where_nothing_is_left_to_ask_there_is_no_request(tmp_path):
    """Kent and its commissioner were asked for all of it; then every force and commissioner was."""
    study = load(STUDY)
    asking = Asking(study)
    asked = [
        {"request_id": f"q{number}-{unit}", "unit_id": unit, "sent_on": "2026-11-20"}
        | {"asked_of": asking.named(holder, unit)}
        for unit in study["units"]["unit_id"]
        for number, holder in enumerate(asking.holders)
    ]
    for name, rows in (("one", [row for row in asked if row["unit_id"] == "kent"]), ("all", asked)):
        write_texts(requests(measure(with_rows(study, "requests", rows))), tmp_path / name)
    left = [one.name for one in (tmp_path / "one").iterdir()]
    assert len({name.split(".")[0] for name in left}) == 42
    assert not any(name.startswith("kent.") for name in left)
    assert not (tmp_path / "all").exists()


def test_a_failure_leaves_the_last_output_and_nothing_else(tmp_path):
    out = tmp_path / "output"
    with atomic_replace(out) as folder:
        (folder / "a.txt").write_text("first")
    with pytest.raises(RuntimeError), atomic_replace(out) as folder:
        (folder / "a.txt").write_text("second")
        raise RuntimeError
    assert (out / "a.txt").read_text() == "first"
    assert left_in(tmp_path) == ["output"]


def test_a_swap_replaces_the_folder_whole(tmp_path):
    out = tmp_path / "output"
    for name in ("old.txt", "new.txt"):
        with atomic_replace(out) as folder:
            (folder / name).write_text(name)
    assert [path.name for path in out.iterdir()] == ["new.txt"]
    assert left_in(tmp_path) == ["output"]


@pytest.mark.parametrize("command", ["report", "score"])
def test_a_folder_that_is_no_output_is_never_replaced(command, tmp_path, capsys):
    (tmp_path / "thesis.docx").write_text("years of work")
    assert main([command, str(STUDY), "--out", str(tmp_path)]) == 1
    assert "no output of policygap" in capsys.readouterr().err
    assert (tmp_path / "thesis.docx").read_text() == "years of work"


def test_an_output_inside_the_study_is_refused(tmp_path, capsys):
    study = shutil.copytree(STUDY, tmp_path / "study")
    before = listing(study)
    assert main(["score", str(study), "--out", str(study / "tables")]) == 1
    assert "the folder lies inside the study" in capsys.readouterr().err
    assert listing(study) == before


def test_an_output_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "output").write_text("a file")
    assert main(["report", str(STUDY), "--out", str(tmp_path / "output")]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert (tmp_path / "output").read_text() == "a file"


@pytest.mark.parametrize(
    ("as_of", "known_by"),
    [
        pytest.param("2010-01-01", None, marks=pytest.mark.slow),
        pytest.param("2018-12-31", None, marks=pytest.mark.slow),
        pytest.param("2020-12-17", None, marks=pytest.mark.slow),
        pytest.param(None, "2020-01-01", marks=pytest.mark.slow),
    ],
)
def test_any_date_builds(as_of, known_by, tmp_path):
    days = [day and dt.date.fromisoformat(day) for day in (as_of, known_by)]
    path = build(measure(load(STUDY), *days), tmp_path / "output")
    assert path.stat().st_size > 50_000


# The last ones are days too, to ISO 8601 or to Python, and to nothing else here.
BAD_DATES = [
    *("202", "2020-1", "17/12/2020", "2020-02-30", "yesterday", ""),
    *("20201217", "2020-W51-4", "2020-12-17T00:00", "２０２０-12-17"),
]


@pytest.mark.parametrize("date", BAD_DATES)
@pytest.mark.parametrize("option", ["--as-of", "--known-by"])
def test_a_bad_date_gets_one_clear_line(date, option, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["score", str(STUDY), "--out", str(tmp_path / "x"), option, date])
    assert stop.value.code == 2
    *_, said = capsys.readouterr().err.splitlines()
    wanted = f"argument {option}: {date!r} is not a date; write YYYY-MM-DD, or YYYY-MM or YYYY for the last day of a month or a year, such as 2020-12-17"
    assert said.endswith(wanted)


def test_what_a_killed_build_set_aside_is_put_back(tmp_path):
    """Killed between the two renames of a swap: the last output lies aside, and nothing else."""
    (tmp_path / ".output.previous").mkdir()
    (tmp_path / ".output.previous" / "a.txt").write_text("last")
    (tmp_path / ".output.building").mkdir()
    with pytest.raises(RuntimeError), atomic_replace(tmp_path / "output"):
        raise RuntimeError
    assert (tmp_path / "output" / "a.txt").read_text() == "last"
    assert left_in(tmp_path) == ["output"]


def test_a_build_that_is_asked_to_end_leaves_nothing_behind(published, tmp_path):
    out = shutil.copytree(published, tmp_path / "output")
    before = listing(out)
    command = [sys.executable, "-m", "analysis", "report", str(STUDY), "--out", str(out), "--again"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (tmp_path / ".output.building").exists():
        time.sleep(0.01)
    process.terminate()
    assert process.wait(60) != 0
    assert listing(out) == before
    assert left_in(tmp_path) == ["output"]


def test_a_build_clears_up_after_itself_without_a_warning(tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ResourceWarning)
        build(measure(library()), tmp_path / "out", parts=["report", "pdf", "briefings"])
        gc.collect()
    assert [str(one.message) for one in said] == []
    assert not list(place.iterdir())
