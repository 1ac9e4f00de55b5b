"""Received payloads as samples for the preview of a mapping, offered to the dictionary's registry."""

from __future__ import annotations

from typing import Any

from dictionary.console import samples
from governance.errors import Refused
from hub.console.doors import identity
from hub.console.messages import message_for
from hub.console.payloads import readable
from hub.permissions import check_may_read_payload
from hub.selectors import trace
from hub.services.looks import record_look


def received(user: Any, reference: str) -> str:
    """The received payload of a message, for who may read it. That it was taken is recorded."""
    message_id = identity(reference)
    if message_id is None:
        raise Refused(f"{reference!r} is no id of a message.", field="message", rule="UUID")
    message, interface = message_for(user, message_id)
    check_may_read_payload(user, interface)
    content = trace.payload_of(message, "received")
    if content is None:
        raise Refused("Nothing is stored of this message.", field="message")
    stage = "a sample for a mapping's preview"
    record_look(by=user, message_id=message.id, interface_key=interface.key, stage=stage, source="console")
    return readable(content)


samples.provide(received)
