"""Days counted by hand on the calendar, under laws that count other days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import ANY

from analysis.study.requests import due_on
from analysis.study.settings import Law


def law(*holidays, days=20, count="working"):
    said = {"name": "An Act", "request": "Please answer.", "time": "In time.", "days": days}
    return Law.model_validate({**said, "count": count, "holidays": holidays})


ANY_PART = law("GB-ENG", "GB-WLS", "GB-SCT", "GB-NIR")
"""As the Freedom of Information Act 2000 counts: holidays of any part of the United Kingdom."""
SCOTLAND = law("GB-SCT")
"""As the Freedom of Information (Scotland) Act 2002 counts: section 73."""

BY_HAND = [
    # Monday 2 to Monday 30 November 2026: 20 weekdays after the 2nd end on the 30th, which is
    # St Andrew's Day, a bank holiday in Scotland: so the next day.
    ("2026-11-02", "2026-12-01", "2026-12-01"),
    # Friday 27 February 2026 to 17 March, St Patrick's Day (Northern Ireland alone), not counted:
    # 2-6, 9-13, 16, 18-20, 23-27 March are 19 days, and the 30th the 20th; in Scotland the 17th
    # counts, and the 27th is the 20th.
    ("2026-02-27", "2026-03-30", "2026-03-27"),
    # Over Christmas: 14-18, 21-24 December (9), 29-31 (12; the 28th stands in for Boxing Day),
    # 5-8 January (16; the 4th stands in for 2 January, in Scotland), 11-14 January (20).
    ("2026-12-11", "2027-01-14", "2027-01-14"),
    # Received on a Saturday: Monday 22 June is the first day counted. 13 July is a holiday in
    # Northern Ireland: 22-26, 29-3, 6-10, 14-17 July are 19 days, and the 20th is the 20th.
    ("2026-06-20", "2026-07-20", "2026-07-17"),
    # Over Easter 2027: Good Friday is 26 March, Easter Monday the 29th, St Patrick's the 17th.
    # In Scotland only Good Friday is one: 2-5, 8-12, 15-19, 22-25 March are 18 days, the 29th
    # and the 30th make 20.
    ("2027-03-01", "2027-04-01", "2027-03-30"),
    # The summer holiday is 3 August in Scotland, 31 August elsewhere. In Scotland: 4-7, 10-14,
    # 17-21, 24-28 August are 19 days, and the 31st is the 20th.
    ("2026-07-31", "2026-09-01", "2026-08-31"),
]


@pytest.mark.parametrize(("received", "of_any_part", "of_scotland"), BY_HAND)
def test_due_days_counted_by_hand(received, of_any_part, of_scotland):
    day = dt.date.fromisoformat(received)
    assert due_on(day, ANY_PART).isoformat() == of_any_part
    assert due_on(day, SCOTLAND).isoformat() == of_scotland


def test_days_of_the_calendar_are_counted_through():
    assert due_on(dt.date(2026, 11, 2), law(days=30, count="calendar")) == dt.date(2026, 12, 2)


def test_days_off_are_those_of_the_country():
    # Where Friday and Saturday are off, the first working day after a Thursday is Sunday.
    assert due_on(dt.date(2026, 11, 5), law("IL", days=1)) == dt.date(2026, 11, 8)


def test_a_long_limit_runs_over_years():
    # 2026 has 251 days from Monday to Friday that are no holiday in Austria: counted one by one
    # in its official calendar (261 weekdays, and 10 holidays on them).
    assert due_on(dt.date(2025, 12, 31), law("AT", days=251)) == dt.date(2026, 12, 31)


def test_without_a_law_or_its_limit_no_day_is_made_up():
    plain = Law.model_validate({"name": "An Act", "request": "Please answer."})
    assert due_on(dt.date(2026, 11, 2), plain) is None
    assert due_on(dt.date(2026, 11, 2), None) is None


@ANY
@given(st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 1)), st.integers(1, 60))
def test_an_answer_is_never_due_on_a_day_off_and_later_days_are_due_later(received, days):
    due = due_on(received, law("GB-SCT", days=days))
    assert due.weekday() < 5
    assert due > received
    # On a day on which all is shut no more days have passed.
    assert due_on(received, law("GB-SCT", days=days + 1)) > due
    assert due_on(received, law("GB-SCT", "GB-ENG", days=days)) >= due
