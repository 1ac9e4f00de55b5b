"""Two persons decide what is in doubt: one's word is an audit event, which the other confirms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from governance import audit
from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person
from hub.flow import resolve
from hub.permissions import check_is_person
from hub.selectors import exceptions


class SomethingElseWasSaid(Refused):
    """The proposal that was shown is not the newest any more, or the delivery was tried again since."""

    status = 409
    code = "other_proposal"


def propose(*, delivery_id: UUID, decision: str, external_id: str, by: Any, reason: str) -> UUID:
    """What the first person found at the target: the id of the proposal. Changes nothing yet."""
    check_is_person(by)
    resolve.check_decision(decision, external_id)
    with change(by=by, reason=reason):
        delivery = resolve.in_doubt(delivery_id)
        return audit.record(
            "delivery.decision_proposed",
            subject=("delivery", str(delivery_id)),
            interface=delivery.interface_key,
            decision=decision,
            external_id=external_id,
            attempts=delivery.attempts,
        ).id


def confirm(*, delivery_id: UUID, proposal: str, by: Any, reason: str) -> None:
    """The second person stands behind what they were shown: that proposal, and none that came after it."""
    check_is_person(by)
    with change(by=by, reason=reason):
        delivery = resolve.in_doubt(delivery_id)
        newest = exceptions.proposed_decision(delivery_id)
        if newest is None:
            raise Refused("Nobody has said yet what was found at the target, or it was decided meanwhile.")
        if str(newest.id) != proposal or newest.facts["attempts"] != delivery.attempts:
            raise SomethingElseWasSaid(
                "Somebody has said something else about this delivery since, or it was tried again; look once more.",
                field="proposal",
                value=proposal,
                rule="the newest proposal",
            )
        first = Person.objects.filter(pk=newest.actor_id).first()
        if first is None:
            raise Refused("The person who looked at the target is not known any more; look again.")
        said = {name: newest.facts[name] for name in ("decision", "external_id")}
        resolve.resolve(delivery_id=delivery_id, **said, first=first, by=by, reason=reason)


audit.describe(delivery__decision_proposed="{actor} looked at the target of {subject} and said: {decision}.")
