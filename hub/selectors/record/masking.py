"""Which values of a message are masked: by the data class of the element that each of them is.

An element counts as protected where it is so now, or was so in the release that handled the message. Of an interface
that is itself of a protected class, everything is masked that no rule names as something else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from dictionary.mapping import protected as places
from dictionary.mapping.protected import MASK, NOTHING_PROTECTED, Pattern, Places
from dictionary.models import DataElement
from dictionary.specs.entity import EntitySpec
from dictionary.specs.mapping import MappingSpec
from governance.models import Revision
from hub.flow.runtime import Pins
from hub.flow.states import Reason
from hub.models import Interface, InterfaceRelease, MessageState

PROTECTED = ("confidential", "personal")
KEYS = ("business_key", "ordering_key", "idempotency_key")
NAMING = frozenset({"business_key", "idempotency_key"})  # by one of these a target knows the record
OF_ONE_PLACE = (Reason.UNMAPPED, Reason.INVALID)
ORIGINAL = ("hub", "original_id")  # the business key, or the idempotency key where there is none
PROVENANCE = ("hub",)  # where the hub says who sent the record and when


NONE: frozenset[Pattern] = frozenset()
ALL = Places(NONE, NONE, hides_unknown=True)


@dataclass(frozen=True, slots=True)
class Mask:
    """What is hidden in each stage of a message; ``sent`` by route."""

    received: Places = NOTHING_PROTECTED
    canonical: Places = NOTHING_PROTECTED
    sent: dict[str, Places] = field(default_factory=dict)
    is_needed: bool = False
    keys: frozenset[str] = frozenset()  # business_key, ordering_key, idempotency_key: those that are hidden

    def key(self, name: str, value: str) -> str:
        """A key of the envelope as it may be shown: one that is made of a protected value is masked like it."""
        return MASK if value and name in self.keys else value

    def receipt(self, external_id: str, external_url: str) -> tuple[str, str]:
        """A target's id and address of the record as they may be shown: they often hold the key that it was sent."""
        if not self.keys & NAMING:
            return external_id, external_url
        return MASK if external_id else "", ""

    def outgoing(self, route: str) -> Places:
        """What is hidden in what a route sends; all of it where nobody knows how the route makes it."""
        return self.sent.get(route, ALL if self.is_needed else NOTHING_PROTECTED)

    def may_quote(self, reason: str, path: str, *, of_delivery: bool) -> bool:
        """Whether the first sentence of a problem at this path quotes nothing that is hidden.

        What a target says of a record may quote any of it; a problem of mapping or contract is about its own path.
        """
        if not self.is_needed:
            return True
        where = self.canonical if of_delivery else self.received
        return reason in OF_ONE_PLACE and bool(path) and not where.hides_text(path)


HIDES_ALL = Mask(ALL, ALL, {}, True, frozenset(KEYS))  # of a release that is not known


@dataclass(frozen=True, slots=True)
class Handled:
    """What a release says of classes; it never changes, so it is kept."""

    interface_key: str
    elements: frozenset[str]
    protected: frozenset[str]
    is_protected: bool


_handled: dict[UUID, Handled] = {}
KEPT = 4_096


def mask_of(release_id: UUID) -> Mask:
    """The mask of what this release handled."""
    return masks_of([release_id])[release_id]


def masks_of(release_ids: Collection[UUID]) -> dict[UUID, Mask]:
    """The mask of each release; what a release pins is read once a process."""
    wanted, now, classes = set(release_ids), _protected_now(), _protected_interfaces()
    _learn(wanted - _handled.keys())
    found = {}
    for one in wanted:
        handled = _handled.get(one)
        if handled is None:
            found[one] = HIDES_ALL
            continue
        secret = handled.protected | (handled.elements & now)
        hides = handled.is_protected or handled.interface_key in classes
        found[one] = _built(one, secret, hides) if secret or hides else Mask()
    return found


def masks_of_messages(message_ids: Collection[UUID]) -> dict[UUID, Mask]:
    """The mask of each message, by the release that handled it: a fixed number of queries."""
    released = dict(MessageState.objects.filter(id__in=message_ids).values_list("id", "release_id"))
    masks = masks_of(set(released.values()))
    return {message_id: masks[release_id] for message_id, release_id in released.items()}


