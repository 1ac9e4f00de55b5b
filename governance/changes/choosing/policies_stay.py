"""Approval policies change only as they themselves ask for: by no emergency, by no rollback, and never to none at all.

Each of these would let few persons, or one, take away what every later change is decided by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from governance.changes.choosing import policies
from governance.changes.operation import Operation
from governance.changes.rules import Broken
from governance.errors import Refused
from governance.models import ChangeOperation, ChangeRequest

Touches = Operation | ChangeOperation

LAST_ONE = (
    "It cannot be retired: no approval policy would be in force then. Keep one of them, or put another one in force "
    "with the same change."
)


def check_no_emergency(number: str, operations: Iterable[Touches]) -> None:
    """Two persons would release it, before those whom the policies name."""
    if policy := _first(operations):
        raise Refused(
            f"{number} changes the approval policy {policy!r}: that is no emergency. Propose it as an ordinary change, "
            "which is approved before it is released.",
            field="key",
            value=policy,
            rule="no approval policy in an emergency",
        )


def check_no_rollback(number: str, operations: Iterable[Touches]) -> None:
    """One person would sign it. ``number`` is the change that would be rolled back."""
    if policy := _first(operations):
        raise Refused(
            f"{number} changed the approval policy {policy!r}: that is not rolled back, since nobody would approve it. "
            "Propose an ordinary change that restores what was in force before.",
            field="key",
            value=policy,
            rule="no approval policy in a rollback",
        )


def check(request: ChangeRequest) -> None:
    """Of a request that stands before its release: an earlier build may have let it come so far."""
    if request.is_emergency:
        check_no_emergency(request.number, request.operations.all())
    if request.rolls_back is not None:
        check_no_rollback(request.rolls_back.number, request.operations.all())


def some_stay(operations: Sequence[Operation]) -> list[Broken]:
    """The rule that a change leaves the hub an approval policy, where it has one."""
    touched = {one.key: one.content for one in operations if one.kind == policies.KIND}
    retired = sorted(key for key, content in touched.items() if content is None)
    if not retired or len(retired) < len(touched):
        return []
    stay = [one for one in policies.in_force() if one.key not in touched]
    return [] if stay else [Broken(policies.KIND, key, LAST_ONE) for key in retired]


def _first(operations: Iterable[Touches]) -> str:
    return min((one.key for one in operations if one.kind == policies.KIND), default="")
