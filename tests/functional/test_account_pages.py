"""Pages of accounts in both themes and widths, and the second factor in a real browser."""

from __future__ import annotations

import re
import time

import pytest
from django.urls import reverse

from governance import totp
from governance.actors import DEMONSTRATION
from governance.services.persons import enrol
from hub.models import Interface
from hub.services.rights import give_interface
from tests.factories.cast import PASSWORD
from tests.functional.looking import look_at, violations

pytestmark = [pytest.mark.browser, pytest.mark.req("M7.6"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada(busy):
    busy.cast.ada = enrol(
        username="ada",
        full_name="Ada Admin",
        password=PASSWORD,
        roles=["administrator"],
        by=DEMONSTRATION,
        reason="The cast of a test",
    )
    return busy.cast.ada


def pages() -> dict[str, str]:
    """Name of the picture → address."""
    return {
        "account-sessions": reverse("account-sessions"),
        "account-sessions-end-others": reverse("account-sessions-end-others"),
        "account-password": reverse("account-password"),
        "account-second-factor": reverse("account-second-factor"),
        "accounts": reverse("accounts"),
        "account-enrol": reverse("account-enrol"),
        "account": reverse("account", args=["olga"]),
        "account-own": reverse("account", args=["ada"]),
        "account-give-right": reverse("account-give-right", args=["olga"]),
        "account-deactivate": reverse("account-deactivate", args=["olga"]),
        "service-accounts": reverse("service-accounts"),
        "service-account": reverse("service-account", args=["lims"]),
    }


@pytest.mark.slow
def test_every_page_of_accounts_is_accessible_and_clean(visit, ada):
    look_at(visit("ada"), pages())


@pytest.mark.slow
def test_the_pages_of_an_auditor_show_closed_acts(visit, ada):
    look_at(visit("victor"), {"account-closed": reverse("account", args=["olga"])})


@pytest.mark.slow
def test_the_page_that_issues_a_token_is_accessible_and_clean(visit, busy):
    """By an engineer who may do on its interfaces what the token would open."""
    busy.cast.ivo = enrol(
        username="ivo",
        full_name="Ivo Keller",
        password=PASSWORD,
        roles=["integration engineer"],
        by=DEMONSTRATION,
        reason="The cast of a test",
    )
    for key in Interface.objects.values_list("key", flat=True):
        give_interface(role="integration engineer", key=key, by=DEMONSTRATION, reason="The cast of a test")
    look_at(visit("ivo"), {"token": reverse("service-account-token", args=["lims"])})


def test_a_person_enrols_an_authenticator_and_signs_in_with_its_code(visit, ada):
    seen = visit("ada", width=390)
    page = seen.page
    page.goto(seen.url + reverse("account-second-factor"))
    secret = re.sub(r"\s", "", page.locator(".secret").inner_text())
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Code that the authenticator shows now").fill(code_of(secret))
    page.get_by_role("button", name="Enrol").click()
    assert page.locator(".codes li").count() == 10
    assert not violations(page)
    recovery = page.locator(".codes li").first.inner_text()
    seen.context.clear_cookies()
    page.goto(seen.url + "/messages")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert not violations(page)
    page.get_by_role("textbox", name="One-time code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/messages")
    assert seen.errors == []


def code_of(secret: str) -> str:
    return totp.code_at(secret, int(time.time()) // totp.STEP_SECONDS)
