"""The digest of a replay plan: what is attested is what will run."""

from __future__ import annotations

from collections.abc import Sequence

from governance.errors import Refused
from governance.signing.statement import digest
from hub.models import ReplayItem, ReplayPlan


class PlanAltered(Refused):
    """The stored plan is not the one whose digest was frozen."""

    status = 409
    code = "plan_altered"


def digest_of(request: ReplayPlan, items: Sequence[ReplayItem]) -> str:
    """Over everything that decides what will happen: interface, mode, release with its digest, the items in order."""
    release = [str(request.release.id), request.release.digest] if request.release else None
    listed = [[str(one.message_id), str(one.delivery_id)] for one in sorted(items, key=lambda one: one.position)]
    return digest({"interface": request.interface_key, "mode": request.mode, "release": release, "items": listed})


def checked_digest(request: ReplayPlan) -> str:
    """Of the rows as they are stored now. Raises PlanAltered."""
    found = digest_of(request, list(request.items.only("id", "position", "message_id", "delivery_id")))
    if found != request.digest:
        raise PlanAltered(
            f"The list of this plan is not the one that was frozen: {request.digest} was, {found} is stored. "
            "Plan the replay again.",
            field="digest",
            value=found,
            rule=request.digest,
        )
    return found
