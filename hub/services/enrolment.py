"""What an administrator does with accounts. Nobody administers their own, and the last administrator stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from governance.actors import Actor
from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person
from governance.permissions import check_right
from governance.services import passwords, persons, same_person, second_factors, sessions, signing_suspension
from hub.roles import NAMES
from hub.services import rights
from hub.sign_in import lockout

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
ADMINISTRATOR = "administrator"
RIGHT = "governance.administer_person"
assert ADMINISTRATOR in NAMES


def check_may_administer(by: Any, person: Person | None = None) -> None:
    """The right, read anew; and another person than the administrator themselves. The command line needs no right."""
    if isinstance(by, Actor):
        return
    account = Person.objects.filter(pk=by.pk).first() if isinstance(by, Person) else None
    check_right(account, RIGHT, "Only an administrator may do this to an account.")
    if person is not None and person.pk == by.pk:
        raise Refused(
            "Another administrator must do this: it is your own account.",
            field="person",
            value=person.username,
            rule="the account of somebody else",
        )


def enrol(
    *, username: str, full_name: str, title: str, email: str, roles: Sequence[str], by: Any, reason: str
) -> tuple[Person, str]:
    """A new person and their one-time password, which is returned this once."""
    check_may_administer(by)
    check_is_new(username)
    with change(by=by, reason=reason):
        person = persons.enrol(
            username=username,
            full_name=full_name,
            title=title,
            email=email,
            password=None,
            roles=roles,
            by=by,
            reason=reason,
        )
        return person, passwords.reset(person=person, by=by, reason=reason)


def check_is_new(username: str) -> None:
    """Small letters, digits, points and hyphens, and nobody's yet: names that differ in capitals are mistaken."""
    if not USERNAME.fullmatch(username):
        raise Refused(
            f"{username!r} is no user name.", field="username", value=username, rule="small letters, digits, . _ @ + -"
        )
    if Person.objects.filter(username=username).exists():
        raise Refused(
            f"There is a person {username!r} already.", field="username", value=username, rule="a user name of its own"
        )


def reset_password(*, person: Person, by: Any, reason: str) -> str:
    """A one-time password, returned this once; the person's sessions end."""
    with _administering(person, by, reason):
        secret = passwords.reset(person=person, by=by, reason=reason)
        _end_all(person, by, reason)
    return secret


def give_role(*, person: Person, role: str, by: Any, reason: str) -> None:
    with _administering(person, by, reason):
        persons.give_role(person=person, role=role, by=by, reason=reason)


def take_role(*, person: Person, role: str, by: Any, reason: str) -> None:
    with _administering(person, by, reason):
        if role == ADMINISTRATOR:
            _check_not_last(person)
        persons.take_role(person=person, role=role, by=by, reason=reason)


def give_right(*, person: Person, right: str, kind: str, key: str, by: Any, reason: str) -> None:
    with _administering(person, by, reason):
        rights.give(to=person, right=right, kind=kind, key=key, by=by, reason=reason)


def take_right(*, person: Person, right: str, kind: str, key: str, by: Any, reason: str) -> None:
    with _administering(person, by, reason):
        rights.take(of=person, right=right, kind=kind, key=key, by=by, reason=reason)


def unlock(*, person: Person, by: Any, reason: str) -> None:
    """The failed sign-ins of the account are forgotten, and one that nobody used for long opens again."""
    with _administering(person, by, reason):
        lockout.unlock(person=person, by=by, reason=reason)
        if passwords.is_dormant(person):
            passwords.reopen(person=person, by=by, reason=reason)


def give_interface(*, role: str, key: str, by: Any, reason: str) -> None:
    """Give a role one interface, with the rights that the table of roles names."""
    check_may_administer(by)
    _check_not_own_role(by, role)
    if not rights.give_interface(role=role, key=key, by=by, reason=reason):
        raise Refused(f"{role.capitalize()} has {key} already.", field="key", value=key, rule="not given yet")


def take_interface(*, role: str, key: str, by: Any, reason: str) -> None:
    """The reverse."""
    check_may_administer(by)
    if not rights.take_interface(role=role, key=key, by=by, reason=reason):
        raise Refused(f"{role.capitalize()} has not got {key}.", field="key", value=key, rule="given before")


def deactivate(*, person: Person, by: Any, reason: str) -> None:
    """Nobody signs in with it any more; its sessions end."""
    with _administering(person, by, reason):
        _check_not_last(person)
        persons.set_active(person=person, is_active=False, by=by, reason=reason)
        _end_all(person, by, reason)


def activate(*, person: Person, by: Any, reason: str) -> None:
    with _administering(person, by, reason):
        persons.set_active(person=person, is_active=True, by=by, reason=reason)


def remove_factor(*, person: Person, by: Any, reason: str) -> None:
    with _administering(person, by, reason):
        second_factors.remove(person=person, by=by, reason=reason)


def confirm_signer(*, person: Person, by: Any, reason: str) -> None:
    """A second person has seen who this is: they may sign again. The rule is governance's own."""
    signing_suspension.confirm(person=person, by=by, reason=reason)


def declare_same(*, person: Person, other: str, by: Any, reason: str) -> None:
    """Two accounts of one human being; nobody declares it of themselves."""
    with _administering(person, by, reason):
        same_person.declare(person=person, other=persons.called(other), by=by, reason=reason)


def end_sessions(*, person: Person, by: Any, reason: str) -> None:
    with _administering(person, by, reason):
        sessions.end(person=person, sessions=sessions.open_ones(person), by=by, reason=reason)


def _administering(person: Person, by: Any, reason: str) -> Any:
    """The right is judged before anything is written."""
    check_may_administer(by, person)
    return change(by=by, reason=reason)


def _end_all(person: Person, by: Any, reason: str) -> None:
    rows = sessions.open_ones(person)
    if rows:
        sessions.end(person=person, sessions=rows, by=by, reason=reason)


def _check_not_own_role(by: Any, role: str) -> None:
    """What a role gets, everybody in it gets: nobody gives rights to themselves."""
    if isinstance(by, Person) and by.groups.filter(name=role).exists():
        raise Refused(
            f"Another administrator must do this: you are {role} yourself.",
            field="role",
            value=role,
            rule="a role of others",
        )


def _check_not_last(person: Person) -> None:
    """A hub without an administrator can be helped only from the command line."""
    others = Person.objects.filter(Q(groups__name=ADMINISTRATOR) | Q(is_superuser=True), is_active=True)
    is_one = person.groups.filter(name=ADMINISTRATOR).exists()
    if is_one and not others.exclude(pk=person.pk).exists():
        raise Refused(
            f"{person} is the last active administrator. Make somebody else one first.",
            field="person",
            value=person.username,
            rule="one active administrator remains",
        )
