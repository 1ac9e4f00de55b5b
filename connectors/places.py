"""Places in decoded JSON, written as dots: ``data.items``, ``links.next``, ``results.0.id``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .errors import Misconfigured, RecordRejected
from .records import Record

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING", "__bool__": lambda self: False})()

_SLOT = re.compile(r"\{([\w.]+)\}")


def pick(value: Any, at: str) -> Any:
    """What stands at ``at``; the whole value for "", ``MISSING`` where the way ends."""
    for step in at.split(".") if at else ():
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def fill(template: str, *, record: Record | None = None, key: str = "", id: str = "", url: bool = False) -> str:
    """``template`` with ``{key}``, ``{id}``, ``{identity.0}``, ``{data.number}`` filled in; quoted for a URL.

    A slot that is no such name is ``Misconfigured``; one that this record leaves empty is ``RecordRejected``.
    """
    scope = {"key": key, "id": id}
    if record is not None:
        scope |= {"identity": list(record.identity), "data": record.data}  # type: ignore[dict-item]

    def value(slot: re.Match) -> str:
        found = pick(scope, slot[1])
        if slot[1].partition(".")[0] not in scope:
            raise Misconfigured(f"The template {template!r} has the slot {slot[0]}, which nothing fills.")
        if found is MISSING or found is None or found == "" or isinstance(found, Mapping | list):
            raise RecordRejected(f"The record has no single value for {slot[0]}, which {template!r} needs.")
        return quote(str(found), safe="") if url else str(found)

    return _SLOT.sub(value, template)
