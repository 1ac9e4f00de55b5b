"""Electronic signatures (21 CFR 11.50, 11.70): what was signed, what was meant to be, and each try.

Nothing here points to a row that can change: who signed and what is frozen text, ids and hashes.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from governance.models.governed import AppendOnlyModel


class SigningIntent(AppendOnlyModel):
    """What one person was shown before they signed it. Holds five minutes; the signature that uses it names it.

    ``digest`` is the hash of the content as shown, ``policy_digest`` that of the rules it was shown under.
    """

    person_id = models.CharField(max_length=64)
    session_id = models.UUIDField()
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=160)
    subject_version = models.CharField(max_length=64)
    meaning = models.CharField(max_length=32)
    digest = models.CharField(max_length=80)
    policy_digest = models.CharField(max_length=80)
    nonce = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"intent to sign {self.subject_kind} {self.subject_id}: {self.meaning}"


class Signature(AppendOnlyModel):
    """A signed statement (``jws``) and what of it is searched and shown. Whether it is valid is computed, never stored.

    ``position`` counts the signatures of one subject, ``step`` is the step of the policy that it fills; ``previous``
    is the hash of the signature before it; ``intent_id`` makes each intent good for one signature.
    """

    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=160)
    subject_version = models.CharField(max_length=64)
    subject_title = models.CharField(max_length=200)
    subject_digest = models.CharField(max_length=80)
    change = models.CharField(max_length=64, blank=True)
    meaning = models.CharField(max_length=32)
    sentence = models.TextField()
    reason = models.TextField(blank=True)
    person = models.JSONField()
    person_id = models.CharField(max_length=64, db_index=True)
    human_id = models.CharField(max_length=64)
    signed_at = models.DateTimeField(db_index=True)
    zone = models.CharField(max_length=64)
    step = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    policy = models.CharField(max_length=64)
    policy_digest = models.CharField(max_length=80)
    jws = models.TextField()
    digest = models.CharField(max_length=80, unique=True)
    previous = models.CharField(max_length=80, blank=True)
    key_id = models.CharField(max_length=64)
    intent_id = models.UUIDField(unique=True)
    session_id = models.UUIDField(db_index=True)
    is_demonstration = models.BooleanField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "position"], name="one_signature_a_position_of_a_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person['name']}: {self.meaning} {self.subject_kind} {self.subject_id}"


class SignatureWithdrawal(AppendOnlyModel):
    """The signer takes their own signature back before the next step; the signature itself stays as it is."""

    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="withdrawal")
    person = models.JSONField()
    person_id = models.CharField(max_length=64)
    reason = models.TextField()
    withdrawn_at = models.DateTimeField()
    jws = models.TextField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.person['name']} withdrew {self.signature_id}"


class SigningAttempt(AppendOnlyModel):
    """Each try to sign, accepted or refused, with the rule that refused it. Never what was typed."""

    intent_id = models.UUIDField(db_index=True)
    person_id = models.CharField(max_length=64)
    session_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=160)
    meaning = models.CharField(max_length=32)
    is_accepted = models.BooleanField()
    rule = models.CharField(max_length=200, blank=True)
    sentence = models.TextField(blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{'accepted' if self.is_accepted else 'refused'}: {self.subject_kind} {self.subject_id}"
