"""Signatures that a demonstration makes in the names of its persons: marked in what is signed, void anywhere else."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from governance.errors import NotAllowed
from governance.guard.transactions import write
from governance.models import Person, Signature, SigningIntent
from governance.signing.insert import insert
from governance.signing.judge import judge

NO_SESSION = UUID(int=0)


def sign_as(*, subject: tuple[str, str], meaning: str, person: Person, reason: str = "") -> Signature:
    """The signature that this person of the demonstration would give. Raises NotAllowed outside development."""
    if not settings.DEVELOPMENT:
        raise NotAllowed(
            "Only a demonstration signs without a person; this installation is none.",
            field="HUB_ENVIRONMENT",
            value=settings.HUB_ENVIRONMENT,
            rule="development",
        )
    case, now = judge(subject, meaning, person), timezone.now()
    with write():
        intent = SigningIntent(
            person_id=str(person.pk),
            session_id=NO_SESSION,
            subject_kind=subject[0],
            subject_id=subject[1],
            subject_version=case.version,
            meaning=meaning,
            digest=case.digest,
            policy_digest=case.policy.digest,
            nonce=secrets.token_urlsafe(32),
            made_at=now,
            expires_at=now + timedelta(minutes=5),
        )
        intent.save()
        how = {"how": "demonstration", "session": "", "signed_in_with": "nothing"}
        return insert(intent, person, how, reason, lambda one: None)
