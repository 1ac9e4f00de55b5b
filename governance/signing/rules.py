"""Who may sign what now. Each rule raises the sentence that stands at the closed button, too."""

from __future__ import annotations

from typing import Any

from governance import permissions
from governance.errors import NotAllowed, Refused
from governance.models import Person, SigningSuspension
from governance.signing import separation
from governance.signing.policy import Policy, Step
from governance.signing.standing import Standing

ONLY_PERSONS = "Only a person can sign or decide: a service account, a delegate or the hub itself cannot."
SUSPENDED = "Your signing is suspended: somebody else set your password. A second person must confirm you first."


class NotOpen(Refused):
    """Nothing of this kind can be signed here now."""

    status = 409
    code = "not_open"


def check_signer(by: Any) -> None:
    """An active person in their own name, with a password of their own, whose signing is not suspended."""
    if not isinstance(by, Person) or by.as_actor().on_behalf_of:
        raise NotAllowed(ONLY_PERSONS, field="by", value=str(by), rule="a person in their own name")
    if not by.is_active:
        raise NotAllowed(f"The account of {by} is not active.", field="by", value=str(by), rule="active")
    if SigningSuspension.objects.filter(person=by, confirmed_at=None).exists():
        raise NotAllowed(SUSPENDED, field="by", value=str(by), rule="re-enrolled with a second person")
    if by.must_change_password:
        raise NotAllowed("Choose your own password first.", field="by", value=str(by), rule="a password of one's own")


def check_turn(policy: Policy, now: Standing, meaning: str) -> int:
    """Number of the step that this meaning would fill. Raises NotOpen where it is not its turn."""
    if now.veto is not None:
        raise NotOpen(
            f"{now.veto.person['name']} has rejected this; it cannot be signed any more.",
            field="meaning",
            rule="no rejection",
        )
    if not policy.steps:
        raise NotOpen("Nobody is asked to sign this.", field="meaning", rule="an open step")
    if now.step is None:
        raise NotOpen("Everybody who had to sign this has signed it.", field="meaning", rule="an open step")
    expected = policy.steps[now.step].meaning
    if meaning not in (expected, *policy.vetoes):
        raise NotOpen(
            f"The next signature here means “{expected}”, not “{meaning[:40]}”.",
            field="meaning",
            value=meaning[:40],
            rule=expected,
        )
    return now.step


def check_right(by: Person, policy: Policy, step: int, meaning: str) -> int:
    """Number of the step by whose right this is signed: the open one; of a veto the first that is this person's, for
    who may sign any step of a round may end it while it is being decided.
    """
    if meaning not in policy.vetoes:
        check_right_of_step(by, policy.steps[step])
        return step
    held = next((number for number, one in enumerate(policy.steps) if may_sign_step(by, one)), None)
    if held is None:
        named = ", ".join(f"“{one.label or one.meaning}”" for one in policy.steps)
        raise NotAllowed(
            f"You may not reject this: that is for whoever may sign {named}.", field="right", rule="a step of it"
        )
    return held


def check_right_of_step(by: Person, step: Step) -> None:
    """Right and role of the step, read anew."""
    if step.right:
        permissions.check_right(by, step.right, f"You may not sign “{step.label or step.meaning}” here.")
    if step.role and not by.groups.filter(name=step.role).exists():
        raise NotAllowed(
            f"Only somebody who is {step.role} may sign “{step.label or step.meaning}” here.",
            field="role",
            value=step.role,
            rule=step.role,
        )


may_sign_step = permissions.is_allowed(check_right_of_step)


def check_separate(by: Person, hands: Any, now: Standing) -> None:
    separation.check_separate(by, set(hands), [(one.person_id, one.human_id) for one in now.live])
