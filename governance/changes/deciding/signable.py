"""A change request as something that persons sign: its proposal, its release, its closure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from governance.actors import Actor
from governance.changes import transitions
from governance.changes.choosing import policies, policy_words
from governance.changes.deciding import outcome, signers, standings, turns, voiding
from governance.changes.proposing import contents
from governance.changes.releasing import ordering, replaced
from governance.changes.requests import locked
from governance.changes.told import stage_words, telling
from governance.changes.visibility import reads_whole_impact, wholly_visible
from governance.changes.weighing import owners
from governance.errors import NotAllowed, NotFound
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState
from governance.permissions import holds_everywhere
from governance.signing import subjects
from governance.signing.policy import Policy
from governance.signing.subjects import Shown, Subject

EMERGENCY = (
    "Nobody has reviewed or approved this emergency. Other persons than the two who sign here do so within two working "
    "days after its release."
)
Drawing = Callable[[ChangeRequest, Any, Sequence[str]], Shown]
_drawing: list[Drawing] = []  # of the console, a higher floor
OF_DECIDERS = ("review_changerequest", "approve_changerequest", "release_changerequest")


class _Change(Subject):
    """What the three have in common."""

    def find(self, subject_id: str, by: Any) -> ChangeRequest:
        found = wholly_visible(by).filter(number=subject_id).first()
        if found is None:
            raise NotFound(f"There is no change request {subject_id!r}.", field="change", value=subject_id)
        return found

    def recall(self, subject_id: str) -> ChangeRequest | None:
        return ChangeRequest.objects.filter(number=subject_id).first()

    def content(self, found: ChangeRequest) -> dict[str, Any]:
        return standings.CONTENT[self.kind](found)

    def version(self, found: ChangeRequest) -> str:
        return standings.version_of(found)

    def title(self, found: ChangeRequest) -> str:
        return f"{found.number}: {found.title}"

    def page(self, found: ChangeRequest) -> str:
        return f"/changes/{found.number}"

    def change(self, found: ChangeRequest) -> str:
        return found.number

    def policy(self, found: ChangeRequest) -> Policy:
        return standings.policy_of(found, self.kind)

    def policy_words(self, found: ChangeRequest) -> str:
        return policy_words.sentence(found)

    def check_open(self, found: ChangeRequest) -> None:
        turns.check_open(found, self.kind)

    def hands(self, found: ChangeRequest) -> Collection[str]:
        return standings.hands_of(found, self.kind)

    def lock(self, found: ChangeRequest) -> None:
        contents.queue_up()
        locked(found.number)

    def shown(self, found: ChangeRequest, by: Any) -> Shown:
        return _drawing[0](found, by, [one for one in (self.note(found), *self.warnings(found, by)) if one])

    def note(self, found: ChangeRequest) -> str:
        """What a signer must know of an emergency beside its content."""
        return ""

    def warnings(self, found: ChangeRequest, by: Any) -> list[str]:
        """What this signer brings about by signing it."""
        return []

    def enclosed(self, found: ChangeRequest, by: Any) -> dict[str, Any]:
        if self.kind != standings.PROPOSAL or not (isinstance(by, Actor) or reads_whole_impact(by, found)):
            return {}
        return {standings.DECIDED_ON: standings.decided_on(found)}

    def history(self, found: ChangeRequest) -> list[dict[str, Any]]:
        rows = found.history.order_by("row_version")
        return [
            {
                "row_version": one.row_version,
                "state": one.state,
                "by": one.act_actor["name"],
                "reason": one.act_reason,
                "at": one.history_date.isoformat(),
            }
            for one in rows
        ]


class ProposalSubject(_Change):
    """Reviews, approvals and rejections: on the proposal as a whole."""

    kind = standings.PROPOSAL
    label = "Change request"

    def note(self, found: ChangeRequest) -> str:
        return stage_words.in_retrospect(found)

    def check_sign(self, found: ChangeRequest, meaning: str, by: Any) -> None:
        is_rejection = meaning == "rejected"  # what cannot come into force can always be rejected
        if not stage_words.is_unapproved(found):
            if not (is_rejection and transitions.is_being_decided(found)):
                transitions.check_next(found, ChangeState.APPROVED, "be signed")
            if not is_rejection:
                voiding.check_still_decided(found)
                telling.check_sound(found, by)
        if not is_rejection:
            owners.check_disposed(found)

    def signed(self, found: ChangeRequest, signature: Any, *, is_complete: bool) -> None:
        request = locked(found.number)
        if signature.meaning == "rejected":
            outcome.reject(request)
        elif is_complete:
            outcome.approve(request)


class ReleaseSubject(_Change):
    """The release: at an effective time, or at once."""

    kind = standings.RELEASE
    label = "Release of a change"

    def note(self, found: ChangeRequest) -> str:
        return EMERGENCY if found.is_emergency else ""

    def who_signs(self, found: ChangeRequest) -> str:
        if found.is_emergency:
            return "By two persons who decide on changes, neither of whom wrote it."
        if found.rolls_back_id is not None:
            return "By a person who neither began the rollback nor had a hand in what failed."
        return "By a person who did not write it; who reviewed or approved it may be that person."

    def warnings(self, found: ChangeRequest, by: Any) -> list[str]:
        return signers.nobody_left_after(found, by)

    def earlier(self, found: ChangeRequest) -> Collection[tuple[str, str]]:
        return ((standings.PROPOSAL, found.number),)

    def check_sign(self, found: ChangeRequest, meaning: str, by: Any) -> None:
        ordering.check_may_be_released(found, by)
        ordering.check_time_to_come(found)
        if found.is_emergency and not _decides(by):
            raise NotAllowed("You may not release in an emergency.", field="right", rule="a right to decide")
        for asked in policies.asked_of(found)["release"]:
            if asked["role"] and not by.groups.filter(name=asked["role"]).exists():
                raise NotAllowed(
                    f"Only somebody who is {asked['role']} may release this.", field="role", value=asked["role"]
                )
            if asked["right"] and not holds_everywhere(by, asked["right"]):
                raise NotAllowed(
                    "You lack a right that the policy asks of who releases this.", field="right", value=asked["right"]
                )

    def signed(self, found: ChangeRequest, signature: Any, *, is_complete: bool) -> None:
        if is_complete:
            ordering.order(locked(found.number))


class ClosingSubject(_Change):
    """The last signature: what was released did what it should."""

    kind = standings.CLOSING
    label = "Closure of a change"

    def who_signs(self, found: ChangeRequest) -> str:
        return "By a person who wrote neither the change nor evidence of it since."

    def earlier(self, found: ChangeRequest) -> Collection[tuple[str, str]]:
        return ((standings.PROPOSAL, found.number), (standings.RELEASE, found.number))

    def note(self, found: ChangeRequest) -> str:
        if not replaced.is_rejected_in_force(found):
            return ""
        return (
            f"It was rejected in retrospect. {replaced.numbers(found)} replaced what it put in force: it is closed as "
            "that, and stays rejected."
        )

    def check_sign(self, found: ChangeRequest, meaning: str, by: Any) -> None:
        outcome.check_may_be_closed(found)

    def signed(self, found: ChangeRequest, signature: Any, *, is_complete: bool) -> None:
        if is_complete:
            outcome.close(locked(found.number))


def register(drawing: Drawing) -> None:
    """The three kinds, and how the page of signing shows a change: (change, reader, note of the kind) → Shown."""
    _drawing[:] = [drawing]
    for subject in (ProposalSubject(), ReleaseSubject(), ClosingSubject()):
        subjects.register(subject)


def is_policy_in_force() -> bool:
    """Whether anything needs a signature here at all."""
    return bool(policies.counting())


def _decides(by: Any) -> bool:
    return any(holds_everywhere(by, f"governance.{right}") for right in OF_DECIDERS)
