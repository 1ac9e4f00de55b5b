"""What Prometheus is told, and who may ask."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from hub.flow.work import drain
from hub.selectors.watching import operation
from tests.factories.world import INTERFACE as KEY
from tests.factories.world import sample
from tests.functional.busy import make_busy
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M4.4")]

ALERTS = Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "alerts.yml"
TOKEN = "a token of a test"


@pytest.fixture(autouse=True)
def _near(settings):
    settings.HUB_METRICS_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.HUB_METRICS_TOKEN = ""


def told(client) -> dict[tuple[str, ...], float]:
    """(name, label values …) → value."""
    text = client.get("/metrics").content.decode()
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_the_figures_are_those_of_the_rows(client, world):
    post(client, world, sample(1))
    drain()
    world.target.status_for["S-2"] = 422
    post(client, world, sample(2))
    drain()
    found = told(client)
    assert found["interlock_messages_accepted_day", KEY] == 2
    assert found["interlock_deliveries_confirmed_day", KEY] == 1
    assert found["interlock_deliveries", KEY, "dead"] == 1
    assert found["interlock_deliveries", KEY, "in_doubt"] == 0
    assert found["interlock_backlog", KEY] == 0
    assert found["interlock_delivery_latency_seconds", KEY, "0.99"] >= 0
    assert found["interlock_broker_up",] == 1


def test_they_are_told_while_the_hub_takes_in_no_more(client, world, settings):
    """So an operator sees the backlog run dry before an upgrade."""
    post(client, world, sample(1))
    settings.HUB_MAINTENANCE = "The hub is upgraded until 14:00 UTC."
    assert post(client, world, sample(2)).status_code == 503
    assert told(client)["interlock_backlog", KEY] == 1
    drain()
    assert told(client)["interlock_backlog", KEY] == 0


def test_what_waits_is_told_with_its_age(client, world):
    post(client, world, sample(1))
    found = told(client)
    assert found["interlock_backlog", KEY] == 1
    assert found["interlock_messages", KEY, "received"] == 1
    assert found["interlock_backlog_oldest_seconds", KEY] > 0


def test_every_name_in_the_alert_rules_is_told(client, world):
    names = set(re.findall(r"# TYPE (\w+) gauge", client.get("/metrics").content.decode()))
    rules = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"interlock_\w+", rule["expr"])}
    assert asked
    assert asked <= names


def test_more_interfaces_cost_no_more_queries(world):
    with CaptureQueriesContext(connection) as few:
        operation.operation()
    make_busy(world)
    with CaptureQueriesContext(connection) as many:
        operation.operation()
    assert len(many) == len(few) == 8


def test_a_database_that_does_not_fit_is_told_and_nothing_else(client, monkeypatch):
    monkeypatch.setattr("hub.health.database_sentence", lambda: "The database does not answer.")
    assert {name for name, *_ in told(client)} == {
        "interlock_build_info", "interlock_database_ready", "interlock_broker_up",
    }  # fmt: skip
    assert told(client)["interlock_database_ready",] == 0


def test_without_a_setting_the_address_does_not_exist(client, settings):
    settings.HUB_METRICS_NETWORKS = []
    assert client.get("/metrics").status_code == 404


def test_from_elsewhere_it_does_not_exist(client):
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.9").status_code == 200


def test_through_a_proxy_nobody_is_near(client):
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 404


def test_a_token_is_compared(client, settings):
    settings.HUB_METRICS_NETWORKS, settings.HUB_METRICS_TOKEN = [], TOKEN
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_metrics_are_only_read(client):
    assert client.post("/metrics").status_code == 405
