"""Who runs with an object of the dictionary: a registry that a higher floor fills with its interfaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Consumer:
    """An interface, as a page of the dictionary names it. ``icd`` is the key of what it is agreed by."""

    key: str
    label: str
    address: str
    owner: str
    icd: str


Find = Callable[[Any, str], dict[str, list[Consumer]]]  # (user, kind) → by key, those that the user may know of

_finders: list[Find] = []


def provide(find: Find) -> None:
    """Say who consumes. The last one offered is used."""
    _finders[:] = [find]


def of(user: Any, kind: str, key: str) -> list[Consumer]:
    """Interfaces that run with this object, as far as the user may see."""
    return of_all(user, kind).get(key, [])


def of_all(user: Any, kind: str) -> dict[str, list[Consumer]]:
    """The same for every object of a kind, by its key."""
    return _finders[0](user, kind) if _finders else {}
