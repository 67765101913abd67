"""One cell as a person meant it: what is harmless is tidied, what has two readings is refused."""

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import ANY
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from analysis.fieldwork.forms import CODE, DATE, TEXT
from analysis.fieldwork.normalise import SPOILT, normalised, normalised_text
from analysis.study.signs import spoilt_rule

EPOCHS = st.sampled_from([CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
DAYS = st.dates(dt.date(1954, 10, 4), dt.date(2099, 12, 31))
MONTH_NAMES = [*calendar.month_name][1:]


def read(value: object, epoch: dt.datetime = CALENDAR_WINDOWS_1900):
    return normalised(value, DATE, epoch)


def ways(text: str) -> list[str]:
    """Return the ways to write a date of reduced precision that have one reading."""
    year, month, day = [*map(int, text.split("-")), 0, 0][:3]
    if not month:
        return [text]
    name = MONTH_NAMES[month - 1]
    if not day:
        return [
            f"{year}/{month}",
            f"{month}/{year}",
            f"{month:02}-{year}",
            f"{name} {year}",
            f"{name[:3]} {year}",
            f"{name[:3].upper()}-{year}",
            f"{name}, {year}",
        ]
    written = [
        f"{year}/{month}/{day}",
        f"{year}.{month:02}.{day:02}",
        f"{day} {name} {year}",
        f"{day:02} {name[:3]} {year}",
        f"{day}-{name[:3]}-{year}",
        f"{day}th {name} {year}",
        f"{name} {day}, {year}",
        f"{name[:3]}. {day} {year}",
    ]
    if day > 12 or day == month:
        written += [f"{day}/{month}/{year}", f"{day:02}.{month:02}.{year}", f"{month}/{day}/{year}"]
    return written


REDUCED = DAYS.flatmap(
    lambda day: st.sampled_from([f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"])
)
AROUND = st.sampled_from(["{}", " {} ", "\u00a0{}", "{}\u200e", "'{}", "\t{}\n", "\ufeff{}"])


@given(text=REDUCED, around=AROUND, data=st.data())
@ANY
def test_a_date_with_one_reading_is_read_as_itself(text, around, data):
    written = around.format(data.draw(st.sampled_from([text, *ways(text)])))
    found = read(written)
    assert (found.text, found.rule) == (text, "")
    assert bool(found.note) == (written != text)


@given(day=DAYS.filter(lambda day: day.day <= 12 and day.day != day.month), data=st.data())
@ANY
def test_a_day_with_two_readings_is_refused(day, data):
    sign = data.draw(st.sampled_from("/-. "))
    pair = data.draw(st.sampled_from([(day.day, day.month), (day.month, day.day)]))
    width = data.draw(st.sampled_from(["", "02"]))
    first, second = (format(one, width) for one in pair)
    found = read(f"{first}{sign}{second}{sign}{day.year}")
    assert found.text == ""
    assert "two different days" in found.rule
    assert "2021-12-03" in found.remedy


@given(day=DAYS, epoch=EPOCHS, data=st.data())
@ANY
def test_a_day_of_the_program_counts_unless_it_may_have_been_a_month(day, epoch, data):
    forms = [dt.datetime.combine(day, dt.time()), day, to_excel(day, epoch)]
    found = read(data.draw(st.sampled_from(forms)), epoch)
    if day.day == 1:
        assert found.text == "" and "may have been a month" in found.rule
    else:
        assert (found.text, found.rule) == (day.isoformat(), "")
        assert found.note


@given(year=st.integers(1900, 2100), epoch=EPOCHS)
@ANY
def test_a_year_is_read_as_a_number_and_refused_once_it_has_become_a_day(year, epoch):
    assert read(year, epoch).text == read(float(year), epoch).text == str(year)
    day = epoch + dt.timedelta(days=year)
    assert read(day, epoch).text == ""
    assert read(day, epoch).rule


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("2021-02-30", "there is no such date as 2021-02-30"),
        ("31 June 2021", "there is no such date as 2021-06-31"),
        ("13/2021", "there is no such date as 2021-13"),
        ("13/13/2021", "there is no such date as 2021-13-13"),
        ("3 Dec 21", "it is not a date"),
        ("Dec-21", "it is not a date"),
        ("03/12/21", "it is not a date"),
        ("2021 or 2022", "it is not a date"),
        ("c. 2021", "it is not a date"),
        ("44533", "two different days"),
        ("2021-12-01 00:00:00", "may have been a month"),
        ("2021-12-01T00:00", "may have been a month"),
        ("2021-12-03 14:30", "it is not a date"),
        (0, "the number is not a date"),
        (-1, "the number is not a date"),
        (44533.5, "the number is not a date"),
        (1e300, "the number is not a date"),
        (float("inf"), "the number is not a date"),
        (float("nan"), "the number is not a date"),
        (True, "a truth value is not a date"),
        (dt.datetime(2021, 12, 3, 14, 30), "it is a time of day"),
        (dt.time(14, 30), "it is not a date"),
        (dt.timedelta(days=3), "it is not a date"),
    ],
)
def test_what_is_no_date_is_refused_with_a_remedy(value, rule):
    found = read(value)
    assert rule in found.rule
    assert "2021-12-03" in found.remedy
    assert found.text == ""


def test_a_day_with_midnight_behind_it_is_that_day():
    assert read("2021-12-03 00:00:00").text == "2021-12-03"


@pytest.mark.parametrize("empty", [None, "", "  ", "\u00a0", "\u200b", "\u200e\n", "'"])
def test_nothing_is_said_by_signs_that_nobody_sees(empty):
    assert read(empty).text == "" and not read(empty).rule
    if empty != "'":
        assert normalised(empty, TEXT, CALENDAR_WINDOWS_1900).text == ""
        assert normalised(empty, CODE, CALENDAR_WINDOWS_1900).text == ""


@given(st.text(max_size=40), st.sampled_from([TEXT, CODE]))
@ANY
def test_a_tidy_text_stays_as_it_is(text, kind):
    once = normalised_text(text, kind)
    assert normalised_text(once, kind) == once


def test_a_text_keeps_its_lines_and_the_marks_of_its_script():
    text = " One.\r\nTwo,\u00a0\u200fthree\u200e.\r "
    assert normalised_text(text, TEXT) == "One.\nTwo, \u200fthree\u200e."
    assert normalised_text(text, CODE) == "One. Two, three."


@pytest.mark.parametrize(
    ("value", "said"), [(7, "7"), (7.0, "7"), (7.5, "7.5"), (True, "TRUE"), (False, "FALSE")]
)
def test_what_is_not_text_is_read_as_the_text_that_is_shown(value, said):
    found = normalised(value, TEXT, CALENDAR_WINDOWS_1900)
    assert found.text == said and found.note


@pytest.mark.parametrize("kind", [TEXT, CODE])
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("VoilÃ\u00a0", "VoilÃ\u00a0"),
        (" VoilÃ\u00a0  ", "VoilÃ\u00a0"),
        ("VoilÃ\u00a0 ici", "VoilÃ\u00a0 ici"),
        ("Voilà\u00a0", "Voilà"),
        ("Voilà\u00a0ici\u00a0", "Voilà ici"),
    ],
)
def test_a_blank_that_is_half_of_a_spoilt_letter_stays_and_is_named(kind, text, kept):
    read = normalised(text, kind, CALENDAR_WINDOWS_1900)
    assert read.text == kept
    assert (read.note == SPOILT) == ("Ã" in kept)
    assert bool(spoilt_rule(read.text)) == ("Ã" in kept)
