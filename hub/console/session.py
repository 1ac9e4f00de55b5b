"""Signing in and out, each an audit event."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from governance import audit
from governance.errors import Refused
from governance.guard.context import change


class SignInForm(AuthenticationForm):
    """One sentence for every failure, so that nobody learns which names exist."""

    error_messages = {
        "invalid_login": "This user name and password do not belong together. Capital letters matter.",
        "inactive": "This user name and password do not belong together. Capital letters matter.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "field-%s")
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"


class SignIn(LoginView):
    """The only page that needs no session."""

    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        login(self.request, person)
        with change(by=person, reason="Signed in with a password.", source="console"):
            audit.record("session.opened", subject=("session", person.username))
        return redirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Recorded without the name that was typed: it may be a password in the wrong field."""
        audit.record_refusal("session.open", Refused("A sign-in failed.", rule="user name and password"))
        answer = super().form_invalid(form)
        answer.status_code = 422
        return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; harmless where there is none."""
    person = request.user
    if person.is_authenticated:
        with change(by=person, reason="Signed out.", source="console"):
            audit.record("session.closed", subject=("session", person.username))
    logout(request)
    return redirect("sign-in")
