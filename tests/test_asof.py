"""The state of a cell as of a date, against the codebook's section of that name."""

import datetime as dt
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from made import (
    ANY,
    LIBRARY,
    READ_ON,
    REAL,
    REAL_READ_ON,
    REPORT_DAY,
    TieError,
    day,
    library,
    matrix_of,
    naive_first,
    naive_last,
    naive_state,
    naive_states,
    one_cell,
    problems,
    read_rows,
    real,
    replaced,
    row,
    tries,
    with_rows,
)

from analysis.measure.state_changes import differences
from analysis.study import data_read_on, known, states
from analysis.study.dates import date_in_words
from analysis.wording import spoken_date


def state(study, on, known_by=None):
    cell = states(study, day(on), day(known_by) if known_by else None).cells.iloc[0]
    return (cell["state"], cell["last_level"]) if cell["last_level"] else cell["state"]


# Each case: the rows of one cell of a unit that was searched for; then dates with the state.
# The report is of 17 December 2020; rows are read on 23 November 2026 where not said.
CASES = {
    # 2022 lies from 1 January to 31 December. Only on its last day is the level surely held; in
    # between it may or may not hold yet; before its first day it says nothing at all.
    "a year": (
        [row("met", "2022")],
        {
            "2021-12-31": "not_found",
            "2022-01-01": "inconclusive",
            "2022-06-30": "inconclusive",
            "2022-12-30": "inconclusive",
            "2022-12-31": "met",
            "2023-01-01": "met",
        },
    ),
    # February 2024 ends on the 29th.
    "a month of a leap year": (
        [row("partly", "2024-02")],
        {
            "2024-01-31": "not_found",
            "2024-02-01": "inconclusive",
            "2024-02-28": "inconclusive",
            "2024-02-29": "partly",
        },
    ),
    "a December": (
        [row("partly", "2021-12")],
        {"2021-11-30": "not_found", "2021-12-30": "inconclusive", "2021-12-31": "partly"},
    ),
    # A day is its own first and last day: nothing lies between.
    "a day": ([row("met", "2022-05-05")], {"2022-05-04": "not_found", "2022-05-05": "met"}),
    # Nothing bounds the first day, and the last is the day of reading.
    "undated": (
        [row("met", read_on="2022-03-10")],
        {"1900-01-01": "inconclusive", "2022-03-09": "inconclusive", "2022-03-10": "met"},
    ),
    "undated, not before a month": (
        [row("met", not_before="2021-06", read_on="2022-03-10")],
        {"2021-05-31": "not_found", "2021-06-01": "inconclusive", "2022-03-10": "met"},
    ),
    # The last day is that of September, long before the row was read.
    "undated, with both bounds": (
        [row("met", not_before="2021-06", not_after="2021-09", read_on="2022-03-10")],
        {
            "2021-05-31": "not_found",
            "2021-06-01": "inconclusive",
            "2021-09-29": "inconclusive",
            "2021-09-30": "met",
        },
    ),
    # Not after 2020 means not after 31 December 2020: not before the report, so never outdated.
    "undated, not after a year": (
        [row("met", not_after="2020")],
        {"1999-12-31": "inconclusive", "2020-12-30": "inconclusive", "2022-01-01": "met"},
    ),
    # Observed in 2021 and read on 30 June: it cannot be from after that day.
    "read within its year": (
        [row("met", "2021", read_on="2021-06-30")],
        {"2021-06-29": "inconclusive", "2021-06-30": "met", "2021-07-01": "met"},
    ),
    # A later unknown never erases an earlier level, whatever unknown it is.
    "a later unknown": (
        [
            row("met", "2021-01-05"),
            row("inconclusive", "2022-01-01"),
            row("withheld", "2023-01-01"),
            row("not_assessed", "2024-01-01"),
        ],
        {"2021-01-05": "met", "2022-06-01": "met", "2026-01-01": "met"},
    ),
    # Not applicable from a day on takes effect on an older level, and is never outdated.
    "not applicable from a day on": (
        [row("met", "2021-01-05"), row("not_applicable", "2022-01-01")],
        {"2021-12-31": "met", "2022-01-01": "not_applicable", "2026-01-01": "not_applicable"},
    ),
    "not applicable since before the report": (
        [row("met", "2019-01-05"), row("not_applicable", "2020-03-01")],
        {"2020-02-29": "met", "2020-12-18": "not_applicable"},
    ),
    "not applicable from some day of a year on": (
        [row("met", "2021-01-05"), row("not_applicable", "2022")],
        {"2022-12-30": "met", "2022-12-31": "not_applicable"},
    ),
    "not applicable from some undated day on": (
        [
            row("met", "2021-01-05"),
            row("not_applicable", not_before="2022-01-01", not_after="2022-06-30"),
        ],
        {"2022-06-29": "met", "2022-06-30": "not_applicable"},
    ),
    "a later level stands again": (
        [row("not_applicable", "2021-01-05"), row("partly", "2023-03-03")],
        {"2023-03-02": "not_applicable", "2023-03-03": "partly"},
    ),
    # Of no day: what was read, and nothing that took effect.
    "not applicable of no day": (
        [row("met", "2021-01-05"), row("not_applicable"), row("not_applicable", not_after="2025")],
        {"2020-12-18": "not_applicable", "2021-01-05": "met", "2026-01-01": "met"},
    ),
    # The level is surely later than 2022, so the unknown code is what is known of 2022.
    "a level still to come": (
        [row("partly", "2023-01-01"), row("withheld", "2021-05-05")],
        {"2022-12-31": "withheld", "2023-01-01": "partly"},
    ),
    # Step 4 asks first whether a level may hold, and only then for the unknown code.
    "a level that may hold goes before an unknown": (
        [row("met", "2022"), row("withheld", "2022-02-02")],
        {"2021-06-01": "withheld", "2022-06-30": "inconclusive", "2022-12-31": "met"},
    ),
    # Step 4 is for a cell with no level yet: where one stands, one that may hold changes nothing.
    "a level that may hold does not shake one that stands": (
        [row("not_met", "2021-03-03"), row("met", "2022")],
        {"2022-06-30": "not_met", "2022-12-31": "met"},
    ),
    # Last possible day before the report and the date after it. On the report's day it stands.
    "the day before the report": (
        [row("partly", "2020-12-16")],
        {
            "2020-12-15": "not_found",
            "2020-12-16": "partly",
            "2020-12-17": "partly",
            "2020-12-18": ("outdated", "partly"),
            "2026-11-23": ("outdated", "partly"),
        },
    ),
    # The report's own day is not before the report.
    "the report's day": (
        [row("partly", "2020-12-17")],
        {"2020-12-16": "not_found", "2020-12-17": "partly", "2020-12-18": "partly"},
    ),
    "undated, not after the report's day": (
        [row("met", not_after="2020-12-17")],
        {"2020-12-16": "inconclusive", "2020-12-17": "met", "2026-11-23": "met"},
    ),
    # The year of the report ends after it: on 18 December it may hold, from New Year's Eve it does.
    "the report's year": (
        [row("met", "2020")],
        {"2020-12-18": "inconclusive", "2020-12-31": "met", "2021-06-01": "met"},
    ),
    # The same year, but read a week before the report: its last day is that of the reading.
    "the report's year, read before the report": (
        [row("met", "2020", read_on="2020-12-10")],
        {
            "2020-12-09": "inconclusive",
            "2020-12-10": "met",
            "2020-12-17": "met",
            "2020-12-18": ("outdated", "met"),
        },
    ),
    # An outdated level is still the row that stands: neither an unknown read later nor a level
    # that may hold takes its place; a level that surely holds does.
    "after an outdated level": (
        [row("met", "2019-05-05"), row("withheld", "2021-05-05"), row("partly", "2022")],
        {
            "2021-12-31": ("outdated", "met"),
            "2022-06-30": ("outdated", "met"),
            "2022-12-31": "partly",
        },
    ),
    # Step 2 goes by the first day. The undated row may be of May 2021, but its first day is
    # earlier than that of December: December stands, and is from before the report.
    "the first day goes before the last": (
        [row("met", not_before="2020-01", not_after="2021-05"), row("partly", "2020-12-01")],
        {"2020-11-30": "inconclusive", "2021-06-01": ("outdated", "partly")},
    ),
    # Both begin on 1 January 2022. In June only January's row is over; in the end the year's
    # row stands, its last day being the later.
    "a tie on the first day": (
        [row("met", "2022"), row("partly", "2022-01")],
        {"2022-01-31": "partly", "2022-06-30": "partly", "2022-12-31": "met"},
    ),
    "a tie on both days": (
        [
            row("met", "2022-05-05", confidence="low"),
            row("not_met", not_before="2022-05-05", not_after="2022-05-05", confidence="high"),
        ],
        {"2022-05-04": "not_found", "2022-05-05": "not_met"},
    ),
    "a tie on both days, the other way round": (
        [
            row("not_met", not_before="2022-05-05", not_after="2022-05-05", confidence="medium"),
            row("met", "2022-05-05", confidence="low"),
        ],
        {"2022-05-05": "not_met"},
    ),
    # Unknown codes keep the same order: first day, last day, confidence. The undated row has
    # no first day, so anything dated goes before it.
    "unknowns by first day": (
        [row("withheld", "2001-01-01"), row("inconclusive"), row("not_assessed", "2000")],
        {"2022-01-01": "withheld"},
    ),
    "unknowns by last day": (
        [row("inconclusive", "2021-01"), row("withheld", "2021"), row("not_assessed", "2020-12")],
        {"2022-01-01": "withheld"},
    ),
    "unknowns by confidence": (
        [
            row("withheld", not_before="2021-01-01", not_after="2021-01-01", confidence="medium"),
            row("inconclusive", "2021-01-01", confidence="low"),
        ],
        {"2022-01-01": "withheld"},
    ),
    # An unknown code tells what was read, not what was in force: it counts at every date.
    "an unknown from after the date": (
        [row("withheld", "2025-05-05"), row("inconclusive", "2021-01-01")],
        {"2012-01-01": "withheld", "2022-01-01": "withheld"},
    ),
    "a level goes by its own date, whatever was read first": (
        [
            row("met", "2021-01-01", read_on="2026-01-01"),
            row("partly", "2022", read_on="2023-01-01"),
        ],
        {"2022-12-30": "met", "2022-12-31": "partly", "2026-11-23": "partly"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_cell_worked_out_by_hand(name):
    rows, expected = CASES[name]
    study = one_cell(*rows)
    assert {on: state(study, on) for on in expected} == expected


def test_a_criterion_comes_into_force():
    # Step 1 goes before everything else: the day before, neither the row read on it nor the
    # search counts; on the day itself the level of that day does.
    study = one_cell(row("met", "2020-12-17"), applies_from="2020-12-17")
    assert state(study, "2020-12-16") == "not_in_force"
    assert state(study, "2020-12-17") == "met"
    study = one_cell(row("inconclusive", "2019"), applies_from="2020-12-17")
    assert state(study, "2020-12-16") == "not_in_force"
    assert state(study, "2020-12-17") == "inconclusive"
    study = one_cell(applies_from="2020-12-17")
    assert state(study, "2020-12-16") == "not_in_force"
    assert state(study, "2020-12-17") == "not_found"


def test_known_by_counts_what_had_been_read():
    # The level is of May 2021 and was read on 10 March 2022; the search was on 1 June 2021.
    # What is known grows with the reading, for one and the same date of the state.
    study = one_cell(row("met", "2021-05-05", read_on="2022-03-10"), searched="2021-06-01")
    assert state(study, "2022-06-30", known_by="2021-05-31") == "not_assessed"
    assert state(study, "2022-06-30", known_by="2021-06-01") == "not_found"
    assert state(study, "2022-06-30", known_by="2022-03-09") == "not_found"
    assert state(study, "2022-06-30", known_by="2022-03-10") == "met"
    # By default everything held counts, and the state is that of the day of the last reading.
    default = states(study)
    assert (default.as_of, default.known_by) == (day("2022-03-10"), day("2022-03-10"))
    assert state(study, "2021-05-05") == "met"


def test_searched_or_not():
    assert state(one_cell(), "2022-01-01") == "not_found"
    assert state(one_cell(searched=""), "2022-01-01", known_by=READ_ON) == "not_assessed"
    # A search counts whenever it was made: it was of what is public, not of one date.
    assert state(one_cell(searched="2026-01-01"), "2012-01-01") == "not_found"
    # What a coder typed goes before what follows from a search.
    assert state(one_cell(row("not_assessed", evidence_ids="")), "2022-01-01") == "not_assessed"
    # Library Four has no search of its own; that Library Five was searched for is no help.
    grid = states(library()).grid()
    assert grid.at["library-four", "weekend"] == "not_assessed"
    assert grid.at["library-five", "window"] == "not_found"


def test_ties_with_different_levels_are_refused():
    tie = one_cell(
        row("met", "2022-05-05"),
        row("not_met", not_before="2022-05-05", not_after="2022-05-05"),
        legal=False,
    )
    assert any("it ties with another row" in one for one in problems(tie))
    gone = one_cell(row("met", "2022"), row("not_applicable", "2022"), legal=False)
    assert any("it ties with another row" in one for one in problems(gone))
    # An unknown ties with no level: the level stands whatever the unknown says.
    one_cell(
        row("met", "2022-05-05"),
        row("withheld", not_before="2022-05-05", not_after="2022-05-05"),
    )


def test_the_data_are_read_by_the_last_reading_of_anything():
    study = one_cell(row("met", "2021", read_on="2021-06-30"), searched="2021-07-01")
    assert data_read_on(study) == day("2021-07-01")
    later = study["sources"].assign(read_on="2021-07-02")
    assert data_read_on(replaced(study, sources=later)) == day("2021-07-02")


def test_by_default_every_coding_counts():
    # A coder reads on after the last assessment was settled: everything that the study holds
    # counts by default, and a coding is held.
    study = library()
    fresh = {
        "unit_id": "library-five",
        "criterion_id": "evening",
        "coder": "coder-a",
        "observed_on": "2023-07-10",
        "read_on": "2023-07-15",
        "level": "points_1",
        "evidence_ids": "V09",
        "confidence": "low",
        "rationale": "-",
    }
    study = with_rows(study, "codings", [fresh])
    assert problems(study) == []
    assert len(known(study, data_read_on(study))["codings"]) == len(study["codings"])


def test_what_counts_by_a_day_can_be_walked_back():
    # Library One's levels were read on 1 July 2022, and its page once more in 2023. What the
    # study knows by July 2022 must hold the evidence of its levels, or the rules refuse such a
    # page.
    sources = library()["sources"]
    again = sources["read_on"].mask(sources["source_id"] == "B02", "2023-06-30")
    study = replaced(library(), sources=sources.assign(read_on=again))
    assert problems(study) == []
    early = known(study, day("2022-07-01"))
    cited = {one for ids in early["assessments"]["evidence_ids"] for one in ids.split(";")}
    assert cited and cited <= set(early["evidence"]["evidence_id"])


# --- the studies, against the second opinion ----------------------------------------------------

DATES = [
    "2012-01-01",
    "2018-12-31",
    "2019-06-30",
    "2020-12-16",
    "2020-12-17",
    "2020-12-18",
    "2021-06-30",
    "2021-12-31",
    "2022-01-20",
    "2026-11-22",
    "2026-11-23",
    "2026-11-28",
]
LIBRARY_DATES = [
    "2019-11-29",
    "2019-11-30",
    "2020-12-31",
    "2021-02-28",
    "2021-03-01",
    "2021-03-02",
    "2021-12-31",
    "2022-03-31",
    "2022-12-31",
    "2023-06-29",
    "2023-06-30",
]


def seen(matrix):
    cells = matrix.cells
    keys = zip(cells["unit_id"], cells["criterion_id"], strict=True)
    said = zip(cells["state"], cells["observed_on"], cells["last_level"], strict=True)
    return dict(zip(keys, said, strict=True))


@pytest.mark.parametrize("on", DATES)
def test_the_real_study_agrees_with_a_second_opinion(on):
    expected = naive_states(REAL, REPORT_DAY, day(on), day(REAL_READ_ON))
    assert len(expected) == 43 * len(read_rows(REAL, "criteria"))
    assert seen(states(real(), day(on))) == expected


@pytest.mark.parametrize("known_by", ["2022-06-30", "2022-07-01", "2023-06-29", "2023-06-30"])
def test_the_second_study_agrees_with_a_second_opinion(known_by):
    report = dt.date(2021, 3, 1)
    for on in LIBRARY_DATES:
        expected = naive_states(LIBRARY, report, day(on), day(known_by))
        assert seen(states(library(), day(on), day(known_by))) == expected


def test_nothing_was_known_before_anything_was_read():
    grid = states(real(), day("2026-11-23"), day("2026-11-22")).grid()
    assert set(grid.to_numpy().ravel()) == {"not_assessed"}


def test_the_order_of_the_rows_does_not_matter():
    study = real()
    turned = replaced(study, assessments=study["assessments"].iloc[::-1])
    for on in DATES:
        assert seen(states(study, day(on))) == seen(states(turned, day(on)))


# --- differences between dates ------------------------------------------------------------------

# Worked out by hand from the rows: what differs from the date before, apart from the 215 cells
# (5 criteria of 43 forces) that came into force with the report.
CHANGES = {
    ("2018-12-31", "2020-12-17"): {
        # Support paid for in 2019, a year that is over by then.
        ("metropolitan", "specialist-support"): ("not_found", "met"),
        # Adopted between 7 December 2018 and 16 December 2020: open in 2018, held by the report.
        ("suffolk", "guidance-exists"): ("inconclusive", "partly"),
        # A fund of 2019 to March 2021: on the report's day it may or may not have been paid.
        ("kent", "specialist-support"): ("not_found", "inconclusive"),
        # Undated, but not from before the report: from its day on they may hold.
        ("northamptonshire", "guidance-clear"): ("not_found", "inconclusive"),
        ("northamptonshire", "victim-first"): ("not_found", "inconclusive"),
        ("warwickshire", "guidance-clear"): ("not_found", "inconclusive"),
        ("warwickshire", "guidance-exists"): ("not_found", "inconclusive"),
    },
    ("2020-12-17", "2021-12-31"): {
        # A fund of 2019 to March 2021, which is over by then.
        ("kent", "specialist-support"): ("inconclusive", "met"),
        # Levels from before the report stand on its day and are outdated after it.
        ("metropolitan", "guidance-exists"): ("met", "outdated"),
        ("metropolitan", "guidance-clear"): ("partly", "outdated"),
        ("metropolitan", "victim-first"): ("met", "outdated"),
        ("metropolitan", "specialist-support"): ("met", "outdated"),
        ("suffolk", "guidance-exists"): ("partly", "outdated"),
        # The letter of 3 December 2021.
        ("gloucestershire", "progress-reported"): ("not_found", "met"),
        ("gloucestershire", "safe-reporting-pathway"): ("not_found", "not_met"),
        ("gloucestershire", "stop-sharing-on-doubt"): ("not_found", "not_met"),
        ("gloucestershire", "third-party-link"): ("not_found", "not_met"),
        # December 2021 is over on its last day.
        ("hampshire", "guidance-exists"): ("inconclusive", "partly"),
        ("hampshire", "progress-reported"): ("not_found", "met"),
        ("northamptonshire", "guidance-clear"): ("inconclusive", "partly"),
        ("northamptonshire", "victim-first"): ("inconclusive", "met"),
        ("northamptonshire", "stop-sharing-on-doubt"): ("not_found", "partly"),
        ("northamptonshire", "progress-reported"): ("not_found", "met"),
        ("northumbria", "progress-reported"): ("not_found", "met"),
    },
    ("2021-12-31", "2026-11-28"): {
        ("essex", "progress-reported"): ("not_found", "met"),
        ("metropolitan", "specialist-support"): ("outdated", "met"),
        # Undated pages hold at the latest on the day on which they were read.
        ("avon-and-somerset", "progress-reported"): ("inconclusive", "met"),
        ("cambridgeshire", "specialist-support"): ("inconclusive", "met"),
        ("cleveland", "specialist-support"): ("inconclusive", "partly"),
        ("greater-manchester", "specialist-support"): ("inconclusive", "met"),
        ("leicestershire", "specialist-support"): ("inconclusive", "met"),
        ("warwickshire", "guidance-clear"): ("inconclusive", "met"),
        ("warwickshire", "guidance-exists"): ("inconclusive", "met"),
        ("warwickshire", "progress-reported"): ("inconclusive", "met"),
        ("warwickshire", "stop-sharing-on-doubt"): ("inconclusive", "met"),
        ("warwickshire", "third-party-link"): ("inconclusive", "met"),
    },
}


def changes(before, after):
    study = real()
    return differences(study, states(study, day(before)), states(study, day(after)))


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_the_differences_between_dates_are_those_of_the_rows(before, after):
    table = changes(before, after)
    keys = list(zip(table["unit_id"], table["criterion_id"], strict=True))
    said = dict(zip(keys, zip(table["before"], table["after"], strict=True), strict=True))
    assert len(said) == len(keys)
    begun = {key: pair for key, pair in said.items() if pair[0] == "not_in_force"}
    assert len(begun) == (215 if before < "2020-12-17" else 0)
    assert {key: pair for key, pair in said.items() if key not in begun} == CHANGES[before, after]
    # And no cell that differs is left out, by the second opinion.
    old, new = (
        naive_states(REAL, REPORT_DAY, day(on), day(REAL_READ_ON)) for on in (before, after)
    )
    assert said == {key: (old[key][0], new[key][0]) for key in old if old[key][0] != new[key][0]}


def test_each_date_of_comparison_gives_another_picture():
    dates = ["2018-12-31", "2020-12-17", "2021-12-31", "2026-11-28"]
    assert list(pairwise(dates)) == list(CHANGES)
    pictures = [tuple(states(real(), day(on)).cells["state"]) for on in dates]
    assert len(set(pictures)) == len(dates)


def unexplained(table):
    """Return the differences whose reason names no date that explains them.

    A date that explains is one of a row of the cell, or the day from which the criterion
    applies.
    """
    rows, found = read_rows(REAL, "assessments"), []
    applies = {one["criterion_id"]: one["applies_from"] for one in read_rows(REAL, "criteria")}
    for one in table.itertuples():
        dates = {applies[one.criterion_id]}
        for held in rows:
            if (held["unit_id"], held["criterion_id"]) == (one.unit_id, one.criterion_id):
                names = ("observed_on", "not_before", "not_after", "read_on")
                dates |= {held[name] for name in names}
        if not any(date in one.why for date in dates - {""}):
            found.append((one.unit_id, one.criterion_id, one.why))
    return found


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_each_difference_made_by_a_row_names_its_date(before, after):
    table = changes(before, after)
    assert unexplained(table[table["before"] != "not_in_force"]) == []


def test_each_difference_made_by_a_criterion_names_its_day():
    table = changes("2018-12-31", "2020-12-17")
    assert unexplained(table[table["before"] == "not_in_force"]) == []


def test_a_cell_that_leaves_force_names_the_day_it_applies_from():
    # Dates may be asked for in any order.
    table = changes("2020-12-17", "2018-12-31")
    left = table[table["after"] == "not_in_force"]
    assert len(left) == 215
    assert left["why"].str.contains("2020-12-17").all()


def reasons(study, on):
    """Return why each cell has its state, having had another before."""
    before = matrix_of(study, {}, "another state")
    return differences(study, before, states(study, day(on)))["why"].tolist()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"observed_on": "2021-05"}, "2021-05"),
        ({}, "undated, not after 2022-03-10"),
        ({"not_after": "2021-09"}, "undated, not after 2021-09"),
        ({"not_before": "2021"}, "undated, between 2021 and 2022-03-10"),
    ],
)
def test_a_date_is_said_in_the_same_words_everywhere(cells, said):
    empty = dict.fromkeys(("observed_on", "not_before", "not_after"), "")
    assert date_in_words(empty | {"read_on": "2022-03-10"} | cells) == said


