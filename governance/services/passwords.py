"""Passwords: changed by their owner, or set to a one-time one by an administrator who does not choose it."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from governance import audit
from governance.errors import Refused
from governance.guard.context import change
from governance.models import PastPassword, Person

ONE_TIME_BYTES = 12  # 96 random bits, 16 characters


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
    check_new(new, person)
    with change(by=person, reason=reason):
        _put(person, new, must_change=False)
        audit.record("password.changed", subject=("person", person.username))


def reset(*, person: Person, by: Any, reason: str) -> str:
    """A one-time password, returned this once: it opens only the page on which its owner chooses another."""
    secret = secrets.token_urlsafe(ONE_TIME_BYTES)
    with change(by=by, reason=reason):
        _put(person, secret, must_change=True)
        audit.record("password.reset", subject=("person", person.username))
    return secret


def _put(person: Person, password: str, *, must_change: bool) -> None:
    if person.has_usable_password():
        PastPassword(person=person, encoded=person.password).save()
    person.set_password(password)
    person.must_change_password = must_change
    person.save()


audit.describe(
    password__changed="{actor} changed the password of {subject}.",
    password__reset="{actor} set a one-time password for {subject}.",
)
