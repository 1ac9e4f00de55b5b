"""The stage of a drill: a demonstration hub, a second database to restore into, a sender, and a target that counts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from evidence import Evidence
from scene import Databases
from sender import Sender
from surroundings import ROOT, Stopped
from target import QualitySystem

MESSAGES = 120  # acknowledged before the backup begins
PATIENCE = 120.0  # seconds


class Rehearsal:
    """``with Rehearsal(home, url) as stage:``; every process that it starts ends with it."""

    def __init__(self, home: Path, postgresql: str) -> None:
        self.home, self.databases = home, Databases(home, postgresql)
        self.original, self.restored = self.databases.original, self.databases.restored
        self.evidence, self.target, self.port = Evidence(self.databases), QualitySystem(home), _free_port()
        self.process: subprocess.Popen | None = None
        self.sender: Sender | None = None
        self._sending: threading.Thread | None = None
        self.begun = 0.0

    def __enter__(self) -> Rehearsal:
        self.databases.make()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.kill()
        self.databases.drop()

    def prepare(self) -> None:
        """Schema, demonstration, and a quality system that writes down each of its writes."""
        self._manage(self.original, "migrate", "--verbosity", "0")
        self._manage(self.original, "demo")
        self.target.watch()
        token = (self.home / "demo-token").read_text(encoding="ascii").strip()
        self.sender = Sender(self.port, token)

    def serve(self, database: dict[str, str]) -> None:
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "error", "hub.wsgi:application"),
        ]
        with (self.home / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(database), stdout=log, stderr=log, start_new_session=True
            )
        self._wait(self._is_ready, "The hub's answer")

    def kill(self) -> None:
        """As a power cut would: no process is asked."""
        if self.sender:
            self.sender.stopping.set()
        if self._sending:
            self._sending.join()
            self._sending = None
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def send_until(self, number: int) -> None:
        """Messages arrive until the hub is killed; returns once so many were acknowledged."""
        assert self.sender
        if self._sending is None:
            self._sending = threading.Thread(target=self.sender.run, daemon=True)
            self._sending.start()
        self._wait(lambda: len(self.acknowledged()) >= number, f"The acknowledgement of {number} messages")

    def wait_for_deliveries(self, number: int) -> None:
        self._wait(lambda: len(self.evidence.delivered(self.original)) >= number, f"The delivery of {number} messages")

    def acknowledged(self) -> set[str]:
        assert self.sender
        return set(self.sender.acknowledged)

    def back_up(self) -> Path:
        self.begun = time.time()
        done = self._program(self.original, "take.py", str(self.home / "backups"))
        if done.returncode:
            raise Stopped(done.stdout + done.stderr)
        print(done.stdout.strip())
        return next((self.home / "backups").iterdir())

    def restore(self, folder: Path) -> tuple[int, str]:
        done = self._program(self.restored, "restore.py", str(folder), "--payloads", "1000000")
        return done.returncode, (done.stdout + done.stderr).strip()

    def wait_until_settled(self, messages: set[str]) -> int:
        """How many of these are at their target, or wait for a person, once nothing moves any more."""
        with suppress(Stopped):
            self._wait(lambda: messages <= self.evidence.settled(), "The delivery of what the backup held")
        return len(messages & self.evidence.settled())

    def _environment(self, database: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        own = {"HUB_HOME": str(self.home), "PORT": str(self.port), "HUB_LOG_LEVEL": "WARNING"}
        return {**kept, **own, "DJANGO_SETTINGS_MODULE": "hub.settings", **database}

    def _manage(self, database: dict[str, str], *arguments: str) -> None:
        done = self._run(database, [sys.executable, "manage.py", *arguments])
        if done.returncode:
            raise Stopped(done.stdout + done.stderr)

    def _program(self, database: dict[str, str], name: str, *arguments: str) -> subprocess.CompletedProcess:
        return self._run(database, [sys.executable, str(Path(__file__).with_name(name)), *arguments])

    def _run(self, database: dict[str, str], command: list[str]) -> subprocess.CompletedProcess:
        environment = self._environment(database)
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _wait(self, condition: Any, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise Stopped(f"{what} did not come within {PATIENCE:.0f} s; the log is in {self.home}/web.log.")
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
