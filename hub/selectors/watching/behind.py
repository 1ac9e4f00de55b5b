"""The rows behind a number: what arrived, what waits and which tries failed, as overview and charts count them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from connectors.models import Connection
from governance.ids import time_of
from hub.models import Attempt, Message
from hub.permissions import visible_interfaces
from hub.selectors.record import masking
from hub.selectors.watching import traffic
from hub.selectors.watching.in_use import in_use

PAGE = 50
MS = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery, or a message without one (``route`` ""). ``ms`` from acceptance to arrival, None while open."""

    id: UUID
    message_id: UUID
    business_key: str
    is_kept: bool  # whether the message itself still stands in the hub
    interface_key: str
    route: str
    state: str
    attempts: int
    at: datetime
    ms: int | None


@dataclass(frozen=True, slots=True)
class FailedTry:
    message_id: UUID
    business_key: str
    is_kept: bool
    number: int
    outcome: str
    status: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """``total`` counts all rows, ``rows`` are those of this page, ``following`` is its last id where there are more."""

    total: int
    rows: tuple[Any, ...]
    following: UUID | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which of the counted day: an interface, a target system, from when to when; None and "" take everything."""

    interface: str = ""
    system: str = ""
    since: datetime | None = None
    until: datetime | None = None


def arrived(user: Any, window: Window, *, before: UUID | None = None, limit: int = PAGE) -> Found:
    """Deliveries confirmed within the window, newest first."""
    return _page([_arrived(user, window)], before, limit)


def slowest(user: Any, window: Window, *, limit: int = PAGE) -> Found:
    """The same, slowest first: one page, of the newest ``traffic.SAMPLE`` that percentiles are taken from."""
    rows = _arrived(user, window)
    newest = list(rows.order_by("-id")[: traffic.SAMPLE])
    ordered = sorted(newest, key=_milliseconds, reverse=True)
    return Found(len(newest), tuple(_rows(ordered[:limit])), None)


def waiting(
    user: Any, window: Window, *, at: datetime | None = None, before: UUID | None = None, limit: int = PAGE
) -> Found:
    """What waits for the hub now, or waited ``at`` the end of an hour."""
    keys = _keys(user, window)
    if at is None:
        return _page([traffic.waiting(keys), traffic.unrouted(keys)], before, limit)
    then = [
        traffic.waiting(keys).filter(created_at__lt=at),
        traffic.unrouted(keys).filter(changed_at__lt=at),
        traffic.closed(keys).filter(created_at__lt=at, closed_at__gte=at),
    ]
    return _page(then, before, limit)


def failed_tries(user: Any, window: Window, *, before: UUID | None = None) -> Found:
    """Tries that did not succeed within the window, newest first."""
    rows = _between(traffic.failed_tries(_keys(user, window)), "recorded_at", window)
    total = rows.count()
    held = list((rows.filter(id__lt=before) if before else rows).order_by("-id")[:PAGE])
    names = _names(one.message_id for one in held)
    found = tuple(_try(one, names) for one in held)
    return Found(total, found, held[-1].id if len(held) == PAGE else None)


def _arrived(user: Any, window: Window) -> QuerySet:
    rows = _between(traffic.confirmed(_keys(user, window)), "closed_at", window)
    if not window.system:
        return rows
    over = Connection.objects.filter(system__key=window.system).values_list("key", flat=True)
    return rows.filter(connection_key__in=list(over))


def _keys(user: Any, window: Window) -> list[str]:
    rows = in_use(visible_interfaces(user))
    rows = rows.filter(key=window.interface) if window.interface else rows
    return list(rows.values_list("key", flat=True))


def _between(rows: QuerySet, name: str, window: Window) -> QuerySet:
    wanted = Q()
    if window.since:
        wanted &= Q(**{f"{name}__gte": window.since})
    if window.until:
        wanted &= Q(**{f"{name}__lt": window.until})
    return rows.filter(wanted)


def _page(parts: list[QuerySet], before: UUID | None, limit: int) -> Found:
    """The newest of several tables together: ids carry their time."""
    total = sum(part.count() for part in parts)
    held: list[Any] = []
    for part in parts:
        held += (part.filter(id__lt=before) if before else part).order_by(F("id").desc())[: limit + 1]
    newest = list(islice(sorted(held, key=lambda one: one.id, reverse=True), limit + 1))
    return Found(total, tuple(_rows(newest[:limit])), newest[limit - 1].id if len(newest) > limit else None)


def _rows(held: list[Any]) -> list[Row]:
    names = _names(_message_of(one) for one in held)
    return [_row(one, names) for one in held]


def _row(one: Any, names: dict[UUID, str]) -> Row:
    message_id, closed_at = _message_of(one), getattr(one, "closed_at", None)
    return Row(
        id=one.id,
        message_id=message_id,
        business_key=names.get(message_id, ""),
        is_kept=message_id in names,
        interface_key=one.interface_key,
        route=getattr(one, "route_key", ""),
        state=one.state,
        attempts=getattr(one, "attempts", 0),
        at=closed_at or getattr(one, "created_at", None) or one.changed_at,
        ms=_milliseconds(one) if closed_at else None,
    )


def _try(one: Attempt, names: dict[UUID, str]) -> FailedTry:
    return FailedTry(
        message_id=one.message_id,
        business_key=names.get(one.message_id, ""),
        is_kept=one.message_id in names,
        number=one.number,
        outcome=one.outcome,
        status=one.status,
        at=one.recorded_at,
    )


def _message_of(one: Any) -> UUID:
    """A state's id is its message's."""
    return getattr(one, "message_id", one.id)


def _milliseconds(one: Any) -> int:
    return max(0, round((one.closed_at - time_of(one.message_id)).total_seconds() * MS))


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Business keys as they may be shown, of the messages that still stand in the hub."""
    keys = dict(Message.objects.filter(id__in=set(ids)).values_list("id", "business_key"))
    masks = masking.masks_of_messages(keys)
    return {one: masks.get(one, masking.HIDES_ALL).key("business_key", key) for one, key in keys.items()}
