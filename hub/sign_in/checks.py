"""System checks of accounts: settings of sign-in that cannot be meant."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Warning, register

from hub.roles import NAMES

LEAST = {
    "HUB_SESSION_HOURS": 1,
    "HUB_SESSION_IDLE_MINUTES": 1,
    "HUB_ONE_TIME_PASSWORD_HOURS": 1,
    "HUB_PASSWORD_DAYS": 0,
    "HUB_INACTIVE_DAYS": 0,
    "HUB_SIGN_IN_FAILURES": 1,
    "HUB_SIGN_IN_LOCK_MINUTES": 1,
    "HUB_SIGN_IN_BRAKE": 1,
    "HUB_PROXIES": 0,
}


@register("hub")
def roles_are_known(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E006: a role that is misspelt would give nothing, and ask nobody for a second factor."""
    named = {
        "HUB_SECOND_FACTOR_ROLES": settings.HUB_SECOND_FACTOR_ROLES,
        "HUB_OIDC_ROLES": [role for _, role in settings.HUB_OIDC_ROLES],
    }
    return [
        Error(f"{setting} names the role {role!r}.", hint=f"There are: {', '.join(NAMES)}.", id="hub.E006")
        for setting, roles in named.items()
        for role in roles
        if role not in NAMES
    ]


@register("hub")
def provider_is_complete(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E007: half a provider is none; and over plain HTTP anybody on the way could be anybody."""
    if not settings.HUB_OIDC_ISSUER:
        return []
    found = []
    if not (settings.HUB_OIDC_CLIENT_ID and settings.HUB_OIDC_CLIENT_SECRET):
        hint = "Set HUB_OIDC_CLIENT_ID and HUB_OIDC_CLIENT_SECRET, or leave HUB_OIDC_ISSUER empty."
        found.append(Error("HUB_OIDC_ISSUER is set without a client.", hint=hint, id="hub.E007"))
    if not settings.DEVELOPMENT and not settings.HUB_OIDC_ISSUER.startswith("https://"):
        found.append(Error("HUB_OIDC_ISSUER is not https.", hint="Use the provider's https address.", id="hub.E007"))
    return found


@register("hub")
def numbers_can_be_meant(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E008: a lock of no minutes locks nobody, a session of no hours opens to nobody, and no one can tell why."""
    return [
        Error(f"{name} is {number}.", hint=f"It takes {least} or more.", id="hub.E008")
        for name, least in LEAST.items()
        if (number := getattr(settings, name)) < least
    ]


@register("hub", deploy=True)
def addresses_are_known(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.W002: behind a proxy everybody has one address, and the brake of one locks all."""
    if settings.SESSION_COOKIE_SECURE and not settings.HUB_PROXIES:
        hint = "Set HUB_PROXIES to the number of proxies before the hub."
        return [Warning("HUB_HTTPS is on and HUB_PROXIES is 0.", hint=hint, id="hub.W002")]
    return []
