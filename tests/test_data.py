"""The published tables: no text in them is taken for a formula, and none is lost."""

import csv
import re

import pandas as pd
from made_study import write_made_study

from analysis.cli import main
from analysis.publish.data import guarded


def test_no_cell_of_a_published_table_begins_like_a_formula(tmp_path):
    study = write_made_study(tmp_path / "study")
    assert main(["score", str(study), "--out", str(tmp_path / "out")]) == 0
    cells = []
    for path in (tmp_path / "out").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells += [cell for row in csv.reader(file) for cell in row]
    numbers = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    risky = [one for one in cells if one[:1] in "=+-@\t" and one and not numbers.fullmatch(one)]
    assert risky == []
    # The made study holds such a text, in its replies among others: it is there, guarded.
    assert sum(one.startswith("'=HYPERLINK(") for one in cells) >= 2


def test_only_texts_are_guarded_and_nothing_else_of_them_changes():
    table = pd.DataFrame(
        {"text": ["=1+1", "-", "a=b", "@x", "\t", ""], "number": [-1.5, 0, 1, 2, 3, 4]}
    )
    assert list(guarded(table)["text"]) == ["'=1+1", "'-", "a=b", "'@x", "'\t", ""]
    assert list(guarded(table)["number"]) == [-1.5, 0, 1, 2, 3, 4]
