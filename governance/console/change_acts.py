"""Acts on a change request: one page each, with its reason; the services judge, the page says what they said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from governance.changes import kinds, stages
from governance.changes.deciding import signers, voiding
from governance.changes.proposing import drafting
from governance.changes.releasing import ordering, rollback
from governance.changes.told import open_acts, telling
from governance.changes.told.stage_words import where_it_is
from governance.changes.visibility import may_know, wholly_visible
from governance.changes.weighing import owners, reach
from governance.console.act_forms import ActForm, AttachForm, DispositionForm, PlanForm, TextForm, TimeForm, VerifyForm
from governance.console.doors import page, record
from governance.console.query import asked
from governance.errors import NotAllowed, NotFound, Refused
from governance.models import ChangeRequest


@dataclass(frozen=True, slots=True)
class Act:
    """``do`` takes number, by and the form's fields; it answers with the request that is shown next."""

    label: str
    says: str
    do: Callable[..., Any]
    form: type[ActForm] = ActForm
    icon: str = "arrow-right"
    warns: Callable[[ChangeRequest], list[str]] = lambda found: []


ACTS: dict[str, Act] = {
    "submit": Act(
        "Submit", "The content is frozen. Risk, impact and evidence are found, and its policies ask for signatures.",
        drafting.submit, icon="send",
    ),
    "declare-emergency": Act(
        "Declare an emergency",
        "Two persons release it. Within two working days owners say what it means, and others review and approve it.",
        drafting.declare_emergency, icon="siren", warns=signers.nobody_left_in_emergency,
    ),
    "plan": Act(
        "Write the plan",
        "How it is rolled back and how anybody will know that it worked: both are part of what is approved.",
        stages.plan, PlanForm, "list-checks",
    ),
    "implement": Act(
        "Record the implementation", "What was done outside the hub, so that the release can follow.",
        stages.implement, TextForm, "wrench",
    ),
    "make-ready": Act(
        "Make it ready", "Content, bases and evidence are checked once more; then it can be released.",
        stages.make_ready, icon="check",
    ),
    "set-time": Act(
        "Set the time of the release", "It is signed afterwards, and comes into force at that time by itself.",
        ordering.set_time, TimeForm, "clock",
    ),
    "verify": Act(
        "Verify that it works", "Say how you saw that it works as it was approved.", stages.verify, VerifyForm,
        "check-check",
    ),
    "attach": Act(
        "Attach evidence", "It counts for the stage in which it stands.", stages.attach, AttachForm, "paperclip",
    ),
    "reassess": Act(
        "Assess again", "The impact is taken as it is now. Every signature so far is void.", voiding.reassess,
        icon="refresh-cw",
    ),
    "withdraw": Act(
        "Withdraw", "It becomes a draft again. Every approval so far is void.", drafting.withdraw, icon="undo-2",
    ),
    "hold": Act("Put on hold", "Nothing of it is signed or released until it goes on.", drafting.hold, icon="pause"),
    "resume": Act("Take it off hold", "It goes on from where it was held.", drafting.resume, icon="play"),
    "cancel": Act("Cancel", "It ends without an effect. What is in force stays in force.", drafting.cancel, icon="ban"),
    "roll-back": Act(
        "Roll back", "What was in force before is released again, as a change of its own that another person signs.",
        rollback.roll_back, icon="undo-2",
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """One act; ``name`` is one of ``ACTS``."""
    asked(request, ())
    found, known = seen(request, number), ACTS.get(name)
    if known is None:
        raise NotFound(f"There is no act {name!r} of a change request.")
    open_acts.check_right(name, found, request.user)
    return worked(request, found, name, known, {})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def disposition(request: HttpRequest, number: str, kind: str, key: str) -> HttpResponse:
    """What the change means for one critical object, said by its owner."""
    asked(request, ())
    found = seen(request, number)
    return worked(
        request, found, "disposition", speaking_for(found, request.user, kind, key), {"kind": kind, "key": key}
    )


def speaking_for(found: ChangeRequest, user: Any, kind: str, key: str) -> Act:
    """An owner's word on this object. NotFound where the change does not reach it, or the user may not know of it."""
    held = reach.basis(found)
    reached = {one.reference for one in held.objects} if held else set()
    if (kind, key) not in reached or not may_know(user, kind, key):
        raise NotFound(f"{found.number} reaches no {kinds.noun(kind)} {key!r}.")
    says = f"{found.number} reaches the {kinds.noun(kind)} {key}. Say what that means for it."
    return Act("Say what it means", says, owners.disposition, DispositionForm)


def seen(request: HttpRequest, number: str) -> ChangeRequest:
    """The request, for who may see all of it: nobody decides on what they cannot read."""
    found = wholly_visible(request.user).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no change request {number!r}.")
    return found


def worked(request: HttpRequest, found: ChangeRequest, name: str, known: Act, more: dict[str, Any]) -> HttpResponse:
    """The form, or what the service made of it."""
    form = known.form(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, found, known, form, 422 if request.method == "POST" else 200)
    try:
        made = known.do(number=found.number, by=request.user, **more, **form.cleaned_data)
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        record(request, f"change.{name}", refused, {"change": found.number})
        form.refuse(telling.refusal(request.user, found, refused))
        return _page(request, found, known, form, refused.status)
    shown = made if isinstance(made, ChangeRequest) else found
    shown.refresh_from_db()
    messages.success(request, where_it_is(shown))
    return redirect("change", shown.number)


def _page(request: HttpRequest, found: ChangeRequest, known: Act, form: ActForm, status: int) -> HttpResponse:
    shown = {
        "change": found,
        "act": known,
        "form": form,
        "warnings": known.warns(found),
        "crumbs": [("Change control", reverse("changes")), (found.number, reverse("change", args=[found.number]))],
    }
    return render(request, "governance/changes/act.html", shown, status=status)