def test_reasons_worked_out_by_hand():
    (why,) = reasons(one_cell(row("partly", "2020-12-16")), "2022-01-01")
    assert "before the report" in why and "partly" in why and "2020-12-16" in why
    (why,) = reasons(one_cell(row("met", "2022")), "2022-06-30")
    assert "2022" in why and "may or may not hold yet" in why
    (why,) = reasons(one_cell(row("met", not_before="2021-06", not_after="2021-09")), "2022-01-01")
    assert "undated" in why and "2021-06" in why and "2021-09" in why
    (why,) = reasons(one_cell(applies_from="2020-12-17"), "2020-12-16")
    assert why == "It applies from 2020-12-17."
    assert reasons(one_cell(searched=""), "1900-01-01") == ["Nobody has looked."]


@pytest.mark.parametrize("code", ["not_applicable", "not_assessed"])
def test_reasons_keep_the_unknowns_apart(code):
    # What was read does settle that a criterion cannot apply; and where nobody has looked,
    # nothing was read.
    (why,) = reasons(one_cell(row(code, "2022-01-01")), "2023-01-01")
    assert "does not settle" not in why


def test_a_changed_cell_of_a_hand_made_matrix_is_listed_once():
    study = library()
    before = matrix_of(study, {}, "not_found")
    after = matrix_of(study, {("library-two", "evening"): "not_assessed"}, "not_found")
    table = differences(study, before, after)
    assert table[["unit_id", "criterion_id", "before", "after"]].to_numpy().tolist() == [
        ["library-two", "evening", "not_found", "not_assessed"]
    ]
    assert differences(study, after, after).empty


