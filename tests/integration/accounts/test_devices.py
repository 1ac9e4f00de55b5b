"""Browsers that are known to an account: one mark each, void with the password, and counted together too."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from hub.models import SignInCount
from hub.services import enrolment
from hub.sign_in.lockout import mask_of
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import WHY, fail, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]
NEW = "seven green lamps"


def known_browser(username: str = "olga", password: str = PASSWORD, *, client: Client | None = None) -> Client:
    """A browser that signed in to the account and out again."""
    client, answer = sign_in(username, password, client=client)
    assert answer.status_code == 302
    client.post("/sign-out")
    return client


def mark_of(client: Client) -> str:
    (name,) = [one for one in client.cookies if "-device-" in one]
    return client.cookies[name].value.split(":")[0]


def guesses(client: Client, times: int = 7) -> int:
    """How many of these wrong passwords were looked at."""
    return [sign_in("olga", "wrong", client=client)[1].status_code for _ in range(times)].count(422)


def test_a_browser_keeps_its_mark(cast):
    home = known_browser()
    before = mark_of(home)
    assert mark_of(known_browser(client=home)) == before
    assert mark_of(known_browser()) != before


def test_a_reset_password_voids_every_mark(staff):
    """Three cookies that were hoarded gave fifteen guesses of the new password."""
    hoarded = [known_browser() for _ in range(3)]
    enrolment.reset_password(person=staff.olga, by=staff.ada, reason=WHY)
    assert sum(guesses(one) for one in hoarded) == 5  # those of a stranger at one address


def test_a_changed_password_voids_the_marks_of_others_and_keeps_the_browser_that_changed_it(staff):
    hoarded, (home, _) = known_browser(), sign_in("olga")
    given = {"present_password": PASSWORD, "new_password": NEW, "again": NEW}
    assert home.post("/account/password", given).status_code == 302
    home.post("/sign-out")
    fail("olga", 5)
    assert guesses(hoarded) == 0
    assert sign_in("olga", NEW, client=home)[1].status_code == 302


def test_known_browsers_meet_a_brake_of_their_own_that_waits_longer(staff, settings):
    home, hoarded = known_browser(), [known_browser() for _ in range(4)]
    settings.HUB_SIGN_IN_BRAKE = 12
    assert [guesses(one) for one in hoarded] == [5, 5, 2, 0]
    assert sign_in("olga", client=home)[1].status_code == 429
    assert sign_in("olga")[1].status_code == 302  # the strangers' count is another one
    now = timezone.now() + timedelta(minutes=1, seconds=5)
    with time_machine.travel(now, tick=False):
        assert guesses(hoarded[3]) == 1
    with time_machine.travel(now + timedelta(minutes=1, seconds=55), tick=False):
        assert guesses(hoarded[3]) == 0
    with time_machine.travel(now + timedelta(minutes=2, seconds=5), tick=False):
        assert sign_in("olga", client=home)[1].status_code == 302


def test_unlocking_lifts_the_brake_of_known_browsers(staff, settings):
    home, other = known_browser(), known_browser()
    settings.HUB_SIGN_IN_BRAKE = 5
    assert guesses(other) == 5
    assert sign_in("olga", client=home)[1].status_code == 429
    enrolment.unlock(person=staff.olga, by=staff.ada, reason=WHY)
    assert sign_in("olga", client=home)[1].status_code == 302


def test_right_sign_ins_of_known_browsers_leave_nothing_behind(cast):
    home = known_browser()
    for _ in range(6):
        known_browser(client=home)
    assert set(SignInCount.objects.filter(account=mask_of("olga")).values_list("failures", flat=True)) == {0}
