"""Stands behind every page: ends sessions that are over, and keeps people at what they must do first."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from governance.api.protocol import problems
from governance.models import Person, PersonSession
from governance.services import passwords, second_factors, sessions
from hub.sign_in import lockout

BY_PROVIDER = "OpenID Connect"  # how such a session was opened, as evidence says it
Handler = Callable[[HttpRequest], HttpResponse]


class SignedIn:
    """Looks only at requests that carry a session's cookie: systems with tokens pay nothing for it."""

    def __init__(self, following: Handler) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if not isinstance(person, Person):
            return self.following(request)
        session = _listed(request, person)
        person.signed_in_by = session.authenticated_by
        over = sessions.why_over(session, timezone.now())
        if over:
            sessions.close(session)
            logout(request)
            return _sent_away(request, over)
        if _is_act(request):
            sessions.seen(session, timezone.now())
        name, sentence = _first_thing(request, person)
        if name and request.path not in (reverse(name), reverse("sign-out")):
            return _kept_at(request, name, sentence)
        return self.following(request)


def _listed(request: HttpRequest, person: Person) -> PersonSession:
    """The session's row; made here for one that another door has opened."""
    key = request.session.session_key or ""
    return sessions.of(key) or sessions.opened(
        person=person,
        session_key=key,
        device=request.headers.get("User-Agent", ""),
        address=lockout.address(request),
        authenticated_by=request.session.get("authenticated_by", "password"),
    )


def _is_act(request: HttpRequest) -> bool:
    """A page that refreshes a part of itself does not show that anybody is there."""
    return request.method != "GET" or "HX-Request" not in request.headers


def _first_thing(request: HttpRequest, person: Person) -> tuple[str, str]:
    """(name of the page, sentence) of what this person must do before anything else; ("", "") mostly.

    Who signed in at the provider uses no password of ours, and the provider asks for what factors it holds right.
    """
    is_from_provider = request.session.get("authenticated_by") == BY_PROVIDER
    if person.must_change_password and not is_from_provider:
        return "account-password", "Choose your own password first: somebody else knows the present one."
    if not is_from_provider and passwords.is_too_old(person):
        return "account-password", f"Your password is older than {settings.HUB_PASSWORD_DAYS} days: choose another one."
    if not is_from_provider and _needs_factor(person) and not second_factors.is_enrolled(person):
        return "account-second-factor", "Your role needs a second factor. Enrol it first."
    return "", ""


def _needs_factor(person: Person) -> bool:
    if not settings.HUB_SECOND_FACTOR_ROLES:
        return False
    return person.groups.filter(name__in=settings.HUB_SECOND_FACTOR_ROLES).exists()


def _sent_away(request: HttpRequest, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problems.answer(problems.document(401, sentence, code="session_over"))
    messages.info(request, sentence)
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")


def _kept_at(request: HttpRequest, name: str, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problems.answer(problems.document(403, sentence, code="not_allowed"))
    if request.headers.get("Sec-Fetch-Dest", "document") == "document":  # a script's own request shows it to nobody
        messages.info(request, sentence)
    return redirect(name)
