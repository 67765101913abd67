"""Days counted by hand on the calendar, with holidays of one part of the United Kingdom alone."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import ANY

from analysis.study.working_days import bank_holidays, due_on

BY_HAND = [
    # Monday 2 to Monday 30 November 2026: 20 weekdays after the 2nd end on the 30th, which is
    # St Andrew's Day, a bank holiday in Scotland: so the next day.
    ("2026-11-02", "2026-12-01"),
    # Friday 27 February 2026 to 17 March, St Patrick's Day (Northern Ireland alone), not counted:
    # 2-6, 9-13, 16, 18-20, 23-27 March are 19 days, and the 30th the 20th.
    ("2026-02-27", "2026-03-30"),
    # Over Christmas: 14-18, 21-24 December (9), 29-31 (12; the 28th stands in for Boxing Day),
    # 5-8 January (16; the 4th stands in for 2 January, in Scotland), 11-14 January (20).
    ("2026-12-11", "2027-01-14"),
    # Received on a Saturday: Monday 22 June is the first day counted. 13 July is a holiday in
    # Northern Ireland: 22-26, 29-3, 6-10, 14-17 July are 19 days, and the 20th is the 20th.
    ("2026-06-20", "2026-07-20"),
    # Over Easter 2027: Good Friday is 26 March, Easter Monday the 29th, St Patrick's the 17th.
    ("2027-03-01", "2027-04-01"),
]


@pytest.mark.parametrize(("received", "due"), BY_HAND)
def test_due_days_counted_by_hand(received, due):
    assert due_on(dt.date.fromisoformat(received)).isoformat() == due


@ANY
@given(st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 1)))
def test_the_twentieth_open_day_after_receipt(received):
    closed = set(bank_holidays(range(received.year, received.year + 2)))
    due = due_on(received)
    days = [received + dt.timedelta(days=n) for n in range(1, (due - received).days + 1)]
    open_days = [day for day in days if day.weekday() < 5 and day not in closed]
    assert len(open_days) == 20
    assert open_days[-1] == due
