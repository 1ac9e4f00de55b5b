"""Differences between two contents, field by field. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypedDict


class Line(TypedDict):
    """One field that differs; ``old`` or ``new`` is absent (None) where the field came or went."""

    field: str
    old: Any
    new: Any


def compare(old: Any, new: Any) -> list[Line]:
    """All fields that differ, with their path (``rules[2].unit.from``)."""
    return list(_walk("", old, new))


def _walk(path: str, old: Any, new: Any) -> Iterator[Line]:
    if type(old) is type(new) and old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from _walk(f"{path}.{name}" if path else name, old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _walk(f"{path}[{index}]", _at(old, index), _at(new, index))
    else:
        yield Line(field=path, old=old, new=new)


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else None


def in_words(value: Any) -> str:
    """A value as a sentence shows it: text as it is, "nothing", yes or no, all else as JSON."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
