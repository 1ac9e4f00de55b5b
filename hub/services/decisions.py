"""Two persons decide what is in doubt: one's word is an audit event, which the other confirms by its id."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from governance import audit
from governance.errors import MISSING, Refused
from governance.guard.context import change
from governance.models import AuditEvent
from hub.flow.sending import resolve


def propose(*, delivery_id: UUID, decision: str, external_id: str, by: Any, reason: str) -> AuditEvent:
    """What the first person found at the target, of this try. Changes nothing yet; returns the proposal."""
    resolve.check_decision(decision, external_id)
    with change(by=by, reason=reason):
        delivery = resolve.waiting_for_persons(delivery_id, by)
        return audit.record(
            "delivery.decision_proposed",
            subject=("delivery", str(delivery_id)),
            interface=delivery.interface_key,
            decision=decision,
            external_id=external_id,
            attempt=delivery.attempts,
        )


def confirm(*, delivery_id: UUID, proposal: UUID | None, by: Any, reason: str) -> None:
    """The second person stands behind the proposal that they were shown, and behind no other."""
    if proposal is None:
        raise Refused("Say which proposal you confirm: give its id.", field="proposal", value=MISSING, rule="required")
    resolve.resolve(delivery_id=delivery_id, proposal=proposal, by=by, reason=reason)


audit.describe(delivery__decision_proposed="{actor} looked at the target of {subject} and said: {decision}.")
