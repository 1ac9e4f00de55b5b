"""A hub of real processes: web, worker and beat on a database and broker of its own. They can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.factories import prepared

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
START_SECONDS = 60.0
READY = {"ready": True, "missing": [], "degraded": []}


def until(condition: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """Wait for a condition, and give what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} s.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hub:
    """``broker`` "" is the embedded hub."""

    def __init__(self, home: Path, *, database: str = "", owner: str = "", broker: str = "") -> None:
        self.home, self.broker, self.port = home, broker, free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
            "HUB_HOME": str(home),
            "HUB_DATABASE_URL": database,
            "HUB_OWNER_DATABASE_URL": owner,
            "HUB_BROKER_URL": broker,
            "HUB_LEASE_SECONDS": "10",
            "HUB_NETWORK_ALLOWED": "127.0.0.0/8",
            "HUB_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "hub.settings",
        }
        self.processes: dict[str, subprocess.Popen] = {}
        self.token = ""

    def prepare(self, target_url: str) -> None:
        """Migrated, with the small world of the tests; the database is empty before."""
        self.token = prepared.prepare(self, target_url)

    def start(self, *names: str, **environment: str) -> None:
        """Start web, worker, beat; returns when the web answers."""
        for name in names:
            with (self.home / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    self._command(name),
                    cwd=ROOT,
                    env={**self.environment, **environment},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        if "web" in names:
            until(lambda: self._get("/livez") == 200, "The web process' answer", START_SECONDS)

    def run(self, code: str) -> str:
        """What a program prints that stands beside the processes, with their settings; one that hangs is an error."""
        command = [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kill(self, name: str) -> None:
        """Kill a process and everything that it started."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def ask_to_stop(self, name: str) -> None:
        """Ask a process to stop, as a service manager does, and wait until it has."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(40)
        finally:
            self.processes[name] = process

    def stop(self) -> None:
        for name in list(self.processes):
            with suppress(ProcessLookupError):
                self.kill(name)

    def post(self, document: Any, *, media: str = "application/json", seconds: float = 30) -> dict[str, Any]:
        """Send a message or batch; raises urllib's errors."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/interfaces/IF-001/messages",
            data=orjson.dumps(document),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": media},
        )
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return orjson.loads(answer.read())

    def get(self, path: str) -> Any:
        """A JSON answer of the API."""
        address = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return orjson.loads(answer.read())

    def until_ready(self) -> None:
        """Wait until nothing is missing or degraded; what still is, and the last lines of the logs, if it lasts."""
        deadline = time.monotonic() + START_SECONDS
        while (found := self.get("/readyz")) != READY:
            assert time.monotonic() < deadline, f"Not ready within {START_SECONDS:.0f} s: {found}\n{self.last_words()}"
            time.sleep(0.05)

    def last_words(self) -> str:
        """The end of what each process logged."""
        return "\n".join(f"{log.name}: …{log.read_text()[-1500:]}" for log in sorted(self.home.glob("*.log")))

    def refusal(self, path: str) -> str:
        """The body of a 503, which is what the address must answer."""
        with pytest.raises(urllib.error.HTTPError) as refused:
            self.get(path)
        assert refused.value.code == 503
        return refused.value.read().decode()

    def _get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as answer:
                return answer.status
        except (urllib.error.URLError, OSError):
            return 0

    def _command(self, name: str) -> list[str]:
        celery = [str(BIN / "celery"), "-A", "hub.celery"]
        return {
            "web": [
                *(str(BIN / "granian"), "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8"),
                *("--respawn-failed-workers", "--workers-kill-timeout", "15"),
                *("--port", str(self.port), "hub.wsgi:application"),
            ],
            "worker": [*celery, "worker", "-Q", "main", "-c", "1", "--without-gossip", "--without-mingle"],
            "beat": [*celery, "beat", "--schedule", str(self.home / "beat"), "--pidfile="],
        }[name]
