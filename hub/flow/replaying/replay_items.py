"""A person gives up what waits for them: a quarantined message is rejected, a dead delivery is cancelled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from governance import audit
from governance.errors import NotFound, Refused
from governance.guard.context import change
from hub.flow.replaying.replay_steps import keep_steps
from hub.flow.sending import closing
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import Delivery, MessageState
from hub.permissions import check_is_person, check_still_may_operate


def reject(*, message_id: UUID, by: Any, reason: str) -> None:
    """A person closes a quarantined message: it will not be delivered, and says why for ever."""
    with change(by=by, reason=reason):
        state = MessageState.objects.select_for_update().filter(id=message_id).first()
        if state is None:
            raise NotFound(f"There is no message {message_id}.", field="message", value=str(message_id))
        check_is_person(by)
        check_still_may_operate(by, state.interface_key)
        if state.state != MessageStatus.QUARANTINED:
            raise Refused(
                f"This message is {state.state}; only one in quarantine can be rejected.",
                field="state",
                value=state.state,
                rule=MessageStatus.QUARANTINED,
            )
        MessageState.objects.filter(id=message_id).update(state=MessageStatus.REJECTED, changed_at=timezone.now())
        keep_steps([(message_id, "rejected", "quarantined,rejected", state.release_id)])
        audit.record("message.rejected", subject=("message", str(message_id)), interface=state.interface_key)


def cancel(*, delivery_id: UUID, by: Any, reason: str) -> None:
    """A person gives up a dead delivery; later messages of its key may go."""
    with change(by=by, reason=reason) as made:
        delivery = Delivery.objects.select_for_update().filter(id=delivery_id).first()
        if delivery is None:
            raise NotFound(f"There is no open delivery {delivery_id}.", field="delivery", value=str(delivery_id))
        check_is_person(by)
        check_still_may_operate(by, delivery.interface_key)
        if delivery.state != DeliveryStatus.DEAD:
            raise Refused(
                f"This delivery is {delivery.state.replace('_', ' ')}; only a dead one can be cancelled.",
                field="state",
                value=delivery.state,
                rule=DeliveryStatus.DEAD,
            )
        closing.cancel(delivery, by=made.by.name, because=made.reason)
        audit.record("delivery.cancelled", subject=("delivery", str(delivery_id)), interface=delivery.interface_key)
