"""The registry of controlled kinds: what may only change through a change request.

A higher floor registers its kinds when it starts. A kind knows its rules; it does not know who may change it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import yaml

from governance import nouns
from governance.changes.proposing import difference
from governance.changes.weighing.graph import Edge, Facts, Node
from governance.errors import Refused
from governance.models import Projection, Revision
from governance.nouns import noun

Content = dict[str, Any]
Reference = tuple[str, str]  # (kind, key)


class Description(NamedTuple):
    """JSON Schema of a document that a system sends or takes, as it is held here."""

    system: str
    document: str
    schema: Any


class Kind(ABC):
    """One kind of controlled object. ``content`` is always JSON-able and holds its own ``key``."""

    name: ClassVar[str]
    label: ClassVar[str]
    model: ClassVar[type[Projection]]
    editorial: ClassVar[frozenset[str]] = frozenset({"label", "notes", "description", "title"})
    links: ClassVar[
        dict[str, str]
    ] = {}  # place of a field ("routes.connection") → kind of what its value is the key of
    shaped_by: ClassVar[str] = ""  # the field by whose value the schema differs, such as a connection's connector

    def schema(self, content: Content) -> Content:
        """JSON Schema 2020-12 of the content, for forms; ``content`` may be a draft. Without one: text only."""
        return {"type": "object"}

    @property
    def noun(self) -> str:
        """The label in the middle of a sentence."""
        return noun(self.name)

    @abstractmethod
    def validate(self, content: Content) -> list[str]:
        """Sentences, one for each broken rule; empty where the content is sound on its own."""

    def validate_within(self, content: Content, effective: Effective) -> list[str]:
        """Sentences about the content beside what it refers to; called when all references exist."""
        return []

    def references(self, content: Content) -> set[Reference]:
        """What the content refers to."""
        return set()

    def dependencies(self, content: Content, effective: Effective) -> Iterator[Edge]:
        """What the object depends on, as edges of the dependency graph; a kind that knows finer parts adds them."""
        own = Node(self.name, content["key"])
        for reference in sorted(self.references(content)):
            yield Edge(Node(*reference), own, "is used by")

    def facts(self, content: Content, effective: Effective) -> Facts:
        """Who answers for the object, and how much hangs on it, as far as anybody said."""
        return Facts(
            label=str(content.get("label") or content.get("title") or content["key"]),
            owner=str(content.get("owner") or ""),
            criticality=str(content.get("criticality") or ""),
            is_gxp=content.get("gxp") is True,
        )

    def descriptions(self, content: Content, effective: Effective) -> Iterator[Description]:
        """What the object knows of documents that systems send: a field that a system renames is looked for there."""
        return iter(())

    def compare(self, old: Content | None, new: Content | None) -> list[difference.Line]:
        """Differences in meaning, field by field."""
        return difference.compare(old, new)

    def change_kind(self, old: Content | None, new: Content | None) -> str:
        """editorial, compatible, breaking or semantic: from the difference, never from its author."""
        if old is None:
            return "compatible"
        if new is None:
            return "breaking"
        touched = {line["field"].split(".")[0].split("[")[0] for line in self.compare(old, new)}
        return "editorial" if touched <= self.editorial else "semantic"

    def detectability(self, content: Content) -> str:
        """How surely an error in this content would be noticed: "high", "medium" or "low"."""
        return "medium"

    def render(self, content: Content) -> str:
        """Text for a person, and for the textual difference."""
        return yaml.safe_dump(content, sort_keys=True, allow_unicode=True)

    def apply(self, key: str, content: Content | None, revision: Revision) -> None:
        """Bring the projection to the revision; runs inside the release's change."""
        row = self.model._base_manager.filter(key=key).first() or self.model(key=key)
        row.revision, row.version, row.is_retired = revision, revision.version, content is None
        if content is not None:
            row.content = content
            row.label = content.get("label") or content.get("title") or key
            row.take(content)
        row.save()


class Effective(ABC):
    """What is, or will be, in force: read by rules that look at more than one object."""

    @abstractmethod
    def content(self, kind: str, key: str) -> Content | None:
        """The content in force, or about to be with this change; ``None`` where there is none."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; refuses a second one of the same name."""
    if kind.name in _kinds and type(_kinds[kind.name]) is not type(kind):
        raise ValueError(f"The controlled kind {kind.name!r} is registered already, by {type(_kinds[kind.name])}.")
    _kinds[kind.name] = kind
    nouns.called(kind.name, kind.label)


def get(name: str) -> Kind:
    """The kind of that name; refuses with the names that exist."""
    try:
        return _kinds[name]
    except KeyError:
        raise Refused(
            f"There is no controlled kind {name!r}; there are: {', '.join(_kinds)}.",
            field="kind",
            value=name,
            rule="a registered kind",
        ) from None


def position(name: str) -> int:
    """Kinds are applied in the order of registration: what is referred to comes first."""
    return list(_kinds).index(name)


def each() -> Iterator[Kind]:
    """All kinds, in order."""
    return iter(_kinds.values())
