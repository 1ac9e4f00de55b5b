"""Which real services this machine has, and what tests need of them."""

from __future__ import annotations

import os
import shutil
import socket
from urllib.parse import urlsplit

import psycopg

POSTGRES = os.environ.get("HUB_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
DEFAULTS = {
    "PostgreSQL": ("HUB_TEST_POSTGRES", POSTGRES, 5432),
    "Redis": ("HUB_TEST_REDIS", "redis://127.0.0.1:6379/9", 6379),
    "RabbitMQ": ("HUB_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//", 5672),
    "Mosquitto": ("HUB_TEST_MOSQUITTO", "mqtt://127.0.0.1:1883", 1883),
    "MariaDB": ("HUB_TEST_MARIADB", "mysql://root@127.0.0.1:3306/test", 3306),
}
PROGRAMS = {"OpenSSH": ("sshd", "/usr/sbin/sshd"), "Chromium": ("chromium", "chromium-browser", "google-chrome")}


def look() -> dict[str, bool]:
    """Name → whether it is there."""
    found = {name: answers(os.environ.get(variable, url), port) for name, (variable, url, port) in DEFAULTS.items()}
    for name, programs in PROGRAMS.items():
        found[name] = any(shutil.which(program) for program in programs) or bool(os.environ.get("HUB_TEST_CHROMIUM"))
    return found


def answers(url: str, port: int) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or port), timeout=2):
            return True
    except OSError:
        return False


def report(found: dict[str, bool]) -> str:
    """One line that says what is used and what is missing."""
    here = ", ".join(name for name, is_there in found.items() if is_there) or "none"
    missing = ", ".join(name for name, is_there in found.items() if not is_there)
    return f"Services found: {here}." + (f" Missing, and their tests skipped: {missing}." if missing else "")


def prepare_roles() -> None:
    """The owner of the tables, who makes test databases, and the application, which owns nothing."""
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        for role, rights in (("hub_owner", "LOGIN CREATEDB"), ("hub_app", "LOGIN")):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(f"CREATE ROLE {role} {rights}")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'hub'").fetchone():
            connection.execute("CREATE DATABASE hub OWNER hub_owner")


def postgres_url(role: str) -> str:
    """The database ``hub`` as that role (its tests run in ``test_hub``)."""
    parts = urlsplit(POSTGRES)
    return f"postgresql://{role}@{parts.hostname or '127.0.0.1'}:{parts.port or 5432}/hub"
