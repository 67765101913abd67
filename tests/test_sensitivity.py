"""What results owe to choices: known answers on paper, and extremes against brute force."""

import json
from fractions import Fraction as Part

import numpy as np
import pandas as pd
import pytest
from drawn import scores, words
from hypothesis import given
from hypothesis import strategies as st
from made import ANY, READ_ON, REPORT_DAY, close, day, library, matrix_of, real, replaced, with_rows
from test_pairs import AWAY, QUARTERS, completions, every_corner, made_up, score, states_drawn
from test_pairs import studies as drawn_studies

from analysis.measure.figures import named_figures, sensitivity_figures
from analysis.measure.minimum_difference import score_range
from analysis.measure.results import measure
from analysis.measure.scenario_dominance import NOTHING
from analysis.measure.scenarios import at_own_weights, middle_levels, scenarios
from analysis.measure.scores import cell_values
from analysis.measure.sensitivity import Sensitivity
from analysis.measure.weight_tree import unit_cells, weight_tree
from analysis.show import charts
from analysis.show.sensitivity import (
    fall_table,
    interval_table,
    level_table,
    national_table,
    statement_table,
)
from analysis.study import states

OPEN = "not_found"
FLAT = {"r": ("", "1")}
LATER = "2022-03-01"
REPORT = str(REPORT_DAY)
DATE = f"date.{REPORT}"


def study_of(weights, nodes=(), values=QUARTERS, observed=REPORT, other=None, starts=None, **units):
    """Return a study of one group with assessments, coded alike by two coders.

    Args:
        weights: raw weight of each criterion, by name.
        nodes: the nodes below which weights vary from 1/2 to 2.
        values: the values of the levels.
        observed: day of every row; on the report's own day a level stands then and now.
        other: cells that coder "two" codes otherwise, by unit and criterion.
        starts: day from which a criterion applies.
        units: the states of each unit's criteria, in order.
    """
    criteria = {name: ("r", weight) for name, weight in weights.items()}
    study = made_up(FLAT, criteria, nodes, values, units="".join(units))
    cells = {
        (unit, criterion): level
        for unit, levels in units.items()
        for criterion, level in zip(criteria, levels, strict=True)
        if level != OPEN
    }

    def rows(table, coder=None, instead=None):
        usual = {"read_on": READ_ON, "observed_on": observed, "evidence_ids": "E1"}
        usual |= {"confidence": "medium", "rationale": "-", "settled_by": "agreement"}
        made = [
            {**usual, "coder": coder, "unit_id": unit, "criterion_id": criterion, "level": level}
            for (unit, criterion), level in {**cells, **(instead or {})}.items()
        ]
        frame = pd.DataFrame(made, dtype=object)
        return frame.reindex(columns=study[table].columns, fill_value="")

    applies = study["criteria"]["criterion_id"].map(lambda name: (starts or {}).get(name, ""))
    return replaced(
        study,
        criteria=study["criteria"].assign(applies_from=applies),
        assessments=rows("assessments"),
        codings=pd.concat(
            [rows("codings", "one"), rows("codings", "two", other)], ignore_index=True
        ),
    )


def found_in(study):
    return Sensitivity(study, states(study, day(READ_ON)))


def falls(study, above="f", below="g"):
    """Return the relation of two units at the study's own weights, over the range, and its falls."""
    table = found_in(study).statements.set_index(["above", "below"])
    if (above, below) not in table.index:
        return None
    row = table.loc[(above, below)]
    return row["relation"], row["over_range"], row["falls_to"], row["first"]


ABC = {"a": "1", "b": "1", "c": "1"}


# --- statements, worked out on paper --------------------------------------------------------------


def test_a_statement_that_survives_everything():
    study = study_of(ABC, ["r"], f=("1", "1", "1"), g=("0", "0", "0"))
    assert falls(study) == ("above", "above", "", "")
    assert falls(study, "g", "f") is None


