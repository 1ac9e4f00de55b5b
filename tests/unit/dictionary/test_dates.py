"""Dates and times: nothing is guessed."""

from __future__ import annotations

import pytest

from dictionary.values.dates import date_reader, date_writer, datetime_reader, format_problem
from dictionary.values.errors import ValueRefused
from dictionary.values.noted import Noted

pytestmark = pytest.mark.req("M2.3")

TIMES = [
    ("2025-04-03T10:15:00Z", "", "", "2025-04-03T10:15:00Z"),
    ("2025-04-03T10:15:00.250+02:00", "", "", "2025-04-03T08:15:00.250000Z"),
    ("2025-04-03 10:15-0500", "", "", "2025-04-03T15:15:00Z"),
    ("2025-04-03T10:15:00", "", "Europe/Berlin", "2025-04-03T08:15:00Z"),
    ("2025-04-03T10:15:00+09:00", "", "Europe/Berlin", "2025-04-03T01:15:00Z"),
    ("03/04/2025 10:15", "%d/%m/%Y %H:%M", "UTC", "2025-04-03T10:15:00Z"),
    ("03/04/2025 10:15", "%m/%d/%Y %H:%M", "UTC", "2025-03-04T10:15:00Z"),
    ("3-Apr-2025 10:15 PM", "%d-%b-%Y %I:%M %p", "America/New_York", "2025-04-04T02:15:00Z"),
    ("20250403101500", "%Y%m%d%H%M%S", "UTC", "2025-04-03T10:15:00Z"),
    (1743675300, "epoch_s", "", "2025-04-03T10:15:00Z"),
    ("1743675300000", "epoch_ms", "", "2025-04-03T10:15:00Z"),
]


@pytest.mark.parametrize(("raw", "format", "zone", "expected"), TIMES)
def test_times_become_utc(raw, format, zone, expected):
    assert datetime_reader("at", format, zone)(raw) == expected


@pytest.mark.parametrize(
    ("raw", "format", "expected"),
    [
        ("2025-04-03", "", "2025-04-03"),
        ("3.4.2025", "%d.%m.%Y", "2025-04-03"),
        ("04/03/25", "%m/%d/%y", "2025-04-03"),
    ],
)
def test_dates(raw, format, expected):
    assert date_reader("on", format)(raw) == expected


REFUSED = [
    ("03/04/2025", "", "", "date.ambiguous", r"ambiguous \(3 April 2025 or 4 March 2025\): declare a format"),
    ("03/04/2025 10:15", "", "", "date.ambiguous", "ambiguous"),
    ("13/04/2025", "", "", "date.format", "not ISO 8601: declare a format"),
    ("2025-04-03T10:15:00", "", "", "date.zone", "has no zone, and the rule declares none"),
    (
        "2025-03-30T02:30:00",
        "",
        "Europe/Berlin",
        "date.zone",
        "does not exist: the clocks skipped it in Europe/Berlin",
    ),
    (
        "2025-10-26T02:30:00",
        "",
        "Europe/Berlin",
        "date.zone",
        "happened twice: the clocks were set back in Europe/Berlin",
    ),
    ("2025-02-30T10:00:00Z", "", "", "date", "not a day or time of the calendar"),
    ("2025-W14-4T10:15:00Z", "", "", "date", "not a time such as"),
    ("yesterday", "", "", "date", "not a time such as"),
    (20250403, "", "", "date", "not a time such as"),
    ("2025-04-03", "%d/%m/%Y %H:%M", "UTC", "date.format", "does not have the declared format"),
    ("31/02/2025 10:15", "%d/%m/%Y %H:%M", "UTC", "date.format", "does not have the declared format"),
    ("0001-01-01T00:00:00+14:00", "", "", "date", "out of range"),
    ("9" * 30, "epoch_s", "", "date", "out of range"),
    (None, "", "", "date", "null"),
]


@pytest.mark.parametrize(("raw", "format", "zone", "rule", "words"), REFUSED)
def test_what_could_be_read_two_ways_is_refused(raw, format, zone, rule, words):
    with pytest.raises(ValueRefused, match=words) as refused:
        datetime_reader("detected_at", format, zone)(raw)
    assert refused.value.rule == rule
    assert "field detected_at" in refused.value.sentence


def test_a_time_is_no_date_unless_a_zone_says_whose_day():
    with pytest.raises(ValueRefused, match="not a date such as"):
        date_reader("on")("2025-04-03T23:30:00Z")
    found = date_reader("on", zone="Asia/Tokyo")("2025-04-03T23:30:00Z")
    assert found == Noted("2025-04-04", ("time of day left out; the date is that of Asia/Tokyo",))


def test_lost_digits_of_a_second_are_noted():
    found = datetime_reader("at")("2025-04-03T10:15:00.123456789Z")
    assert found == Noted("2025-04-03T10:15:00.123456Z", ("digits of the second after the sixth left out: 789",))


def test_the_way_out():
    assert date_writer("%d.%m.%Y %H:%M", "Asia/Tokyo")("2025-04-03T08:15:00Z") == "03.04.2025 17:15"
    assert date_writer("epoch_ms")("2025-04-03T10:15:00Z") == "1743675300000"


@pytest.mark.parametrize(
    ("format", "needs_time", "words"),
    [
        ("%d", True, "year, month and day"),
        ("%d/%m/%Y", True, "no time of day"),
        ("epoch_s", False, "gives a time"),
        ("%Y-%m-%d %H:%M", True, None),
        ("%d/%m/%Y", False, None),
    ],
)
def test_a_format_must_say_enough(format, needs_time, words):
    problem = format_problem(format, needs_time)
    assert problem is None if words is None else words in problem
