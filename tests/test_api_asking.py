"""What the public API is asked for: what it takes, what it refuses in one line, what it states."""

import copy
import json
import pickle
import shutil

import matplotlib
import numpy as np
import pandas as pd
import pytest
from helpers import edit_cell, edit_descriptor, run
from made import LIBRARY, library
from made_study import write_made_study
from openpyxl import load_workbook

import analysis as pg
from analysis.measure.shown import measure_scope
from analysis.publish.manifest import input_hashes, read_manifest
from analysis.study.scope import Scope

matplotlib.use("agg")
plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(scope="module")
def study():
    return pg.read_study(LIBRARY)


@pytest.fixture(scope="module")
def results(study):
    return study.measure()


def said_in_one_line(ask) -> str:
    """Return the one line with which something is refused."""
    with pytest.raises((pg.StudyError, AttributeError, KeyError)) as caught:
        ask()
    said = str(caught.value)
    assert said and "\n" not in said
    return said


# --- one coder's codings ----------------------------------------------------------------------------

ALONE = "These are the codings of {} alone, not settled by the adjudicator."


def test_one_coders_codings_say_so(study):
    for coder in study.coders:
        said = ALONE.format(coder)
        other = study.as_coded(study.coders[0]).as_coded(coder)
        results = other.measure()
        for text in (repr(other), repr(results), results.caveats[0], repr(results.table("scores"))):
            assert text.count("alone, not settled") == 1 and said in text
        assert said in results.plot.coverage().get_xlabel().replace("\n", " ")
    plt.close("all")
    assert "alone" not in repr(study) and "alone" not in repr(study.measure())


