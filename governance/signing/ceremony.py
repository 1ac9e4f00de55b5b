"""The signing ceremony (21 CFR 11.50, 11.70, 11.200): a person is shown what they sign, and signs exactly that.

The interface, for doors and for other parts of the house:

    intent = intend(subject=("change", "CR-2026-0012"), meaning="approved", by=person, session_key=key)
    signature = sign(intent=intent, by=person, session_key=key, username="…", password="…", code="…", reason="…")
    withdrawal = withdraw(signature=signature, by=person, session_key=key, password="…", reason="…")

``subject`` is (kind, id) of a kind in ``governance.signing.subjects`` (derive from ``Subject`` and ``register``);
``session_key`` is ``request.session.session_key``; ``meaning`` is a code of ``governance.signing.meanings``. The kind's
``policy`` says which steps there are; its ``signed(found, signature, is_complete=…)`` makes the transition in the
transaction of the signature. Which signatures count now says ``standing.standing_of``; whether one is valid says
``validity.verdict_of``; rows for pages and prints gives ``manifestation.rows_of``. Call none of these inside a
transaction of your own: a refused attempt is recorded after the rollback. Everything raises ``Refused``: ContentMoved
(409) where the content is not what was shown, IntentSpent (409), WrongCredentials, NotOpen (409), NotAllowed (403),
NotFound (404), SittingOver (401). What a demonstration signs without a person: ``governance.signing.demonstration``.

``attest`` is for acts that have no page of signing: a second person decides, with a reason and without a password.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from governance.errors import NotAllowed, NotFound, Refused
from governance.guard.transactions import write
from governance.models import Person, PersonSession, Signature, SignatureWithdrawal, SigningAttempt, SigningIntent
from governance.signing import attempts, identity, sittings, subjects
from governance.signing.attest import attest
from governance.signing.identity import Given, ProviderProof
from governance.signing.insert import insert, withdraw_in_one
from governance.signing.judge import judge
from governance.signing.rules import ONLY_PERSONS

__all__ = ["attest", "intend", "sign", "withdraw"]

INTENT_LIVES = timedelta(minutes=5)
NO_PROOF = (
    "You signed in at the identity provider: sign in there again, and take your signature back within five minutes of "
    "beginning that."
)
TRIES = 3  # wrong passwords that an intent survives


class IntentSpent(Refused):
    """What was shown cannot be signed any more; show it again."""

    status = 409
    code = "intent_spent"


def intend(*, subject: tuple[str, str], meaning: str, by: Any, session_key: str) -> SigningIntent:
    """Show before signing: freezes the hash of what ``by`` is about to be shown. Checks everything that can be."""
    person = _fresh(by)
    sitting = sittings.sitting_of(session_key, person)
    case = judge(subject, meaning, person)
    now = timezone.now()
    with write():
        intent = SigningIntent(
            person_id=str(person.pk),
            session_id=sitting.id,
            subject_kind=subject[0],
            subject_id=subject[1],
            subject_version=case.version,
            meaning=meaning,
            digest=case.digest,
            policy_digest=case.policy.digest,
            nonce=secrets.token_urlsafe(32),
            made_at=now,
            expires_at=now + INTENT_LIVES,
        )
        intent.save()
    return intent


def sign(
    *,
    intent: SigningIntent,
    by: Any,
    session_key: str,
    username: str = "",
    password: str = "",
    code: str = "",
    proof: ProviderProof | None = None,
    reason: str = "",
) -> Signature:
    """Sign what the intent showed, or nothing. Identity first, outside the transaction: a password is slow to check by
    design. Then all in one.
    """
    person = _fresh(by)
    if intent.person_id != str(person.pk):
        raise NotFound(f"There is no intent {intent.pk}.", field="intent", value=str(intent.pk))
    given = Given(username, password, code, proof)
    try:
        sitting = sittings.sitting_of(session_key, person)
        check_intent(intent, sitting)
        case = judge((intent.subject_kind, intent.subject_id), intent.meaning, person, intent)
        needs = identity.needs_of(sitting, person, needs_code=case.needs_code)
        how = identity.authenticate(person, sitting, needs, given, since=intent.made_at)
        return insert(intent, person, how, reason, partial(check_intent, sitting=sitting))
    except Refused as refused:
        attempts.refused(intent, person, refused)
        raise


def withdraw(
    *,
    signature: Signature,
    by: Any,
    session_key: str,
    username: str = "",
    password: str = "",
    code: str = "",
    proof: ProviderProof | None = None,
    begun_at: datetime | None = None,
    reason: str,
) -> SignatureWithdrawal:
    """Take one's own signature back, before the next step has one. Needs a reason, and what signing asks for: the
    password, or a fresh sign-in at the provider, with a one-time code where the step that it filled asks for one.

    ``begun_at`` is when the signer set out for the provider; it holds as long as an intent does.
    """
    person = _fresh(by)
    if signature.person_id != str(person.pk):
        raise NotAllowed("Only the signer can withdraw a signature.", field="by", value=str(by), rule="the signer")
    sitting = sittings.sitting_of(session_key, person)
    needs = needs_of_withdrawal(signature, person, sitting)
    if needs.provider and proof is None:
        raise Refused(NO_PROOF, field="proof", rule=identity.PROVIDER_RULE)
    now = timezone.now()
    since = max(begun_at or now, now - INTENT_LIVES)
    how = identity.authenticate(person, sitting, needs, Given(username, password, code, proof), since=since)
    return withdraw_in_one(signature, person, how, reason)


def needs_of_withdrawal(signature: Signature, by: Person, sitting: PersonSession) -> identity.Needs:
    """What the signer shows to take it back: a code where the step that the signature filled asked for one."""
    kind = subjects.get(signature.subject_kind)
    steps = kind.policy(kind.find(signature.subject_id, by)).steps
    needs_code = signature.step < len(steps) and steps[signature.step].needs_code
    return identity.needs_of(sitting, by, needs_code=needs_code)


def check_intent(intent: SigningIntent, sitting: PersonSession) -> None:
    """Unexpired, unused, of this sitting, and not guessed at. Raises IntentSpent with the sentence."""
    if intent.session_id != sitting.id:
        raise IntentSpent(
            "What you sign was shown in another session. Open the page of signing again.",
            field="intent",
            rule="of this session",
        )
    if intent.expires_at <= timezone.now():
        raise IntentSpent(
            "More than five minutes went by since this was shown. Look at it again.",
            field="intent",
            rule="within five minutes",
        )
    if Signature.objects.filter(intent_id=intent.id).exists():
        raise IntentSpent("This was signed already: a request to sign works once.", field="intent", rule="used once")
    wrong = SigningAttempt.objects.filter(intent_id=intent.id, is_accepted=False, rule__in=attempts.GUESSES)
    if wrong.count() >= TRIES:
        raise IntentSpent(
            "The password was wrong too often here. Open the page of signing again.",
            field="intent",
            rule=f"at most {TRIES} wrong passwords",
        )


def _fresh(by: Any) -> Person:
    """The account as it is now, not as the request read it. Raises NotAllowed for what is no person."""
    if not isinstance(by, Person):
        raise NotAllowed(ONLY_PERSONS, field="by", value=str(by), rule="a person in their own name")
    return Person.objects.get(pk=by.pk)
