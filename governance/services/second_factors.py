"""The second factor of a person: enrolled by themselves, checked at each sign-in, taken away by an administrator."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from typing import Any

from django.utils import timezone

from governance import audit, totp
from governance.errors import NotFound, Refused
from governance.guard.context import change
from governance.models import Person, RecoveryCode, SecondFactor

RECOVERY_CODES = 10


def is_enrolled(person: Person) -> bool:
    return SecondFactor.objects.filter(person=person).exists()


def enrol(*, person: Person, secret: str, code: str, reason: str) -> list[str]:
    """From now on a code of this secret is asked for. Returns recovery codes, which are shown this once.

    Raises Refused where the code is not one of the secret: the authenticator would not open the account later.
    """
    step = totp.step_of(secret, _plain(code), now=time.time())
    if step is None:
        raise Refused(
            "This is not the present code of the new secret. Look at the authenticator again, and check its clock.",
            field="code",
            rule="six digits that the authenticator shows now",
        )
    with change(by=person, reason=reason):
        _remove(person)
        factor = SecondFactor(person=person, last_step=step)
        factor.put(secret)
        factor.save()
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        for one in codes:
            RecoveryCode(person=person, code_hash=_hash_of(one)).save()
        audit.record("second_factor.enrolled", subject=("person", person.username))
    return codes


def verify(*, person: Person, code: str) -> bool:
    """Whether the code opens now. A code opens once; so does a recovery code."""
    given = _plain(code)
    with change(by=person, reason="Gave a one-time code at sign-in."):
        factor = SecondFactor.objects.select_for_update().filter(person=person).first()
        if factor is None:
            return False
        step = totp.step_of(factor.reveal(), given, now=time.time(), after=factor.last_step)
        if step is not None:
            factor.last_step = step
            factor.save()
            return True
        return _use_recovery_code(person, given)


def remove(*, person: Person, by: Any, reason: str) -> None:
    """The account opens with its password alone until a new factor is enrolled."""
    with change(by=by, reason=reason):
        if not _remove(person):
            raise NotFound(f"{person.username} has no second factor.", field="second_factor", value="none")
        audit.record("second_factor.removed", subject=("person", person.username))


def _remove(person: Person) -> bool:
    factor = SecondFactor.objects.filter(person=person).first()
    if factor is None:
        return False
    factor.delete()
    for one in RecoveryCode.objects.filter(person=person):
        one.delete()
    return True


def _use_recovery_code(person: Person, given: str) -> bool:
    rows = RecoveryCode.objects.select_for_update().filter(person=person, used_at=None)
    found = rows.filter(code_hash=_hash_of(given)).first()
    if found is None:
        return False
    found.used_at = timezone.now()
    found.save()
    left = RecoveryCode.objects.filter(person=person, used_at=None).count()
    audit.record("recovery_code.used", subject=("person", person.username), left=left)
    return True


def _recovery_code() -> str:
    """80 random bits, in groups that can be read aloud."""
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _hash_of(code: str) -> str:
    return hashlib.sha256(_plain(code).encode()).hexdigest()


def _plain(code: str) -> str:
    """As typed, without spaces, hyphens and capitals."""
    return "".join(code.split()).replace("-", "").lower()


audit.describe(
    second_factor__enrolled="{actor} enrolled a second factor for {subject}.",
    second_factor__removed="{actor} removed the second factor of {subject}.",
    recovery_code__used="{actor} used a recovery code; {left} are left.",
)
