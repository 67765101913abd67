"""Words that go with counts: of one, and of many."""

import dataclasses

import pandas as pd
import pytest
from made import day, one_cell, replaced
from test_groups import grouped

from analysis.fieldwork.agreement import CODES, Agreement, in_words
from analysis.measure.results import measure
from analysis.show.notes import notes
from analysis.study.warnings import warnings
from analysis.wording import agreeing, counted, some_of


def test_a_noun_goes_with_the_whole_and_a_verb_with_the_part():
    assert [counted(count, "cell", "cells") for count in (0, 1, 2, 1000)] == [
        "0 cells",
        "1 cell",
        "2 cells",
        "1,000 cells",
    ]
    assert some_of(1, 6, "search", "searches") == "1 of 6 searches"
    assert some_of(1, 1, "search", "searches") == "1 of 1 search"
    assert [agreeing(count, "does", "do") for count in (0, 1, 2)] == ["do", "does", "do"]


SEARCH = {"unit_id": "n1", "where": "-", "queries": "-", "queries_count": "1"}


@pytest.mark.parametrize(
    ("silent", "said"),
    [(1, "1 of 3 searches does not say on which criteria it bears, so that it counts"),
     (2, "2 of 3 searches do not say on which criteria they bear, so that they count")],
)  # fmt: skip
def test_searches_without_criteria(silent, said):
    search = one_cell()["searches"]
    rows = [search.assign(searched_on=f"2022-01-0{number}", unit_id="n1") for number in (1, 2, 3)]
    for number, frame in enumerate(rows):
        frame["criterion_ids"] = "" if number < silent else "a"
    study = replaced(grouped(), searches=pd.concat(rows, ignore_index=True))
    assert any(one.rule.startswith(said) for one in warnings(study))


def test_criteria_in_force():
    study = grouped()
    starts = study["criteria"].assign(applies_from=["", "2023-01-01"])
    said = " ".join(notes(measure(replaced(study, criteria=starts), day("2022-06-01"))))
    assert "Only 1 of 2 scored criteria is in force on this date, and counts." in said


def test_units_without_a_place():
    units = grouped()["units"]
    units.loc[0, ["tile_column", "tile_row"]] = ""
    rules = [one.rule for one in warnings(replaced(grouped(), units=units))]
    assert any(one.startswith("1 of 3") and " has no tile" in one for one in rules)


def test_one_cell_on_which_coders_agree():
    one = Agreement("a", CODES, 1, 1, 100.0, None, None, None, "too few")
    assert in_words(one).startswith("The coders agree on 1 of 1 cell; ")
    assert in_words(dataclasses.replace(one, cells=2)).startswith(
        "The coders agree on 1 of 2 cells"
    )