# --- any rows of one cell, against the second opinion -------------------------------------------

DAYS = st.dates(dt.date(2019, 6, 1), dt.date(2022, 6, 30))


def reduced(on):
    """Return a day as a year, a month or a day."""
    return st.sampled_from([on.isoformat()[:length] for length in (4, 7, 10)])


@st.composite
def legal_rows(draw):
    """Draw one row that keeps the rules: nothing is first possible after it was read."""
    read_on = draw(DAYS)
    cells = {
        "read_on": read_on.isoformat(),
        "level": draw(st.sampled_from(["met", "partly", "not_met", "inconclusive", "withheld"])),
        "confidence": draw(st.sampled_from(["low", "medium", "high"])),
        "observed_on": "",
        "not_before": "",
        "not_after": "",
    }
    earlier = st.dates(dt.date(2019, 1, 1), read_on)
    if draw(st.booleans()):
        cells["observed_on"] = draw(reduced(draw(earlier)))
        return cells
    if draw(st.booleans()):
        cells["not_before"] = draw(reduced(draw(earlier)))
    if draw(st.booleans()):
        least = naive_first(cells["not_before"]) if cells["not_before"] else dt.date(2019, 1, 1)
        cells["not_after"] = draw(reduced(draw(st.dates(least, dt.date(2022, 12, 31)))))
    return cells


