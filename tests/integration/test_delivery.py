"""From the door to the target: delivered once, in order, and what happens when it is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from dictionary.values import json
from governance.guard.transactions import write
from governance.models import LedgerEntry
from hub.flow import vault
from hub.flow.preparing.prepare import prepare
from hub.flow.sending.deliver import deliver
from hub.flow.states import NEVER
from hub.flow.sweep import sweep
from hub.flow.work import drain
from hub.models import (
    Attempt,
    ClosedDelivery,
    Delivery,
    Drift,
    Exchange,
    InterfaceControl,
    Message,
    MessageState,
    Payload,
)
from tests.factories.world import connection, release, sample
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M4.4"), pytest.mark.req("M3.3")]

PROBE = {"idempotency_header": "", "find": {"path": "/results", "params": {"reference": "{data.reference}"},
         "match": {"reference": "{data.reference}"}, "records_at": "results"}}  # fmt: skip
NONE = {"idempotency_header": ""}


def due_now() -> None:
    """Time passes: everything that waits for its time is due."""
    with write():
        Delivery.objects.exclude(due_at=NEVER).update(due_at=timezone.now())


def settle_all() -> None:
    for _ in range(20):
        due_now()
        drain()


def test_a_message_reaches_its_target_with_its_origin(client, world):
    message_id = post(client, world, sample(1)).json()["id"]
    drain()
    assert world.target.effects == [
        {"reference": "S-1", "lot": "L-1", "verdict": "pass", "origin": "S-1", "mapping": "1.0.0"}
    ]
    closed = ClosedDelivery.objects.get(message_id=message_id)
    assert (closed.state, closed.external_id, closed.attempts) == ("confirmed", "1", 1)
    assert MessageState.objects.get(id=message_id).state == "complete"
    assert not Delivery.objects.exists()


@pytest.mark.req("M2.3")
def test_the_canonical_entity_has_units_dates_and_codes_of_the_dictionary(client, world):
    message_id = post(client, world, sample(1)).json()["id"]
    prepare()
    canonical = json.loads(vault.opened(Payload.objects.get(message_id=message_id, stage="canonical")))
    assert str(canonical["glucose"]["value"]) == "0.90"
    assert canonical["glucose"]["unit"] == "g/L"
    assert canonical["verdict"] == "pass"
    assert canonical["measured_at"].startswith("2026-11-21T07:30")


def test_every_batch_leaves_a_ledger_entry(client, world):
    post(client, world, sample(1))
    drain()
    assert list(
        LedgerEntry.objects.filter(kind__in=("prepared", "settled")).order_by("number").values_list("kind", "size")
    ) == [
        ("prepared", 1),
        ("settled", 1),
    ]


@pytest.mark.parametrize(
    ("wrong", "rule", "words"),
    [
        ({"glucose": {"value": "90", "unit": "furlong/L"}}, "unit", "furlong"),
        ({"verdict": "PERHAPS"}, "codes", "PERHAPS"),
        ({"at": "yesterday"}, "date", "yesterday"),
    ],
)
@pytest.mark.req("B4")
def test_what_cannot_be_mapped_is_quarantined_and_the_others_go_on(client, world, wrong, rule, words):
    bad = post(client, world, sample(1, lot="L-bad", **wrong)).json()["id"]
    post(client, world, sample(2))
    drain()
    state = MessageState.objects.get(id=bad)
    assert state.state == "quarantined"
    assert words in state.sentence
    assert rule.split(".")[0] in state.error_rule
    assert world.target.references() == ["S-2"]


@pytest.mark.req("B4")
def test_fields_that_no_rule_names_are_counted_as_drift(client, world):
    post(client, world, sample(1, operator="ab"))
    post(client, world, sample(2, operator="cd"))
    drain()
    assert list(Drift.objects.values_list("path", "count")) == [("$.operator", 2)]


def test_a_target_in_maintenance_is_tried_again_and_gets_each_record_once(client, world):
    world.target.refuse_next = 2
    post(client, world, sample(1))
    settle_all()
    assert world.target.references() == ["S-1"]
    outcomes = list(Attempt.objects.order_by("number").values_list("outcome", flat=True))
    assert outcomes[-1] == "confirmed"
    assert len(outcomes) == 3


def test_a_record_that_the_target_refuses_is_dead_with_its_answer(client, world):
    world.target.status_for["S-1"] = 422
    post(client, world, sample(1))
    drain()
    dead = Delivery.objects.get()
    assert (dead.state, dead.reason, dead.attempts) == ("dead", "rejected", 1)
    assert Exchange.objects.count() == 1
    assert world.target.calls == 1


@pytest.mark.parametrize("offer", [{}, PROBE], ids=["native", "probe"])
def test_an_answer_lost_after_the_write_leaves_one_effect(client, world, offer):
    if offer:
        release(("connection", connection(world.target.url, **offer)))
    world.target.honours_keys = not offer
    world.target.drop_next = 1
    post(client, world, sample(1))
    drain()
    settle_all()
    assert world.target.references() == ["S-1"]
    assert ClosedDelivery.objects.get().state == "confirmed"


def test_a_target_that_can_neither_recognise_nor_be_asked_waits_for_two_persons(client, world):
    release(("connection", connection(world.target.url, **NONE)))
    world.target.honours_keys = False
    world.target.drop_next = 1
    post(client, world, sample(1))
    settle_all()
    assert world.target.calls == 1
    assert Delivery.objects.get().state == "in_doubt"


@pytest.mark.req("M8.1")
def test_later_messages_of_a_key_wait_and_other_keys_go_on(client, world):
    world.target.status_for["S-1"] = 422
    for number, lot in [(1, "L-1"), (2, "L-1"), (3, "L-2")]:
        post(client, world, sample(number, lot=lot))
    settle_all()
    assert world.target.references() == ["S-3"]
    assert Delivery.objects.filter(state="pending").count() == 1


def test_messages_of_a_key_arrive_in_the_order_of_their_acceptance(client, world):
    for number in range(12):
        post(client, world, sample(number, lot=f"L-{number % 2}"))
    settle_all()
    for lot in ("L-0", "L-1"):
        numbers = [int(one["reference"][2:]) for one in world.target.effects if one["lot"] == lot]
        assert numbers == sorted(numbers)
    assert len(world.target.effects) == 12


def test_wrong_credentials_halt_the_interface_and_use_up_no_attempt(client, world):
    world.target.status_for["S-1"] = 401
    post(client, world, sample(1))
    post(client, world, sample(2))
    drain()
    control = InterfaceControl.objects.get()
    assert control.is_halted
    assert control.paused_by == "Interlock engine"
    assert world.target.references() == []
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}


def test_a_paused_interface_accepts_and_delivers_nothing_until_it_is_resumed(client, world):
    from hub.flow.control import pause, resume

    pause(interface_key="IF-001", by=world.cast.olga, reason="The target is being upgraded")
    assert post(client, world, sample(1)).status_code == 202
    drain()
    assert world.target.effects == []
    resume(interface_key="IF-001", by=world.cast.olga, reason="The upgrade is done")
    drain()
    assert world.target.references() == ["S-1"]


def test_a_worker_that_died_while_sending_leaves_the_delivery_in_doubt_and_one_effect(client, world):
    from hub.flow.sending.lease import lease

    post(client, world, sample(1))
    prepare()
    held = lease()
    assert len(held.deliveries) == 1  # and now the worker is killed
    assert deliver() == 0  # nobody else takes it
    with write():
        Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    sweep()
    found = Delivery.objects.get()
    assert (found.state, found.ask_first) == ("in_doubt", True)
    drain()
    assert world.target.references() == ["S-1"]


def test_a_late_worker_changes_nothing(client, world):
    from hub.flow.sending.attempt import attempt
    from hub.flow.sending.lease import lease
    from hub.flow.sending.settle import settle
    from hub.flow.sending.waves import waves_of

    post(client, world, sample(1))
    prepare()
    late = lease()
    (wave,) = waves_of(late)
    outcomes = attempt(wave, late.token)
    with write():
        Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    sweep()
    drain()
    settle(outcomes, late.token)
    assert ClosedDelivery.objects.count() == 1
    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == ["confirmed", "late"]


def test_nothing_is_lost_without_any_bell(client, world, settings):
    from hub.flow import bell

    post(client, world, sample(1))
    bell.embedded.clear()  # the bell was not heard
    assert sweep() is True
    assert bell.embedded.is_set()
    drain()
    assert world.target.references() == ["S-1"]


def test_payloads_are_encrypted_and_bound_to_their_row(client, world):
    from governance.keyring import Unreadable

    post(client, world, sample(1))
    stored = Payload.objects.get()
    assert b"S-1" not in bytes(stored.data)
    stored.id = Message.objects.get().id
    with pytest.raises(Unreadable):
        vault.opened(stored)
