"""Signing in with a password and, where one is enrolled, a one-time code; signing out. Each is an audit event."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from governance import audit
from governance.console.doors import misunderstood
from governance.console.query import BadQuery, check_fields
from governance.guard.context import change
from governance.models import Person
from governance.services import passwords, second_factors, sessions
from hub.console.account.forms import CodeForm, OnceInput
from hub.console.forms import KnownFields
from hub.sign_in import lockout, oidc
from hub.sign_in.lockout import LockedOut
from hub.sign_in.sessions import BY_PROVIDER

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING = "sign_in_pending"
PENDING_SECONDS = 300
FAILED = "A sign-in failed."
BY_OIDC = BY_PROVIDER


class SignInForm(KnownFields, AuthenticationForm):
    """One sentence for every failure, so that nobody learns which names exist."""

    also = ("next",)
    locked: LockedOut | None = None
    guessed = ""  # the name whose password was looked at
    why = FAILED
    error_messages = {
        "invalid_login": "This user name and password do not belong together. Capital letters matter.",
        "inactive": "This user name and password do not belong together. Capital letters matter.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "field-%s")
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"
        self.fields["username"].widget = OnceInput(attrs=self.fields["username"].widget.attrs)

    def clean(self) -> dict[str, Any]:
        """A lock is judged before any password, and for names that are no account as for others."""
        if sentence := self.unknown():
            self.add_error(None, sentence)
            return self.cleaned_data
        username = self.cleaned_data.get("username")
        if not username or not self.cleaned_data.get("password"):
            return self.cleaned_data
        try:
            assert self.request is not None
            lockout.admit(self.request, username)
        except LockedOut as refused:
            self.locked = refused
            self.add_error(None, refused.sentence)
            return self.cleaned_data
        self.guessed = str(username)
        return super().clean()

    def confirm_login_allowed(self, user: Any) -> None:
        """Who is told that a one-time password has expired knows that password: nobody else learns of the account."""
        super().confirm_login_allowed(user)
        if passwords.is_expired(user):
            self.why = passwords.EXPIRED
            raise ValidationError(passwords.EXPIRED, code="expired")
        if passwords.is_dormant(user):
            self.why = passwords.DORMANT
            raise ValidationError(passwords.DORMANT, code="dormant")


@method_decorator(require_http_methods(["GET", "HEAD", "POST"]), name="dispatch")
class SignIn(LoginView):
    """The page that needs no session. A session that was there is given another key: nobody can fix it beforehand."""

    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "provider": oidc.label()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person, following = form.get_user(), self.get_success_url()
        if second_factors.is_enrolled(person):
            lockout.passed(self.request, person.username)
            return _ask_for_code(self.request, person, following)
        return _opened(self.request, person, following, authenticated_by="password")

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        assert isinstance(form, SignInForm)
        if form.guessed:
            lockout.record(self.request, form.guessed, form.why)
        answer = super().form_invalid(form)
        answer.status_code = form.locked.status if form.locked else 422
        return lockout.said_when(answer, form.locked)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step: a one-time code, or a recovery code. The first step holds for five minutes."""
    person, following = _pending(request)
    if person is None:
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    status, locked = 200, None
    if request.method == "POST":
        try:
            if form.is_valid() and _code_opens(request, person, form.cleaned_data["code"]):
                return _opened(request, person, following, authenticated_by="password and code")
            if not form.errors:
                form.add_error("code", "This code does not open now. Wait for the next one, or use a recovery code.")
            status = 422
        except LockedOut as refused:
            form.add_error(None, refused.sentence)
            status, locked = refused.status, refused
    return lockout.said_when(render(request, "registration/code.html", {"form": form}, status=status), locked)


def _code_opens(request: HttpRequest, person: Person, code: str) -> bool:
    """Counted before it is looked at, as a password is."""
    lockout.admit(request, person.username)
    if second_factors.verify(person=person, code=code):
        return True
    lockout.record(request, person.username, "A one-time code was wrong.")
    return False


def _opened(request: HttpRequest, person: Person, following: str, *, authenticated_by: str) -> HttpResponse:
    """Signed in with what the hub itself checks: earlier failures are forgotten, and this browser is known."""
    answer = redirect(following)
    lockout.opened(request, person.username)
    lockout.remember(request, person.username, answer)
    begin(request, person, authenticated_by=authenticated_by)
    if warning := passwords.warning(person):
        messages.info(request, warning)
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; harmless where there is none."""
    try:
        check_fields(request)
    except BadQuery as refused:
        return misunderstood(request, refused)
    person = request.user
    if person.is_authenticated:
        with change(by=person, reason="Signed out.", source="console"):
            audit.record("session.closed", subject=("session", person.username))
        found = sessions.of(request.session.session_key or "")
        if found is not None:
            sessions.close(found)
    logout(request)
    return redirect("sign-in")


def begin(request: HttpRequest, person: Person, *, authenticated_by: str) -> None:
    """The session of this person from now on, under a new key, listed and recorded."""
    request.session.pop(PENDING, None)
    login(request, person, backend=BACKEND)
    request.session["authenticated_by"] = authenticated_by
    person.signed_in_by = authenticated_by
    request.session.save()
    sessions.opened(
        person=person,
        session_key=request.session.session_key or "",
        device=request.headers.get("User-Agent", ""),
        address=lockout.address(request),
        authenticated_by=authenticated_by,
    )
    with change(by=person, reason=f"Signed in with {authenticated_by}.", source="console"):
        audit.record("session.opened", subject=("session", person.username))


def local(request: HttpRequest, address: str) -> str:
    """Where to go after signing in: only ever an address of this hub."""
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and is_ours else resolve_url("overview")


def _ask_for_code(request: HttpRequest, person: Person, following: str) -> HttpResponse:
    request.session.cycle_key()
    request.session[PENDING] = {
        "person": str(person.pk),
        "proof": person.get_session_auth_hash(),  # a password that is changed meanwhile ends this step
        "until": time.time() + PENDING_SECONDS,
        "next": following,
    }
    return redirect(reverse("sign-in-code"))


def _pending(request: HttpRequest) -> tuple[Person | None, str]:
    kept = request.session.get(PENDING)
    if not kept or kept["until"] < time.time():
        return None, ""
    person = Person.objects.filter(pk=kept["person"], is_active=True).first()
    if person is None or person.get_session_auth_hash() != kept["proof"]:
        return None, ""
    return person, local(request, kept["next"])
