"""Stored records as samples for mappings, offered to the dictionary's registry."""

from __future__ import annotations

from typing import Any

from dictionary.console import samples
from dictionary.console.samples import Recent, Source
from dictionary.values import json
from dictionary.values.json import JsonRefused
from governance.errors import Refused
from governance.keyring import Unreadable
from hub.console.doors import identity
from hub.console.message_access import message_for
from hub.console.payloads import Read, readable
from hub.flow.dependents import receipts_of
from hub.flow.document import CLOUD_EVENT, document_of
from hub.flow.runtime import running
from hub.flow.translate import provenance
from hub.models import Message, MessageState, Payload
from hub.permissions import check_may_read_payload, readable_interfaces
from hub.selectors import masking, trace
from hub.selectors.consumers import interfaces_with
from hub.selectors.masking import Mask
from hub.services.looks import record_look

NOTHING = {
    "to_canonical": "Nothing is stored of this message.",
    "to_target": "No canonical entity of this message is stored.",
}
STAGES = {"to_canonical": "received", "to_target": "canonical"}


def stored(user: Any, reference: str, direction: str, source: str = "console") -> str:
    """What a mapping of that direction would read of a message, for who may read it. That it was taken is recorded.

    Values of protected data classes are masked: a rule can then be tried on the rest.
    """
    message_id = identity(reference)
    if message_id is None:
        raise Refused(f"{reference!r} is no id of a message.", field="message", rule="UUID")
    message, interface = message_for(user, message_id)
    check_may_read_payload(user, interface)
    content = _as_received(message) if direction == "to_canonical" else _for_a_target(message, trace.masked_payload_of)
    if content is None:
        raise Refused(NOTHING[direction], field="message")
    stage = "a sample for a mapping's preview"
    record_look(by=user, message_id=message.id, interface_key=interface.key, stage=stage, source=source)
    return readable(content)


def recent(user: Any, mapping: str, direction: str, most: int) -> list[Recent]:
    """The newest messages of interfaces that use the mapping and whose content the user may read."""
    rows = _messages(user, mapping, direction, most)
    handled_by = dict(MessageState.objects.filter(id__in=[one.id for one in rows]).values_list("id", "release_id"))
    masks = masking.masks_of(set(handled_by.values()))
    return [Recent(str(one.id), f"{_name(one, masks[handled_by[one.id]])} · {one.interface_key}") for one in rows]


def several(user: Any, mapping: str, direction: str, most: int) -> list[tuple[str, Any]]:
    """The newest documents as they are stored, for counting; one that cannot be opened or read is left out."""
    found = []
    for message in _messages(user, mapping, direction, most):
        payload = Payload.objects.filter(message_id=message.id, stage=STAGES[direction]).order_by("-id").first()
        try:
            document = document_of(payload) if payload else None
            if document is not None and direction == "to_target":
                document = json.loads(_for_a_target(message, trace.payload_of) or b"null")
        except (Unreadable, JsonRefused):
            continue
        if document is not None:
            found.append((str(message.id), document))
    return found


def _messages(user: Any, mapping: str, direction: str, most: int) -> list[Message]:
    using = {one.key for one in interfaces_with(user, "mapping", mapping)} if mapping else set()
    keys = readable_interfaces(user)
    rows = Message.objects.filter(interface_key__in=keys & using if using else keys)
    there = Payload.objects.filter(message_id__in=rows.values("id"), stage=STAGES[direction])
    return list(rows.filter(id__in=there.values("message_id")).order_by("-id")[:most])


def _name(message: Message, mask: Mask) -> str:
    name = "business_key" if message.business_key else "idempotency_key"
    return mask.key(name, getattr(message, name))


def _as_received(message: Message) -> bytes | None:
    """The record as a mapping reads it, of a CloudEvent its data, masked; None where nothing is stored."""
    content = trace.masked_payload_of(message, "received")
    stored = Payload.objects.filter(message_id=message.id, stage="received").order_by("-id").first()
    if content is None or stored is None or stored.media_type != CLOUD_EVENT:
        return content
    try:
        event = json.loads(content)
    except JsonRefused:
        return content
    return json.dumps(event["data"]) if isinstance(event, dict) and "data" in event else content


def _for_a_target(message: Message, read: Read) -> bytes | None:
    """The canonical entity with its provenance and the receipts that there are now; None where none is stored."""
    entity = read(message, "canonical", None)
    if entity is None:
        return None
    made_by = running(MessageState.objects.get(id=message.id).release_id)
    receipts = receipts_of([message.id]).get(message.id, {})
    return json.dumps({**json.loads(entity), "hub": provenance(message, made_by, receipts)})


samples.provide(Source(one=stored, recent=recent, several=several))
