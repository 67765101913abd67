"""Published figures side by side, and the pairs that cannot both count the same thing."""

import datetime as dt

import pytest
from made import day, library, problems, real, replaced, with_rows, without_rows

from analysis.measure.figures import named_figures
from analysis.measure.results import measure
from analysis.measure.side_by_side import comparable_figures, irreconcilable
from analysis.study import known


def pairs(study):
    table = irreconcilable(study)
    return set(zip(table["inner"], table["outer"], strict=True))


# --- the real study, worked out by hand ---------------------------------------------------------

# Victims of crime passed on by police:                        Of domestic abuse:
#   F16  at least 1,787   Apr 2020 to Nov 2021                    F24  at least 423  2020 to 2022
#   F19           2,656   May 2020 to May 2022                    F25           451  May 2020 to Sep 2022
#   F20           2,672   May 2020 to Sep 2022                    F27           537  Apr 2020 to Mar 2023
#   F21           2,546   2020 to 2022


def test_the_figures_set_beside_each_other():
    table = comparable_figures(real())
    held = {name: sorted(group["figure_id"]) for name, group in table.groupby("comparison")}
    assert held == {
        "Victims of crime passed on by police, all crimes": ["F16", "F19", "F20", "F21"],
        "Victims of domestic abuse passed on by police": ["F24", "F25", "F27"],
    }
    # Each at its widest: a year from its first day to its last, a month likewise.
    spans = table.set_index("figure_id")[["first", "last"]].map(
        lambda number: dt.date.fromordinal(int(number)).isoformat()
    )
    assert spans.loc["F21"].tolist() == ["2020-01-01", "2022-12-31"]
    assert spans.loc["F16"].tolist() == ["2020-04-01", "2021-11-30"]
    assert spans.loc["F20"].tolist() == ["2020-05-01", "2022-09-30"]


def test_the_pairs_that_do_not_reconcile():
    # F19 and F20 each count more within a part of F21's three years than F21 in all of them.
    # F19 lies within F20 and counts less: no clash. F16 lies within F21 and counts less; it
    # begins before F19 and F20, so they hold no more than a part of it.
    # F25 lies within F24 and counts more, but F24 is "at least": no clash. F25 lies within F27
    # and counts less. F27 runs beyond F24.
    assert pairs(real()) == {("F19", "F21"), ("F20", "F21")}
    table = irreconcilable(real()).set_index("inner")
    assert set(table["comparison"]) == {"Victims of crime passed on by police, all crimes"}
    assert table.loc["F19", ["inner_value", "outer_value"]].tolist() == ["2656", "2546"]
    assert table.loc["F20", ["inner_value", "outer_value"]].tolist() == ["2672", "2546"]


def test_a_figure_known_later_clashes_later():
    # Every source was read on one day: the day before there is nothing to compare.
    early = known(real(), day("2026-11-22"))
    assert comparable_figures(early).empty and irreconcilable(early).empty
    assert list(irreconcilable(early).columns) == list(irreconcilable(real()).columns)
    # The newspaper that gives the visits of the year was read in 2023.
    assert pairs(library()) == {("G2", "G1")}
    assert pairs(known(library(), day("2022-07-01"))) == set()


# --- small cases --------------------------------------------------------------------------------


def study_of(*figures):
    """Return a study with these figures: (id, value, start, end[, qualifier[, comparison]])."""
    usual = {"measure": "-", "unit": "-", "scope": "-", "what_it_counts": "-", "source_id": "B01"}
    rows = []
    for name, value, start, end, *more in figures:
        qualifier, comparison = (*more, *("", "Visits")[len(more) :])
        cells = {"figure_id": name, "value": value, "period_start": start, "period_end": end}
        rows.append(usual | cells | {"qualifier": qualifier, "comparison": comparison})
    study = with_rows(without_rows(library(), "figures"), "figures", rows)
    assert problems(study) == []
    return study


