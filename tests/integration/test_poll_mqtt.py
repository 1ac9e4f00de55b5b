"""Topics of a real broker through the hub: published while it was away, crashes on either side of the commit."""

from __future__ import annotations

import json
import socket
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from connectors.contrib.mqtt.streams import TopicStream
from hub.flow.intake.poll import poll_due
from hub.flow.sending import clients
from hub.flow.work import drain
from hub.models import Checkpoint, Delivery, Inbox, InterfaceControl, Message, MessageState, Run, StreamState
from tests.connectors.fixtures.mqtt.brokers import Mosquitto, Observer, machine
from tests.connectors.fixtures.mqtt.wires import AnswerEater
from tests.factories.world import contents, interface, release, sample, to_canonical
from tests.integration.test_delivery import settle_all
from tests.integration.test_intake import post
from tests.integration.test_poll import again, polled

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.services,
    pytest.mark.req("B5"),
    pytest.mark.req("M4.4"),
]


@pytest.fixture
def broker(world):
    found = machine()
    yield found
    clients.drop_all()
    found.forget(f"{found.settings()['client_id']}-results")


def connection(broker, *, version: str = "5", **more) -> dict:
    streams = {"results": {"topics": [f"{broker.prefix}/+/ph"], "identity": ["sample"], "page_size": 4, "wait_ms": 200}}
    settings = broker.settings(version=version, **{"streams": streams, **more})
    return {"key": "lims-mqtt", "label": "MQTT", "system": "lims", "connector": "mqtt", "settings": settings}


def subscribe(broker, **more) -> None:
    """Release the interface, let it subscribe, and sign the hub out."""
    release(("connection", connection(broker, **more)), ("interface", polled("IF-010", "lims-mqtt", "results")))
    assert poll_due() == 0
    clients.drop_all()


def publish(broker, *numbers: int, **more) -> None:
    lines = [json.dumps({"sample": f"S-{number}", "lot": "L-1", "verdict": "OK"}) for number in numbers]
    broker.publish(f"{broker.prefix}/l1/ph", *lines, **more)


def crash(monkeypatch, where, name: str) -> None:
    """The process dies there: its connections end without a word, and its lease runs out."""

    def die(*args, **kwargs):
        for client in clients._local.clients.values():
            for session in client.connector._readers.values():
                session.client.socket().shutdown(socket.SHUT_RDWR)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(where, name, die)
        with pytest.raises(KeyboardInterrupt):
            again()
    clients.drop_all()
    StreamState.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


def repeats() -> int:
    return Inbox.objects.aggregate(n=Sum("duplicates"))["n"] or 0


def test_what_was_published_while_nobody_was_connected_is_delivered_in_order_and_once(world, broker):
    subscribe(broker)
    publish(broker, *range(1, 11))
    assert again() == 10
    drain()
    assert world.target.references() == [f"S-{number}" for number in range(1, 11)]
    clients.drop_all()
    assert (again(), repeats()) == (0, 0), "nothing is left at the broker"


def test_the_topic_can_be_mapped(world, broker):
    rules = [{"target": "lot", "path": "$.mqtt_topic"} if r["target"] == "lot" else r for r in to_canonical()["rules"]]
    release(("mapping", to_canonical(rules=rules)))
    subscribe(broker)
    publish(broker, 1)
    again()
    drain()
    assert [effect["lot"] for effect in world.target.effects] == [f"{broker.prefix}/l1/ph"]


def test_a_crash_between_commit_and_acknowledgement_neither_loses_nor_doubles(world, broker, monkeypatch):
    subscribe(broker)
    publish(broker, *range(1, 7))
    crash(monkeypatch, TopicStream, "committed")
    assert Message.objects.count() == 4, "the page was committed"
    assert again() == 2
    assert repeats() == 4, "the broker sent them again, and the inbox knew them"
    drain()
    assert world.target.references() == [f"S-{number}" for number in range(1, 7)]
    clients.drop_all()
    assert (again(), repeats()) == (0, 4)


