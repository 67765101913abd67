"""What holds for a group of units: criteria that do not apply to them, and other weights."""

import dataclasses
import itertools

import pytest
from made import day, frame_of, naive_states, one_cell, problems, replaced, row, with_rows

from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.open_workbook import open_workbook
from analysis.measure.attribution import compare
from analysis.measure.results import measure
from analysis.measure.sensitivity import Sensitivity
from analysis.publish.context.method import group_rules
from analysis.publish.context.units import unit_sections
from analysis.publish.data import data_tables
from analysis.publish.requests import requests
from analysis.show.pairs import compared
from analysis.study import states
from analysis.study.cells import exemptions
from analysis.study.sentences import reasons
from analysis.study.tables import as_csv
from analysis.study.warnings import warnings

NORTH, SOUTH = ("n1", "n2"), ("s1",)


def grouped(rows=(), weights=(), applies_from="", **tables):
    """Return a study of three invented units, two of the country North and one of South.

    Two scored criteria of weight 1 in one group. All units are at met (1) on ``a`` in 2021, and
    on ``b`` n1 is at not_met (0), n2 and s1 at partly (0.5), but for what ``rows`` say.
    """
    base = one_cell(searched="")
    (unit,), (evidence,) = (base[name].to_dict("records") for name in ("units", "evidence"))
    (criterion,) = base["criteria"].to_dict("records")
    (assessed,) = one_cell(row("met", "2021"))["assessments"].to_dict("records")
    units = [
        unit | {"unit_id": one, "name": one, "short_name": one, "tile_column": str(number)}
        | {"country": "North" if one in NORTH else "South"}
        for number, one in enumerate((*NORTH, *SOUTH), start=1)
    ]  # fmt: skip
    criteria = [
        criterion | {"criterion_id": one, "label": one, "applies_from": applies_from}
        for one in ("a", "b")
    ]
    said = dict.fromkeys(itertools.product((*NORTH, *SOUTH), "a"), "met")
    said |= {("n1", "b"): "not_met", ("n2", "b"): "partly", ("s1", "b"): "partly"}
    (rule, *_) = base["rules"].to_dict("records")
    held = {
        "units": units,
        "criteria": criteria,
        "rules": [
            rule | {"criterion_id": one, "level": level}
            for one in ("a", "b")
            for level in ("met", "partly", "not_met")
        ],
        "evidence": [evidence | {"evidence_id": f"E-{one['unit_id']}", "unit_id": one["unit_id"]} for one in units],
        "assessments": [
            assessed
            | {"unit_id": one, "criterion_id": criterion, "level": level, "evidence_ids": f"E-{one}"}
            for (one, criterion), level in said.items()
        ],
        "applicability": list(rows),
        "group_weights": list(weights),
    }  # fmt: skip
    frames = {name: frame_of(name, of) for name, of in held.items()}
    codings = base["codings"].assign(unit_id="n1", criterion_id="a", evidence_ids="E-n1")
    return replaced(base, codings=codings, **frames, **tables)


APART = {"criterion_id": "b", "among": "country=South", "reason": "South has a law of its own"}


def test_a_criterion_does_not_apply_to_a_group():
    study = grouped([APART])
    assert problems(study) == []
    results = measure(study)
    assert results.matrix.grid()["b"].to_dict() == {
        "n1": "not_met",
        "n2": "partly",
        "s1": "not_applicable",
    }
    # s1 is scored on a alone, and known in full.
    assert results.total.loc["s1", ["low", "high", "known"]].tolist() == [100, 100, 1]
    assert results.total.loc["n1", ["low", "high", "known"]].tolist() == [50, 50, 1]
    assert results.next_questions.empty and requests(results) == []


def test_no_evidence_and_no_rows_are_needed():
    study = grouped([APART])
    rows = study["assessments"]
    bare = rows[(rows["unit_id"] != "s1") | (rows["criterion_id"] != "b")]
    study = replaced(study, assessments=bare.reset_index(drop=True))
    assert problems(study) == []
    (said,) = reasons(study, states(study).cells.query("state == 'not_applicable'"))
    assert said == "The criterion does not apply here: South has a law of its own."
    assert [one for one in warnings(study) if one.file == "assessments.csv"] == []
    # A request on all of them is no request on what does not apply.
    asked = {"request_id": "Q", "unit_id": "s1", "answered_on": "2022-01-01", "outcome": "refused"}
    refused = with_rows(study, "requests", [asked])
    assert states(refused).grid().at["s1", "b"] == "not_applicable"


