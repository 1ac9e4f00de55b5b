"""Topics that are written to: what a report is worth, and what a missing one."""

from __future__ import annotations

import json

import pytest

from connectors.errors import OutcomeUnknown, RecordRejected, Unreachable
from connectors.records import Receipt, Record
from tests.connectors.fixtures.queues.kafka import Tansu, free_port
from tests.connectors.fixtures.queues.wire import Wire

pytestmark = [pytest.mark.services, pytest.mark.req("M3.2"), pytest.mark.xdist_group("kafka")]

ONE = Record(("L-1",), {"lot": "L-1"})


@pytest.fixture(scope="module")
def broker():
    with Tansu() as broker:
        yield broker


def test_a_message_carries_the_key_of_the_hub_and_its_own(broker):
    topic = broker.topic()
    with broker.connector(sinks={"orders": {"topic": topic, "key": "{data.lot}"}}) as client:
        receipt = client.sink("orders").write(ONE, idempotency_key="k-1")
        with pytest.raises(RecordRejected, match="no single value"):
            client.sink("orders").write(Record(("x",), {}), idempotency_key="k-2")
    (message,) = broker.take(topic)
    assert receipt == Receipt(f"{topic}/{message.partition()}/{message.offset()}")
    assert (message.value(), message.key()) == (b'{"lot":"L-1"}', b"L-1")
    assert dict(message.headers())["idempotency-key"] == b"k-1"


def test_many_are_reported_one_by_one_and_in_order(broker):
    topic = broker.topic()
    items = [(Record(("same",), {"n": n}), f"k-{n}") for n in range(60)]
    items[30] = (Record(("bad",), {"n": "\ud800"}), "k-30")
    with broker.connector(sinks={"orders": {"topic": topic}}) as client:
        outcomes = list(client.sink("orders").write_many(items))
    assert [type(one) for one in outcomes[29:32]] == [Receipt, RecordRejected, Receipt]
    assert [json.loads(message.value())["n"] for message in broker.take(topic)] == [n for n in range(60) if n != 30]


def test_a_cluster_that_went_away_before_the_write_leaves_no_doubt_and_one_that_goes_during_it_does():
    port = free_port()
    wire = Wire("127.0.0.1", port, stays_dead=True)
    with Tansu(f"127.0.0.1:{wire.port}", port) as broker:
        topic = broker.topic()
        where = {"brokers": [f"127.0.0.1:{wire.port}"]}
        with broker.connector(sinks={"orders": {"topic": topic}}, **where) as client:
            assert client.sink("orders").write(ONE, idempotency_key="k-1")
            wire.hungry = b"k-2"
            with pytest.raises(OutcomeUnknown):
                client.sink("orders").write(ONE, idempotency_key="k-2")
            with pytest.raises(Unreachable):
                client.sink("orders").write(ONE, idempotency_key="k-3")
        wire.revive()
        assert {dict(message.headers())["idempotency-key"] for message in broker.take(topic)} == {b"k-1", b"k-2"}
    wire.close()


def test_a_message_that_is_too_large_is_rejected_before_it_is_sent(broker):
    topic = broker.topic()
    with broker.connector(sinks={"orders": {"topic": topic, "max_bytes": 1000}}) as client:
        with pytest.raises(RecordRejected, match="at most 1000"):
            client.sink("orders").write(Record(("x",), {"text": "x" * 1000}), idempotency_key="k-1")
        assert client.sink("orders").write(ONE, idempotency_key="k-2")


def test_what_is_promised_after_a_lost_answer_is_said_by_the_settings(broker):
    sinks = {"plain": {"topic": "t"}, "dropped": {"topic": "t", "readers_drop_repeats": True}}
    client = broker.connector(sinks=sinks)
    assert [client.sink(name).guarantee() for name in sinks] == ["none", "native"]