DATE_COLUMNS = ("observed_on", "not_before", "not_after")


@tries(200)
@example(
    [row("met", "2020", not_before="", not_after="", read_on="2020-12-10", confidence="low")],
    REPORT_DAY,
    REPORT_DAY,
    "",
)
@given(
    rows=st.lists(
        legal_rows(), max_size=5, unique_by=lambda one: tuple(one[name] for name in DATE_COLUMNS)
    ),
    on=DAYS,
    known_by=DAYS,
    searched=st.one_of(st.just(""), DAYS.map(dt.date.isoformat)),
)
def test_any_cell_agrees_with_a_second_opinion(rows, on, known_by, searched):
    try:
        expected = naive_state(rows, [searched] if searched else [], "", REPORT_DAY, on, known_by)
    except TieError:
        assume(False)
    study = one_cell(*rows, searched=searched, legal=False)
    cell = states(study, on, known_by).cells.iloc[0]
    assert (cell["state"], cell["last_level"]) == (expected[0], expected[2])


@ANY
@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_the_second_opinion_reads_reduced_dates(on):
    # A day lies within its own month and year, and these end where the next one begins.
    text = on.isoformat()
    for length in (4, 7, 10):
        first, last = naive_first(text[:length]), naive_last(text[:length])
        assert first <= on <= last
        assert first.isoformat()[:length] == last.isoformat()[:length] == text[:length]
        assert (last + dt.timedelta(days=1)).isoformat()[:length] != text[:length]
        assert (first - dt.timedelta(days=1)).isoformat()[:length] != text[:length]


