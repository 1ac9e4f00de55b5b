"""Paths of fields as people write them (``$.lot.id``, ``lot.id``, ``$.lines[0].text``), and which overlap. Pure."""

from __future__ import annotations

import re
import unicodedata

from governance.errors import Refused

LONGEST = 300
Path = tuple[str, ...]
ITEMS, ANY = "[*]", "*"
_PART = re.compile(r"\.?([^\W\d][\w\-]*|\*)|\[(-?\d+|\*)\]|\['([^'\\]{1,100})'\]|\[\"([^\"\\]{1,100})\"\]")


def read(text: str) -> Path:
    """The names of a path; items of a list as "[*]". Raises Refused for what is no path."""
    given = unicodedata.normalize("NFC", text.strip())
    rest, at, parts = given.removeprefix("$"), 0, []
    while at < len(rest) and len(given) <= LONGEST:
        found = _PART.match(rest, at)
        if found is None:
            break
        name, index, single, double = found.groups()
        parts.append(ITEMS if index else name or single or double)
        at = found.end()
    is_plain = not any(unicodedata.category(character) in ("Cc", "Cf") for character in given)
    if not parts or at < len(rest) or not is_plain:
        shown = repr(given[:60] if is_plain else ascii(given[:60]))
        raise Refused(
            f"{shown} is no path of a field; write it like $.lot.id or $.lines[*].text.",
            field="field",
            value=shown,
            rule="a path of names",
        )
    return tuple(parts)


def written(path: Path) -> str:
    """The path as text: ``$.lines[*].text``, ``$['lot number']``."""
    return "$" + "".join(_written(part) for part in path)


def overlap(one: Path, other: Path) -> bool:
    """Whether one of them is the other, or lies beneath it: an object that goes takes its fields along.

    Marks of list items do not count: ``$.lines.text`` is meant as ``$.lines[*].text``.
    """
    shorter, longer = sorted((_names(one), _names(other)), key=len)
    return all(ANY in (left, right) or left == right for left, right in zip(shorter, longer, strict=False))


def _names(path: Path) -> Path:
    return tuple(part for part in path if part != ITEMS)


def _written(part: str) -> str:
    if part == ITEMS:
        return part
    return f".{part}" if part == ANY or re.fullmatch(r"[^\W\d][\w\-]*", part) else f"['{part}']"
