"""What a change handled while it was in force: messages that ran with its releases, and what became of them.

A rollback lists them: what reached a target must be looked at there, what failed can be reprocessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import ClosedDelivery, Delivery, InterfaceRelease, MessageState
from hub.permissions import visible_interfaces

LISTED = 500  # as many as one form of a replay carries by name


@dataclass(frozen=True, slots=True)
class Handled:
    """One interface: its release by the change, how many messages by state, the newest of them by what became of them.

    ``reached`` are ids of messages of which a target confirmed something; ``failed`` are dead or in quarantine.
    """

    interface: str
    release: int
    count: int
    states: tuple[tuple[str, int], ...]
    reached_count: int
    reached: tuple[UUID, ...]
    failed: tuple[UUID, ...]


def handled(user: Any, change_number: str) -> list[Handled]:
    """By interface, those that the user may see."""
    seen = set(visible_interfaces(user).values_list("key", flat=True))
    releases = InterfaceRelease.objects.filter(change_number=change_number, interface_key__in=seen)
    return [_of(one) for one in releases.order_by("interface_key")]


def has_releases(change_number: str) -> bool:
    """Whether any interface was released by the change."""
    return InterfaceRelease.objects.filter(change_number=change_number).exists()


def sees_all(user: Any, change_number: str) -> bool:
    """Whether the user may see every interface that the change released."""
    seen = visible_interfaces(user).values("key")
    return not InterfaceRelease.objects.filter(change_number=change_number).exclude(interface_key__in=seen).exists()


def _of(release: InterfaceRelease) -> Handled:
    rows = MessageState.objects.filter(interface_key=release.interface_key, release_id=release.id)
    states = rows.values("state").annotate(count=Count("id")).order_by("state").values_list("state", "count")
    ids = rows.order_by("id").values("id")
    confirmed = ClosedDelivery.objects.filter(message_id__in=ids, state=DeliveryStatus.CONFIRMED)
    reached = confirmed.order_by("-id").values_list("message_id", flat=True)
    return Handled(
        interface=release.interface_key,
        release=release.number,
        count=rows.count(),
        states=tuple(states),
        reached_count=confirmed.values("message_id").distinct().count(),
        reached=tuple(dict.fromkeys(reached[:LISTED])),
        failed=_failed(rows, ids),
    )


def _failed(rows: Any, ids: Any) -> tuple[UUID, ...]:
    """In the order in which they were accepted: the oldest ones that a replay plan can take."""
    held = set(rows.filter(state=MessageStatus.QUARANTINED).values_list("id", flat=True))
    dead = Delivery.objects.filter(message_id__in=ids, state=DeliveryStatus.DEAD).values_list("message_id", flat=True)
    return tuple(sorted({*held, *dead}))[:LISTED]
