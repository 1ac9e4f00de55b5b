"""Change requests: the list, and one with its differences in meaning and in text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.changes import kinds
from governance.console import places
from governance.console.confirm import Link, linked
from governance.console.differences import difference
from governance.console.doors import page
from governance.console.query import BadQuery, asked
from governance.errors import NotFound
from governance.models import ChangeOperation, ChangeRequest, Revision
from governance.models.change_request import ChangeState
from governance.permissions import may_propose
from governance.selectors import changes
from governance.selectors.proposals import dependents

PAGE = 50
FILTERS = ("q", "kind", "key", "state", "author", "page")


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """Newest first; ``?q=&kind=&key=&state=&author=`` narrow it."""
    offered = {"kind": [kind.name for kind in kinds.each()], "state": list(ChangeState.values)}
    filters = asked(request, FILTERS, offered)
    number = _page(filters.pop("page"))
    rows = changes.listed(request.user, places.visible, **filters).prefetch_related("operations")
    found = list(rows[(number - 1) * PAGE : number * PAGE + 1])
    shown = {
        "rows": _touching(request.user, found[:PAGE]),
        "filters": filters,
        "is_filtered": any(filters.values()),
        "kinds": [(kind.name, kind.label) for kind in kinds.each()],
        "states": ChangeState.choices,
        "page": number,
        "has_more": len(found) > PAGE,
        "why_not": "" if may_propose(request.user, "system", "") else "You may look at changes, but not propose one.",
    }
    return render(request, "governance/changes/list.html", shown)


@require_safe
@page
def show(request: HttpRequest, number: str) -> HttpResponse:
    """One change request, as far as the user may see what it touches."""
    asked(request, ())
    found = ChangeRequest.objects.filter(number=number).first()
    seen = list(changes.operations(request.user, places.visible).filter(change=found).order_by("position"))
    if found is None or not seen:
        raise NotFound(f"There is no change request {number!r}.")
    released = {(one.kind, one.key): one for one in Revision.objects.filter(change=found)}
    touched = {(one.kind, one.key) for one in seen}
    pages = {(one.kind, one.key): one.address for one in linked(request.user, touched)}
    shown = {
        "change": found,
        "operations": [_shown(one, released.get((one.kind, one.key)), pages) for one in seen],
        "hidden": found.operations.count() - len(seen),
        "dependents": linked(request.user, dependents(touched)),
        "crumbs": [("Change control", reverse("changes"))],
    }
    return render(request, "governance/changes/detail.html", shown)


def _shown(one: ChangeOperation, revision: Revision | None, pages: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """``pages`` are the addresses of what the reader may see now."""
    kind = kinds.get(one.kind)
    old = one.base.content if one.base else None
    texts = [kind.render(content) if content else "" for content in (old, one.content)]
    return {
        "operation": one,
        "kind": kind,
        "page": pages.get((one.kind, one.key), ""),
        "is_new": not old,
        "lines": one.difference,
        "difference": difference(one.base.version if one.base else "Before", texts[0], "This change", texts[1]),
        "old_version": one.base.version if one.base else "",
        "new_version": revision.version if revision else "",
        "digest": revision.digest if revision else "",
    }


def _touching(user: Any, rows: Sequence[ChangeRequest]) -> list[tuple[ChangeRequest, list[Link]]]:
    """Each request with what it touches, as far as the user may see: one query a kind for the whole page."""
    touched = {row.pk: [(one.kind, one.key) for one in row.operations.all()] for row in rows}
    every = {reference for references in touched.values() for reference in references}
    seen = {(one.kind, one.key): one for one in linked(user, every)}
    return [(row, [seen[one] for one in touched[row.pk] if one in seen]) for row in rows]


def _page(text: str) -> int:
    if not text:
        return 1
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:6]) <= 10_000:
        raise BadQuery(f"The page is {text!r}; it must be a number from 1 to 10,000.", field="page", value=text)
    return int(text)
