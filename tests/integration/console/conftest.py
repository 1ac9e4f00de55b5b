"""A busy world, and browsers of the cast."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.functional.busy import make_busy


@pytest.fixture
def busy(world):
    return make_busy(world)


@pytest.fixture
def as_person(busy):
    """A client that is signed in as one of the cast."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(busy.cast, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
