"""A hub of real processes is migrated and seeded once a session; those after it begin as copies of the first."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.services import POSTGRES

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = f"hub_prepared_{os.getpid()}"

_kept: dict[tuple[bool, str], tuple[Path, str]] = {}  # (on PostgreSQL, target's address) → copy of the home, token


def prepare(hub: Any, target_url: str) -> str:
    """Fill the hub's home and its database, which is empty; its processes are not running. Gives the token."""
    name = urlsplit(hub.environment["HUB_OWNER_DATABASE_URL"]).path[1:]
    kept = _kept.get((bool(name), target_url))
    if kept is None:
        token = seed(hub, target_url)
        _kept[bool(name), target_url] = _keep(hub.home, name), token
        return token
    if name:
        _copy_database(TEMPLATE, name)
    shutil.copytree(kept[0], hub.home, dirs_exist_ok=True)
    return kept[1]


def seed(hub: Any, target_url: str) -> str:
    """Migrate what is not yet, and make the world. Gives its token."""
    command = [sys.executable, "-m", "tests.factories.seed", target_url]
    done = subprocess.run(command, cwd=ROOT, env=hub.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def _keep(home: Path, database: str) -> Path:
    if database:
        _copy_database(database, TEMPLATE)
        atexit.register(_drop, TEMPLATE)
    folder = tempfile.mkdtemp(prefix="interlock-prepared-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return shutil.copytree(home, Path(folder) / "home")


def _copy_database(source: str, name: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} OWNER hub_owner")
        connection.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")  # a copy has the tables' rights only


def _drop(name: str) -> None:
    with suppress(psycopg.Error), psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
