"""What was found about an impact, attached to a change request that its reader may still add evidence to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from governance.changes import stages
from governance.changes.requests import may_draft
from governance.changes.transitions import AT_ONCE
from governance.changes.visibility import wholly_visible
from governance.changes.weighing.evidence import Piece
from governance.console.act_forms import ActForm
from governance.errors import Refused
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState

OFFERED = 30  # of the newest that take evidence now


class AttachFoundForm(ActForm):
    """Which change request, and why. What the page asked about stands beside it in the same form."""

    change = forms.ChoiceField(
        label="Change request",
        help_text="Drafts that nobody submitted, and changes that ask for evidence now.",
        error_messages={
            "required": "Choose the change request that it belongs to.",
            "invalid_choice": "There is no change request %(value)s that takes evidence from you now.",
        },
    )
    field_order = ("change", "reason")

    def __init__(self, user: Any, *args: Any, asked: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        found = [(one.number, f"{one.number}: {one.title}") for one in offered(user)]
        self.is_offered = bool(found)
        self.fields["change"].choices = [("", "Choose"), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the page asked about is not refused as a field that the form does not have."""
        self.data = {name: value for name, value in self.data.items() if name not in self.asked}
        return super().clean()


def offered(user: Any) -> list[ChangeRequest]:
    """Change requests that take evidence from this user now, the newest first."""
    rows = wholly_visible(user).filter(state__in=stages.PHASE_IN).order_by("-number")
    rows = rows.exclude(state=ChangeState.RELEASED, path=AT_ONCE)  # nobody verifies these
    return [one for one in rows[:OFFERED] if stages.phase_of(one) is not None and may_draft(user, one)]


def attach(request: HttpRequest, form: AttachFoundForm, piece: Piece) -> HttpResponse | None:
    """On to the change where it is attached; None where the form says what is wrong."""
    if not form.is_valid():
        return None
    number, reason = form.cleaned_data["change"], form.cleaned_data["reason"]
    try:
        stages.attach_found(number=number, piece=piece, by=request.user, reason=reason)
    except Refused as refused:
        form.refuse(refused)
        return None
    messages.success(request, f"Attached to {number} as evidence.")
    return HttpResponseRedirect(reverse("change", args=[number]) + "#evidence-head")