def test_a_statement_that_falls_to_the_weights_alone():
    # δ = (1, 1, −3/4). At equal weights (1 + 1 − 3/4) / 3 above 0, and without a or b
    # (1 − 3/4) / 2 above 0. Over the range c doubled, a and b halved: 1/2 + 1/2 − 3/2 below 0.
    # f's 1/4 may be 1/8 or 3/8: 2 − 7/8 above 0. Weakest: f 1/4, g 0. At the own weights all hold.
    study = study_of(ABC, ["r"], f=("1", "1", "0.25"), g=("0", "0", "1"))
    assert falls(study) == ("above", NOTHING, "weights", "weights")


def test_a_statement_that_falls_to_the_value_of_a_middle_level_alone():
    # f is 1/2 throughout; g is 1 on a (3/11 of the weight), else 0. 1/2 − 3/11 above 0; without
    # b or c 1/2 − 3/7 above 0, without a 1/2. Weakest: 1/2 over 0. The middle level at 1/4:
    # 1/4 − 3/11 = −1/44.
    study = study_of(
        {"a": "3", "b": "4", "c": "4"},
        values=("0", "0.5", "1"),
        f=("0.5", "0.5", "0.5"),
        g=("1", "0", "0"),
    )
    ended = "level.s.0.5.lowest"
    assert falls(study) == ("above", "above", ended, "level")


def test_a_statement_that_falls_to_the_weakest_link_alone():
    # δ = (1, 1, 0): above whatever the weights and whichever is left out; weakest 0 and 0.
    study = study_of(ABC, ["r"], f=("1", "1", "0"), g=("0", "0", "0"))
    assert falls(study) == ("above", "above", "aggregation", "aggregation")


def test_a_statement_that_falls_when_one_criterion_is_left_out():
    # δ = (3/4, 0). Without a they are level; without b 3/4. Weakest: 1/2 over 1/4.
    study = study_of({"a": "1", "b": "1"}, ["r"], f=("1", "0.5"), g=("0.25", "0.5"))
    assert falls(study) == ("above", "above", "criterion.a", "criterion")


def test_a_statement_that_falls_to_one_coder():
    study = study_of(
        ABC, ["r"], f=("1", "1", "1"), g=("0", "0", "0"), other={("f", c): "0" for c in "abc"}
    )
    assert falls(study) == ("above", "above", "coder.two", "coder")


def test_a_statement_that_falls_on_one_date():
    # What is known from 2022 was not the state of the report's day.
    study = study_of(ABC, ["r"], observed=LATER, f=("1", "1", "1"), g=("0", "0", "0"))
    assert falls(study) == ("above", "above", DATE, "date")


def test_a_sure_statement_is_held_against_other_choices_over_the_range():
    # δ = (1, 1, −1/2, 1): halved and doubled 3/2 − 1 above 0: sure. Without a, b or d
    # 1 − 1 = 0 over the range, no more than at or above, though (2 − 1/2) / 3 at the own
    # weights. f's 1/2 at 3/8: 3/2 − 5/4 above 0. Weakest: 1/2 over 0.
    study = study_of({**ABC, "d": "1"}, ["r"], f=("1", "1", "0.5", "1"), g=("0", "0", "1", "0"))
    assert falls(study) == ("above", "above", "criterion.a;criterion.b;criterion.d", "criterion")


def test_a_statement_that_falls_to_several_falls_first_to_the_first_kind():
    # δ = (1, −1/2): over the range 1/2 − 1 below 0; without a −1/2; weakest 0 and 0.
    study = study_of({"a": "1", "b": "1"}, ["r"], f=("1", "0"), g=("0", "0.5"))
    assert falls(study) == ("above", NOTHING, "weights;aggregation;criterion.a", "weights")


