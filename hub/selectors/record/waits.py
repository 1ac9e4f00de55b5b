"""Why an open delivery is not sent yet: the pause of its interface, or the earlier message of its key that holds it."""

from __future__ import annotations

from collections.abc import Iterable

from hub.flow.states import HOLDING, DeliveryStatus
from hub.models import Delivery, InterfaceControl, Message, MessageState
from hub.selectors.record.journey import Wait

WAITING = (DeliveryStatus.PENDING, DeliveryStatus.RETRY_WAIT)
WORDS = {
    "received": "has not been prepared yet",
    "quarantined": "is in quarantine",
    "dead": "is dead for this target",
    "in_doubt": "is in doubt at this target",
    "waiting_dependency": "waits for another of its own routes",
}


def wait_of(delivery: Delivery) -> Wait | None:
    """None where nothing keeps it but its turn. The same rule as the lease: the first open one of a key and route."""
    if delivery.state not in WAITING:
        return None
    if InterfaceControl.objects.filter(interface__key=delivery.interface_key, paused_at__isnull=False).exists():
        return Wait(f"{delivery.interface_key} is paused; nothing is sent until it is resumed.")
    if not delivery.ordering_key:
        return None
    found = sorted([*_open_before(delivery), *_unrouted_before(delivery)], key=lambda one: one[0])
    if not found:
        return None
    _, message_id, state = found[0]
    name = Message.objects.values_list("business_key", flat=True).filter(id=message_id).first() or str(message_id)
    sentence = (
        f"It waits for {name}, an earlier message of the key {delivery.ordering_key}, "
        f"which {WORDS.get(state, 'is under way')}."
    )
    return Wait(sentence, message_id, name)


def _open_before(delivery: Delivery) -> Iterable[tuple]:
    same = Delivery.objects.filter(
        interface_key=delivery.interface_key,
        route_key=delivery.route_key,
        ordering_key=delivery.ordering_key,
        sequence__lt=delivery.sequence,
    )
    return same.order_by("sequence").values_list("sequence", "message_id", "state")[:1]


def _unrouted_before(delivery: Delivery) -> Iterable[tuple]:
    same = MessageState.objects.filter(
        interface_key=delivery.interface_key,
        ordering_key=delivery.ordering_key,
        sequence__lt=delivery.sequence,
        state__in=HOLDING,
    )
    return same.order_by("sequence").values_list("sequence", "id", "state")[:1]
