"""Too many failures: five of an account at an address, a brake over all of them, and an end that is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.utils import timezone

from governance.models import AuditEvent, Refusal
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import WHY, code_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


def fail(username: str, times: int, *, address: str = "127.0.0.1"):
    for _ in range(times):
        _, answer = sign_in(username, "wrong", extra={"REMOTE_ADDR": address})
    return answer


@pytest.mark.parametrize("username", ["olga", "nobody"])
def test_five_failures_lock_a_name_whether_it_is_an_account_or_not(cast, username):
    assert fail(username, 5).status_code == 422
    _, answer = sign_in(username)
    assert answer.status_code == 429
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


def test_a_thousand_attempts_find_the_brake_and_leave_few_rows(cast, settings):
    settings.HUB_SIGN_IN_BRAKE = 20
    for number in range(1000):
        sign_in("olga", f"guess {number}", extra={"REMOTE_ADDR": f"192.0.2.{number % 250}"})
    assert sign_in("olga", extra={"REMOTE_ADDR": "198.51.100.1"})[1].status_code == 429
    assert Refusal.objects.filter(act="session.open").count() == 20
    assert sum(AccessAttempt.objects.values_list("failures_since_start", flat=True)) == 20


def test_one_address_that_tries_many_names_meets_the_brake(cast, settings):
    settings.HUB_SIGN_IN_BRAKE = 10
    for number in range(10):
        sign_in(f"name-{number}", "wrong")
    assert sign_in("olga")[1].status_code == 429


def test_the_lock_ends_by_itself(cast):
    fail("olga", 5)
    fail("olga", 3)  # trying on does not make it longer
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in("olga")[1].status_code == 302


def test_a_lock_is_recorded_once_and_what_is_kept_names_nobody(cast):
    fail("olga", 8)
    assert Refusal.objects.filter(act="session.lock", subject_id="olga").count() == 1
    kept = AccessAttempt.objects.get()
    assert "olga" not in f"{kept.username}{kept.get_data}{kept.post_data}"


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


def test_only_believed_proxies_say_where_somebody_is(cast, settings):
    forwarded = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.4"}
    sign_in("olga", "wrong", extra=forwarded)
    assert AccessAttempt.objects.get().ip_address == "127.0.0.1"
    settings.HUB_PROXIES = 1
    sign_in("rick", "wrong", extra=forwarded)
    assert AccessAttempt.objects.filter(ip_address="198.51.100.4").count() == 1


def test_the_right_password_opens_nothing_while_locked(cast):
    fail("olga", 5)
    client, answer = sign_in("olga", PASSWORD)
    assert answer.status_code == 429
    assert client.get("/").status_code == 302