@lru_cache(maxsize=KEPT)
def _built(release_id: UUID, secret: frozenset[str], hides: bool) -> Mask:
    release = InterfaceRelease.objects.get(id=release_id)
    pins = Pins(release)
    content = pins.content("interface", release.interface_key)
    entity = _entity(pins, content)
    fields = places.secret_fields(entity, secret) if entity else frozenset()
    canonical = places.of_fields(entity, fields, hides_unknown=hides) if entity else Places(NONE, NONE, hides)
    received = _received(pins, content, fields, canonical, hides)
    keys = _hidden_keys(pins.content("icd", content["icd"]), received)
    named = {ORIGINAL} if keys & NAMING else set()
    canonical = Places(canonical.secret | named, canonical.open | {PROVENANCE}, hides)
    return Mask(
        received=received,
        canonical=canonical,
        sent={route["key"]: _sent(pins, route, canonical) for route in content["routes"]},
        is_needed=True,
        keys=keys,
    )


def _hidden_keys(icd: dict, received: Places) -> frozenset[str]:
    """Keys whose path in the contract leads to what is hidden. Of an interface of a protected class the keys stay: by
    them messages are found, and who made the contract chose them."""
    where = Places(received.secret, received.open)
    paths = {name: icd.get(name) or [] for name in KEYS}
    listed = {name: [path] if isinstance(path, str) else path for name, path in paths.items()}
    return frozenset(name for name, each in listed.items() if any(where.hides_text(path) for path in each))


def hidden_keys(interfaces: QuerySet[Interface]) -> dict[str, set[str]]:
    """Interface → the keys of the envelope that some release of it makes of a protected value; only where there are."""
    rows = InterfaceRelease.objects.filter(interface_key__in=interfaces.values("key"))
    released = dict(rows.values_list("id", "interface_key"))
    found: dict[str, set[str]] = {}
    for one, mask in masks_of(released).items():
        if mask.keys:
            found.setdefault(released[one], set()).update(mask.keys)
    return found


def protected_among(release_ids: Collection[UUID]) -> set[UUID]:
    """Those releases that handle protected values."""
    return {one for one, mask in masks_of(release_ids).items() if mask.is_needed}


def _protected_now() -> frozenset[str]:
    return frozenset(DataElement.objects.filter(data_class__in=PROTECTED).values_list("key", flat=True))


def _protected_interfaces() -> set[str]:
    return set(Interface.objects.filter(content__data_class__in=PROTECTED).values_list("key", flat=True))


def _learn(release_ids: set[UUID]) -> None:
    """Read the classes in what these releases pin."""
    if not release_ids:
        return
    if len(_handled) > KEPT:
        _handled.clear()
    releases = InterfaceRelease.objects.in_bulk(release_ids)
    pinned = {one.id: _of_class(one) for one in releases.values()}
    rows = Revision.objects.filter(id__in={each for ids in pinned.values() for each in ids})
    found = {row[0]: row[1:] for row in rows.values_list("id", "kind", "key", "content__data_class")}
    for release_id, ids in pinned.items():
        lines = [found[each] for each in ids]
        _handled[release_id] = Handled(
            interface_key=releases[release_id].interface_key,
            elements=frozenset(key for kind, key, _ in lines if kind == "element"),
            protected=frozenset(key for kind, key, name in lines if kind == "element" and name in PROTECTED),
            is_protected=any(kind == "interface" and name in PROTECTED for kind, _, name in lines),
        )


def _of_class(release: InterfaceRelease) -> list[UUID]:
    """The pinned revisions that have a data class."""
    return [UUID(line[3]) for line in release.pins if line[0] in ("element", "interface")]


def _entity(pins: Pins, content: dict) -> EntitySpec | None:
    """What the interface's mapping makes; without one, what its contract is of."""
    key = content.get("mapping")
    name = pins.content("mapping", key)["entity"] if key else pins.content("icd", content["icd"]).get("entity")
    found = pins.contents("entity").get(name or "")
    return EntitySpec.from_content(found) if found else None


def _received(pins: Pins, content: dict, fields: frozenset[str], canonical: Places, hides: bool) -> Places:
    """An interface without a mapping takes what arrives as the canonical entity."""
    if not content.get("mapping"):
        return canonical
    spec = MappingSpec.from_content(pins.content("mapping", content["mapping"]))
    return places.of_source(spec, fields, hides_unknown=hides)


def _sent(pins: Pins, route: dict, canonical: Places) -> Places:
    """A route without a mapping sends the canonical entity with its provenance beside it."""
    if not route.get("mapping"):
        return canonical
    spec = MappingSpec.from_content(pins.content("mapping", route["mapping"]))
    return places.of_target(spec, canonical, hides_unknown=canonical.hides_unknown)
