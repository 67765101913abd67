"""A search bears on criteria: "nothing found" is said only of what somebody looked for."""

import shutil

import pytest
from helpers import append_row, copy_of_real_study, edit_cell, read_rows, write_rows
from made import LIBRARY, library, one_cell, problems, replaced, with_rows
from test_older import without_column

from analysis.cli import main
from analysis.study import load, problems_and_warnings, states
from analysis.study.cells import searches_by_unit

SEARCH = {"searched_on": "2022-01-01", "where": "-", "queries": "-", "queries_count": "1"}


def searched(**search: str) -> dict[str, str]:
    """Return the states of the one cell's unit and of another, after this one search."""
    study = one_cell(searched="")
    (unit,) = study["units"].to_dict("records")
    other = unit | {"unit_id": "v", "name": "V", "short_name": "V", "tile_row": "2"}
    study = with_rows(study, "units", [other])
    study = with_rows(study, "searches", [SEARCH | search])
    assert not [one for one in problems(study) if one.startswith("searches.csv")]
    return states(study).grid()["c"].to_dict()


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"unit_id": "u", "criterion_ids": "c"}, ("not_found", "not_assessed")),
        ({"unit_id": "u", "criterion_ids": ""}, ("not_assessed", "not_assessed")),
        # A search of many units counts for those that its row names, and for no other.
        ({"unit_ids": "u;v", "criterion_ids": "c"}, ("not_found", "not_found")),
        ({"unit_ids": "v", "criterion_ids": "c"}, ("not_assessed", "not_found")),
        ({"criterion_ids": "c"}, ("not_assessed", "not_assessed")),
    ],
)
def test_a_search_counts_for_what_its_row_names(search, expected):
    assert tuple(searched(**search).values()) == expected


def test_a_criterion_added_later_was_looked_for_by_nobody():
    study = library()
    before = states(study).grid()
    (window,) = study["criteria"].query("criterion_id == 'window'").to_dict("records")
    later = with_rows(study, "criteria", [window | {"criterion_id": "later", "label": "Later"}])
    after = states(later).grid()
    assert set(after["later"]) == {"not_assessed"}
    assert after[before.columns].equals(before)


@pytest.mark.parametrize(
    ("search", "column"),
    [
        ({"unit_id": "u", "criterion_ids": "c;nowhere"}, "criterion_ids"),
        ({"unit_id": "u", "criterion_ids": "c;c"}, "criterion_ids"),
        ({"unit_ids": "u;nobody", "criterion_ids": "c"}, "unit_ids"),
        ({"unit_id": "u", "unit_ids": "u", "criterion_ids": "c"}, "unit_ids"),
    ],
)
def test_a_search_that_names_what_is_not_there_is_refused(search, column):
    study = with_rows(one_cell(searched=""), "searches", [SEARCH | search])
    (found,) = [one for one in problems(study) if one.startswith("searches.csv")]
    assert found.startswith(f"searches.csv, row 2, {column}")


def test_an_older_study_says_how_many_searches_count_for_nothing(tmp_path):
    study = copy_of_real_study(tmp_path)
    without_column(study, "searches", "criterion_ids")
    count = len(read_rows(study, "searches")) - 1
    (found,) = [one for one in problems_and_warnings(study) if one.file == "searches.csv"]
    assert found.rule.startswith(f"{count} of {count} searches do not say on which criteria")
    assert "criterion_ids" in found.remedy
    assert not (states(load(study)).cells["state"] == "not_found").any()


def test_a_command_says_how_many_searches_count_for_nothing(tmp_path, capsys):
    study = shutil.copytree(LIBRARY, tmp_path / "study")
    count = len(read_rows(study, "searches")) - 1
    assert main(["score", str(study), "--out", str(tmp_path / "whole")]) == 0
    assert "on which criteria" not in capsys.readouterr().out
    without_column(study, "searches", "criterion_ids")
    assert main(["score", str(study), "--out", str(tmp_path / "older")]) == 0
    assert f"{count} of {count} searches do not say on which criteria" in capsys.readouterr().out


def test_a_search_of_many_units_stands_with_each_of_them():
    study = with_rows(library(), "searches", [SEARCH | {"unit_ids": "library-two;library-five"}])
    rows = searches_by_unit(study)
    of_it = rows[rows["searched_on"] == "2022-01-01"]
    assert of_it["unit_id"].tolist() == ["library-two", "library-five"]
    none = replaced(study, searches=study["searches"].assign(unit_id="", unit_ids=""))
    assert searches_by_unit(none).empty


def test_a_national_search_can_be_logged(tmp_path):
    study = copy_of_real_study(tmp_path)
    header, *_ = rows = read_rows(study, "searches")
    national = {"searched_on": "2026-11-28", "where": "everywhere", "queries": "-"}
    national |= {"queries_count": "1", "criterion_ids": "guidance-exists"}
    write_rows(study, "searches", [*rows, [national.get(name, "") for name in header]])
    before = states(load(copy_of_real_study(tmp_path / "other"))).grid()
    assert states(load(study)).grid().equals(before)
    row = append_row(study, "searches", searched_on="2026-11-27")
    edit_cell(study, "searches", row, "criterion_ids", "no-such-criterion")
    assert [one.row for one in problems_and_warnings(study) if one.severity == "error"] == [row]
