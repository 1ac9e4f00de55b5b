"""Proposing: a new object of a kind, a change of one, or its retirement."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from governance.changes import CURRENT
from governance.changes.told import telling
from governance.console import drafts, places, query
from governance.console.confirm import confirm, crumbs, put_forward
from governance.console.desk import entered, into, work
from governance.console.discretion import beyond, obstacles, told_of
from governance.console.doors import page
from governance.errors import BaseMoved, ContentRefused, NotFound
from governance.permissions import may_propose
from governance.selectors.proposals import assess


@require_safe
@page
def choose(request: HttpRequest) -> HttpResponse:
    """Every kind of controlled object, and whether this person may propose a new one."""
    offered = [
        (place, drafts.kind_named(place.kind), may_propose(request.user, place.kind, "")) for place in places.each()
    ]
    return render(request, "governance/proposals/choose.html", {"offered": offered, "crumbs": crumbs()})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new object of a kind."""
    return work(request, kind, "")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """A change of an object."""
    return work(request, kind, key)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def retire(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Take an object out of use: it must be unused, and its history stays. ``?change=`` does it in that draft."""
    change = into(request.user, query.asked(request, ("change",))["change"])
    found = entered(request, kind, key)
    draft = drafts.begun(request.user, found, key, change)
    if not draft.base:
        raise NotFound(f"There is no {found.noun} {key!r} in force that could be retired.")
    draft.mode = "ready"
    if request.method == "POST":
        draft.base, draft.seen = request.POST.get("base", ""), drafts.seen_in(request.POST)
        draft.title, draft.reason = request.POST.get("title", "").strip(), request.POST.get("reason", "")
        sentence = query.unknown_field(request.POST, drafts.OWN_NAMES)
        draft.problems = [sentence] if sentence else []
    operation = replace(draft.operation, content=None)
    try:
        assessment = assess(operation, drafts.together(draft))
        draft.problems += beyond(request.user, assessment)
        if request.method == "POST" and draft.is_sound and not assessment.problems:
            return put_forward(request, draft, operation)
    except (BaseMoved, ContentRefused) as refused:  # somebody was first
        others = drafts.together(draft)
        draft.problems = [telling.as_told(request.user, [operation, *others], refused).sentence]
        assessment = assess(replace(operation, base=CURRENT), others)
    told = told_of(request.user, [operation], obstacles(request.user, (kind, key), assessment.problems))
    status = 422 if request.method == "POST" else 200
    return confirm(request, draft, replace(assessment, problems=tuple(told)), status=status)
