"""Queues and exchanges that are written to: what the broker's word is worth, and its silence."""

from __future__ import annotations

import amqp
import pytest

from connectors.errors import (
    Misconfigured,
    OutcomeUnknown,
    RecordRejected,
    Unreachable,
)  # fmt: skip
from connectors.records import Receipt, Record
from tests.connectors.fixtures.queues.rabbitmq import running
from tests.connectors.fixtures.queues.wire import Wire
from tests.factories.processes import until

pytestmark = [pytest.mark.services, pytest.mark.req("M3.2")]

ONE = Record(("L-1",), {"lot": "L-1"})


@pytest.fixture
def broker():
    with running() as broker:
        yield broker


@pytest.fixture
def wire(broker):
    wire = Wire(broker.host, broker.port)
    yield wire
    wire.close()


def writing(broker, **sinks):
    where = sinks.pop("where", {})
    return broker.connector(sinks=sinks, **where)


def test_a_message_is_persistent_and_carries_the_key_of_the_hub(broker):
    queue = broker.queue("out")
    with writing(broker, orders={"queue": queue}) as client:
        assert client.sink("orders").write(ONE, idempotency_key="k-1") == Receipt("k-1")
    (message,) = broker.take(queue)
    assert message.body == b'{"lot":"L-1"}'
    assert message.properties["message_id"] == "k-1"
    assert message.properties["delivery_mode"] == 2
    assert message.properties["content_type"] == "application/json"


def test_many_are_confirmed_one_by_one_and_one_that_is_wrong_costs_no_other(broker):
    queue = broker.queue("out")
    items = [(Record((str(n),), {"n": n}), f"k-{n}") for n in range(60)]
    items[30] = (Record(("bad",), {"n": "\ud800"}), "k-30")
    with writing(broker, orders={"queue": queue}) as client:
        outcomes = list(client.sink("orders").write_many(items))
    assert [type(one) for one in outcomes[29:32]] == [Receipt, RecordRejected, Receipt]
    assert [message.properties["message_id"] for message in broker.take(queue)] == [
        f"k-{n}" for n in range(60) if n != 30
    ]


def test_what_no_queue_takes_is_no_success(broker):
    """A fixed way that leads nowhere halts; one that the record itself names costs the record."""
    exchange, queue = broker.exchange("orders"), broker.queue("out")
    broker.channel.queue_bind(queue, exchange, "lot.L-1")
    fixed, by_record = (
        {"exchange": exchange, "routing_key": "x"},
        {"exchange": exchange, "routing_key": "lot.{data.lot}"},
    )
    with writing(broker, absent={"queue": f"{broker.mark}.nobody"}, fixed=fixed, by_record=by_record) as client:
        with pytest.raises(Misconfigured, match="has no queue"):
            client.sink("absent").write(ONE, idempotency_key="k-1")
        with pytest.raises(Misconfigured, match="routing key 'x'"):
            client.sink("fixed").write(ONE, idempotency_key="k-2")
        with pytest.raises(RecordRejected, match=r"routing key 'lot\.L-2'"):
            client.sink("by_record").write(Record(("L-2",), {"lot": "L-2"}), idempotency_key="k-3")
        with pytest.raises(RecordRejected, match="no single value"):
            client.sink("by_record").write(Record(("L-3",), {}), idempotency_key="k-4")
        assert client.sink("by_record").write(ONE, idempotency_key="k-5") == Receipt("k-5")
    assert broker.count(queue) == 1


def test_a_full_queue_is_asked_again_later_and_behind_an_exchange_it_is_in_doubt(broker):
    bounds = {"x-max-length": 1, "x-overflow": "reject-publish"}
    exchange, queue = broker.exchange("orders"), broker.queue("out", **bounds)
    broker.channel.queue_bind(queue, exchange, "x")
    sinks = {"queue": {"queue": queue}, "exchange": {"exchange": exchange, "routing_key": "x"}}
    with writing(broker, **sinks) as client:
        client.sink("queue").write(ONE, idempotency_key="k-1")
        with pytest.raises(Unreachable, match="full queue"):
            client.sink("queue").write(ONE, idempotency_key="k-2")
        with pytest.raises(OutcomeUnknown, match="some of its queues"):
            client.sink("exchange").write(ONE, idempotency_key="k-3")
    assert broker.count(queue) == 1


