"""A document as one reader may see it: without what it says of interfaces that they may not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dictionary.documents.parts import Content
from governance.changes.proposing.difference import Line
from governance.permissions import reached

GENERATED = "generated."


@dataclass(frozen=True, slots=True)
class Sight:
    """``content`` names and describes the interfaces of ``seen`` alone; ``left_out`` counts the others."""

    content: dict[str, Any]
    left_out: int


def of(user: Any, content: Content) -> Sight:
    """The content for this reader; all of it where it describes nothing that is hidden from them."""
    named = {*content.get("interfaces", ()), *content.get("generated", {})}
    seen = named & reached(user, "interface") if named else set()
    if seen == named:
        return Sight(dict(content), 0)
    kept = dict(content)
    if "interfaces" in kept:
        kept["interfaces"] = [key for key in kept["interfaces"] if key in seen]
    if "generated" in kept:
        kept["generated"] = {key: sections for key, sections in kept["generated"].items() if key in seen}
    return Sight(kept, len(named - seen))


def lines(user: Any, found: Sequence[Line]) -> list[Line]:
    """What a version changed, without the rows of hidden interfaces and without their names."""
    seen = reached(user, "interface")
    return [one for one in found if _is_for(one, seen)]


def _is_for(line: Line, seen: set[str]) -> bool:
    """``generated.IF-001 › Route qms › Sink`` is for who sees IF-001, ``interfaces[2]`` for who sees both values."""
    field = line["field"]
    if field.startswith(GENERATED):
        return field.removeprefix(GENERATED).partition(" › ")[0] in seen
    if field.partition("[")[0] != "interfaces":
        return True
    return seen.issuperset(key for side in (line["old"], line["new"]) for key in _keys(side))


def _keys(side: Any) -> list[str]:
    return [] if side is None else side if isinstance(side, list) else [side]
