"""The administrator's pages of persons: who is there, with which roles, and what is done with an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.console import past, query
from governance.errors import Refused
from governance.models import Membership, Person
from governance.permissions import check_right
from governance.selectors.past import rows_then
from governance.services import passwords, persons, same_person, second_factors, sessions, signing_suspension
from hub.console.account.forms import EnrolForm
from hub.console.doors import page
from hub.console.forms import ReasonForm
from hub.roles import ROLES
from hub.selectors import accounts
from hub.services import enrolment, rights
from hub.sign_in import lockout

FACTS = ("full_name", "title", "email", "is_active", "is_staff", "must_change_password", "password_set_at")
MAY_READ = "Only auditors and administrators may look at the accounts of others."
MAY_ADMINISTER = "Only an administrator may do this to an account."
View = Callable[..., HttpResponseBase]


def administered(view: View) -> View:
    """For administrators; auditors may only read, which ``index`` and ``show`` judge themselves."""

    @page
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_right(request.user, "governance.administer_person", MAY_ADMINISTER)
        return view(request, *args, **kwargs)

    return entered


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """Every person with roles and state."""
    query.only(request)
    check_right(request.user, "governance.view_person", MAY_READ)
    shown = {"rows": accounts.persons(), "roles": ROLES, "why_not": accounts.why_not_administer(request.user)}
    return render(request, "account/persons.html", shown)


@require_safe
@page
def show(request: HttpRequest, username: str) -> HttpResponse:
    """One person: roles, rights on single objects, sessions, and the acts."""
    query.only(request, "as_of")
    check_right(request.user, "governance.view_person", MAY_READ)
    person = persons.called(username)
    if (then := past.facts_in_the_past(request, person, f"person {person.username}", _facts)) is not None:
        return then
    shown = {
        "person": person,
        "roles": sorted(person.groups.values_list("name", flat=True)),
        "says": {role.name: role.says for role in ROLES},
        "rights": rights.of_person(person),
        "sessions": sessions.open_ones(person),
        "is_expired": passwords.is_expired(person),
        "is_locked": lockout.is_locked_anywhere(person),
        "is_dormant": passwords.is_dormant(person),
        "has_factor": second_factors.is_enrolled(person),
        "suspension": signing_suspension.open_one(person),
        "why_not_confirm": signing_suspension.why_not(person=person, by=request.user),
        "same": same_person.accounts_of(person),
        "why_not": accounts.why_not_administer(request.user, person),
        "crumbs": [("Persons", reverse("accounts"))],
    }
    return render(request, "account/person.html", shown)


def _facts(person: Person, at: datetime) -> past.Facts:
    """The account and its roles; who reads it may read the account of now."""
    given = [row.group_id for row in rows_then(Membership, at, person_id=person.pk)]
    roles = Group.objects.filter(pk__in=given).order_by("name").values_list("name", flat=True)
    return [*past.columns(person, FACTS), ("Roles", "\n".join(roles))]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administered
def enrol(request: HttpRequest) -> HttpResponse:
    """A new person; their one-time password is shown this once."""
    form, status = EnrolForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person, secret = enrolment.enrol(by=request.user, **_enrolled(form.cleaned_data))
                return _shown_once(request, person, secret)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
    shown = {
        "form": form,
        "title": "Enrol a person",
        "says": "The hub makes a one-time password. The person chooses their own at the first sign-in.",
        "button": "Enrol",
        "back": reverse("accounts"),
        "crumbs": [("Persons", reverse("accounts"))],
    }
    return render(request, "hub/acts/ask.html", shown, status=status)


def _enrolled(given: dict[str, Any]) -> dict[str, Any]:
    role = given.pop("role")
    return {**given, "roles": [role.name] if role else []}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administered
def reset_password(request: HttpRequest, username: str) -> HttpResponse:
    """A one-time password, shown this once; all sessions end."""
    person = persons.called(username)
    form, status = ReasonForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                secret = enrolment.reset_password(person=person, by=request.user, **form.cleaned_data)
                return _shown_once(request, person, secret)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
    shown = {
        "form": form,
        "title": f"Reset the password of {person}",
        "says": "The hub makes a one-time password; all sessions of the person end.",
        "button": "Reset",
        "back": reverse("account", args=[username]),
        "crumbs": crumbs_of(person),
    }
    return render(request, "hub/acts/ask.html", shown, status=status)


def _shown_once(request: HttpRequest, person: Person, secret: str) -> HttpResponse:
    shown = {"person": person, "secret": secret, "crumbs": crumbs_of(person)}
    return render(request, "account/one_time_password.html", shown)


def crumbs_of(person: Person) -> list[tuple[str, str]]:
    return [("Persons", reverse("accounts")), (str(person), reverse("account", args=[person.username]))]
