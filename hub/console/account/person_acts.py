"""What an administrator does with an account or a role: each act is a page of its own, which asks for the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from governance.console import query
from governance.console.doors import page
from governance.errors import NotFound
from governance.permissions import check_right
from governance.services import persons, signing_suspension
from hub.console.account.forms import InterfaceForm, OtherForm, RightForm, RoleForm
from hub.console.account.persons import View, administered, crumbs_of
from hub.console.doors import act
from hub.console.forms import ReasonForm
from hub.services import enrolment


def _asks(
    title: str, says: str, button: str, done: str, do: Callable[..., Any], form: type[ReasonForm] = ReasonForm
) -> View:
    """The page of one act on one account."""

    def asked(request: HttpRequest, username: str) -> HttpResponse:
        person = persons.called(username)
        return act(
            request,
            name="person.administer",
            subject=("person", username),
            do=lambda **given: do(person=person, **given),
            done=done,
            back=reverse("account", args=[username]),
            shown={"title": f"{title}: {person}", "says": says, "button": button, "crumbs": crumbs_of(person)},
            form=form,
        )

    return _named(asked, title)


def _named(asked: View, title: str) -> View:
    """The door, under the name that a refusal is recorded with."""
    asked.__name__ = title.lower().replace(" ", "_")
    return require_http_methods(["GET", "HEAD", "POST"])(administered(asked))


give_role = _asks(
    "Give a role",
    "The role's rights hold from the next request on.",
    "Give the role",
    "Given.",
    lambda *, person, role, **given: enrolment.give_role(person=person, role=role.name, **given),
    RoleForm,
)
take_role = _asks(
    "Take a role",
    "The role's rights are gone with the next request.",
    "Take the role",
    "Taken.",
    lambda *, person, role, **given: enrolment.take_role(person=person, role=role.name, **given),
    RoleForm,
)
give_right = _asks(
    "Give a right on one object",
    "Beside what the person's roles allow.",
    "Give the right",
    "Given.",
    lambda *, person, **given: enrolment.give_right(person=person, **given),
    RightForm,
)
take_right = _asks(
    "Take a right on one object",
    "What a role allows stays allowed.",
    "Take the right",
    "Taken.",
    lambda *, person, **given: enrolment.take_right(person=person, **given),
    RightForm,
)


def _for_roles(title: str, says: str, button: str, done: str, do: Callable[..., Any]) -> View:
    """The page of one act on the interfaces of a role."""

    def asked(request: HttpRequest) -> HttpResponse:
        return act(
            request,
            name="role.administer",
            subject=("role", request.POST.get("role", "")),
            do=do,
            done=done,
            back=reverse("accounts"),
            shown={"title": title, "says": says, "button": button, "crumbs": [("Persons", reverse("accounts"))]},
            form=InterfaceForm,
        )

    return _named(asked, title)


give_interface = _for_roles(
    "Give a role an interface",
    "Everybody in the role may then do there what the table of roles says.",
    "Give it",
    "Given.",
    enrolment.give_interface,
)
take_interface = _for_roles(
    "Take an interface from a role",
    "Every right of the role on this interface is gone with the next request.",
    "Take it",
    "Taken.",
    enrolment.take_interface,
)
unlock = _asks(
    "Unlock",
    "The failed sign-ins of this account are forgotten, at every address.",
    "Unlock",
    "Unlocked.",
    enrolment.unlock,
)
deactivate = _asks(
    "Deactivate",
    "Nobody signs in with this account any more, and its sessions end. It stays, because evidence names it.",
    "Deactivate",
    "Deactivated.",
    enrolment.deactivate,
)
activate = _asks(
    "Activate",
    "The person may sign in again, with the roles that they have.",
    "Activate",
    "Activated.",
    enrolment.activate,
)
remove_factor = _asks(
    "Remove the second factor",
    "The account opens with its password alone until the person enrols another.",
    "Remove it",
    "Removed.",
    enrolment.remove_factor,
)
end_sessions = _asks(
    "End all sessions",
    "Whoever is signed in with this account must sign in again.",
    "End them",
    "Ended.",
    enrolment.end_sessions,
)

same_person = _asks(
    "Declare the same person",
    "Two accounts of one human being: neither is the second person of what the other prepared or signed.",
    "Declare it",
    "Declared.",
    enrolment.declare_same,
    OtherForm,
)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def confirm_signer(request: HttpRequest, username: str) -> HttpResponse:
    """The second person of a re-enrolment: not who set the password. A quality approver may be the one, too."""
    check_right(request.user, signing_suspension.RIGHT, signing_suspension.MAY_CONFIRM)
    person = persons.called(username)
    held = signing_suspension.open_one(person)
    if held is None:  # who may confirm signers may not look around among accounts
        raise NotFound(f"The signing of {username!r} is not suspended.")
    facts = [("Suspended by", held.suspended_by["name"]), ("Their reason", held.why)]
    may_read = request.user.has_perm("governance.view_person")
    return act(
        request,
        name="person.confirm_signer",
        subject=("person", username),
        do=lambda **given: enrolment.confirm_signer(person=person, **given),
        done="Confirmed.",
        back=reverse("account", args=[username]) if may_read else reverse("signers"),
        shown={
            "title": f"Confirm the signer: {person}",
            "says": "Somebody else set this password, so nothing is signed with it. Confirm only after you have met "
            "the person and checked who they are; say how in the reason.",
            "facts": facts,
            "button": "Confirm",
            "crumbs": crumbs_of(person) if may_read else [("Signers", reverse("signers"))],
        },
    )


@require_safe
@page
def signers(request: HttpRequest) -> HttpResponse:
    """Whose signing is suspended, for those who may confirm them."""
    query.only(request)
    check_right(request.user, signing_suspension.RIGHT, signing_suspension.MAY_CONFIRM)
    rows = [
        (one, signing_suspension.why_not(person=one.person, by=request.user)) for one in signing_suspension.listed()
    ]
    return render(request, "account/signers.html", {"rows": rows})
