"""What a message is as a record, and what is kept of one that is none."""

from __future__ import annotations

import json

import pytest

from connectors.contrib.mqtt.payload import KEPT_WHOLE, SAMPLE, Arrived, record_of
from connectors.contrib.mqtt.settings import Source
from connectors.records import BrokenRecord, Record
from tests.connectors.fixtures.mqtt.brokers import machine
from tests.connectors.fixtures.mqtt.lab import Lab

pytestmark = [pytest.mark.services, pytest.mark.req("B5")]


@pytest.fixture
def lab():
    broker = machine()
    yield Lab(broker)
    broker.forget(f"{broker.settings()['client_id']}-results")


def test_what_is_no_record_is_kept_whole_with_its_reason_and_the_others_are_read(lab):
    lab.read()
    topic = f"{lab.broker.prefix}/l1/ph"
    twins, big = '{"sample": "S-3", "sample": "S-4"}', json.dumps({"sample": "S-5", "note": "x" * 200})
    broken = ["{no json", b"\xff\xfe", "21.5", "", '{"ph": 7}', twins, '{"mqtt_topic": "mine", "sample": "S"}', big]
    lab.broker.publish(topic, *broken)
    lab.publish("S-9")
    *found, last = lab.read(max_bytes=100)
    assert last.identity == ("S-9",)
    assert {type(item) for item in found} == {BrokenRecord}
    assert [item.raw for item in found] == [part if isinstance(part, bytes) else part.encode() for part in broken]
    words = ["not JSON", "byte 0 stands 0xff", "not an object", "empty", "'sample'", "twice", "its own", "'max_bytes'"]
    assert all(word in item.reason and topic in item.reason for word, item in zip(words, found, strict=True))
    assert lab.read(max_bytes=100) == []


def test_a_bare_value_is_a_record_where_the_stream_names_a_field_for_it(lab):
    lab.read()
    lab.broker.publish(f"{lab.broker.prefix}/l1/ph", "7.10")
    (record,) = lab.read(value_field="ph", identity=["ph"])
    assert (str(record.data["ph"]), record.identity) == ("7.10", ("7.10",))


def test_a_user_property_tells_messages_apart_and_one_without_it_is_quarantined(lab):
    lab.read()
    topic, more = f"{lab.broker.prefix}/l1/ph", {"properties": {"message-id": "id"}, "identity": ["id"]}
    lab.broker.publish(topic, '{"ph": 7}', message_id="M-1")
    lab.broker.publish(topic, '{"ph": 7}', message_id="M-2")
    lab.broker.publish(topic, '{"ph": 7}')
    first, second, without = lab.read(**more)
    assert (first.identity, second.identity) == (("M-1",), ("M-2",))
    assert first.data["id"] == "M-1"
    assert isinstance(without, BrokenRecord)
    assert "'id'" in without.reason


def test_without_an_identity_the_digest_tells_apart_what_differs_in_topic_or_payload():
    source = Source(topics=("a",))
    one, other, topic, same = (
        record_of(Arrived(1, 1, 1, topic, payload), source)
        for topic, payload in [("a", b'{"ph":7}'), ("a", b'{"ph":8}'), ("b", b'{"ph":7}'), ("a", b'{"ph":7}')]
    )
    assert len({one.identity, other.identity, topic.identity}) == 3
    assert one == same, "the limit that the README states"
    assert isinstance(one, Record)


def test_of_a_huge_payload_a_sample_and_the_digest_are_kept():
    kept = record_of(Arrived(1, 1, 1, "a", b"x" * (KEPT_WHOLE + 1)), Source(topics=("a",)))
    assert (len(kept.raw), "SHA-256" in kept.reason) == (SAMPLE, True)
    assert len(record_of(Arrived(1, 1, 1, "a", b"x" * KEPT_WHOLE), Source(topics=("a",))).raw) == KEPT_WHOLE


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b'{"ph": ' + b"[" * 100 + b"]" * 100 + b"}", "is nested deeper than 100 levels"),
        (b'{"ph": 1e401}', "1e401 is outside the range"),
        (b'{"ph": 18446744073709551616}', "outside the range"),
    ],
)
def test_what_the_hub_could_not_handle_further_on_is_kept_with_its_reason(payload, words):
    """It would stop the stream there; what is just within the bounds is a record."""
    found = record_of(Arrived(1, 1, 1, "a", payload), Source(topics=("a",)))
    assert isinstance(found, BrokenRecord)
    assert (found.raw, words in found.reason) == (payload, True)
    assert isinstance(record_of(Arrived(1, 1, 1, "a", b'{"ph": 1e400}'), Source(topics=("a",))), Record)
