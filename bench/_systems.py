"""The systems that are measured: their processes, doors and databases."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg

from bench import _services as services
from bench import _usage as usage
from bench._load import CLIENTS, Call, wire
from bench._records import Event, batch
from bench._world import INTERFACE

BIN = Path(sys.executable).parent
START_SECONDS, STOP_SECONDS = 60.0, 10.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent() -> None:
    """In the child: if the program that measures is killed, nothing of it stays behind (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class System:
    """Processes in sessions of their own, so that their CPU and their end can be told apart."""

    name = ""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home / self.name, free_port()
        self.home.mkdir()
        self.processes: list[subprocess.Popen] = []
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUB_", "DJANGO_"))}

    def start(self, name: str, *command: str) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=services.ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=_die_with_parent,
            )  # fmt: skip
        self.processes.append(process)

    def await_door(self, path: str) -> None:
        """Until it answers anything."""
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"http://127.0.0.1:{self.port}{path}"):
            if time.monotonic() > deadline:
                raise services.Missing(f"{self.name} did not start: {self.logs()}")
            time.sleep(0.05)

    def stop(self) -> None:
        for how in (signal.SIGTERM, signal.SIGKILL):
            for process in self.processes:
                _signal(process, how)
            deadline = time.monotonic() + (STOP_SECONDS if how == signal.SIGTERM else 2)
            while time.monotonic() < deadline and any(p.poll() is None for p in self.processes):
                time.sleep(0.05)
        self.processes.clear()

    def logs(self) -> str:
        """The ends of its logs, for a person who looks for the cause."""
        texts = [f"{path.name}: {path.read_text()[-600:]}" for path in sorted(self.home.glob("*.log"))]
        return "\n".join(texts)

    def cpu(self) -> float:
        return usage.of_sessions({process.pid for process in self.processes})


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _signal(process: subprocess.Popen, how: signal.Signals) -> None:
    """To the whole group, also where its head has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.poll()


class TargetSystem(System):
    """Where everything is delivered."""

    name = "target"

    def launch(self) -> None:
        self.start("target", sys.executable, "-m", "bench._target", str(self.port))
        self.await_door("/count")


class Measured(System):
    """A system under load: a database, a queue, a door, and a way to see that all outcomes are persisted."""

    open_rows = ""  # SQL: whether anything is under way
    database = queue = broker = ""
    path, token, media = "", "", "application/json"

    def settled(self) -> bool:
        with psycopg.connect(services.url(self.database)) as connection:
            row = connection.execute(f"SELECT {self.open_rows}").fetchone()
        return not (row and row[0])

    def singles(self, events: list[Event]) -> list[list[Call]]:
        """One event a request. A key's events go over one connection, or their order would not be defined."""
        lanes: list[list[Call]] = [[] for _ in range(CLIENTS)]
        for event in events:
            data = wire(self.port, self.path, event.body, self.media, self.token)
            lanes[event.lot % CLIENTS].append(Call(data, (event.reference,)))
        return [lane for lane in lanes if lane]

    def web(self, application: str) -> None:
        options = [
            "--interface",
            "wsgi",
            "--workers",
            "1",
            "--blocking-threads",
            "8",
            "--port",
            str(self.port),
        ]
        self.start("web", str(BIN / "granian"), *options, application)

    def remove(self) -> None:
        """Everything that it left in the services."""
        self.stop()
        services.drop_database(self.database)
        if self.broker:
            services.clear_queue(self.broker)


class Hub(Measured):
    """Ours: web, worker and beat as separate processes, with every feature on."""

    name, database, queue = "interlock", "hub_bench", "11"
    open_rows = (
        "EXISTS (SELECT 1 FROM hub_delivery) OR EXISTS (SELECT 1 FROM hub_messagestate WHERE state = 'received')"
    )
    path = f"/api/v1/interfaces/{INTERFACE}/messages"
    batch_media = "application/cloudevents-batch+json"

    def prepare(self, target_url: str) -> None:
        services.make_database(self.database)
        self.broker = services.queue(int(self.queue))
        self.environment |= {
            "HUB_HOME": str(self.home),
            "HUB_DATABASE_URL": services.url(self.database, services.APPLICATION),
            "HUB_OWNER_DATABASE_URL": services.url(self.database),
            "HUB_BROKER_URL": self.broker,
            "HUB_NETWORK_ALLOWED": "127.0.0.0/8",
            "HUB_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "hub.settings",
        }
        command = [sys.executable, "-m", "bench._world", target_url]
        done = subprocess.run(
            command, cwd=services.ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise services.Missing(f"The hub's world could not be made: {done.stderr[-800:]}")
        self.token = done.stdout.strip().splitlines()[-1]

    def launch(self) -> None:
        celery = [str(BIN / "celery"), "-A", "hub.celery"]
        lean = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.web("hub.wsgi:application")
        self.start("worker", *celery, "worker", "-Q", "main", "-c", "1", *lean)
        self.start("beat", *celery, "beat", "--schedule", str(self.home / "beat"), "--pidfile=")
        self.await_door("/livez")

    def batches(self, events: list[Event], size: int) -> list[list[Call]]:
        """``size`` events a request, again a key on one connection."""
        lanes: list[list[Call]] = []
        for client in range(CLIENTS):
            mine = [event for event in events if event.lot % CLIENTS == client]
            parts = [mine[start : start + size] for start in range(0, len(mine), size)]
            lanes.append([self._batch(part) for part in parts])
        return [lane for lane in lanes if lane]

    def _batch(self, part: list[Event]) -> Call:
        data = wire(self.port, self.path, batch(part), self.batch_media, self.token)
        return Call(data, tuple(event.reference for event in part))


class Peer(Measured):
    """Django REST with one Celery task a message, as many would write it."""

    name, database, queue, tuned = "celery-task-a-message", "hub_bench_peer", "12", "no"
    open_rows = "EXISTS (SELECT 1 FROM peer_message WHERE status <> 'delivered')"
    path = "/messages/"

    def prepare(self, target_url: str) -> None:
        packages = services.peer_packages()
        services.make_database(self.database)
        self.broker = services.queue(int(self.queue))
        self.environment |= {
            "PYTHONPATH": f"{packages}{os.pathsep}{services.ROOT}",
            "PEER_DATABASE_URL": services.url(self.database),
            "PEER_BROKER_URL": self.broker,
            "PEER_TARGET": target_url,
            "PEER_TUNED": self.tuned,
            "DJANGO_SETTINGS_MODULE": "bench.peer.settings",
        }
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        done = subprocess.run(
            command, cwd=services.ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise services.Missing(f"The peer's tables could not be made: {done.stderr[-800:]}")

    def launch(self) -> None:
        """Celery with its own default: one process a core."""
        self.web("bench.peer.wsgi:application")
        self.start("worker", str(BIN / "celery"), "-A", "bench.peer.celery", "worker")
        self.await_door("/messages/")


class TunedPeer(Peer):
    """The same with database connections and the connection to the target kept."""

    name, database, queue, tuned = "celery-task-a-message-tuned", "hub_bench_tuned", "13", "yes"
