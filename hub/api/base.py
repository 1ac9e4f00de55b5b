"""What the hub's views share: a message or an interface that the user may know of, or 404."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from governance.api.protocol.fields import Identity, Key, Text
from governance.api.protocol.view import ApiView
from governance.errors import NotFound
from hub.models import Interface, Message
from hub.permissions import visible_interfaces

REASON = Text(name="reason", help="Why; it is kept for ever.", required=True, example="An upgrade of the target")
INTERFACE = Key(name="interface", help="Key of the interface.", example="IF-001", visible=visible_interfaces)
INTERFACE_KEY = Text(name="key", help="Key of the interface.", most=160, example="IF-001")
MESSAGE_ID = Identity(name="message_id", help="Id of the message.", example="01980000-0000-7000-8000-000000000001")


class HubView(ApiView):
    """Subclasses parse, authorise, call one service or selector, and answer."""

    def message(self, message_id: UUID) -> tuple[Message, Interface]:
        """The message and its interface; NotFound where it is not there, or not for this user."""
        found = Message.objects.filter(id=message_id).first()
        interface = visible_interfaces(self.request.user).filter(key=found.interface_key).first() if found else None
        if found is None or interface is None:
            raise NotFound(f"There is no message {message_id}.", field="message", value=str(message_id))
        return found, interface


def interfaces_of(user: Any, message_ids: Sequence[UUID]) -> list[Interface]:
    """The interfaces of these messages, in a few queries; NotFound for the first that the user may not see."""
    keys = dict(Message.objects.filter(id__in=message_ids).values_list("id", "interface_key"))
    visible = {one.key: one for one in visible_interfaces(user).filter(key__in=set(keys.values()))}
    for message_id in message_ids:
        if keys.get(message_id) not in visible:
            raise NotFound(f"There is no message {message_id}.", field="message", value=str(message_id))
    return list(visible.values())
