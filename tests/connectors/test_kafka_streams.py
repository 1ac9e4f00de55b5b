"""Topics that are read: offsets and checkpoints, and what is quarantined."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest

from connectors import configuration
from connectors.contrib.kafka import Kafka
from connectors.errors import Misconfigured
from connectors.network import NetworkPolicy
from connectors.records import BrokenRecord, Checkpoint
from tests.connectors.fixtures.queues.kafka import Tansu

pytestmark = [pytest.mark.services, pytest.mark.req("M3.2"), pytest.mark.xdist_group("kafka")]


@pytest.fixture(scope="module")
def broker():
    with Tansu() as broker:
        yield broker


def reading(broker, topic, **source):
    return broker.connector(streams={"results": {"topic": topic, **source}})


def stored(checkpoint: Checkpoint) -> Checkpoint:
    """As the hub keeps it."""
    return Checkpoint(json.loads(json.dumps(checkpoint.cursor)))


def places(pages) -> list[str]:
    return [record.identity[-1] for page in pages for record in page.records]


def test_offsets_are_committed_only_when_the_page_was_committed(broker):
    topic = broker.topic(partitions=1)
    broker.put(topic, *({"n": n} for n in range(5)))
    with reading(broker, topic, page_size=2) as client:
        stream = client.stream("results")
        pages = stream.read(None)
        first = next(pages)
        assert broker.offsets(topic) == {}
        stream.committed(first)
        assert broker.offsets(topic) == {0: 2}
        next(pages)  # read, and the hub did not come to commit it
        pages.close()
        assert broker.offsets(topic) == {0: 2}
        assert places(stream.read(stored(first.checkpoint))) == ["2", "3", "4"]
        assert places(stream.read(None)) == ["2", "3", "4"]  # without a checkpoint the group says where
        stream.committed(first)  # too late, and it says nothing


def test_the_checkpoint_of_the_hub_goes_before_the_offsets_of_the_group(broker):
    """A crash between the commit of the page and that of the offsets neither loses nor repeats."""
    topic = broker.topic(partitions=1)
    broker.put(topic, {"n": 0}, {"n": 1})
    with reading(broker, topic) as client:
        (page,) = client.stream("results").read(None)
        broker.put(topic, {"n": 2})
        assert places(client.stream("results").read(stored(page.checkpoint))) == ["2"]


def test_a_checkpoint_of_another_topic_means_nothing(broker):
    topic = broker.topic(partitions=1)
    broker.put(topic, {"n": 0})
    with reading(broker, topic) as client:
        since = Checkpoint({"topic": "another", "offsets": {"0": 1}})
        assert places(client.stream("results").read(since)) == ["0"]


def test_pages_are_bounded_by_count_and_by_bytes(broker):
    topic = broker.topic(partitions=1)
    broker.put(topic, *({"n": n, "text": "x" * 1000} for n in range(6)))
    with reading(broker, topic, page_size=4) as client:
        assert [len(page.records) for page in client.stream("results").read(None)] == [4, 2]
    with reading(broker, topic, page_bytes=2000) as client:
        assert [len(page.records) for page in client.stream("results").read(None)] == [2, 2, 2]


def test_an_empty_topic_has_no_page(broker):
    with reading(broker, broker.topic()) as client:
        assert list(client.stream("results").read(None)) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{not json", "is not JSON"),
        (b"", "is not JSON"),
        (None, "marks a key as deleted"),
        (b"[1, 2]", "not an object with fields"),
        (b'{"a": "\xe4"}', "UTF-8: at byte 7"),
        (b'{"text": "' + b"x" * 5000 + b'"}', "5012 bytes, more than the 4000 of 'max_bytes'"),
    ],
)
def test_a_poisoned_message_is_broken_with_every_byte_and_stops_nothing(broker, body, words):
    topic = broker.topic(partitions=1)
    broker.put(topic, {"n": 0}, body, {"n": 2})
    with reading(broker, topic, max_bytes=4000) as client:
        (page,) = client.stream("results").read(None)
    first, broken, last = page.records
    assert (first.data, last.data) == ({"n": 0}, {"n": 2})
    assert isinstance(broken, BrokenRecord)
    assert broken.identity == (topic, "0", "1")
    assert broken.raw == (b"k" if body is None else body)
    assert words in broken.reason


def test_a_record_has_exact_numbers_its_time_and_its_place_or_its_own_id(broker):
    topic = broker.topic(partitions=1)
    broker.put(topic, b'{"ph": 7.10}', headers=[("ce_id", b"e-1")])
    with reading(broker, topic) as client:
        (page,) = client.stream("results").read(None)
    (record,) = page.records
    assert record.identity == (topic, "0", "0")
    assert record.data == {"ph": Decimal("7.10")}
    assert isinstance(record.changed_at, datetime)
    with reading(broker, topic, id_header="ce_id") as client:
        assert places(client.stream("results").read(None)) == ["e-1"]


def test_messages_that_were_deleted_before_they_were_read_are_kept_as_a_fact(own_cluster):
    """Retention was shorter than the hub was away: that is no reason to stop, and none to say nothing."""
    topic, first = own_cluster.trimmed()
    with own_cluster.connector(streams={"results": {"topic": topic, "page_size": 10_000}}) as client:
        pages = client.stream("results").read(Checkpoint({"topic": topic, "offsets": {"0": 1}}))
        gap, following = [record for page in pages for record in page.records][:2]
    assert isinstance(gap, BrokenRecord)
    assert gap.identity == (topic, "0", f"1-{first - 1}")
    assert f"messages 1 to {first - 1}" in gap.reason
    assert following.identity[-1] == str(first)


def test_a_topic_that_was_made_anew_halts(own_cluster):
    topic = own_cluster.filled(3)
    client = own_cluster.connector(streams={"results": {"topic": topic}})
    with client, pytest.raises(Misconfigured, match="made anew"):
        list(client.stream("results").read(Checkpoint({"topic": topic, "offsets": {"0": 500}})))


class OwnCluster:
    """The broker that librdkafka brings for tests of its own: unlike Tansu it says when an offset is gone."""

    def __init__(self) -> None:
        from confluent_kafka import Producer

        self.producer = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        (found,) = self.producer.list_topics(timeout=10).brokers.values()
        self.place = f"{found.host}:{found.port}"

    def filled(self, messages: int, size: int = 10) -> str:
        for _ in range(messages):
            self.producer.produce("results", json.dumps({"text": "x" * size}).encode(), partition=0)
        assert self.producer.flush(20) == 0
        return "results"

    def trimmed(self) -> tuple[str, int]:
        """More than the five mebibytes that a partition keeps: its first offset has moved."""
        from confluent_kafka import Consumer, TopicPartition

        topic = self.filled(80, 100_000)
        looker = Consumer({"bootstrap.servers": self.place, "group.id": "look", "log_level": 0})
        first, _ = looker.get_watermark_offsets(TopicPartition(topic, 0), timeout=10)
        looker.close()
        assert first > 1
        return topic, first

    def connector(self, **declared) -> Kafka:
        settings = {"brokers": [self.place], "tls": False, "timeout": 5, **declared}
        network = NetworkPolicy(("127.0.0.0/8", "localhost"))
        return Kafka(configuration.load(Kafka.Settings, settings), Kafka.Credentials(), network=network)


@pytest.fixture
def own_cluster(broker):
    return OwnCluster()
