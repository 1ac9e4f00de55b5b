"""What a change request reaches: looked at again and again, kept each time, compared with what was decided on."""

from __future__ import annotations

from governance.changes.impact import Impact, Object, impact_of_change
from governance.changes.proposing import contents
from governance.models import ChangeImpact, ChangeRequest


def now(request: ChangeRequest) -> Impact:
    """What the request reaches at this moment."""
    return impact_of_change(contents.as_operations(request))


def look(request: ChangeRequest, at: str, *, is_basis: bool) -> Impact:
    """Look again and keep what was seen, in the open change. ``at`` names the stage."""
    seen = now(request)
    ChangeImpact(
        change=request,
        submission=request.assessment.get("submission", 1),
        looked_at=at,
        graph_hash=seen.graph_hash,
        content=seen.content(),
        is_basis=is_basis,
    ).save()
    return seen


def kept(request: ChangeRequest) -> ChangeImpact | None:
    """The row of the impact that is decided on: the newest one that was assessed."""
    rows = request.impacts.filter(is_basis=True, submission=request.assessment.get("submission", 1))
    return rows.order_by("-id").first()


def basis(request: ChangeRequest) -> Impact | None:
    """The impact that is decided on."""
    held = kept(request)
    return Impact.from_content(held.content) if held else None


def grown(request: ChangeRequest, seen: Impact) -> tuple[Object, ...]:
    """The objects that nobody has decided on."""
    held = basis(request)
    return seen.grew_beyond(held) if held else seen.objects


def critical(request: ChangeRequest) -> tuple[Object, ...]:
    """The objects of which an owner must say something."""
    held = basis(request)
    return held.critical if held else ()
