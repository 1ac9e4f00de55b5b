"""A small governed world behind the API, and the ways to call it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.contrib.auth.models import Permission
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.models import PersonPermission
from governance.services import service_accounts
from hub.services.grants import grant
from tests.factories.world import REASON


@pytest.fixture
def api(client, world):
    """Call as the lab's service account; ``by`` signs a person in instead, ``token`` uses another account's."""

    def call(method: str, path: str, content: Any = None, *, by: str = "", token: str = "", **headers: str):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if by:
            client.force_login(getattr(world.cast, by), backend="django.contrib.auth.backends.ModelBackend")
        else:
            sent["Authorization"] = f"Bearer {token or world.token}"
        body = content if isinstance(content, bytes) else json.dumps(content) if content is not None else b""
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return client.generic(method.upper(), address, body, content_type="application/json", headers=sent)

    return call


@pytest.fixture
def engineer(world):
    """Rick may propose changes."""
    may = Permission.objects.get(content_type__app_label="governance", codename="add_changerequest")
    with change(by=DEMONSTRATION, reason=REASON):
        PersonPermission(person=world.cast.rick, permission=may).save()
    return world.cast.rick


@pytest.fixture
def redis_url() -> str:
    """A Redis that answers; its keys of this test expire by themselves."""
    url = os.environ.get("HUB_TEST_REDIS", "redis://127.0.0.1:6379/9")
    client = redis.Redis.from_url(url)
    try:
        client.ping()
    except redis.ConnectionError:
        pytest.skip(f"Redis cannot be reached at {url}")
    client.delete(*(f"interlock:rate:7:person:{number}:read" for number in (1, 2)))
    return url


@pytest.fixture
def stranger(world) -> str:
    """The token of an account without any grant."""
    account = service_accounts.ensure(key="stranger", system_key="qms", by=DEMONSTRATION, reason=REASON)
    return _token(account)


@pytest.fixture
def operator(world) -> str:
    """The token of an account that may operate the interface."""
    account = service_accounts.ensure(key="operator", system_key="qms", by=DEMONSTRATION, reason=REASON)
    for direction in ("read", "operate"):
        grant(account=account, interface_key=world.interface, direction=direction, by=DEMONSTRATION, reason=REASON)
    return _token(account)


def _token(account: Any) -> str:
    expires_at = timezone.now() + timedelta(days=1)
    return service_accounts.issue_token(account=account, expires_at=expires_at, by=DEMONSTRATION, reason=REASON)
