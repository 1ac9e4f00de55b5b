"""One search for everything: each kind of thing in its own group, only what the user may see, with its count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from dictionary.models import InterfaceControlDocument
from dictionary.permissions import (
    visible_code_lists,
    visible_elements,
    visible_entities,
    visible_icds,
    visible_mappings,
    visible_terms,
)
from governance.changes.told.stage_words import stage_of
from governance.models import ChangeOperation
from governance.permissions import visible_systems
from governance.selectors import changes
from hub.models import Interface, ReplayPlan
from hub.permissions import visible_connections, visible_interfaces
from hub.selectors.record import messages
from hub.selectors.trail import audit

MOST = 8  # of a group; the count says how many there are
MANY = 100  # messages: so many or more


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing: its kind and key say where it is shown, ``title`` and ``note`` what it is."""

    kind: str
    key: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind. ``count`` may be more than ``hits`` holds."""

    name: str
    label: str
    count: int
    hits: tuple[Hit, ...]

    @property
    def is_many(self) -> bool:
        """There may be more than were counted."""
        return self.name == "messages" and self.count >= MANY


Finder = Callable[[Any, str], tuple[int, Iterable[Hit]]]


def search(user: Any, text: str) -> tuple[Group, ...]:
    """Groups that found something, in the order of ``FINDERS``. Every word must be found, in any order."""
    groups = []
    for name, label, find in FINDERS:
        count, hits = find(user, text)
        if count:
            groups.append(Group(name, label, count, tuple(hits)))
    return tuple(groups)


def exact(groups: Sequence[Group], text: str) -> Hit | None:
    """The one thing that has this very id or key; None where it is a word, or stands for several things."""
    if not any(sign.isdigit() or sign in "-_." for sign in text):
        return None
    found = {
        (one.kind, one.key): one
        for group in groups
        for one in group.hits
        if one.key.lower() == text.lower() and group.name not in ("events", "terms", "codes")
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _having(rows: QuerySet, text: str, *fields: str) -> QuerySet:
    for word in text.split():
        wanted = Q()
        for name in fields:
            wanted |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(wanted)
    return rows


def _first(rows: QuerySet, hit: Callable[[Any], Hit]) -> tuple[int, list[Hit]]:
    return rows.count(), [hit(one) for one in rows[:MOST]]


def _messages(user: Any, text: str) -> tuple[int, list[Hit]]:
    """Counted as far as ``MANY``: a word may stand in millions of them."""
    rows = messages.search(user, text=text, limit=MANY)
    return len(rows), [_message(one) for one in rows[:MOST]]


def _message(one: messages.MessageRow) -> Hit:
    note = f"{one.interface_key}, {one.received_at:%Y-%m-%d %H:%M} UTC"
    return Hit("message", str(one.id), one.business_key or str(one.id), note)


def _interfaces(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = visible_interfaces(user).filter(is_retired=False).select_related("source").order_by("key")
    rows = _having(rows, text, "key", "label", "owner", "source__label")
    return _first(rows, lambda one: Hit("interface", one.key, one.label, f"from {one.source.label}"))


def _systems(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = _having(visible_systems(user).filter(is_retired=False), text, "key", "label", "owner")
    return _first(rows.order_by("label"), lambda one: Hit("system", one.key, one.label, f"owner {one.owner}"))


def _connections(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = _having(visible_connections(user).select_related("system"), text, "key", "label", "connector")
    return _first(rows, lambda one: Hit("connection", one.key, one.label, f"to {one.system.label}"))


def _elements(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = _having(visible_elements(user), text, "key", "label", "definition")
    return _first(rows, lambda one: Hit("element", one.key, one.label, one.definition))


def _entities(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = _having(visible_entities(user), text, "key", "label", "definition")
    return _first(rows, lambda one: Hit("entity", one.key, one.label, one.definition))


def _code_lists(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = _having(visible_code_lists(user), text, "key", "label")
    return _first(rows, lambda one: Hit("code_list", one.key, one.label, f"{one.size} codes"))


def _codes(user: Any, text: str) -> tuple[int, list[Hit]]:
    """Codes with their meanings, and what systems call them; they stand in the content of their lists."""
    words = text.lower().split()
    hits = []
    for held in visible_code_lists(user):
        for code, meaning in held.content["codes"].items():
            label = meaning.get("label", "")
            said = " ".join((code, label, *_called(held.content, code))).lower()
            if all(word in said for word in words):
                hits.append(Hit("code_list", held.key, f"{code}: {label}" if label else code, f"in {held.label}"))
    return len(hits), hits[:MOST]


def _called(content: dict[str, Any], code: str) -> list[str]:
    """What systems say for a code."""
    crosswalks = content.get("crosswalks", {}).values()
    return [theirs for crosswalk in crosswalks for theirs, ours in crosswalk.items() if ours == code]


def _terms(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = _having(visible_terms(user).order_by("system", "term"), text, "term", "context", "system")
    return _first(
        rows,
        lambda one: Hit("element", one.element, f"“{one.term}” in {one.system}", f"{one.relation}: {one.element}"),
    )


def _mappings(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = _having(visible_mappings(user), text, "key", "label", "entity")
    return _first(rows, lambda one: Hit("mapping", one.key, one.label, f"of the entity {one.entity}"))


def _icds(user: Any, text: str) -> tuple[int, list[Hit]]:
    """Contracts of the interfaces that the user may see."""
    names = {one.content["icd"]: one.key for one in visible_interfaces(user).filter(is_retired=False)}
    mine = InterfaceControlDocument.objects.filter(is_retired=False, key__in=names)
    rows = _having(mine, text, "key", "label")
    return _first(rows, lambda one: Hit("icd", one.key, one.label, f"of {names[one.key]}"))


def _changes(user: Any, text: str) -> tuple[int, list[Hit]]:
    """Changes in which the user may see something, and that touch no interface which they may not know of."""
    mine = changes.listed(user, _visible).exclude(operations__in=_hidden_operations(user))
    rows = _having(mine, text, "number", "title")
    return _first(rows, lambda one: Hit("change", one.number, one.title, stage_of(one).lower()))


def _replays(user: Any, text: str) -> tuple[int, list[Hit]]:
    mine = ReplayPlan.objects.filter(interface_key__in=visible_interfaces(user).values("key")).order_by("-planned_at")
    identity = _uuid(text)
    rows = mine.filter(id=identity) if identity else _having(mine, text, "interface_key", "reason")
    return _first(rows, lambda one: Hit("replay", str(one.id), f"{one.size} of {one.interface_key}", one.reason))


def _events(user: Any, text: str) -> tuple[int, list[Hit]]:
    rows = audit.events(user, text=text)
    return _first(rows, lambda one: Hit("event", one.subject_id, one.sentence, f"{one.recorded_at:%Y-%m-%d %H:%M} UTC"))


def _visible(user: Any, kind: str) -> QuerySet:
    """The objects of a controlled kind that the user may know of; none of a kind that is not searched."""
    return VISIBLE[kind](user) if kind in VISIBLE else Interface.objects.none()


def _hidden_operations(user: Any) -> QuerySet:
    """Django's ``exclude`` over two fields of a related row would look at different rows; this looks at one."""
    hidden = Interface.objects.exclude(pk__in=visible_interfaces(user).values("pk")).values("key")
    return ChangeOperation.objects.filter(kind="interface", key__in=hidden)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


VISIBLE: dict[str, Callable[[Any], QuerySet]] = {
    "system": visible_systems,
    "connection": visible_connections,
    "element": visible_elements,
    "entity": visible_entities,
    "code_list": visible_code_lists,
    "local_term": visible_terms,
    "mapping": visible_mappings,
    "icd": visible_icds,
    "interface": visible_interfaces,
}
FINDERS: tuple[tuple[str, str, Finder], ...] = (
    ("messages", "Messages", _messages),
    ("interfaces", "Interfaces", _interfaces),
    ("systems", "Systems", _systems),
    ("connections", "Connections", _connections),
    ("elements", "Data elements", _elements),
    ("entities", "Entities", _entities),
    ("code-lists", "Code lists", _code_lists),
    ("codes", "Codes", _codes),
    ("terms", "Local terms", _terms),
    ("mappings", "Mappings", _mappings),
    ("icds", "Contracts", _icds),
    ("changes", "Changes", _changes),
    ("replays", "Replays", _replays),
    ("events", "Audit trail", _events),
)
