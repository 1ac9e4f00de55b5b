"""Everything that must hold for one signature, in one place: asked when it is shown and again when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance.errors import Refused
from governance.models import Person, SigningIntent
from governance.signing import rules, subjects
from governance.signing.meanings import MEANINGS
from governance.signing.policy import Policy, Step
from governance.signing.standing import Standing, standing_of
from governance.signing.statement import digest
from governance.signing.subjects import Subject


class ContentMoved(Refused):
    """What would be signed is not what was shown. Nothing was signed."""

    status = 409
    code = "content_moved"


@dataclass(frozen=True)
class Case:
    """One object with its rules, and where its signing stands."""

    subject: Subject
    subject_id: str
    found: Any
    content: dict[str, Any]
    digest: str
    version: str
    policy: Policy
    standing: Standing
    step: int
    by_step: int  # whose right the signer has: of a rejection it need not be the open one

    @property
    def open(self) -> Step:
        return self.policy.steps[self.step]

    @property
    def needs_code(self) -> bool:
        return self.policy.steps[self.by_step].needs_code

    def completes(self, meaning: str) -> bool:
        """Whether one more signature with this meaning fills the last step."""
        if meaning in self.policy.vetoes or self.step != len(self.policy.steps) - 1:
            return False
        return self.standing.count_of(self.step) + 1 >= self.open.quorum


def judge(about: tuple[str, str], meaning: str, by: Person, intent: SigningIntent | None = None) -> Case:
    """The case, where this person may sign it with this meaning now. Raises the sentence that says why not.

    With an ``intent`` also: content and policy are those that were shown.
    """
    kind = subjects.get(about[0])
    rules.check_signer(by)
    found = kind.find(about[1], by)
    if meaning not in MEANINGS:
        raise Refused(f"There is no meaning {meaning[:40]!r}.", field="meaning", value=meaning[:40], rule="a meaning")
    content, policy, version = kind.content(found), kind.policy(found), kind.version(found)
    hashed = digest(content)
    if intent is not None:
        _check_as_shown(intent, hashed, version, policy)
    kind.check_open(found)
    hands = kind.hands(found)
    now = standing_of(*about, version=version, digest=hashed, policy=policy, hands=lambda: hands)
    step = rules.check_turn(policy, now, meaning)
    kind.check_sign(found, meaning, by)
    by_step = rules.check_right(by, policy, step, meaning)
    rules.check_separate(by, hands, now)
    return Case(kind, about[1], found, content, hashed, version, policy, now, step, by_step)


def why_not(about: tuple[str, str], meaning: str, by: Any) -> str:
    """The sentence for a closed button; "" where it is open."""
    try:
        judge(about, meaning, by)
    except Refused as refused:
        return refused.sentence
    return ""


def _check_as_shown(intent: SigningIntent, hashed: str, version: str, policy: Policy) -> None:
    if (hashed, version) != (intent.digest, intent.subject_version):
        raise ContentMoved(
            "The content has changed since you were shown it. Nothing was signed; look at it again.",
            field="content",
            rule="the content that was shown",
        )
    if policy.digest != intent.policy_digest:
        raise ContentMoved(
            "The rules of signing have changed since you were shown this. Nothing was signed; look at it again.",
            field="policy",
            rule="the policy that was shown",
        )
