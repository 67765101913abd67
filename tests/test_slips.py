"""Slips of a spreadsheet program that can only be noted: filled down, sorted by one column."""

import functools
import io
from pathlib import Path

import openpyxl
import pytest
from made import library

from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.filled_or_sorted import FILLED_DOWN, SORTED_ALONE, note_filled_or_sorted
from analysis.fieldwork.read_workbook import read_workbook
from analysis.fieldwork.request_tracker import tracking_workbook

FIRST = 3


@functools.cache
def sent(tab: str) -> bytes:
    """Return a workbook in which nothing is filled."""
    if tab == "Coding":
        return coding_workbook(library(), "somebody-new")
    units = library()["units"]["unit_id"]
    return tracking_workbook(
        library(), [(one, two) for one in units for two in ("window", "lighting")]
    )


def notes(tmp_path: Path, tab: str = "Coding", sheet: str = "", **columns: list) -> list[str]:
    """Return what is noted of columns that somebody filled, from the first row down."""
    book = openpyxl.load_workbook(io.BytesIO(sent(tab)))
    page = book[sheet or tab]
    places = {cell.value.partition(".")[2]: cell.column for cell in page[1]}
    first = next(
        n for n in range(FIRST, 99) if page.cell(n, places.get("sent_on", 99)).value is None
    )
    for name, texts in columns.items():
        for number, text in enumerate(texts, start=first):
            page.cell(number, places[name]).value = text
    path = tmp_path / "returned.xlsx"
    book.save(path)
    returned = read_workbook(path)
    filled = {name for name in columns if name != "row"}
    forms = [line for lines in returned.forms.values() for line in lines]
    note_filled_or_sorted(
        returned,
        [line for line in forms if line.number >= first and any(line[name] for name in filled)],
    )
    return returned.sentences()


def days(first: int, count: int) -> list[str]:
    return [f"2022-05-{first + number}" for number in range(count)]


LEVELS = [f"points_{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ({"observed_on": days(13, 4)}, "Coding!E3:E6"),
        ({"observed_on": ["2022-02-27", "2022-02-28", "2022-03-01", "2022-03-02"]}, "Coding!E3:E6"),
        ({"read_on": ["2021-01-01", *days(13, 5), "2021-01-01"]}, "Coding!H4:H8"),
        ({"level": LEVELS}, "Coding!D3:D7"),
        ({"level": LEVELS[:4], "read_on": days(13, 4)}, "Coding!D3:D6, Coding!H3:H6"),
        ({"observed_on": ["2018", "2019", "2020", "2021", "2022"]}, "Coding!E3:E7"),
        ({"evidence_1": ["V01", "V02", "V03", "V04", "V05"]}, "Coding!J3:J7"),
        ({"observed_on": ["2018", "2019", "2020", "2021"]}, "Coding!E3:E6"),
        ({"observed_on": ["2021", "2020", "2019", "2018"]}, "Coding!E3:E6"),
        ({"observed_on": ["2021-11", "2021-12", "2022-01", "2022-02"]}, "Coding!E3:E6"),
        ({"not_before": ["2022-02", "2022-01", "2021-12", "2021-11"]}, "Coding!F3:F6"),
        ({"read_on": ["2022-03-02", "2022-03-01", "2022-02-28", "2022-02-27"]}, "Coding!H3:H6"),
        ({"evidence_1": ["V07", "V08", "V09", "V10"]}, "Coding!J3:J6"),
        ({"evidence_1": ["V11", "V10", "V09", "V08"]}, "Coding!J3:J6"),
        ({"evidence_1": ["e11", "e10", "e9", "e8"]}, "Coding!J3:J6"),
        ({"level": LEVELS[::-1]}, "Coding!D3:D7"),
        ({"level": LEVELS[3::-1], "read_on": days(13, 4)}, "Coding!D3:D6, Coding!H3:H6"),
    ],
)
def test_what_counts_up_or_down_by_one_row_by_row_is_named(columns, cells, tmp_path):
    assert notes(tmp_path, **columns) == [f"{FILLED_DOWN}: {cells}."]


