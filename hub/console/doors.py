"""What every page shares: who may enter, how a refusal is shown, how an act's reason is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from governance import audit
from governance.errors import NotAllowed, NotFound, Refused
from hub.console.forms import ReasonForm

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Signed-in persons only. What they may not know of is a 404 without a hint; a missing right is a 403."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            raise Http404 from None
        except NotAllowed as refused:
            _record(request, view.__name__, refused, kwargs)
            return render(request, "403.html", {"sentence": refused.sentence}, status=403)

    return entered


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
            _record(request, name, refused, {subject[0]: subject[1]})
            given.refuse(refused)
            status = refused.status
        else:
            messages.success(request, done)
            return redirect(back)
    return render(request, "hub/acts/ask.html", {"form": given, "back": back, **shown}, status=status)


def _record(request: HttpRequest, name: str, refused: Refused, about: dict[str, Any]) -> None:
    subject = next(((kind, str(value)) for kind, value in about.items()), ("", ""))
    audit.record_refusal(name, refused, by=request.user, subject=subject)


def identity(text: str) -> UUID | None:
    """An id of the query string; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def moment(text: str) -> datetime | None:
    """A time of the query string, in UTC unless it says otherwise; None where it is none."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "T"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # a time at the ends of the calendar may have no UTC
        return None
