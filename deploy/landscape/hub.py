"""The hub of the landscape: embedded, in a home of its own, connected to Tryton and Roundup."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from layout import HERE, Home
from processes import start

ROOT = HERE.parents[1]
INTERFACE = "IF-100"


class Hub:
    """``python`` is the product's own environment's."""

    def __init__(self, home: Home, port: int, python: str = sys.executable) -> None:
        self.home, self.port, self.python = home, port, python
        self.folder = home.folder / "hub"
        self.token = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        ours = {
            "HUB_HOME": str(self.folder),
            "HUB_CREDENTIALS_DIR": str(self.folder / "credentials"),
            "HUB_NETWORK_ALLOWED": "127.0.0.0/8,localhost",
            "HUB_LOG_LEVEL": "WARNING",
            "HUB_LEASE_SECONDS": "60",
            "DJANGO_SETTINGS_MODULE": "hub.settings",
        }
        return {**clean, **ours}

    def connect(self, state: dict[str, Any]) -> None:
        """Migrate, propose the interfaces, keep the token."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [self.python, str(HERE / "connect.py")],
            cwd=ROOT,
            env=self.environment(),
            input=json.dumps(state),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"The hub could not be connected:\n{done.stderr}")
        self.token = done.stdout.strip().splitlines()[-1]

    def start(self) -> None:
        """Start the web process and wait until it listens."""
        granian = Path(self.python).parent / "granian"
        command = [
            "env",
            *(f"{name}={value}" for name, value in self.environment().items() if name.startswith(("HUB_", "DJANGO_"))),
            *(granian, "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8"),
            *("--respawn-failed-workers", "--workers-kill-timeout", "15", "--port", str(self.port)),
            *("--working-dir", ROOT, "hub.wsgi:application"),
        ]
        start(self.home, "hub", command, port=self.port)

    def messages(self) -> list[dict[str, Any]]:
        return self.get(f"/api/v1/messages?interface={INTERFACE}&limit=200")["results"]

    def get(self, path: str) -> Any:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.token}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise SystemExit(f"The hub answered {error.code} to {path}: {error.read().decode()}") from None
