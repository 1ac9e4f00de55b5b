"""Change requests: the list, and one with its differences in meaning and in text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.changes import kinds
from governance.changes.deciding import signable
from governance.changes.requests import may_draft
from governance.changes.told.stage_words import stage_of
from governance.changes.visibility import may_look, wholly_visible
from governance.changes.weighing.risk import RISKS
from governance.console import change_shown, past, places
from governance.console.confirm import Link, linked
from governance.console.differences import difference
from governance.console.doors import page
from governance.console.query import BadQuery, asked
from governance.errors import NotFound
from governance.models import ChangeOperation, ChangeRequest, Revision
from governance.models.change_request import ChangeState
from governance.permissions import may_propose
from governance.selectors import changes, queues
from governance.selectors.past import rows_then

PAGE = 50
FACTS = ("title", "reason", "state", "risk", "change_kind", "path", "policy", "is_emergency",
         "rollback_plan", "success_criterion", "effective_at", "released_at", "closed_at")  # fmt: skip
FILTERS = ("queue", "q", "kind", "key", "state", "author", "risk", "page")


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """Newest first; ``?queue=&q=&kind=&key=&state=&author=&risk=`` narrow it."""
    offered = {
        "kind": [kind.name for kind in kinds.each()],
        "state": list(ChangeState.values),
        "queue": list(queues.QUEUES),
        "risk": list(RISKS),
    }
    filters = asked(request, FILTERS, offered)
    number = _page(filters.pop("page"))
    queue = filters.pop("queue")
    rows = queues.narrowed(changes.listed(request.user, places.visible, **filters), queue, request.user)
    rows = rows.prefetch_related("operations")
    found = list(rows[(number - 1) * PAGE : number * PAGE + 1])
    shown = {
        "rows": _touching(request.user, found[:PAGE]),
        "filters": {**filters, "queue": queue},
        "is_filtered": any(filters.values()),
        "queues": queues.counted(changes.listed(request.user, places.visible), request.user),
        "risks": RISKS,
        "kinds": [(kind.name, kind.label) for kind in kinds.each()],
        "states": ChangeState.choices,
        "page": number,
        "has_more": len(found) > PAGE,
        "is_decided": signable.is_policy_in_force(),
        "has_tables": may_look(request.user),
        "why_not": "" if may_propose(request.user, "system", "") else "You may look at changes, but not propose one.",
    }
    return render(request, "governance/changes/list.html", shown)


@require_safe
@page
def show(request: HttpRequest, number: str) -> HttpResponse:
    """One change request, as far as the user may see what it touches."""
    asked(request, (past.NAME,))
    found = ChangeRequest.objects.filter(number=number).first()
    seen = list(changes.operations(request.user, places.visible).filter(change=found).order_by("position"))
    if found is None or not seen:
        raise NotFound(f"There is no change request {number!r}.")
    if (then := past.facts_in_the_past(request, found, f"change request {number}", _facts_for(seen))) is not None:
        return then
    released = {(one.kind, one.key): one for one in Revision.objects.filter(change=found)}
    touched = {(one.kind, one.key) for one in seen}
    pages = {(one.kind, one.key): one.address for one in linked(request.user, touched)}
    may_edit = found.is_open_draft and not found.rolls_back_id and may_draft(request.user, found)
    shown = {
        "change": found,
        "operations": [_shown(one, released.get((one.kind, one.key)), pages) for one in seen],
        "hidden": found.operations.count() - len(seen),
        "makers": _makers() if may_edit else [],
        "may_edit": may_edit,
        **change_shown.shown(found, request.user, seen),
        "has_tables": may_look(request.user) and wholly_visible(request.user).filter(pk=found.pk).exists(),
        "crumbs": [("Change control", reverse("changes"))],
    }
    return render(request, "governance/changes/detail.html", shown)


def _makers() -> list[tuple[str, str]]:
    """(noun, address) of each kind of which something new can be put into a draft."""
    return [(kinds.noun(place.kind), places.maker_of(place.kind)) for place in places.each()]


def _facts_for(seen: Sequence[ChangeOperation]) -> Callable[[Any, datetime], past.Facts]:
    """What a request was; of its objects those that the reader may see now."""
    mine = {(one.kind, one.key) for one in seen}

    def facts(row: Any, at: datetime) -> past.Facts:
        then = [(one.kind, one.key) for one in rows_then(ChangeOperation, at, change_id=row.pk)]
        objects = "\n".join(f"{kinds.get(kind).label} {key}" for kind, key in sorted(then) if (kind, key) in mine)
        return [("Stage", stage_of(row)), *past.columns(row, FACTS), ("Changes", objects)]

    return facts


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
        "editor": places.editor_of(one.kind, one.key),
        "retire": reverse("propose-retire", args=[one.kind, one.key]) if one.base and one.content is not None else "",
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
