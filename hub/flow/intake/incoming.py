"""What a door hands to ``receive``: keys are taken from the document as the interface's ICD declares them."""

from __future__ import annotations

import base64
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from connectors.nesting import MAX_DEPTH, TOO_DEEP
from connectors.records import BrokenRecord, Record
from dictionary.contracts.violations import Violation
from dictionary.values import json
from dictionary.values.errors import excerpt
from governance.actors import Actor
from governance.errors import MISSING, Refused
from governance.ids import uuid7
from governance.signing.statement import digest_of_bytes
from hub.flow.intake.arrivals import Incoming
from hub.flow.problems import Problem, text
from hub.flow.runtime import Running
from hub.flow.states import Reason

log = structlog.get_logger(__name__)

KEY_LENGTH = 200


class Violated(Refused):
    """A pushed message that breaks its contract: answered 422 and not stored."""

    code = "contract_violated"

    def __init__(self, violations: list[Violation]) -> None:
        first = violations[0]
        super().__init__(first.sentence, field=first.path, value=excerpt(first.value), rule=first.rule)
        self.errors = [(one.path, excerpt(one.value), one.rule, one.sentence) for one in violations]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What came around the data: attributes of a CloudEvent, or the headers of plain JSON."""

    idempotency_key: str = ""
    event_type: str = ""
    event_source: str = ""
    occurred_at: datetime | None = None
    correlation_id: str = ""
    kind: str = "business"


def from_push(release: Running, document: Any, body: bytes, envelope: Envelope, actor: Actor) -> Incoming:
    """A message that a system sent. Raises Violated, or Refused where it has no key."""
    violations = release.contract.violations(document)
    if violations:
        raise Violated(violations)
    key = release.contract.idempotency_key(document) or envelope.idempotency_key
    if not key:
        raise Refused(
            "This message has no idempotency key: send an `Idempotency-Key` header, or a CloudEvent with an id.",
            field="Idempotency-Key",
            value=MISSING,
            rule="required",
        )
    item = _incoming(release, document, body, envelope, actor, key=_bounded(key, "idempotency key"))
    item.content = json.dumps(document)  # white space and the order of names make no other content
    item.document = document
    return item


def from_record(release: Running, record: Record | BrokenRecord, *, counts_repeats: bool = True) -> Incoming:
    """A record of a stream; one that could not be read, or breaks the contract, goes into quarantine.

    ``counts_repeats`` is False for a stream that reads its boundary again by design: that is no duplicate.
    """
    actor = Actor("system", f"poll:{release.key}", f"Stream of {release.key}")
    if isinstance(record, BrokenRecord):
        return _broken(release, record, actor)
    try:
        return _sound(release, record, actor, counts_repeats)
    except (ValueError, TypeError, ArithmeticError) as error:  # one record must not stop its stream
        log.warning("poll.record_unreadable", interface=release.key, error=type(error).__name__)
        return _broken(release, _as_found(record, error), actor)


class _TooDeep(ValueError):
    sentence = f"The record {TOO_DEEP}."


def _as_found(record: Record, error: Exception) -> BrokenRecord:
    """What can be kept of a record that has no place in JSON."""
    why = getattr(error, "sentence", f"The record cannot be written as JSON ({type(error).__name__}).")
    try:
        shown = repr(dict(record.data))
    except RecursionError:
        shown = reprlib.repr(dict(record.data))  # its first levels; the source has it whole
    return BrokenRecord(record.identity, shown.encode("utf-8", "replace"), why)


def _sound(release: Running, record: Record, actor: Actor, counts_repeats: bool) -> Incoming:
    document = _plain(record.data)
    body = json.dumps(document)
    key = release.contract.idempotency_key(document) or f"{'/'.join(record.identity)}@{digest_of_bytes(body)[7:39]}"
    envelope = Envelope(occurred_at=record.changed_at)
    item = _incoming(release, document, body, envelope, actor, key=_fitting(key))
    item.counts_repeats = counts_repeats
    return item


def contradiction(item: Incoming) -> Incoming:
    """The same record as a message of its own, in quarantine: its key was accepted before with other content."""
    mark = digest_of_bytes(item.body)[7:39]
    sentence = (
        f"The key {item.idempotency_key!r} was accepted before with other content; the source changed a record "
        "without giving the change a key of its own."
    )
    return replace(
        item,
        id=uuid7(),
        idempotency_key=_fitting(f"{item.idempotency_key}@{mark}"),
        problem=Problem(Reason.INVALID, sentence, "idempotency key", item.idempotency_key, "one content a key"),
    )


def _incoming(release: Running, document: Any, body: bytes, envelope: Envelope, actor: Actor, *, key: str) -> Incoming:
    contract = release.contract
    return Incoming(
        interface_key=release.key,
        release_id=release.id,
        data_class=release.data_class,
        idempotency_key=key,
        body=body,
        source_system=release.content["source"]["system"],
        actor=actor,
        business_key=text(contract.business_key(document), KEY_LENGTH),
        ordering_key=text(contract.ordering_key(document), KEY_LENGTH),
        event_type=envelope.event_type,
        event_source=envelope.event_source,
        occurred_at=envelope.occurred_at,
        correlation_id=envelope.correlation_id,
        kind=envelope.kind,
    )


def _broken(release: Running, record: BrokenRecord, actor: Actor) -> Incoming:
    """The bytes as found, kept as the payload and nowhere else, with the sentence of the connector."""
    place = "/".join(record.identity)
    return Incoming(
        interface_key=release.key,
        release_id=release.id,
        data_class=release.data_class,
        idempotency_key=_fitting(f"{place}@{digest_of_bytes(record.raw)[7:39]}"),
        body=record.raw,
        media_type="application/octet-stream",
        source_system=release.content["source"]["system"],
        actor=actor,
        business_key=text(place, KEY_LENGTH),
        problem=Problem(Reason.UNREADABLE, record.reason, field=place),
    )


def _excerpt(raw: bytes) -> str:
    return raw[:80].decode("utf-8", errors="replace")


def _fitting(key: str) -> str:
    """A polled key as its column keeps it. One that does not fit, or holds a NUL, begins as it was and ends with the
    digest of the whole: there is nobody to refuse it to, and two cut keys could be equal."""
    if len(key) <= KEY_LENGTH and "\x00" not in key:
        return key
    digest = digest_of_bytes(key.encode("utf-8", "surrogatepass"))[7:]
    return f"{text(key, KEY_LENGTH - 1 - len(digest))}#{digest}"


def _bounded(key: str, what: str) -> str:
    """A key that would not fit its column is refused, not cut: two cut keys could be equal."""
    if len(key) > KEY_LENGTH or "\x00" in key:
        raise Refused(
            f"The {what} is longer than {KEY_LENGTH} characters, or holds a NUL.",
            field=what,
            value=text(key, 80),
            rule=f"≤ {KEY_LENGTH} characters without a NUL",
        )
    return key


def _plain(data: Mapping[str, Any], level: int = 1) -> Any:
    if level > MAX_DEPTH:
        raise _TooDeep
    return {name: _json_able(value, level) for name, value in data.items()}


def _json_able(value: Any, level: int) -> Any:
    match value:
        case Mapping():
            return _plain(value, level + 1)
        case list() | tuple():
            if level >= MAX_DEPTH:
                raise _TooDeep
            return [_json_able(item, level + 1) for item in value]
        case datetime():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
    return value
