"""The same engine embedded and grown: real processes, killed at will, lose nothing and repeat nothing."""

from __future__ import annotations

import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import redis

from hub.beat import CROWD
from tests.factories.processes import Hub, until
from tests.factories.world import sample

POSTGRES = os.environ.get("HUB_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("HUB_TEST_REDIS", "redis://127.0.0.1:6379/9")
RABBITMQ = os.environ.get("HUB_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
BATCH = "application/cloudevents-batch+json"
PROCESSES = ("web", "worker", "beat")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("processes"),
    pytest.mark.req("B6"),
    pytest.mark.req("M4.4"),
]


@pytest.fixture
def database():
    """A database of its own, owned by hub_owner."""
    name = f"hub_processes_{os.getpid()}"
    try:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} OWNER hub_owner")
    except psycopg.OperationalError:
        pytest.skip("PostgreSQL cannot be reached.")
    yield name
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def broker(request):
    """An empty broker, and how to empty it again."""
    if request.param == "redis":
        client = redis.Redis.from_url(REDIS)
        try:
            client.flushdb()
        except redis.ConnectionError:
            pytest.skip("Redis cannot be reached.")
        return REDIS, client.flushdb
    return RABBITMQ, purge


def purge() -> None:
    """Empty the queue of the lane, as an operator would."""
    from kombu import Connection

    try:
        with Connection(RABBITMQ, connect_timeout=2) as connection:
            channel = connection.channel()
            channel.queue_declare(queue="main", durable=True, auto_delete=False)
            channel.queue_purge("main")
    except OSError:
        pytest.skip("RabbitMQ cannot be reached.")


@pytest.fixture
def grown(tmp_path, database, broker, target):
    """PostgreSQL, a broker, web, worker and beat."""
    url, empty = broker
    empty()
    address = f"127.0.0.1:5432/{database}"
    hub = Hub(
        tmp_path,
        database=f"postgresql://hub_app@{address}",
        owner=f"postgresql://hub_owner@{address}",
        broker=url,
    )
    hub.prepare(target.url)
    hub.empty_broker = empty
    yield hub
    hub.stop()


@pytest.fixture
def embedded(tmp_path, target):
    hub = Hub(tmp_path)
    hub.prepare(target.url)
    yield hub
    hub.stop()


def arrived_once_and_in_order(target, count: int) -> bool:
    references = target.references()
    assert len(set(references)) == len(references), "An effect stands twice."
    for lot in {effect["lot"] for effect in target.effects}:
        numbers = [int(one["reference"][2:]) for one in target.effects if one["lot"] == lot]
        assert numbers == sorted(numbers), f"{lot} arrived out of order."
    return len(references) == count


def send(hub: Hub, numbers: range) -> None:
    for number in numbers:
        hub.post(sample(number, lot=f"L-{number % 5}"))


def event(number: int) -> dict:
    """A CloudEvent of a lot of its own."""
    data = sample(number, lot=f"L-{number}")
    return {"specversion": "1.0", "id": f"E-{number}", "source": "lims", "type": "result", "data": data}


brokers = pytest.mark.parametrize("broker", ["redis", "rabbitmq"], indirect=True)


def test_embedded_delivers_without_any_service(embedded, target):
    embedded.start("web")
    send(embedded, range(30))
    until(lambda: arrived_once_and_in_order(target, 30), "The arrival of all 30 messages")
    until(
        lambda: len(embedded.get("/api/v1/messages?state=complete")["results"]) == 30,
        "Completion of all 30 messages",
    )
    embedded.until_ready()  # what was prepared earlier is sealed


def test_embedded_survives_kill_9_under_load(embedded, target):
    embedded.start("web")
    send(embedded, range(20))
    embedded.kill("web")
    embedded.start("web")
    send(embedded, range(20, 40))
    until(lambda: arrived_once_and_in_order(target, 40), "The arrival of all 40 messages")


def test_embedded_stops_cleanly_and_leaves_no_process(embedded, target):
    embedded.start("web")
    group = embedded.processes["web"].pid
    send(embedded, range(5))
    embedded.ask_to_stop("web")
    alive = subprocess.run(["pgrep", "-g", str(group)], capture_output=True, check=False).stdout
    assert alive == b""


@pytest.mark.services
@brokers
def test_grown_delivers_by_workers(grown, target):
    grown.start(*PROCESSES)
    send(grown, range(30))
    until(lambda: arrived_once_and_in_order(target, 30), "The arrival of all 30 messages")
    grown.until_ready()  # what was prepared earlier is sealed


@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_the_first_messages_of_a_month_may_come_from_many_senders_at_once(grown, target):
    """Whoever is first makes the month's data key; the others wait for its commit, not for each other."""
    grown.start("web")
    batches = [[event(number) for number in range(start, start + 5)] for start in range(0, 40, 5)]
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda batch: grown.post(batch, media=BATCH), batches))
    assert [item["status"] for answer in answers for item in answer["items"]] == [202] * 40


@pytest.mark.services
@brokers
def test_a_killed_worker_and_an_emptied_broker_lose_nothing(grown, target):
    grown.start(*PROCESSES)
    sender = threading.Thread(target=send, args=(grown, range(60)))
    sender.start()
    until(lambda: len(target.effects) > 5, "The first arrivals")
    grown.kill("worker")
    grown.empty_broker()
    grown.start("worker")
    grown.empty_broker()
    sender.join()
    until(lambda: arrived_once_and_in_order(target, 60), "The arrival of all 60 messages")


@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_a_broker_that_is_down_does_not_turn_a_sender_away(grown, target):
    grown.start("web", HUB_BROKER_URL="redis://127.0.0.1:1/0")
    grown.start("worker", "beat")
    send(grown, range(10))
    until(lambda: arrived_once_and_in_order(target, 10), "The arrival of all 10 messages")
    answer = grown.post(sample(11), seconds=5)
    assert answer["duplicate"] is False


TICKS = 12
UNHEARD = """
from hub.beat import Ticker
from hub.celery import app
beat = Ticker(app)
for _ in range(4):  # a tick is thrown away after 5 seconds
    for entry in beat.schedule.values():
        beat.apply_entry(entry, beat.producer)
publishing = beat.producer.channel  # asked on it, a broker has taken what went before
print(app.amqp.queues["main"](publishing).queue_declare(passive=True).message_count)
"""

UNANSWERED = """
import socket
from hub.beat import Ticker
from hub.celery import app
deaf = socket.create_server(("127.0.0.1", 0))
app.conf.broker_url = app.conf.broker_url.split("//")[0] + f"//127.0.0.1:{deaf.getsockname()[1]}//"
print(Ticker(app)._is_crowded())
"""


@pytest.mark.services
@brokers
def test_ticks_that_nobody_hears_do_not_pile_up(grown):
    """A broker without a worker would fill up by the day."""
    assert 0 < int(grown.run(UNHEARD)) <= CROWD < TICKS


@pytest.mark.services
@brokers
def test_beat_does_not_wait_for_a_broker_that_takes_connections_and_never_answers(grown):
    assert grown.run(UNANSWERED) == "False\n"


@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis"], indirect=True)
def test_two_workers_and_two_beats_repeat_nothing(grown, target):
    grown.start(*PROCESSES)
    grown.processes["first worker"] = grown.processes.pop("worker")
    grown.processes["first beat"] = grown.processes.pop("beat")
    grown.start("worker", "beat")
    send(grown, range(40))
    until(lambda: arrived_once_and_in_order(target, 40), "The arrival of all 40 messages")
    assert target.calls == 40  # the target would drop a repeat: none was sent
