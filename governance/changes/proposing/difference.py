"""Differences between two contents, field by field. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypedDict

NULL = "null"  # how a null is told beside a field that is not there
_ABSENT = object()


class Line(TypedDict):
    """One field that differs; ``old`` or ``new`` is None where the field came or went."""

    field: str
    old: Any
    new: Any


def compare(old: Any, new: Any) -> list[Line]:
    """All fields that differ, with their path (``rules[2].unit.from``). Nothing for what ``is_same``."""
    return list(_walk("", old, new))


def is_same(old: Any, new: Any) -> bool:
    """Whether two contents are the same JSON: for Python ``1`` is ``True``, and ``[1]`` is ``[True]``."""
    return not compare(old, new)


def _walk(path: str, old: Any, new: Any) -> Iterator[Line]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from _walk(f"{path}.{name}" if path else name, old.get(name, _ABSENT), new.get(name, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _walk(f"{path}[{index}]", _at(old, index), _at(new, index))
    elif old is _ABSENT or new is _ABSENT:
        yield Line(field=path, old=_told(old), new=_told(new))
    elif type(old) is not type(new) or old != new:
        yield Line(field=path, old=old, new=new)


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else _ABSENT


def _told(value: Any) -> Any:
    return None if value is _ABSENT else NULL if value is None else value


def in_words(value: Any) -> str:
    """A value as a sentence shows it: text as it is, "nothing", yes or no, all else as JSON."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
