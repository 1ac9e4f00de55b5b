"""A governed world whose ledger can be sealed, and clients of the cast."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.cast import make_cast
from tests.factories.target import Target
from tests.factories.trail import Trail
from tests.factories.world import make_world


@pytest.fixture
def trail(transactional_db, tmp_path, settings) -> Trail:
    return Trail(tmp_path, settings)


@pytest.fixture
def world(trail):
    with Target() as target:
        yield make_world(make_cast(), target)


@pytest.fixture
def as_person(world):
    """A client that is signed in as one of the cast."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world.cast, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
