"""The time of the demonstration: how busy an hour is, and a clock that is moved for Python and SQLite together."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hub.demonstration import records, rhythm
from hub.demonstration.clock import Clock, moved
from hub.demonstration.feeder import CYCLE, WRONG_EVERY, mistake_of

pytestmark = pytest.mark.req("B4")

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


def test_days_are_busier_than_nights_and_the_same_hour_is_the_same():
    assert rhythm.per_hour(NOON) > 2 * rhythm.per_hour(NOON - timedelta(hours=10))
    assert rhythm.per_hour(NOON) == rhythm.per_hour(NOON + timedelta(minutes=40))
    assert rhythm.seconds_between(NOON) == 3600 / rhythm.per_hour(NOON)


def test_every_source_takes_part_and_every_mistake_has_its_turn():
    assert len(CYCLE) == 43
    made = [mistake_of(n) for n in range(1, 43 * WRONG_EVERY * 20) if CYCLE[n % len(CYCLE)] == "mes"]
    kinds = {str(one.get("shows")) for one in made if one}
    assert len(kinds) == 8
    assert sum(map(bool, made)) < len(made) / 20


@pytest.mark.parametrize("day", ["2026-11-20", "2026-03-29", "2026-10-25"], ids=["usual", "spring", "autumn"])
def test_nothing_is_detected_or_measured_after_it_arrived(day):
    """At all hours, also where the clocks change: what the wall clock says is one moment, and an earlier one."""
    for minutes in range(0, 24 * 60, 12):
        at = datetime.fromisoformat(f"{day}T00:00:45+00:00") + timedelta(minutes=minutes)
        for text in (records.ncr(1, at, "L")["ERFASST"], records.result(1, at, "L")["GEMESSEN_AM"]):
            said = datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=records.SITE)
            assert said.utcoffset() == said.replace(fold=1).utcoffset(), text
            assert timedelta(0) < at - said.astimezone(UTC) < timedelta(hours=2, minutes=1), (at, text)


@pytest.mark.django_db
def test_the_clock_is_moved_for_python_and_for_sqlite_and_put_back():
    now, connect = timezone.now(), sqlite3.connect
    with moved(NOON) as clock:
        seen = [timezone.now(), datetime.fromtimestamp(time.time(), UTC), said(":memory:")]
        clock.forward_to(NOON + timedelta(hours=1))
        clock.forward_to(NOON)
        assert NOON + timedelta(hours=1) <= timezone.now() < NOON + timedelta(hours=1, minutes=1)
    assert all(NOON <= one < NOON + timedelta(minutes=1) for one in seen)
    assert sqlite3.connect is connect
    assert timezone.now() - now < timedelta(minutes=1)
    with connection.cursor() as cursor:  # stays open in a test
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'NOW')")
        assert datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC) - now > -timedelta(seconds=1)


def test_it_knows_no_other_moment_than_now():
    with pytest.raises(ValueError, match="no other moment"):
        Clock(NOON).strftime("%Y", "2020-01-01")


def said(path: str) -> datetime:
    """What SQLite takes for now."""
    with sqlite3.connect(path) as database:
        text = database.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'NOW')").fetchone()[0]
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
