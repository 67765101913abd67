"""The public API: typed tables, what is asked for and said to be, frames that are copies."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest
import test_site
from helpers import edit_cell, edit_descriptor, find_row, read_rows, run
from made import LIBRARY, library
from made_study import write_made_study
from openpyxl import load_workbook
from pypdf import PdfReader

import analysis as pg
from analysis.api.reading import NOTHING, Number, Table
from analysis.measure.figures import interval_sensitivity, named_figures
from analysis.measure.results import measure
from analysis.publish.manifest import read_manifest
from analysis.publish.report import report_html
from analysis.publish.verify import unchanged
from analysis.show.charts import all_charts
from analysis.study.dates import last_day


@pytest.fixture(scope="module")
def study():
    return pg.read_study(LIBRARY)


@pytest.fixture(scope="module")
def results(study):
    return study.measure()


def test_import_alone_loads_nothing_heavy():
    code = (
        "import sys, analysis; dir(analysis); "
        "print(sorted({'pandas', 'numpy', 'matplotlib', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_all_names_are_there_and_no_other():
    assert set(pg.__all__) <= set(dir(pg))
    assert all(getattr(pg, name) is not None for name in pg.__all__)
    with pytest.raises(AttributeError, match="read_studdy"):
        pg.read_studdy  # noqa: B018


# --- tables ---------------------------------------------------------------------------------------


def test_every_table_is_an_attribute_and_an_item(study):
    for name in study.tables:
        table = study[name]
        pd.testing.assert_frame_equal(getattr(study, name), table)
        assert name in dir(study)
        assert len(table) == len(library()[name])
    with pytest.raises(KeyError, match="no table"):
        study["unitz"]
    with pytest.raises(AttributeError, match="no 'unitz'"):
        study.unitz  # noqa: B018


def test_columns_are_typed_by_the_schema(study):
    for name in study.tables:
        table = library().descriptor.tables[name]
        frame = study[name]
        for field in table.fields:
            kind = str(frame[field.name].dtype)
            enum = field.constraints.enum
            if field.type != "string":
                assert kind == {"integer": "Int64", "number": "Float64"}[field.type]
            elif enum and set(enum) <= {"yes", "no"}:
                assert kind == "boolean"
            elif enum:
                assert kind == "category" and not frame[field.name].cat.ordered
            # What is empty is missing, and nothing else is.
            empty = library()[name][field.name].reset_index(drop=True) == ""
            assert list(frame[field.name].isna()) == list(empty)


def test_a_reduced_date_stays_text_beside_its_first_and_last_day(tmp_path):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")
    row = find_row(folder, "events", event_id=read_rows(folder, "events")[1][0])
    edit_cell(folder, "events", row, "date", "2020-02")
    one = pg.read_study(folder).events.iloc[row - 2]
    assert one["date"] == "2020-02"
    assert one["date_first"] == pd.Timestamp("2020-02-01")
    assert one["date_last"] == pd.Timestamp("2020-02-29")


def test_what_is_returned_can_be_edited_without_changing_the_study(study, results):
    units = study.units
    units.loc[:, "name"] = "changed"
    del units["region"]
    assert "changed" not in set(study.units["name"]) and "region" in study.units
    for name in ("matrix", "scores", "gaps", "national", "ranks", "priorities", "coverage"):
        before = getattr(results, name)
        frame = getattr(results, name)
        for column in frame:
            frame[column] = None
        pd.testing.assert_frame_equal(getattr(results, name), before)


def test_a_study_at_fault_says_every_problem(tmp_path):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")
    edit_cell(folder, "criteria", 2, "weight", "-1")
    edit_cell(folder, "levels", 2, "value", "much")
    with pytest.raises(pg.StudyError) as caught:
        pg.read_study(folder)
    assert {one.column for one in caught.value.problems} >= {"weight", "value"}


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("2021", "2021-12-31"),
        ("2020-02", "2020-02-29"),
        ("2021-03-05", "2021-03-05"),
        (dt.date(2021, 3, 5), "2021-03-05"),
        (pd.Timestamp("2021-03-05 13:00"), "2021-03-05"),
        (dt.datetime(2021, 3, 5, 23, 59), "2021-03-05"),
    ],
)
def test_a_date_means_its_last_day(study, asked, day):
    assert last_day(asked).isoformat() == day
    assert study.measure(as_of=asked).as_of == pd.Timestamp(day)
    assert study.measure(known_by=asked).known_by == pd.Timestamp(day)


@pytest.mark.parametrize("asked", ["yesterday", "2021-13", "21", 2021.5, pd.NaT, "2021-02-30", ""])
def test_what_is_no_date_is_refused(study, asked):
    with pytest.raises(pg.StudyError, match=r"as_of.*it is not a date"):
        study.measure(as_of=asked)


def test_the_command_line_reads_dates_alike(tmp_path):
    folders = [tmp_path / "year", tmp_path / "day"]
    for date, out in zip(("2021", "2021-12-31"), folders, strict=True):
        done = run("score", LIBRARY, "--out", out, "--as-of", date, "--known-by", "2026")
        assert done.returncode == 0, done.stderr
    assert (folders[0] / "matrix.csv").read_bytes() == (folders[1] / "matrix.csv").read_bytes()


# --- what is asked for ----------------------------------------------------------------------------


def test_other_weights_count_and_leave_the_study_as_it_is(study, results):
    node = study.criteria.query("scored")["criterion_id"].iloc[0]
    other = study.measure(weights={node: 7})
    assert not other.scores.equals(results.scores)
    assert study.criteria.equals(pg.read_study(LIBRARY).criteria)
    own = study.criteria.set_index("criterion_id")["weight"][node]
    said = f"With other weights than the study’s own: {node} 7 (own: {own:g})."
    assert said in repr(other) and any(said in one for one in other.caveats)


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf"), 1e13, "heavy", None, True])
def test_a_weight_that_is_none_is_refused_by_name(study, weight):
    node = study.criteria["criterion_id"].iloc[0]
    with pytest.raises(pg.StudyError) as caught:
        study.measure(weights={node: weight, "nowhere": 1})
    assert [one.column for one in caught.value.problems] == [node, "nowhere"]
    assert str(weight) in str(caught.value)


def test_a_weight_of_zero_counts_as_none(study):
    nodes = list(study.criteria.query("scored")["criterion_id"])
    assert not study.measure(weights={nodes[0]: 0}).scores.empty


def test_weights_with_which_nothing_weighs_are_refused(study):
    """Else every table of scores would be empty, without a word."""
    nodes = list(study.criteria.query("scored")["criterion_id"])
    with pytest.raises(pg.StudyError, match="nothing weighs"):
        study.measure(weights=dict.fromkeys(nodes, 0))


def test_units_are_chosen_by_a_query_or_by_ids_and_ranked_among_themselves(study, results):
    ids = list(study.units["unit_id"])[:3]
    by_ids = study.measure(units=ids)
    assert list(by_ids.matrix.index) == ids
    assert by_ids.ranks["worst"].max() <= 3
    by_query = study.measure(units=f"unit_id in {ids}")
    pd.testing.assert_frame_equal(by_query.scores, by_ids.scores)
    whole = results.scores[results.scores["unit_id"].isin(ids)].reset_index(drop=True)
    pd.testing.assert_frame_equal(by_ids.scores, whole)
    assert f"Shown: 3 of {len(study.units)}" in repr(by_ids)


@pytest.mark.parametrize("units", ["regio == 'x'", "name ==", "unit_id == 'none'", ["none"], []])
def test_a_choice_of_units_that_cannot_be_is_refused(study, units):
    with pytest.raises(pg.StudyError, match=r"^units"):
        study.measure(units=units)


def test_criteria_choose_what_is_shown_and_scores_rest_on_all(study, results):
    chosen = list(study.criteria["criterion_id"])[:2]
    part = study.measure(criteria=chosen)
    assert list(part.matrix.columns) == chosen
    assert set(part.national["criterion_id"]) == set(chosen)
    pd.testing.assert_frame_equal(part.scores, results.scores)
    with pytest.raises(pg.StudyError, match=r"criteria.*nowhere"):
        study.measure(criteria=["nowhere"])


def test_totals_bind_all_units_before_a_part_is_shown(study, results):
    """Bounds are those of all units, also where the ones that bind them are not shown."""
    day = library()["published_totals"]["as_of"].iloc[0]
    whole = study.measure(as_of=day)._measures
    ids = list(whole.study["units"]["unit_id"])[1:3]
    part = study.measure(as_of=day, units=ids)._measures
    for name in ("bounds", "score_bounds"):
        rows = getattr(whole, name)
        rows = rows[rows["unit_id"].isin(ids)].reset_index(drop=True)
        pd.testing.assert_frame_equal(getattr(part, name), rows)
    pd.testing.assert_frame_equal(part.totals, whole.totals)
    places = [list(whole.comparisons.unit_ids).index(one) for one in ids]
    assert (part.comparisons.above == whole.comparisons.above[places][:, places]).all()


# --- what is shown --------------------------------------------------------------------------------


def test_states_are_unordered_categories(results):
    for name in results.matrix:
        assert str(results.matrix[name].dtype) == "category"
        assert not results.matrix[name].cat.ordered
        assert not results.matrix[name].isna().any()


def test_ids_are_renamed_by_labels(results):
    named = results.matrix.rename(index=results.labels, columns=results.labels)
    assert list(named.index) == list(library()["units"]["short_name"])
    assert set(named.columns) <= set(library()["criteria"]["label"])


def test_figures_are_named_and_a_wrong_name_suggests_the_nearest(results):
    figure = results.figures["cells.settled"]
    assert figure.value == len(figure.rows)
    with pytest.raises(KeyError, match=r"cells\.settled"):
        results.figures["cells.setled"]
    assert "cells.settled" in results.figures._ipython_key_completions_()
    assert "sensitivity.units.known" in results.figures
    assert ["x"] not in results.figures and None not in results.figures
    with pytest.raises(KeyError, match="no figure has the name"):
        results.figures[["x"]]
    with pytest.raises(KeyError, match="nothing-like-it"):
        results.say("{nothing-like-it}")


def test_say_fills_figures_and_the_noun(results, capsys):
    results.say("{Units}: {study.units} {units}, each a {unit}.")
    many = len(library()["units"])
    assert capsys.readouterr().out == f"Libraries: {many} libraries, each a library.\n"


def test_tables_for_reading_have_no_blank_and_bear_what_must_stand(study, tmp_path):
    results = study.measure(as_of="2021")
    for name in results.tables:
        table = results.table(name)
        assert not (table.frame == "").any(axis=None) and not table.frame.isna().any(axis=None)
        html, text = table.to_html(), repr(table)
        for line in (library().settings.draft_mark, "not the study’s own ("):
            assert line in html and line in text
        assert html == results.table(name).to_html() and "0x" not in text
    with pytest.raises(pg.StudyError, match="scores"):
        results.table("score")


def test_a_table_in_a_workbook_bears_what_must_stand(study, tmp_path):
    table = study.measure(as_of="2021").table("scores")
    table.to_excel(tmp_path / "scores.xlsx")
    rows = list(load_workbook(tmp_path / "scores.xlsx").active.values)
    text = " ".join(str(cell) for row in rows for cell in row if cell)
    assert "not the study’s own (" in text
    assert rows[-1][0] == table.frame.iloc[-1, 0]


def test_numbers_in_a_workbook_are_numbers_as_they_are_read(study, tmp_path):
    results, place = study.measure(as_of="2021"), tmp_path / "table.xlsx"
    table = results.table("scores")
    table.to_excel(place)
    (*_, last) = load_workbook(place).active.iter_rows()
    read = dict(zip(table.frame, last, strict=True))
    assert all(isinstance(read[name].value, int | float) for name in ("low", "high", "known"))
    assert f"{read['low'].value:.1f}" == table.frame["low"].iloc[-1]
    assert f"{read['known'].value:.1%}" == table.frame["known"].iloc[-1]
    assert read["low"].number_format == "0.0"


def test_what_is_no_number_among_numbers_is_said_in_words(tmp_path):
    frame = pd.DataFrame({"n": [Number("1.50"), NOTHING, Number("−2")], "t": ["007", NOTHING, "1"]})
    Table(frame, "Made up.").to_excel(tmp_path / "t.xlsx", startrow=2, startcol=1, index=True)
    rows = list(load_workbook(tmp_path / "t.xlsx").active.iter_rows(min_row=6, min_col=3))
    assert [[one.value for one in row] for row in rows] == [
        [1.5, "007"],
        ["no value", NOTHING],
        [-2, "1"],
    ]
    assert [row[0].number_format for row in rows] == ["0.00", "General", "+0;−0;0"]


@pytest.mark.parametrize("name", ["t.csv", "t.xls", "t"])
def test_a_name_that_is_none_of_a_workbook_is_refused_in_one_line(tmp_path, name):
    table = Table(pd.DataFrame({"n": [Number("1")]}), "Made up.")
    for place in (tmp_path / name, str(tmp_path / name)):
        with pytest.raises(pg.StudyError, match=r"ends in \.xlsx.*name it t\.xlsx") as said:
            table.to_excel(place)
        assert len(str(said.value).splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_numbers_of_the_study_and_of_a_comparison_are_numbers_too(study):
    criteria = study.table("criteria").frame["weight"]
    assert all(isinstance(one, Number) for one in criteria if one != NOTHING)
    moved = pg.compare(study.as_coded(study.coders[0]), study).table("scores").frame
    assert len(moved) and all(isinstance(one, Number) for one in moved["lowest"])


def test_representations_are_short_and_say_date_counts_and_caveats(study, results):
    many = len(study.units)
    for shown in (study, results):
        assert len(repr(shown).splitlines()) <= 6
        for text in (repr(shown), shown._repr_html_()):
            assert f"{many} libraries" in text and library().settings.draft_mark in text
    assert "about the position on" in repr(results)


def test_agreement_and_comparison(study):
    assert {"criterion_id", "measure", "cells", "in_words"} <= set(study.agreement())
    compared = pg.compare(study.as_coded(study.coders[0]), study)
    parts = compared.attribution
    for _, rows in parts.groupby(["unit_id", "measure"]):
        moved = rows["after"].iloc[0] - rows["before"].iloc[0]
        assert abs(rows["part"].sum() - moved) < 1e-9
    assert not (compared.table("scores").frame == "").any(axis=None)
    with pytest.raises(pg.StudyError, match=r"no table has this name.*scores, cells"):
        compared.table("score")
    with pytest.raises(KeyError, match="no coder"):
        study.as_coded("nobody")


def test_no_option_of_pandas_is_set(study):
    code = (
        "import pandas as pd; names = pd.describe_option(_print_desc=False); "
        "before = {n: pd.get_option(n) for n in ('display.max_rows', 'display.width')}; "
        f"import analysis as pg; r = pg.read_study({str(LIBRARY)!r}).measure(); repr(r); "
        "r.table('scores'); assert before == {n: pd.get_option(n) for n in before}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- the report -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """A report of a part of a made-up study, with other weights."""
    place = tmp_path_factory.mktemp("reported")
    folder = write_made_study(place / "study", units=14, criteria=8)
    edit_descriptor(folder, lambda one: one["study"].update(status="draft"))
    study = pg.read_study(folder)
    ids, node = list(study.units["unit_id"])[:3], study.criteria["criterion_id"].iloc[0]
    results = study.measure(as_of="2024", weights={node: 2}, units=ids)
    results.report(place / "output")
    return folder, place / "output", results


def test_every_page_says_what_was_asked_for(reported):
    _, out, results = reported
    stated = results._measures.study.scope.stated
    assert len(stated) == 3
    words = ["Shown: 3 of 14", "With other weights than the study’s own", "not the study’s own ("]

    def said(text: str) -> bool:
        flat = " ".join(text.replace("&#39;", "'").replace("\u00ad", "").split())
        return all(one in flat for one in words)

    pages = [out / "report.html", *(out / "site").rglob("*.html")]
    assert len(pages) > 10
    assert [page for page in pages if not said(page.read_text("utf-8"))] == []
    for pdf in [out / "report.pdf", *(out / "briefings").glob("*.pdf")]:
        assert all(said(page.extract_text()) for page in PdfReader(pdf).pages), pdf
    for sheet in load_workbook(out / "gap-tables.xlsx"):
        top = " ".join(str(c.value) for row in sheet.iter_rows(max_row=20) for c in row if c.value)
        assert said(top), sheet.title
    assert said(json.loads((out / "data" / "datapackage.json").read_text())["description"])
    assert all(said(one.read_text("utf-8")) for one in (out / "requests").glob("*.txt"))
    assert json.loads((out / "manifest.json").read_text())["scope"]["stated"] == list(stated)
    assert len(list((out / "briefings").glob("*.pdf"))) == 3


def test_verify_rebuilds_what_was_asked_for_and_report_builds_again(reported):
    folder, out, _ = reported
    done = run("verify", out, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    held = read_manifest(out)
    assert unchanged(out, folder, held.as_of, held.known_by) is None


def test_every_link_of_a_part_leads_somewhere(study):
    """Also those to what is not shown: a published count names units, and its rows all cells."""
    ids = list(study.units["unit_id"])[1:3]
    chosen = list(study.criteria["criterion_id"])[:2]
    part = study.measure(as_of="2022", units=ids, criteria=chosen)
    test_site.test_every_link_leads_somewhere(test_site.made_from(part._measures))


def test_a_report_replaces_nothing_else(results, tmp_path):
    (tmp_path / "mine.txt").write_text("work")
    with pytest.raises(pg.StudyError, match="no output of policygap"):
        results.report(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "work"


def test_a_checked_study_is_no_draft_where_something_else_is_said():
    study = library()
    settings = study.settings.model_copy(update={"status": "checked"})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    results = measure(replace(study, descriptor=descriptor), dt.date(2021, 12, 31))
    named = named_figures(results) | interval_sensitivity(results)
    page = report_html(results, named, all_charts(results, named))
    assert "not the study’s own (" in page and "This is a draft" not in page