YEAR = ("year", "100", "2021-01-01", "2021-12-31")
CASES = {
    "more in a part than in the whole": (
        [YEAR, ("june", "101", "2021-06", "2021-06")],
        {("june", "year")},
    ),
    "as many in a part as in the whole": ([YEAR, ("june", "100", "2021-06", "2021-06")], set()),
    "a fraction more": (
        [YEAR, ("june", "100.5", "2021-06", "2021-06")],
        {("june", "year")},
    ),
    # By number and not by text: 99 is less than 100.
    "fewer, with a larger first digit": ([YEAR, ("june", "99", "2021-06", "2021-06")], set()),
    "the same period, other counts": (
        [YEAR, ("other", "90", "2021", "2021")],
        {("year", "other")},
    ),
    "one day within": ([YEAR, ("day", "300", "2021-12-31", "2021-12-31")], {("day", "year")}),
    "one day beyond": ([YEAR, ("late", "300", "2021-12-31", "2022-01-01")], set()),
    "one day before": ([YEAR, ("early", "300", "2020-12-31", "2021-06-30")], set()),
    "apart": ([YEAR, ("next", "300", "2022", "2022")], set()),
    # "At least 100" may be 400, and "more than" likewise: too small for nothing.
    "within at least": ([(*YEAR, "at_least"), ("june", "300", "2021-06", "2021-06")], set()),
    "within more than": ([(*YEAR, "more_than"), ("june", "300", "2021-06", "2021-06")], set()),
    # But at least 300 in June cannot be 100 in the year.
    "at least within": (
        [YEAR, ("june", "300", "2021-06", "2021-06", "at_least")],
        {("june", "year")},
    ),
    "more than within": (
        [YEAR, ("june", "300", "2021-06", "2021-06", "more_than")],
        {("june", "year")},
    ),
    "an estimate within": ([YEAR, ("june", "300", "2021-06", "2021-06", "estimate")], set()),
    "within an estimate": ([(*YEAR, "estimate"), ("june", "300", "2021-06", "2021-06")], set()),
    "of another comparison": ([YEAR, ("june", "300", "2021-06", "2021-06", "", "Loans")], set()),
    "of no comparison": ([YEAR, ("june", "300", "2021-06", "2021-06", "", "")], set()),
    "without a beginning": ([YEAR, ("june", "300", "", "2021-06")], set()),
    "without an end": ([YEAR, ("june", "300", "2021-06", "")], set()),
    # May lies within the second quarter and that within the year: three pairs.
    "one within the other within the third": (
        [YEAR, ("quarter", "150", "2021-04", "2021-06"), ("may", "200", "2021-05", "2021-05")],
        {("quarter", "year"), ("may", "year"), ("may", "quarter")},
    ),
    "two comparisons at once": (
        [
            YEAR,
            ("june", "101", "2021-06", "2021-06"),
            ("loans", "10", "2021", "2021", "", "Loans"),
            ("loans-june", "11", "2021-06", "2021-06", "", "Loans"),
        ],
        {("june", "year"), ("loans-june", "loans")},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_pair_by_hand(name):
    figures, expected = CASES[name]
    assert pairs(study_of(*figures)) == expected
    assert pairs(study_of(*figures[::-1])) == expected


def test_a_figure_without_a_whole_period_is_not_set_beside_others():
    may = ("may", "10", "2021-05", "2021-05")
    study = study_of(YEAR, ("end", "1", "", "2021"), may, ("begin", "1", "2021", ""))
    assert comparable_figures(study)["figure_id"].tolist() == ["year", "may"]


def test_a_figure_alone_is_set_beside_nothing():
    # Its only companion has no whole period, or another heading.
    study = study_of(YEAR, ("end", "1", "", "2021"), ("loans", "1", "2021", "2021", "", "Loans"))
    assert comparable_figures(study).empty


@pytest.mark.parametrize(
    ("published", "text"),
    [
        ("12345678901234567890", "12,345,678,901,234,567,890"),
        ("1300.00000000000000000001", "1,300.00000000000000000001"),
        ("0.12345678901234567890123", "0.12345678901234567890123"),
        ("9007199254740993", "9,007,199,254,740,993"),
        ("1E5", "100,000"),
        ("-1234", "-1,234"),
    ],
)
def test_a_published_figure_is_shown_in_its_own_digits(published, text):
    study = library()
    figures = study["figures"].copy()
    figures.loc[figures.index[0], "value"] = published
    results = measure(replaced(study, figures=figures))
    named = named_figures(results)
    assert named[f"figures.{figures['figure_id'].iloc[0]}"].text == text


def test_long_figures_are_compared_by_all_their_digits():
    study, figures = library(), library()["figures"]
    usual = figures.iloc[0].to_dict() | {"comparison": "Doors", "qualifier": ""}
    short = {"figure_id": "L1", "value": "9007199254740993", "period_start": "2021-02"}
    long = {"figure_id": "L2", "value": "9007199254740992", "period_start": "2021-01"}
    ends = {"period_end": "2021-03"}
    rows = [usual | short | ends, usual | long | ends]
    assert ("L1", "L2") in pairs(with_rows(study, "figures", rows))
