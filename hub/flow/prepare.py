"""T2: each received message becomes its canonical entity, is routed, and is mapped for each target.

One transaction for a batch. A message that fails is quarantined with field, value and rule, a target mapping that
fails makes that delivery dead; the others go on. Nothing leaves the hub here, so a crash only rolls back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from dictionary.values import json
from dictionary.values.errors import ValueRefused
from dictionary.values.json import JsonRefused
from governance.guard.transactions import write
from governance.ids import uuid7
from hub.flow import translate, vault
from hub.flow.batch import BatchSize
from hub.flow.claim import Bytes, Claimed, claim
from hub.flow.prepared import Prepared, write_down
from hub.flow.problems import NO_PROBLEM, Problem, text
from hub.flow.runtime import Running, RunningRoute, running
from hub.flow.states import NEVER, DeliveryStatus, MessageStatus

log = structlog.get_logger(__name__)

size = BatchSize(200)
CLOUD_EVENT = "application/cloudevents+json"


def prepare(limit: int = 0) -> int:
    """Prepare up to ``limit`` received messages; returns how many were taken.

    Where the batch cannot be written, each message is prepared alone, so that one of them cannot hold up the others.
    """
    claimed: list[Claimed] = []
    try:
        with write():
            claimed = claim(limit or size.rows)
            write_down(_prepared(claimed))
    except OperationalError:
        raise  # the database, not a message
    except (DatabaseError, ValueError):
        log.exception("prepare.batch_failed", messages=len(claimed))
        return sum(_alone(message.id) for message in claimed)
    size.seen(len(claimed), sum(message.payload.size for message in claimed))
    return len(claimed)


def _alone(message_id: UUID) -> int:
    """One message of a batch that failed; what cannot be written at all goes into quarantine and says so."""
    try:
        with write():
            claimed = claim(1, only=message_id)
            write_down(_prepared(claimed))
    except OperationalError:
        raise
    except (DatabaseError, ValueError) as error:
        log.exception("prepare.failed", message_id=str(message_id))
        with write():
            claimed, batch = claim(1, only=message_id), Prepared()
            for message in claimed:
                _quarantine(batch, message, _release_words(message), _own_fault(error))
            write_down(batch)
    return len(claimed)


def _prepared(claimed: Sequence[Claimed]) -> Prepared:
    batch = Prepared()
    for message in claimed:
        mine = Prepared()
        try:
            _prepare_one(mine, message, running(message.release_id))
        except Exception as error:  # our own fault must cost this message only, and say so
            log.exception("prepare.failed", message_id=str(message.id))
            mine = Prepared()
            _quarantine(mine, message, _release_words(message), _own_fault(error))
        batch.add(mine)
    return batch


def _release_words(message: Claimed) -> str:
    """What a ledger line says of a release that could not be read."""
    return f"release {message.release_id}"


def _own_fault(error: Exception) -> Problem:
    problem = translate.failed(error).problem
    assert problem is not None
    return problem


def _prepare_one(batch: Prepared, message: Claimed, release: Running) -> None:
    try:
        document = _document(message.payload)
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


def _document(payload: Bytes) -> Any:
    """The record that arrived; of a CloudEvent, its data."""
    document = json.loads(vault.opened(payload))
    return document["data"] if payload.media_type == CLOUD_EVENT else document


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
            payload_id = _seal(batch, json.dumps(outgoing.output), message, release, "outgoing", delivery_id).id
    batch.deliveries.append(delivery_row(delivery_id, message, release, route, payload_id, after, problem))


def delivery_row(
    delivery_id: UUID,
    message: Claimed,
    release: Running,
    route: RunningRoute,
    payload_id: UUID | None,
    after: Sequence[str] = (),
    problem: Problem | None = None,
) -> tuple:
    """One row in the order of DELIVERY_COLUMNS. The idempotency key is the same over all tries."""
    now = timezone.now()
    state = DeliveryStatus.WAITING_DEPENDENCY if after else DeliveryStatus.PENDING
    state = DeliveryStatus.DEAD if problem else state
    ordering_key = message.ordering_key if release.contract.is_ordered else ""
    return (
        delivery_id, message.id, release.key, route.key, route.connection.key, ordering_key, message.sequence,
        message.bucket, "", release.id, payload_id, f"{message.id}.{route.key}", str(state), now, len(after),
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
