"""Browsers that sign in through the door, persons with every role, and the present code of an authenticator."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.test import Client

from governance import totp
from governance.actors import DEMONSTRATION
from governance.services import persons, second_factors
from tests.factories.cast import PASSWORD

WHY = "The test asks for it"


def code_of(secret: str, *, steps: int = 0) -> str:
    """The code that an authenticator shows now, or so many steps of 30 s later."""
    return totp.code_at(secret, int(time.time()) // totp.STEP_SECONDS + steps)


def sign_in(username: str = "olga", password: str = PASSWORD, *, client: Client | None = None, **more):
    """(client, answer) of one attempt."""
    client = client or Client()
    extra = more.pop("extra", {})
    return client, client.post("/sign-in", {"username": username, "password": password, **more}, **extra)


def fail(username: str, times: int, *, address: str = "127.0.0.1"):
    """The answer to the last of so many wrong passwords, each from a browser that nobody knows."""
    for _ in range(times):
        _, answer = sign_in(username, "wrong", extra={"REMOTE_ADDR": address})
    return answer


@pytest.fixture
def staff(cast):
    """The cast, an administrator and an engineer."""
    for username, role in (("ada", "administrator"), ("ivo", "integration engineer")):
        made = persons.enrol(
            username=username, full_name=username.title(), password=PASSWORD, roles=[role], by=DEMONSTRATION, reason=WHY
        )
        setattr(cast, username, made)
    return cast


@pytest.fixture
def factor(cast):
    """Olga's authenticator, with her recovery codes."""
    secret = totp.new_secret()
    codes = second_factors.enrol(person=cast.olga, secret=secret, code=code_of(secret, steps=-1), reason=WHY)
    return SimpleNamespace(secret=secret, codes=codes)


@pytest.fixture
def entered(staff):
    """A client that went through the sign-in page as this person."""

    def enter(username: str) -> Client:
        client, answer = sign_in(username)
        assert answer.status_code == 302, answer.content.decode()
        return client

    return enter
