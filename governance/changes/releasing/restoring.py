"""What a rollback may bring back: what persons decided for, or what came into force before anybody was asked."""

from __future__ import annotations

from governance.changes import kinds
from governance.changes.deciding import standings
from governance.changes.weighing.ground import Known
from governance.errors import Refused
from governance.models import ChangeOperation, ChangeRequest, Revision


def check_decided(failed: ChangeRequest) -> None:
    """Every revision that was in force before ``failed`` counts as decided today. Raises Refused."""
    for one in failed.operations.select_related("base__change").order_by("position"):
        if one.base is not None and not may_come_back(one.base):
            _refuse(failed, one, one.base)


def may_come_back(base: Revision, known: Known | None = None) -> bool:
    """Whether persons decided for this revision; one from before the first policy is in force undecided, and may.

    ``known`` of earlier changes, where it is asked of many revisions at once.
    """
    made = base.change
    if not made.requirement:
        return True
    if made.rolls_back is None:
        return standings.is_approved(made, base.kind, base.key, known)
    if not standings.standing(made, standings.RELEASE).is_complete:
        return False
    earlier = standings.restored_by(made, base.kind, base.key)
    return earlier is None or may_come_back(earlier, known)


def kept_by(revision: Revision) -> Revision | None:
    """The revision whose meaning this one kept: it restored it, or changed no more than words of it."""
    if revision.change.rolls_back is not None:
        return standings.restored_by(revision.change, revision.kind, revision.key)
    one = revision.change.operations.filter(kind=revision.kind, key=revision.key).first()
    return revision.base if one is not None and one.change_kind == "editorial" else None


def _refuse(failed: ChangeRequest, one: ChangeOperation, base: Revision) -> None:
    raise Refused(
        f"{failed.number} cannot be rolled back: that would bring back version {base.version} of the "
        f"{kinds.noun(one.kind)} {one.key!r}, and {base.change.number}, which put it in force, does not count as "
        "approved: it was rejected in retrospect, or its signatures count no more. Propose an ordinary change instead.",
        field="key",
        value=one.key,
        rule="a revision that was decided on",
    )