def test_a_report_of_one_coders_codings_says_so_and_is_rebuilt(tmp_path):
    study = pg.read_study(LIBRARY)
    coder, criterion = study.coders[0], study.measure().matrix.columns[0]
    out = tmp_path / "out"
    study.as_coded(coder).measure(criteria=[criterion]).report(out)
    said = ALONE.format(coder)
    held = read_manifest(out)
    assert held.scope.coder == coder and said in held.scope.stated
    figures = json.loads((out / "statements.json").read_text())
    assert any(said in one["text"] for one in figures if one["id"] == "mark")
    texts = [out / "report.html", *out.glob("site/*.html"), out / "data" / "datapackage.json"]
    assert all(f"codings of {coder} alone" in one.read_text("utf-8") for one in texts)
    for sheet in load_workbook(out / "gap-tables.xlsx"):
        assert any(said in str(cell.value) for (cell,) in sheet.iter_rows(max_row=8, max_col=1))
    done = run("verify", out, LIBRARY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout


def test_what_a_scope_names_and_the_study_no_longer_has_is_refused():
    for scope in (Scope(coder="nobody"), Scope(units=("none",)), Scope(criteria=("none",))):
        with pytest.raises(pg.StudyError, match=r"nobody|none"):
            measure_scope(library(), scope)


def test_two_readings_compared_differ_by_whose_codings_are_shown(study):
    first, second = (study.as_coded(one) for one in study.coders[:2])
    compared = pg.compare(first, second)
    assert set(compared.cells["cause"]) == {"coder"}
    assert not any("a settled difference (" in one for one in compared.sentences)
    assert "whose codings are shown" in repr(compared.table("cells"))
    assert "coder" not in set(pg.compare(first, study).cells["cause"])
    for side, coder in zip(("earlier", "later"), study.coders, strict=False):
        said = ALONE.format(coder).replace("These", "these")
        assert f"In the {side} version, {said}" in compared.caveats[0]


def test_unrelated_studies_are_not_compared(study, tmp_path):
    other = pg.read_study(write_made_study(tmp_path / "study", 12, 8))
    assert "are of two studies" in said_in_one_line(lambda: pg.compare(study, other))
    edit_descriptor(tmp_path / "study", lambda one: one.update(name="library-hours"))
    other = pg.read_study(tmp_path / "study")
    assert "no unit in common" in said_in_one_line(lambda: pg.compare(study, other))


# --- what was read ----------------------------------------------------------------------------------


def test_a_report_vouches_for_the_files_that_were_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(LIBRARY, "study")
    study = pg.read_study("study")
    results = study.measure()
    hashes = input_hashes(LIBRARY)
    assert study._data.inputs == hashes and study._data.folder == tmp_path / "study"
    edit_cell(tmp_path / "study", "units", 2, "name", "Another name")
    said = said_in_one_line(lambda: results.report(tmp_path / "out"))
    assert "has changed since it was read" in said
    files = study.table("files").frame.set_index("table")["sha256"]
    assert hashes["units.csv"].startswith(files["units.csv"])
    (tmp_path / "study").rename(tmp_path / "moved")
    assert "no such folder" in said_in_one_line(lambda: results.report(tmp_path / "out"))
    assert not study.table("files").frame.empty
    assert not (tmp_path / "out").exists()


def test_copies_of_a_table_keep_what_must_stand(results, tmp_path):
    table = results.table("scores")
    mark = library().settings.draft_mark
    for made in (copy.copy(table), copy.deepcopy(table), pickle.loads(pickle.dumps(table))):
        assert repr(made) == repr(table) and mark in made.to_html()
        made.to_excel(tmp_path / "table.xlsx")
        assert mark in str(list(load_workbook(tmp_path / "table.xlsx").active.values))


def test_an_error_goes_to_another_process_whole():
    with pytest.raises(pg.StudyError) as caught:
        pg.read_study("nowhere")
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems and str(again) == str(caught.value)


# --- what is shown ----------------------------------------------------------------------------------


def test_a_part_says_so_wherever_it_counts(study):
    part = study.measure(units=["library-one", "library-two"])
    assert "shown" in part.figures["study.units"].definition
    assert "shown" in part.figures["cells.scored"].definition
    assert "shown" not in study.measure().figures["study.units"].definition


def test_what_is_the_studys_own_is_stated_as_nothing_else(study, results):
    everyone = list(study.units["unit_id"])
    asked = list(results.matrix.columns)
    for other in (
        study.measure(weights={"access": 3}),
        study.measure(units=everyone),
        study.measure(units="unit_id != ''"),
        study.measure(criteria=asked),
        study.measure(known_by="2030"),
    ):
        assert other._measures.study.scope == Scope()
    stated = study.measure(weights={"access": 3, "opening": 5})._measures.study.scope.stated
    assert stated == ("With other weights than the study’s own: opening 5 (own: 2).",)


def test_a_weight_that_can_move_nothing_is_refused(study):
    context = study.criteria.query("not scored")["criterion_id"].iloc[0]
    said = said_in_one_line(lambda: study.measure(weights={context: 2}))
    assert "its weight moves no score" in said


def test_a_criterion_that_asks_nothing_yet_is_refused(tmp_path):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")
    edit_cell(folder, "criteria", 11, "recommendation_id", "parking")
    study = pg.read_study(folder)
    said = said_in_one_line(lambda: study.measure(criteria=["evening", "reading-group"]))
    assert "criteria (reading-group): it asks nothing yet" in said
    assert "10 criteria (1 asks nothing yet: the text behind was not read)" in repr(study)


def test_long_lists_lead_to_no_file_in_a_notebook(tmp_path):
    study = pg.read_study(write_made_study(tmp_path / "study", 15, 8))
    part = study.measure(units=list(study.units["unit_id"])[:14])
    assert "2 more (see the table of scores)" in repr(part)


def test_a_date_before_everything_says_so(study):
    assert "earlier than any date in the study" in study.measure(as_of="1700").caveats[0]
    assert "earlier than any" not in study.measure(as_of="2021").caveats[0]


def test_the_notes_say_that_the_description_is_of_the_whole_study(study, tmp_path):
    from analysis.measure.figures import named_figures
    from analysis.publish.workbook import gap_workbook

    part = study.measure(units=["library-one"])._measures
    (tmp_path / "book.xlsx").write_bytes(gap_workbook(part, named_figures(part)))
    notes = [str(row[1]) for row in load_workbook(tmp_path / "book.xlsx")["Notes"].values]
    assert any(one.startswith("The study as a whole: ") for one in notes)


# --- kinds that are taken, and others ---------------------------------------------------------------


def test_weights_are_a_mapping_or_a_series(study):
    by_map = study.measure(weights={"opening": 5}).scores
    assert study.measure(weights=pd.Series({"opening": 5})).scores.equals(by_map)


def test_units_are_an_id_a_mask_or_any_list_of_ids(study):
    one = study.measure(units="library-one").scores
    assert study.measure(units=["library-one"]).scores.equals(one)
    mask = study.units["unit_id"] == "library-one"
    for chosen in (mask, mask.to_numpy(), list(mask), {"library-one"}, pd.Index(["library-one"])):
        assert study.measure(units=chosen).scores.equals(one)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"units": 5}, "5"),
        ({"units": b"library-one"}, "b'library-one'"),
        ({"units": lambda one: one}, "function"),
        ({"units": pd.DataFrame({"unit_id": ["library-one"]})}, "DataFrame"),
        ({"units": {"library-one": 1}}, "dict"),
        ({"units": ["library-one", pd.NA]}, "NA"),
        ({"units": [True]}, "6 values"),
        ({"units": "1"}, "neither"),
        ({"units": "region"}, "neither"),
        ({"units": "tile_row"}, "neither"),
        ({"units": "regio == 'x'"}, "the nearest: region"),
        ({"units": "region > 5"}, "neither"),
        ({"units": "unit_id in @ids"}, "neither"),
        ({"units": "library-onne"}, "the nearest: library-one"),
        ({"units": ["library-onne"]}, "the nearest: library-one"),
        ({"units": "region == 'Uper Invention'"}, "region: Upper Invention, Lower Invention"),
        ({"criteria": 5}, "5"),
        ({"criteria": ["evenin"]}, "the nearest: evening"),
        ({"weights": [("opening", 2)]}, "list"),
        ({"weights": "opening"}, "opening"),
        ({"weights": pd.NA}, "NA"),
        ({"weights": {"openin": 2}}, "the nearest: opening"),
        ({"weights": pd.Series([1, 2], ["opening", "opening"])}, "twice"),
    ],
)
def test_other_kinds_are_refused_with_what_was_given(study, asked, said):
    line = said_in_one_line(lambda: study.measure(**asked))
    assert said in line and line.startswith(next(iter(asked)))
    assert "Index" not in line and "not defined" not in line and "not supported" not in line


