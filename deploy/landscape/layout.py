"""Where the landscape keeps things: installed software, templates, secrets, and homes that run.

Everything stands under one ignored folder of the checkout. The software and the templates are made once by
``install.py``; a *home* is one running copy of both systems, made fresh from the templates by ``reset.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LANDSCAPE = HERE.parents[1] / ".landscape"
TEMPLATES = LANDSCAPE / "templates"
SECRETS = LANDSCAPE / "secrets"
TRYTON_ENV = LANDSCAPE / "tryton"
ROUNDUP_ENV = LANDSCAPE / "roundup"

POSTGRESQL = os.environ.get("HUB_LANDSCAPE_POSTGRESQL", "")  # postgresql://user:password@host:port/
TRACKER = "quality"
TRYTON_PORT = 18600
ROUNDUP_PORT = 18700


@dataclass(frozen=True)
class Home:
    """One running copy of both systems: its databases, configuration, logs and process files."""

    folder: Path

    @property
    def tryton(self) -> Path:
        return self.folder / "tryton"

    @property
    def tracker(self) -> Path:
        return self.folder / "tracker"

    @property
    def database(self) -> str:
        """Tryton's name for it: a file of this home, or one among many on a PostgreSQL server."""
        return f"landscape_{re.sub(r'[^a-z0-9]', '_', self.folder.name.lower())}" if POSTGRESQL else "quality"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    def pid_file(self, name: str) -> Path:
        return self.folder / f"{name}.pid"

    def exists(self) -> bool:
        return self.tryton.is_dir() and self.tracker.is_dir()

    def state(self) -> dict:
        """What ``start.py`` wrote down: addresses, database, users and the files of their passwords."""
        return json.loads(self.state_file.read_text(encoding="utf-8")) if self.state_file.exists() else {}

    def save_state(self, state: dict) -> None:
        self.state_file.write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")


def is_installed() -> bool:
    """Whether ``install.py`` came to its end; the mark is its last act."""
    return (TEMPLATES / "complete").exists()


def password(name: str) -> str:
    """The password of one user, made at random on first use; only its owner can read the file."""
    path = password_file(name)
    if not path.exists():
        SECRETS.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(18))
    return path.read_text(encoding="utf-8").strip()


def password_file(name: str) -> Path:
    return SECRETS / name


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser that knows ``--home``, which every program here takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--home",
        type=lambda text: Home(Path(text).resolve()),
        default=Home(LANDSCAPE / "home"),
        help="folder of the running copy (default: .landscape/home)",
    )
    return parser