def test_it_does_not_apply_from_a_day_on():
    study = grouped([APART | {"from_day": "2022-03-01"}])
    assert states(study, day("2022-02-28")).grid().at["s1", "b"] == "partly"
    matrix = states(study, day("2022-03-01"))
    assert matrix.grid().at["s1", "b"] == "not_applicable"
    (said,) = reasons(study.at(matrix.as_of), matrix.cells.query("state == 'not_applicable'"))
    assert said.startswith("The criterion does not apply here from 2022-03-01 on: South")
    # The level of 2021 was right in its day. One of a later day is named: it counts for nothing.
    assert [one for one in warnings(study) if one.file == "assessments.csv"] == []
    late = grouped([APART | {"from_day": "2021-12-31"}])
    (warned,) = [one for one in warnings(late) if one.file == "assessments.csv"]
    place = late["assessments"].query("unit_id == 's1' and criterion_id == 'b'").index[0]
    assert (warned.row, warned.column) == (place + 2, "criterion_id")


def test_units_may_be_named_one_by_one():
    study = grouped([APART | {"among": "n2;s1"}])
    assert problems(study) == []
    assert states(study).grid()["b"].tolist() == ["not_met", "not_applicable", "not_applicable"]


@pytest.mark.parametrize("among", ["country=East", "county=South", "s1;s9", "s9"])
@pytest.mark.parametrize("table", ["applicability", "group_weights"])
def test_a_group_of_no_units_is_refused(among, table):
    said = APART | {"among": among}
    if table == "group_weights":
        said = {"node_id": "b", "among": among, "weight": "2", "reason": "-"}
    (problem,) = problems(with_rows(grouped(), table, [said]))
    assert f"{table}.csv, row 2, among" in problem


def test_the_reason_stands_where_the_story_of_the_cell_is_told():
    results = measure(grouped([APART]))
    (section,) = [one for one in unit_sections(results) if one["unit_id"] == "s1"]
    said = {cell.criterion_id: cell.reason for cell in section["cells"]}
    assert said["b"] == "The criterion does not apply here: South has a law of its own."


def test_every_reason_of_a_cell_is_told_from_the_earliest_day_on():
    study = grouped(
        [
            APART | {"from_day": "2021-01-01", "reason": "A first law."},
            APART | {"from_day": "2022-05-05", "among": "s1", "reason": "A second law."},
            APART | {"from_day": "2024-01-01", "among": "s1", "reason": "A third law."},
        ]
    )
    said = "The criterion does not apply here from 2021-01-01 on: A first law"
    assert exemptions(study, day("2022-05-04")) == {("s1", "b"): f"{said}."}
    assert exemptions(study, day("2022-05-05")) == {("s1", "b"): f"{said}. A second law."}


def test_a_coder_is_not_given_what_does_not_apply(tmp_path):
    path = tmp_path / "coding.xlsx"
    path.write_bytes(coding_workbook(grouped([APART]), "one"))
    book = open_workbook(path).book
    marks = [cell.value for cell in book["Coding"]["A"] if cell.value]
    rows = [one for one in marks if one.startswith(("n", "s1"))]
    assert {one.rpartition("/")[0] for one in rows} == {"n1/a", "n1/b", "n2/a", "n2/b", "s1/a"}


@pytest.mark.parametrize(
    "on", ["2020-12-31", "2021-12-31", "2022-02-28", "2022-03-01", "2023-01-01"]
)
def test_the_states_agree_with_a_second_opinion(tmp_path, on):
    study = grouped(
        [APART | {"from_day": "2022-03-01"}, APART | {"criterion_id": "a", "among": "n1"}],
        applies_from="2021-01-01",
    )
    units = study["units"].assign(exists_until=["", "2022-02-28", ""])
    study = replaced(study, units=units)
    for name, table in study.tables.items():
        (tmp_path / f"{name}.csv").write_bytes(as_csv(table))
    expected = naive_states(tmp_path, day("2020-12-17"), day(on), day("2026-11-23"))
    cells = states(study, day(on)).cells
    keys = zip(cells["unit_id"], cells["criterion_id"], strict=True)
    said = zip(cells["state"], cells["observed_on"], cells["last_level"], strict=True)
    assert dict(zip(keys, said, strict=True)) == expected


def test_applicability_is_a_change_of_the_codebook():
    found = compare(grouped(), grouped([APART]))
    assert set(found.changes["cause"]) == {"codebook"}
    (cell,) = found.cells.to_dict("records")
    assert (cell["unit_id"], cell["before"], cell["after"], cell["cause"]) == (
        "s1",
        "partly",
        "not_applicable",
        "codebook",
    )
    parts = found.parts[found.parts["measure"] == "low"].set_index("unit_id")
    assert parts.at["s1", "part"] == 25  # from 75 to 100
    assert found.moved == ["s1"]


