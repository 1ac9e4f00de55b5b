"""The two doors of signing in at the provider: there, and back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance import audit
from governance.errors import Refused
from hub.console import session
from hub.console.signing import provider
from hub.services.foreign_sign_in import person_of
from hub.sign_in import oidc

KEPT = "oidc_begun"


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """To the provider. A link, not a form: our policy lets no form end at another site (form-action)."""
    _check_configured()
    try:
        address, kept = oidc.start(_back(request))
    except Refused as refused:
        return _refused(request, refused)
    request.session[KEPT] = {**kept, "next": session.local(request, request.GET.get("next", ""))}
    return redirect(address)


@require_safe
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """From the provider, with a code that opens once."""
    _check_configured()
    kept = request.session.pop(KEPT, {})
    try:
        claims = oidc.finish(kept, request.GET.dict(), _back(request))
        if "of" in kept:  # somebody who is signed in signs, or takes that back: this opens no session
            oidc.check_fresh(claims)
            return provider.came_back(request, kept, claims)
        person = person_of(claims)
    except Refused as refused:
        if "of" in kept:
            provider.record_refused(request, kept, refused)
            return _told(request, refused)
        return _refused(request, refused)
    session.begin(request, person, authenticated_by=session.BY_OIDC)
    return redirect(session.local(request, kept["next"]))


def _check_configured() -> None:
    if not oidc.label():
        raise Http404


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("sign-in-oidc-back"))


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    audit.record_refusal("session.open", refused)
    return _told(request, refused)


def _told(request: HttpRequest, refused: Refused) -> HttpResponse:
    form = session.SignInForm(request)
    shown = {"form": form, "provider": oidc.label(), "problems": [refused.sentence], "next": ""}
    return render(request, "registration/sign_in.html", shown, status=refused.status)
