"""Where the preview of a mapping may take real samples from: a registry that a higher floor fills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recent:
    """A message that may serve as a sample: its id, and how a list names it."""

    reference: str
    label: str


@dataclass(frozen=True, slots=True)
class Source:
    """Everything is narrowed to what the user may read; ``direction`` is the mapping's.

    ``one``: (user, reference, direction, door) → the sample as text, recorded as a look; raises Refused.
    ``recent``: (user, mapping's key or "", direction, how many) → messages, the newest first.
    ``several``: as ``recent``, with each document as the user may see it: (reference, document); for counting.
    """

    one: Callable[[Any, str, str, str], str]
    recent: Callable[[Any, str, str, int], list[Recent]]
    several: Callable[[Any, str, str, int], list[tuple[str, Any]]]


_sources: list[Source] = []


def provide(source: Source) -> None:
    """Offer real samples. The last one offered is used."""
    _sources[:] = [source]


def are_offered() -> bool:
    return bool(_sources)


def take(user: Any, reference: str, direction: str, *, source: str = "console") -> str:
    """The sample behind a reference, as a mapping of that direction reads it. ``source`` is the door that asks."""
    return _sources[0].one(user, reference, direction, source)


def recent(user: Any, mapping: str, direction: str, most: int) -> list[Recent]:
    """Messages whose content the user may read, of interfaces that use the mapping, or of any where none does."""
    return _sources[0].recent(user, mapping, direction, most) if _sources else []


def several(user: Any, mapping: str, direction: str, most: int) -> list[tuple[str, Any]]:
    """The newest documents that the mapping would read."""
    return _sources[0].several(user, mapping, direction, most) if _sources else []
