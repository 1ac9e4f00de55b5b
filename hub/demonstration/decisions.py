"""What persons did in the past of a demonstration, through the services that the console calls."""

from __future__ import annotations

from datetime import datetime, timedelta

from governance.models import Person
from governance.signing.demonstration import sign_as
from hub.demonstration import records, sources
from hub.demonstration.places import Places
from hub.flow.replaying import replay, replay_items
from hub.flow.states import NEVER, DeliveryStatus, MessageStatus
from hub.models import Delivery, Message, MessageState
from hub.selectors.mending import exceptions
from hub.services import decisions, triage

EVERY = timedelta(hours=6)  # somebody goes through the exceptions
LEFT_ALONE = timedelta(hours=8)  # what has come since then is for whoever opens the demonstration
ONE_BY_ONE = "IF-101"  # whose exceptions are worked on in earnest, and stay longer
LEFT_THERE = timedelta(hours=30)
HAS_MAIL, WAS_TOLD = "The engineer on duty has the mail", "The engineer was told by telephone; no mail is needed"
REJECTED = {
    "IF-101": "The line was told, and corrected the record in the MES",
    "IF-102": "The laboratory has entered the result once more, as agreed",
    "IF-103": "Purchasing has corrected the supplier; the next change carries it",
    "IF-105": "Lyon has sent the result once more",
    "IF-106": "The contractor has issued the certificate once more",
}


class Persons:
    """Olga goes through the exceptions; Quinn is the second person."""

    def __init__(self, places: Places, now: datetime, until: datetime) -> None:
        self.places, self.until = places, until
        self.next_round = now + EVERY
        self.olga, self.quinn = (Person.objects.get(username=name) for name in ("olga", "quinn"))

    def work(self, now: datetime) -> None:
        """A round, where one is due."""
        if now < self.next_round:
            return
        self.next_round = now + EVERY
        is_late = now > self.until - LEFT_ALONE
        self._book_lots()
        if not is_late:
            self._reject(now)
            self._cancel()
            self._decide()

    def close(self) -> None:
        """Before the demonstration opens: the largest group has an owner and a deviation."""
        groups = [one for one in exceptions.groups(self.olga, interface=ONE_BY_ONE) if one.state == "dead"]
        for one in groups[:1]:
            common = {"fingerprint": one.fingerprint, "interface_key": one.interface_key, "by": self.olga}
            triage.assign(person=self.olga.username, reason="The ERP team is asked", **common)
            triage.link(deviation="DEV-2026-0117", reason="It has happened before", **common)

    def _reject(self, now: datetime) -> None:
        held = MessageState.objects.filter(state=MessageStatus.QUARANTINED)
        for state in held.order_by("id"):
            is_young = state.interface_key == ONE_BY_ONE and state.changed_at > self.until - LEFT_THERE
            if not is_young:
                replay_items.reject(message_id=state.id, by=self.olga, reason=REJECTED[state.interface_key])

    def _cancel(self) -> None:
        """An expired lot has no word in the LIMS, and needs none."""
        for one in Delivery.objects.filter(interface_key="IF-104", state=DeliveryStatus.DEAD).order_by("id"):
            reason = "The lot has expired; the laboratory does not need it"
            replay_items.cancel(delivery_id=one.id, by=self.olga, reason=reason)

    def _decide(self) -> None:
        """The engineer has the mail, or was told by telephone and needs none: two persons say so."""
        has_mail = self.next_round < self.until - timedelta(hours=24)
        decision, reason = ("it_arrived", HAS_MAIL) if has_mail else ("cancel", WAS_TOLD)
        doubtful = Delivery.objects.filter(state=DeliveryStatus.IN_DOUBT, due_at=NEVER, lease=None)
        for number, one in enumerate(doubtful.order_by("id"), start=1):
            said = decisions.propose(
                delivery_id=one.id,
                decision=decision,
                external_id=f"mail-{number}" if has_mail else "",
                by=self.olga,
                reason=reason,
            )
            decisions.confirm(delivery_id=one.id, proposal=said.id, by=self.quinn, reason="I asked the engineer too")

    def _book_lots(self) -> None:
        """The ERP has some lots by now that it did not know: what it refused is sent once more."""
        dead = Delivery.objects.filter(interface_key=ONE_BY_ONE, route_key="hold", state=DeliveryStatus.DEAD)
        refused = list(dead.filter(created_at__lt=self.until - LEFT_THERE).exclude(error_field="reason"))
        if not refused:
            return
        lots = Message.objects.filter(id__in=[one.message_id for one in refused]).values_list("ordering_key", flat=True)
        made = [records.lot(0, self.next_round - EVERY) | {"lot_no": lot} for lot in dict.fromkeys(lots)]
        with sources.opened(self.places.database("erp")) as database:
            sources.insert(database, "lot", made)
        plan = replay.plan(
            message_ids=[one.message_id for one in refused],
            mode="same_bytes",
            by=self.olga,
            reason="The ERP has booked the lots",
        )
        about = ("replay", str(plan.id))
        sign_as(subject=about, meaning="approved", person=self.quinn, reason="I have seen the lots in the ERP")
