"""What differs between the rows that were sent and those that came back, cell by cell."""

import random

import pytest

from analysis.fieldwork.forms import REPLY
from analysis.fieldwork.sent_texts import (
    CHANGED_TEXT,
    EMPTIED,
    OTHER_SHEET,
    RENAMED,
    ROWS_GONE,
    SHEET_GONE,
    ShownSheet,
    differences,
    rows_sent,
)

SENT = {
    1: {"A": "On", "B": "Where", "C": "Words"},
    2: {"A": "1 May", "B": "shelf", "C": "hours"},
    3: {"A": "1 May", "B": "shelf", "C": "fees"},
    4: {"A": "1 May", "B": "cards", "C": "steps"},
    5: {"A": "2 May", "C": "lamps"},
}


def page(change: dict, title: str = "Searches", gone: tuple = ()) -> list:
    """Return what differs where some cells were changed (``None``: emptied) and rows deleted."""
    rows = {number: dict(row) for number, row in SENT.items() if number not in gone}
    for place, text in change.items():
        row = rows.setdefault(int(place[1:]), {})
        row[place[0]] = text
        if text is None:
            del row[place[0]]
    rows = {number: row for number, row in rows.items() if row}
    return list(differences({"Searches": SENT}, [(ShownSheet(title), rows)]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        # A text that another row has in the same column, beside the same first cell.
        ({"B4": "shelf"}, [(CHANGED_TEXT, "B4")]),
        ({"C3": "hours"}, [(CHANGED_TEXT, "C3")]),
        ({"C2": "fees", "C3": "hours"}, []),  # the two rows changed places
        ({"C2": "steps", "C4": "hours"}, [(CHANGED_TEXT, "C2"), (CHANGED_TEXT, "C4")]),
        ({"A4": "3 May"}, [(CHANGED_TEXT, "A4")]),
        ({"A1": "Day"}, [(CHANGED_TEXT, "A1")]),
        ({"B5": "shelf"}, [(CHANGED_TEXT, "B5")]),
        ({"B4": None}, [(EMPTIED, "B4")]),
        ({"A4": None, "C2": "no"}, [(EMPTIED, "A4"), (CHANGED_TEXT, "C2")]),
        ({"A5": None, "C5": None}, [(ROWS_GONE, "A5")]),
        ({"A9": "We disagree"}, [(CHANGED_TEXT, "A9")]),
        ({"A9": "1 May", "B9": "shelf", "C9": "hours"}, []),  # a copy says nothing new
    ],
)
def test_each_difference_is_named_with_its_cell(change, said):
    found = [(one, cell) for one, _, cell in page(change)]
    assert found == said


def test_rows_that_were_deleted_are_named_as_they_were_numbered():
    rows = {1: SENT[1], 2: SENT[3], 3: {**SENT[5], "C": "no"}}
    assert list(differences({"Searches": SENT}, [(ShownSheet("Searches"), rows)])) == [
        (CHANGED_TEXT, "Searches", "C3"),
        (ROWS_GONE, "Searches", "A2"),
        (ROWS_GONE, "Searches", "A4"),
    ]


def test_a_renamed_sheet_is_compared_and_a_strange_one_is_not():
    assert page({"C4": "no"}, "What we did") == [
        (RENAMED, "What we did", ""),
        (CHANGED_TEXT, "What we did", "C4"),
    ]
    strange = (ShownSheet("Ours"), {3: {"B": "no"}})
    assert list(differences({"Searches": SENT}, [strange])) == [
        (OTHER_SHEET, "Ours", "B3"),
        (SHEET_GONE, "Searches", ""),
    ]


def test_a_sheet_without_texts_of_ours_is_missed_too():
    sent = rows_sent(["New searches 0", "Start 0", "Start 1 A=0123456789", "0123456789 0123456789"])
    assert sent == {"New searches": {}, "Start": {1: {"A": "0123456789"}}}
    back = [(ShownSheet("Start"), sent["Start"])]
    assert list(differences(sent, back)) == [(SHEET_GONE, "New searches", "")]


def test_columns_of_a_form_may_be_moved_and_a_cell_is_named_where_it_stands_now():
    sent = {REPLY.tab: {3: {"row": "a/b", "asked": "Open?", "found": "yes"}}}
    places = {"found": 1, "row": 2, "asked": 3}
    shown = ShownSheet(REPLY.tab, REPLY, places, {"row", "answer"}, {1, 2}, set())
    rows = {8: {"found": "no", "row": "a/b", "asked": "Open?"}}
    assert list(differences(sent, [(shown, rows)])) == [(CHANGED_TEXT, REPLY.tab, "A8")]


def test_a_column_of_a_form_that_was_deleted_is_named_with_its_rows():
    sent = {REPLY.tab: {3: {"row": "a/b", "asked": "Open?", "found": "yes"}}}
    shown = ShownSheet(REPLY.tab, REPLY, {"row": 1, "asked": 2}, {"row"}, {1, 2}, set())
    rows = {3: {"row": "a/b", "asked": "Open?"}}
    assert list(differences(sent, [(shown, rows)])) == [(EMPTIED, REPLY.tab, "A3")]


def test_thousands_of_rows_that_are_all_changed_are_compared_quickly():
    sent = {"All": {n: {"A": "same", "B": f"{n % 50}", "C": f"{n}"} for n in range(1, 9000)}}
    texts = [row["C"] for row in sent["All"].values()]
    random.Random(1).shuffle(texts)
    rows = {n: {**row, "C": texts[n - 1]} for n, row in sent["All"].items()}
    assert len(list(differences(sent, [(ShownSheet("All"), rows)]))) > 8000
