"""The door for messages: a plain view, since a serializer a message would cost more than the message.

One CloudEvents JSON event, a batch of them, or plain JSON with an Idempotency-Key. Answered 202 only after the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from dictionary.values import json
from dictionary.values.errors import shown
from governance import audit
from governance.api.protocol import problems
from governance.api.protocol.parser import NoLength, NotReadable, TooLarge
from governance.errors import MISSING, NOT_SHOWN, NotFound, Refused
from governance.guard.context import correlation
from governance.ids import uuid7
from governance.signing.statement import digest_of_bytes
from hub.api import cloud_event
from hub.api.tokens import Bearer, bearer
from hub.flow.bell import ring
from hub.flow.intake import receive
from hub.flow.intake.arrivals import Accepted, Incoming
from hub.flow.intake.group import group
from hub.flow.intake.incoming import Envelope, from_push
from hub.flow.problems import text
from hub.flow.runtime import Running, in_force
from hub.models.grant import Direction

log = structlog.get_logger(__name__)

EVENT, BATCH, PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
LARGEST_BATCH = 1000


class WrongMediaType(Refused):
    status = 415
    code = "media_type"


class Unauthenticated(Refused):
    status = 401
    code = "unauthenticated"


class Contradiction(Refused):
    """The same idempotency key came with other content."""

    status = 409
    code = "other_content"


class Closed(Refused):
    """The interface may not carry production traffic: nothing was accepted, and the sender keeps its messages."""

    status = 409
    code = "not_in_production"
    RULE = "production traffic needs an approved interface control document"


def intake(request: HttpRequest, key: str) -> HttpResponse:
    """``POST /api/v1/interfaces/{key}/messages``"""
    token = correlation.set(request.headers.get("X-Correlation-Id", "")[:64] or str(uuid7()))
    sender, body = None, b""
    try:
        sender = _sender(request)
        body = _body(request)
        release = _release(sender, key)
        if _media_type(request) == BATCH:
            return _take_batch(release, body, sender)
        return _take_one(release, request, body, sender)
    except Refused as error:
        return _refuse(error, key, sender, body)
    except DatabaseError as error:
        log.error("intake.not_stored", interface=key, error=type(error).__name__)
        return _not_stored()
    finally:
        correlation.reset(token)


def _not_stored() -> HttpResponse:
    """Nothing was accepted: the sender keeps the message and sends it again."""
    connection.close()
    sentence = "The hub cannot store messages now. Nothing was accepted; send the message again."
    response = problems.answer(problems.document(503, sentence, code="not_stored"))
    response["Retry-After"] = "5"
    return response


def _sender(request: HttpRequest) -> Bearer:
    given = request.headers.get("Authorization", "")
    found = bearer(given)
    if found is None:
        raise Unauthenticated(
            "The bearer token is missing, unknown, expired or revoked.",
            field="Authorization",
            value=NOT_SHOWN if given else MISSING,
            rule="a valid bearer token",
        )
    return found


def _release(sender: Bearer, key: str) -> Running:
    if (key, Direction.SEND) not in sender.grants:
        raise NotFound(f"There is no interface {key!r}.", field="interface", value=key)
    release = in_force(key)
    if release.closed:
        raise Closed(release.closed, field="icd", value=release.content["icd"], rule=Closed.RULE)
    return release


def _media_type(request: HttpRequest) -> str:
    found = request.content_type or ""
    if found in (EVENT, BATCH, PLAIN) or found.endswith("+json"):
        return found
    raise WrongMediaType(
        f"The media type {found or 'none'!r} is not taken here; send {PLAIN}, {EVENT} or {BATCH}.",
        field="Content-Type",
        value=found or MISSING,
        rule=f"{PLAIN}, {EVENT} or {BATCH}",
    )


def _body(request: HttpRequest) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        sentence = "Compressed bodies are not taken here."
        raise WrongMediaType(sentence, field="Content-Encoding", value=text(encoding, 80), rule="identity")
    if (
        "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    ):  # with a length beside it, too: which is true?
        sentence = "Send the length of the body; chunked bodies are not taken here."
        raise NoLength(sentence, field="Content-Length", value=MISSING, rule="required")
    size, limit = int(request.META.get("CONTENT_LENGTH") or 0), settings.HUB_MAX_BODY_BYTES
    sentence = f"The body is larger than the {limit} bytes that this door takes."
    too_large = TooLarge(sentence, field="Content-Length", value=str(size), rule=f"≤ {limit}")
    if size > limit:
        raise too_large
    try:
        return request.body
    except RequestDataTooBig:
        raise too_large from None


def _take_one(release: Running, request: HttpRequest, body: bytes, sender: Bearer) -> HttpResponse:
    item = _incoming(release, _decoded(body), body, sender, request)
    accepted = group.accept(item)
    if accepted.is_conflict:
        raise _contradiction(item)
    ring()
    return _answer(_said(accepted))


def _take_batch(release: Running, body: bytes, sender: Bearer) -> HttpResponse:
    """Each item for itself: those that are wrong say why, the others are taken."""
    events = _decoded(body)
    if not isinstance(events, list):
        sentence = "A batch is a JSON array of CloudEvents."
        raise NotReadable(sentence, field="body", value=shown(events), rule="array")
    if len(events) > LARGEST_BATCH:
        sentence = f"A batch holds at most {LARGEST_BATCH} events."
        raise TooLarge(sentence, field="body", value=f"{len(events)} events", rule=f"≤ {LARGEST_BATCH}")
    read = [_try_item(release, event, sender) for event in events]
    good = [item for item in read if isinstance(item, Incoming)]
    accepted = dict(zip([item.id for item in good], receive.receive(good) if good else [], strict=True))
    ring()
    answers = [_item_answer(item, accepted) for item in read]
    for event, item, said in zip(events, read, answers, strict=True):
        if said["status"] != 202:
            error = item if isinstance(item, Refused) else _contradiction(item)
            _record(error, release.key, sender, json.dumps(event))
    is_whole = all(said["status"] == 202 for said in answers)
    return _answer({"items": answers}, status=202 if is_whole else 207)


def _try_item(release: Running, event: Any, sender: Bearer) -> Incoming | Refused:
    try:
        return _incoming(release, event, json.dumps(event), sender, None)
    except Refused as error:
        return error


def _item_answer(item: Incoming | Refused, accepted: Mapping[Any, Accepted]) -> dict[str, Any]:
    if isinstance(item, Refused):
        return problems.of_refusal(item)
    found = accepted[item.id]
    return problems.of_refusal(_contradiction(item)) if found.is_conflict else {"status": 202, **_said(found)}


def _incoming(release: Running, document: Any, body: bytes, sender: Bearer, request: HttpRequest | None) -> Incoming:
    """``request`` is None for an item of a batch. The media type alone says whether it is an event or plain JSON."""
    if request is not None and _media_type(request) != EVENT:
        envelope = Envelope(request.headers.get("Idempotency-Key", ""), correlation_id=correlation.get())
        return from_push(release, document, body, envelope, sender.actor)
    cloud_event.check(document)
    envelope = cloud_event.envelope(document, correlation.get() if request else "")
    item = from_push(release, document["data"], body, envelope, sender.actor)
    item.media_type = EVENT
    return item


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except json.JsonRefused as error:
        raise NotReadable(
            error.sentence, field="body", value=_place(body, error.position), rule="JSON, RFC 8259"
        ) from None


def _place(body: bytes, position: int | None) -> str:
    """What stands where the body stops being JSON; how long it is where that is not one place."""
    at = body[position : position + 40] if position is not None else b""
    return text(at.decode("utf-8", "replace"), 40) or f"{len(body)} bytes"


def _contradiction(item: Incoming) -> Contradiction:
    return Contradiction(
        f"The key {item.idempotency_key!r} was accepted before with other content. A changed record needs a new key.",
        field="idempotency key",
        value=item.idempotency_key,
        rule="one content a key",
    )


def _said(accepted: Accepted) -> dict[str, Any]:
    return {
        "id": str(accepted.message_id),
        "correlation_id": accepted.correlation_id,
        "duplicate": accepted.is_duplicate,
    }


def _answer(content: dict[str, Any], status: int = 202) -> HttpResponse:
    return HttpResponse(orjson.dumps(content), status=status, content_type=PLAIN)


def _without_value(error: Refused) -> Refused:
    """For the trail, which outlives the payloads: the sender's answer quotes values, the row says field and rule."""
    if error.status not in (400, 409, 422):
        return error  # about the token, the address, the size or the media type: nothing of the record
    sentence = f"The field {error.field!r} breaks the rule: {error.rule}." if error.rule else "It could not be read."
    said = Refused(sentence, field=error.field, rule=error.rule)
    said.status = error.status
    return said


def _refuse(error: Refused, key: str, sender: Bearer | None, body: bytes) -> HttpResponse:
    _record(error, key, sender, body)
    response = problems.answer(problems.of_refusal(error))
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="interlock"'
    return response


def _record(error: Refused, key: str, sender: Bearer | None, body: bytes) -> None:
    """A refusal row, after the rollback: who, when, digest, field and rule; never a value of what was pushed."""
    audit.record_refusal(
        "message.receive",
        _without_value(error),
        by=sender.actor if sender else None,
        subject=("interface", key),
        digest=digest_of_bytes(body) if body else "",
    )
