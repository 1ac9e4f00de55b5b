"""Reads the environment: every setting of the hub has one name, a type, a default and a sentence.

A secret may also stand in a file: ``HUB_SECRET_KEY_FILE`` names the file that holds ``HUB_SECRET_KEY``.
The table in docs/reference/settings.md is printed from ``SETTINGS``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
        "Master keys of payloads, secrets and the codes of history rows, `id:base64 of 32 bytes`, the newest first, "
        "comma between. Keep the old ones: without its key a row is not attested, and a signature counts no more.",
        secret=True,
    ),
    Setting(
        "HUB_SIGNING_KEY",
        "",
        "The hub's hand under electronic signatures, base64 of 32 bytes (`manage.py signatures new-key`). Empty:"
        " nothing can be signed. Development makes one under HUB_HOME.",
        secret=True,
    ),
    Setting("HUB_ORIGIN", "interlock", "The name of this installation in signatures and evidence that leave it."),
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
    Setting("HUB_API_RATE_READ", "1200", "How often one account or person may read through the API in a minute."),
    Setting("HUB_API_RATE_WRITE", "300", "How often one account or person may write through the API in a minute."),
    Setting("HUB_LOG_FORMAT", "console", "console or json."),
    Setting("HUB_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting(
        "HUB_METRICS_TOKEN",
        "",
        "Bearer token of who reads `/metrics`. Without it and without networks the address does not exist.",
        secret=True,
    ),
    Setting(
        "HUB_METRICS_NETWORKS",
        "",
        "Networks from which `/metrics` may be read, `127.0.0.1/32,10.1.0.0/16`. Beside a token: from there only, with"
        " it. Without one: from there without a token, and never through a proxy.",
    ),
    Setting(
        "HUB_OTEL_ENDPOINT",
        "",
        "Collector of OpenTelemetry traces over HTTP, `http://127.0.0.1:4318`. Needs requirements-telemetry.txt.",
    ),
    Setting("HUB_SESSION_HOURS", "8", "How long a session of a person lasts at most, in hours."),
    Setting("HUB_SESSION_IDLE_MINUTES", "60", "After how many minutes without an act a session ends."),
    Setting("HUB_SIGN_IN_FAILURES", "5", "Failed sign-ins of one account from one address before they are locked."),
    Setting("HUB_SIGN_IN_LOCK_MINUTES", "15", "How long that lock holds, in minutes."),
    Setting(
        "HUB_SIGN_IN_BRAKE",
        "50",
        "Failed sign-ins of strangers on one account from all addresses, of all browsers known to one account, or of"
        " one address on all accounts, before they must wait: an account a minute at first, longer with each failure;"
        " an address the time of a lock.",
    ),
    Setting("HUB_ONE_TIME_PASSWORD_HOURS", "72", "How long a one-time password opens its account, in hours."),
    Setting("HUB_PASSWORD_LENGTH", "12", "The fewest characters of a password; at least 12."),
    Setting("HUB_PASSWORD_DAYS", "365", "Days after which a password must be changed, told 14 days before; 0: never."),
    Setting("HUB_INACTIVE_DAYS", "180", "After how many days without a sign-in an account is closed; 0: never."),
    Setting("HUB_PASSWORD_MEMORY", "5", "How many past passwords may not come back."),
    Setting(
        "HUB_SECOND_FACTOR_ROLES",
        "",
        "Roles whose persons must enrol a second factor before they do anything else, comma between.",
    ),
    Setting(
        "HUB_PROXIES",
        "0",
        "How many proxies stand before the hub: so many entries of X-Forwarded-For, from its end, are believed.",
    ),
    Setting("HUB_OIDC_ISSUER", "", "Address of the site's OpenID Connect provider. Empty: passwords only."),
    Setting("HUB_OIDC_CLIENT_ID", "", "The name under which the provider knows the hub."),
    Setting("HUB_OIDC_CLIENT_SECRET", "", "The hub's secret at the provider.", secret=True),
    Setting("HUB_OIDC_LABEL", "the company account", "What the sign-in page calls the provider."),
    Setting("HUB_OIDC_USERNAME_CLAIM", "preferred_username", "The claim that is a person's user name here."),
    Setting("HUB_OIDC_ROLES_CLAIM", "groups", "The claim that lists a person's groups at the provider."),
    Setting(
        "HUB_OIDC_ROLES",
        "",
        "Which group gives which role, `group=role,group=role`. A mapped role is given and taken at each sign-in.",
    ),
    Setting(
        "HUB_OIDC_ENROL",
        "no",
        "yes: whom the provider knows is enrolled at the first sign-in; no: an administrator enrols first.",
    ),
    Setting("HUB_POLL_TICK_SECONDS", "1", "How often the sweeper looks for what nobody rang for, in seconds."),
    Setting(
        "HUB_INSTANCE",
        "",
        "Part of the cookies' names, so that two hubs on one host do not sign each other's people out, `8010`.",
    ),
    Setting(
        "HUB_SITE_ZONE",
        "",
        "Time zone of the site, `Europe/Zurich`: times are shown in UTC, and in this zone where one points at them.",
    ),
    Setting(
        "HUB_MAINTENANCE",
        "",
        "A sentence: every page and door answers 503 with it, but for the probes. Empty: open.",
    ),
    Setting(
        "HUB_OBJECTIVE_P95_MS", "5000", "Objective where an interface sets none: 95 % are delivered within, in ms."
    ),
    Setting(
        "HUB_OBJECTIVE_FIRST_TRY_PERCENT",
        "95",
        "Objective where an interface sets none: delivered at the first try, in percent.",
    ),
    Setting(
        "HUB_OBJECTIVE_BACKLOG", "1000", "Objective where an interface sets none: at most so many open deliveries."
    ),
    Setting(
        "HUB_SEAL_KEY_FILE",
        "",
        "File of the sealer's private key, for workers only; the public one is beside it. Development: under HUB_HOME.",
    ),
    Setting(
        "HUB_SEAL_PUBLIC_KEYS",
        "",
        "The sealer's public keys, `ed25519:hex`, comma between. Empty: the file beside the private key.",
    ),
    Setting("HUB_SEAL_SECONDS", "2", "How often the ledger is sealed, in seconds; signatures and releases at once."),
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


def zone(name: str) -> ZoneInfo | None:
    """A time zone by its IANA name; None where none is set."""
    value = text(name).strip()
    try:
        return ZoneInfo(value) if value else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes a time zone such as Europe/Zurich.") from None


def words(name: str) -> list[str]:
    """A list with commas between."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A list of addresses and ranges."""
    found = []
    for word in words(name):
        try:
            found.append(ip_network(word))
        except ValueError:
            raise ImproperlyConfigured(f"{name} has {word!r}; it takes addresses and ranges, as 10.1.0.0/16.") from None
    return found


def pairs(name: str) -> list[tuple[str, str]]:
    """A list of ``left=right`` with commas between."""
    found = [word.partition("=") for word in words(name)]
    if any(not left or not right for left, _, right in found):
        raise ImproperlyConfigured(f"{name} is {text(name)!r}; it takes left=right, comma between.")
    return [(left.strip(), right.strip()) for left, _, right in found]


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
