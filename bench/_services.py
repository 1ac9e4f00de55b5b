"""What the measurement needs and takes away again: databases, queues in Redis, the peer's packages."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from tests.services import prepare_roles

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / ".run" / "bench-peer"
SERVER = os.environ.get("BENCH_POSTGRES", "127.0.0.1:5432")
REDIS = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379")
OWNER, APPLICATION = "hub_owner", "hub_app"


class Missing(RuntimeError):
    """A service or the peer is not there: nothing can be said about the floors."""


def url(database: str, role: str = OWNER) -> str:
    return f"postgres://{role}@{SERVER}/{database}"


def make_roles() -> None:
    """The two roles of the hub, as the tests make them. Where that is not allowed, they must stand already."""
    with suppress(psycopg.Error):
        prepare_roles()


def make_database(name: str) -> None:
    """A fresh database of the owner's; an earlier one of that name is dropped."""
    make_roles()
    drop_database(name)
    _administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop_database(name: str) -> None:
    _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _administer(statement: sql.Composed) -> None:
    try:
        with psycopg.connect(url("postgres"), autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)
    except psycopg.OperationalError as error:
        raise Missing(f"PostgreSQL at {SERVER} cannot be used as {OWNER}: {error}") from None


def queue(number: int) -> str:
    """The address of one of Redis' databases, which must be empty: we clear it at the end."""
    address = f"{REDIS}/{number}"
    try:
        with redis.Redis.from_url(address) as client:
            if client.dbsize():
                raise Missing(f"Redis database {number} is in use; it must be empty.")
    except redis.ConnectionError as error:
        raise Missing(f"Redis at {REDIS} does not answer: {error}") from None
    return address


def clear_queue(address: str) -> None:
    with redis.Redis.from_url(address) as client:
        client.flushdb()


def peer_packages() -> str:
    """A folder with what only the peer needs, kept apart from the hub's own environment."""
    if not (PACKAGES / "jsonschema").is_dir():
        wanted = str(Path(__file__).parent / "peer" / "requirements.txt")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(PACKAGES), "-r", wanted]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            raise Missing(f"The peer's packages cannot be installed: {done.stderr.strip()[-300:]}")
    return str(PACKAGES)