def test_a_crash_before_the_commit_acknowledges_nothing(world, broker, monkeypatch):
    subscribe(broker)
    publish(broker, *range(1, 7))
    crash(monkeypatch, Checkpoint.objects, "update_or_create")
    assert not Message.objects.exists()
    assert (again(), repeats()) == (6, 0)
    drain()
    assert world.target.references() == [f"S-{number}" for number in range(1, 7)]


def test_what_is_no_json_or_too_large_is_quarantined_and_stops_nothing(world, broker):
    subscribe(broker, streams={"results": {"topics": [f"{broker.prefix}/+/ph"], "max_bytes": 100, "wait_ms": 200}})
    publish(broker, 1)
    broker.publish(f"{broker.prefix}/l1/ph", "{broken", json.dumps({"sample": "S-2", "lot": "x" * 100}))
    publish(broker, 3)
    assert again() == 4
    drain()
    sentences = MessageState.objects.filter(state="quarantined", reason="unreadable").values_list("sentence", flat=True)
    assert sorted("JSON" in sentence or "'max_bytes'" in sentence for sentence in sentences) == [True, True]
    assert world.target.references() == ["S-1", "S-3"]
    assert Run.objects.get().quarantined == 2


@pytest.mark.parametrize(("version", "seen_again"), [("5", 0), ("3.1.1", 1)])
def test_a_retained_message_is_taken_once_however_often_the_hub_signs_in(world, broker, version, seen_again):
    publish(broker, 1, retain=True)
    release(
        ("connection", connection(broker, version=version)), ("interface", polled("IF-010", "lims-mqtt", "results"))
    )
    assert poll_due() == 1
    clients.drop_all()
    assert (again(), repeats()) == (0, seen_again)
    drain()
    assert world.target.references() == ["S-1"]
    broker.clear(f"{broker.prefix}/l1/ph")


def test_a_wrong_password_halts_the_interface_and_says_so(world, tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_CONNECTION_MQTT", "hunter2-secret")
    monkeypatch.setenv("HUB_CONNECTION_MQTT_USER", "hub")
    own = Mosquitto(tmp_path)
    try:
        references = {"user": "env:HUB_CONNECTION_MQTT_USER", "password": "env:HUB_CONNECTION_MQTT"}
        given = {**connection(own), "credentials": references}
        release(("connection", given), ("interface", polled("IF-010", "lims-mqtt", "results")))
        assert poll_due() == 0
        control = InterfaceControl.objects.get(interface__key="IF-010")
        assert (control.is_halted, "access denied" in control.paused_because) == (True, True)
        assert "hunter2" not in control.paused_because
    finally:
        own.close()


# --- out ---------------------------------------------------------------------------------------------


@pytest.fixture
def observer(broker):
    found = Observer(broker)
    yield found
    found.close()


def send_to(broker, **target) -> None:
    sinks = {"results": {"topic": f"{broker.prefix}/out", **target}}
    release(("connection", {**connection(broker, streams={}, sinks=sinks), "key": "qms-mqtt", "system": "qms"}))
    (route,) = dict(contents(""))["interface"]["routes"]
    release(("interface", interface(routes=[{**route, "connection": "qms-mqtt"}])))


def test_a_message_is_published_and_confirmed(client, world, observer, broker):
    send_to(broker)
    post(client, world, sample(1))
    settle_all()
    ((topic, payload),) = observer.seen()
    assert (topic, json.loads(payload)["reference"]) == (f"{broker.prefix}/out", "S-1")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(("declared", "messages", "state"), [(False, 1, "in_doubt"), (True, 2, None)])
def test_after_a_lost_puback_a_person_decides_unless_readers_drop_repeats(
    client, world, observer, broker, declared, messages, state
):
    proxy = AnswerEater(broker)
    try:
        near = type(broker)("127.0.0.1", proxy.port)
        near.prefix = broker.prefix
        send_to(near, readers_drop_repeats=declared)
        proxy.hungry = True
        post(client, world, sample(1))
        settle_all()
        assert len(observer.seen()) == messages
        assert Delivery.objects.values_list("state", flat=True).first() == state
        clients.drop_all()
    finally:
        proxy.close()
