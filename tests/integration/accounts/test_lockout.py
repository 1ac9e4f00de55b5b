"""Too many failures: five of an account at an address, a brake over all of them, and an end that is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from governance.models import AuditEvent, Refusal
from hub.models import SignInCount
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import WHY, code_of, fail, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


@pytest.mark.parametrize("username", ["olga", "nobody"])
def test_five_failures_lock_a_name_whether_it_is_an_account_or_not(cast, username):
    assert fail(username, 5).status_code == 422
    _, answer = sign_in(username)
    assert answer.status_code == 429
    assert 14 * 60 < int(answer["Retry-After"]) <= 15 * 60
    ends = timezone.now() + timedelta(minutes=15)
    said = answer.content.decode()
    assert "Too many sign-ins have failed. Try again after" in said
    assert f"{ends:%H:%M} UTC" in said or f"{ends - timedelta(minutes=1):%H:%M} UTC" in said


def test_four_failures_lock_nothing_and_a_success_forgets_them(cast):
    fail("olga", 4)
    assert sign_in("olga")[1].status_code == 302
    fail("olga", 4)
    assert sign_in("olga")[1].status_code == 302


def test_another_address_and_another_account_are_not_locked(cast):
    fail("olga", 5)
    assert sign_in("olga", extra={"REMOTE_ADDR": "192.0.2.7"})[1].status_code == 302
    assert sign_in("rick")[1].status_code == 302


def test_many_attempts_from_many_addresses_find_the_brake_and_leave_few_rows(cast, settings):
    settings.HUB_SIGN_IN_BRAKE = 20
    for number in range(200):
        sign_in("olga", f"guess {number}", extra={"REMOTE_ADDR": f"192.0.2.{number % 50}"})
    assert sign_in("olga", extra={"REMOTE_ADDR": "198.51.100.1"})[1].status_code == 429
    assert Refusal.objects.filter(act="session.open").count() == 20
    assert SignInCount.objects.get(failures=20)  # of the account; who is turned away leaves no count


def test_the_brake_of_an_account_waits_longer_with_each_failure(cast, settings):
    """A minute first, then two, four, eight, and never longer than a lock."""
    settings.HUB_SIGN_IN_BRAKE = 3
    for number in range(3):
        fail("olga", 1, address=f"192.0.2.{number}")
    waits = [1, 2, 4, 8, 15, 15]
    now = timezone.now()
    for number, minutes in enumerate(waits):
        where = f"198.51.100.{number}"
        with time_machine.travel(now + timedelta(minutes=minutes, seconds=-5), tick=False):
            assert fail("olga", 1, address=where).status_code == 429, number
        now += timedelta(minutes=minutes, seconds=5)
        with time_machine.travel(now, tick=False):
            assert fail("olga", 1, address=where).status_code == 422, number


def test_strangers_do_not_lock_out_a_browser_that_signed_in_before(cast, settings):
    settings.HUB_SIGN_IN_BRAKE = 20
    home, _ = sign_in("olga")
    home.post("/sign-out")
    for number in range(8):
        fail("olga", 5, address=f"192.0.2.{number}")
    fail("olga", 5)  # from the owner's own address too
    assert sign_in("olga")[1].status_code == 429
    assert sign_in("olga", client=home)[1].status_code == 302


def test_a_known_browser_has_five_guesses_of_its_own_and_no_more(cast):
    home, _ = sign_in("olga")
    home.post("/sign-out")
    answers = [sign_in("olga", "wrong", client=home)[1].status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert sign_in("olga", client=home)[1].status_code == 429
    assert sign_in("olga")[1].status_code == 302  # the strangers' count is another one


def test_a_browser_is_known_to_its_own_account_only_and_its_cookie_cannot_be_made(cast):
    fail("rick", 5)
    home, _ = sign_in("olga")
    (name,) = [one for one in home.cookies if "-device-" in one]
    kept = home.cookies[name]
    assert (kept["httponly"], kept["path"], kept["samesite"]) == (True, "/sign-in", "Strict")
    home.post("/sign-out")
    assert sign_in("rick", client=home)[1].status_code == 429
    fail("olga", 5)
    forged = Client()
    forged.cookies[name] = kept.value[:-1] + ("a" if kept.value[-1] != "a" else "b")
    assert sign_in("olga", client=forged)[1].status_code == 429
    assert sign_in("olga", client=home)[1].status_code == 302
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        fail("olga", 5)
        assert sign_in("olga", client=home)[1].status_code == 429


def test_who_is_signed_in_changes_their_password_while_strangers_guess(entered):
    olga = entered("olga")
    fail("olga", 5)
    given = {"present_password": PASSWORD, "new_password": "seven green lamps", "again": "seven green lamps"}
    assert olga.post("/account/password", given).status_code == 302


def test_a_success_of_one_account_forgets_no_failures_of_another_at_the_address(cast, settings):
    settings.HUB_SIGN_IN_BRAKE = 10
    for number in range(10):
        sign_in(f"name-{number}", "wrong")
        if number < 9:
            assert sign_in("rick")[1].status_code == 302
    assert sign_in("rick")[1].status_code == 429


def test_a_space_or_a_capital_makes_no_other_account(cast):
    for name in ("olga", " olga", "olga ", "Olga", "OLGA"):
        sign_in(name, "wrong")
    assert sign_in("olga")[1].status_code == 429


def test_one_address_that_tries_many_names_meets_the_brake(cast, settings):
    settings.HUB_SIGN_IN_BRAKE = 10
    for number in range(10):
        sign_in(f"name-{number}", "wrong")
    assert sign_in("olga")[1].status_code == 429


def test_the_lock_ends_by_itself(cast):
    fail("olga", 5)
    fail("olga", 3)  # trying on does not make it longer
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        assert sign_in("olga")[1].status_code == 302


def test_a_lock_is_recorded_once_and_what_is_kept_names_nobody(cast):
    fail("olga", 8)
    assert Refusal.objects.filter(act="session.lock", subject_id="olga").count() == 1
    kept = [str(row) for row in SignInCount.objects.values_list()]
    assert len(kept) == 3
    assert "olga" not in "".join(kept)
    assert "127.0.0.1" not in "".join(kept)


def test_wrong_codes_lock_too(factor):
    client, _ = sign_in()
    answers = [client.post("/sign-in/code", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [422, 422, 422, 422, 422, 429]
    assert client.post("/sign-in/code", {"code": code_of(factor.secret)}).status_code == 429


def test_an_administrator_unlocks_with_a_reason(entered, staff):
    fail("olga", 5)
    ada = entered("ada")
    assert "locked" in ada.get("/accounts/of/olga").content.decode()
    assert ada.post("/accounts/of/olga/unlock", {"reason": ""}).status_code == 422
    assert sign_in("olga")[1].status_code == 429
    assert ada.post("/accounts/of/olga/unlock", {"reason": WHY}).status_code == 302
    assert sign_in("olga")[1].status_code == 302
    assert AuditEvent.objects.get(kind="person.unlocked").subject_id == "olga"


def test_who_is_locked_with_their_address_is_not_sent_to_somebody_who_cannot_lift_it(entered, staff, settings):
    """Unlocking an account forgets what was counted of it; the address on all accounts is nobody's."""
    said = fail("olga", 6).content.decode()
    assert "or ask an administrator" in said
    ada = entered("ada")
    settings.HUB_SIGN_IN_BRAKE = 3
    fail("rick", 3, address="192.0.2.7")
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):  # the account's own wait is over
        for username in ("rick", "nobody"):
            _, answer = sign_in(username, extra={"REMOTE_ADDR": "192.0.2.7"})
            assert answer.status_code == 429
            assert "Too many sign-ins from your address have failed. Try again after" in answer.content.decode()
            assert "ask an administrator" not in answer.content.decode()
        page = ada.get("/accounts/of/rick").content.decode()
        assert "unlock" not in page.casefold()
        assert sign_in("rick")[1].status_code == 302


def test_only_believed_proxies_say_where_somebody_is(cast, settings):
    one, other = ({"HTTP_X_FORWARDED_FOR": f"203.0.113.9, 198.51.100.{number}"} for number in (4, 5))
    for _ in range(5):
        sign_in("olga", "wrong", extra=one)
    assert sign_in("olga", extra=other)[1].status_code == 429  # nobody believes the header
    settings.HUB_PROXIES = 1
    for _ in range(5):
        sign_in("rick", "wrong", extra=one)
    assert sign_in("rick", extra=one)[1].status_code == 429
    assert sign_in("rick", extra=other)[1].status_code == 302


def test_the_right_password_opens_nothing_while_locked(cast):
    fail("olga", 5)
    client, answer = sign_in("olga", PASSWORD)
    assert answer.status_code == 429
    assert client.get("/").status_code == 302
