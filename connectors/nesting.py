"""How deep a record may be nested: what reads it further on goes down one call a level. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 100  # levels
TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels"  # the end of a sentence


def is_deep(data: Any) -> bool:
    """Level by level, since a call a level is what this is to prevent."""
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [inner for one in level for inner in (one.values() if isinstance(one, Mapping) else one)]
        level = [one for one in level if isinstance(one, Mapping | list | tuple)]
        if not level:
            return False
    return True
