"""The record of a cell: its state, and every row on it, whoever asks."""

import pytest
from made import library

from analysis.fieldwork.cell_records import cell_records
from analysis.fieldwork.reply_form import findings
from analysis.study import states
from analysis.study import vocabulary as v


@pytest.fixture(scope="module")
def study():
    found = library()
    return found.at(states(found).as_of)


@pytest.fixture(scope="module")
def records(study):
    return cell_records(study, states(study))


def test_every_cell_of_the_matrix_has_one_in_its_order(study, records):
    cells = states(study).cells
    assert [one.key for one in records] == list(
        zip(cells["unit_id"], cells["criterion_id"], strict=True)
    )
    assert [one.state for one in records] == cells["state"].tolist()
    assert [one.known for one in records] == (~cells["state"].isin(v.UNKNOWNS)).tolist()
    ids = [";".join(row["evidence_id"] for row in one.evidence) for one in records]
    assert ids == cells["evidence_ids"].tolist()


@pytest.mark.parametrize(
    ("name", "table"),
    [("codings", "codings"), ("assessments", "assessments"), ("not_adjudicated", "set_aside")],
)
def test_no_row_of_a_table_is_lost(study, records, name, table):
    of_cells = [row for one in records for row in getattr(one, name)]
    assert len(of_cells) == len(study[table])
    for one in records:
        assert {(row["unit_id"], row["criterion_id"]) for row in getattr(one, name)} <= {one.key}


def test_what_was_replaced_is_both_codings_and_assessments(study, records):
    replaced = len(study["codings_history"]) + len(study["assessments_history"])
    assert sum(len(one.replaced) for one in records) == replaced


def test_a_cell_without_an_assessment_has_an_empty_one_and_says_why(records):
    bare = [one for one in records if not one.when]
    assert bare and len(bare) < len(records)
    for one in bare:
        assert not any(one.assessment.values()) and one.reason


def test_the_records_of_one_unit_are_those_among_all(study, records):
    unit = study["units"]["unit_id"].iloc[1]
    assert cell_records(study, states(study), unit) == [
        one for one in records if one.unit_id == unit
    ]


def test_the_reply_form_says_what_the_record_says(study, records):
    unit = study["units"]["unit_id"].iloc[0]
    of_unit = {one.criterion_id: one for one in records if one.unit_id == unit}
    for row in findings(study, unit):
        cell = of_unit[row["criterion_id"]]
        assert (row["when"], row["confidence"]) == (cell.when, cell.assessment["confidence"])
        if cell.when:
            assert row["why"] == cell.assessment["rationale"]
        elif cell.state in (v.WITHHELD, v.NOT_APPLICABLE):
            assert row["why"] == cell.reason
