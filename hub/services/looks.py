"""Who looked at which content is part of the trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from governance import audit
from governance.errors import NotFound
from governance.guard.context import change
from hub.models import Message
from hub.permissions import check_may_unmask, interface_for


def record_look(*, by: Any, message_id: UUID, interface_key: str, stage: str, source: str) -> None:
    """One event a look; ``stage`` is received, canonical, sent, difference or values, ``source`` the door."""
    with change(by=by, reason=f"Content read as {stage}.", source=source):
        audit.record("payload.viewed", subject=("message", str(message_id)), interface=interface_key, stage=stage)


def unmask(*, message_id: UUID, stage: str, by: Any, reason: str, source: str = "console") -> None:
    """A person sees the protected values of one stage of one message, and says why. The caller shows them shortly.

    The right is checked inside the transaction: it may have gone since the door looked.
    """
    with change(by=by, reason=reason, source=source):
        message = Message.objects.filter(id=message_id).first()
        if message is None:
            raise NotFound(f"There is no message {message_id}.", field="message", value=str(message_id))
        check_may_unmask(by, interface_for(by, message.interface_key))
        audit.record(
            "payload.unmasked", subject=("message", str(message_id)), interface=message.interface_key, stage=stage
        )


audit.describe(payload__unmasked="{actor} unmasked the protected values of message {subject} as {stage}.")
audit.describe(payload__viewed="{actor} looked at the content of message {subject} as {stage}.")
