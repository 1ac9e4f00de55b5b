"""The demonstration family: each fails in its own way, and the store tells what was applied."""

from __future__ import annotations

import uuid

import pytest

from connectors.base import Guarantee
from connectors.configuration import load
from connectors.conformance import ConnectorContract
from connectors.contrib.demo import Demo, DemoFlaky, DemoHalted, DemoMute, DemoRejecting, DemoSilent
from connectors.contrib.demo.store import open_store
from connectors.errors import Disposition, Misconfigured, OutcomeUnknown, RecordRejected, Unreachable, Unsupported
from connectors.records import Record

RECORD = Record(("1",), {"title": "Label torn"})


@pytest.fixture(params=["memory", "file"])
def store_name(request, tmp_path):
    return f"memory:{uuid.uuid4()}" if request.param == "memory" else str(tmp_path / "demo.sqlite")


@pytest.fixture
def opened(store_name):
    """A function that opens one of the family on the store of the test."""
    clients = []

    def opened(connector):
        client = connector(load(connector.Settings, {"store": store_name}))
        client.open()
        clients.append(client)
        return client

    yield opened
    for client in clients:
        client.close()


@pytest.mark.req("B5")
class TestDemo(ConnectorContract):
    connector, remote = Demo, False

    @pytest.fixture
    def settings(self, store_name):
        self.store = store_name
        return {"store": store_name, "samples": 25}

    def record(self, sink):
        return RECORD

    def objects(self, sink):
        store = open_store(self.store)
        try:
            return store.count() or 25  # what is not yet opened has its samples to come
        finally:
            store.close()


def written(client, key="k"):
    return client.sink("deviations").write(RECORD, idempotency_key=key)


def test_flaky_cannot_be_reached_twice_and_then_works_key_by_key(opened):
    client = opened(DemoFlaky)
    for key in ("a", "b"):
        for _ in range(2):
            with pytest.raises(Unreachable):
                written(client, key)
        assert written(client, key).external_id
    assert client.store.count() == 2


def test_rejecting_names_the_field_and_applies_nothing(opened):
    client = opened(DemoRejecting)
    with pytest.raises(RecordRejected) as caught:
        written(client)
    assert set(caught.value.field_errors) == {"title"}
    assert client.store.count() == 0


@pytest.mark.req("B5")
def test_silent_applies_without_a_word_and_tells_when_asked(opened):
    client = opened(DemoSilent)
    sink = client.sink("deviations")
    assert sink.guarantee() is Guarantee.PROBE
    assert sink.find(RECORD, idempotency_key="k") is None
    with pytest.raises(OutcomeUnknown):
        written(client)
    assert sink.find(RECORD, idempotency_key="k").external_id == "1"


@pytest.mark.req("B5")
def test_mute_applies_without_a_word_and_cannot_be_asked(opened):
    client = opened(DemoMute)
    sink = client.sink("deviations")
    assert sink.guarantee() is Guarantee.NONE
    with pytest.raises(OutcomeUnknown):
        written(client)
    assert client.store.count() == 1
    with pytest.raises(Unsupported):
        sink.find(RECORD, idempotency_key="k")


def test_silent_shows_whoever_writes_twice_instead_of_asking(opened):
    client = opened(DemoSilent)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            written(client)
    assert client.store.count() == 2


def test_halted_would_fail_every_record(opened):
    with pytest.raises(Misconfigured) as caught:
        written(opened(DemoHalted))
    assert caught.value.disposition is Disposition.HALT


def test_a_file_is_shared_and_outlives_its_client(tmp_path):
    settings = load(Demo.Settings, {"store": str(tmp_path / "demo.sqlite")})
    with Demo(settings) as one, Demo(settings) as other:
        written(one)
        assert other.store.count() == 1
    with Demo(settings) as later:
        assert later.store.count() == 1


def test_a_store_that_cannot_be_opened_is_unreachable():
    client = Demo(load(Demo.Settings, {"store": "/no/such/folder/demo.sqlite"}))
    assert not client.check().ok
    with pytest.raises(Unreachable, match="cannot be opened"):
        client.open()


def test_samples_are_the_same_on_every_machine():
    def samples():
        settings = load(Demo.Settings, {"store": f"memory:{uuid.uuid4()}", "samples": 12})
        with Demo(settings) as client:
            return [page.records for page in client.stream("deviations").read(None)]

    first = samples()
    assert [len(records) for records in first] == [10, 2]
    assert first == samples()