def test_the_grid_is_the_cells_in_the_order_of_the_study():
    matrix = states(real())
    grid = matrix.grid()
    assert grid.shape == (43, 10)
    assert list(grid.index) == [one["unit_id"] for one in read_rows(REAL, "units")]
    assert list(grid.columns) == [one["criterion_id"] for one in read_rows(REAL, "criteria")]
    stacked = pd.Series(
        matrix.cells["state"].to_numpy(),
        index=pd.MultiIndex.from_frame(matrix.cells[["unit_id", "criterion_id"]]),
    )
    for unit, criterion in (("warwickshire", "guidance-clear"), ("essex", "progress-reported")):
        assert grid.at[unit, criterion] == stacked[unit, criterion] == "met"


# --- requests that were refused -----------------------------------------------------------------

REQUEST = {
    "request_id": "made-up-q1",
    "unit_id": "u",
    "criterion_id": "c",
    "sent_on": "2022-01-10",
    "answered_on": "2022-02-01",
    "outcome": "refused",
    "evidence_ids": "E1",
}


def asked(study, **cells):
    return with_rows(study, "requests", [REQUEST | cells])


@pytest.mark.parametrize("outcome", ["refused", "neither_confirmed_nor_denied"])
@pytest.mark.parametrize("criterion", ["c", ""])
def test_what_was_asked_for_and_refused_is_withheld(outcome, criterion):
    study = asked(one_cell(), outcome=outcome, criterion_id=criterion)
    (cell,) = states(study, day("2023-01-01")).cells.to_dict("records")
    assert (cell["state"], cell["observed_on"], cell["evidence_ids"]) == (
        "withheld",
        "2022-02-01",
        "E1",
    )


