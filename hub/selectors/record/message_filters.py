"""Which messages match: by words and ids, interface, state, reason of failure, time."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from governance.ids import floor_of
from governance.models import Person
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import ClosedDelivery, Delivery, Message, MessageState
from hub.permissions import unmaskable_interfaces, visible_interfaces
from hub.selectors.record import masking

CLOCK_SLACK = timedelta(minutes=5)  # between the clock that made an id and the database's
EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
ASIDE = (DeliveryStatus.DEAD, DeliveryStatus.IN_DOUBT)


def matching(
    user: Any,
    *,
    interface: str = "",
    state: str = "",
    reason: str = "",
    exceptions: str = "",
    business_key: str = "",
    correlation_id: str = "",
    external_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
) -> QuerySet[Message]:
    """Messages of the user's interfaces, in no order. ``exceptions`` is yes or no: whether one waits for a person."""
    rows = Message.objects.filter(interface_key__in=visible_interfaces(user).values("key"))
    exact = {"interface_key": interface, "correlation_id": correlation_id}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    rows = rows.filter(_keyed(user, business_key)) if business_key else rows
    rows = _within(rows, since, until)
    rows = _in_state(rows, state) if state else rows
    rows = rows.filter(_failed_by(reason)) if reason else rows
    rows = rows.filter(_held(is_held=exceptions == "yes")) if exceptions else rows
    rows = rows.filter(_known_there_as(user, external_id)) if external_id else rows
    return rows.filter(_having(user, text)) if text else rows


def _within(rows: QuerySet[Message], since: datetime | None, until: datetime | None) -> QuerySet[Message]:
    """Bounded by id too, so that PostgreSQL reads only the partitions of that time."""
    if since:
        rows = rows.filter(received_at__gte=since, id__gte=floor_of(_bounded(since) - CLOCK_SLACK))
    if until:
        rows = rows.filter(received_at__lt=until, id__lt=floor_of(_bounded(until) + CLOCK_SLACK))
    return rows


def _bounded(moment: datetime) -> datetime:
    """An id tells no time before 1970, and the calendar ends with 9999; nothing was received there."""
    return min(max(moment, EARLIEST), LATEST)


def _in_state(rows: QuerySet[Message], state: str) -> QuerySet[Message]:
    if state in list(MessageStatus):
        return rows.filter(id__in=MessageState.objects.filter(state=state).values("id"))
    if state in (DeliveryStatus.CONFIRMED, DeliveryStatus.CANCELLED):
        return rows.filter(id__in=ClosedDelivery.objects.filter(state=state).values("message_id"))
    return rows.filter(id__in=Delivery.objects.filter(state=state).values("message_id"))


def _failed_by(reason: str) -> Q:
    """Messages that failed, or of which a delivery that is still open did."""
    of_message = MessageState.objects.filter(reason=reason).values("id")
    of_delivery = Delivery.objects.filter(reason=reason).values("message_id")
    return Q(id__in=of_message) | Q(id__in=of_delivery)


def _held(*, is_held: bool) -> Q:
    quarantined = MessageState.objects.filter(state=MessageStatus.QUARANTINED).values("id")
    aside = Delivery.objects.filter(state__in=ASIDE).values("message_id")
    found = Q(id__in=quarantined) | Q(id__in=aside)
    return found if is_held else ~found


def _known_there_as(user: Any, external_id: str) -> Q:
    """By the id that a target gave in its receipt; it may be the key, so it is as hidden as that."""
    found = Q(id__in=ClosedDelivery.objects.filter(external_id=external_id).values("message_id"))
    closed = _closed(user, _hidden(user))
    shut = [interface for interface, names in closed.items() if names & masking.NAMING]
    return found & ~Q(interface_key__in=shut) if shut else found


def _keyed(user: Any, value: str) -> Q:
    """By the whole business key; without a hit where the user may not see what it is made of."""
    return _whole("business_key", value, _closed(user, _hidden(user)))


def _having(user: Any, text: str) -> Q:
    """A part of the business key, of the ordering key or of the event type, or a whole key or id.

    A key that is made of a protected value is found only whole, and only by who may see that value: by its parts a
    masked one could be guessed letter by letter, and a whole guess would confirm it.
    """
    hidden = _hidden(user)
    part = Q(business_key__icontains=text) | Q(ordering_key__icontains=text)
    wanted = part & ~Q(interface_key__in=list(hidden)) if hidden else part
    closed = _closed(user, hidden)
    for name in masking.KEYS:
        wanted |= _whole(name, text, closed)
    wanted |= Q(event_type__icontains=text) | Q(correlation_id=text)
    with suppress(ValueError):
        wanted |= Q(id=UUID(text))
    return wanted


def _hidden(user: Any) -> dict[str, set[str]]:
    return masking.hidden_keys(visible_interfaces(user))


def _closed(user: Any, hidden: dict[str, set[str]]) -> dict[str, set[str]]:
    """Those hidden keys that the user may not see. Systems are shown what they may read without a mask."""
    if not hidden or not isinstance(user, Person):
        return {}
    seen = unmaskable_interfaces(user)
    return {interface: names for interface, names in hidden.items() if interface not in seen}


def _whole(name: str, value: str, closed: dict[str, set[str]]) -> Q:
    found, shut = Q(**{name: value}), [interface for interface, names in closed.items() if name in names]
    return found & ~Q(interface_key__in=shut) if shut else found