# --- weights of groups --------------------------------------------------------------------------
# At the study's own weights, 1 and 1, the totals are 50 (n1: 1 and 0), 75 (n2: 1 and 0.5) and
# 75 (s1: 1 and 0.5).

HEAVY = {"node_id": "b", "among": "country=South", "weight": "3", "reason": "South says so"}


def totals(study):
    results = measure(study)
    return results.total["low"].to_dict()


def test_a_group_has_weights_of_its_own():
    # s1: (1 × 1 + 3 × 0.5) / 4 = 62.5; the others as they were.
    study = grouped(weights=[HEAVY])
    assert problems(study) == []
    assert totals(study) == {"n1": 50, "n2": 75, "s1": 62.5}
    results = measure(study)
    assert results.score_bounds.equals(results.scores.drop(columns="known"))


def test_a_criterion_of_no_weight_leaves_the_sum_of_the_group():
    study = grouped(weights=[HEAVY | {"weight": "0"}])
    assert problems(study) == []
    assert totals(study) == {"n1": 50, "n2": 75, "s1": 100}
    gaps = measure(study).gaps.set_index("unit_id")["state"].to_dict()
    # What bears no weight is no gap; what is below the top elsewhere is one.
    assert gaps == {"n1": "falls_short", "n2": "falls_short", "s1": "meets"}


def unsettled(**levels):
    """Return the study with heavy weights in South, and some cells at other levels or open."""
    study = grouped(weights=[HEAVY])
    rows = study["assessments"]
    for key, level in levels.items():
        unit, criterion = key.split("_")
        place = (rows["unit_id"] == unit) & (rows["criterion_id"] == criterion)
        rows = rows.assign(level=rows["level"].mask(place, level))
    return replaced(study, assessments=rows)


def test_what_is_open_bears_the_weight_of_its_own_group():
    study = unsettled(s1_b="inconclusive", n2_b="inconclusive")
    total = measure(study).total
    assert total.loc["s1", ["low", "high", "known"]].tolist() == [25, 100, 0.25]
    assert total.loc["n2", ["low", "high", "known"]].tolist() == [50, 100, 0.5]
    weights = measure(study).next_questions.set_index("unit_id")["weight"].to_dict()
    assert weights == {"s1": 0.75, "n2": 0.5}


def pairs(study):
    return {(one.above, one.below): one.conservative for one in measure(study).pairs.itertuples()}


def test_pairs_of_other_weights_are_compared_by_a_sound_bound():
    # Within the factors a half to two on the weights below "g", n1 (1 and 0) can have at most
    # 2 / 2.5 = 80 and at least 20; s1 at weights 1 and 3, (1 and 0.5), at least 54 and at most
    # 79: nothing is sure between the two, though n2 is surely above n1, by the same weights.
    box = one_cell().settings.weight_box.model_copy(update={"nodes": ("g",)})
    study = grouped(weights=[HEAVY])
    settings = study.settings.model_copy(update={"weight_box": box})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    wide = dataclasses.replace(study, descriptor=descriptor)
    assert pairs(wide) == {("n2", "n1"): "no"}
    ends = Sensitivity(wide, states(wide)).units.query("kind == 'weights'").set_index("unit_id")
    assert ends.loc["n1", ["low", "high"]].tolist() == pytest.approx([20, 80])
    assert ends.loc["s1", ["low", "high"]].tolist() == pytest.approx([350 / 6.5, 550 / 7])
    # At fixed weights all is sure: 75 over 62.5 over 50. What other weights decide is marked.
    assert pairs(study) == {("n2", "n1"): "no", ("n2", "s1"): "yes", ("s1", "n1"): "yes"}
    # Exactly level is level, in rationals: 0 of weight 1 and 1 of 3 for s1 are 75, as n2 has.
    level = unsettled(s1_a="not_met", s1_b="met")
    assert totals(level) == {"n1": 50, "n2": 75, "s1": 75}
    found = measure(level).comparisons
    place = {name: number for number, name in enumerate(found.unit_ids)}
    assert (
        found.at_or_above[place["n2"], place["s1"]] and found.at_or_above[place["s1"], place["n2"]]
    )
    assert not found.above[place["n2"], place["s1"]]


