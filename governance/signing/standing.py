"""Where the signing of one subject stands: computed from its signatures, never stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from governance.models import Signature
from governance.signing import separation
from governance.signing.policy import Policy
from governance.signing.validity import genuine, genuine_withdrawal


@dataclass(frozen=True)
class Standing:
    """``live``: the signatures of now, genuine, for this content, version and policy, not withdrawn, in order.

    ``counted``: those of them that fill a step, by what is known today of whose account is whose. ``step`` is the
    number of the open step; None when the policy is complete or the round was ended by a veto.
    """

    live: tuple[Signature, ...]
    counted: tuple[Signature, ...]
    step: int | None
    veto: Signature | None

    @property
    def is_complete(self) -> bool:
        return self.step is None and self.veto is None

    @property
    def uncounted(self) -> tuple[Signature, ...]:
        """Those whose signers turned out to be no other person than who had a hand in it, or signed before."""
        return tuple(one for one in self.live if one not in self.counted)

    def count_of(self, step: int) -> int:
        """How many persons fill this step."""
        return sum(one.step == step for one in self.counted)


def standing_of(
    kind: str, subject_id: str, *, version: str, digest: str, policy: Policy, hands: Callable[[], Collection[str]]
) -> Standing:
    """The standing of content with this version and digest under this policy; ``hands`` are who had a hand in it."""
    rows = Signature.objects.select_related("withdrawal").filter(subject_kind=kind, subject_id=subject_id)
    rows = rows.filter(subject_version=version, subject_digest=digest, policy_digest=policy.digest)
    live = genuine([one for one in rows.order_by("position") if genuine_withdrawal(one) is None])
    veto = next((one for one in live if one.meaning in policy.vetoes), None)
    counted = _counted(live, hands()) if live else ()
    signers: dict[int, list[str]] = {}
    for one in counted:
        signers.setdefault(one.step, []).append(one.person_id)
    return Standing(live, counted, None if veto else policy.open_step(signers), veto)


def _counted(live: Sequence[Signature], hands: Collection[str]) -> tuple[Signature, ...]:
    """Those that the ceremony would take today, one after the other: who had a hand in it or signed it before may have
    turned out to be the same human being.
    """
    own, gone, found = separation.marks_of_each(one.person_id for one in live), separation.marks(hands), []
    for one in live:
        marks = own[one.person_id] | {one.human_id}
        if not marks & gone:
            found.append(one)
        gone |= marks
    return tuple(found)


def last_of(kind: str, subject_id: str) -> Signature | None:
    """The newest signature of a subject, whatever became of it: the next one holds its hash."""
    return Signature.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("-position").first()
