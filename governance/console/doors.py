"""What pages of every floor share: who may enter, how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from governance import audit
from governance.console.query import BadQuery
from governance.errors import NotAllowed, NotFound, Refused

View = Callable[..., HttpResponseBase]


def page(view: View) -> View:
    """Signed-in persons only. What they may not know of is a 404 without a hint; a missing right is a 403."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            raise Http404 from None
        except NotAllowed as refused:
            record(request, view.__name__, refused, kwargs)
            return forbidden(request, refused)
        except BadQuery as refused:
            return misunderstood(request, refused)

    return entered


def forbidden(request: HttpRequest, refused: NotAllowed) -> HttpResponse:
    """The right that is missing, by its sentence. Whoever answers so has recorded it."""
    return render(request, "403.html", {"sentence": refused.sentence}, status=403)


def misunderstood(request: HttpRequest, refused: BadQuery) -> HttpResponse:
    """The page asks or is sent what it has not: the sentence, and nothing else happened."""
    return render(request, "400.html", {"sentence": refused.sentence}, status=refused.status)


def record(request: HttpRequest, name: str, refused: Refused, about: dict[str, Any]) -> None:
    """The refusal of an act, written after its rollback."""
    subject = next(((kind, str(value)) for kind, value in about.items()), ("", ""))
    audit.record_refusal(name, refused, by=request.user, subject=subject)
