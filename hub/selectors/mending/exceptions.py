"""What waits for a person: dead, in quarantine or in doubt, grouped by fingerprint."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Max, Min, QuerySet, Value, When

from governance.models import AuditEvent
from hub.flow.states import NEVER, DeliveryStatus, MessageStatus, Reason
from hub.models import Delivery, Interface, Message, MessageState, Triage
from hub.permissions import readable_interfaces, visible_interfaces
from hub.selectors.record import masking
from hub.selectors.record.masking import Mask
from hub.selectors.record.veil import masked_sentence_of, rule_of

ASIDE = (DeliveryStatus.DEAD, DeliveryStatus.IN_DOUBT)
FINGERPRINT = ("interface_key", "reason", "alike_field", "error_rule")
# Of what could not be read there is no field: the column says where it lay, another place for each.
ALIKE_FIELD = Case(When(reason=Reason.UNREADABLE, then=Value("")), default=F("error_field"))
WORST_FIRST = (DeliveryStatus.IN_DOUBT, DeliveryStatus.DEAD, MessageStatus.QUARANTINED)
LONGEST_GROUP = 200


@dataclass(frozen=True, slots=True)
class Group:
    """Exceptions that look alike. ``state`` is in_doubt, dead or quarantined; a message has no ``route``.

    ``rule`` tells the members; ``shown_rule`` is what the reader may see of it.
    """

    fingerprint: str
    state: str
    interface_key: str
    route: str
    reason: str
    field: str
    rule: str
    sentence: str
    count: int
    first_at: datetime
    last_at: datetime
    shown_rule: str
    assigned_to: str = ""  # full name of who looks after it
    assigned_id: str = ""
    deviation: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One message or delivery of a group."""

    message_id: UUID
    delivery_id: UUID | None
    business_key: str
    received_at: datetime
    sentence: str
    value: str
    attempts: int
    waits_for_persons: bool


def groups(
    user: Any, *, interface: str = "", state: str = "", reason: str = "", assigned: str = "", deviation: str = ""
) -> list[Group]:
    """Every group that the user may see: in doubt first, then dead, then quarantined; the largest first.

    ``assigned`` is me, nobody or somebody.
    """
    visible = visible_interfaces(user).values("key")
    found = _grouped(Delivery, visible, interface, ASIDE, ("route_key",), "created_at")
    found += _grouped(MessageState, visible, interface, (MessageStatus.QUARANTINED,), (), "changed_at")
    readable, masks = readable_interfaces(user), _masks(visible)
    found = [_veiled(one, one.interface_key in readable, masks[one.interface_key]) for one in _with_triage(found)]
    found = [one for one in found if (not state or one.state == state) and (not reason or one.reason == reason)]
    found = [one for one in found if _is_assigned(one, assigned, user) and deviation in ("", one.deviation)]
    return sorted(found, key=lambda group: (WORST_FIRST.index(group.state), -group.count, group.fingerprint))


def group(user: Any, fingerprint: str) -> Group | None:
    """The group of that fingerprint, if it still has members."""
    return next((one for one in groups(user) if one.fingerprint == fingerprint), None)


def _with_triage(found: list[Group]) -> list[Group]:
    rows = Triage.objects.filter(fingerprint__in=[one.fingerprint for one in found]).select_related("assigned_to")
    known = {one.fingerprint: one for one in rows}
    return [_worked(one, known.get(one.fingerprint)) for one in found]


def _worked(one: Group, triage: Triage | None) -> Group:
    if triage is None:
        return one
    person = triage.assigned_to
    name, key = (person.full_name, str(person.pk)) if person else ("", "")
    return replace(one, assigned_to=name, assigned_id=key, deviation=triage.deviation)


def _is_assigned(one: Group, to: str, user: Any) -> bool:
    if to == "me":
        return one.assigned_id == str(user.pk)
    return not to or bool(one.assigned_id) == (to == "somebody")


def member_ids(one: Group, *, most: int) -> list[UUID]:
    """Ids of the messages of a group, the oldest first, at most so many."""
    rows = _members(one).order_by("sequence", "id")
    name = "id" if one.state == MessageStatus.QUARANTINED else "message_id"
    return list(dict.fromkeys(rows.values_list(name, flat=True)[:most]))


def delivery_ids(one: Group) -> frozenset[UUID]:
    """Ids of the deliveries of a group; none where it is of messages in quarantine."""
    if one.state == MessageStatus.QUARANTINED:
        return frozenset()
    return frozenset(_members(one).values_list("id", flat=True))


def items(one: Group, *, may_read: bool, limit: int = LONGEST_GROUP) -> list[Item]:
    """The oldest members of a group, in the order in which they would be replayed; values where they may be read."""
    rows: list[Any] = list(_members(one).order_by("sequence", "id")[:limit])
    messages = Message.objects.in_bulk([_message_id(row) for row in rows])
    masks = masking.masks_of({row.release_id for row in rows})
    return [_item(row, messages[_message_id(row)], masks[row.release_id], may_read) for row in rows]


def _members(one: Group) -> Any:
    same = {
        "interface_key": one.interface_key,
        "state": one.state,
        "reason": one.reason,
        "alike_field": one.field,
        "error_rule": one.rule,
    }
    if one.state == MessageStatus.QUARANTINED:
        return MessageState.objects.alias(alike_field=ALIKE_FIELD).filter(**same)
    return Delivery.objects.alias(alike_field=ALIKE_FIELD).filter(**same, route_key=one.route)


