"""The codebook of the docs says each question and each rule in the words of the study's tables."""

import re

import pytest
from helpers import REAL, ROOT
from made import read_rows

CODEBOOK = (ROOT / "docs" / "codebook.md").read_text("utf-8")


def table_below(heading: str) -> dict[str, dict[str, str]]:
    """Return the table below a heading: for each criterion, its cells by the table's headings."""
    section = CODEBOOK.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [re.split(r" *\| *", line)[1:-1] for line in section.splitlines() if line[:1] == "|"]
    return {row[0].strip("`"): dict(zip(rows[0], row, strict=True)) for row in rows[2:]}


def test_it_asks_the_questions_of_the_study():
    questions = {row["criterion_id"]: row["question"] for row in read_rows(REAL, "criteria")}
    written = table_below("Criteria")
    assert {criterion: cells["question"] for criterion, cells in written.items()} == questions


@pytest.mark.parametrize("level", ["met", "partly", "not met"])
def test_it_gives_the_rules_of_the_study(level):
    rules = {
        row["criterion_id"]: row["rule"]
        for row in read_rows(REAL, "rules")
        if row["level"] == level.replace(" ", "_")
    }
    written = table_below("Levels and decision rules")
    assert {criterion: cells[level] for criterion, cells in written.items()} == rules
