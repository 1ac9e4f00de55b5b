"""Who signs what in which order. Pure: a policy is data, and says which step is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from governance.signing.statement import digest


@dataclass(frozen=True, slots=True)
class Step:
    """``quorum`` different persons with this meaning. ``right`` ("governance.administer_person") holds everywhere,
    ``role`` is the name of one; a right on the object itself is judged by the subject. ``needs_code`` asks for a
    one-time code beside the password.
    """

    meaning: str
    label: str = ""
    right: str = ""
    role: str = ""
    quorum: int = 1
    needs_code: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Steps in their order; a signature with a meaning of ``vetoes`` ends the round whichever step is open."""

    name: str
    version: str
    steps: tuple[Step, ...]
    vetoes: tuple[str, ...] = ("rejected",)

    @property
    def digest(self) -> str:
        """``sha256:…`` over all of it: it stands in every intent and signature."""
        return digest(asdict(self))

    def open_step(self, signers: Mapping[int, Iterable[str]]) -> int | None:
        """Number of the first step without its quorum; ``signers`` are the human beings who signed each step."""
        for number, step in enumerate(self.steps):
            if len(set(signers.get(number, ()))) < step.quorum:
                return number
        return None
