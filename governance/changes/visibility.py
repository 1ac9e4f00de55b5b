"""Which change requests a user may know of: a registry of who sees which controlled objects,
filled by the floors when they start."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Q, QuerySet

from governance.changes import kinds
from governance.changes.impact.seen import seen
from governance.changes.kinds import Reference
from governance.changes.weighing import reach
from governance.models import ChangeOperation, ChangeRequest
from governance.permissions import holds_everywhere, proposes_somewhere, visible_policies, visible_systems

Visible = Callable[[Any], QuerySet]
_visible: dict[str, Visible] = {}


def seen_by(kind: str, visible: Visible) -> None:
    """Register which projections of a kind a user may know of."""
    _visible[kind] = visible


def may_know(user: Any, kind: str, key: str) -> bool:
    """Whether the user may know of this object that is in force."""
    return kind in _visible and _visible[kind](user).filter(key=key).exists()


def known_of(user: Any, references: Collection[Reference]) -> set[Reference]:
    """Those of the objects that the user may know of: one query a kind."""
    keys: dict[str, list[str]] = {}
    for kind, key in references:
        keys.setdefault(kind, []).append(key)
    return {
        (kind, key)
        for kind, wanted in keys.items()
        if kind in _visible
        for key in _visible[kind](user).filter(key__in=wanted).values_list("key", flat=True)
    }


def wholly_visible(user: Any) -> QuerySet[ChangeRequest]:
    """Requests of which the user may know every object: who decides on a change must be able to see all of it."""
    rows = ChangeRequest.objects.all()
    if holds_everywhere(user, "governance.view_changerequest"):
        return rows
    unseen = ChangeOperation.objects.exclude(_known(user))
    return rows.filter(Q(author__id=str(user.pk)) | ~Q(id__in=unseen.values("change_id")))


def sees_operation(user: Any, request: ChangeRequest, kind: str, key: str) -> bool:
    """Whether the page of the request names its operation on this object to the user."""
    return request.operations.filter(_known(user), kind=kind, key=key).exists()


def operations_seen(user: Any, request: ChangeRequest) -> set[Reference]:
    """Objects whose operations the page of the request names to the user: one query."""
    return set(request.operations.filter(_known(user)).values_list("kind", "key"))


def sees_whole(user: Any, request: ChangeRequest) -> bool:
    """Whether the user may know of everything that the request changes and was found to reach, its author included."""
    reads_all = holds_everywhere(user, "governance.view_changerequest")
    if not reads_all and request.operations.exclude(_known(user)).exists():
        return False
    return reads_whole_impact(user, request)


def _known(user: Any) -> Q:
    return known(user, lambda kind: _visible[kind](user) if kind in _visible else None)


def known(user: Any, visible: Callable[[str], QuerySet | None]) -> Q:
    """Operations on objects that the user may know of. What is not in force is hidden from nobody who decides."""
    found = Q(pk__in=())
    decides = any(holds_everywhere(user, f"governance.{right}") for right in DECIDE)
    for kind in kinds.each():
        rows = visible(kind.name)
        live = kind.model._base_manager.filter(is_retired=False).values("key")
        mine = Q(key__in=rows.values("key")) if rows is not None else Q(pk__in=())
        found |= Q(kind=kind.name) & (mine | ~Q(key__in=live) if decides else mine)
    return found


def reads_whole_impact(user: Any, request: ChangeRequest) -> bool:
    """Whether the user may know of every object that the change was found to reach."""
    held = reach.basis(request)
    if held is None:
        return True
    mine = seen(user, held, _of_kind).impact
    return len(mine.starts) + len(mine.nodes) == len(held.starts) + len(held.nodes)


def _of_kind(user: Any, kind: str) -> QuerySet:
    return _visible[kind](user) if kind in _visible else kinds.get(kind).model._base_manager.none()


DECIDE = ("review_changerequest", "approve_changerequest", "release_changerequest")
MAY_LOOK = (*DECIDE, "add_changerequest", "view_changerequest")


def may_look(user: Any) -> bool:
    """Who works on changes: proposes them, be it on one object, decides, releases, or reads all of them."""
    return any(holds_everywhere(user, f"governance.{right}") for right in MAY_LOOK) or proposes_somewhere(user)


seen_by("system", visible_systems)
seen_by("approval_policy", visible_policies)
