"""The contract of a connector, over a real broker behind a proxy that asks for a password and can lose an answer."""

from __future__ import annotations

from typing import ClassVar

import pytest

from connectors.conformance import ConnectorContract
from connectors.contrib.kafka import Kafka
from connectors.records import Record
from tests.connectors.fixtures.queues.kafka import PASSWORD, USER, SaslWire, Tansu, free_port, signed_in

pytestmark = [pytest.mark.services, pytest.mark.req("M3.2"), pytest.mark.xdist_group("kafka")]


@pytest.fixture(scope="module")
def behind():
    """The broker for its own clients, and the proxy that the connector is sent to."""
    port = free_port()
    wire = SaslWire("127.0.0.1", port, stays_dead=True)
    with Tansu(f"127.0.0.1:{wire.port}", port):
        yield wire
    wire.close()


class KafkaContract(ConnectorContract):
    """Eleven messages in two partitions to read, a topic to write to."""

    connector = Kafka
    promised: ClassVar[dict] = {}

    @pytest.fixture(autouse=True)
    def _topics(self, behind):
        self.wire = behind
        behind.revive()
        self.broker = signed_in(f"127.0.0.1:{behind.port}")
        self.results, self.orders = self.broker.topic("results"), self.broker.topic("orders")
        for partition, numbers in enumerate((range(6), range(6, 11))):
            self.broker.put(self.results, *({"sample": f"S-{n}", "ph": 7.125} for n in numbers), partition=partition)

    @pytest.fixture
    def settings(self):
        streams = {"results": {"topic": self.results, "page_size": 4}}
        sinks = {"orders": {"topic": self.orders, **self.promised}}
        where = {"brokers": [f"127.0.0.1:{self.wire.port}"], "tls": False, "sasl": "PLAIN", "timeout": 2}
        return {**where, "streams": streams, "sinks": sinks}

    @pytest.fixture
    def credentials(self):
        return Kafka.Credentials(USER, PASSWORD)

    @pytest.fixture
    def bad_credentials(self):
        return Kafka.Credentials(USER, "hunter2-secret")

    @pytest.fixture
    def unreachable(self, settings, closed_url):
        return {**settings, "brokers": [closed_url.removeprefix("http://")]}

    def record(self, sink):
        return Record(("L-1",), {"lot": "L-1", "note": "µ"})

    def lose_answer(self):
        self.wire.hungry = b"contract-5"


class TestKafka(KafkaContract):
    def objects(self, sink):
        return len(self.broker.take(self.orders))


class TestReadersThatDropRepeats(KafkaContract):
    """As who reads the topic sees it: a message whose key came before is none."""

    promised: ClassVar[dict] = {"readers_drop_repeats": True}

    def objects(self, sink):
        return len({dict(message.headers())["idempotency-key"] for message in self.broker.take(self.orders)})
