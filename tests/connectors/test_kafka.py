"""Connections to Kafka: whom the library may connect to, and what is wrong is said."""

from __future__ import annotations

import socket
import sys

import pytest

from connectors import configuration
from connectors.contrib.kafka import Kafka
from connectors.contrib.kafka.scram import Refused, Scram
from connectors.errors import AccessDenied, Misconfigured, Unreachable
from connectors.network import PUBLIC_ONLY, NetworkPolicy
from connectors.records import Record
from tests.connectors.fixtures.queues.kafka import Tansu, free_port
from tests.connectors.fixtures.queues.tls import TlsEnd

pytestmark = [pytest.mark.services, pytest.mark.req("M3.2"), pytest.mark.xdist_group("kafka")]

ONE = Record(("L-1",), {"lot": "L-1"})


@pytest.fixture(scope="module")
def broker():
    with Tansu() as broker:
        yield broker


def reading(broker, topic, **source):
    return broker.connector(streams={"results": {"topic": topic, **source}})


@pytest.fixture
def elsewhere():
    """A place that nobody may be sent to; it counts who came."""
    with socket.create_server(("127.0.0.2", 0)) as server:
        server.settimeout(1)
        yield server


def test_a_broker_that_the_cluster_names_is_checked_before_anything_connects_to_it(elsewhere):
    port = elsewhere.getsockname()[1]
    with Tansu(f"127.0.0.2:{port}") as broker:
        only_here = NetworkPolicy(("127.0.0.1",))
        with pytest.raises(Misconfigured, match=r"127\.0\.0\.2"), broker.connector(network=only_here):
            pass
        with pytest.raises(TimeoutError):
            elsewhere.accept()
        assert broker.connector(network=NetworkPolicy(("127.0.0.0/8",))).check().ok


def test_a_name_without_tls_must_be_listed(broker):
    with Tansu(f"localhost:{(port := free_port())}", port) as named:
        with pytest.raises(Misconfigured, match="'localhost': without TLS"), named.connector():
            pass
        listed = NetworkPolicy(("127.0.0.0/8", "localhost"))
        assert named.connector(network=listed).check().ok


def test_the_first_broker_must_pass_the_policy_too(broker):
    with pytest.raises(Misconfigured, match="loopback"), broker.connector(network=PUBLIC_ONLY):
        pass


def test_the_next_broker_is_asked_where_the_first_is_away(broker):
    away = f"127.0.0.1:{free_port()}"
    assert broker.connector(brokers=[away, broker.place]).check().ok
    with pytest.raises(Unreachable), broker.connector(brokers=[away]):
        pass


def test_tls_trusts_who_is_vouched_for_and_nobody_else(tmp_path):
    port, outside = free_port(), free_port()
    listed = NetworkPolicy(("127.0.0.0/8", "localhost"))
    with (
        TlsEnd(tmp_path, ("127.0.0.1", port), outside) as end,
        Tansu(f"localhost:{outside}", port) as broker,
    ):
        secure = {"brokers": [f"localhost:{outside}"], "tls": True, "network": listed}
        trusting = broker.connector(ca_file=str(end.certificate), **secure)
        health = trusting.check()
        assert health.ok, health.message
        with pytest.raises(Misconfigured, match="not trusted"), broker.connector(**secure):
            pass
        with pytest.raises(Unreachable, match=r"TLS|lost|in time"), broker.connector(tls=True, network=listed):
            pass


def test_a_missing_topic_is_known_by_the_test_halts_and_is_not_made(broker):
    for declared in ({"streams": {"a": {"topic": "nobody-made-me"}}}, {"sinks": {"a": {"topic": "nobody-made-me"}}}):
        health = broker.connector(**declared).check()
        assert not health.ok
        assert "no topic 'nobody-made-me'" in health.message
    with reading(broker, "nobody-made-me") as client, pytest.raises(Misconfigured, match="no topic"):
        list(client.stream("results").read(None))
    client = broker.connector(sinks={"a": {"topic": "nobody-made-me"}})
    with client, pytest.raises(Misconfigured, match="no topic"):
        client.sink("a").write(ONE, idempotency_key="k-1")


def test_a_server_of_scram_that_does_not_know_us_denies_access():
    with Tansu("", 0, "--authentication") as broker, pytest.raises(AccessDenied) as caught:
        broker.connector(sasl="SCRAM-SHA-256", credentials=Kafka.Credentials("hub", "hunter2-secret")).open()
    assert "hunter2" not in caught.value.message + caught.value.detail


def test_a_way_to_sign_in_that_the_cluster_does_not_offer_halts(broker):
    with pytest.raises(Misconfigured, match="SCRAM-SHA-512"):
        broker.connector(sasl="SCRAM-SHA-512", credentials=Kafka.Credentials("hub", "secret")).open()


def test_what_does_not_answer_as_kafka_does_is_unreachable(broker, wire):
    server = wire(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(Unreachable), broker.connector(brokers=[server.url.removeprefix("http://")]):
        pass


def test_without_the_library_a_sentence_says_which(broker, monkeypatch):
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    health = broker.connector().check()
    assert not health.ok
    assert "confluent-kafka" in health.message
    assert "requirements-kafka.txt" in health.message


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"brokers": []}, "at least one"),
        ({"brokers": ["kafka-1"]}, "such as"),
        ({"brokers": ["kafka-1:99999"]}, "such as"),
        ({"brokers": ["a:1"], "streams": {"x": {"topic": "no blank"}}}, "letters, digits"),
        ({"brokers": ["a:1"], "streams": {"x": {"topic": "t", "group": ""}}}, "'group'"),
        ({"brokers": ["a:1"], "sasl": "GSSAPI"}, "SCRAM-SHA-512"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(settings, words):
    with pytest.raises(Misconfigured, match=words):
        configuration.load(Kafka.Settings, settings)


def test_the_proof_of_scram_is_that_of_the_standard():
    """The conversation of RFC 7677, section 3."""
    scram = Scram("SCRAM-SHA-256", "user", "pencil", nonce="rOprNGfwEbeRWgbNEkqO")
    assert scram.first() == b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    said = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    proof = b",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    assert scram.final(said) == b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0" + proof
    scram.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    with pytest.raises(Refused):
        scram.verify(b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")


@pytest.mark.parametrize(
    "said",
    [b"", b"r=another,s=AAAA,i=4096", b"r=mine-and-more,s=AAAA,i=99999999", b"r=mine-and-more,s=!,i=4096", b"\xff"],
)
def test_a_server_that_does_not_play_by_the_standard_is_not_answered(said):
    with pytest.raises(Refused):
        Scram("SCRAM-SHA-256", "user", "pencil", nonce="mine").final(said)
