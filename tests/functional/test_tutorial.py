"""docs/tutorial/first-interface.md, from its first line to its last: a real hub, a browser and a terminal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.processes import ROOT, START_SECONDS, free_port, until
from tests.functional.tutorial import Player

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.req("M3.6")]

TUTORIAL = ROOT / "docs" / "tutorial" / "first-interface.md"
PASSWORD = "own-interface-2026"
ONE_TIME = re.compile(r"one-time password (\S+)")


class Desk:
    """A terminal in a folder of its own: what the page calls /tmp/archive, .run/new and port 8000 lies elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.hub: subprocess.Popen | None = None
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "DJANGO_"))}
        self.environment = {**clean, "HUB_HOME": str(folder / "hub"), "PORT": str(self.port)}
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

    def run(self, command: str) -> str:
        """What it prints; variables stay for the next command."""
        if command.strip() == "make new":
            return self.make_new()
        kept = self.folder / "variables"
        script = f"set -aeu; touch {kept}; . {kept}\n{self.here(command)}\ndeclare -p | grep '^declare -x TOKEN' > {kept} || true"
        done = subprocess.run(
            ["bash", "-c", script], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout

    def make_new(self) -> str:
        """The program that ``make new`` runs, without the making of its environment."""
        (recipe,) = re.findall(r"^new:.*\n\t@PORT=\$\(PORT\) exec \$\(BIN\)/python (.+)$", (ROOT / "Makefile").read_text(), re.M)
        said = self.folder / "hub.log"
        with said.open("w") as log:
            self.hub = subprocess.Popen(
                [sys.executable, *recipe.split()], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until(lambda: "is ready" in said.read_text() or self.hub.poll() is not None, "A ready hub", START_SECONDS)
        self.says["the one-time password"] = ONE_TIME.search(said.read_text())[1]
        return said.read_text()

    def leave(self) -> None:
        if self.hub:
            self.hub.terminate()
            self.hub.wait(40)


@pytest.fixture
def desk(tmp_path):
    found = Desk(tmp_path)
    yield found
    found.leave()


def test_the_tutorial_is_true_from_its_first_line_to_its_last(browser, desk):
    page = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    player = Player(page, desk, lambda name, seen: None)
    player.play(TUTORIAL.read_text(encoding="utf-8"))
    assert len(list((desk.folder / "archive" / "results").glob("*.json"))) == 1
    assert not errors