def test_a_tie_is_a_statement_too():
    # f at 0 or more, g at 0: f's unknown may be nothing as well. The weakest link of f is 0.
    study = study_of({"a": "1", "b": "1"}, ["r"], f=("0", OPEN), g=("0", "0"))
    assert falls(study) == ("at or above", "at or above", "", "")
    assert falls(study, "g", "f") is None
    both = study_of({"a": "1", "b": "1"}, ["r"], f=("1", "0"), g=("1", "0"))
    assert falls(both) == falls(both, "g", "f") == ("at or above", "at or above", "", "")


def test_a_tie_at_the_own_weights_alone():
    # f (1, open) from 1/2; g (0, open) to 1/2: level at worst. Over the range f from 1/5, g to
    # 4/5. Without a both may be anything, without b 1 over 0. Weakest: f 0 at worst, g 0.
    study = study_of({"a": "1", "b": "1"}, ["r"], f=("1", OPEN), g=("0", OPEN))
    assert falls(study) == ("at or above", NOTHING, "weights;criterion.a", "weights")


def test_where_other_cells_are_out_of_the_sum_the_statement_is_marked():
    study = study_of(ABC, ["r"], f=("1", "1", AWAY), g=("0", AWAY, "0"))
    table = found_in(study).statements
    assert table[["above", "below", "conservative"]].values.tolist() == [["f", "g", "yes"]]


def test_what_published_totals_settle_counts_on_their_own_day():
    # "1 of 2 at level 1" on a and on b, and f is it: g is at 0 on both, today. Of the report's
    # day nothing was published. The totals bind under the other choices as well.
    study = study_of({"a": "1", "b": "1"}, ["r"], ("0", "1"), f=("1", "1"), g=(OPEN, OPEN))
    assert falls(study) == ("at or above", "at or above", "", "")
    row = {
        "level": "1",
        "relation": "exactly",
        "count": "1",
        "of": "2",
        "as_of": READ_ON,
        "source_id": "S1",
    }
    rows = [
        {**row, "total_id": f"P{name}", "criterion_id": name, "settles_cells": "yes"}
        for name in ("a", "b")
    ]
    with_totals = with_rows(study, "published_totals", rows)
    assert falls(with_totals) == ("above", "above", DATE, "date")
    assert measure(with_totals).pairs[["above", "below"]].values.tolist() == [["f", "g"]]


def test_what_is_left_out_with_the_last_criterion_leaves_no_statement():
    study = study_of({"a": "1"}, ["r"], f=("1",), g=("0",))
    assert falls(study) == ("above", "above", "criterion.a", "criterion")
    table = found_in(study).national.set_index("choice")
    assert np.isnan(table.loc["criterion.a", "low"]) and table.loc["criterion.a", "units"] == 0
    assert "nothing to score" in set(national_table(measure(study))["mean worst to mean best"])


# --- intervals and national figures, worked out on paper ------------------------------------------


def test_the_range_of_the_weights_for_one_unit_and_for_all_together():
    # a and b from 1/2 to 2. f (1, 0) alone: 1/5 to 4/5, and so g (0, 1). With one pair of
    # weights for both the mean is (wa + wb) / 2(wa + wb) = 1/2, whatever they are.
    found = found_in(study_of({"a": "1", "b": "1"}, ["r"], f=("1", "0"), g=("0", "1")))
    units = found.units[found.units["choice"] == "weights"]
    assert close(units[["low", "high"]], [[20, 80], [20, 80]]) and units["moved"].all()
    national = found.national.set_index("choice")
    assert close(national.loc["weights", ["low", "high"]].astype(float), [50, 50])
    assert list(national.loc["weights", ["known", "units"]]) == [2, 2]


def test_units_with_other_cells_in_the_sum_have_weights_apart():
    # g counts on b alone, at 1; f from 1/5 to 4/5: means 6/10 and 9/10.
    found = found_in(study_of({"a": "1", "b": "1"}, ["r"], f=("1", "0"), g=(AWAY, "1")))
    national = found.national.set_index("choice")
    assert close(national.loc["weights", ["low", "high"]].astype(float), [60, 90])


