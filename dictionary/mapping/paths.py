"""Paths into a source document: RFC 9535 JSONPath, compiled once, with a short cut for plain ones.

`$.a.b[0]`, `a.b` and `$['x y']` become a chain of look-ups. Everything else is left to python-jsonpath, in
its strict mode and without the regular-expression functions, so that no path can run for ever on a hostile
text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

Part = str | int
Read = Callable[[Any], Any]
ABSENT = (KeyError, IndexError, TypeError)

_PLAIN = re.compile(r"\$?(?:\.?[A-Za-z_][\w\-]*|\[-?\d+\]|\['[^'\\]*'\]|\[\"[^\"\\]*\"\])*")
_PART = re.compile(r"\.?([A-Za-z_][\w\-]*)|\[(-?\d+)\]|\['([^'\\]*)'\]|\[\"([^\"\\]*)\"\]")
_FILTERED = re.compile(r"@((?:\['[^']*'\])+)")
_NAME = re.compile(r"\['([^']*)'\]")


class BadPath(ValueError):
    """The text is not a path that can be used."""


@dataclass(frozen=True, slots=True)
class Path:
    """`read(document)` gives the one value or raises KeyError, IndexError or TypeError; `read_all` gives
    every value.

    `pattern` is the path with array indices as [*]; a part of it is a name, "[*]", or "*" for any child.
    `parts` is None for a path that is more than a chain of names and indices.
    """

    text: str
    parts: tuple[Part, ...] | None
    pattern: tuple[str, ...]
    read: Read
    read_all: Callable[[Any], list[Any]]
    looked_at: tuple[tuple[str, ...], ...] = ()  # what the filters of the path look at, as patterns


@cache
def compile_path(text: str) -> Path:
    """Raises BadPath with the reason."""
    parts = _plain_parts(text)
    if parts is not None:
        read = _chain(parts)
        pattern = tuple("[*]" if isinstance(part, int) else part for part in parts)
        return Path(text, parts, pattern, read, lambda document: _listed(read, document))
    return _general(text)


def _plain_parts(text: str) -> tuple[Part, ...] | None:
    if not text or text.startswith(".") or not _PLAIN.fullmatch(text):
        return None
    found = _PART.findall(text[1:] if text.startswith("$") else text)
    return tuple(int(index) if index else name or single or double for name, index, single, double in found)


def _chain(parts: tuple[Part, ...]) -> Read:
    if not parts:
        return lambda document: document
    if any(isinstance(part, int) for part in parts):
        return lambda document: _walk(document, parts)
    if len(parts) == 1:
        return itemgetter(parts[0])
    if len(parts) == 2:
        first, second = parts
        return lambda document: document[first][second]
    if len(parts) == 3:
        one, two, three = parts
        return lambda document: document[one][two][three]
    return lambda document: _walk(document, parts)


def _walk(document: Any, parts: tuple[Part, ...]) -> Any:
    for part in parts:
        if isinstance(part, int) and not isinstance(document, list):
            raise TypeError("only a list has numbered items: a text has letters")
        document = document[part]
    return document


def _listed(read: Read, document: Any) -> list[Any]:
    """The values of a plain path: the items of the list that it leads to, else the one value."""
    try:
        found = read(document)
    except ABSENT:
        return []
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _general(text: str) -> Path:
    from jsonpath import JSONPathError

    try:
        compiled = _environment().compile(text)
        pattern = _pattern(compiled)
    except (JSONPathError, RecursionError) as error:
        raise BadPath(f"the path '{text}' is not JSONPath: {str(error).splitlines()[0]}") from None

    def read_all(document: Any) -> list[Any]:
        return compiled.findall(document) if isinstance(document, (dict, list)) else []

    def read(document: Any) -> Any:
        found = read_all(document)
        if not found:
            raise KeyError(text)
        return found[0] if len(found) == 1 else found

    return Path(text, None, pattern, read, read_all, _looked_at(compiled, pattern))


def _looked_at(compiled: Any, pattern: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """`$.lines[?@.kind == 't'].text` looks at ("lines", "*", "kind")."""
    found = []
    for depth, segment in enumerate(compiled.segments):
        for chain in _FILTERED.findall(str(segment)):
            found.append((*pattern[: depth + 1], *_NAME.findall(chain)))
    return tuple(found)


@cache
def _environment() -> Any:
    from jsonpath import JSONPathEnvironment

    environment = JSONPathEnvironment(strict=True)
    for name in ("match", "search"):
        environment.function_extensions.pop(name, None)
    return environment


def _pattern(compiled: Any) -> tuple[str, ...]:
    """What the path reads, so that drift can be told: a path that reads everything would hide all drift."""
    if not hasattr(compiled, "segments"):
        raise BadPath("a union of paths is not offered: write one rule a path")
    parts: list[str] = []
    for segment in compiled.segments:
        parts.append(_part(segment))
    return tuple(parts)


def _part(segment: Any) -> str:
    kinds = {type(selector).__name__ for selector in segment.selectors}
    if "Recursive" in type(segment).__name__ or len(segment.selectors) != 1:
        raise BadPath(
            "'..' and several selectors at once are not offered, because fields that nobody maps would go unseen"
        )
    if kinds == {"NameSelector"}:
        return str(segment.selectors[0].name)
    if kinds <= {"IndexSelector", "SliceSelector"}:
        return "[*]"
    if kinds <= {"Filter", "WildcardSelector"}:
        return "*"
    raise BadPath(f"the selector {segment} is not offered")
