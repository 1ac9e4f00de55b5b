"""A folder, a terminal and the hub of ``make new`` on a free port: where a page of the documentation is played."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO

from tests.factories.processes import ROOT, START_SECONDS, free_port, until
from tests.functional.documentation import pictures

PASSWORD = "own-interface-2026"
ONE_TIME = re.compile(r"one-time password (\S+)")
RECIPE = re.compile(r"^new:.*\n\t@PORT=\$\(PORT\) exec \$\(BIN\)/python (.+)$", re.MULTILINE)
TIMEOUT = 60


class Desk:
    """A terminal in a folder of its own: what the page calls /tmp/archive, .run/new and port 8000 lies elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.hub: subprocess.Popen | None = None
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "DJANGO_"))}
        self.environment = {**clean, "HUB_HOME": str(folder / "hub"), "PORT": str(self.port)}
        if pictures.are_wanted():
            clock = {"HUB_TEST_NOW": pictures.NOW.isoformat(), "PYTHONPATH": str(Path(__file__).parent / "clock")}
            self.environment.update(clock)
        self.says = {
            "/tmp/archive": f"{folder}/archive",
            ".run/new": f"{folder}/hub",
            ".venv/bin/python": sys.executable,
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
            "a password of your own": PASSWORD,
        }

    def here(self, text: str) -> str:
        """A text of the page with the places of this test, and with what the page cannot know."""
        for theirs, ours in self.says.items():
            text = text.replace(theirs, ours)
        return text

    def run(self, command: str, *, may_fail: bool = False) -> str:
        """What it prints; TOKEN stays for the next command."""
        if command.strip() == "make new":
            return self.make_new()
        kept = self.folder / "token"
        script = f"set -eu; touch {kept}; TOKEN=$(cat {kept})\n{self.here(command)}\necho $TOKEN > {kept}"
        bash = ["bash", "-c", script]
        done = subprocess.run(
            bash, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
        assert may_fail or done.returncode == 0, f"{command}{done.stderr}"
        return done.stdout

    def make_new(self) -> str:
        """The program that ``make new`` runs, without the making of its environment."""
        (recipe,) = RECIPE.findall((ROOT / "Makefile").read_text(encoding="utf-8"))
        said = self.folder / "hub.log"
        with said.open("w") as log:
            self.hub = self._start([sys.executable, *recipe.split()], log)
        until(lambda: "is ready" in said.read_text() or self.hub.poll() is not None, "A ready hub", START_SECONDS)
        self.says["the one-time password"] = ONE_TIME.search(said.read_text())[1]
        return said.read_text()

    def _start(self, command: list[str], log: IO[str]) -> subprocess.Popen:
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def leave(self) -> None:
        if self.hub:
            self.hub.terminate()
            self.hub.wait(40)