@dataclass(frozen=True, slots=True)
class Dead:
    """What is dead of some messages: how many of them have something, how many deliveries a route, by its name.

    ``never`` deliveries were never made for their target.
    """

    messages: int
    routes: tuple[tuple[str, int], ...]
    never: int

    @property
    def deliveries(self) -> int:
        return sum(number for _, number in self.routes)


def dead_of(message_ids: Collection[UUID], only: Collection[UUID] | None = None) -> Dead:
    """The dead deliveries of these messages; with ``only`` those that are among these."""
    rows = Delivery.objects.filter(message_id__in=message_ids, state=DeliveryStatus.DEAD)
    known = rows.values_list("id", "message_id", "route_key", "payload_id")
    meant = [row for row in known if only is None or row[0] in only]
    routes = Counter(route for _, _, route, _ in meant)
    return Dead(
        messages=len({message_id for _, message_id, _, _ in meant}),
        routes=tuple(sorted(routes.items())),
        never=sum(payload_id is None for *_, payload_id in meant),
    )


def have_bytes(message_ids: Collection[UUID], only: Collection[UUID] | None = None) -> bool:
    """Whether all that is dead of each of them was made for its target, so that it can be sent once more as it is."""
    dead = dead_of(message_ids, only)
    return bool(message_ids) and dead.messages == len(set(message_ids)) and not dead.never


def count(interfaces: QuerySet[Interface]) -> int:
    """How many messages and deliveries of these interfaces wait for a person."""
    visible = interfaces.values("key")
    aside = Delivery.objects.filter(interface_key__in=visible, state__in=ASIDE).count()
    return aside + MessageState.objects.filter(interface_key__in=visible, state=MessageStatus.QUARANTINED).count()


def proposed_decision(delivery: Delivery) -> AuditEvent | None:
    """What a person said last about this doubt; None where nobody has, it was decided, or it was tried since."""
    about = AuditEvent.objects.filter(subject_kind="delivery", subject_id=str(delivery.id))
    last = about.filter(kind__in=("delivery.decision_proposed", "delivery.decided")).order_by("-id").first()
    if last is None or last.kind != "delivery.decision_proposed":
        return None
    return last if last.facts.get("attempt") == delivery.attempts else None


def fingerprint_of(*parts: str) -> str:
    """A short name for what looks alike."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _grouped(
    model: Any, visible: Any, interface: str, states: tuple[str, ...], more: tuple[str, ...], at: str
) -> list[Group]:
    rows = model.objects.filter(interface_key__in=visible, state__in=states)
    rows = rows.filter(interface_key=interface) if interface else rows
    rows = rows.annotate(alike_field=ALIKE_FIELD).values("state", *FINGERPRINT, *more).order_by()
    counted = rows.annotate(size=Count("id"), first=Min(at), last=Max(at), said=Max("sentence"))
    return [_group(row) for row in counted]


def _masks(visible: Any) -> dict[str, list[Mask]]:
    """Of each interface: the masks of the releases that handled what waits."""
    aside = Delivery.objects.filter(interface_key__in=visible, state__in=ASIDE)
    held = MessageState.objects.filter(interface_key__in=visible, state=MessageStatus.QUARANTINED)
    pairs = {pair for rows in (aside, held) for pair in rows.values_list("interface_key", "release_id").distinct()}
    masks = masking.masks_of({release_id for _, release_id in pairs})
    found: dict[str, list[Mask]] = defaultdict(list)
    for key, release_id in pairs:
        found[key].append(masks[release_id])
    return found


def _group(row: dict[str, Any]) -> Group:
    route = row.get("route_key", "")
    name = fingerprint_of(
        row["state"], row["interface_key"], route, row["reason"], row["alike_field"], row["error_rule"]
    )
    return Group(
        fingerprint=name,
        state=row["state"],
        interface_key=row["interface_key"],
        route=route,
        reason=row["reason"],
        field=row["alike_field"],
        rule=row["error_rule"],
        sentence=row["said"],
        count=row["size"],
        first_at=row["first"],
        last_at=row["last"],
        shown_rule="",
    )


def _veiled(one: Group, may_read: bool, masks: list[Mask]) -> Group:
    """A group is said as the strictest of its releases allows."""
    of_delivery = one.state != MessageStatus.QUARANTINED
    needed = [mask for mask in masks if mask.is_needed]
    needed.sort(key=lambda mask: mask.may_quote(one.reason, one.field, of_delivery=of_delivery))
    mask = next(iter(needed), Mask())
    return replace(
        one,
        sentence=masked_sentence_of(
            one.reason, one.sentence, mask, one.field, may_read=may_read, of_delivery=of_delivery
        ),
        shown_rule=rule_of(one.reason, one.rule, may_read=may_read and not mask.is_needed),
    )


def _message_id(row: Any) -> UUID:
    return row.message_id if isinstance(row, Delivery) else row.id


def _item(row: Any, message: Message, mask: Mask, may_read: bool) -> Item:
    is_delivery = isinstance(row, Delivery)
    may_quote = may_read and mask.may_quote(row.reason, row.error_field, of_delivery=is_delivery)
    return Item(
        message_id=message.id,
        delivery_id=row.id if is_delivery else None,
        business_key=mask.key("business_key", message.business_key),
        received_at=message.received_at,
        sentence=masked_sentence_of(
            row.reason, row.sentence, mask, row.error_field, may_read=may_read, of_delivery=is_delivery
        ),
        value=row.error_value if may_quote else "",
        attempts=row.attempts if is_delivery else 0,
        waits_for_persons=not is_delivery or row.due_at >= NEVER,
    )
