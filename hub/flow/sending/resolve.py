"""What the hub cannot find out itself: two persons decide, with a reason, one confirming the other's proposal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone

from connectors.base import Guarantee
from connectors.records import Receipt
from governance import audit
from governance.actors import actor_of
from governance.errors import MISSING, NotFound, Refused
from governance.guard.context import change
from governance.models import AuditEvent
from governance.signing.ceremony import attest
from hub.flow.bell import ring
from hub.flow.runtime import running
from hub.flow.sending import closing
from hub.flow.states import NEVER, DeliveryStatus
from hub.models import Delivery
from hub.permissions import check_is_person, check_still_may_approve, check_still_may_operate
from hub.selectors.mending.exceptions import proposed_decision

DECISIONS = ("it_arrived", "send_again", "cancel")


class OtherProposal(Refused):
    """Confirmed was what is not the newest word about this try any more."""

    status = 409
    code = "other_proposal"


def resolve(*, delivery_id: UUID, proposal: UUID, by: Any, reason: str) -> None:
    """``by`` stands behind ``proposal``, the audit event of another person who looked at the target.

    Judged under the delivery's lock: raises OtherProposal unless it is the newest word about the newest try.
    """
    with change(by=by, reason=reason):
        delivery = waiting_for_persons(delivery_id, by, check_still_may_approve)
        said = _newest(delivery, proposal)
        _attest(delivery, said, by, reason)
        _apply(delivery, said.facts["decision"], said.facts["external_id"], by=actor_of(by).name, because=reason)
        audit.record(
            "delivery.decided",
            subject=("delivery", str(delivery.id)),
            interface=delivery.interface_key,
            decision=said.facts["decision"].replace("_", " "),
            first=said.actor["name"],
        )
    ring()


def check_decision(decision: str, external_id: str) -> None:
    if decision not in DECISIONS:
        raise Refused(
            f"{decision!r} is no decision; there are: {', '.join(DECISIONS)}.",
            field="decision",
            value=decision,
            rule=f"one of {', '.join(DECISIONS)}",
        )
    if decision == "it_arrived" and not external_id:
        raise Refused(
            "Give the id under which the target holds the record.",
            field="external_id",
            value=MISSING,
            rule="required where it arrived",
        )


def waiting_for_persons(
    delivery_id: UUID, by: Any, check: Callable[[Any, str], None] = check_still_may_operate
) -> Delivery:
    """The delivery, locked; Refused unless it is in doubt and the engine itself will do nothing more about it."""
    delivery = Delivery.objects.select_for_update().filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound(f"There is no open delivery {delivery_id}.", field="delivery", value=str(delivery_id))
    check_is_person(by)
    check(by, delivery.interface_key)
    if delivery.state != DeliveryStatus.IN_DOUBT or delivery.lease is not None:
        raise Refused(
            f"This delivery is {delivery.state.replace('_', ' ')}; only one in doubt needs a decision.",
            field="state",
            value=delivery.state,
            rule=DeliveryStatus.IN_DOUBT,
        )
    if delivery.due_at < NEVER:
        raise Refused(
            "The hub will ask the target about this delivery itself; nobody needs to decide it yet.",
            field="due_at",
            value=delivery.due_at.isoformat(timespec="seconds"),
            rule="the hub itself will do no more",
        )
    return delivery


def _newest(delivery: Delivery, proposal: UUID) -> AuditEvent:
    said = proposed_decision(delivery)
    if said is None:
        raise Refused(
            "Nobody has said yet what was found at the target, or it was decided meanwhile.",
            field="proposal",
            value=str(proposal),
            rule="the newest proposal",
        )
    if said.id != proposal:
        raise OtherProposal(
            f"{said.actor['name']} has said something else since you looked: {_words(said)}. Look at it first.",
            field="proposal",
            value=str(proposal),
            rule="the newest proposal",
        )
    return said


def _words(said: AuditEvent) -> str:
    decision, external_id = said.facts["decision"].replace("_", " "), said.facts["external_id"]
    return f"{decision} as {external_id!r}" if external_id else decision


def _attest(delivery: Delivery, said: AuditEvent, by: Any, reason: str) -> None:
    attest(
        meaning="outcome_decided",
        subject=("delivery", str(delivery.id)),
        content={
            "delivery": str(delivery.id),
            "proposal": str(said.id),
            "decision": said.facts["decision"],
            "external_id": said.facts["external_id"],
        },
        by=by,
        reason=reason,
        not_by=[said.actor_id],
    )


def _apply(delivery: Delivery, decision: str, external_id: str, *, by: str, because: str) -> None:
    match decision:
        case "it_arrived":
            closing.confirm_by_decision(delivery, Receipt(external_id), by=by, because=because)
        case "cancel":
            closing.cancel(delivery, by=by, because=because)
        case "send_again":
            _send_again(delivery)


def _send_again(delivery: Delivery) -> None:
    """The retry policy starts afresh. A target that can be asked is asked first all the same: persons err too."""
    sink = running(delivery.release_id).route(delivery.route_key).unopened_sink()
    Delivery.objects.filter(id=delivery.id).update(
        state=DeliveryStatus.PENDING,
        ask_first=sink.guarantee() is Guarantee.PROBE,
        due_at=timezone.now(),
        attempts=0,
        first_tried_at=None,
        backoff_ms=0,
    )


audit.describe(delivery__decided="{first} and {actor} decided about {subject}, which was in doubt: {decision}.")
