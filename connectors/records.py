"""The few things that travel between a connector and the hub: frozen, slotted, JSON-able."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a system.

    ``identity`` are the values of the stream's identity fields as text, in order. ``data`` is JSON-able;
    numbers that carry meaning are ``Decimal`` or text, never ``float``. ``changed_at`` is aware.
    """

    identity: tuple[str, ...]
    data: Mapping[str, Any]
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A place in a source that could not be read as a record: it is stored in quarantine, never skipped.

    ``raw`` are the bytes as found; ``reason`` names the place, the value and the rule, for example
    "Line 7 of lots.csv has 4 columns where the header has 5."
    """

    identity: tuple[str, ...]
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where to go on. ``cursor`` is JSON-able and belongs to the stream; the hub only stores it."""

    cursor: Any


@dataclass(frozen=True, slots=True)
class Page:
    """Records and the checkpoint that passes them: the hub saves both in one transaction.

    ``settle`` names what the stream must do after the hub has committed (move a file, acknowledge a
    message); it is passed to ``Stream.committed`` and is JSON-able.
    """

    records: tuple[Record | BrokenRecord, ...]
    checkpoint: Checkpoint
    settle: Any = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The target's word that the effect stands. ``url`` is a link for a person, ``version`` the target's own."""

    external_id: str
    url: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """The answer of ``Connector.check``: ``message`` says what is wrong, or whom we are connected as."""

    ok: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as the wire tap saw it, already redacted.

    ``ms`` is wall time in milliseconds; ``status`` is 0 where no answer came.
    """

    method: str
    url: str
    status: int
    ms: float
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: str = ""
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the tap is handed: the exchange is redacted when it is asked for, as most are thrown away unread."""

    status: int
    redact: Callable[..., Exchange] = field(repr=False)
    parts: tuple = field(repr=False)

    def exchange(self) -> Exchange:
        """Without its secrets."""
        return self.redact(*self.parts)
