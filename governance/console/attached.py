"""The evidence of a change as its page shows it: an attached impact is told as far as its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from governance.changes import evidence
from governance.changes.impact import Impact, Object
from governance.changes.impact.attachment import DIFFERENCES, IMPACT, asked_about
from governance.changes.impact.seen import Seen, seen
from governance.console import places
from governance.console.confirm import linked
from governance.models import ChangeEvidence, ChangeRequest


class Attached(NamedTuple):
    """A piece, what it says line by line, and how many lines are not for this reader."""

    piece: ChangeEvidence
    lines: Sequence[str] = ()
    left_out: int = 0


def attached(request: ChangeRequest, user: Any) -> list[Attached]:
    """All pieces of the present submission."""
    return [_shown(one, user) for one in evidence.of(request)]


def _shown(piece: ChangeEvidence, user: Any) -> Attached:
    if piece.kind == IMPACT:
        mine = seen(user, Impact.from_content(piece.facts["impact"]), places.visible)
        lines = [*_asked(piece, user), *(_line(mine, one) for one in mine.impact.objects)]
        return Attached(piece, lines, mine.impact.hidden)
    if piece.kind == DIFFERENCES:
        lines = [f"{one['record']} {one['path']}: {one['says']}".strip() for one in piece.facts["differences"]]
        system = piece.facts["about"].get("system", "")
        is_seen = places.visible(user, "system").filter(key=system).exists()
        return Attached(piece, [*_asked(piece, user), *lines] if is_seen else (), 0 if is_seen else len(lines))
    return Attached(piece)


def _asked(piece: ChangeEvidence, user: Any) -> list[str]:
    """What was asked about, for who may know of all that it names."""
    words, named = asked_about(piece.facts["about"])
    return [f"Asked about: {words}."] if named and len(linked(user, named)) == len(named) else []


def _line(mine: Seen, one: Object) -> str:
    owner = f", which belongs to {one.facts.owner}" if one.facts.owner else ""
    return f"{mine.name(one.nearest.node)}{owner}"
