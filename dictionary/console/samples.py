"""Where the preview of a mapping may take real samples from: a registry that a higher floor fills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Source = Callable[[Any, str, str], str]  # (user, reference, direction of the mapping) → sample; raises Refused

_sources: list[Source] = []


def provide(source: Source) -> None:
    """Offer real samples by reference. The last one offered is used."""
    _sources[:] = [source]


def are_offered() -> bool:
    return bool(_sources)


def take(user: Any, reference: str, direction: str) -> str:
    """The sample behind a reference, as a mapping of that direction reads it."""
    return _sources[0](user, reference, direction)
