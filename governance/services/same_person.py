"""Two accounts of one human being, declared: neither may be the second person of what the other prepared."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from governance import audit
from governance.errors import Refused
from governance.guard.context import change
from governance.models import Person


def accounts_of(person: Person) -> list[Person]:
    """The other accounts of the same human being."""
    found = Person.objects.filter(Q(human_id=person.human) | Q(pk=person.human))
    return list(found.exclude(pk=person.pk).order_by("username"))


def declare(*, person: Person, other: Person, by: Any, reason: str) -> None:
    """``person`` and all their accounts are the same human being as ``other``."""
    if person.human == other.human:
        raise Refused(
            f"{person.username} and {other.username} are one person already.", field="other", value=other.username
        )
    with change(by=by, reason=reason):
        human = other.human
        for one in [person, *accounts_of(person)]:
            one.human_id = human
            one.save()
        audit.record("person.same", subject=("person", person.username), other=other.username)


audit.describe(person__same="{actor} declared that {subject} and {other} are accounts of one person.")
