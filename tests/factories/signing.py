"""Signing through the page, as a browser would: look at it, then send what the form holds."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.factories.cast import PASSWORD

INTENT = re.compile(r'name="intent" value="([0-9a-f-]{36})"')


def intent_on(page: str) -> str:
    """The intent that a page of signing shows."""
    return INTENT.search(page).group(1)


def sign_on(client: Client, url: str, username: str = "", **more: Any) -> HttpResponse:
    """The answer to the form of this page. ``username`` only where it is the first signature of the session."""
    shown = client.get(url)
    assert shown.status_code == 200, shown.content.decode()
    given = {"intent": intent_on(shown.content.decode()), "password": PASSWORD, **more}
    return client.post(url, given | ({"username": username} if username else {}))
