"""Which interfaces run with an object of the dictionary: read from the pins of their releases in force."""

from __future__ import annotations

from typing import Any

from hub.models import Interface
from hub.permissions import visible_interfaces


def interfaces_by(user: Any, kind: str) -> dict[str, list[Interface]]:
    """Key of an object of this kind → interfaces in use, visible to the user, whose release in force pins it."""
    rows = visible_interfaces(user).filter(is_retired=False).select_related("control__release").order_by("key")
    found: dict[str, list[Interface]] = {}
    for one in rows:
        for pinned_kind, key, *_ in one.control.release.pins:
            if pinned_kind == kind:
                found.setdefault(key, []).append(one)
    return found


def interfaces_with(user: Any, kind: str, key: str) -> list[Interface]:
    """Those that run with one object."""
    return interfaces_by(user, kind).get(key, [])