def test_objects_of_other_kinds_are_refused(study, results, tmp_path):
    axes = plt.subplots(1, 2)[1]
    refused = {
        "Results": lambda: pg.compare(results, results),
        "data": lambda: pg.compare(study, "data"),
        "None": lambda: pg.read_study(None),
        "empty": lambda: pg.read_study(""),
        "too long": lambda: pg.read_study("a" * 300),
        "is a file": lambda: pg.read_study(LIBRARY / "units.csv"),
        "path": lambda: pg.Study("path"),
        "pg.read_study": lambda: pg.Results(5),
        "None ": lambda: results.report(None),
        "list": lambda: results.table(["scores"]),
        "list ": lambda: study[["units"]],
        "5": lambda: results.plot.matrix(5),
        "ndarray": lambda: results.plot.matrix(axes),
        "Figure": lambda: results.plot.matrix(plt.figure()),
        "Axes3D": lambda: results.plot.matrix(plt.figure().add_subplot(projection="3d")),
        "PolarAxes": lambda: results.plot.matrix(plt.figure().add_subplot(projection="polar")),
        "5 ": lambda: results.say(5),
        "the nearest: scores": lambda: results.table("score"),
        "the nearest: units": lambda: study["unitz"],
        "the nearest: unit, units": lambda: study.unitz,
        "the nearest: scores ": lambda: results.scoers,
        "the nearest: matrix": lambda: results.plot.matrx,
        "no path has": lambda: results.report("a\0b"),
        "the nearest: read_study": lambda: pg.read_studdy,
        "the nearest: coder": lambda: study.as_coded("codr-a"),
        "a table of the study": lambda: setattr(study, "units", 5),
    }
    for said, ask in refused.items():
        assert said.strip() in said_in_one_line(ask)
    plt.close("all")
    (tmp_path / "file").write_text("")
    for out, said in (("file", "it is a file"), ("file/out", "cannot be written")):
        line = said_in_one_line(lambda out=out: results.report(tmp_path / out))
        assert said in line and "--out" not in line


def test_a_place_that_cannot_be_written_is_no_other_build(results, monkeypatch):
    from analysis.publish import files

    monkeypatch.setattr(files, "PATIENCE", 0.1)
    line = said_in_one_line(lambda: results.report("/proc/policygap-out"))
    assert "another build" not in line and "cannot be written" in line


def test_a_study_is_a_collection_of_its_tables(study):
    assert "units" in study and "unitz" not in study and list(study) == list(study.tables)


def test_masks_and_queries_warn_of_nothing(study, recwarn):
    study.measure(units="region == 'Upper Invention'")
    study.measure(units=study.units["region"] == "Upper Invention")
    assert not recwarn.list and np.isfinite(len(study.units))


def test_an_empty_last_line_is_to_be_removed(tmp_path):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")
    with (folder / "units.csv").open("a") as file:
        file.write("\n")
    line = said_in_one_line(lambda: pg.read_study(folder))
    assert "the line is empty" in line and "remove the empty line" in line