def test_intervals_under_each_choice_by_hand():
    # f: a 1/2 (middle, 1/4 to 3/4), b open; weights 2 and 1, from 1/2 to 2 times.
    study = study_of({"a": "2", "b": "1"}, ["r"], values=("0", "0.5", "1"), f=("0.5", OPEN))
    found = found_in(study)
    units = found.units.set_index("choice")
    expected = {
        "declared": (Part(1, 3), Part(2, 3)),
        # Worst: a halved, b doubled and 0, (1/2) / 3; best: a halved, b doubled and 1, 5/6.
        "weights": (Part(1, 6), Part(5, 6)),
        "level.s.0.5.lowest": (Part(1, 6), Part(1, 2)),
        "level.s.0.5.highest": (Part(1, 2), Part(5, 6)),
        "aggregation": (Part(0), Part(1, 2)),
        "criterion.a": (Part(0), Part(1)),
        "criterion.b": (Part(1, 2), Part(1, 2)),
        "coder.one": (Part(1, 3), Part(2, 3)),
        "coder.two": (Part(1, 3), Part(2, 3)),
        DATE: (Part(1, 3), Part(2, 3)),
    }
    assert list(units.index) == list(expected)
    for scenario, ends in expected.items():
        assert close(
            units.loc[scenario, ["low", "high"]].astype(float), [100 * e for e in map(float, ends)]
        ), scenario
    still = {"declared", "coder.one", "coder.two", DATE}
    assert set(units.index[~units["moved"]]) == still
    assert not units.loc["criterion.a", "known"] and units.loc["criterion.b", "known"]
    reach = found.reach.set_index("kind")[["low", "high"]]
    assert close(reach.loc["level"], [100 / 6, 500 / 6])
    assert close(reach.loc["criterion"], [0, 100]) and close(reach.loc["all"], [0, 100])
    assert close(reach.loc["coder"], reach.loc["declared"])


def test_what_is_out_of_the_sum_or_without_weight_is_no_link():
    study = study_of({**ABC, "d": "0"}, f=("1", "0.5", AWAY, "0"), g=(AWAY, "0.25", "0", OPEN))
    units = found_in(study).units.set_index(["unit_id", "choice"])
    assert close(units.loc[("f", "aggregation"), ["low", "high"]].astype(float), [50, 50])
    assert close(units.loc[("g", "aggregation"), ["low", "high"]].astype(float), [0, 0])


def test_a_middle_level_moves_between_the_midpoints():
    study = study_of({"a": "1"}, values=("0", "0.2", "1"), f=("0.2",))
    (one,) = middle_levels(study)
    assert (str(one.lowest), str(one.highest)) == ("0.1", "0.6")
    # A scale without a middle has none to move, nor has one of no criterion with weight.
    assert middle_levels(study_of({"a": "1"}, values=("0", "1"), f=("1",))) == []
    assert middle_levels(study_of({"a": "0"}, values=("0", "0.2", "1"), f=("1",))) == []


def test_another_date_is_set_beside_the_same_criteria_only():
    # b came after the report's day: then f had 1 on a alone; today (1 + 0) / 2. On a alone
    # nothing moved.
    study = study_of({"a": "1", "b": "1"}, f=("1", "0"), starts={"b": LATER})
    found = found_in(study)
    units = found.units.set_index("choice")
    assert close(units.loc[DATE, ["low", "beside_low"]].astype(float), [100, 100])
    assert close(units.loc["declared", "low"], 50) and not units.loc[DATE, "moved"]
    assert "date" not in set(found.reach["kind"])
    levels = found.levels.set_index(["choice", "criterion_id", "level"])["units"]
    assert levels["declared", "b", "0"] == 1 and (DATE, "b", "0") not in levels.index
    table = level_table(measure(study)).set_index(["criterion_id", "level"])
    assert table.filter(like=REPORT).loc[("b", "0")].tolist() == ["not in force"]
    assert national_table(measure(study)).iloc[-1, 2] == "100.0 to 100.0"


