"""Persons and the roles they have."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group

from governance import audit
from governance.errors import NotFound, Refused
from governance.guard.context import change
from governance.models import Membership, Person
from governance.text import check_text

UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # categories of Unicode


def enrol(
    *,
    username: str,
    full_name: str,
    password: str | None,
    roles: Sequence[str],
    by: Any,
    reason: str,
    title: str = "",
    email: str = "",
    is_staff: bool = False,
) -> Person:
    """A new person with roles, or the one of that name as they are. Without a password a provider signs them in."""
    found = Person.objects.filter(username=username).first()
    if found is not None:
        return found
    check_name(full_name)
    check_text(title, "title")
    with change(by=by, reason=reason):
        person = Person.objects.create_user(
            username,
            password,
            full_name=full_name,
            title=title,
            email=email,
            is_staff=is_staff,
        )
        for role in roles:
            Membership(person=person, group=_group(role)).save()
        audit.record("person.enrolled", subject=("person", username), roles=", ".join(roles) or "nobody in particular")
    return person


def check_name(full_name: str) -> None:
    """Letters of any script, digits, spaces and points: a name under a signature must read as it is stored.

    Control characters break a line; format characters (Unicode Cf) are not seen, or turn what follows them around.
    """
    wrong = next((one for one in full_name if one in "<>" or unicodedata.category(one) in UNREADABLE), None)
    if wrong is not None:
        named = wrong if wrong in "<>" else f"U+{ord(wrong):04X} ({unicodedata.name(wrong, 'a control character')})"
        raise Refused(
            f"The full name holds {named}. It takes letters, digits, spaces, apostrophes, hyphens and points.",
            field="full_name",
            value=ascii(full_name),
            rule="no control or invisible characters, no < or >",
        )
    check_text(full_name, "full_name")


def called(username: str) -> Person:
    """The person of that user name; NotFound where there is none."""
    found = Person.objects.filter(username=username).first()
    if found is None:
        raise NotFound(f"There is no person {username!r}.", field="person", value=username)
    return found


def give_role(*, person: Person, role: str, by: Any, reason: str) -> None:
    """One role more. Raises NotFound for a role that nobody defined, Refused for one that the person has."""
    with change(by=by, reason=reason):
        group = _group(role)
        if Membership.objects.filter(person=person, group=group).exists():
            raise Refused(f"{person} is {role} already.", field="role", value=role, rule="a role that is not given yet")
        Membership(person=person, group=group).save()
        audit.record("role.given", subject=("person", person.username), role=role)


def take_role(*, person: Person, role: str, by: Any, reason: str) -> None:
    """One role less. Raises Refused for one that the person has not."""
    with change(by=by, reason=reason):
        found = Membership.objects.filter(person=person, group=_group(role)).first()
        if found is None:
            raise Refused(f"{person} is not {role}.", field="role", value=role, rule="a role that is given")
        found.delete()
        audit.record("role.taken", subject=("person", person.username), role=role)


def set_active(*, person: Person, is_active: bool, by: Any, reason: str) -> None:
    """Let a person in again, or no longer. The account stays: evidence names it."""
    with change(by=by, reason=reason):
        if person.is_active == is_active:
            state = "active" if is_active else "inactive"
            raise Refused(f"{person} is {state} already.", field="is_active", value=state, rule="the other state")
        person.is_active = is_active
        person.save()
        kind = "person.activated" if is_active else "person.deactivated"
        audit.record(kind, subject=("person", person.username))


def _group(role: str) -> Group:
    found = Group.objects.filter(name=role).first()
    if found is None:
        known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True))
        raise NotFound(f"There is no role {role!r}; there are: {known}.", field="role", value=role, rule="a role")
    return found


audit.describe(
    role__given="{actor} gave {subject} the role {role}.",
    role__taken="{actor} took the role {role} from {subject}.",
    person__activated="{actor} let {subject} sign in again.",
    person__deactivated="{actor} deactivated {subject}.",
)
