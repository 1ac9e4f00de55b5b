"""Stored records as samples for mappings, offered to the dictionary's registry."""

from __future__ import annotations

from typing import Any

from dictionary.console import samples
from dictionary.console.samples import Recent, Source
from dictionary.values import json
from dictionary.values.json import JsonRefused
from governance.errors import Refused
from governance.models import Person
from hub.console.doors import identity
from hub.console.record.message_access import message_for
from hub.console.record.payloads import Read, readable
from hub.flow.intake.document import CLOUD_EVENT
from hub.flow.preparing.dependents import receipts_of
from hub.flow.preparing.translate import provenance
from hub.flow.runtime import running
from hub.models import Message, MessageState, Payload
from hub.permissions import check_may_read_payload, readable_interfaces, unmaskable_interfaces
from hub.selectors.consumers import interfaces_with
from hub.selectors.record import masking, trace
from hub.selectors.record.masking import Mask
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
    taken = _as_received if direction == "to_canonical" else _for_a_target
    content = taken(message, trace.masked_payload_of)
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
    """The newest documents, for counting; one that cannot be opened or is no record is left out.

    Masked where the user may not unmask: whoever writes the rules could ask them for a hidden value letter by letter.
    """
    taken, clear, found = _as_received if direction == "to_canonical" else _for_a_target, _unmaskable(user), []
    for message in _messages(user, mapping, direction, most):
        read = trace.payload_of if message.interface_key in clear else trace.masked_payload_of
        try:
            document = json.loads(taken(message, read) or b"null")
        except (Refused, JsonRefused):
            continue
        if isinstance(document, dict):
            found.append((str(message.id), document))
    return found


def _unmaskable(user: Any) -> set[str]:
    """Interfaces whose protected values the user may see; a system sees none."""
    return unmaskable_interfaces(user) if isinstance(user, Person) else set()


def _messages(user: Any, mapping: str, direction: str, most: int) -> list[Message]:
    using = {one.key for one in interfaces_with(user, "mapping", mapping)} if mapping else set()
    keys = readable_interfaces(user)
    rows = Message.objects.filter(interface_key__in=keys & using if using else keys)
    there = Payload.objects.filter(message_id__in=rows.values("id"), stage=STAGES[direction])
    return list(rows.filter(id__in=there.values("message_id")).order_by("-id")[:most])


def _name(message: Message, mask: Mask) -> str:
    name = "business_key" if message.business_key else "idempotency_key"
    return mask.key(name, getattr(message, name))


def _as_received(message: Message, read: Read) -> bytes | None:
    """The record as a mapping reads it, of a CloudEvent its data; None where nothing is stored."""
    content = read(message, "received", None)
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