def test_levels_are_counted_by_coder():
    study = study_of({"a": "1"}, f=("1",), g=("0",), other={("g", "a"): "1"})
    levels = found_in(study).levels.set_index(["choice", "level"])["units"]
    assert [levels[scenario, "1"] for scenario in ("declared", "coder.one", "coder.two")] == [
        1,
        1,
        2,
    ]


def test_a_unit_known_to_a_coder_alone():
    study = study_of({"a": "1"}, f=("1",), g=(OPEN,), other={("g", "a"): "0"})
    found = found_in(study)
    assert (found.known, found.known_otherwise) == (["f"], ["g"])


# --- against brute force, and against what is said elsewhere --------------------------------------


@ANY
@given(st.data())
def test_the_range_of_a_score_equals_brute_force_over_corners_and_completions(data):
    study = data.draw(drawn_studies(units="f", most=4))
    units = states_drawn(data.draw, study, away="same")
    criteria = list(study["criteria"]["criterion_id"])
    unit, held = next(iter(units.items()))
    states = {(unit, criterion): state for criterion, state in zip(criteria, held, strict=True)}
    rows = unit_cells(study, cell_values(study, matrix_of(study, states, OPEN)))
    rows = rows[[list(study["units"]["unit_id"]).index(unit)]]
    reached = [
        score("total", parts, corner, one)
        for parts, corner in every_corner(study)
        for one in completions(study, held)
    ]
    if not rows.counts.any():
        assert set(reached) == {None}
        return
    least, greatest = score_range(weight_tree(study), rows)
    assert close(least[0], float(min(reached))) and close(greatest[0], float(max(reached)))


@pytest.mark.parametrize("study", [real, library], ids=["real", "library"])
def test_as_declared_is_what_is_published(study):
    results = measure(study())
    found = results.sensitivity
    own = found.units[found.units["kind"] == "declared"].set_index("unit_id")
    total = results.total.loc[own.index]
    assert close(own[["low", "high"]], total[["low", "high"]])
    assert len(own) == results.total["low"].notna().sum()
    sure = found.statements[found.statements["over_range"] == "above"]
    keys = ["above", "below"]
    assert sorted(map(tuple, sure[keys].values)) == sorted(map(tuple, results.pairs[keys].values))
    # Every interval of a kind lies within its reach, and every reach holds the declared one.
    reach = found.reach.set_index(["unit_id", "kind"])
    for row in found.units.itertuples():
        if row.kind == "date":
            continue
        held = reach.loc[(row.unit_id, row.kind)]
        assert held["low"] <= min(row.low, own.loc[row.unit_id, "low"]) + 1e-9
        assert held["high"] >= max(row.high, own.loc[row.unit_id, "high"]) - 1e-9


def test_between_the_ends_of_a_middle_level_nothing_goes_beyond_them():
    study, results = real(), measure(real())
    reach = results.sensitivity.reach.set_index(["kind", "unit_id"]).loc["level"]
    for value in ("0.3", "0.41", "0.5", "0.6", "0.74"):
        levels = study["levels"].replace({"value": {"0.5": value}})
        total = measure(replaced(study, levels=levels)).total.loc[reach.index]
        assert (total["low"] >= reach["low"] - 1e-9).all()
        assert (total["high"] <= reach["high"] + 1e-9).all()


def test_own_weights_are_a_box_of_no_range():
    assert not any(weight_tree(at_own_weights(real())).more.values())
    assert any(weight_tree(real()).more.values())


def test_the_real_study_by_hand():
    found = measure(real()).sensitivity
    units = found.units.set_index(["unit_id", "choice"])
    # Four groups of weight 1, from 1/2 to 2. Gloucestershire has 0 on two of them and nothing
    # known of the others: at most (2 + 2) / 5. Warwickshire has 1 on two: at least 1 / 5.
    assert close(units.loc[("gloucestershire", "weights"), "high"], 80)
    assert close(units.loc[("warwickshire", "weights"), "low"], 20)
    # A criterion not met is the weakest link whatever the rest is; one partly met caps it.
    assert close(units.loc[("gloucestershire", "aggregation"), "high"], 0)
    assert close(units.loc[("northamptonshire", "aggregation"), "high"], 50)
    # 50 to 100 and 0 to 50 meet in one point, at the study's own weights alone.
    assert found.statements[["above", "below", "relation", "over_range"]].values.tolist() == [
        ["warwickshire", "gloucestershire", "at or above", ""]
    ]
    assert found.statements["first"].tolist() == ["weights"]


