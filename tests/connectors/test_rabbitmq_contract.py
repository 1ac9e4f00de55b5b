"""The contract of a connector, over the real RabbitMQ behind a proxy that can lose a confirm."""

from __future__ import annotations

from typing import ClassVar

import pytest

from connectors.conformance import ConnectorContract
from connectors.contrib.rabbitmq import RabbitMq
from connectors.records import Record
from tests.connectors.fixtures.queues.rabbitmq import running
from tests.connectors.fixtures.queues.wire import Wire

pytestmark = [pytest.mark.services, pytest.mark.req("M3.2")]


class RabbitMqContract(ConnectorContract):
    """Eleven messages to read, a queue to write to."""

    connector = RabbitMq
    promised: ClassVar[dict] = {}

    @pytest.fixture(autouse=True)
    def _broker(self):
        with running() as self.broker:
            self.results, self.orders = self.broker.queue("results"), self.broker.queue("orders")
            for number in range(11):
                self.broker.put(self.results, {"sample": f"S-{number}", "ph": 7.125}, message_id=f"m-{number}")
            self.wire = Wire(self.broker.host, self.broker.port)
            yield
            self.wire.close()

    @pytest.fixture
    def settings(self):
        streams = {"results": {"queue": self.results, "page_size": 4}}
        sinks = {"orders": {"queue": self.orders, **self.promised}}
        return self.broker.settings(host="127.0.0.1", port=self.wire.port, streams=streams, sinks=sinks)

    @pytest.fixture
    def credentials(self):
        return RabbitMq.Credentials(self.broker.user, self.broker.password)

    @pytest.fixture
    def bad_credentials(self):
        return RabbitMq.Credentials("il_nobody", "hunter2-secret")

    @pytest.fixture
    def unreachable(self, settings, closed_url):
        return {**settings, "port": int(closed_url.rpartition(":")[2])}

    def record(self, sink):
        return Record(("L-1",), {"lot": "L-1", "note": "µ"})

    def lose_answer(self):
        self.wire.hungry = b"contract-5"


class TestRabbitMq(RabbitMqContract):
    def objects(self, sink):
        return self.broker.count(self.orders)


class TestReadersThatDropRepeats(RabbitMqContract):
    """As who reads the queue sees it: a message whose id came before is none."""

    promised: ClassVar[dict] = {"readers_drop_repeats": True}

    def objects(self, sink):
        seen = self.broker.take(self.orders)
        for message in seen:
            self.broker.put(self.orders, message.body, message_id=message.properties["message_id"])
        return len({message.properties["message_id"] for message in seen})
