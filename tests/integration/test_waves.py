"""Several deliveries of one route under way at once, and outcomes that are settled together."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.guard.transactions import write
from hub.flow import work
from hub.flow.preparing.prepare import prepare, prepare_and_lease
from hub.flow.runtime import RunningRoute
from hub.flow.sending.deliver import deliver_onto
from hub.flow.sending.desk import Desk
from hub.flow.sending.lease import lease
from hub.flow.sending.waves import waves_of
from hub.flow.sweep import sweep
from hub.flow.waiting import Waiting, look
from hub.flow.work import attend, drain
from hub.models import Attempt, ClosedDelivery, Delivery
from tests.factories.world import connection, release, sample
from tests.integration.test_delivery import NONE, PROBE, settle_all
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M4.4"), pytest.mark.req("M3.3")]


def send(client, world, count: int, *, lots: int = 100) -> None:
    for number in range(count):
        assert post(client, world, sample(number, lot=f"L-{number % lots}")).status_code == 202


@pytest.mark.parametrize(("at_once", "confirmed"), [(4, 4), (3, 0)])
def test_as_many_are_under_way_as_the_target_takes(client, world, at_once, confirmed):
    """The target answers once four requests are in; who sends three at a time never gets an answer."""
    release(("connection", connection(world.target.url, at_once=at_once)))
    send(client, world, 4)
    prepare()
    world.target.together = threading.Barrier(4, timeout=1)
    deliver_onto(Desk(), 4)
    assert len(world.target.effects) == confirmed


def test_each_of_a_wave_has_its_own_outcome(client, world):
    release(("connection", connection(world.target.url, at_once=4, **PROBE)))
    world.target.honours_keys = False
    world.target.status_for = {"S-1": 422}
    send(client, world, 4)
    prepare()
    world.target.drop_next = 1  # one of the three that are applied gets no answer
    desk = Desk()
    deliver_onto(desk)
    desk.settle()
    assert Counter(Delivery.objects.values_list("state", flat=True)) == {"dead": 1, "in_doubt": 1}
    assert ClosedDelivery.objects.count() == 2
    settle_all()
    assert sorted(world.target.references()) == ["S-0", "S-2", "S-3"]  # the one in doubt was asked for, not sent again
    assert Delivery.objects.get().state == "dead"


def test_a_wave_never_holds_two_of_a_key(client, world):
    release(("connection", connection(world.target.url, at_once=8)))
    send(client, world, 6, lots=2)
    prepare()
    (wave,) = waves_of(held := lease())
    assert len(wave.deliveries) == len(held.deliveries) == 2
    with write():
        Delivery.objects.update(lease=None, leased_until=None, state="pending")
    drain()
    for lot in (0, 1):
        assert [ref for ref in world.target.references() if int(ref[2:]) % 2 == lot] == [
            f"S-{number}" for number in range(6) if number % 2 == lot
        ]


def test_a_login_that_is_refused_stops_what_was_not_sent_yet(client, world):
    release(("connection", connection(world.target.url, at_once=2)))
    world.target.status_for = {f"S-{number}": 401 for number in range(6)}
    send(client, world, 6)
    prepare()
    drain()
    assert world.target.calls == 2
    assert set(Delivery.objects.values_list("state", "attempts")) == {("retry_wait", 0), ("pending", 0)}


def test_what_was_just_prepared_is_leased_with_it(client, world):
    send(client, world, 4, lots=2)
    count, held = prepare_and_lease(to_lease=10)
    assert (count, len(held.deliveries)) == (4, 2)  # the first of each lot
    desk = Desk()
    deliver_onto(desk, held=held)
    desk.settle()
    assert sorted(world.target.references()) == ["S-0", "S-1"]
    read = lease().deliveries[0]  # as another worker reads it
    made = held.deliveries[0]
    assert {name for name in made.__slots__ if type(getattr(made, name)) is not type(getattr(read, name))} == set()


def test_outcomes_wait_on_the_desk_and_are_settled_lease_by_lease(client, world):
    send(client, world, 2)
    prepare()
    desk = Desk()
    deliver_onto(desk, 1)
    lost = Delivery.objects.get(state="leased")
    deliver_onto(desk, 1)
    assert (ClosedDelivery.objects.count(), len(world.target.effects)) == (0, 2)
    with write():
        Delivery.objects.filter(id=lost.id).update(leased_until=timezone.now() - timedelta(seconds=1))
    sweep()  # somebody else has taken the first one away
    desk.settle()
    assert ClosedDelivery.objects.count() == 1
    assert Delivery.objects.get().id == lost.id
    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == ["confirmed", "late"]
    settle_all()
    assert sorted(world.target.references()) == ["S-0", "S-1"]


@pytest.mark.parametrize(("lots", "is_awaited"), [(2, False), (1, True)])
def test_a_lease_says_whether_others_wait_for_it(client, world, lots, is_awaited):
    """What another delivery of the key waits for must not lie on the desk while newcomers are prepared."""
    send(client, world, 2, lots=lots)
    _, held = prepare_and_lease(to_lease=10)
    desk = Desk()
    deliver_onto(desk, held=held)
    assert (held.is_awaited, desk.is_awaited) == (is_awaited, is_awaited)
    desk.settle()
    assert desk.is_awaited is False
    assert lease().is_awaited is is_awaited  # the second of the lot had to wait; of two lots nothing is left


@pytest.mark.parametrize(("lot", "is_awaited"), [("L-0", True), ("L-1", False)])
def test_what_came_too_late_to_be_leased_is_waiting_too(client, world, lot, is_awaited):
    """The one on the desk went out with the cycle before."""
    desk = Desk()
    for number, its_lot in ((0, "L-0"), (1, lot)):
        post(client, world, sample(number, lot=its_lot))
        _, held = prepare_and_lease(to_lease=10)
        deliver_onto(desk, held=held)
    assert desk.is_awaited is is_awaited
    desk.settle()


def test_messages_of_one_key_go_on_while_others_keep_coming(client, world):
    """A grown worker's turn: nobody settles for it at the end of a cycle."""
    send(client, world, 12, lots=2)
    is_done = lambda: ClosedDelivery.objects.count() == 12  # noqa: E731
    attend(is_stopping=is_done)
    for lot in ("L-0", "L-1"):
        arrived = [effect["reference"] for effect in world.target.effects if effect["lot"] == lot]
        assert arrived == [f"S-{number}" for number in range(12) if f"L-{number % 2}" == lot]


def test_what_was_leased_is_sent_although_the_look_saw_only_a_message(client, world, monkeypatch):
    """By the claim that message is another worker's, and the lease takes what has become due since."""
    send(client, world, 1)
    prepare()
    looks = iter([Waiting(received=True, ready=False, due=None)])
    monkeypatch.setattr(work, "look", lambda: next(looks, None) or look())
    drain()
    assert world.target.references() == ["S-0"]


def test_what_nobody_could_find_out_again_is_settled_at_once(client, world):
    """A crash, or a slow target after it, must not turn a receipt into a question for two persons."""
    release(("connection", connection(world.target.url, **NONE)))
    send(client, world, 2)
    prepare()
    deliver_onto(Desk())
    assert ClosedDelivery.objects.count() == 2


def test_a_connector_that_cannot_say_what_it_offers_keeps_nobody_from_sending(client, world, monkeypatch):
    def fault(self):
        raise KeyError("a fault of somebody's connector")

    monkeypatch.setattr(RunningRoute, "unopened_sink", fault)
    send(client, world, 2)
    drain()
    assert ClosedDelivery.objects.count() == 2
