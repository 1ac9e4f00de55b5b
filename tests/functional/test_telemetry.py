"""Traces reach a real collector, say what was done, and give no value away."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.factories.processes import ROOT, until
from tests.factories.world import sample
from tests.functional.test_processes import broker, database, embedded, grown  # noqa: F401 - fixtures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes"), pytest.mark.req("M4.4")]


@pytest.fixture
def collector():
    pytest.importorskip("opentelemetry.proto", reason="requirements-telemetry.txt is not installed")
    from tests.factories.collector import Collector

    with Collector() as running:
        yield running


def test_an_embedded_hub_tells_its_requests_and_deliveries(embedded, target, collector):  # noqa: F811
    embedded.start("web", HUB_OTEL_ENDPOINT=collector.url)
    embedded.post(sample(1, lot="L-secret-lot"))
    until(lambda: target.references() == ["S-1"], "The arrival of the message")
    embedded.get("/api/v1/messages?state=complete&interface=IF-001")
    embedded.ask_to_stop("web")
    embedded.processes.pop("web")
    routes = {one["interlock.route"] for one in collector.named("request")}
    assert routes == {"api/v1/interfaces/<key>/messages", "api/v1/messages"}
    assert collector.named("deliver") == [
        {
            "interlock.interface": "IF-001",
            "interlock.route": "qms",
            "interlock.deliveries": 1,
            "interlock.outcomes": "confirmed",
        }
    ]
    assert {service for service, _, _ in collector.spans} == {"interlock-web"}
    for value in (b"L-secret-lot", b"S-1", embedded.token.encode(), b"state=complete"):
        assert value not in collector.raw


@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_worker_tells_its_deliveries(grown, target, collector):  # noqa: F811
    grown.start("web", "worker", "beat", HUB_OTEL_ENDPOINT=collector.url)
    grown.post(sample(1))
    until(lambda: target.references() == ["S-1"], "The arrival of the message")
    grown.ask_to_stop("worker")
    grown.processes.pop("worker")
    assert ("interlock-worker", "deliver") in {(service, name) for service, name, _ in collector.spans}


def test_a_collector_that_is_down_costs_no_message(embedded, target):  # noqa: F811
    embedded.start("web", HUB_OTEL_ENDPOINT="http://127.0.0.1:1")
    embedded.post(sample(1))
    until(lambda: target.references() == ["S-1"], "The arrival of the message")


def test_libraries_that_are_absent_are_named_at_the_start(tmp_path):
    absent = "import sys; sys.modules['opentelemetry'] = None"
    check = "sys.argv = ['manage.py', 'check']; import manage; manage.main()"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment = {**clean, "HUB_HOME": str(tmp_path), "HUB_OTEL_ENDPOINT": "http://127.0.0.1:4318"}
    done = subprocess.run(
        [sys.executable, "-c", f"{absent}; {check}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "hub.E010" in done.stderr
    assert "pip install -r requirements-telemetry.txt" in done.stderr
