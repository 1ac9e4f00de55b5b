"""The objects of an open draft: take one out, or open one that is in force to change or retire it there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from governance.changes import kinds
from governance.changes.proposing import drafting
from governance.changes.requests import check_may_draft
from governance.changes.visibility import wholly_visible
from governance.console import places
from governance.console.change_acts import Act, seen, worked
from governance.console.doors import page
from governance.console.query import asked
from governance.errors import NotFound
from governance.models import ChangeRequest

DO = {"change": "Change it", "retire": "Retire it"}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def drop(request: HttpRequest, number: str, kind: str, key: str) -> HttpResponse:
    """Take one object out of an open draft, with a reason."""
    found = seen(request, number)
    if not found.operations.filter(kind=kind, key=key).exists():
        raise NotFound(f"{number} does not hold the {kinds.noun(kind)} {key!r}.")
    check_may_draft(request.user, found)
    says = f"{number} no longer changes the {kinds.noun(kind)} {key}. What is in force of it stays as it is."
    return worked(request, found, "drop", Act("Take it out", says, drafting.drop), {"kind": kind, "key": key})


@require_safe
@page
def choose(request: HttpRequest, number: str) -> HttpResponse:
    """``?kind=&key=&do=``: on to the form that changes or retires this object in the draft."""
    offered = {"kind": [place.kind for place in places.each()], "do": list(DO)}
    given = asked(request, ("kind", "key", "do"), offered)
    found = _draft(request, number)
    problem = ""
    if given["kind"] and given["key"]:
        kind, key = given["kind"], given["key"]
        if places.visible(request.user, kind).filter(key=key, is_retired=False).exists():
            return redirect(f"{_address(kind, key, given['do'])}?{urlencode({'change': number})}")
        problem = f"There is no {kinds.noun(kind)} {key!r} in force that you may see."
    shown = {
        "change": found,
        "given": given,
        "problem": problem,
        "kinds": [(place.kind, kinds.get(place.kind).label) for place in places.each()],
        "does": list(DO.items()),
        "crumbs": [("Change control", reverse("changes")), (number, reverse("change", args=[number]))],
    }
    return render(request, "governance/changes/choose.html", shown, status=422 if problem else 200)


def _draft(request: HttpRequest, number: str) -> ChangeRequest:
    """The open draft, for who may edit it. NotFound for what one may not see all of, and for what is submitted."""
    found = wholly_visible(request.user).filter(number=number).first()
    if found is None or not found.is_open_draft or found.rolls_back_id:
        raise NotFound(f"There is no open draft {number!r}.")
    check_may_draft(request.user, found)
    return found


def _address(kind: str, key: str, do: str) -> Any:
    return reverse("propose-retire", args=[kind, key]) if do == "retire" else places.editor_of(kind, key)
