"""Two persons decide what is in doubt: one's word is an audit event, which the other confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from governance import audit
from governance.errors import NotFound, Refused
from governance.guard.context import change
from governance.models import Person
from hub.flow import resolve
from hub.flow.states import DeliveryStatus
from hub.models import Delivery
from hub.selectors import exceptions


def propose(*, delivery_id: UUID, decision: str, external_id: str, by: Any, reason: str) -> None:
    """What the first person found at the target. Changes nothing yet."""
    resolve.check_decision(decision, external_id)
    with change(by=by, reason=reason):
        delivery = Delivery.objects.filter(id=delivery_id).first()
        if delivery is None:
            raise NotFound(f"There is no open delivery {delivery_id}.")
        if delivery.state != DeliveryStatus.IN_DOUBT:
            raise Refused(f"This delivery is {delivery.state.replace('_', ' ')}; only one in doubt needs a decision.")
        audit.record(
            "delivery.decision_proposed",
            subject=("delivery", str(delivery_id)),
            interface=delivery.interface_key,
            decision=decision,
            external_id=external_id,
        )


def confirm(*, delivery_id: UUID, by: Any, reason: str) -> None:
    """The second person stands behind what the first one said."""
    proposed = exceptions.proposed_decision(delivery_id)
    if proposed is None:
        raise Refused("Nobody has said yet what was found at the target, or it was decided meanwhile.")
    first = Person.objects.filter(pk=proposed.actor_id).first()
    if first is None:
        raise Refused("The person who looked at the target is not known any more; look again.")
    resolve.resolve(
        delivery_id=delivery_id,
        decision=proposed.facts["decision"],
        external_id=proposed.facts["external_id"],
        first=first,
        by=by,
        reason=reason,
    )


audit.describe(delivery__decision_proposed="{actor} looked at the target of {subject} and said: {decision}.")