@pytest.mark.parametrize(
    "columns",
    [
        {"observed_on": days(13, 3)},
        {"observed_on": ["2022-05-13"] * 6},
        {"observed_on": ["2022-05-13", "2022-05-15", "2022-05-17", "2022-05-19"]},
        {"level": LEVELS[:4]},
        {"level": [*LEVELS[:3], "points_0", *LEVELS[2:]]},
        {"rationale": [f"See page {number}." for number in range(1, 7)]},
        {"read_on": ["2022-05-13"] * 3 + ["2022-05-14"] * 4},
        {"read_on": ["2022-05-13", "2022-05-14", "2022-05-13", "2022-05-14", "2022-05-13"]},
        {"observed_on": ["2021-11", "2021-12", "2022-01"]},
        {"observed_on": ["2021-12", "2021-13", "2021-14", "2021-15"]},
        {"evidence_1": ["V03", "V02", "V01"]},
        {"level": LEVELS[3::-1]},
    ],
)
def test_what_people_write_from_row_to_row_is_not(columns, tmp_path):
    assert notes(tmp_path, **columns) == []


def test_documents_of_year_after_year_are_no_slip(tmp_path):
    years = [str(year) for year in range(2016, 2022)]
    plans = {"published": years, "title": [f"Plan {year}" for year in years]}
    assert notes(tmp_path, sheet="New sources", **plans) == []
    # Nor is new evidence that stands in the order of its ids, each of the next source.
    ids = [f"somebody-new-s{number}" for number in range(1, 7)]
    assert notes(tmp_path, sheet="New evidence", source_id=ids, states=["It says so."] * 6) == []
    assert notes(tmp_path, sheet="New sources", published=days(13, 6)) == [
        f"{FILLED_DOWN}: 'New sources'!D3:D8."
    ]


def test_one_cell_may_have_a_date_for_each_year(tmp_path):
    years = [str(year) for year in range(2016, 2022)]
    unit, criterion = library()["units"]["name"][0], library()["criteria"]["label"][0]
    same = {"row": [None] * 6, "unit_id": [unit] * 6, "criterion_id": [criterion] * 6}
    assert notes(tmp_path, observed_on=years, **same) == []


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ({"level": ["high"] * 3 + ["low"] * 3 + ["mid"] * 2}, "Coding!D3"),
        ({"level": ["mid"] * 3 + ["low"] * 3 + ["high"] * 2}, "Coding!D3"),
        ({"rationale": ["a", "b", "c", "d", "e", "f", "g"]}, "Coding!N3"),
        ({"observed_on": ["2016", "2018", "2019-02", "2020", "2021", "2022-02-03"]}, "Coding!E3"),
    ],
)
def test_a_column_that_was_sorted_alone_is_named(columns, cells, tmp_path):
    assert notes(tmp_path, **columns) == [f"{SORTED_ALONE}: {cells}."]


@pytest.mark.parametrize(
    "columns",
    [
        {"level": ["high"] * 8},
        {"level": ["high"] * 4 + ["low"]},
        {"level": ["high", "low", "high", "low", "mid", "mid", "low"]},
        {
            "read_on": [
                "2022-05-01",
                "2022-05-03",
                "2022-05-06",
                "2022-06-01",
                "2022-07-01",
                "2022-08",
            ]
        },
        {"evidence_1": ["V01", "V03", "V05", "V08", "V10", "V12", "V13"]},
    ],
)
def test_a_column_in_no_order_or_in_that_of_the_work_is_not(columns, tmp_path):
    assert notes(tmp_path, **columns) == []


def test_whole_rows_may_be_sorted(tmp_path):
    """Then the first column moves with the others, and is not in the order that was sent."""
    marks = [one.value for one in openpyxl.load_workbook(io.BytesIO(sent("Coding")))["Coding"]["A"]]
    levels = ["high"] * 3 + ["low"] * 3 + ["mid"] * 2
    order = [4, 0, 6, 1, 3, 7, 2, 5]
    rows = [marks[FIRST - 1 + place] for place in order]
    assert notes(tmp_path, level=levels, row=rows) == []


def test_requests_are_looked_at_too(tmp_path):
    outcomes = ["answered"] * 4 + ["not_held"] * 3 + ["refused"] * 4
    assert notes(tmp_path, "Requests", outcome=outcomes, sent_on=["2022-05-02"] * 11) == [
        f"{SORTED_ALONE}: Requests!H5."
    ]
    assert notes(tmp_path, "Requests", sent_on=days(13, 5)) == [f"{FILLED_DOWN}: Requests!E5:E9."]
