"""What every test may ask for: the cast, a governed world, a real target, and the application's own database role."""

from __future__ import annotations

import os
import re
from socketserver import StreamRequestHandler

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as searching

# head and body are two writes here: with Nagle's algorithm each answer waits 40 ms for the client's acknowledgement
StreamRequestHandler.disable_nagle_algorithm = True
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 costs 250 ms by design

searching.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test times itself
searching.load_profile("ours")

MISSING = re.compile(
    r"HUB_TEST_DATA has no|cannot be reached|not installed|is absent|is missing|was not found|not found", re.IGNORECASE
)
LOCAL = ["127.0.0.1", "::1", "localhost"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """A result file says of each test which capabilities it exercises."""
    item.user_properties += [("req", mark.args[0]) for mark in item.iter_markers("req")]


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Outside sockets are blocked; test_sockets.py shows that they are."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(LOCAL, allow_unix_socket=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """In CI nothing is skipped for want of a service, a browser or the public records."""
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if MISSING.search(reason) and "landscape" not in reason:
            report.outcome, report.longrepr = "failed", f"CI may not skip this. {reason}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The owner makes the test database; the application's role runs the tests."""
    from django.db import connection

    if settings.HUB_OWNER_DATABASE:
        connection.close()
        for name in ("USER", "PASSWORD"):
            connection.settings_dict[name] = settings.HUB_OWNER_DATABASE.get(name, "")


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings, django_db_setup, django_db_blocker):
    from django.db import connection

    from hub.database.ownership import become

    with django_db_blocker.unblock():
        if settings.HUB_OWNER_DATABASE:
            become({"USER": settings.HUB_APPLICATION_ROLE, "PASSWORD": ""})
    yield
    with django_db_blocker.unblock():
        if settings.HUB_OWNER_DATABASE:
            connection.close()
            owner = settings.HUB_OWNER_DATABASE
            connection.settings_dict.update(USER=owner.get("USER", ""), PASSWORD=owner.get("PASSWORD", ""))


def _empty_as_owner(self) -> None:
    """What Django's own flush does, without filling its tables of rights anew for each test."""
    from tests.factories.guards import empty_tables

    empty_tables()


TransactionTestCase._fixture_teardown = _empty_as_owner


@pytest.fixture(autouse=True)
def _fresh_caches():
    """What processes keep about a database must not outlive it."""
    yield
    from governance import ids
    from hub.api import tokens
    from hub.flow import runtime, vault
    from hub.flow.sending import clients

    ids._last = 0  # a test that travelled ahead must not leave its ids to those after it
    runtime.forget()
    vault.forget_ciphers()
    tokens.forget()
    clients.drop_all()


@pytest.fixture
def cast(db):
    """Olga operates, Rick reviews, Quinn approves for quality, Victor only looks."""
    from tests.factories.cast import make_cast

    return make_cast()


@pytest.fixture
def target():
    """A real HTTP system that keeps what it is sent, and can be told to misbehave."""
    from tests.factories.target import Target

    with Target() as running:
        yield running


@pytest.fixture
def world(cast, target):
    """A small governed world: a laboratory that pushes results, a QMS that receives them."""
    from tests.factories.world import make_world

    return make_world(cast, target)
