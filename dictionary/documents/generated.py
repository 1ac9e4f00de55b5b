"""What the configuration says of an interface now: a registry that a higher floor fills, which knows interfaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dictionary.documents import parts
from dictionary.documents.parts import Generated, Line

Make = Callable[[str, Mapping[str, Any]], Generated]  # (key of the document, its content) → by interface

_makers: list[Make] = []


def provide(make: Make) -> None:
    """Say how sections are made. The last one offered is used."""
    _makers[:] = [make]


def now(key: str, content: Mapping[str, Any]) -> Generated:
    """The generated parts of a document as they follow from what is in force; an interface that is not is left out."""
    return _makers[0](key, content) if _makers else {}


def differences(key: str, content: Mapping[str, Any], current: Generated | None = None) -> list[Line]:
    """Where a document disagrees with what runs: ``old`` is the document, ``new`` the configuration."""
    found = now(key, content) if current is None else current
    return parts.compare(content.get("generated", {}), found)
