"""What the wire tap heard, kept encrypted beside the attempt. The connector redacts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from connectors.records import Heard
from governance.ids import uuid7
from governance.rows import insert
from hub.flow import vault
from hub.flow.runtime import Running
from hub.models import Exchange

COLUMNS = ("id", "attempt_id", "message_id", "key_id", "data")


def keep(attempt_id: UUID, message_id: UUID, release: Running, heard: Sequence[Heard]) -> None:
    """Store the exchanges of one attempt."""
    rows = []
    for exchange in (one.exchange() for one in heard):
        row_id = uuid7()
        plain = orjson.dumps(asdict(exchange), option=orjson.OPT_NON_STR_KEYS)
        key_id, data = vault.seal_beside(plain, row_id=row_id, interface_key=release.key, data_class=release.data_class)
        rows.append((row_id, attempt_id, message_id, key_id, data))
    insert(Exchange, COLUMNS, rows)


def opened(row: Exchange) -> dict[str, Any]:
    """The exchange as the tap heard it."""
    return orjson.loads(vault.open_beside(row.key_id, bytes(row.data or b""), row_id=row.id))
