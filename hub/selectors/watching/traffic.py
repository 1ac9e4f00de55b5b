"""Counts and times of deliveries over the last day, behind figures, charts and the health table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from governance.ids import floor_of, time_of
from hub.flow.states import OPEN, DeliveryStatus, MessageStatus
from hub.models import Attempt, ClosedDelivery, Delivery, MessageState

HOURS = 24
LONGEST_WAIT = timedelta(days=31)  # a delivery closed today was made within this time
SAMPLE = 5_000  # latencies are measured over the newest so many deliveries
GOOD_OUTCOMES = ("confirmed", "found", "asked")


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from acceptance to delivery; None where nothing was delivered."""

    p50: int | None
    p95: int | None
    p99: int | None


@dataclass(frozen=True, slots=True)
class Closed:
    """One delivered message: when, on which interface, after how many milliseconds."""

    interface_key: str
    at: datetime
    ms: int
    attempts: int


def hours(now: datetime | None = None) -> list[datetime]:
    """The starts of the last 24 hours, the running one last."""
    this = (now or timezone.now()).replace(minute=0, second=0, microsecond=0)
    return [this - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]


def since() -> str:
    """Where the counted day begins, as the query string of a list takes it."""
    return f"{hours()[0]:%Y-%m-%dT%H:%M}"


def delivered_by_hour(keys: Any) -> dict[str, dict[datetime, int]]:
    """Interface → hour → confirmed deliveries."""
    rows = confirmed(keys).annotate(hour=TruncHour("closed_at")).values("interface_key", "hour").order_by()
    found: dict[str, dict[datetime, int]] = defaultdict(dict)
    for row in rows.annotate(n=Count("id")):
        found[row["interface_key"]][row["hour"]] = row["n"]
    return found


def delivered_by_connection(keys: Any) -> dict[tuple[str, str], int]:
    """(interface, connection) → confirmed deliveries of the last day."""
    rows = confirmed(keys).values("interface_key", "connection_key").order_by().annotate(n=Count("id"))
    return {(row["interface_key"], row["connection_key"]): row["n"] for row in rows}


def failed_tries(keys: Any) -> Any:
    """Tries of the last day that did not succeed, on open and delivered messages of these interfaces."""
    first = hours()[0]
    mine = Q(message_id__in=Delivery.objects.filter(interface_key__in=keys).values("message_id"))
    mine |= Q(message_id__in=confirmed(keys).values("message_id"))
    return Attempt.objects.filter(mine, id__gte=floor_of(first), recorded_at__gte=first).exclude(
        outcome__in=GOOD_OUTCOMES
    )


def failed_tries_by_hour(keys: Any) -> dict[datetime, int]:
    """Hour → tries that did not succeed, over all of these interfaces."""
    rows = failed_tries(keys).annotate(hour=TruncHour("recorded_at")).values("hour").order_by()
    return {row["hour"]: row["n"] for row in rows.annotate(n=Count("id"))}


def sample(keys: Any) -> list[Closed]:
    """The newest deliveries of the last day. A message's id says when it was accepted."""
    rows = confirmed(keys).order_by("-id").values_list("interface_key", "message_id", "closed_at", "attempts")
    return [
        Closed(key, at, max(0, round((at - time_of(message)).total_seconds() * 1000)), attempts)
        for key, message, at, attempts in rows[:SAMPLE]
    ]


def latency(milliseconds: list[int]) -> Latency:
    """Nearest-rank percentiles."""
    ordered = sorted(milliseconds)
    if not ordered:
        return Latency(None, None, None)
    last = len(ordered) - 1
    return Latency(*(ordered[min(last, len(ordered) * part // 100)] for part in (50, 95, 99)))


def backlog_by_hour(keys: Any) -> list[int]:
    """How much waited for the hub at the end of each hour, from when each was made and closed.

    What waits for a person now is left out of every hour, so that the last value is the backlog of the figures.
    """
    ends = [start + timedelta(hours=1) for start in hours()]
    parts = [
        waiting(keys).aggregate(**{f"h{i}": Count("id", filter=Q(created_at__lt=end)) for i, end in enumerate(ends)}),
        unrouted(keys).aggregate(**{f"h{i}": Count("id", filter=Q(changed_at__lt=end)) for i, end in enumerate(ends)}),
        closed(keys).aggregate(
            **{f"h{i}": Count("id", filter=Q(created_at__lt=end, closed_at__gte=end)) for i, end in enumerate(ends)}
        ),
    ]
    return [sum(part[f"h{i}"] for part in parts) for i in range(HOURS)]


def waiting(keys: Any) -> Any:
    """Open deliveries that wait for the hub, not for a person."""
    aside = (DeliveryStatus.DEAD, DeliveryStatus.IN_DOUBT)
    return Delivery.objects.filter(interface_key__in=keys).exclude(state__in=aside)


def unrouted(keys: Any) -> Any:
    """Messages that were accepted and have no delivery yet."""
    return MessageState.objects.filter(interface_key__in=keys, state=MessageStatus.RECEIVED)


def open_by_state(keys: Any) -> list[dict[str, Any]]:
    """(interface, state) → how many open deliveries, and since when the oldest waits."""
    rows = Delivery.objects.filter(interface_key__in=keys).values("interface_key", "state").order_by()
    return [dict(row) for row in rows.annotate(n=Count("id"), oldest=Min("created_at"))]


def waiting_messages(keys: Any) -> list[dict[str, Any]]:
    """(interface, state) → how many messages are received but not routed, or in quarantine."""
    rows = MessageState.objects.filter(
        interface_key__in=keys, state__in=(MessageStatus.RECEIVED, MessageStatus.QUARANTINED)
    )
    counted = rows.values("interface_key", "state").order_by()
    return [dict(row) for row in counted.annotate(n=Count("id"), oldest=Min("changed_at"))]


def last_success(keys: Any) -> dict[str, datetime]:
    """Interface → when a delivery was last confirmed."""
    first = timezone.now() - LONGEST_WAIT
    rows = ClosedDelivery.objects.filter(
        interface_key__in=keys, id__gte=floor_of(first - LONGEST_WAIT), state=DeliveryStatus.CONFIRMED
    )
    return dict(rows.values_list("interface_key").order_by().annotate(last=Max("closed_at")))


def is_backlog(state: str) -> bool:
    """Waiting for the hub, not for a person."""
    return state in OPEN and state not in (DeliveryStatus.DEAD, DeliveryStatus.IN_DOUBT)


def closed(keys: Any) -> Any:
    """Deliveries that were settled within the last day."""
    first = hours()[0]
    return ClosedDelivery.objects.filter(
        interface_key__in=keys, id__gte=floor_of(first - LONGEST_WAIT), closed_at__gte=first
    )


def confirmed(keys: Any) -> Any:
    """Those of ``closed`` that arrived."""
    return closed(keys).filter(state=DeliveryStatus.CONFIRMED)
