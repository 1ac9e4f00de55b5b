"""A queue through the hub: read, stored, delivered to another one; and a crash at the worst moment of each step."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.contrib.kafka.streams import TopicStream
from connectors.contrib.rabbitmq.streams import QueueStream
from hub.flow import vault
from hub.flow.intake import poll as polling
from hub.flow.intake.poll import poll_due
from hub.flow.sending import clients
from hub.flow.work import drain
from hub.models import (
    Checkpoint,
    ClosedDelivery,
    Delivery,
    InterfaceControl,
    Message,
    MessageState,
    Payload,
    Run,
    StreamState,
)
from tests.connectors.fixtures.queues.kafka import Tansu
from tests.connectors.fixtures.queues.rabbitmq import running
from tests.connectors.fixtures.queues.wire import Wire
from tests.factories.processes import until
from tests.factories.world import release, sample
from tests.integration.test_poll import again, polled

pytestmark = [
    pytest.mark.django_db, pytest.mark.services, pytest.mark.req("M3.2"), pytest.mark.req("M4.4"),
    pytest.mark.xdist_group("kafka"),
]  # fmt: skip


class Crash(BaseException):
    """What is under way ends here, as when the process is killed."""


def crashing(*args, **kwargs):
    raise Crash


def restart() -> None:
    """The next process: no open sessions, and the lease of the one before has run out."""
    clients.drop_all()
    StreamState.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


class RabbitMq:
    """Two queues, and the connection that a test reads one and writes the other by."""

    stream = QueueStream

    def __init__(self, broker) -> None:
        self.broker, self.incoming, self.outgoing = broker, broker.queue("in"), broker.queue("out")
        self.credentials = {"user": "env:HUB_CONNECTION_MQ_USER", "password": "env:HUB_CONNECTION_MQ_PASSWORD"}

    def connection(self, **where) -> dict:
        streams, sinks = {"results": {"queue": self.incoming, "page_size": 2}}, {"orders": {"queue": self.outgoing}}
        settings = self.broker.settings(streams=streams, sinks=sinks, **where)
        return _connection("rabbitmq", settings, self.credentials)

    def put(self, *bodies) -> None:
        for number, body in enumerate(bodies):
            self.broker.put(self.incoming, body, message_id=f"m-{number}")

    def waiting(self) -> int:
        return self.broker.count(self.incoming)

    def delivered(self) -> list[str]:
        return [json.loads(message.body)["reference"] for message in self.broker.take(self.outgoing)]


class Kafka:
    """Two topics; one partition each, so that the order of what arrives can be seen."""

    stream = TopicStream

    def __init__(self, broker: Tansu) -> None:
        self.broker, self.incoming, self.outgoing = broker, broker.topic("in", 1), broker.topic("out", 1)

    def connection(self, **where) -> dict:
        streams, sinks = {"results": {"topic": self.incoming, "page_size": 2}}, {"orders": {"topic": self.outgoing}}
        return _connection("kafka", self.broker.settings(streams=streams, sinks=sinks, **where), {})

    def put(self, *bodies) -> None:
        self.broker.put(self.incoming, *bodies)

    def waiting(self) -> int:
        read = self.broker.offsets(self.incoming).get(0, 0)
        return len(self.broker.take(self.incoming)) - read

    def delivered(self) -> list[str]:
        return [json.loads(message.value())["reference"] for message in self.broker.take(self.outgoing)]


def _connection(connector: str, settings: dict, credentials: dict) -> dict:
    named = {"key": "lims-mq", "label": "Queues", "system": "lims", "connector": connector}
    return {**named, "settings": settings, "credentials": credentials}


def through(queues, **where) -> None:
    """An interface from the one queue to the other."""
    interface = polled("IF-010", "lims-mq", "results")
    interface["routes"] = [{"key": "out", "connection": "lims-mq", "sink": "orders", "mapping": "qms-result"}]
    release(("connection", queues.connection(**where)), ("interface", interface))


@pytest.fixture
def rabbitmq(world, monkeypatch):
    with running() as broker:
        monkeypatch.setenv("HUB_CONNECTION_MQ_USER", broker.user)
        monkeypatch.setenv("HUB_CONNECTION_MQ_PASSWORD", broker.password)
        yield RabbitMq(broker)
        clients.drop_all()


@pytest.fixture(scope="module")
def tansu():
    with Tansu() as broker:
        yield broker


@pytest.fixture(params=["rabbitmq", "kafka"])
def queues(request, world):
    if request.param == "rabbitmq":
        return request.getfixturevalue("rabbitmq")
    return Kafka(request.getfixturevalue("tansu"))


def test_what_a_queue_holds_is_delivered_to_another_one(queues):
    through(queues)
    queues.put(*(sample(n) for n in range(1, 6)))
    assert poll_due() == 5
    assert queues.waiting() == 0
    drain()
    assert queues.delivered() == [f"S-{n}" for n in range(1, 6)]
    assert set(ClosedDelivery.objects.values_list("state", flat=True)) == {"confirmed"}
    assert all(ClosedDelivery.objects.values_list("external_id", flat=True))
    assert again() == 0


def test_a_poisoned_message_is_quarantined_and_the_others_are_delivered(queues):
    through(queues)
    queues.put(sample(1), b"\x00\xff not JSON", sample(2))
    assert poll_due() == 3
    drain()
    assert queues.delivered() == ["S-1", "S-2"]
    state = MessageState.objects.get(reason="unreadable")
    assert state.state == "quarantined"
    assert "UTF-8" in state.sentence
    assert queues.waiting() == 0


POISONS = {
    "nested": b'{"sample": ' + b"[" * 600 + b"]" * 600 + b', "lot": "L-1"}',
    "nul": b'{"sample": "S\\u0000", "lot": "L-1"}',
    "digits": b'{"sample": "S-9", "lot": "L-1", "n": ' + b"9" * 4000 + b"}",
    "exponent": b'{"sample": "S-8", "lot": "L-1", "n": 1e999999999999999999}',
    "half a character": b'{"sample": "\\ud800", "lot": "L-1"}',
    "empty": b"{}",
}


def sent(queues, reference: str) -> bool:
    """A broker that was slow to answer is asked again when that is due."""
    drain()
    return reference in queues.delivered()


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_no_message_stops_the_queue_whatever_it_holds(queues, poison):
    """Taken or quarantined, never again and again: the reading ends well, and what came after it is there."""
    through(queues)
    queues.put(poison, sample(2))
    assert poll_due() == 2
    assert StreamState.objects.get(interface_key="IF-010").sentence == ""
    assert queues.waiting() == 0
    until(lambda: sent(queues, "S-2"), "what came after it is delivered")
    for broken in MessageState.objects.filter(reason="unreadable"):
        assert vault.opened(Payload.objects.get(message_id=broken.id, stage="received")) == poison


@pytest.mark.parametrize("name", [b"\xed\xa0\x80", b"\xff", b"a\0b", b"x" * 255], ids=str)
def test_no_message_id_stops_the_queue(rabbitmq, name):
    through(rabbitmq)
    rabbitmq.broker.put(rabbitmq.incoming, "not JSON", message_id=name)
    rabbitmq.broker.put(rabbitmq.incoming, sample(2), message_id=name)
    assert poll_due() == 2
    assert rabbitmq.waiting() == 0
    assert MessageState.objects.filter(state="quarantined").count() == 1


def test_a_crash_between_the_commit_and_the_acknowledgement_neither_loses_nor_doubles(queues, monkeypatch):
    through(queues)
    queues.put(*(sample(n) for n in range(1, 4)))
    with monkeypatch.context() as patched:
        patched.setattr(queues.stream, "committed", crashing)
        with pytest.raises(Crash):
            poll_due()
    assert Message.objects.count() == 2, "the first page was committed"
    restart()
    assert queues.waiting() == 3, "and nothing of it was acknowledged"
    assert again() == 1
    drain()
    assert queues.delivered() == ["S-1", "S-2", "S-3"]
    assert queues.waiting() == 0
    last = Run.objects.order_by("-started_at").first()
    repeats = 2 if queues.stream is QueueStream else 0  # Kafka goes on from the hub's own checkpoint
    assert (last.accepted, last.duplicates) == (1, repeats)


def test_a_crash_before_the_commit_leaves_all_in_the_queue(queues, monkeypatch):
    through(queues)
    queues.put(sample(1), sample(2), sample(3))
    with monkeypatch.context() as patched:
        patched.setattr(polling, "receive_within", crashing)
        with pytest.raises(Crash):
            poll_due()
    assert not Message.objects.exists()
    assert not Checkpoint.objects.exists()
    restart()
    assert queues.waiting() == 3
    assert again() == 3


def test_a_run_that_lost_its_lease_gives_back_what_it_fetched_at_once(rabbitmq, monkeypatch):
    """The session lives on for a minute, and would else keep the page from whoever reads now."""
    through(rabbitmq)
    rabbitmq.put(sample(1), sample(2), sample(3))
    kept = []
    closing = QueueStream.read

    def held(self, since):
        kept.append(closing(self, since))  # somebody still refers to the pages: nothing is collected by chance
        return kept[-1]

    with monkeypatch.context() as patched:
        patched.setattr(QueueStream, "read", held)
        patched.setattr(polling, "_save", lambda *args, **kwargs: False)
        assert poll_due() == 0
    assert rabbitmq.waiting() == 3
    restart()
    assert again() == 3


def test_the_key_of_the_contract_goes_before_what_the_sender_wrote_around_the_message(rabbitmq):
    """They differ for the connector; the contract of this interface names the key, and the repeat is counted."""
    through(rabbitmq)
    for mark in "ab":
        rabbitmq.broker.put(rabbitmq.incoming, sample(1), correlation_id=mark)
    assert poll_due() == 1
    assert Run.objects.get().duplicates == 1


def test_a_queue_that_is_not_there_halts_the_interface_with_its_name(rabbitmq):
    through(rabbitmq)
    rabbitmq.broker.channel.queue_delete(rabbitmq.incoming)
    assert poll_due() == 0
    control = InterfaceControl.objects.get(interface__key="IF-010")
    assert control.is_halted
    assert rabbitmq.incoming in control.paused_because


def test_a_confirm_that_is_lost_leaves_the_delivery_in_doubt_and_sends_nothing_again(rabbitmq):
    wire = Wire(rabbitmq.broker.host, rabbitmq.broker.port)
    through(rabbitmq, port=wire.port)
    rabbitmq.put(sample(1))
    assert poll_due() == 1
    wire.hungry = b'"reference":"S-1"'
    drain()
    assert Delivery.objects.get().state == "in_doubt"
    drain()
    assert rabbitmq.delivered() == ["S-1"]
    clients.drop_all()
    wire.close()
