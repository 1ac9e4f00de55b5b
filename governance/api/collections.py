"""Which controlled kinds have a door in the API, under which name, and who may know of what.

A higher floor adds its kinds when its addresses are loaded. Nothing here decides about rights: each collection brings
the function that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from governance.api.protocol.fields import Field
from governance.errors import Refused


@dataclass(frozen=True, slots=True)
class Collection:
    """``visible`` gives the rows that a user may know of; ``filters`` are fields that equal a column of that name.

    ``schema`` is the JSON Schema that its kind checks content by, and ``example`` a content that keeps it.
    """

    kind: str
    many: str
    visible: Callable[[Any], QuerySet]
    filters: tuple[Field, ...] = ()
    schema: Any = None
    example: Any = None

    @property
    def one(self) -> str:
        """How a sentence calls one of them."""
        return self.kind.replace("_", " ")

    @property
    def component(self) -> str:
        """The name of the content's schema in the OpenAPI document: ``CodeListContent``."""
        return self.kind.title().replace("_", "") + "Content"


_collections: dict[str, Collection] = {}


def add(collection: Collection) -> Collection:
    """Open the API for a kind."""
    _collections[collection.kind] = collection
    return collection


def each() -> Iterator[Collection]:
    return iter(_collections.values())


def names() -> list[str]:
    """The kinds that have a door."""
    return list(_collections)


def of(kind: str) -> Collection:
    """The collection of a kind; refuses with those that there are."""
    if kind in _collections:
        return _collections[kind]
    known = ", ".join(_collections)
    sentence = f"There is no controlled kind {kind[:80]!r}; there are: {known}."
    raise Refused(sentence, field="kind", value=kind[:80] or "empty", rule=f"one of {known}")
