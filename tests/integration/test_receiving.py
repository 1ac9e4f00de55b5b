"""T1 in its three shapes: a few in one statement, a batch that is prepared at once, many that wait for a worker."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import DataError
from django.db import connection as database

from dictionary.values import json
from governance.actors import Actor
from hub.flow.intake import receive
from hub.flow.intake.accept import ACCEPT
from hub.flow.intake.incoming import Envelope, from_push
from hub.flow.preparing import routing
from hub.flow.preparing.prepared import DELIVERY_COLUMNS
from hub.flow.runtime import in_force
from hub.flow.work import drain
from hub.models import Delivery, Drift, Inbox, KeyHead, Message, MessageState, Payload
from tests.factories.world import INTERFACE, sample
from tests.integration.test_intake import event, post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6"), pytest.mark.req("M4.4")]

BATCH = "application/cloudevents-batch+json"
SIZES = [5, 20, 300]  # one statement on PostgreSQL; prepared within T1; left to a worker


def incoming(document, key=""):
    """What the door hands over for a record, under a key of its own where one is given."""
    item = from_push(in_force(INTERFACE), document, json.dumps(document), Envelope(), Actor("service", "s", "lims"))
    item.idempotency_key = key or item.idempotency_key
    return item


def sequences(lot: str) -> dict[str, int]:
    return dict(Message.objects.filter(ordering_key=lot).values_list("business_key", "sequence"))


@pytest.mark.parametrize("size", SIZES)
def test_numbers_of_a_key_follow_the_order_of_arrival(world, size):
    documents = [sample(number, lot=f"L-{number % 2}") for number in range(size)]
    answers = receive.receive([incoming(document) for document in documents])
    assert not any(answer.is_duplicate or answer.is_conflict for answer in answers)
    for lot in (0, 1):
        of_lot = [f"S-{number}" for number in range(size) if number % 2 == lot]
        assert sequences(f"L-{lot}") == {key: place for place, key in enumerate(of_lot, 1)}
    more = receive.receive([incoming(sample(1000, lot="L-0"))])
    assert sequences("L-0")["S-1000"] == (size + 1) // 2 + 1
    assert [answer.is_duplicate for answer in more] == [False]


@pytest.mark.parametrize("size", SIZES)
def test_repeats_leave_no_row_and_take_no_number(world, size):
    receive.receive([incoming(sample(0))])
    documents = [sample(0), *(sample(number) for number in range(1, size - 1)), sample(1)]
    changed = incoming(sample(0, verdict="NOK"))
    answers = receive.receive([*(incoming(document) for document in documents), changed])
    kinds = Counter((answer.is_duplicate, answer.is_conflict) for answer in answers)
    assert kinds == {(False, False): size - 2, (True, False): 2, (False, True): 1}
    assert answers[0].message_id == Message.objects.get(business_key="S-0").id
    assert answers[-2].message_id == Message.objects.get(business_key="S-1").id  # its first came in the same group
    assert Message.objects.count() == MessageState.objects.count() == Inbox.objects.count() == size - 1
    assert Payload.objects.filter(stage="received").count() == size - 1
    assert KeyHead.objects.get(ordering_key="L-1").last == size - 1
    assert Inbox.objects.get(id=answers[0].message_id).duplicates == 1


def test_a_message_without_an_ordering_key_has_no_number(world):
    item = incoming(sample(1))
    item.ordering_key = ""
    receive.receive([item])
    assert (Message.objects.get().sequence, KeyHead.objects.exists()) == (0, False)


@pytest.mark.skipif("database.vendor != 'postgresql'", reason="SQLite knows no length of a column")
def test_what_a_column_cannot_hold_is_refused_and_not_cut(world):
    item = incoming(sample(1))
    item.event_type = "x" * 1000
    with pytest.raises(DataError, match="too long"):
        receive.receive([item])


def test_a_batch_is_prepared_in_the_transaction_that_accepts_it(client, world):
    events = [event(number) for number in range(20)]
    events[7]["data"]["verdict"] = "WHO KNOWS"
    events[8]["data"]["unheard"] = "of"
    answer = post(client, world, events, media=BATCH)
    assert answer.status_code == 202
    assert Counter(MessageState.objects.values_list("state", flat=True)) == {"routed": 19, "quarantined": 1}
    held = MessageState.objects.get(state="quarantined")
    assert (held.reason, held.error_field, held.error_value) == ("unmapped", "$.verdict", "WHO KNOWS")
    assert Drift.objects.get(path="$.unheard").count == 1
    story = client.get(f"/api/v1/messages/{answer.json()['items'][0]['id']}", headers=bearer(world)).json()
    assert [hop["what"] for hop in story["hops"]] == ["received", "received,validated,mapped,routed"]
    drain()
    assert sorted(world.target.references()) == sorted(f"S-{number}" for number in range(7))  # S-7 holds its lot


def test_what_cannot_be_prepared_at_the_door_is_accepted_all_the_same(client, world, monkeypatch):
    made, at = routing.delivery_row, DELIVERY_COLUMNS.index("state")

    def without_a_state(delivery_id, message, *rest):
        row = made(delivery_id, message, *rest)
        return row if message.business_key != "S-3" else (*row[:at], None, *row[at + 1 :])

    monkeypatch.setattr(routing, "delivery_row", without_a_state)
    events = [event(number, data=sample(number, lot=f"L-{number}")) for number in range(20)]
    assert post(client, world, events, media=BATCH).status_code == 202
    assert set(MessageState.objects.values_list("state", flat=True)) == {"received"}
    drain()
    assert Counter(MessageState.objects.values_list("state", flat=True)) == {"complete": 19, "quarantined": 1}
    assert "S-3" not in world.target.references()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("database.vendor != 'postgresql'", reason="SQLite has one writer: two doors cannot meet")
def test_doors_that_meet_over_the_same_keys_neither_lock_up_nor_give_a_number_twice(world):
    """Each of four doors sends the same twenty records and twenty of its own, in an order of its own."""
    failures: list[BaseException] = []

    def door(place: int) -> None:
        own = [incoming(sample(100 * place + number, lot=f"L-{number % 3}")) for number in range(20)]
        shared = [incoming(sample(number, lot=f"L-{number % 3}")) for number in range(20)]
        items = [item for pair in zip(own, shared, strict=True) for item in pair]
        if place % 2:
            items.reverse()
        try:
            for start in range(0, len(items), 7):
                receive.receive(items[start : start + 7])
        except BaseException as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=door, args=(place,)) for place in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Message.objects.count() == 5 * 20
    for lot in ("L-0", "L-1", "L-2"):
        numbers = sorted(sequences(lot).values())
        assert numbers == list(range(1, len(numbers) + 1))
    assert not Delivery.objects.exists()


def bearer(world) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.token}"}


def test_every_writer_takes_shared_keys_in_one_order_whatever_the_collation():
    """Python sorts "B" before "a", most databases the other way round: two writers of both would deadlock."""
    for column in ("idempotency_key", "ordering_key"):
        assert f'ORDER BY interface_key COLLATE "C", {column} COLLATE "C"' in ACCEPT
