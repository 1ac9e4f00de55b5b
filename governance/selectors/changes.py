"""Change requests as far as a person may read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.changes import kinds
from governance.changes.proposing.difference import Line
from governance.changes.visibility import known
from governance.models import ChangeOperation, ChangeRequest, Revision
from governance.permissions import holds_everywhere

Visible = Callable[[Any, str], QuerySet]  # (user, kind) → projections that the user may know of


def operations(user: Any, visible: Visible) -> QuerySet[ChangeOperation]:
    """Operations on objects that the user may know of, and all of those that they proposed themselves."""
    rows = ChangeOperation.objects.select_related("base", "change")
    if holds_everywhere(user, "governance.view_changerequest"):
        return rows
    return rows.filter(Q(change__author__id=str(user.pk)) | known(user, lambda kind: visible(user, kind)))


def edits(user: Any, request: ChangeRequest, visible: Visible) -> QuerySet:
    """Every version of every operation of the request, dropped ones too, as far as ``operations`` would show them."""
    rows = ChangeOperation.history.filter(change_id=request.pk)
    if holds_everywhere(user, "governance.view_changerequest") or request.author["id"] == str(user.pk):
        return rows
    return rows.filter(known(user, lambda kind: visible(user, kind)))


def listed(
    user: Any,
    visible: Visible,
    *,
    kind: str = "",
    state: str = "",
    author: str = "",
    q: str = "",
    key: str = "",
    risk: str = "",
) -> QuerySet[ChangeRequest]:
    """Newest first: requests in which the user may see something, narrowed by what is asked for."""
    mine = operations(user, visible).filter(change=OuterRef("pk")).order_by()
    mine = mine.filter(kind=kind) if kind else mine
    mine = mine.filter(key=key) if key else mine
    rows = ChangeRequest.objects.filter(Exists(mine))
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(risk=risk) if risk else rows
    rows = rows.filter(author__name__icontains=author) if author else rows
    rows = rows.filter(Q(title__icontains=q) | Q(reason__icontains=q) | Q(number__iexact=q)) if q else rows
    return rows.order_by("-number")


def history(kind: str, key: str, *, limit: int = 20) -> list[tuple[Revision, list[Line]]]:
    """The newest versions of one object, each with what it changed. The caller has checked the right to see it."""
    rows = Revision.objects.filter(kind=kind, key=key).select_related("base", "change")
    newest = rows.order_by("-effective_at", "-recorded_at")[:limit]
    return [(one, _lines(one)) for one in newest]


def _lines(one: Revision) -> list[Line]:
    old = one.base.content if one.base else None
    return kinds.get(one.kind).compare(old, one.content) if old and one.content else []
