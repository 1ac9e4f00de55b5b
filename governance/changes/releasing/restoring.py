"""What a rollback may bring back: what persons decided for, or what came into force before anybody was asked."""

from __future__ import annotations

from governance.changes import kinds
from governance.changes.deciding import standings
from governance.errors import Refused
from governance.models import ChangeOperation, ChangeRequest, Revision


def check_decided(failed: ChangeRequest) -> None:
    """Every revision that was in force before ``failed`` counts as decided today. Raises Refused."""
    for one in failed.operations.select_related("base__change").order_by("position"):
        if one.base is not None and not may_come_back(one.base):
            _refuse(failed, one, one.base)


def may_come_back(base: Revision) -> bool:
    """Whether persons decided for this revision; one from before the first policy is in force undecided, and may."""
    made = base.change
    if not made.requirement:
        return True
    if made.rolls_back is None:
        return standings.is_approved(made, base.kind, base.key)
    if not standings.standing(made, standings.RELEASE).is_complete:
        return False
    earlier = made.rolls_back.operations.filter(kind=base.kind, key=base.key).select_related("base__change").first()
    return earlier is None or earlier.base is None or may_come_back(earlier.base)


def _refuse(failed: ChangeRequest, one: ChangeOperation, base: Revision) -> None:
    raise Refused(
        f"{failed.number} cannot be rolled back: that would bring back version {base.version} of the "
        f"{kinds.noun(one.kind)} {one.key!r}, and {base.change.number}, which put it in force, does not count as "
        "approved: it was rejected in retrospect, or its signatures count no more. Propose an ordinary change instead.",
        field="key",
        value=one.key,
        rule="a revision that was decided on",
    )