def test_without_a_criterion_the_other_weights_stand():
    study = unsettled()
    table = Sensitivity(study, states(study)).units.query("kind == 'criterion'")
    low = table.set_index(["choice", "unit_id"])["low"].to_dict()
    assert low == {
        ("criterion.a", "n1"): 0,
        ("criterion.a", "n2"): 50,
        ("criterion.a", "s1"): 50,
        ("criterion.b", "n1"): 100,
        ("criterion.b", "n2"): 100,
        ("criterion.b", "s1"): 100,
    }
    statements = Sensitivity(study, states(study)).statements
    falls = {(one.above, one.below): one.falls_to for one in statements.itertuples()}
    # s1 is above n1 by b; without a still, without b the two are level.
    assert "criterion.b" in falls["s1", "n1"].split(";")
    assert "criterion.a" not in falls["s1", "n1"].split(";")
    # n2 is above s1 by the weights alone: with one criterion left they are level.
    assert {"criterion.a", "criterion.b"} <= set(falls["n2", "s1"].split(";"))


def test_a_level_worth_more_counts_by_the_weights_of_the_group():
    study = unsettled()
    table = Sensitivity(study, states(study)).units.set_index(["choice", "unit_id"])["low"]
    # Partly at 0.75: n2 has (1 + 0.75) / 2, s1 (1 + 3 × 0.75) / 4.
    moved = table.loc["level.s.partly.highest"].to_dict()
    assert moved == pytest.approx({"n1": 50, "n2": 87.5, "s1": 81.25})


def test_a_published_score_is_read_by_the_weights_of_its_unit():
    # With b open, s1 is at 25 + 75 × b: a score of 100 settles it at met.
    score = {"score_id": "X", "unit_id": "s1", "group_id": "total", "score": "62.5", "step": "0"}
    score |= {"as_of": "2026-11-23", "settles_cells": "yes", "source_id": "S1"}
    results = measure(with_rows(unsettled(s1_b="inconclusive"), "published_scores", [score]))
    (audited,) = results.published_scores.to_dict("records")
    assert (audited["low"], audited["high"], audited["status"]) == (25, 100, "open")
    (bound,) = results.bounds.query("unit_id == 's1'").to_dict("records")
    assert (bound["lowest"], bound["highest"], bound["settled_by_totals"]) == (0.5, 0.5, "yes")
    held = results.score_bounds.query("unit_id == 's1' and group_id == 'total'")
    assert held[["low", "high"]].to_numpy().tolist() == [[62.5, 62.5]]


def test_a_weight_of_a_group_is_a_change_of_the_codebook():
    found = compare(grouped(), grouped(weights=[HEAVY]))
    assert set(found.changes["cause"]) == {"codebook"} and found.moved == ["s1"]
    parts = found.parts[found.parts["measure"] == "low"].set_index("unit_id")
    assert parts.at["s1", "part"] == -12.5


@pytest.mark.parametrize(
    ("rows", "column", "rule"),
    [
        ([HEAVY | {"node_id": "c"}], "node_id", "group or scored criterion"),
        ([HEAVY, HEAVY | {"among": "s1"}], "among", "an earlier row gives b a weight"),
        (
            [HEAVY | {"weight": "0"}, HEAVY | {"node_id": "a", "weight": "0"}],
            "weight",
            "nothing beside b has a weight",
        ),
        ([HEAVY | {"weight": "heavy"}], "weight", "not a number"),
    ],
)
def test_weights_of_groups_that_cannot_be_are_refused(rows, column, rule):
    said = problems(grouped(weights=rows))
    assert any(rule in one and f", {column}" in one for one in said), said


def test_the_method_says_what_holds_for_a_group():
    assert group_rules(grouped([APART], [HEAVY | {"among": "n2;s1"}])) == [
        "South: “b” does not apply. South has a law of its own.",
        "n2 and s1: the weight of “b” is 3, where it else is 1. South says so.",
    ]
    (later,) = group_rules(grouped([APART | {"from_day": "2030-01-01"}]))
    assert later.startswith("South: “b” does not apply from 2030-01-01 on.")


def test_a_comparison_names_what_differs_between_two_units():
    # Nothing is known of b: n1 is between 0 and 50, s1 (at weight 3) between 25 and 100.
    study = grouped(weights=[HEAVY])
    rows = study["assessments"]
    open_ = replaced(study, assessments=rows[rows["criterion_id"] != "b"])
    said = " ".join(compared(measure(open_), "n2", "s1"))
    assert "Different weights hold for them, so a cautious bound was used." in said
    assert "at each one’s own weights" in said and "Different criteria" not in said
    said = " ".join(compared(measure(open_), "n1", "n2"))
    assert "at the study’s own weights" in said


def test_what_holds_for_groups_is_published():
    tables = data_tables(measure(grouped([APART], [HEAVY])))
    (row,) = tables["applicability"].to_dict("records")
    assert (row["criterion_id"], row["reason"]) == (APART["criterion_id"], APART["reason"])
    assert tables["group-weights"]["weight"].tolist() == [HEAVY["weight"]]
