"""Where each controlled kind lives on the pages: a registry that the consoles of all floors fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from governance.changes import kinds
from governance.permissions import visible_policies, visible_systems


@dataclass(frozen=True)
class Place:
    """``visible`` narrows the projections to what a user may know of; ``helps`` explain fields by their place.

    ``page`` names the address of one object, ``editor`` and ``maker`` those of its own editor, where it has one.
    ``once_new`` says what is left to do when a new one is in force.
    """

    kind: str
    icon: str
    says: str
    visible: Callable[[Any], QuerySet]
    page: str = ""
    editor: str = ""
    maker: str = ""
    once_new: str = ""
    helps: Mapping[str, str] = field(default_factory=dict)


_places: dict[str, Place] = {}


def register(place: Place) -> None:
    """Add or replace the place of a kind."""
    _places[place.kind] = place


def place_of(kind: str) -> Place | None:
    return _places.get(kind)


def each() -> list[Place]:
    """In the order of the kinds."""
    return sorted(_places.values(), key=lambda place: kinds.position(place.kind))


def visible(user: Any, kind: str) -> QuerySet:
    """The projections of a kind that the user may know of; none where no page shows the kind."""
    place = _places.get(kind)
    return place.visible(user) if place else kinds.get(kind).model._base_manager.none()


def choices(user: Any, kind: str) -> list[tuple[str, str]]:
    """What a field that refers to this kind offers the user."""
    rows = visible(user, kind).filter(is_retired=False).order_by("key").values_list("key", "label")
    return [(key, f"{label} ({key})" if label != key else key) for key, label in rows]


def page_of(kind: str, key: str) -> str:
    """The address of an object; "" where it has no page."""
    place = _places.get(kind)
    return reverse(place.page, args=[key]) if place and place.page else ""


def editor_of(kind: str, key: str) -> str:
    """Where a change of an object is proposed."""
    place = _places.get(kind)
    return reverse(place.editor, args=[key]) if place and place.editor else reverse("propose-change", args=[kind, key])


def maker_of(kind: str) -> str:
    """Where a new object of the kind is proposed."""
    place = _places.get(kind)
    return reverse(place.maker) if place and place.maker else reverse("propose-new", args=[kind])


register(
    Place(
        kind="system",
        icon="server",
        says="A system whose data the hub reads or writes, with its owner.",
        visible=visible_systems,
        page="system",
        helps={
            "key": "Lower-case letters, digits, - and _. It stands in every reference and cannot change later.",
            "level": "Level of ISA-95: 0 process, 1 sensing, 2 control, 3 site operations, 4 business.",
            "owner": "The person or department that answers for the system.",
            "gxp": "Does it hold records that medicines law asks for?",
            "residency": "Country where its data must stay, such as CH or EU.",
            "excluded_because": "Filled in only where the system is deliberately left out; nothing may then use it.",
        },
    )
)

register(
    Place(
        kind="approval_policy",
        icon="shield-check",
        says="Whose signatures a change needs, by what it touches.",
        visible=visible_policies,
        helps={
            "matches": "What the policy holds for. Left empty, it holds for everything.",
            "matches.criticality": "At least this, of the highest that the change reaches.",
            "matches.risk": "At least this.",
            "path": "The change goes at least this way, however low its risk is.",
            "steps": "Signed in this order, each by another person, and by nobody who had a hand in the content.",
            "release": "What is asked of the person who signs the release, beside the right to release.",
        },
    )
)
