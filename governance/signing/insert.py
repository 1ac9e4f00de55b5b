"""The one transaction of a signature: everything judged again, the statement signed, stored, the transition made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from governance import audit
from governance.actors import actor_of
from governance.errors import Refused
from governance.guard.context import change, check_reason
from governance.ledger import bell
from governance.models import Person, Signature, SignatureWithdrawal, SigningIntent
from governance.signing import attempts, jws, keys, subjects
from governance.signing.judge import Case, judge
from governance.signing.meanings import sentence_of
from governance.signing.rules import NotOpen, check_signer
from governance.signing.standing import last_of, standing_of
from governance.signing.statement import digest, digest_of_bytes, signed_statement, withdrawal_statement

CheckIntent = Callable[[SigningIntent], None]

DECIDED = "Everybody has signed, and it counts as decided: a signature of it is not taken back any more."


def insert(intent: SigningIntent, by: Person, how: dict[str, str], reason: str, check_intent: CheckIntent) -> Signature:
    """Signature, transition and event, or nothing."""
    actor = actor_of(by, authenticated_by=how["how"])
    because = reason.strip()
    if because:
        check_reason(because)
    with change(by=actor, reason=because or sentence_of(intent.meaning), source="signing"):
        return _inserted(intent, by, how, because, check_intent)


def _inserted(
    intent: SigningIntent, by: Person, how: dict[str, str], reason: str, check_intent: CheckIntent
) -> Signature:
    about = (intent.subject_kind, intent.subject_id)
    hold(about)
    check_intent(intent)
    kind = subjects.get(about[0])
    kind.lock(kind.find(about[1], by))
    case = judge(about, intent.meaning, by, intent)
    if intent.meaning in case.policy.vetoes and not reason:
        raise Refused("Say why you reject it.", field="reason", rule="a reason")
    signature = made(case, intent, by, how, reason)
    attempts.accepted(intent, by)
    case.subject.signed(case.found, signature, is_complete=case.completes(intent.meaning))
    audit.record(
        "signature.made",
        subject=about,
        meaning=intent.meaning,
        signature=str(signature.id),
        digest=signature.digest,
        title=signature.subject_title,
    )
    bell.ring()
    return signature


def made(case: Case, intent: SigningIntent, by: Person, how: dict[str, str], reason: str) -> Signature:
    """The statement, signed and stored; the caller holds the subject."""
    before = last_of(intent.subject_kind, intent.subject_id)
    position = before.position + 1 if before else 1
    kid, key = keys.in_use()
    now = timezone.now().replace(microsecond=0)  # after the key, whose first use may be what registers it
    said = _statement(case, intent, by, how, reason, now, position, before.digest if before else "")
    token = jws.sign(said, key, kid)
    row = Signature(
        subject_kind=intent.subject_kind,
        subject_id=intent.subject_id,
        subject_version=case.version,
        subject_title=said["subject"]["title"],
        subject_digest=case.digest,
        change=said["change"],
        meaning=intent.meaning,
        sentence=said["meaning"]["sentence"],
        reason=reason,
        person=said["signer"],
        person_id=str(by.pk),
        human_id=by.human,
        signed_at=now,
        zone=said["time"]["zone"],
        step=case.step,
        position=position,
        policy=f"{case.policy.name} {case.policy.version}",
        policy_digest=case.policy.digest,
        jws=token,
        digest=digest_of_bytes(token.encode()),
        previous=said["previous"],
        key_id=kid,
        intent_id=intent.id,
        session_id=intent.session_id,
        is_demonstration=settings.DEVELOPMENT,
    )
    row.save()
    return row


def _statement(
    case: Case,
    intent: SigningIntent,
    by: Person,
    how: dict[str, str],
    reason: str,
    now: datetime,
    position: int,
    previous: str,
) -> dict[str, Any]:
    subject = {
        "type": intent.subject_kind,
        "id": intent.subject_id,
        "version": case.version,
        "title": case.subject.title(case.found)[:200],
        "digest": case.digest,
    }
    return signed_statement(
        instance=settings.HUB_ORIGIN,
        environment=settings.HUB_ENVIRONMENT,
        subject=subject,
        change=case.subject.change(case.found),
        meaning={"code": intent.meaning, "sentence": sentence_of(intent.meaning)},
        signer=signer(by),
        authenticated=dict(how),
        time=time_of(now),
        sequence={"position": position, "step": case.step + 1, "steps": len(case.policy.steps)},
        policy={"name": case.policy.name, "version": case.policy.version, "digest": case.policy.digest},
        previous=previous,
        nonce=intent.nonce,
        reason=reason,
    )


def withdraw_in_one(signature: Signature, by: Person, how: dict[str, str], reason: str) -> SignatureWithdrawal:
    """The withdrawal, where the signature still counts and no later step has one."""
    about = (signature.subject_kind, signature.subject_id)
    check_reason(reason)
    with change(by=actor_of(by, authenticated_by=how["how"]), reason=reason, source="signing") as made_by:
        hold(about)
        check_signer(by)
        kind = subjects.get(about[0])
        kind.lock(kind.find(about[1], by))
        found = kind.find(about[1], by)  # read again: somebody may have moved it while this waited for the lock
        check_may_withdraw(signature, kind, found)
        kind.check_withdraw(found, by)
        now = timezone.now().replace(microsecond=0)
        kid, key = keys.in_use()
        said = withdrawal_statement(
            instance=settings.HUB_ORIGIN,
            environment=settings.HUB_ENVIRONMENT,
            signature=signature.digest,
            signer=signer(by),
            time=time_of(now),
            reason=made_by.reason,
        )
        row = SignatureWithdrawal(
            signature=signature,
            person=said["signer"],
            person_id=str(by.pk),
            reason=made_by.reason,
            withdrawn_at=now,
            jws=jws.sign(said, key, kid),
        )
        row.save()
        kind.withdrawn(found, row)
        audit.record("signature.withdrawn", subject=about, meaning=signature.meaning, signature=str(signature.id))
        bell.ring()
    return row


def check_may_withdraw(signature: Signature, kind: subjects.Subject, found: Any) -> None:
    """Raises NotOpen where a signature on ``found`` is not taken back any more."""
    now = standing_of(
        signature.subject_kind,
        signature.subject_id,
        version=kind.version(found),
        digest=digest(kind.content(found)),
        policy=kind.policy(found),
        hands=lambda: kind.hands(found),
    )
    if signature.meaning in kind.policy(found).vetoes:
        raise NotOpen("A rejection ended this round, and is not taken back; what was rejected is proposed anew.")
    if signature.pk not in {one.pk for one in now.counted}:
        raise NotOpen("This signature does not count any more; there is nothing to withdraw.", field="signature")
    if SignatureWithdrawal.objects.filter(signature=signature).exists():
        raise NotOpen(
            "A withdrawal stands beside this signature that the hub did not make: show it to who runs the hub."
        )
    if now.is_complete:
        raise NotOpen(DECIDED, field="signature")
    if any(one.step > signature.step for one in now.live):
        raise NotOpen("The next step is signed already; a signature can be withdrawn only before.", field="signature")


def signer(by: Person) -> dict[str, Any]:
    """Account, human being, name, title and roles as they are at this moment (21 CFR 11.50(a)(1), 11.100(a))."""
    roles = sorted(by.groups.values_list("name", flat=True))
    return {"id": str(by.pk), "human": by.human, "name": by.full_name or by.username, "title": by.title, "roles": roles}


def time_of(now: datetime) -> dict[str, str]:
    """UTC to the second, and the zone of the site."""
    zone = settings.HUB_SITE_ZONE
    return {"utc": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "zone": zone.key if zone else "UTC"}


def hold(about: tuple[str, str]) -> None:
    """One signer at a time for one subject: two never fill the same place. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["/".join(("signing", *about))])


audit.describe(
    signature__made="{actor} signed {subject} ({title}): {meaning}.",
    signature__withdrawn="{actor} withdrew their signature of {subject}: {meaning}.",
)
