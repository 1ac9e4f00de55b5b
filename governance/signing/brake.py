"""How many wrong passwords are too many is counted where sign-ins are counted: a higher floor fills this in.

Without a brake nothing is signed: a signing page that may be guessed at for ever would be an open door.
"""

from __future__ import annotations

from typing import Protocol

_brakes: list[Brake] = []


class Brake(Protocol):
    """Counts attempts of a signed-in person on their own account."""

    def admit(self, username: str) -> None:
        """Count one attempt before anything is looked at. Raises Refused where too many were wrong."""

    def passed(self, username: str) -> None:
        """It was right: the count is taken back."""

    def failed(self, username: str) -> str:
        """It was wrong: the count stays. The sentence of the lock that it made, "" for none."""


def use(brake: Brake) -> None:
    """The hub's own brake, when it starts."""
    _brakes[:] = [brake]


def brake() -> Brake:
    if not _brakes:
        raise RuntimeError("No brake is registered: nothing counts wrong passwords, so nothing may be signed.")
    return _brakes[0]
