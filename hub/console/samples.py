"""Stored records as samples for the preview of a mapping, offered to the dictionary's registry."""

from __future__ import annotations

from typing import Any

from dictionary.console import samples
from dictionary.values import json
from governance.errors import Refused
from hub.console.doors import identity
from hub.console.messages import message_for
from hub.console.payloads import readable
from hub.flow.dependents import receipts_of
from hub.flow.runtime import running
from hub.flow.translate import provenance
from hub.models import Message, MessageState
from hub.permissions import check_may_read_payload
from hub.selectors import trace
from hub.services.looks import record_look

NOTHING = {
    "to_canonical": "Nothing is stored of this message.",
    "to_target": "No canonical entity of this message is stored.",
}


def stored(user: Any, reference: str, direction: str) -> str:
    """What a mapping of that direction would read of a message, for who may read it. That it was taken is recorded."""
    message_id = identity(reference)
    if message_id is None:
        raise Refused(f"{reference!r} is no id of a message.", field="message", rule="UUID")
    message, interface = message_for(user, message_id)
    check_may_read_payload(user, interface)
    content = trace.payload_of(message, "received") if direction == "to_canonical" else _for_a_target(message)
    if content is None:
        raise Refused(NOTHING[direction], field="message")
    stage = "a sample for a mapping's preview"
    record_look(by=user, message_id=message.id, interface_key=interface.key, stage=stage, source="console")
    return readable(content)


def _for_a_target(message: Message) -> bytes | None:
    """The canonical entity with its provenance and the receipts that there are now; None where none is stored."""
    entity = trace.payload_of(message, "canonical")
    if entity is None:
        return None
    made_by = running(MessageState.objects.get(id=message.id).release_id)
    receipts = receipts_of([message.id]).get(message.id, {})
    return json.dumps({**json.loads(entity), "hub": provenance(message, made_by, receipts)})


samples.provide(stored)
