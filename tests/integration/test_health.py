"""What /readyz tells a balancer: whether to send requests here, and what an engineer should look at."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from governance.ledger.keys import make_key
from governance.ledger.seal import seal
from hub import health
from hub.database.ownership import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.req("M4.4")]


@pytest.fixture(autouse=True)
def _looked_at_nothing(monkeypatch, settings):
    monkeypatch.setattr(health, "_migrations", None)
    settings.HUB_EMBEDDED = False
    settings.HUB_BROKER_URL = "memory://"


def test_all_is_well(client, settings, tmp_path):
    settings.HUB_SEAL_KEY_FILE = str(tmp_path / "seal_key")
    make_key(tmp_path / "seal_key")
    seal()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": [], "degraded": []})


def test_a_broker_that_is_down_is_said_and_senders_are_still_welcome(client, settings):
    settings.HUB_BROKER_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"], answer.json()["missing"]) == (200, True, [])
    assert "The broker does not answer" in answer.json()["degraded"][0]
    assert "Messages are accepted and kept" in answer.json()["degraded"][0]


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_waits_is_missing(client):
    """Only who owns the tables says which migrations were applied."""
    executor = MigrationExecutor(connection)
    last = executor.loader.graph.leaf_nodes("hub")[0]
    with as_owner():
        executor.recorder.record_unapplied(*last)
    try:
        answer = client.get("/readyz")
    finally:
        with as_owner():
            executor.recorder.record_applied(*last)
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert "not been applied" in answer.json()["missing"][0]


def test_migrations_are_looked_at_once_in_some_seconds(client):
    client.get("/readyz")
    with CaptureQueriesContext(connection) as queries:
        client.get("/readyz")
    assert [query["sql"] for query in queries] == ["SELECT 1"]
