"""systemd units read as systemd reads them, as far as ours go: sections, repeated keys, variables, the instance."""

from __future__ import annotations

import re
import shlex
import signal
import socket
from pathlib import Path

from tests.factories.processes import BIN, ROOT

FOLDER = ROOT / "deploy" / "systemd"


class Unit:
    """``Unit("interlock-worker@.service", "main")``; what it says of /opt/interlock is true of this checkout."""

    def __init__(self, name: str, instance: str = "") -> None:
        self.instance = instance
        self._said: dict[str, list[str]] = {}
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            if "=" in line and not line.startswith(("#", "[")):
                key, value = line.split("=", 1)
                self._said.setdefault(key, []).append(value)

    def all(self, key: str) -> list[str]:
        return self._said.get(key, [])

    def one(self, key: str) -> str:
        (value,) = self.all(key)
        return value

    @property
    def kill_signal(self) -> int:
        return signal.Signals[self.one("KillSignal")].value

    @property
    def environment(self) -> dict[str, str]:
        """Of its own lines; files come first."""
        words = [word for line in self.all("Environment") for word in shlex.split(line)]
        return dict(word.split("=", 1) for word in words)

    def commands(self, environment: dict[str, str]) -> list[list[str]]:
        """The command lines, with the variables that the process would have."""
        return [[self._filled(word, environment) for word in shlex.split(line)] for line in self.all("ExecStart")]

    def _filled(self, word: str, environment: dict[str, str]) -> str:
        word = word.replace("%i", self.instance).replace("%H", socket.gethostname())
        word = re.sub(r"\$\{(\w+)\}", lambda found: environment[found[1]], word)
        return word.replace("/opt/interlock/.venv/bin", str(BIN)).replace("/opt/interlock", str(ROOT))


def environment_file(path: Path) -> dict[str, str]:
    """The assignments of an EnvironmentFile."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "=" in line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)
