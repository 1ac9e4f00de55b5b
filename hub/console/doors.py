"""What pages of the hub share: how an act's reason is asked for. Who may enter is said in governance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from governance.console.doors import page, record
from governance.console.query import moment
from governance.errors import NotAllowed, NotFound, Refused
from hub.console.forms import ReasonForm

__all__ = ["act", "identity", "moment", "page", "refused_page"]


def act(
    request: HttpRequest,
    *,
    name: str,
    subject: tuple[str, str],
    do: Callable[..., Any],
    done: str,
    back: str,
    shown: dict[str, Any],
    form: type[ReasonForm] = ReasonForm,
) -> HttpResponse:
    """A page that asks for the reason of one act, does it, and goes ``back``. ``do`` takes the form's fields.

    A refusal stays beside its field, is recorded after the rollback, and answers 422, or 409 for a contradiction.
    """
    given = form(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and given.is_valid():
        try:
            do(by=request.user, **given.cleaned_data)
        except (NotFound, NotAllowed):
            raise
        except Refused as refused:
            record(request, name, refused, {subject[0]: subject[1]})
            given.refuse(refused)
            status = refused.status
        else:
            messages.success(request, done)
            return redirect(back)
    return render(request, "hub/acts/ask.html", {"form": given, "back": back, **shown}, status=status)


def refused_page(request: HttpRequest, name: str, refused: Refused, *, back: str) -> HttpResponse:
    """A small act that was refused and has no page of its own: the sentence, and the way back."""
    record(request, name, refused, {})
    return render(request, "hub/acts/refused.html", {"refused": refused, "back": back}, status=refused.status)


def identity(text: str) -> UUID | None:
    """An id of the query string; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
