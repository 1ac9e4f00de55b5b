"""Each try to sign leaves a row: an accepted one in its transaction, a refused one after the rollback."""

from __future__ import annotations

from governance.errors import Refused
from governance.guard.transactions import write
from governance.models import Person, SigningAttempt, SigningIntent
from governance.signing.identity import CODE_RULE, PASSWORD_RULE

GUESSES = (PASSWORD_RULE, CODE_RULE)


def accepted(intent: SigningIntent, by: Person) -> None:
    _made(intent, by, is_accepted=True).save()


def refused(intent: SigningIntent, by: Person, error: Refused) -> None:
    with write():
        made = _made(intent, by, is_accepted=False)
        made.rule, made.sentence = error.rule[:200], error.sentence
        made.save()


def _made(intent: SigningIntent, by: Person, *, is_accepted: bool) -> SigningAttempt:
    return SigningAttempt(
        intent_id=intent.id,
        person_id=str(by.pk),
        session_id=intent.session_id,
        subject_kind=intent.subject_kind,
        subject_id=intent.subject_id,
        meaning=intent.meaning,
        is_accepted=is_accepted,
    )
