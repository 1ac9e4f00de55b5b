"""Topics as records: what waits for a hub that was away, what is acknowledged, what is retained, what is no record."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors import configuration
from connectors.contrib.mqtt import Mqtt
from connectors.errors import Misconfigured, Unreachable
from connectors.records import BrokenRecord
from tests.connectors.fixtures.mqtt.brokers import Mosquitto, machine
from tests.connectors.fixtures.mqtt.lab import Lab

pytestmark = [pytest.mark.services, pytest.mark.req("B5"), pytest.mark.req("M4.4")]
VERSIONS = pytest.mark.parametrize("version", ["5", "3.1.1"])


@pytest.fixture
def broker():
    found = machine()
    yield found
    for stream in ("results", "others"):
        found.forget(f"{found.settings()['client_id']}-{stream}")


@pytest.fixture
def lab(broker):
    return Lab(broker)


@VERSIONS
def test_what_was_published_while_nobody_was_connected_is_read_with_its_topic(broker, version):
    lab = Lab(broker, version)
    assert lab.read() == []
    broker.publish(f"{broker.prefix}/l7/ph", '{"sample": "S-1", "ph": 7.10, "n": 12345678901234567890}')
    (record,) = lab.read()
    assert record.identity == ("S-1",)
    assert record.data == {
        "sample": "S-1", "ph": Decimal("7.10"), "n": 12345678901234567890, "mqtt_topic": f"{broker.prefix}/l7/ph",
    }  # fmt: skip
    assert str(record.data["ph"]) == "7.10"
    assert lab.read() == []


@VERSIONS
def test_a_message_that_was_not_acknowledged_comes_again_and_an_acknowledged_one_does_not(broker, version):
    lab = Lab(broker, version)
    lab.read()
    lab.publish("S-1", "S-2")
    assert lab.samples(acknowledges=False) == ["S-1", "S-2"]
    assert lab.samples() == ["S-1", "S-2"]
    assert lab.samples() == []


def test_pages_are_bounded_by_count_and_by_bytes_and_more_than_the_brokers_window_is_read(lab):
    lab.read()
    lab.publish(*(f"S-{number}" for number in range(50)))
    assert len(lab.samples(page_size=7, acknowledges=False)) >= 20, "Mosquitto's window, where nothing is acknowledged"
    assert max(lab.counts) == 7
    lab.read(page_bytes=40)
    assert max(lab.counts) == 3, "18 bytes each: full with the one that passes the bound"
    assert sum(lab.counts) == 50


def test_a_page_is_acknowledged_over_its_own_connection_only(lab):
    """A packet id of another connection would acknowledge another message."""
    lab.read()
    lab.publish("S-1", "S-2")
    streams = {"results": lab.source}
    with lab.broker.connector(streams=streams) as connector:
        pages = list(connector.stream("results").read(lab.cursor))
    with lab.broker.connector(streams=streams) as connector:
        stream = connector.stream("results")
        list(stream.read(lab.cursor))
        for page in pages:
            stream.committed(page)
    assert lab.samples() == ["S-1", "S-2"]


def test_what_is_published_at_qos_0_is_read_while_the_stream_stands_and_does_not_wait(lab):
    lab.read()
    lab.publish("S-away", qos=0)
    with lab.broker.connector(streams={"results": lab.source}) as connector:
        stream = connector.stream("results")
        assert list(stream.read(lab.cursor)) == []
        lab.publish("S-here", qos=0)
        lab.publish("S-behind")
        (page,) = stream.read(lab.cursor)
        stream.committed(page)
    assert [record.data["sample"] for record in page.records] == ["S-here", "S-behind"]
    assert lab.samples() == []


def test_reading_again_over_the_same_connection_begins_with_what_was_not_acknowledged(lab):
    lab.read()
    with lab.broker.connector(streams={"results": lab.source}) as connector:
        stream = connector.stream("results")
        lab.publish("S-1", "S-2")
        first = list(stream.read(lab.cursor))
        assert [page.records for page in stream.read(lab.cursor)] == [page.records for page in first]
        stream.committed(first[0])
        assert list(stream.read(lab.cursor)) == []


@pytest.mark.parametrize(("version", "again"), [("5", []), ("3.1.1", ["S-1"])])
def test_a_retained_message_is_read_once_with_5_and_at_each_sign_in_with_311_as_the_same_record(broker, version, again):
    lab = Lab(broker, version)
    lab.publish("S-1", line="kept", retain=True)
    (first,) = lab.read()
    second = lab.read()
    assert [record.data["sample"] for record in second] == again
    assert all(record == first for record in second), "the inbox must know it again"
    lab.publish("S-2", line="kept", retain=True)
    assert "S-2" in lab.samples(), "while the stream stands, it is a message like others"
    broker.clear(f"{broker.prefix}/kept/ph")


@VERSIONS
def test_retained_messages_can_be_skipped_and_later_ones_are_read(broker, version):
    lab = Lab(broker, version)
    lab.publish("S-1", line="kept", retain=True)
    assert lab.samples(retained="skip") == []
    lab.publish("S-2")
    assert lab.samples(retained="skip") == ["S-2"]
    broker.clear(f"{broker.prefix}/kept/ph")


def test_a_group_of_readers_shares_messages_and_each_goes_to_one_of_them(lab):
    shared = {"topics": [f"$share/hub/{lab.broker.prefix}/#"]}
    lab.read(**shared)
    with lab.broker.connector(streams={"others": {**lab.source, **shared}}) as other:
        stream = other.stream("others")
        theirs = [page.records for page in stream.read(None)]
        lab.publish(*(f"S-{number}" for number in range(10)))
        ours = lab.samples(**shared)
        theirs = [record.data["sample"] for page in stream.read(None) for record in page.records]
    assert sorted(ours + theirs) == sorted(f"S-{number}" for number in range(10))


def test_a_topic_that_is_no_longer_named_is_no_longer_read(lab):
    lab.read(topics=[f"{lab.broker.prefix}/#", f"{lab.broker.prefix}/+/ph"])
    lab.read()
    lab.broker.publish(f"{lab.broker.prefix}/l1/temperature", '{"sample": "T-1"}')
    lab.publish("S-1")
    assert lab.samples() == ["S-1"]


def test_a_session_that_the_broker_forgot_is_said_once_and_reading_goes_on(tmp_path):
    broker = Mosquitto(tmp_path)  # keeps nothing over a restart
    try:
        lab = Lab(broker)
        assert lab.read() == []
        broker.close()
        broker.start()
        lab.publish("S-lost")
        (gap,) = lab.read()
        assert isinstance(gap, BrokenRecord)
        assert "may be missing" in gap.reason
        lab.publish("S-1")
        assert lab.samples() == ["S-1"]
    finally:
        broker.close()


def test_a_second_reader_of_the_same_name_ends_the_first_which_can_begin_again(lab):
    streams = {"results": lab.source}
    with lab.broker.connector(streams=streams) as first, lab.broker.connector(streams=streams) as second:
        pages = first.stream("results").read(None)
        next(pages)
        lab.publish("S-1")
        assert len(list(second.stream("results").read(None))) == 2
        with pytest.raises(Unreachable, match="ended the connection"):
            next(pages)
        assert len(list(first.stream("results").read(None))) == 2


@pytest.mark.parametrize("topic", ["", "a#", "a/#/b", "a+/b", "$share/g", "$share//a", "$share/g+/a", "a\0b"])
def test_a_topic_filter_that_is_none_is_refused_with_its_value(topic):
    with pytest.raises(Misconfigured, match="topic filters as MQTT has them"):
        configuration.load(Mqtt.Settings, {"host": "h", "client_id": "c", "streams": {"a": {"topics": [topic]}}})


@pytest.mark.parametrize("topic", ["a", "/", "#", "+", "a/+/b/#", "$share/g/#", "$SYS/broker/uptime"])
def test_a_topic_filter_as_mqtt_has_it_is_taken(topic):
    assert configuration.load(Mqtt.Settings, {"host": "h", "client_id": "c", "streams": {"a": {"topics": [topic]}}})
