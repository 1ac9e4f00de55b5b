"""Passwords: changed by their owner, or set to a one-time one by an administrator who does not choose it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from governance import audit
from governance.errors import Refused
from governance.guard.context import change
from governance.models import PastPassword, Person, PersonSession
from governance.services import signing_suspension

ONE_TIME_BYTES = 12  # 96 random bits, 16 characters
TOLD_BEFORE = timedelta(days=14)
DORMANT = "This account was not used for so long that it is closed. Ask an administrator to unlock it."
EXPIRED = "This one-time password has expired. Ask an administrator for another one."


def is_expired(person: Person) -> bool:
    """Whether the present password is a one-time one whose time is over; one without a time is over too."""
    until = person.one_time_until
    return person.must_change_password and (until is None or until <= timezone.now())


def too_old_at(person: Person) -> datetime | None:
    """When the present password must be changed (21 CFR 11.300(b)); None where nothing asks for it."""
    if not settings.HUB_PASSWORD_DAYS or not person.has_usable_password():
        return None
    return (person.password_set_at or person.joined_at) + timedelta(days=settings.HUB_PASSWORD_DAYS)


def is_too_old(person: Person) -> bool:
    ends = too_old_at(person)
    return ends is not None and ends <= timezone.now()


def warning(person: Person) -> str:
    """The sentence that tells its owner in advance; "" while there is time."""
    ends = too_old_at(person)
    if ends is None or ends - timezone.now() > TOLD_BEFORE:
        return ""
    return f"Your password must be changed until {ends:%Y-%m-%d}. Choose another one under your account."


def is_dormant(person: Person) -> bool:
    """Whether nobody signed in with this account for so long that it is closed (11.300(b))."""
    if not settings.HUB_INACTIVE_DAYS:
        return False
    opened = PersonSession.objects.filter(person=person).aggregate(at=Max("opened_at"))["at"]
    moments = [person.joined_at, person.password_set_at, person.reopened_at, opened]
    return max(one for one in moments if one) + timedelta(days=settings.HUB_INACTIVE_DAYS) <= timezone.now()


def reopen(*, person: Person, by: Any, reason: str) -> None:
    """An account that nobody used for long opens again."""
    with change(by=by, reason=reason):
        person.reopened_at = timezone.now()
        person.save()
        audit.record("person.reopened", subject=("person", person.username))


def check_new(password: str, person: Person | None) -> None:
    """Raises Refused with the sentences of the rules that it breaks; the password itself is never repeated."""
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="new_password", rule="the password rules") from None


def change_own(*, person: Person, present: str, new: str, reason: str) -> None:
    """The owner's own change. Raises Refused where the present password is wrong or the new one breaks a rule."""
    if not person.check_password(present):
        raise Refused("This is not your present password.", field="present_password", rule="the present password")
    if is_expired(person):
        raise Refused(EXPIRED, field="present_password", rule="a one-time password that holds")
    check_new(new, person)
    with change(by=person, reason=reason):
        _put(person, new, must_change=False)
        audit.record("password.changed", subject=("person", person.username))


def reset(*, person: Person, by: Any, reason: str) -> str:
    """A one-time password, returned this once: it opens only the page on which its owner chooses another.

    Somebody else knew a password of this account, so it signs nothing until a second person has confirmed its owner.

    ``person.one_time_until`` says until when it holds.
    """
    secret = secrets.token_urlsafe(ONE_TIME_BYTES)
    with change(by=by, reason=reason):
        _put(person, secret, must_change=True)
        signing_suspension.suspend(person=person, by=by, reason=reason)
        audit.record("password.reset", subject=("person", person.username))
    return secret


def _put(person: Person, password: str, *, must_change: bool) -> None:
    if person.has_usable_password():
        PastPassword(person=person, encoded=person.password).save()
    person.set_password(password)
    person.must_change_password = must_change
    person.password_set_at = timezone.now()
    hours = timedelta(hours=settings.HUB_ONE_TIME_PASSWORD_HOURS)
    person.one_time_until = timezone.now() + hours if must_change else None
    person.save()


audit.describe(
    password__changed="{actor} changed the password of {subject}.",
    person__reopened="{actor} opened the unused account {subject} again.",
    password__reset="{actor} set a one-time password for {subject}.",
)
