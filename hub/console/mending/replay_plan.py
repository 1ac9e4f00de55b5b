"""A replay on its way to a plan: count, samples and a dry run, then the frozen list. Nothing happens before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance import audit
from governance.errors import NotAllowed, NotFound, Refused
from governance.guard.context import check_reason
from governance.signing.statement import digest
from hub.console.differences import Difference, difference
from hub.console.doors import page
from hub.console.forms import ReplayForm
from hub.console.record.payloads import readable
from hub.flow.replaying import replay
from hub.models import Interface, Message
from hub.models.replay import ReplayMode, ReplayState
from hub.permissions import check_may_operate, interface_for, may_read_payload, readable_interfaces
from hub.selectors.mending import exceptions
from hub.selectors.mending.rehearsal import Rehearsed
from hub.selectors.record import messages
from hub.services import dry_runs
from hub.services.dry_runs import SAMPLES

NAMED = 500  # messages that a form carries by name; a larger list is a whole group
TONES = {"same": "ok", "changed": "info", "new": "info", "later": "mute", "none": "mute", "still_wrong": "bad",
         "left": "warn"}  # fmt: skip
WORDS = {
    "same": "the same bytes as before",
    "changed": "other bytes than before",
    "new": "sent for the first time",
    "later": "made once another route is settled",
    "none": "nothing to send",
    "still_wrong": "still wrong",
    "left": "left alone",
}


@require_POST
@page
def new(request: HttpRequest) -> HttpResponse:
    """What would be replayed and what it would become. With ``go`` the plan is frozen, if it is what was shown."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _asked(request, form, [])
    ids, only = _wanted(request, form.cleaned_data)
    rows = _allowed(request, ids)
    form.offer(has_bytes=exceptions.have_bytes(ids, only))
    if "go" not in request.POST:
        _check_reason(form)
    if "go" not in request.POST or form.errors:
        return _asked(request, form, rows, only)
    given = form.cleaned_data
    if given["seen"] and given["seen"] != _digest(ids):
        form.add_error(None, "The group has other members than you were shown. Look again, then freeze the plan.")
        return _asked(request, form, rows, only)
    try:
        plan = replay.plan(message_ids=ids, mode=given["mode"], by=request.user, reason=given["reason"], only=only)
    except (NotFound, NotAllowed):
        raise
    except Refused as refused:
        audit.record_refusal("replay.plan", refused, by=request.user, subject=("interface", rows[0].interface_key))
        form.refuse(refused)
        return _asked(request, form, rows, only)
    notes.success(request, _said(plan))
    return redirect("replay", plan.id)


def _check_reason(form: ReplayForm) -> None:
    """Beside its field before the plan is frozen, not only when it is."""
    try:
        check_reason(form.cleaned_data["reason"])
    except Refused as refused:
        form.refuse(refused)


def _said(plan: Any) -> str:
    if plan.needs_second_person:
        return "The plan waits for a second person."
    return (
        "The plan runs in portions; this page follows it." if plan.state == ReplayState.RUNNING else "The plan has run."
    )


def _wanted(request: HttpRequest, given: dict[str, Any]) -> tuple[list[UUID], Collection[UUID] | None]:
    """The messages that are named, or all members of the group as they are now.

    With the deliveries that are meant: of a group its own, whatever else of these messages is dead.
    """
    if not given["group"]:
        return given["message"], None
    group = exceptions.group(request.user, given["group"])
    if group is None:
        raise NotFound(f"There is no group {given['group']!r}.")
    only = exceptions.delivery_ids(group)
    return (exceptions.member_ids(group, most=replay.LARGEST_PLAN) if given["whole"] else given["message"]), only


def _allowed(request: HttpRequest, ids: Sequence[UUID]) -> list[Message]:
    """These messages, all of interfaces that the user may operate; else NotFound or NotAllowed."""
    rows = sorted(Message.objects.in_bulk(ids).values(), key=lambda row: row.id)
    if len(rows) != len(set(ids)):
        raise NotFound("There is no such message.")
    for key in {row.interface_key for row in rows}:
        check_may_operate(request.user, interface_for(request.user, key))
    return rows


def _asked(
    request: HttpRequest, form: ReplayForm, rows: Sequence[Message], only: Collection[UUID] | None = None
) -> HttpResponse:
    """The page between choosing and doing."""
    interface = interface_for(request.user, rows[0].interface_key) if rows else None
    ids = [row.id for row in rows]
    mode = form.data.get("mode", "")
    dead = exceptions.dead_of(ids, only)
    shown = {
        "form": form,
        "count": len(rows),
        "dead": dead,
        "held": len(rows) - dead.messages,
        "samples": messages.rows_of(rows[:SAMPLES], readable=readable_interfaces(request.user)),
        "named": ids if not form.data.get("whole") else [],
        "seen": _digest(ids) if form.data.get("whole") else "",
        "interface": interface,
        "mode": dict(ReplayMode.choices).get(mode, ""),
        "back": reverse("exceptions"),
    }
    if interface and mode in ReplayMode.values and "mode" not in form.errors:
        shown |= _rehearsed(request, interface, ids, mode, only)
    return render(request, "hub/replays/new.html", shown, status=422 if form.errors else 200)


def _rehearsed(
    request: HttpRequest, interface: Interface, ids: Sequence[UUID], mode: str, only: Collection[UUID] | None
) -> dict[str, Any]:
    """The dry run: counts by outcome, and the first differences; for who may read payloads. Looks are recorded."""
    if not may_read_payload(request.user, interface):
        return {"why_no_rehearsal": dry_runs.why_not(interface)}
    found = dry_runs.run(interface=interface, message_ids=ids, mode=mode, by=request.user, source="console", only=only)
    return {
        "tried": found.tried,
        "outcomes": [(WORDS[name], TONES[name], found.outcomes[name]) for name in WORDS if name in found.outcomes],
        "wrong": found.wrong,
        "differences": [(one, _difference(one)) for one in found.differing],
    }


def _difference(one: Rehearsed) -> Difference:
    before = readable(one.before) if one.before else ""
    return difference("Sent last" if before else "Nothing was sent", before, "Would be sent now", readable(one.after))


def _digest(ids: Sequence[UUID]) -> str:
    return digest(sorted(str(one) for one in ids))
