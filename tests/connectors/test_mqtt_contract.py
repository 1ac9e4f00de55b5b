"""The contract of a connector, over both versions of MQTT, at the machine's broker and at one that asks who we are."""

from __future__ import annotations

import pytest

from connectors.conformance import ConnectorContract
from connectors.contrib.mqtt import Mqtt
from connectors.records import Record
from tests.connectors.fixtures.mqtt.brokers import Mosquitto, Observer, machine
from tests.connectors.fixtures.mqtt.wires import AnswerEater

pytestmark = [pytest.mark.services, pytest.mark.req("B5")]


class MqttContract(ConnectorContract):
    """Eleven results that were published while nobody was connected, and a topic to publish to."""

    connector = Mqtt
    version = "5"
    known = False

    @pytest.fixture
    def broker(self):
        return machine()

    @pytest.fixture(autouse=True)
    def _topics(self, broker):
        broker.renew()
        self.broker, self.proxy = broker, AnswerEater(broker)
        declared = self.declared()
        with broker.connector(**declared) as first:
            list(first.stream("results").read(None))  # the broker has the session now
        for number in range(11):
            broker.publish(f"{broker.prefix}/in/{number % 2}", f'{{"sample": "S-{number:02}", "ph": 7.125}}')
        self.observer = Observer(broker)
        yield
        self.observer.close()
        broker.forget(f"{broker.settings()['client_id']}-results")
        self.proxy.close()

    def declared(self) -> dict:
        results = {"topics": [f"{self.broker.prefix}/in/+"], "identity": ["sample"], "page_size": 4, "wait_ms": 200}
        orders = {"topic": f"{self.broker.prefix}/out/{{line}}", "key_field": "key", "readers_drop_repeats": self.known}
        return {"version": self.version, "streams": {"results": results}, "sinks": {"orders": orders}}

    @pytest.fixture
    def settings(self):
        return self.broker.settings(**self.declared()) | {"port": self.proxy.port}

    @pytest.fixture
    def credentials(self):
        return Mqtt.Credentials(user=self.broker.user, password=self.broker.password)

    @pytest.fixture
    def bad_credentials(self):
        return Mqtt.Credentials(user="hub", password="hunter2-secret")

    @pytest.fixture
    def unreachable(self, settings, closed_url):
        return {**settings, "port": int(closed_url.rpartition(":")[2])}

    def record(self, sink):
        return Record(("O-1",), {"order": "O-1", "line": "L7"})

    def objects(self, sink):
        """Messages as a reader counts them; one that knows the key takes a repeat as no second one."""
        seen = [payload for topic, payload in self.observer.seen() if "/out/" in topic]
        return len(set(seen)) if self.known else len(seen)

    def lose_answer(self):
        self.proxy.hungry = True


class TestMqtt5(MqttContract):
    secured = False


class TestMqtt311(MqttContract):
    version = "3.1.1"
    secured = False


class TestReadersThatDropRepeats(MqttContract):
    known = True
    secured = False


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    running = Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    yield running
    running.close()


class TestPassword(MqttContract):
    @pytest.fixture
    def broker(self, own):
        return own
