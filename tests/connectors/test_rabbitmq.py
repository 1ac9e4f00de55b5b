"""Connections to RabbitMQ: what is wrong is said, and nothing is said of secrets."""

from __future__ import annotations

import sys

import pytest

from connectors import configuration
from connectors.contrib.rabbitmq import RabbitMq
from connectors.errors import (
    AccessDenied,
    Misconfigured,
    Unreachable,
    Unsupported,
)  # fmt: skip
from connectors.network import PUBLIC_ONLY
from connectors.records import Record
from tests.connectors.fixtures.queues.rabbitmq import running
from tests.connectors.fixtures.queues.tls import TlsEnd
from tests.connectors.fixtures.queues.wire import Wire

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


def reading(broker, queue, **source):
    return broker.connector(streams={"results": {"queue": queue, **source}})


def test_a_missing_queue_is_known_by_the_test_and_halts_the_reading(broker):
    name = f"{broker.mark}.nobody"
    client = reading(broker, name)
    assert not client.check().ok
    assert name in client.check().message
    with client, pytest.raises(Misconfigured, match="no queue"):
        list(client.stream("results").read(None))


def test_a_wrong_password_is_access_denied_and_is_not_repeated(broker):
    with pytest.raises(AccessDenied) as caught, broker.connector(password="hunter2-secret"):
        pass
    assert "hunter2" not in caught.value.message + caught.value.detail


def test_a_virtual_host_that_is_not_there_halts(broker):
    health = broker.connector(virtual_host="il-nobody").check()
    assert not health.ok
    assert "il-nobody" in health.message


def test_an_address_outside_the_policy_is_not_connected_to(broker):
    with pytest.raises(Misconfigured, match="loopback"), broker.connector(network=PUBLIC_ONLY):
        pass


def test_a_port_that_does_not_speak_tls_is_unreachable(broker):
    with pytest.raises(Unreachable, match=r"TLS|lost|in time"), broker.connector(tls=True):
        pass


def test_without_the_library_a_sentence_says_which(broker, monkeypatch):
    monkeypatch.setitem(sys.modules, "amqp", None)
    with pytest.raises(Unsupported, match="Python package amqp"), broker.connector():
        pass


@pytest.mark.parametrize(
    ("sink", "words"),
    [
        ({}, "either 'queue' or 'exchange'"),
        ({"queue": "a", "exchange": "b"}, "either 'queue' or 'exchange'"),
        ({"queue": "a", "routing_key": "b"}, "only with an 'exchange'"),
        ({"queue": "q" * 256}, "1 to 255 bytes"),
    ],
)
def test_a_sink_that_says_two_things_is_refused(sink, words):
    with pytest.raises(Misconfigured, match=words):
        configuration.load(RabbitMq.Settings, {"host": "mq", "sinks": {"orders": sink}})


def test_an_untrusted_certificate_halts(broker, tmp_path):
    """A broker with a certificate that nobody vouches for is not signed in to."""
    with TlsEnd(tmp_path, (broker.host, broker.port)) as end:
        trusting = broker.connector(host="localhost", port=end.port, tls=True, ca_file=str(end.certificate))
        assert trusting.check().ok, trusting.check().message
        queue = broker.queue("tls")
        with broker.connector(
            host="localhost", port=end.port, tls=True, ca_file=str(end.certificate), sinks={"orders": {"queue": queue}}
        ) as client:
            assert [client.sink("orders").write(ONE, idempotency_key=key).external_id for key in "ab"] == ["a", "b"]
        assert broker.count(queue) == 2
        with pytest.raises(Misconfigured, match="not trusted"), broker.connector(
            host="localhost", port=end.port, tls=True
        ):  # fmt: skip
            pass
        with pytest.raises(Misconfigured, match="not trusted"), broker.connector(
            host="127.0.0.1", port=end.port, tls=True, ca_file=str(end.certificate)
        ):  # fmt: skip
            pass  # the certificate is for localhost, and this is another name
