"""Where the signing of one subject stands: computed from its signatures, never stored."""

from __future__ import annotations

from dataclasses import dataclass

from governance.models import Signature
from governance.signing.policy import Policy
from governance.signing.validity import genuine, genuine_withdrawal


@dataclass(frozen=True)
class Standing:
    """``live``: the signatures that count now, genuine, for this content, version and policy, not withdrawn, in order.

    ``step`` is the number of the open step; None when the policy is complete or the round was ended by a veto.
    """

    live: tuple[Signature, ...]
    step: int | None
    veto: Signature | None

    @property
    def is_complete(self) -> bool:
        return self.step is None and self.veto is None


def standing_of(kind: str, subject_id: str, *, version: str, digest: str, policy: Policy) -> Standing:
    """The standing of content with this version and digest under this policy."""
    rows = Signature.objects.select_related("withdrawal").filter(subject_kind=kind, subject_id=subject_id)
    rows = rows.filter(subject_version=version, subject_digest=digest, policy_digest=policy.digest)
    live = genuine([one for one in rows.order_by("position") if genuine_withdrawal(one) is None])
    veto = next((one for one in live if one.meaning in policy.vetoes), None)
    signers: dict[int, list[str]] = {}
    for one in live:
        signers.setdefault(one.step, []).append(one.human_id)
    return Standing(live, None if veto else policy.open_step(signers), veto)


def last_of(kind: str, subject_id: str) -> Signature | None:
    """The newest signature of a subject, whatever became of it: the next one holds its hash."""
    return Signature.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("-position").first()
