"""Payload tabs of one message: who looks is recorded, each time something is opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest

from governance.errors import Refused
from hub.console.differences import Difference, difference
from hub.console.doors import identity
from hub.console.record.unmasking import unmasked_until
from hub.models import Interface, Message
from hub.permissions import may_read_payload, may_unmask
from hub.selectors.record import trace
from hub.services.looks import record_look

TABS = (
    ("received", "As received"),
    ("canonical", "Canonical"),
    ("sent", "As sent"),
    ("difference", "Difference"),
)
SHOWN_BYTES = 200_000

Read = Callable[[Message, str, UUID | None], bytes | None]  # message, stage and delivery → bytes


def tabs(request: HttpRequest, message: Message, interface: Interface) -> dict[str, Any]:
    """What the payload card shows: nothing is opened before a tab is chosen."""
    stage = request.GET.get("stage", "")
    shown: dict[str, Any] = {"tabs": TABS, "stage": stage, "stored": trace.stages_of(message)}
    if stage not in dict(TABS) or not may_read_payload(request.user, interface):
        return {**shown, "stage": ""}
    until = unmasked_until(request, message.id, stage) if may_unmask(request.user, interface) else None
    is_masked = until is None and trace.mask_for(message).is_needed
    looked = f"{stage}, masked" if is_masked else stage
    record_look(by=request.user, message_id=message.id, interface_key=interface.key, stage=looked, source="console")
    shown |= {"stage_is_masked": is_masked, "stage_unmasked_until": until}
    read = trace.payload_of if until else trace.masked_payload_of
    delivery_id = identity(request.GET.get("delivery", ""))
    if stage == "difference":
        return {**shown, "differences": _differences(message, delivery_id, read)}
    text, problem = _text(message, stage, delivery_id, read)
    return {**shown, "payload": text, "payload_problem": problem}


def readable(content: bytes) -> str:
    """Indented where it is JSON, its numbers untouched; else as text; cut where it is very long."""
    with suppress(msgspec.DecodeError):
        content = msgspec.json.format(content, indent=2)
    text = content[:SHOWN_BYTES].decode("utf-8", errors="replace")
    return f"{text}\n… {len(content) - SHOWN_BYTES} more bytes" if len(content) > SHOWN_BYTES else text


def _text(message: Message, stage: str, delivery_id: UUID | None, read: Read) -> tuple[str, str]:
    """(text, sentence that says why there is none)."""
    try:
        content = read(message, stage, delivery_id)
    except Refused as refused:
        return "", refused.sentence
    if content is None:
        return "", "Nothing has been stored at this stage: the message did not get so far."
    return readable(content), ""


def _differences(message: Message, delivery_id: UUID | None, read: Read) -> list[Difference]:
    """From each stage to the next, of those that are stored."""
    stages = [(name, _text(message, stage, delivery_id, read)[0]) for stage, name in TABS[:3]]
    there = [(name, text) for name, text in stages if text]
    return [difference(old_name, old, new_name, new) for (old_name, old), (new_name, new) in pairwise(there)]
