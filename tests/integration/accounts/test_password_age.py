"""Passwords grow old, accounts that nobody uses close (21 CFR 11.300(b)); their owners are told before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.models import AuditEvent, Person
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import WHY, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]
NEW = {"present_password": PASSWORD, "new_password": "seven green lamps", "again": "seven green lamps"}


def aged(days: int, username: str = "olga") -> Person:
    """The account as it would be so many days after its enrolment."""
    with change(by=DEMONSTRATION, reason=WHY):
        row = Person.objects.get(username=username)
        row.joined_at = timezone.now() - timedelta(days=days)
        row.save()
    return row


def test_a_password_that_is_too_old_opens_only_the_page_on_which_it_is_changed(cast, settings):
    settings.HUB_PASSWORD_DAYS, settings.HUB_INACTIVE_DAYS = 90, 0
    aged(91)
    olga, _ = sign_in()
    assert olga.get("/")["Location"] == reverse("account-password")
    assert "older than 90 days" in olga.get(reverse("account-password")).content.decode()
    assert olga.post(reverse("account-password"), NEW).status_code == 302
    assert olga.get("/").status_code == 200


def test_its_owner_is_told_in_advance(cast, settings):
    settings.HUB_PASSWORD_DAYS, settings.HUB_INACTIVE_DAYS = 90, 0
    aged(80)
    olga, _ = sign_in()
    assert "Your password must be changed until" in olga.get("/").content.decode()
    aged(70, "rick")
    rick, _ = sign_in("rick")
    assert "must be changed" not in rick.get("/").content.decode()


def test_nothing_grows_old_where_the_installation_says_so(cast, settings):
    settings.HUB_PASSWORD_DAYS = settings.HUB_INACTIVE_DAYS = 0
    aged(4000)
    olga, _ = sign_in()
    assert olga.get("/").status_code == 200


def test_an_account_that_nobody_used_for_long_is_closed_until_an_administrator_opens_it(staff, entered, settings):
    settings.HUB_PASSWORD_DAYS, settings.HUB_INACTIVE_DAYS = 0, 90
    aged(91)
    _, answer = sign_in()
    assert "was not used for so long" in answer.content.decode()
    _, wrong = sign_in(password="wrong")
    assert "was not used for so long" not in wrong.content.decode()
    ada = entered("ada")
    assert "not used for long" in ada.get(reverse("account", args=["olga"])).content.decode()
    assert ada.post(reverse("account-unlock", args=["olga"]), {"reason": "Back from leave"}).status_code == 302
    assert AuditEvent.objects.filter(kind="person.reopened", subject_id="olga").count() == 1
    _, again = sign_in()
    assert again.status_code == 302


def test_who_signed_in_lately_is_let_in(cast, settings):
    settings.HUB_PASSWORD_DAYS, settings.HUB_INACTIVE_DAYS = 0, 90
    sign_in()
    aged(200)
    _, answer = sign_in()
    assert answer.status_code == 302
