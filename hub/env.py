"""Reads the environment: every setting of the hub has one name, a type, a default and a sentence.

A secret may also stand in a file: ``HUB_SECRET_KEY_FILE`` names the file that holds ``HUB_SECRET_KEY``.
The table in docs/reference/settings.md is printed from ``SETTINGS``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Setting:
    """One line of the table. ``secret`` ones are never printed and may stand in ``NAME_FILE``."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("HUB_ENVIRONMENT", "development", "production, validation or development: the badge on every page."),
    Setting("HUB_HOME", ".run", "Folder of what a running hub writes: embedded database, keys, demonstration."),
    Setting("HUB_SECRET_KEY", "", "Signs sessions. Development makes one under HUB_HOME.", secret=True),
    Setting(
        "HUB_DATA_KEYS",
        "",
        "Master keys of payloads and secrets, `id:base64 of 32 bytes`, the newest first, comma between.",
        secret=True,
    ),
    Setting(
        "HUB_DATABASE_URL",
        "",
        "Database as the application's role. Default: SQLite under HUB_HOME.",
        secret=True,
    ),
    Setting(
        "HUB_OWNER_DATABASE_URL",
        "",
        "The same database as the owner of its tables, for migrate and partitions only.",
        secret=True,
    ),
    Setting("HUB_BROKER_URL", "", "Redis or RabbitMQ. Empty: embedded, threads in the web process.", secret=True),
    Setting("HUB_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]", "Host names under which the hub answers."),
    Setting("HUB_TRUSTED_ORIGINS", "", "Origins of browser forms behind a proxy, `https://hub.example`."),
    Setting("HUB_HTTPS", "no", "yes: cookies are secure, plain requests are sent to HTTPS."),
    Setting("HUB_DEBUG", "no", "yes: error pages with details. Refused in production."),
    Setting(
        "HUB_NETWORK_ALLOWED",
        "",
        "Private or loopback hosts and ranges that connections may reach, `10.1.0.0/16,lims.site`.",
    ),
    Setting(
        "HUB_FILE_ROOTS",
        "",
        "Folders under which connections may open files and SQLite databases, comma between. Empty: all. The hub's own"
        " files are always refused.",
    ),
    Setting(
        "HUB_CREDENTIALS_DIR",
        "",
        "Folder of the files that `file:PATH` credentials may name. Empty: none may. `env:NAME` credentials may name"
        " variables that begin with `HUB_CONNECTION_`.",
    ),
    Setting("HUB_MAX_BODY_BYTES", "10485760", "The largest request body that the intake reads, in bytes."),
    Setting("HUB_LOG_FORMAT", "console", "console or json."),
    Setting("HUB_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting("HUB_POLL_TICK_SECONDS", "1", "How often the sweeper looks for what nobody rang for, in seconds."),
    Setting("HUB_LEASE_SECONDS", "60", "How long a worker may hold a delivery, in seconds."),
)

_DEFAULTS = {setting.name: setting for setting in SETTINGS}
_TRUE, _FALSE = {"yes", "true", "1", "on"}, {"no", "false", "0", "off", ""}


def text(name: str) -> str:
    """The setting's value; for a secret also the content of the file that ``NAME_FILE`` names."""
    setting = _DEFAULTS[name]
    path = os.environ.get(f"{name}_FILE", "") if setting.secret else ""
    if path:
        return _content(name, path)
    return os.environ.get(name, setting.default)


def secret_files() -> list[str]:
    """The files that secrets are read from (``NAME_FILE``)."""
    named = [os.environ.get(f"{setting.name}_FILE", "") for setting in SETTINGS if setting.secret]
    return [path for path in named if path]


def flag(name: str) -> bool:
    """A yes or no."""
    value = text(name).strip().lower()
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} is {value!r}; it takes yes or no.")


def number(name: str) -> int:
    """A whole number."""
    value = text(name)
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes a whole number.") from None


def words(name: str) -> list[str]:
    """A list with commas between."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name)
    if value in allowed:
        return value
    raise ImproperlyConfigured(f"{name} is {value!r}; it takes one of: {', '.join(allowed)}.")


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from None
