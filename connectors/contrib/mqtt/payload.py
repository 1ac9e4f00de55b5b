"""A message as a record, or as what can be kept of it. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from connectors.queued import value_of
from connectors.records import BrokenRecord, Record

from .settings import MIB, Source

KEPT_WHOLE = 16 * MIB  # of a payload that is too large: nobody else holds it once it is acknowledged
SAMPLE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as it came: ``number`` counts from 1 within a session, ``mid`` is the broker's packet id."""

    number: int
    mid: int
    qos: int
    topic: str
    payload: bytes
    properties: tuple[tuple[str, str], ...] = ()


class _Unreadable(Exception):
    """The sentence goes to quarantine with the bytes."""


def record_of(message: Arrived, source: Source) -> Record | BrokenRecord:
    """Whether a message is retained, repeated or late is not in its record: the same message is the same record."""
    digest = hashlib.sha256(message.topic.encode("utf-8", "surrogatepass") + b"\0" + message.payload).hexdigest()
    try:
        data = _data(message, source)
        return Record(_identity(data, source) or (message.topic, digest), data)
    except _Unreadable as unreadable:
        reason = f"The message on {message.topic!r} {unreadable}."
    raw = message.payload if len(message.payload) <= KEPT_WHOLE else message.payload[:SAMPLE]
    return BrokenRecord((message.topic, digest[:16]), raw, reason)


def _data(message: Arrived, source: Source) -> dict[str, Any]:
    value = _value(message.payload, source.max_bytes)
    if not isinstance(value, dict):
        if not source.value_field:
            raise _Unreadable("is not an object with fields, and the stream names no 'value_field' for it")
        value = {source.value_field: value}
    return value | _around(message, source, value)


def _around(message: Arrived, source: Source, value: dict[str, Any]) -> dict[str, str]:
    """The topic and the user properties, as fields; none of them may hide one of the payload."""
    around = {source.topic_field: message.topic}
    for name, text in message.properties:
        field = source.properties.get(name)
        if field in around:
            raise _Unreadable(f"has the user property {name!r} twice")
        if field is not None:
            around[field] = text
    if hidden := sorted(value.keys() & around.keys()):
        raise _Unreadable(f"has a field {hidden[0]!r} of its own, which the stream fills in")
    return around


def _value(payload: bytes, max_bytes: int) -> Any:
    if len(payload) > max_bytes:
        cut = f"; its first {SAMPLE} bytes are kept, and SHA-256 {hashlib.sha256(payload).hexdigest()} of the whole"
        kept = cut if len(payload) > KEPT_WHOLE else ""
        raise _Unreadable(f"has {len(payload)} bytes where 'max_bytes' allows {max_bytes}{kept}")
    if not payload:
        raise _Unreadable("is empty; a retained message that is cleared arrives like this")
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        raise _Unreadable(f"is not UTF-8: at byte {error.start} stands 0x{payload[error.start]:02x}") from None
    try:
        return value_of(text)
    except ValueError as error:
        raise _Unreadable(str(error)) from None


def _identity(data: dict[str, Any], source: Source) -> tuple[str, ...]:
    found = tuple(_as_text(data.get(name)) for name in source.identity)
    if "" in found:
        raise _Unreadable(f"has no value in its identity field {source.identity[found.index('')]!r}")
    return found


def _as_text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).strip()
