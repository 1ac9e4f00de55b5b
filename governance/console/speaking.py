"""The word of an owner on all that one change means for them: one page, one form, each object kept by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from governance.changes.impact import Object
from governance.changes.kinds import Reference
from governance.changes.told import telling
from governance.changes.weighing import owners
from governance.console.act_forms import SpeakForm
from governance.console.change_acts import seen
from governance.console.confirm import Link, linked
from governance.console.doors import page, record
from governance.console.query import asked
from governance.errors import NotAllowed, NotFound, Refused
from governance.models import ChangeRequest

Waiting = dict[str, tuple[Link, Object]]  # name in the form → the object, with its page


@require_http_methods(["GET", "HEAD", "POST"])
@page
def speak(request: HttpRequest, number: str) -> HttpResponse:
    """All that waits for this person's word; ``?chosen=all`` has every object chosen, also without scripts."""
    chosen = asked(request, ("chosen",), {"chosen": ("all",)})["chosen"]
    found = seen(request, number)
    waiting = waiting_for(found, request.user)
    form = SpeakForm([(name, name) for name in waiting], request.POST or None)
    if request.method != "POST":
        return _page(request, found, waiting, form, set(waiting) if chosen else set(), 200)
    if not form.is_valid():
        return _page(request, found, waiting, form, set(request.POST.getlist("objects")), 422)
    names = form.cleaned_data["objects"]
    try:
        owners.speak(number=number, nodes=[_node(waiting[one]) for one in names], by=request.user, **_said(form))
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        record(request, "change.disposition", refused, {"change": number})
        form.refuse(telling.refusal(request.user, found, refused))
        return _page(request, found, waiting, form, set(names), refused.status)
    count = "1 object" if len(names) == 1 else f"{len(names)} objects"
    messages.success(request, f"You said what {number} means for {count}.")
    return redirect("change" if len(names) == len(waiting) else "change-speak", number)


def waiting_for(found: ChangeRequest, user: Any) -> Waiting:
    """What the change asks this person about: theirs, or anybody's who may review, as far as they may know of it."""
    if not owners.are_asked(found):
        return {}
    left = {one.reference: one for one in owners.undisposed(found) if owners.may_speak(user, one)}
    return {f"{one.kind} {one.key}": (one, left[one.kind, one.key]) for one in linked(user, list(left))}


def _node(waiting: tuple[Link, Object]) -> Reference:
    return waiting[1].reference


def _said(form: SpeakForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("verdict", "comment")}


def _page(
    request: HttpRequest, found: ChangeRequest, waiting: Waiting, form: SpeakForm, chosen: set[str], status: int
) -> HttpResponse:
    shown = {
        "change": found,
        "rows": [(name, link, held, name in chosen) for name, (link, held) in waiting.items()],
        "form": form,
        "why_not": owners.why_not_speak(found, request.user),
        "crumbs": [("Change control", reverse("changes")), (found.number, reverse("change", args=[found.number]))],
    }
    return render(request, "governance/changes/speak.html", shown, status=status)
