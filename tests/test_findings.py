"""What was found on a recommendation: of whom it is said, and in which words."""

import pandas as pd
import pytest
from made import matrix_of, one_cell, problems, real, replaced, row, with_rows

from analysis.measure.figures.findings import finding_parts, finding_sentence
from analysis.measure.gaps import gaps
from analysis.measure.results import measure
from analysis.measure.shown import unnamed
from analysis.publish.context.overview import finding_sources
from analysis.study.sentences import written_findings
from analysis.study.settings import UnitNoun
from analysis.study.warnings import warnings

NAMES = {f"u{number}": f"Made-up {number}" for number in range(1, 21)}
HALLS = UnitNoun(singular="hall", plural="halls")


def two_questions():
    """Return a study of one unit with two questions under one recommendation."""
    study = one_cell(row("met", "2021"))
    criteria = study["criteria"]
    second = criteria.assign(criterion_id="d", label="D")
    return replaced(study, criteria=pd.concat([criteria, second], ignore_index=True))


@pytest.mark.parametrize(
    ("first", "second", "finding"),
    [
        ("met", "met", "meets"),
        ("met", "partly", "in_part"),
        ("met", "not_met", "in_part"),
        ("partly", "not_found", "in_part"),
        ("partly", "partly", "in_part"),
        ("not_met", "not_met", "not_met"),
        # Of the second nothing is known: it may be met.
        ("not_met", "inconclusive", "falls_short"),
        ("met", "not_assessed", "cannot_be_told"),
        ("not_found", "not_found", "cannot_be_told"),
        ("not_met", "not_applicable", "not_met"),
        ("not_applicable", "not_in_force", "does_not_apply"),
    ],
)
def test_a_unit_that_falls_short_does_so_in_part_wholly_or_in_what_is_known(first, second, finding):
    study = two_questions()
    table = gaps(study, matrix_of(study, {("u", "c"): first, ("u", "d"): second}, "met"))
    assert table["finding"].tolist() == [finding]
    falls_short = {"in_part", "not_met", "falls_short"}
    state = "falls_short" if finding in falls_short else finding
    assert table["state"].tolist() == [state]


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        (["cannot_be_told"] * 3, "Shown to meet: none; shown not to meet: none; could not tell: all 3 halls."),
        (["cannot_be_told"], "Shown to meet: none; shown not to meet: none; could not tell: 1 hall."),
        (["meets"] * 2, "Shown to meet: all 2 halls; shown not to meet: none."),
        (["meets"], "Shown to meet: Made-up 1; shown not to meet: none."),
        (
            ["meets", "in_part", "not_met", "falls_short", "cannot_be_told", "does_not_apply"],
            "Shown to meet: Made-up 1; in part: Made-up 2; shown not to meet: Made-up 3; shown to fall "
            "short on a question, with others unknown: Made-up 4; could not tell: 1 hall; does not "
            "apply to: 1 hall.",
        ),
        (["does_not_apply"] * 2, "Does not apply to: all 2 halls."),
        (
            ["not_met"] * 14 + ["meets"],
            "Shown to meet: Made-up 15; shown not to meet: "
            + ", ".join(f"Made-up {number}" for number in range(1, 13))
            + ", 2 more (see the table data/gaps.csv).",
        ),
    ],
)  # fmt: skip
def test_the_sentence_is_true_of_none_one_and_all(findings, sentence):
    units = [f"u{number}" for number in range(1, len(findings) + 1)]
    table = pd.DataFrame({"unit_id": units, "recommendation_id": "g", "finding": findings})
    assert finding_sentence(finding_parts(table)["g"], NAMES, HALLS) == sentence


WRITTEN = {
    "unit_id": "u",
    "recommendation_id": "g",
    "text": "Made up: U said in 2021 that it does so.",
    "rests_on": "c=met",
    "written_by": "Made-up writer",
    "checked_by": "Made-up checker",
    "checked_on": "2022-01-01",
}


@pytest.mark.parametrize(("state", "is_shown"), [("met", True), ("partly", False)])
def test_a_written_sentence_is_shown_while_what_it_rests_on_stands(state, is_shown):
    study = with_rows(one_cell(row(state, "2021")), "findings", [WRITTEN])
    assert problems(study) == []
    shown = written_findings(study, matrix_of(study, {}, state))
    assert shown == ({("u", "g"): WRITTEN["text"]} if is_shown else {})
    told = [problem for problem in warnings(study) if problem.file == "findings.csv"]
    assert len(told) == (not is_shown)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"checked_by": "Made-up writer"}, "wrote the sentence and cannot check it"),
        ({"rests_on": "c"}, "it does not name criteria of criteria.csv with their states"),
        ({"rests_on": "nothing=met"}, "it does not name criteria of criteria.csv with their states"),
        ({"text": ""}, "text"),
    ],
)  # fmt: skip
def test_a_sentence_that_nobody_else_checked_or_that_rests_on_nothing_is_refused(cells, says):
    study = with_rows(one_cell(row("met", "2021")), "findings", [WRITTEN | cells])
    (problem,) = problems(study)
    assert "findings.csv" in problem and says in problem


def test_the_sources_beside_a_finding_are_those_of_the_answers_that_units_are_named_for():
    behind = finding_sources(measure(real()))
    ids = {group: [source["source_id"] for source in found] for group, found in behind.items()}
    # Gloucestershire's letter; Northamptonshire's commissioner and press; Warwickshire's commissioner.
    assert ids["R1"] == ["S038", "S085", "S088", "S100"]
    assert ids["R4"] == ["S038"]
    assert not any(finding_sources(unnamed(measure(real()))).values())
