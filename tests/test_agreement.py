"""Agreement of coders: published answers, and the cases in which a figure would say nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import library, real, replaced, tries

from analysis.fieldwork.agreement import (
    ALL,
    CODES,
    FEWEST_CELLS,
    LEVELS,
    SEED,
    Agreement,
    agreement,
    as_table,
    bootstrap,
    confusion,
    disagreements,
    in_words,
    level_order,
    measured,
    value_counts,
)
from analysis.fieldwork.coded_cells import coded_states
from analysis.study import coders

# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), section D: four observers,
# twelve units, with gaps. He gives nominal 0.743 and ordinal 0.815 (0.849 interval).
OBSERVERS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
DOMAIN = list("12345")


def worked_example(names="ABCD", times=1):
    """Return the published table, repeated so that it has cells enough for a figure."""
    table = pd.DataFrame({name: OBSERVERS[name].split() for name in names})
    table.insert(0, "unit_id", [f"u{number}" for number in range(len(table))])
    return pd.concat([table] * times, ignore_index=True)


def of(table, names, measure=CODES, domain=DOMAIN):
    return measured(table, list(names), domain, ALL, measure)


@pytest.mark.parametrize(("scale", "published"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_the_published_worked_example(scale, published):
    import krippendorff

    counts = value_counts(worked_example()[list("ABCD")], DOMAIN)
    # The twelfth unit was coded by one observer alone and pairs with nothing.
    counts = counts[counts.sum(axis=1) > 1]
    assert len(counts) == 11
    alpha = krippendorff.alpha(value_counts=counts, level_of_measurement=scale)
    assert alpha == pytest.approx(published, abs=0.0005)


def test_the_worked_example_is_too_small_for_a_figure_of_ours():
    found = of(worked_example(), "ABCD")
    # Units 2, 6 and 8 are the ones on which the observers differ; the twelfth has one code.
    assert (found.cells, found.same) == (11, 8)
    assert found.alpha is None and "too few cells" in found.why_none
    assert in_words(found) == (
        "The coders agree on 8 of 11 cells; no alpha: too few cells to carry a figure "
        f"(fewer than {FEWEST_CELLS})."
    )


def test_enough_cells_give_alpha_with_its_interval():
    found = of(worked_example(times=2), "ABCD")
    assert (found.cells, found.same) == (22, 16)
    # Doubling the units moves only the correction for the number of values: 40 values give
    # 1 - (39) * disagreements / pairs; doubled, 79 in place of 39 and all else doubled.
    once = 1 - 0.743
    expected = 1 - once * (79 / 80) / (39 / 40)
    assert found.alpha == pytest.approx(expected, abs=0.002)
    assert found.low <= found.alpha <= found.high


@pytest.mark.parametrize("scale", ["nominal", "ordinal"])
def test_the_bootstrap_draws_what_the_library_measures(scale):
    import krippendorff

    counts = value_counts(worked_example(times=2)[list("ABCD")], DOMAIN)
    counts = counts[counts.sum(axis=1) > 1]
    units, draw = np.arange(22) // 2, np.random.default_rng(SEED)
    alphas = []
    for _ in range(40):
        drawn = np.bincount(draw.integers(11, size=11), minlength=11)
        sample = np.repeat(counts, drawn[units], axis=0)
        alphas.append(krippendorff.alpha(value_counts=sample, level_of_measurement=scale))
    expected = np.percentile(alphas, [2.5, 97.5])
    assert bootstrap(counts, units, scale, 40) == pytest.approx(tuple(expected), abs=1e-12)


def test_perfect_agreement_says_that_it_says_little():
    table = pd.DataFrame({"unit_id": list("abcdefghij") * 3, "A": list("12" * 15)})
    table["B"] = table["A"]
    found = of(table, "AB")
    assert (found.same, found.cells, found.percent, found.alpha) == (30, 30, 100, 1)
    assert found.low is None and found.high is None
    assert "alpha is 1 by definition and says little" in in_words(found)


def test_one_value_everywhere_has_no_alpha():
    table = pd.DataFrame({"unit_id": list("abcde") * 5, "A": ["1"] * 25, "B": ["1"] * 25})
    found = of(table, "AB")
    assert found.alpha is None and "the same value everywhere" in found.why_none


@pytest.mark.parametrize(("names", "why"), [("A", "only one coder"), ("", "nobody has coded yet")])
def test_fewer_than_two_coders(names, why):
    found = of(worked_example(names), names)
    assert (found.cells, found.percent, found.alpha, found.why_none) == (0, None, None, why)
    assert in_words(found) == f"{why.capitalize()}."


def test_three_coders_with_gaps():
    # Worked by hand: units with (1,1,1), (1,2,.), (2,2,.), (.,.,1): the last pairs with nothing.
    # Values: five 1s... of pairable ones 1,1,1 | 1,2 | 2,2: n = 7, n1 = 4, n2 = 3.
    # Observed: only unit 2 differs, 2 ordered pairs over (2 - 1): Do = 2 / 7.
    # Expected: 2 * 4 * 3 / (7 * 6) = 24 / 42. Alpha = 1 - (2 / 7) / (24 / 42) = 1/2.
    unit = pd.DataFrame({"A": list("112."), "B": list("122."), "C": list("1..1")})
    counts = value_counts(unit, ["1", "2"])
    assert counts.tolist() == [[3, 0], [1, 1], [0, 2], [1, 0]]
    import krippendorff

    kept = counts[counts.sum(axis=1) > 1]
    assert krippendorff.alpha(value_counts=kept, level_of_measurement="nominal") == pytest.approx(
        0.5
    )


def test_the_bootstrap_is_seeded_and_draws_whole_units():
    counts = np.array([[2, 0], [0, 2], [1, 1], [2, 0]] * 6)
    units = np.repeat(["a", "b", "c", "d", "e", "f"], 4)
    first = bootstrap(counts, units, "nominal", 50)
    assert first == bootstrap(counts, units, "nominal", 50)
    # Every unit holds the same four cells, so drawing whole units changes nothing but the
    # number of values, which is the same too: the interval has no width.
    assert first[0] == pytest.approx(first[1])


def test_what_differs_is_listed_with_both_sides():
    found = {(one.criterion_id, one.measure): one for one in agreement(real(), resamples=0)}
    codes, table = found[ALL, CODES], disagreements(real())
    cells = table.groupby(["unit_id", "criterion_id"])
    assert len(cells) == codes.cells - codes.same
    assert (cells["coder"].nunique() == 2).all() and (cells["state"].nunique() == 2).all()


def test_cells_without_a_row_of_anyone_are_left_out():
    table = coded_states(real())
    coded = real()["codings"][["unit_id", "criterion_id"]].drop_duplicates()
    assert len(table) == len(coded) < 43 * 10
    assert not (table == "not_found").any(axis=None)


def test_confusion_is_symmetric_and_counts_every_pair():
    pairs = confusion(real())
    assert (pairs.to_numpy() == pairs.to_numpy().T).all()
    off = pairs.to_numpy().sum() - np.trace(pairs.to_numpy())
    # With two coders each cell that both read is one pair.
    both = coded_states(real())[coders(real())].notna().all(axis=1)
    assert np.trace(pairs.to_numpy()) + off // 2 == both.sum()


def test_a_study_without_codings_has_no_agreement():
    study = real()
    empty = replaced(study, codings=study["codings"].iloc[:0])
    assert {one.why_none for one in agreement(empty)} == {"nobody has coded yet"}
    assert disagreements(empty).empty and confusion(empty).empty


def test_levels_stand_in_the_order_of_their_values():
    assert level_order(real()) == ["not_met", "partly", "met"]
    assert level_order(library())[0] in ("points_0", "no")


def test_every_agreement_has_its_sentence():
    table = as_table(agreement(real(), resamples=0))
    assert table["in_words"].str.endswith(".").all()
    assert not table["in_words"].str.contains("nan|None").any()


def test_what_is_below_1_is_not_said_to_be_1():
    one = Agreement(ALL, CODES, 1000, 999, 99.9, 0.9984, 0.9962, 1.0, "")
    said = "alpha 0.998 (95 per cent bootstrap interval 0.996 to 1.00)"
    assert said in in_words(one)


@tries(40)
@given(st.lists(st.tuples(*[st.sampled_from(["1", "2", "3", "."])] * 3), min_size=1, max_size=40))
def test_whatever_was_coded_is_measured_or_refused_in_words(rows):
    table = pd.DataFrame(rows, columns=list("ABC"))
    table.insert(0, "unit_id", [f"u{number % 7}" for number in range(len(table))])
    for measure in (LEVELS, CODES):
        found = measured(table, list("ABC"), ["1", "2", "3"], ALL, measure, resamples=20)
        assert (found.alpha is None) == bool(found.why_none)
        assert found.same <= found.cells
        assert found.alpha is None or found.alpha <= 1
        assert in_words(found).endswith(".")
        # The order of the coders is of no account.
        again = measured(table, list("CAB"), ["1", "2", "3"], ALL, measure, resamples=20)
        assert again.alpha == pytest.approx(found.alpha) if found.alpha is not None else True
