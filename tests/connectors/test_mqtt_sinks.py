"""Records as messages: what a PUBACK means, what its absence means, and what is refused before anything is sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors import configuration
from connectors.base import Guarantee
from connectors.contrib.mqtt import Mqtt
from connectors.errors import (
    AccessDenied,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    RecordRejected,
    Unreachable,
)
from connectors.records import Record
from tests.connectors.fixtures.mqtt.brokers import Broker, Mosquitto, Observer, machine
from tests.connectors.fixtures.mqtt.wires import PUBLISH, AnswerEater, Scripted

pytestmark = [pytest.mark.services, pytest.mark.req("B5")]
VERSIONS = pytest.mark.parametrize("version", ["5", "3.1.1"])
ORDER = Record(("O-1",), {"order": "O-1", "ph": Decimal("7.10"), "line": "l7"})


@pytest.fixture
def broker():
    return machine()


@pytest.fixture
def observer(broker):
    found = Observer(broker)
    yield found
    found.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    running = Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    yield running
    running.close()


@pytest.fixture
def own(running):
    running.renew()
    return running


@pytest.fixture
def scripted():
    opened = []

    def start(**script) -> tuple[Scripted, Broker]:
        opened.append(Scripted(**script))
        return opened[-1], Broker("127.0.0.1", opened[-1].port)

    yield start
    for server in opened:
        server.close()


def write(broker, record=ORDER, key="k-1", *, version="5", timeout=5, topic="out", **target):
    declared = {"orders": {"topic": f"{broker.prefix}/{topic}", **target}}
    with broker.connector(version=version, timeout=timeout, sinks=declared) as connector:
        return connector.sink("orders").write(record, idempotency_key=key)


@VERSIONS
def test_a_record_is_one_message_with_every_digit_and_its_key_where_it_is_asked_for(broker, observer, version):
    receipt = write(broker, version=version, key_field="message", topic="{line}/orders")
    topic = f"{broker.prefix}/l7/orders"
    assert observer.seen() == [(topic, b'{"order":"O-1","ph":7.10,"line":"l7","message":"k-1"}')]
    assert receipt.external_id == f"{topic}#k-1"


def test_with_5_the_key_travels_as_a_user_property(scripted):
    server, broker = scripted()
    write(broker)
    (body,) = [body for kind, body in server.heard if kind == PUBLISH]
    assert b"\x26\x00\x0fidempotency-key\x00\x03k-1" in body


@pytest.mark.parametrize("value", ["a/b", "+", "#", "", None, True, "a\0", ["x"]])
def test_a_value_that_is_no_level_of_a_topic_is_refused_by_name_and_nothing_is_sent(broker, observer, value):
    with pytest.raises(RecordRejected, match="'line'") as refused:
        write(broker, Record((), {"line": value}), topic="{line}/orders")
    assert list(refused.value.field_errors) == ["line"]
    assert observer.seen() == []


def test_a_record_that_json_lacks_or_that_hides_the_key_is_refused(broker, observer):
    with pytest.raises(RecordRejected, match="written as JSON"):
        write(broker, Record((), {"note": "\ud800"}))
    with pytest.raises(RecordRejected, match="'order' of its own"):
        write(broker, key_field="order")
    assert observer.seen() == []


def test_a_message_that_nobody_subscribes_to_is_not_called_delivered(broker):
    with pytest.raises(Unreachable, match="nobody who subscribes"):
        write(broker)
    assert write(broker, needs_subscriber=False).external_id
    assert write(broker, retain=True).external_id, "the broker keeps it for who comes"
    broker.clear(f"{broker.prefix}/out")
    readers = {"orders": {"topics": [f"{broker.prefix}/#"], "wait_ms": 100}}
    with broker.connector(streams=readers) as reader:
        list(reader.stream("orders").read(None))
    assert write(broker).external_id, "its session waits for it, though it is away"
    broker.forget(f"{broker.settings()['client_id']}-orders")
    assert write(broker, version="3.1.1").external_id, "3.1.1 cannot say so: the limit that the README states"


@VERSIONS
def test_a_lost_puback_leaves_the_outcome_unknown_and_the_next_write_is_sound(broker, observer, version):
    proxy = AnswerEater(broker)
    try:
        near = Broker("127.0.0.1", proxy.port)
        near.prefix = broker.prefix
        with near.connector(version=version, sinks={"orders": {"topic": f"{broker.prefix}/out"}}) as connector:
            sink = connector.sink("orders")
            sink.write(ORDER, idempotency_key="k-1")
            proxy.hungry = True
            with pytest.raises(OutcomeUnknown, match="no PUBACK"):
                sink.write(ORDER, idempotency_key="k-2")
            sink.write(ORDER, idempotency_key="k-3")
        assert len(observer.seen()) == 3, "the broker had taken it"
    finally:
        proxy.close()


def test_a_broker_that_is_silent_leaves_the_outcome_unknown(scripted):
    with pytest.raises(OutcomeUnknown, match="within 1 s"):
        write(scripted(puback=None)[1], timeout=1)


def test_a_connection_that_broke_between_two_writes_is_made_anew_and_nothing_is_in_doubt(tmp_path):
    broker = Mosquitto(tmp_path)
    try:
        target = {"topic": f"{broker.prefix}/out", "needs_subscriber": False}
        with broker.connector(sinks={"orders": target}) as connector:
            sink = connector.sink("orders")
            sink.write(ORDER, idempotency_key="k-1")
            broker.close()
            with pytest.raises(Unreachable):
                sink.write(ORDER, idempotency_key="k-2")
            broker.start()
            assert sink.write(ORDER, idempotency_key="k-2").external_id
    finally:
        broker.close()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0x80, Unreachable),
        (0x83, Unreachable),
        (0x87, AccessDenied),
        (0x90, RecordRejected),
        (0x97, RateLimited),
        (0x99, RecordRejected),
    ],
)
def test_a_puback_that_says_no_has_its_class(scripted, code, kind):
    with pytest.raises(Exception, match="refused the message") as refused:
        write(scripted(puback=code)[1])
    assert type(refused.value) is kind


def test_a_topic_that_the_user_may_not_write_is_denied_with_5(own):
    with pytest.raises(AccessDenied, match="access denied"):
        write(own, topic="forbidden", needs_subscriber=False)
    assert write(own, topic="allowed", needs_subscriber=False).external_id
    assert write(own, topic="forbidden", version="3.1.1").external_id, "3.1.1 cannot say so: the README states it"


def test_a_record_larger_than_the_broker_takes_is_refused_before_it_costs_the_connection(own):
    target = {"topic": f"{own.prefix}/out", "needs_subscriber": False}
    with own.connector(sinks={"orders": target}) as connector:
        sink = connector.sink("orders")
        with pytest.raises(RecordRejected, match="4000 at most"):
            sink.write(Record((), {"note": "x" * 4000}), idempotency_key="k-1")
        assert sink.write(Record((), {"note": "x" * 3500}), idempotency_key="k-2").external_id
    with pytest.raises(OutcomeUnknown):  # 3.1.1 names no limit: the broker hangs up, and nobody can say
        write(own, Record((), {"note": "x" * 4000}), version="3.1.1")


@pytest.mark.parametrize(("terms", "words"), [(b"\x24\x00", "QoS 0 only"), (b"\x25\x00", "no retained messages")])
def test_a_broker_that_lacks_what_the_sink_needs_halts_it(scripted, terms, words):
    server, broker = scripted(terms=terms)
    with pytest.raises(Misconfigured, match=words):
        write(broker, retain=True)
    assert PUBLISH not in [kind for kind, _ in server.heard]


def test_the_guarantee_is_none_unless_readers_are_declared_to_drop_repeats():
    sinks = {"plain": {"topic": "a"}, "known": {"topic": "a", "readers_drop_repeats": True}}
    connector = Broker("127.0.0.1", 1).connector(sinks=sinks)
    assert connector.sink("plain").guarantee() is Guarantee.NONE
    assert connector.sink("known").guarantee() is Guarantee.NATIVE


@pytest.mark.parametrize("topic", ["", "a/#", "a/+", "$SYS/x", "a/{", "a/{x y}", "a\0"])
def test_a_topic_that_cannot_be_published_to_is_refused_with_its_value(topic):
    with pytest.raises(Misconfigured, match="without wildcards"):
        configuration.load(Mqtt.Settings, {"host": "h", "client_id": "c", "sinks": {"a": {"topic": topic}}})


@pytest.mark.parametrize(
    "declared",
    [
        {"streams": {"a": {"topics": ["a"], "properties": {"id": "id"}}}},
        {"sinks": {"a": {"topic": "a", "readers_drop_repeats": True}}},
        {"tls": False, "ca_file": "/etc/ca.pem", "version": "5"},
        {"host": "a b"},
        {"streams": {"a": {"topics": []}}},
        {"streams": {"a": {"topics": ["a"], "value_field": "mqtt_topic"}}},
    ],
)
def test_settings_that_cannot_work_together_are_refused(declared):
    with pytest.raises(Misconfigured, match="it must"):
        configuration.load(Mqtt.Settings, {"host": "h", "client_id": "c", "version": "3.1.1", **declared})