@pytest.mark.parametrize("outcome", ["", "answered", "partly_answered", "not_held", "no_answer"])
def test_any_other_outcome_withholds_nothing(outcome):
    assert state_of(asked(one_cell(), outcome=outcome)) == "not_found"


def test_a_refusal_is_not_known_before_its_day():
    study = asked(one_cell(searched="2021-01-01"))
    (cell,) = states(study, day("2023-01-01"), day("2022-01-31")).cells.to_dict("records")
    assert cell["state"] == "not_found"


def test_a_level_stands_whatever_was_refused():
    assert state_of(asked(one_cell(row("partly", "2021-05")))) == "partly"


def test_a_later_reading_that_settles_nothing_comes_after_the_refusal():
    assert state_of(asked(one_cell(row("inconclusive", "2022-06")))) == "inconclusive"
    assert state_of(asked(one_cell(row("inconclusive", "2021-06")))) == "withheld"


@pytest.mark.parametrize("criterion", ["c", ""])
@pytest.mark.parametrize("observed_on", ["2021-06-01", ""])
def test_what_cannot_apply_is_not_withheld(criterion, observed_on):
    study = asked(one_cell(row("not_applicable", observed_on)), criterion_id=criterion)
    assert state_of(study) == "not_applicable"
    # Before the day from which it does not apply too: a refusal does not make it apply.
    (cell,) = states(study, day("2020-12-18")).cells.to_dict("records")
    assert cell["state"] == "not_applicable"


