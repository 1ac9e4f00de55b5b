"""System checks of the hub: combinations of settings that cannot be meant."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from governance.keyring import masters
from hub import telemetry


@register("hub")
def broker_fits_database(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E001: SQLite has one writer in one process group; workers on a broker need PostgreSQL."""
    engine = settings.DATABASES["default"]["ENGINE"]
    if settings.HUB_EMBEDDED or "sqlite" not in engine:
        return []
    return [
        Error(
            "HUB_BROKER_URL is set, and the database is SQLite.",
            hint="Set HUB_DATABASE_URL to a PostgreSQL database, or leave HUB_BROKER_URL empty to run embedded.",
            id="hub.E001",
        )
    ]


@register("hub")
def owner_is_somebody_else(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E002: the application must not own its tables in production."""
    owner = settings.HUB_OWNER_DATABASE
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"] or settings.HUB_ENVIRONMENT == "development":
        return []
    if owner and owner.get("USER") != settings.HUB_APPLICATION_ROLE:
        return []
    return [
        Error(
            "The application's database role owns its tables.",
            hint="Give the owner's URL in HUB_OWNER_DATABASE_URL and another role in HUB_DATABASE_URL.",
            id="hub.E002",
        )
    ]


@register("hub")
def database_is_not_one_of_tests(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E009: the guards of a database named ``test_…`` can be lifted, so that tests can empty its tables."""
    name = str(settings.DATABASES["default"]["NAME"]).rpartition("/")[2]
    if settings.HUB_ENVIRONMENT == "development" or not name.startswith("test_"):
        return []
    return [Error(f"The database {name!r} has the name of one of tests.", hint="Give it another name.", id="hub.E009")]


@register("hub")
def debug_is_off(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E003: error pages with details show what they should not."""
    if settings.DEBUG and settings.HUB_ENVIRONMENT == "production":
        return [Error("HUB_DEBUG is on in production.", hint="Leave HUB_DEBUG empty.", id="hub.E003")]
    return []


@register("hub")
def data_keys_are_keys(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E005: a key that is none would be noticed only when the first message is stored."""
    try:
        masters()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="Write HUB_DATA_KEYS as id:base64 of 32 bytes, comma between.", id="hub.E005")]
    return []


@register("hub")
def lease_outlives_a_call(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E004: a lease has room for the shortest time-outs; a call that outlives it is waited for (flow/lease.py)."""
    if settings.HUB_LEASE_SECONDS >= 10:
        return []
    return [Error("HUB_LEASE_SECONDS is under 10.", hint="Time-outs of calls are 5 s and more.", id="hub.E004")]


@register("hub")
def traces_can_be_made(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.E010: an extra that is wanted and absent is said at the start, not by an ImportError in a worker."""
    try:
        telemetry.check()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="hub.E010")]
    return []


@register("hub", deploy=True)
def https_is_on(app_configs: Any, **kwargs: Any) -> list[Any]:
    """hub.W001"""
    if settings.DEVELOPMENT or settings.SESSION_COOKIE_SECURE:
        return []
    return [Warning("HUB_HTTPS is off.", hint="Set HUB_HTTPS=yes behind a proxy that speaks TLS.", id="hub.W001")]
