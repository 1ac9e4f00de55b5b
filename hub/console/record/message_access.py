"""Messages and deliveries that a person may look at or work; what is somebody else's does not exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from governance.errors import NotFound
from hub.models import Delivery, Interface, Message
from hub.permissions import interface_for


def message_for(user: Any, message_id: UUID) -> tuple[Message, Interface]:
    """The message and its interface; NotFound where it is not there as where it is not the user's."""
    message = Message.objects.filter(id=message_id).first()
    if message is None:
        raise NotFound(f"There is no message {message_id}.")
    return message, interface_for(user, message.interface_key)


def delivery_for(user: Any, delivery_id: UUID) -> Delivery:
    """An open delivery of an interface that the user may see; the caller checks what may be done with it."""
    delivery = Delivery.objects.filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound(f"There is no open delivery {delivery_id}.")
    interface_for(user, delivery.interface_key)
    return delivery
