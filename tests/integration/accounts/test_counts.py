"""What is written of an attempt, how long it is remembered, and what is counted as one place."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hub import tasks
from hub.models import SignInCount
from hub.services import enrolment
from hub.sign_in import counts
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import WHY, fail, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


def kept() -> list[tuple]:
    return sorted(SignInCount.objects.values_list())


def test_who_is_turned_away_leaves_no_row(cast, settings):
    settings.HUB_SIGN_IN_BRAKE = 3
    for number in range(3):
        fail(f"name-{number}", 1)
    before = kept()
    for number in range(20):
        assert fail(f"another-{number}", 1).status_code == 429
    assert kept() == before


def test_who_meets_a_lock_that_came_meanwhile_leaves_no_row(cast, settings, monkeypatch):
    """The first look found no lock; the rows are there and held when it is seen."""
    settings.HUB_SIGN_IN_BRAKE = 3
    for number in range(3):
        fail(f"name-{number}", 1)
    before = kept()
    monkeypatch.setattr(counts, "lock_of", lambda limits: None)
    assert sign_in("another")[1].status_code == 429
    assert kept() == before


@pytest.mark.django_db(transaction=True)
def test_the_tick_removes_what_is_forgotten_and_leaves_what_locks(cast, monkeypatch):
    fail("olga", 5)
    fail("rick", 1)
    SignInCount.objects.filter(locked_until__isnull=False).update(forgotten_after=timezone.now() - timedelta(1))
    monkeypatch.setattr(tasks.tidying, "last", float("-inf"))
    with time_machine.travel(timezone.now() + timedelta(minutes=14)):
        tasks.sweep()
        assert sign_in("olga")[1].status_code == 429
    monkeypatch.setattr(tasks.tidying, "last", float("-inf"))
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        tasks.sweep()
    assert kept() == []


def test_right_sign_ins_do_not_keep_wrong_ones_in_mind(cast, settings):
    """Nine fail at an address; colleagues there sign in all day; the tenth failure is the first of its own day."""
    settings.HUB_SIGN_IN_BRAKE = 10
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for number in range(9):
            fail(f"name-{number}", 1)
    for minutes in (5, 10, 14):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert sign_in("rick")[1].status_code == 302
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        fail("name-10", 1)
        assert sign_in("rick")[1].status_code == 302


def test_wrong_sign_ins_keep_the_earlier_ones_in_mind(cast):
    now = timezone.now()
    for minutes in (0, 10, 20, 30, 40):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert fail("olga", 1).status_code == 422
    with time_machine.travel(now + timedelta(minutes=41), tick=False):
        assert sign_in("olga")[1].status_code == 429


def test_half_a_sign_in_keeps_nothing_in_mind_either(factor):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        fail("olga", 4)
    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        assert sign_in("olga")[1].status_code == 302  # the password only
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        fail("olga", 1)
        assert sign_in("olga")[1].status_code == 302


def test_guesses_of_the_present_password_are_forgotten_when_their_time_is_over(entered):
    olga, now = entered("olga"), timezone.now()
    given = {"present_password": "wrong", "new_password": "seven green lamps", "again": "seven green lamps"}
    for minutes in (0, 10, 20, 30, 40):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert olga.post("/account/password", given).status_code == 422
    with time_machine.travel(now + timedelta(minutes=41), tick=False):
        assert olga.post("/account/password", given).status_code == 429
    with time_machine.travel(now + timedelta(minutes=56), tick=False):
        assert olga.post("/account/password", {**given, "present_password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("one", "same", "another"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:a:b:c:d", "2001:db8:1:3::5"),
        ("192.0.2.7", "::ffff:192.0.2.7", "::ffff:192.0.2.8"),
        ("", "unix:", "192.0.2.7"),
    ],
)
def test_an_address_is_counted_with_all_that_its_owner_may_take(cast, one, same, another):
    """A provider gives each customer a /64 at the least: 2^64 addresses are one place."""
    fail("olga", 5, address=one)
    assert sign_in("olga", extra={"REMOTE_ADDR": same})[1].status_code == 429
    assert sign_in("olga", extra={"REMOTE_ADDR": another})[1].status_code == 302


def test_unlocking_takes_the_rows_in_the_order_in_which_attempts_take_them(staff):
    """Two that take the same rows in two orders wait for each other for ever (PostgreSQL)."""
    fail("olga", 5)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        enrolment.unlock(person=staff.olga, by=staff.ada, reason=WHY)
    asked = [one["sql"] for one in seen if "hub_signincount" in one["sql"]]
    assert asked[0].startswith("SELECT")
    assert 'ORDER BY "hub_signincount"."key"' in asked[0]
    assert asked[1].startswith("UPDATE")
    assert connection.vendor != "postgresql" or "FOR UPDATE" in asked[0]