# --- what is said and shown -----------------------------------------------------------------------


@pytest.fixture(scope="module", params=["real", "library", "made"])
def told(request):
    study = {
        "real": real,
        "library": library,
        "made": lambda: study_of(
            ABC, ["r"], f=("1", "1", "0"), g=("0", "0", "0"), h=("1", "1", "1"), i=(OPEN,) * 3
        ),
    }[request.param]()
    results = measure(study)
    return results, sensitivity_figures(results)


def test_every_named_figure_is_the_number_of_its_rows(told):
    results, named = told
    table = results.sensitivity.statements
    keys = set("statements/" + table["above"] + "/" + table["below"])
    units = set("units/" + results.study["units"]["unit_id"])
    assert not set(named) & set(named_figures(results))
    for name, one in named.items():
        assert one.id == name and one.definition.endswith(".")
        assert (one.value, one.text) == (len(one.rows), str(len(one.rows)))
        assert len(set(one.rows)) == len(one.rows)
        assert set(map(str, one.rows)) <= (keys if ".statements." in name else units)
    json.dumps([one.as_dict() for one in named.values()])
    first = [one.value for name, one in named.items() if ".first." in name]
    assert sum(first) + named["sensitivity.statements.survive"].value == len(table)
    assert named["sensitivity.statements.sure"].value == len(results.pairs)


def test_the_tables_for_reading_say_what_was_found(told):
    results, named = told
    table = statement_table(results)
    assert len(table) == named["sensitivity.statements.count"].value
    counts = fall_table(results).set_index("choice")
    assert counts.loc["survive all", "fall to it"] == named["sensitivity.statements.survive"].value
    assert counts["fall to it first"].sum() == len(table)
    shown = interval_table(results, results.sensitivity.known)
    assert len(shown.columns) == 1 + named["sensitivity.units.known"].value
    if named["sensitivity.units.known"].value:
        assert shown["choice"].iloc[0] == "as declared"


def test_the_chart_draws_the_reach_of_the_known(told):
    results, named = told
    chart = charts.reach_chart(results, {**named_figures(results), **named})
    assert set(chart.table["unit_id"]) == set(results.sensitivity.known)
    names = results.study.lookup("units", "short_name")
    assert all(names[unit] in chart.alt for unit in results.sensitivity.known)
    assert chart.title in chart.alt
    wanted = chart.table[["low", "high"]].to_numpy()
    drawn, shown = scores(chart) if len(wanted) else [], words(chart)
    # The bars of one height are drawn together: by their place, they are in another order.
    wide = wanted[wanted[:, 1] - wanted[:, 0] > 1]
    assert len(drawn) == len(wanted)
    for ends in wide:
        assert np.abs(drawn - ends).max(axis=1).min() < 0.05
    assert "50 to 100" in shown or not (wanted == [50, 100]).all(axis=1).any()


def test_a_study_of_which_nothing_is_known():
    study = study_of({"a": "1"}, f=(OPEN,), g=(OPEN,))
    matrix = matrix_of(study, {}, OPEN)
    found = Sensitivity(study, matrix)
    assert (len(found.statements), found.known, found.known_otherwise) == (0, [], [])
    kinds = ["declared", "weights", *["level"] * 6, "aggregation", "criterion", "date"]
    assert [one.kind for one in scenarios(study, matrix) if one.kind != "coder"] == kinds
    assert close(found.units.query("kind == 'declared'")[["low", "high"]], [[0, 100]] * 2)