def test_what_is_not_yet_in_force_is_not_withheld():
    assert state_of(asked(one_cell(applies_from="2023-01-02"), criterion_id="")) == "not_in_force"


@pytest.mark.parametrize(
    ("came_to", "expected"),
    [
        ("upheld", "withheld"),
        ("answered", "not_found"),
        ("partly_answered", "not_found"),
        ("not_held", "not_found"),
    ],
)
def test_a_refusal_gives_way_to_what_a_review_brought(came_to, expected):
    study = asked(one_cell(), reviewed_on="2022-05-05", review_outcome=came_to)
    assert problems(replaced(study, assessments=one_cell(row("met", "2022"))["assessments"])) == []
    assert state_of(study) == expected
    # Before the review was known, the refusal stood, and the study showed no review.
    assert state(study, "2023-01-01", known_by="2022-05-04") == "withheld"
    (earlier,) = known(study, day("2022-05-04"))["requests"].to_dict("records")
    assert (earlier["outcome"], earlier["reviewed_on"], earlier["review_outcome"]) == (
        "refused",
        "",
        "",
    )
    assert data_read_on(one_cell(searched="")) < data_read_on(study)


@pytest.mark.parametrize(
    ("came_to", "then"),
    [("answered", " No assessment rests on the answer yet."), ("not_held", "")],
)
def test_an_unknown_tells_what_a_review_came_to(came_to, then):
    review = {"reviewed_on": "2022-05-05", "review_outcome": came_to}
    words = came_to.replace("_", " ")
    said = f"It was asked for on 2022-01-10: refused on 2022-02-01; reviewed on 2022-05-05: {words}.{then}"
    nowhere = asked(one_cell(searched=""), **review)
    assert reasons(nowhere, "2023-01-01") == [f"No search is logged. {said}"]
    searched = f"We searched - on {spoken_date(READ_ON)} and found nothing on this."
    assert reasons(asked(one_cell(), **review), "2023-01-01") == [f"{searched} {said}"]


