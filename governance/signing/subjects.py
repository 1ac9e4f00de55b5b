"""What can be signed: a registry of kinds that every floor fills when it starts (``subjects.register(MyKind())``).

A kind derives from ``Subject``. The ceremony asks it everything that it cannot know itself, always with the object
that ``find`` or ``recall`` gave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from governance.errors import NotFound
from governance.signing.policy import Policy


@dataclass(frozen=True)
class Shown:
    """What the page of signing shows beside the content: facts (label, text), difference to what is effective (as
    ``governance.console.differences.difference`` makes it), open warnings in sentences. ``template`` draws what of the
    content is neither fact nor difference, from ``parts``.
    """

    facts: list[tuple[str, str]] = field(default_factory=list)
    difference: Any = None
    warnings: list[str] = field(default_factory=list)
    template: str = ""
    parts: dict[str, Any] = field(default_factory=dict)


class Subject:
    """One kind of thing that is signed. ``kind`` stands in every signature: it never changes its name."""

    kind = ""
    label = ""

    def find(self, subject_id: str, by: Any) -> Any:
        """The object, for whom may see it. Raises NotFound for what is not there as for what is not theirs."""
        raise NotImplementedError

    def recall(self, subject_id: str) -> Any | None:
        """The object for the hub itself (validity, export); None where it is gone."""
        raise NotImplementedError

    def content(self, found: Any) -> dict[str, Any]:
        """Canonical content including children: what is hashed. Nothing that the signature itself changes (state)."""
        raise NotImplementedError

    def version(self, found: Any) -> str:
        raise NotImplementedError

    def title(self, found: Any) -> str:
        return str(found)

    def page(self, found: Any) -> str:
        """Address of its page; "" where it has none."""
        return ""

    def change(self, found: Any) -> str:
        """Number of the change request that it belongs to; "" for none."""
        return ""

    def policy(self, found: Any) -> Policy:
        """The rules of this object, as they were fixed when its round began."""
        raise NotImplementedError

    def policy_words(self, found: Any) -> str:
        """Under which rules it is signed, as a sentence; "" where there is nothing to say."""
        return f"It is signed under the rules for the {self.policy(found).name}."

    def who_signs(self, found: Any) -> str:
        """How persons are kept apart here, as ``hands`` and the steps have it, in a sentence."""
        return "Each signature by another person, none by who prepared it."

    def check_open(self, found: Any) -> None:
        """Whether anybody may sign it in the state in which it is. Raises NotOpen with a sentence that is true."""

    def check_sign(self, found: Any, meaning: str, by: Any) -> None:
        """State and rights on the object. Raises Refused or NotAllowed with the sentence for the closed button."""

    def check_withdraw(self, found: Any, by: Any) -> None:
        """Whether a signature may still be withdrawn, beside the rule that the next step has none."""

    def hands(self, found: Any) -> Collection[str]:
        """Ids of all accounts that had a hand in the content: author and co-editors, from its real history."""
        return ()

    def shown(self, found: Any, by: Any) -> Shown:
        return Shown()

    def enclosed(self, found: Any, by: Any) -> dict[str, Any]:
        """What the content names by its digest under ``enclosed`` only: name → JSON-able, as far as ``by`` may read
        it whole. The hub itself (an Actor) may.
        """
        return {}

    def earlier(self, found: Any) -> Collection[tuple[str, str]]:
        """Subjects (kind, id) whose signatures led here: who signs a release sees who approved it."""
        return ()

    def history(self, found: Any) -> list[dict[str, Any]]:
        """What happened to it, JSON-able, for the package that leaves the house."""
        return []

    def lock(self, found: Any) -> None:
        """Take the object's row for the transaction, where it has one that can move."""

    def signed(self, found: Any, signature: Any, *, is_complete: bool) -> None:
        """The transition that the signature makes, in its transaction. ``is_complete``: it filled the last step."""

    def withdrawn(self, found: Any, withdrawal: Any) -> None:
        """What the withdrawal makes undone, in its transaction."""


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Add a kind; a second one of the same name must be of the same class."""
    known = _subjects.get(subject.kind)
    if known is not None and type(known) is not type(subject):
        raise ValueError(f"{subject.kind} is registered by {type(known).__name__} already.")
    _subjects[subject.kind] = subject


def get(kind: str) -> Subject:
    """Raises NotFound for a kind that cannot be signed."""
    if kind not in _subjects:
        raise NotFound(f"There is nothing to sign of the kind {kind!r}.", field="kind", value=kind)
    return _subjects[kind]


def each() -> Iterable[Subject]:
    return _subjects.values()
