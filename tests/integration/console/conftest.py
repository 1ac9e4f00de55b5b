"""A busy world, and browsers of the cast."""

from __future__ import annotations

from itertools import groupby
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client

from governance.models import Person
from tests.factories.cast import make_cast
from tests.factories.target import Target
from tests.factories.world import make_world
from tests.functional.busy import make_busy

BUSY = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a module those that want an empty hub come first: its busy world stays until the last one is over."""
    modules = [list(held) for _, held in groupby(items, key=lambda item: item.path)]
    items[:] = [one for held in modules for one in sorted(held, key=_wants_made)]


def _wants_made(item: pytest.Item) -> bool:
    return "made" in getattr(item, "fixturenames", ())


@pytest.fixture(autouse=True)
def _empty_or_busy(request):
    """A test that did not ask for the busy world must not stand in it."""
    module = request.node.getparent(pytest.Module)
    if "made" in request.fixturenames:
        module.stash[BUSY] = True
    assert ("made" in request.fixturenames) or not module.stash.get(BUSY, False), "It ran behind a busy one."


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """A busy world for all tests of a module, in a transaction that is rolled back; each test has its own within."""
    around = transaction.atomic()
    around._from_testcase = True  # as Django's TestCase marks its own
    with django_db_blocker.unblock(), Target() as target, around:
        yield make_busy(make_world(make_cast(), target)), target.remember()
        transaction.set_rollback(True)


@pytest.fixture
def busy(made, db):
    """The rows are the same for every test, the objects are not: a person remembers what they may do."""
    found, as_it_was = made
    as_it_was()
    persons = {name: Person.objects.get(pk=one.pk) for name, one in vars(found.cast).items()}
    return SimpleNamespace(**{**vars(found), "cast": SimpleNamespace(**persons)})


@pytest.fixture
def as_person(busy):
    """A client that is signed in as one of the cast."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(busy.cast, name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
