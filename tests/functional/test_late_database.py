"""A host whose database comes up last: no process serves what it has not looked at."""

from __future__ import annotations

import psycopg
import pytest

from tests.factories.forward import LatePort
from tests.factories.processes import until
from tests.functional.test_processes import (  # noqa: F401 - fixtures
    arrived_once_and_in_order,
    broker,
    database,
    grown,
    send,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.services,
    pytest.mark.xdist_group("processes"),
    pytest.mark.req("M4.4"),
    pytest.mark.parametrize("broker", ["redis"], indirect=True),
]

LATER = "INSERT INTO django_migrations (app, name, applied) VALUES ('hub', '0999_later', now())"


@pytest.fixture
def late(grown):  # noqa: F811
    """The hub of ``grown``, whose processes find its database behind a port that is still closed."""
    port = LatePort(("127.0.0.1", 5432))
    address = grown.environment["HUB_DATABASE_URL"]
    grown.environment["HUB_DATABASE_URL"] = address.replace("127.0.0.1:5432", f"127.0.0.1:{port.port}")
    yield port
    port.close()


def log_of(hub, name: str) -> str:
    return (hub.home / f"{name}.log").read_text()


def test_one_of_a_newer_build_is_refused_although_it_answered_late(grown, late):  # noqa: F811
    with psycopg.connect(grown.environment["HUB_OWNER_DATABASE_URL"]) as connection:
        connection.execute(LATER)
    grown.start("web", "worker", "beat")
    assert "does not answer" in grown.refusal("/readyz")
    until(lambda: all("schema.not_looked_at" in log_of(grown, name) for name in ("worker", "beat")), "Their first look")
    late.open()
    for name in ("worker", "beat"):
        assert grown.processes.pop(name).wait(60) != 0
        assert "ahead of this build" in log_of(grown, name)
    until(lambda: "ahead of this build" in grown.refusal("/readyz"), "The refusal of the web")


def test_its_own_is_served_as_soon_as_it_answers(grown, late, target):  # noqa: F811
    grown.start("web", "worker", "beat")
    assert "does not answer" in grown.refusal("/api/v1/messages")
    late.open()
    until(lambda: grown._get("/readyz") == 200, "The web's readiness")
    send(grown, range(5))
    until(lambda: arrived_once_and_in_order(target, 5), "The arrival of all 5 messages")
