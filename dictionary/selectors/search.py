"""One search over the dictionary: a word that people use finds what it means, and where that is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from dictionary import permissions
from dictionary.models import CodeList, DataElement, Entity, InterfaceControlDocument, LocalTerm, Mapping
from dictionary.selectors import elements
from dictionary.selectors.elements import Usage

MOST = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """An element that was found, and the words that led to it."""

    element: DataElement
    because: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a search found."""

    elements: tuple[Hit, ...]
    entities: tuple[Entity, ...]
    code_lists: tuple[CodeList, ...]
    mappings: tuple[Mapping, ...]
    icds: tuple[InterfaceControlDocument, ...]

    @property
    def count(self) -> int:
        return len(self.elements) + len(self.entities) + len(self.code_lists) + len(self.mappings) + len(self.icds)


def search(user: Any, text: str) -> Found:
    """All words must be found, in any order, in names, definitions or local terms."""
    words = text.split()
    if not words:
        return Found((), (), (), (), ())
    return Found(
        elements=tuple(_elements(user, words)),
        entities=tuple(_having(permissions.visible_entities(user), ("key", "label", "definition"), words)[:MOST]),
        code_lists=tuple(_having(permissions.visible_code_lists(user), ("key", "label"), words)[:MOST]),
        mappings=tuple(_having(permissions.visible_mappings(user), ("key", "label", "entity"), words)[:MOST]),
        icds=tuple(_having(permissions.readable_icds(user), ("key", "label"), words)[:MOST]),
    )


def _elements(user: Any, words: Sequence[str]) -> list[Hit]:
    named = list(_having(permissions.visible_terms(user), ("term", "context"), words))
    called = {term.element: term for term in reversed(named)}
    own = _having(permissions.visible_elements(user), ("key", "label", "definition"), words)
    found = list(permissions.visible_elements(user).filter(Q(key__in=called) | Q(pk__in=own.values("pk")))[:MOST])
    usages = elements.usages(user, [element.key for element in found])
    return [Hit(one, _because(one, called.get(one.key), words), usages[one.key]) for one in found]


def _because(element: DataElement, term: LocalTerm | None, words: Sequence[str]) -> str:
    """By its name, by what a system calls it, or by its definition."""
    name = f"{element.key} {element.label}".lower()
    if all(word.lower() in name for word in words):
        return "Its name"
    if term is not None:
        place = f" ({term.context})" if term.context else ""
        return f"“{term.term}” in {term.system}{place}: {term.relation}"
    return "Its definition"


def _having(rows: QuerySet, fields: Sequence[str], words: Sequence[str]) -> QuerySet:
    for word in words:
        wanted = Q()
        for name in fields:
            wanted |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(wanted)
    return rows
