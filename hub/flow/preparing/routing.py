"""One message: to its canonical entity, to its routes, and to what each target takes. Nothing is written here.

The same at the door, in T1, and for a batch of a worker, in T2. Must run inside a transaction: a new month makes its
data key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.utils import timezone

from dictionary.values import json
from dictionary.values.errors import ValueRefused
from dictionary.values.json import JsonRefused
from governance.ids import uuid7
from hub.flow import vault
from hub.flow.intake.document import document_of
from hub.flow.preparing import translate
from hub.flow.preparing.claim import Claimed
from hub.flow.preparing.prepared import Prepared
from hub.flow.problems import NO_PROBLEM, Problem, text
from hub.flow.runtime import Running, RunningRoute, running
from hub.flow.sending.lease import Outgoing, Sendable
from hub.flow.states import NEVER, DeliveryStatus, MessageStatus

log = structlog.get_logger(__name__)

UNREAD = object()  # the document is still in the stored payload


def routed(message: Claimed, document: Any = UNREAD) -> Prepared:
    """What is to be written of one message. ``document`` is the record, where the caller has read it already.

    Raises DatabaseError only: what is wrong with a message, or with us, quarantines that message.
    """
    mine = Prepared()
    try:
        _prepare(mine, message, running(message.release_id), document)
    except DatabaseError:
        raise
    except Exception as error:  # our own fault must cost this message only, and say so
        log.exception("prepare.failed", message_id=str(message.id))
        return given_up(message, error)
    return mine


def given_up(message: Claimed, error: Exception) -> Prepared:
    """Our own fault: the message goes into quarantine. Its release may be what could not be read."""
    mine, problem = Prepared(), translate.failed(error).problem
    assert problem is not None
    _quarantine(mine, message, f"release {message.release_id}", problem)
    return mine


def _prepare(batch: Prepared, message: Claimed, release: Running, document: Any) -> None:
    try:
        document = document_of(message.payload) if document is UNREAD else document
        made = translate.to_canonical(document, release)
        routes = [route for route in release.routes if made.problem is None and translate.applies(route, made.output)]
    except (ValueRefused, JsonRefused) as error:
        made, routes = translate.failed(error), []
    if made.problem is not None:
        _quarantine(batch, message, release.digest, made.problem)
        return
    canonical = _seal(batch, json.dumps(made.output), message, release, "canonical")
    for path in made.unread:
        batch.drift[release.key, path].append(message.id)
    _route(batch, message, made.output, release, routes)
    batch.lines.append(f"{message.id}|{message.payload.digest}|{canonical.digest}|{release.digest}|prepared".encode())


def _quarantine(batch: Prepared, message: Claimed, release: str, problem: Problem) -> None:
    batch.moves.append((message.id, MessageStatus.QUARANTINED, problem))
    batch.steps.append((message.id, "received,quarantined", text(problem.sentence, 2000), message.release_id))
    batch.lines.append(f"{message.id}|{message.payload.digest}|{release}|quarantined".encode())


def _route(
    batch: Prepared, message: Claimed, canonical: dict[str, Any], release: Running, routes: list[RunningRoute]
) -> None:
    taken = {route.key for route in routes}
    for route in routes:
        _deliver_by(batch, message, canonical, release, route, tuple(key for key in route.after if key in taken))
    state = MessageStatus.ROUTED if routes else MessageStatus.COMPLETE
    batch.moves.append((message.id, state, None))
    passed = "received,validated,mapped,routed" + ("" if routes else ",complete")
    batch.steps.append((message.id, passed, "" if routes else "No route applied to this message.", release.id))


def _deliver_by(
    batch: Prepared,
    message: Claimed,
    canonical: dict[str, Any],
    release: Running,
    route: RunningRoute,
    after: tuple,
) -> None:
    delivery_id, payload_id, problem = uuid7(), None, None
    if not after:
        outgoing = translate.to_target(canonical, message, release, route, receipts={})
        problem = outgoing.problem
        if problem is None:
            sealed = _seal(batch, json.dumps(outgoing.output), message, release, "outgoing", delivery_id)
            payload_id = sealed.id
            batch.sendable.append(_sendable(delivery_id, message, release, route, sealed))
    batch.deliveries.append(delivery_row(delivery_id, message, release, route, payload_id, after, problem))


def _sendable(
    delivery_id: UUID, message: Claimed, release: Running, route: RunningRoute, sealed: vault.Sealed
) -> Sendable:
    payload = Outgoing(sealed.row[0], *sealed.row[4:9])  # as in vault.COLUMNS
    key = outbound_key(message.id, route)
    return Sendable(delivery_id, message.id, release.key, route.key, release.id, key, message.business_key, payload)


def outbound_key(message_id: UUID, route: RunningRoute) -> str:
    """What a target knows a delivery by: the same over all tries, and over a preparation that had to be repeated."""
    return f"{message_id}.{route.key}"


def delivery_row(
    delivery_id: UUID,
    message: Claimed,
    release: Running,
    route: RunningRoute,
    payload_id: UUID | None,
    after: Sequence[str] = (),
    problem: Problem | None = None,
) -> tuple:
    """One row in the order of DELIVERY_COLUMNS."""
    now = timezone.now()
    state = DeliveryStatus.WAITING_DEPENDENCY if after else DeliveryStatus.PENDING
    state = DeliveryStatus.DEAD if problem else state
    ordering_key = message.ordering_key if release.contract.is_ordered else ""
    return (
        delivery_id, message.id, release.key, route.key, route.connection.key, ordering_key, message.sequence,
        message.bucket, "", release.id, payload_id, outbound_key(message.id, route), str(state), now, len(after),
        f"|{'|'.join(after)}|" if after else "", NEVER if problem else now,
        *(problem.columns() if problem else NO_PROBLEM), 0, "", "", False, 0,
    )  # fmt: skip


def _seal(
    batch: Prepared,
    plain: bytes,
    message: Claimed,
    release: Running,
    stage: str,
    delivery_id: UUID | None = None,
) -> vault.Sealed:
    made = vault.sealed(
        plain,
        message_id=message.id,
        interface_key=release.key,
        stage=stage,
        data_class=release.data_class,
        delivery_id=delivery_id,
    )
    batch.payloads.append(made)
    return made