def test_an_absent_exchange_halts_and_the_session_can_be_used_again(broker):
    queue = broker.queue("out")
    with writing(broker, absent={"exchange": f"{broker.mark}.none"}, orders={"queue": queue}) as client:
        with pytest.raises(Misconfigured, match="no exchange"):
            client.sink("absent").write(ONE, idempotency_key="k-1")
        assert client.sink("orders").write(ONE, idempotency_key="k-2") == Receipt("k-2")


def test_a_session_that_ended_before_the_write_leaves_no_doubt(broker, wire):
    queue = broker.queue("out")
    with writing(broker, orders={"queue": queue}, where={"port": wire.port}) as client:
        client.sink("orders").write(ONE, idempotency_key="k-1")
        wire.close()
        with pytest.raises(Unreachable):
            client.sink("orders").write(ONE, idempotency_key="k-2")
    assert broker.count(queue) == 1


def test_a_session_that_a_reading_has_lost_leaves_no_doubt(broker, wire):
    queue = broker.queue("out")
    both = {"streams": {"back": {"queue": queue}}, "sinks": {"orders": {"queue": queue}}}
    with broker.connector(port=wire.port, **both) as client:
        client.sink("orders").write(ONE, idempotency_key="k-1")
        wire.cut()
        with pytest.raises(Unreachable):
            list(client.stream("back").read(None))
        for _ in range(2):
            with pytest.raises(Unreachable):
                client.sink("orders").write(ONE, idempotency_key="k-2")
    assert until(lambda: broker.count(queue) == 1, "the first message is back")


def test_a_session_that_the_broker_has_closed_leaves_no_doubt(broker):
    queue = broker.queue("out")
    with broker.connector(sinks={"orders": {"queue": queue}}) as client:
        client.sink("orders").write(ONE, idempotency_key="k-1")
        client.session.channel().basic_publish(amqp.Message("x"), immediate=True)  # the broker has no such thing
        with pytest.raises(Misconfigured, match="NOT_IMPLEMENTED"):
            client.look("queue", queue)
        with pytest.raises(Unreachable):
            client.sink("orders").write(ONE, idempotency_key="k-2")
    assert broker.count(queue) == 1


def test_of_many_under_way_each_without_a_confirm_is_in_doubt(broker, wire):
    queue = broker.queue("out")
    with writing(broker, orders={"queue": queue}, where={"port": wire.port}) as client:
        client.sink("orders").write(ONE, idempotency_key="k-0")
        wire.hungry = b"k-1"
        outcomes = list(client.sink("orders").write_many([(ONE, "k-1"), (ONE, "k-2")]))
    assert [type(one) for one in outcomes] == [OutcomeUnknown, OutcomeUnknown]


def test_a_message_that_is_too_large_is_rejected_before_it_is_sent(broker):
    queue = broker.queue("out")
    with writing(broker, orders={"queue": queue, "max_bytes": 100}) as client:
        with pytest.raises(RecordRejected, match="at most 100"):
            client.sink("orders").write(Record(("x",), {"text": "x" * 100}), idempotency_key="k-1")
        with pytest.raises(RecordRejected, match="longer than 255"):
            client.sink("orders").write(ONE, idempotency_key="k" * 256)
        assert client.sink("orders").write(ONE, idempotency_key="k" * 255)


def test_what_is_promised_after_a_lost_confirm_is_said_by_the_settings(broker):
    queue = broker.queue("out")
    sinks = {"plain": {"queue": queue}, "dropped": {"queue": queue, "readers_drop_repeats": True}}
    client = writing(broker, **sinks)
    assert [client.sink(name).guarantee() for name in sinks] == ["none", "native"]
