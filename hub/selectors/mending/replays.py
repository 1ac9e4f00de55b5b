"""Replay plans of the user's interfaces, how far each has come, and the items of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from hub.models import ClosedDelivery, Delivery, Message, MessageState, ReplayItem, ReplayPlan
from hub.models.replay import ReplayState
from hub.permissions import visible_interfaces
from hub.selectors.ordering import ordered
from hub.selectors.record import masking, veil

NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many items have each outcome; ``reached`` of ``size`` have one."""

    size: int
    reached: int
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An item as a page shows it: ``now`` is the state of the delivery that is meant, or of the message."""

    item: ReplayItem
    key: str
    sentence: str
    now: str
    route: str = ""  # of the delivery; a whole message has none


def plans(
    user: Any,
    *,
    interface: str = "",
    state: str = "",
    mode: str = "",
    planned_by: str = "",
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    order: str = "",
) -> QuerySet[ReplayPlan]:
    """Newest first."""
    rows = ReplayPlan.objects.filter(interface_key__in=visible_interfaces(user).values("key"))
    exact = {"interface_key": interface, "state": state, "mode": mode}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    rows = rows.filter(planned_by__name__icontains=planned_by) if planned_by else rows
    rows = rows.filter(reason__icontains=text) if text else rows
    rows = rows.filter(planned_at__gte=since) if since else rows
    rows = rows.filter(planned_at__lt=until) if until else rows
    return ordered(rows, order, before)


def waiting(user: Any) -> int:
    """How many plans wait for a second person."""
    return plans(user, state=ReplayState.PLANNED).count()


def progress_of(plan: ReplayPlan) -> Progress:
    """How far the plan has come."""
    counted = dict(plan.items.order_by().values_list("outcome").annotate(Count("id")))
    left = counted.pop("", 0)
    shown = [*sorted(counted.items()), *([(NOT_REACHED, left)] if left else [])]
    return Progress(plan.size, plan.size - left, tuple(shown))


def lines(plan: ReplayPlan, *, outcome: str, start: int, limit: int, may_read: bool) -> list[Line]:
    """Items from a position on, messages of one key in their order; a sentence that could quote a value is veiled."""
    rows = plan.items.filter(position__gte=start).order_by("position")
    if outcome:
        rows = rows.filter(outcome="" if outcome == NOT_REACHED else outcome)
    items = list(rows[:limit])
    ids = [one.message_id for one in items]
    released = dict(MessageState.objects.filter(id__in=ids).values_list("id", "release_id"))
    masks = masking.masks_of({*released.values(), *([plan.release_id] if plan.release_id else ())})
    keys = {
        one: masks[released[one]].key("business_key", key)
        for one, key in Message.objects.filter(id__in=ids).values_list("id", "business_key")
    }
    may_quote = may_read and not has_protected(plan)
    now, routes = _now(items), routes_of(items)
    return [
        Line(
            item=one,
            key=keys.get(one.message_id, ""),
            sentence=veil.outcome_of(one, may_read=may_quote),
            now=now.get(one.delivery_id or one.message_id, ""),
            route=routes.get(one.delivery_id, "") if one.delivery_id else "",
        )
        for one in items
    ]


def has_protected(plan: ReplayPlan) -> bool:
    """Whether a sentence about an item could quote a protected value: by the releases that handle its messages."""
    ids = plan.items.values("message_id")
    handled = set(MessageState.objects.filter(id__in=ids).values_list("release_id", flat=True).distinct())
    return bool(masking.protected_among(handled | ({plan.release_id} if plan.release_id else set())))


def routes_of(items: Sequence[ReplayItem]) -> dict[UUID, str]:
    """Route of each delivery that is meant, open or closed."""
    ids = [one.delivery_id for one in items if one.delivery_id]
    found: dict[UUID, str] = {}
    for model in (Delivery, ClosedDelivery) if ids else ():
        found |= dict(model.objects.filter(id__in=ids).values_list("id", "route_key"))
    return found


def _now(items: Sequence[ReplayItem]) -> dict[UUID, str]:
    deliveries = [one.delivery_id for one in items if one.delivery_id]
    found: dict[UUID, str] = {}
    for model, ids in (
        (MessageState, [one.message_id for one in items if not one.delivery_id]),
        (Delivery, deliveries),
        (ClosedDelivery, deliveries),
    ):
        found |= dict(model.objects.filter(id__in=ids).values_list("id", "state"))
    return found
