"""Tables as other programs write them are named as what they are, with what to do."""

import shutil
from collections.abc import Callable

import pytest
from helpers import change_bytes, edit_cell
from made import LIBRARY

from analysis.study.load import validate


def header_and_rows(first: str, rest: str) -> Callable[[bytes], bytes]:
    """Return a change that puts something at the end of the header and of each row."""

    def change(content: bytes) -> bytes:
        head, *rows = content.decode().splitlines()
        return "\n".join([head + first, *(row + rest for row in rows), ""]).encode()

    return change


@pytest.mark.parametrize(
    ("change", "rule", "remedy"),
    [
        (lambda c: c.replace(b",", b";"), "parted by semicolons, and not by commas", "save it as"),
        (lambda c: c.replace(b",", b"\t"), "parted by tabs, and not by commas", "save it as"),
        (header_and_rows(",", ",x"), "its column 5 has no name", "move what it holds"),
        (header_and_rows(",", ","), "its column 5 has no name", "delete the column"),
        (header_and_rows(", ,more", ",,x"), "its column 5 has no name", "delete the column"),
        (header_and_rows(",more", ",x"), "not described: more", "make it scale_id,level"),
    ],
)
def test_a_table_of_another_kind_is_one_problem(change, rule, remedy, tmp_path):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")
    change_bytes(folder, "levels.csv", change)
    (problem,) = validate(folder)
    assert (problem.file, problem.row) == ("levels.csv", 1)
    assert rule in problem.rule
    assert remedy in problem.remedy


def test_a_decimal_comma_that_splits_a_row_is_said_to_be_one(tmp_path):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")
    change_bytes(folder, "levels.csv", lambda content: content.replace(b",0.5,", b",0,5,", 1))
    (problem,) = [one for one in validate(folder) if one.file == "levels.csv"]
    assert problem.row and "cells where the header has" in problem.rule
    assert "write decimals with a point" in problem.remedy


@pytest.mark.parametrize("value", ["0,5", "-1,25", "1,000"])
def test_a_comma_in_a_number_is_said_to_be_one(value, tmp_path):
    folder = shutil.copytree(LIBRARY, tmp_path / "study")
    edit_cell(folder, "levels", 4, "value", value)
    problem = validate(folder)[0]
    assert (problem.file, problem.row, problem.column) == ("levels.csv", 4, "value")
    assert problem.rule == "it has a comma"
    assert "decimals with a point" in problem.remedy