COMPLAINT = {"complained_on": "2022-06-01", "complaint_decided_on": "2022-09-01"}


@pytest.mark.parametrize(
    ("came_to", "expected", "said"),
    [
        ("refusal_upheld", "withheld", "The regulator upheld that on 2022-09-01."),
        ("must_answer", "withheld", "The regulator decided on 2022-09-01 that it must be answered."),
        ("answered", "not_found", "complaint to the regulator on 2022-06-01, decided on 2022-09-01: answered."),
        ("withdrawn", "withheld", "A complaint was made to the regulator on 2022-06-01."),
    ],
)  # fmt: skip
def test_a_refusal_gives_way_to_what_a_complaint_brought(came_to, expected, said):
    review = {"reviewed_on": "2022-05-05", "review_outcome": "upheld", "exemption": "section 12"}
    study = asked(one_cell(), **review, **COMPLAINT, complaint_outcome=came_to)
    assert state_of(study) == expected
    (reason,) = reasons(study, "2023-01-01")
    assert said in reason and "section 12" in reason
    assert state(study, "2023-01-01", known_by="2022-08-31") == "withheld"
    (earlier,) = known(study, day("2022-08-31"))["requests"].to_dict("records")
    assert earlier["review_outcome"] == "upheld"
    assert earlier["complaint_decided_on"] == earlier["complaint_outcome"] == ""


def test_an_unknown_tells_of_a_request_that_nobody_has_coded_yet():
    study = asked(one_cell(searched=""), outcome="", answered_on="", sent_on="2022-01-05")
    said = "No search is logged. It was asked for on 2022-01-05: no answer recorded."
    assert reasons(study, "2023-01-01") == [said]


def test_a_refusal_that_a_review_upheld_says_so():
    study = asked(one_cell(), reviewed_on="2022-05-05", review_outcome="upheld")
    said = (
        "We asked for it, and it was refused on 2022-02-01. The review of 2022-05-05 upheld that."
    )
    assert reasons(study, "2023-01-01") == [said]


def state_of(study) -> str:
    (cell,) = states(study, day("2023-01-01")).cells.to_dict("records")
    return cell["state"]


def test_what_ceased_to_apply_on_an_unknown_day_does_not_read_as_if_it_applied_again():
    study = one_cell(row("not_applicable", not_before="2021-09", not_after="2023-01-15"))
    said = "The criterion cannot apply here from some day between 2021-09 and 2023-01-15 on."
    assert reasons(study, "2023-02-01") == [said]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, "not_found"),  # cites the refusal
        ({"evidence_ids": "E2", "observed_on": "2022-02-01"}, "not_found"),  # of its day
        ({"evidence_ids": "E2", "observed_on": "2022-02-02"}, "withheld"),  # of another refusal
        ({"observed_on": "2022-05-06"}, "withheld"),  # from after the review
    ],
)
def test_a_refusal_coded_by_hand_gives_way_with_the_request(typed, expected):
    typed = {"level": "withheld", "observed_on": "2022-02-03", "evidence_ids": "E1"} | typed
    study = one_cell(typed, legal=False)
    study = asked(study, reviewed_on="2022-05-05", review_outcome="answered")
    assert state_of(study) == expected
    assert state(study, "2023-01-01", known_by="2026-11-23") == expected
    # As long as the review is not known, and where it upheld the refusal, it is withheld.
    early = replaced(study, assessments=study["assessments"].assign(read_on="2022-02-03"))
    assert state(early, "2023-01-01", known_by="2022-05-04") in ("withheld", "not_assessed")
    upheld = study["requests"].assign(review_outcome="upheld")
    assert state_of(replaced(study, requests=upheld)) == "withheld"
