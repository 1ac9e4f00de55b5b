"""Persons as the administrator's page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from governance.errors import Refused
from governance.models import Person, PersonSession, SecondFactor
from governance.services import passwords
from hub.services.enrolment import check_may_administer
from hub.sign_in.lockout import locked_anywhere


@dataclass(frozen=True, slots=True)
class Row:
    """One person; ``state`` is ok, warn, bad or mute with its word."""

    person: Person
    roles: tuple[str, ...]
    state: tuple[str, str]
    has_factor: bool
    seen_at: datetime | None


def persons() -> list[Row]:
    """Everybody, by name; a few queries for any number."""
    seen = dict(
        PersonSession.objects.order_by().values("person").annotate(at=Max("seen_at")).values_list("person", "at")
    )
    enrolled = set(SecondFactor.objects.values_list("person_id", flat=True))
    rows = list(Person.objects.prefetch_related("groups").order_by("full_name", "username"))
    locked = locked_anywhere([one.username for one in rows])
    return [
        Row(
            person=one,
            roles=tuple(sorted(group.name for group in one.groups.all())),
            state=_state(one, is_locked=one.username in locked),
            has_factor=one.pk in enrolled,
            seen_at=seen.get(one.pk),
        )
        for one in rows
    ]


def why_not_administer(user: Any, person: Person | None = None) -> str:
    """Why this user may not administer the account; "" where they may."""
    try:
        check_may_administer(user, person)
    except Refused as refused:
        return refused.sentence
    return ""


def _state(person: Person, *, is_locked: bool) -> tuple[str, str]:
    if not person.is_active:
        return "mute", "deactivated"
    if is_locked:
        return "bad", "locked"
    if passwords.is_expired(person):
        return "bad", "one-time password expired"
    if person.must_change_password:
        return "warn", "one-time password"
    return "ok", "active"
