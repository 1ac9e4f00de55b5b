"""The evidence of a change as its page shows it: an attached impact is told as far as its reader may see."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, NamedTuple

from governance.changes import kinds
from governance.changes.impact import Impact, Object
from governance.changes.impact.attachment import DIFFERENCES, IMPACT, asked_about, nameless_title
from governance.changes.impact.seen import UNNAMED, Seen, seen
from governance.changes.kinds import Reference
from governance.changes.visibility import operations_seen
from governance.changes.weighing import evidence
from governance.console import places
from governance.console.confirm import linked
from governance.models import ChangeEvidence, ChangeRequest
from governance.models.change_evidence import STATEMENT


class Attached(NamedTuple):
    """A piece, what it says line by line, and how many lines are not for this reader."""

    piece: ChangeEvidence
    title: str
    lines: Sequence[str] = ()
    left_out: int = 0


def attached(request: ChangeRequest, user: Any) -> list[Attached]:
    """All pieces of the present submission."""
    named = operations_seen(user, request)
    return [_shown(one, user, named) for one in evidence.of(request)]


def _shown(piece: ChangeEvidence, user: Any, named: Container[Reference]) -> Attached:
    if piece.kind == IMPACT:
        mine = seen(user, Impact.from_content(piece.facts["impact"]), places.visible)
        lines = [*_asked(piece, user), *(_line(mine, one) for one in mine.impact.objects)]
        return Attached(piece, title_of(piece, user, named), lines, mine.impact.hidden)
    if piece.kind == DIFFERENCES:
        lines = [f"{one['record']} {one['path']}: {one['says']}".strip() for one in piece.facts["differences"]]
        system = piece.facts["about"].get("system", "")
        is_seen = places.visible(user, "system").filter(key=system).exists()
        told = [*_asked(piece, user), *lines] if is_seen else ()
        return Attached(piece, title_of(piece, user, named), told, 0 if is_seen else len(lines))
    return Attached(piece, title_of(piece, user, named))


def title_of(piece: ChangeEvidence, user: Any, named: Container[Reference]) -> str:
    """The title, for who sees the operations ``named``; of what was found for a question without its names, where the
    reader may not see all that it was asked about now. Earlier builds named that in the title.
    """
    if piece.kind in (IMPACT, DIFFERENCES):
        return piece.title if _asked(piece, user) else nameless_title(piece.kind, piece.facts)
    tried = _tried(piece)
    if not tried[1] or tried in named:
        return piece.title
    return piece.title.replace(tried[1], UNNAMED)


def _tried(piece: ChangeEvidence) -> Reference:
    """The object of the change that test cases or a back-test tried; ("", "") in a statement of a person."""
    named = ((kind.name, piece.facts[kind.name]) for kind in kinds.each() if kind.name in piece.facts)
    return next(named, ("", "")) if piece.kind != STATEMENT else ("", "")


def _asked(piece: ChangeEvidence, user: Any) -> list[str]:
    """What was asked about, for who may know of all that it names."""
    words, named = asked_about(piece.facts["about"])
    return [f"Asked about: {words}."] if named and len(linked(user, named)) == len(named) else []


def _line(mine: Seen, one: Object) -> str:
    owner = f", which belongs to {one.facts.owner}" if one.facts.owner else ""
    return f"{mine.name(one.nearest.node)}{owner}"
