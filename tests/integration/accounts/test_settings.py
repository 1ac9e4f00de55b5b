"""Settings of sign-in that cannot be meant stop the start, with the sentence that says what to write."""

from __future__ import annotations

import pytest

from hub.sign_in import checks

pytestmark = pytest.mark.req("M7.6")


def ids(found) -> list[str]:
    return [one.id for one in found]


def test_a_role_that_nobody_knows_is_named(settings):
    settings.HUB_SECOND_FACTOR_ROLES = ["auditor", "emperor"]
    found = checks.roles_are_known(None)
    assert ids(found) == ["hub.E006"]
    assert "emperor" in found[0].msg
    settings.HUB_SECOND_FACTOR_ROLES = ["auditor"]
    assert checks.roles_are_known(None) == []


def test_half_a_provider_is_refused(settings):
    settings.HUB_OIDC_ISSUER, settings.HUB_OIDC_CLIENT_ID = "http://login.example", "interlock"
    settings.HUB_OIDC_CLIENT_SECRET, settings.DEVELOPMENT = "", False
    assert ids(checks.provider_is_complete(None)) == ["hub.E007", "hub.E007"]
    settings.HUB_OIDC_ISSUER, settings.HUB_OIDC_CLIENT_SECRET = "https://login.example", "kept"
    assert checks.provider_is_complete(None) == []


def test_a_proxy_that_is_not_counted_is_warned_of(settings):
    settings.SESSION_COOKIE_SECURE, settings.HUB_PROXIES = True, 0
    assert ids(checks.addresses_are_known(None)) == ["hub.W002"]
    settings.HUB_PROXIES = 1
    assert checks.addresses_are_known(None) == []


NUMBERS = (
    "HUB_SESSION_HOURS",
    "HUB_SESSION_IDLE_MINUTES",
    "HUB_ONE_TIME_PASSWORD_HOURS",
    "HUB_SIGN_IN_FAILURES",
    "HUB_SIGN_IN_LOCK_MINUTES",
    "HUB_SIGN_IN_BRAKE",
)


@pytest.mark.parametrize(("name", "least"), [*((name, 1) for name in NUMBERS), ("HUB_PROXIES", 0)])
def test_a_number_that_would_lock_nobody_or_everybody_is_refused(settings, name, least):
    setattr(settings, name, least - 1)
    (found,) = checks.numbers_can_be_meant(None)
    assert (found.id, found.msg) == ("hub.E008", f"{name} is {least - 1}.")
    assert found.hint == f"It takes {least} or more."
    setattr(settings, name, least)
    assert checks.numbers_can_be_meant(None) == []
