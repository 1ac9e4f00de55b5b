"""What is in doubt at a target that can neither recognise a repeat nor be asked: two persons decide, with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from connectors.records import Receipt
from governance import audit
from governance.actors import actor_of
from governance.errors import NotFound, Refused
from governance.guard.context import change
from governance.signing.ceremony import attest
from hub.flow import closing
from hub.flow.bell import ring
from hub.flow.states import DeliveryStatus
from hub.models import Delivery

DECISIONS = ("it_arrived", "send_again", "cancel")


def resolve(*, delivery_id: UUID, decision: str, by: Any, first: Any, reason: str, external_id: str = "") -> None:
    """``first`` looked at the target, ``by`` is the second person; "it_arrived" needs the target's id of the record."""
    check_decision(decision, external_id)
    with change(by=by, reason=reason):
        delivery = _in_doubt(delivery_id)
        content = {"delivery": str(delivery.id), "decision": decision, "external_id": external_id}
        attest(
            meaning="outcome_decided",
            subject=("delivery", str(delivery.id)),
            content=content,
            by=by,
            reason=reason,
            not_by=[actor_of(first).id],
        )
        _apply(delivery, decision, external_id, by=actor_of(by).name, because=reason)
        audit.record(
            "delivery.decided",
            subject=("delivery", str(delivery.id)),
            interface=delivery.interface_key,
            decision=decision.replace("_", " "),
            first=actor_of(first).name,
        )
    ring()


def check_decision(decision: str, external_id: str) -> None:
    if decision not in DECISIONS:
        raise Refused(
            f"{decision!r} is no decision; there are: {', '.join(DECISIONS)}.",
            field="decision",
            value=decision,
        )
    if decision == "it_arrived" and not external_id:
        raise Refused("Give the id under which the target holds the record.", field="external_id", rule="required")


def _in_doubt(delivery_id: UUID) -> Delivery:
    delivery = Delivery.objects.select_for_update().filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound(f"There is no open delivery {delivery_id}.")
    if delivery.state != DeliveryStatus.IN_DOUBT or delivery.lease is not None:
        raise Refused(f"This delivery is {delivery.state.replace('_', ' ')}; only one in doubt needs a decision.")
    return delivery


def _apply(delivery: Delivery, decision: str, external_id: str, *, by: str, because: str) -> None:
    match decision:
        case "it_arrived":
            closing.confirm_by_decision(delivery, Receipt(external_id), by=by, because=because)
        case "cancel":
            closing.cancel(delivery, by=by, because=because)
        case "send_again":
            Delivery.objects.filter(id=delivery.id).update(
                state=DeliveryStatus.PENDING, ask_first=False, due_at=timezone.now()
            )


audit.describe(delivery__decided="{first} and {actor} decided about {subject}, which was in doubt: {decision}.")
