"""The workbook as a journalist meets it, and the matrix wide: small tables, known answers."""

import csv
import io
import json

import openpyxl
import pytest
from made import library

from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.publish.context.overview import how_much_is_known
from analysis.publish.data import write_data
from analysis.publish.sheets import days
from analysis.publish.sheets.front import summary
from analysis.publish.wide_matrix import distinct, wide_matrix
from analysis.publish.workbook import gap_workbook


@pytest.fixture(scope="module")
def results():
    return measure(library())


def test_the_summary_has_the_names_beside_the_counts(results):
    rows = summary(results, {}).to_numpy().tolist()
    gaps = results.gaps
    names = results.study.lookup("units", "name")
    assert rows and {row[0] for row in rows} <= set(
        results.study.lookup("recommendations", "label").values()
    )
    for label, found, count, which, *_ in rows:
        (group,) = [
            one
            for one, text in results.study.lookup("recommendations", "label").items()
            if text == label
        ]
        if found == "Shown to meet":
            meets = gaps[(gaps["recommendation_id"] == group) & (gaps["finding"] == "meets")]
            assert count == len(meets)
            assert which == ("; ".join(names[one] for one in meets["unit_id"]) or "none")


def test_a_unit_is_named_with_its_own_notice(published):
    sheet = openpyxl.load_workbook(published / "gap-tables.xlsx")["Summary"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7)]
    named = [row for row in rows if "Gloucestershire Constabulary" in str(row[3])]
    assert len(named) == 2
    assert all("These levels rest on one letter" in row[5] for row in named)
    assert all("Gloucestershire Constabulary" in row[4] for row in named)
    assert all("3 December 2021" in row[4] for row in named)
    assert all("[note 1]" in row[5] for row in rows if "clear guidance" in row[0])
    # Of who could not be judged no source decides: "none" would say that nothing was read.
    assert {row[4] for row in rows if row[1] == "Could not tell"} == {"[z]"}


def test_how_much_is_known_is_said_in_named_figures(results):
    named = named_figures(results)
    said = how_much_is_known(results, named)
    assert f"answers {named['cells.settled'].text} of {named['cells.scored'].text} scored" in said


def test_where_nothing_is_scored_the_summary_says_so(results):
    class Nothing:
        study, counted_gaps, matrix = results.study, results.gaps.iloc[:0], results.matrix

    assert summary(Nothing(), {}).iloc[0, 0] == "None is scored"


def test_the_wide_matrix_has_a_row_for_each_unit_and_its_cells_in_words(results):
    table = wide_matrix(results)
    assert list(table.iloc[:, 0]) == list(results.study["units"]["name"])
    assert list(table["unit_id"]) == list(results.study["units"]["unit_id"])
    labels = results.study.lookup("criteria", "label")
    for cell in results.cell_records:
        if cell.criterion_id in labels and labels[cell.criterion_id] in table:
            shown = table.set_index("unit_id").loc[cell.unit_id, labels[cell.criterion_id]]
            assert str(shown).startswith(cell.state.replace("_", " ")) or not cell.known


def test_the_wide_matrix_is_described_column_by_column(results, tmp_path):
    write_data(results, [], tmp_path / "data")
    package = json.loads((tmp_path / "data/datapackage.json").read_text("utf-8"))
    (wide,) = [one for one in package["resources"] if one["name"] == "matrix-wide"]
    text = (tmp_path / "data/matrix-wide.csv").read_text("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert [one["name"] for one in wide["schema"]["fields"]] == head
    assert wide["schema"]["primaryKey"] == ["unit_id"] and head[-1] == "unit_id"
    assert len(rows) == len(results.study["units"])
    assert head[0] == "Library" and "Region" in head


def test_no_two_columns_are_alike_whatever_their_capitals():
    assert distinct(["Hours", "hours", "Region"], ["REGION"]) == [
        "Hours",
        "hours (2)",
        "Region (2)",
    ]


def test_a_day_becomes_a_date_and_nothing_else_does():
    import datetime as dt

    texts = ["2021-12-03", "2021-12", "2021", "1899-01-01", "[x]", "2021-02-30"]
    assert days(texts) == [dt.date(2021, 12, 3), *texts[1:]]


def test_the_same_results_give_the_same_bytes(results):
    named = named_figures(results)
    assert gap_workbook(results, named) == gap_workbook(results, named)
