"""What every person does with their own account: password, second factor, sessions."""

from __future__ import annotations

import base64
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance import totp
from governance.console import query
from governance.errors import NotFound, Refused
from governance.keyring import seal, unseal
from governance.models import Person, PersonSession
from governance.services import passwords, second_factors, sessions
from hub.console.account.forms import EnrolFactorForm, PasswordForm
from hub.console.account.qr import drawn
from hub.console.doors import act, page
from hub.sign_in import lockout

SECRET = "new_factor"  # noqa: S105 - the name in the session, where it lies encrypted
ISSUER = "Interlock"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def password(request: HttpRequest) -> HttpResponse:
    """One's own password. All other sessions end with it."""
    person, form, status = _me(request), PasswordForm(request.POST or None), 200
    why: Refused | None = None
    if request.method == "POST":
        try:
            if form.is_valid():
                return _password_changed(request, person, form)
            status = 422
        except Refused as refused:
            form.refuse(refused)
            status, why = refused.status, refused
    rules = "At least 12 characters; not a common one, not like your name, none of your last ones."
    answer = render(request, "account/password.html", {"form": form, "rules": rules}, status=status)
    return lockout.said_when(answer, why)


def _password_changed(request: HttpRequest, person: Person, form: PasswordForm) -> HttpResponse:
    given = form.cleaned_data
    _check_present(request, person, given["present_password"])
    passwords.change_own(
        person=person,
        present=given["present_password"],
        new=given["new_password"],
        reason="Changed their own password.",
    )
    others = [one for one in sessions.open_ones(person) if one.session_key != request.session.session_key]
    before = sessions.of(request.session.session_key or "")
    update_session_auth_hash(request, person)
    if before is not None:
        sessions.moved(before, request.session.session_key or "")
    if others:
        sessions.end(person=person, sessions=others, by=person, reason="Changed their own password.")
    messages.success(request, "Your password is changed. All your other sessions have ended.")
    answer = redirect("account-sessions")
    lockout.remember(request, person.username, answer)
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def second_factor(request: HttpRequest) -> HttpResponse:
    """Enrol an authenticator. The secret lies encrypted in the session until a code shows that it works."""
    person = _me(request)
    if second_factors.is_enrolled(person):
        return render(request, "account/second_factor.html", {"is_enrolled": True})
    form, status = EnrolFactorForm(request.POST or None), 200
    why: Refused | None = None
    secret = _new_secret(request, person)
    if request.method == "POST":
        try:
            if form.is_valid():
                return _enrolled(request, person, secret, form)
            status = 422
        except Refused as refused:
            form.refuse(refused)
            status, why = refused.status, refused
    address = totp.address_for(secret, issuer=ISSUER, account=person.username)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    shown = {"form": form, "picture": drawn(address), "secret": groups}
    return lockout.said_when(render(request, "account/second_factor.html", shown, status=status), why)


def _enrolled(request: HttpRequest, person: Person, secret: str, form: EnrolFactorForm) -> HttpResponse:
    _check_present(request, person, form.cleaned_data["present_password"])
    code = form.cleaned_data["code"]
    codes = second_factors.enrol(person=person, secret=secret, code=code, reason="Enrolled their second factor.")
    del request.session[SECRET]
    return render(request, "account/recovery_codes.html", {"codes": codes})


@require_safe
@page
def session_list(request: HttpRequest) -> HttpResponse:
    """One's own open sessions."""
    query.only(request)
    rows = sessions.open_ones(_me(request))
    shown = {"rows": rows, "present": request.session.session_key}
    return render(request, "account/sessions.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one of one's own sessions."""
    found = PersonSession.objects.filter(pk=session_id, person=_me(request), ended_at=None).first()
    if found is None:
        raise NotFound(f"There is no session {session_id}.")
    return _end(request, [found], f"End the session of {found.device[:60] or 'an unknown browser'}")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    rows = [one for one in sessions.open_ones(_me(request)) if one.session_key != request.session.session_key]
    return _end(request, rows, "End all your other sessions")


def _end(request: HttpRequest, rows: list[PersonSession], title: str) -> HttpResponse:
    person = _me(request)
    return act(
        request,
        name="session.end",
        subject=("person", person.username),
        do=lambda **given: sessions.end(person=person, sessions=rows, **given),
        done="Ended. Whoever used that browser must sign in again.",
        back=reverse("account-sessions"),
        shown={
            "title": title,
            "says": f"{len(rows)} session(s) end now, and open nothing any more.",
            "button": "End",
            "crumbs": [("Your sessions", reverse("account-sessions"))],
        },
    )


def _me(request: HttpRequest) -> Person:
    """Who is signed in: ``page`` lets nobody else come here."""
    assert isinstance(request.user, Person)
    return request.user


def _check_present(request: HttpRequest, person: Person, given: str) -> None:
    """The present password, with the brake that signing in has."""
    lockout.admit(request, person.username)
    if not person.check_password(given):
        lockout.failed(request, person.username)
        raise Refused("This is not your present password.", field="present_password", rule="the present password")
    lockout.opened(request, person.username)


def _new_secret(request: HttpRequest, person: Person) -> str:
    place = f"session/{person.pk}"
    kept = request.session.get(SECRET)
    if kept:
        return unseal(kept[0], base64.b64decode(kept[1]), place=place).decode()
    secret = totp.new_secret()
    key_id, sealed = seal(secret.encode(), place=place)
    request.session[SECRET] = [key_id, base64.b64encode(sealed).decode()]
    return secret
