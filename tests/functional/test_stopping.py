"""SIGTERM: what is under way is finished, what is not sent goes back at once, and nothing is done twice."""

from __future__ import annotations

import time

import psycopg
import pytest

from tests.factories.processes import Hub, until
from tests.functional.test_processes import (  # noqa: F401 - fixtures
    arrived_once_and_in_order,
    broker,
    database,
    embedded,
    grown,
    send,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes"), pytest.mark.req("M4.4")]

AHEAD = "INSERT INTO django_migrations (app, name, applied) VALUES ('hub', '0999_later', now())"
BEHIND = "DELETE FROM django_migrations WHERE app = 'hub' AND name LIKE '0004%'"
HELD = "SELECT count(*) FROM hub_delivery WHERE lease IS NOT NULL OR state IN ('leased', 'sending', 'in_doubt')"


def held(hub: Hub) -> int:
    """Deliveries that somebody still holds, or that nobody knows the fate of."""
    with psycopg.connect(hub.environment["HUB_DATABASE_URL"]) as connection:
        return connection.execute(HELD).fetchone()[0]


def slow(target, seconds: float) -> None:
    """Each answer of the target takes so long: a batch is still under way when the signal comes."""
    take = target.take

    def patient(key, record):
        time.sleep(seconds)
        return take(key, record)

    target.take = patient


@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_worker_hands_back_what_it_has_not_sent(grown, target):  # noqa: F811
    slow(target, 0.05)
    grown.start("web")
    send(grown, range(60))
    grown.start("worker", "beat")
    until(lambda: len(target.effects) > 5, "The first arrivals")
    grown.ask_to_stop("worker")
    assert grown.processes.pop("worker").returncode == 0
    assert len(target.effects) < 60, "The worker ended its turn first."
    assert held(grown) == 0
    grown.start("worker")
    until(lambda: arrived_once_and_in_order(target, 60), "The arrival of all 60 messages")
    assert target.calls == 60  # the target would drop a repeat: none was sent


@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_web_process_answers_what_it_has_begun(grown, target):  # noqa: F811
    """A sender whose request was accepted before the signal gets its 202; nothing that got one is missing."""
    grown.start("web", "worker", "beat")
    send(grown, range(10))
    grown.ask_to_stop("web")
    assert grown.processes.pop("web").returncode == 0
    until(lambda: arrived_once_and_in_order(target, 10), "The arrival of all 10 messages")


def test_an_embedded_hub_hands_back_what_it_has_not_sent(embedded, target):  # noqa: F811
    slow(target, 0.05)
    embedded.start("web")
    send(embedded, range(40))
    until(lambda: len(target.effects) > 5, "The first arrivals")
    embedded.ask_to_stop("web")
    embedded.processes.pop("web")
    assert len(target.effects) < 40, "The hub ended its work first."
    left = "from hub.models import Delivery; print(Delivery.objects.exclude(lease=None).count())"
    assert embedded.run(left) == "0\n"
    embedded.start("web")
    until(lambda: arrived_once_and_in_order(target, 40), "The arrival of all 40 messages")
    assert target.calls == 40


@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('hub', '0999_later', now())",
            "ahead of this build",
        ),
        ("DELETE FROM django_migrations WHERE app = 'hub' AND name LIKE '0004%'", "1 migration has not been applied"),
    ],
)
def test_a_build_serves_no_database_but_its_own(grown, target, sql, sentence):  # noqa: F811
    with psycopg.connect(grown.environment["HUB_OWNER_DATABASE_URL"]) as connection:
        connection.execute(sql)
    grown.start("web", "worker", "beat")
    assert sentence in grown.refusal("/readyz")
    assert sentence in grown.refusal("/api/v1/messages")
    for name in ("worker", "beat"):
        process = grown.processes.pop(name)
        assert process.wait(60) != 0
        assert sentence in (grown.home / f"{name}.log").read_text()
