"""Open sessions to connected systems, one a thread and connection revision, reused over batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings

from connectors import configuration, credentials
from connectors.base import Connector
from connectors.fence import FileFence
from connectors.models import Secret
from connectors.network import NetworkPolicy
from connectors.records import Heard
from connectors.registry import registry
from governance.models import Revision

KEPT_SECONDS = 60.0

_local = threading.local()


class Client:
    """An open connector and what its wire tap heard since it was last asked."""

    def __init__(self, connection: Revision) -> None:
        self.heard: list[Heard] = []
        self.connector: Connector = build(connection.content or {}, tap=self.heard.append)
        self.connector.open()
        self.opened_at = time.monotonic()

    def take_exchanges(self) -> list[Heard]:
        heard, self.heard[:] = list(self.heard), []
        return heard

    def close(self) -> None:
        self.connector.close()


def client(connection: Revision) -> Client:
    """This thread's open client of that connection. Raises from the connectors' taxonomy."""
    kept: dict[UUID, Client] = _local.__dict__.setdefault("clients", {})
    found = kept.get(connection.id)
    if found is not None and time.monotonic() - found.opened_at > KEPT_SECONDS:
        drop(connection)
        found = None
    if found is None:
        found = kept[connection.id] = Client(connection)
    return found


def peek(connection: Revision) -> Client | None:
    """The open client, if there is one."""
    return _local.__dict__.setdefault("clients", {}).get(connection.id)


def drop(connection: Revision) -> None:
    """Close and forget: after an error that a fresh session may not have."""
    found = _local.__dict__.setdefault("clients", {}).pop(connection.id, None)
    if found is not None:
        found.close()


def drop_all() -> None:
    """This thread stops."""
    for found in _local.__dict__.pop("clients", {}).values():
        found.close()


def build(content: dict[str, Any], *, tap: Callable[[Heard], None] | None = None) -> Connector:
    """A connector from a connection's content, not yet open; credentials are resolved now and kept nowhere."""
    kind = registry[content["connector"]]
    given = content.get("credentials", {})
    return kind(
        configuration.load(kind.Settings, content["settings"]),
        credentials.resolve(kind.Credentials, given, secret=_secret, files=_credential_files()),
        files=FileFence(tuple(settings.HUB_FILE_ROOTS), tuple(settings.HUB_OWN_FILES)),
        network=NetworkPolicy(tuple(settings.HUB_NETWORK_ALLOWED)),
        **({"tap": tap} if tap else {}),
    )


def _credential_files() -> FileFence | None:
    """Where ``file:PATH`` may lead; None where the installation names no folder for credentials."""
    folder = settings.HUB_CREDENTIALS_DIR
    return FileFence((folder,), tuple(settings.HUB_OWN_FILES)) if folder else None


def _secret(name: str) -> str:
    """Raises KeyError where there is none: the connector names the reference, never the value."""
    found = Secret.objects.filter(name=name).first()
    if found is None:
        raise KeyError(name)
    return found.reveal()
