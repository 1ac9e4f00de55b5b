"""Queues that are read: what stays in the queue, what leaves it, and what is quarantined."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.errors import (
    Unreachable,
)  # fmt: skip
from connectors.records import BrokenRecord, Record
from tests.connectors.fixtures.queues.rabbitmq import running
from tests.connectors.fixtures.queues.wire import Wire
from tests.factories.processes import until

pytestmark = [pytest.mark.services, pytest.mark.req("M3.2")]


@pytest.fixture
def broker():
    with running() as broker:
        yield broker


@pytest.fixture
def wire(broker):
    wire = Wire(broker.host, broker.port)
    yield wire
    wire.close()


def reading(broker, queue, **source):
    return broker.connector(streams={"results": {"queue": queue, **source}})


def identities(stream) -> list[str]:
    return [record.identity[-1] for page in stream.read(None) for record in page.records]


def test_a_message_leaves_the_queue_only_when_its_page_was_committed(broker):
    queue = broker.queue("in")
    for number in range(5):
        broker.put(queue, {"n": number}, message_id=f"m-{number}")
    with reading(broker, queue, page_size=2) as client:
        stream = client.stream("results")
        pages = stream.read(None)
        stream.committed(next(pages))
        next(pages)  # fetched, and the hub did not come to commit it
        pages.close()
        assert broker.count(queue) == 3
        assert identities(client.stream("results")) == ["m-2", "m-3", "m-4"]


def test_a_session_that_is_lost_gives_back_what_was_not_acknowledged(broker, wire):
    queue = broker.queue("in")
    broker.put(queue, {"n": 1}, message_id="m-1")
    with broker.connector(port=wire.port, streams={"results": {"queue": queue}}) as lost:
        stream = lost.stream("results")
        pages = stream.read(None)
        page = next(pages)
        wire.cut()
        with pytest.raises(Unreachable):
            next(pages)
        stream.committed(page)  # too late, and it says nothing: the message is in the queue
    with reading(broker, queue) as other:
        assert until(lambda: identities(other.stream("results")), "the message is back") == ["m-1"]


def test_pages_are_bounded_by_count_and_by_bytes(broker):
    queue = broker.queue("in")
    for number in range(6):
        broker.put(queue, {"n": number, "text": "x" * 1000})
    with reading(broker, queue, page_size=4) as client:
        assert [len(page.records) for page in client.stream("results").read(None)] == [4, 2]
    with reading(broker, queue, page_bytes=2000) as client:
        assert [len(page.records) for page in client.stream("results").read(None)] == [2, 2, 2]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{not json", "is not JSON"),
        (b"", "is not JSON"),
        (b"[1, 2]", "not an object with fields"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": "\xe4"}', "UTF-8: at byte 7"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "deeper than 100 levels"),
        (b'{"a": 1e401}', "1e401 is outside the range"),
        (b'{"a": 18446744073709551616}', "outside the range"),
        (b'{"text": "' + b"x" * 5000 + b'"}', "5012 bytes, more than the 4000 of 'max_bytes'"),
    ],
)
def test_a_poisoned_message_is_broken_with_every_byte_and_stops_nothing(broker, body, words):
    queue = broker.queue("in")
    broker.put(queue, {"n": 1}, message_id="m-1")
    broker.put(queue, body, message_id="bad")
    broker.put(queue, {"n": 2}, message_id="m-2")
    with reading(broker, queue, max_bytes=200_000 if body.startswith(b"[[") else 4000) as client:
        stream = client.stream("results")
        for page in stream.read(None):
            first, broken, last = page.records
            stream.committed(page)
    assert (first.identity, last.identity) == (("m-1",), ("m-2",))
    assert isinstance(broken, BrokenRecord)
    assert broken.raw == body
    assert words in broken.reason
    assert "'bad'" in broken.reason
    assert broker.count(queue) == 0


def test_a_record_has_exact_numbers_and_the_time_of_its_sender(broker):
    queue = broker.queue("in")
    broker.put(queue, '\ufeff{"ph": 7.10}', message_id="m-1", timestamp=1_772_366_400)
    broker.put(queue, {"n": 1}, message_id="m-2", timestamp=2**62)  # no such time
    with reading(broker, queue) as client:
        (page,) = client.stream("results").read(None)
    assert page.records[0] == Record(("m-1",), {"ph": Decimal("7.10")}, datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert page.records[1].changed_at is None


def test_a_message_without_id_is_known_by_its_contents_and_its_sender(broker):
    """Also after a redelivery; but two that differ in what their sender wrote around them are two."""
    queue = broker.queue("in")
    broker.put(queue, {"n": 1}, correlation_id="a")
    broker.put(queue, {"n": 1}, correlation_id="b")
    with reading(broker, queue) as client:
        first = identities(client.stream("results"))
        assert identities(client.stream("results")) == first
    assert len(set(first)) == 2
    assert all(name.startswith("sha256:") for name in first)


def test_properties_that_are_no_text_stop_no_queue(broker):
    queue = broker.queue("in")
    broker.put(queue, {"n": 1}, message_id=b"\xe4\xff")
    broker.put(queue, {"n": 1}, message_id=b"\xe4\xfe")
    broker.put(queue, {"n": 2}, message_id="m-2")
    with reading(broker, queue) as client:
        first, second, third = identities(client.stream("results"))
        assert [first, second, third] == identities(client.stream("results"))
    assert first.startswith("unreadable:")
    assert first != second
    assert third == "m-2"
