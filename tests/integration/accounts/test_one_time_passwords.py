"""One-time passwords hold for a while; who lets one lie is told so, and nobody else learns anything."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from governance.models import Person, PersonSession, Refusal
from tests.integration.accounts.conftest import WHY, sign_in
from tests.integration.accounts.test_own_account import NEW, change

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

EXPIRED = "This one-time password has expired. Ask an administrator for another one."
WRONG = "This user name and password do not belong together."
LATE, IN_TIME = timedelta(hours=72, seconds=1), timedelta(hours=71, minutes=59)


@pytest.fixture
def given(entered):
    """(the administrator's client, Olga's one-time password, the page that showed it)."""
    ada = entered("ada")
    page = ada.post("/accounts/of/olga/reset-password", {"reason": WHY}).content.decode()
    return ada, re.search(r'<code class="secret">([^<]+)</code>', page).group(1), page


def after(passed: timedelta):
    return time_machine.travel(timezone.now() + passed, tick=False)


def test_it_opens_until_its_end_and_not_a_second_longer(given):
    _, secret, _ = given
    with after(IN_TIME):
        assert sign_in("olga", secret)[1].status_code == 302
    with after(LATE):
        client, answer = sign_in("olga", secret)
        assert answer.status_code == 422
        assert EXPIRED in answer.content.decode()
        assert client.get("/").status_code == 302


def test_who_does_not_know_it_is_told_what_everybody_is_told(given):
    with after(LATE):
        for username in ("olga", "nobody", "rick"):
            page = sign_in(username, "wrong")[1].content.decode()
            assert WRONG in page
            assert "expired" not in page
    assert "One-time" not in str(list(Refusal.objects.values_list("sentence", flat=True)))


def test_an_expired_one_costs_one_hash_like_every_other(given, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    made, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *which: made.append(1) or encode(*which))
    with after(LATE):
        sign_in("olga", given[1])
        assert len(made) == 1
        made.clear()
        sign_in("nobody", given[1])
        assert len(made) == 1


def test_the_administrator_is_told_until_when_it_holds_and_gives_another(given):
    ada, secret, page = given
    until = f"{Person.objects.get(username='olga').one_time_until:%Y-%m-%d %H:%M}"
    assert until in page
    shown = ada.get("/accounts/of/olga").content.decode()
    assert f"The one-time password holds until {until}" in " ".join(re.sub("<[^>]+>", "", shown).split())
    with after(LATE):
        ada, _ = sign_in("ada")
        assert "one-time password expired" in ada.get("/accounts/of/olga").content.decode()
        assert "one-time password expired" in ada.get("/accounts").content.decode()
        again = ada.post("/accounts/of/olga/reset-password", {"reason": WHY}).content.decode()
        secret = re.search(r'<code class="secret">([^<]+)</code>', again).group(1)
        assert sign_in("olga", secret)[1].status_code == 302


def test_a_password_of_ones_own_does_not_expire(given):
    _, secret, _ = given
    client, _ = sign_in("olga", secret)
    assert change(client, NEW, present=secret).status_code == 302
    assert Person.objects.get(username="olga").one_time_until is None
    with after(timedelta(days=170)):  # the age of passwords and of accounts is another rule
        assert sign_in("olga", NEW)[1].status_code == 302


def test_a_session_that_it_opened_in_time_changes_nothing_afterwards(given):
    _, secret, _ = given
    with after(IN_TIME):
        client, _ = sign_in("olga", secret)
    with after(LATE):
        PersonSession.objects.update(seen_at=timezone.now())
        answer = change(client, NEW, present=secret)
        assert answer.status_code == 422
        assert EXPIRED in answer.content.decode()


def test_that_of_the_command_line_expires_too_and_says_when(cast, settings):
    settings.HUB_ONE_TIME_PASSWORD_HOURS = 2
    out, err = io.StringIO(), io.StringIO()
    call_command("person", "reset-password", "olga", "--reason", WHY, stdout=out, stderr=err)
    until = timezone.now() + timedelta(hours=2)
    assert f"It holds until {until:%Y-%m-%d %H}" in err.getvalue()
    assert sign_in("olga", out.getvalue().strip())[1].status_code == 302
    with after(timedelta(hours=2, minutes=1)):
        assert EXPIRED in sign_in("olga", out.getvalue().strip())[1].content.decode()
