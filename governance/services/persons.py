"""Persons and the roles they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group

from governance import audit
from governance.guard.context import change
from governance.models import Membership, Person


def enrol(
    *,
    username: str,
    full_name: str,
    password: str,
    roles: Sequence[str],
    by: Any,
    reason: str,
    title: str = "",
    is_staff: bool = False,
) -> Person:
    """A new person with roles, or the one of that name as they are."""
    found = Person.objects.filter(username=username).first()
    if found is not None:
        return found
    with change(by=by, reason=reason):
        person = Person.objects.create_user(username, password, full_name=full_name, title=title, is_staff=is_staff)
        for role in roles:
            group, _ = Group.objects.get_or_create(name=role)
            Membership(person=person, group=group).save()
        audit.record("person.enrolled", subject=("person", username), roles=", ".join(roles) or "nobody in particular")
    return person
