"""Releases at once and releases that break: each comes into force once, and none keeps another from its time."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.utils import timezone

from governance.changes.releasing import ordering
from governance.changes.system_kind import SystemKind
from governance.errors import BaseMoved
from governance.models import ChangeRequest, System
from governance.signing import ceremony
from tests.factories.cast import PASSWORD
from tests.factories.deciding import (
    approved,
    engineer,
    put_policies_in_force,
    release_signed,
    session_of,
)
from tests.factories.world import make_world
from tests.integration.test_change_control import QMS, house, in_force, proposed, state

__all__ = ["house"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M7.5")]


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_carry_out_one_release_once(cast, target):
    """PostgreSQL: both find it due at the same moment."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: nothing can come between")
    world = make_world(cast, target)
    ivo = engineer()
    put_policies_in_force(cast, ivo)
    request = proposed(ivo)
    approved(cast, request.number)
    at = timezone.now() + timedelta(hours=6)
    release_signed(cast.olga, request.number, at)
    failed: list[BaseException] = []

    def carry_out() -> None:
        try:
            ordering.release_due(at)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    workers = [Thread(target=carry_out) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert System.objects.get(key="qms").version == "1.0.1"
    assert world.interface == "IF-001"


@pytest.mark.django_db(transaction=True)
def test_of_two_releases_of_one_object_at_once_one_comes_into_force(cast, target):
    """PostgreSQL: two signatures on two connections, each sound when its page was shown."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: nothing can come between")
    make_world(cast, target)
    ivo = engineer()
    put_policies_in_force(cast, ivo)
    numbers = [proposed(ivo, {**QMS, "label": label}).number for label in ("Quality house", "House of quality")]
    for number in numbers:
        approved(cast, number)
    session_of(cast.olga)
    together, refused = Barrier(len(numbers)), []

    def release(number: str) -> None:
        try:
            key = session_of(cast.olga)
            shown = ceremony.intend(
                subject=("change_release", number), meaning="released", by=cast.olga, session_key=key
            )
            together.wait(timeout=30)
            ceremony.sign(intent=shown, by=cast.olga, session_key=key, username="olga", password=PASSWORD)
        except BaseException as error:
            refused.append(error)
        finally:
            connections.close_all()

    workers = [Thread(target=release, args=[number]) for number in numbers]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [type(one) for one in refused] == [BaseMoved], refused
    assert sorted(ChangeRequest.objects.filter(number__in=numbers).values_list("state", flat=True)) == [
        "approved",
        "closed",
    ]
    assert System.objects.get(key="qms").version == "1.0.1"


def test_a_release_that_breaks_keeps_no_other_from_its_time(house, monkeypatch):
    """The first one fails in a way that nobody foresaw: it stays as it was, and the second comes into force."""
    first, second = proposed(house.ivo), proposed(house.ivo, {**in_force("lims"), "label": "Laboratory"})
    at = timezone.now() + timedelta(hours=6)
    for request in (first, second):
        approved(house.cast, request.number)
        release_signed(house.cast.olga, request.number, at)
    whole = SystemKind.apply

    def breaking(self, key, content, revision):
        if key == "qms":
            raise ZeroDivisionError
        whole(self, key, content, revision)

    monkeypatch.setattr(SystemKind, "apply", breaking)
    with pytest.raises(ZeroDivisionError):
        ordering.release_due(at)
    assert (state(first), state(second)) == ("approved", "closed")
    assert in_force() == QMS
