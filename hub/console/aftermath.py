"""Beside a change request: what its releases handled, and the offer to reprocess what failed."""

from __future__ import annotations

from typing import Any

from governance.console.change_shown import beside
from governance.models import ChangeRequest
from hub.models import Interface
from hub.models.replay import ReplayMode
from hub.permissions import may_operate
from hub.selectors.trail.aftermath import handled, has_releases, sees_all

SHOWN = 20  # messages of each interface on the page
NOTHING = "No message was handled under this release."
NOTHING_SEEN = "No message of the interfaces that you may see was handled under this release."


def shown(request: ChangeRequest, user: Any) -> dict[str, Any] | None:
    """Of what it released; of a rollback, what the change that failed had handled."""
    failed = request.rolls_back or request
    if failed.released_at is None:
        return None
    rows = [one for one in handled(user, failed.number) if one.count]
    is_past = request.rolls_back is not None or request.state == "rolled_back"
    if not rows and not is_past and not has_releases(failed.number):
        return None
    interfaces = {one.key: one for one in Interface.objects.filter(key__in=[row.interface for row in rows])}
    return {
        "failed": failed,
        "is_past": is_past,
        "nothing": "" if rows else _nothing(user, failed, is_past),
        "mode": ReplayMode.CURRENT_RELEASE.value,
        "rows": [(row, row.reached[:SHOWN], may_operate(user, interfaces[row.interface])) for row in rows],
    }


def _nothing(user: Any, failed: ChangeRequest, is_past: bool) -> str:
    sentence = NOTHING if sees_all(user, failed.number) else NOTHING_SEEN
    return sentence if is_past else f"{sentence[:-1]} yet."


beside("hub/changes/aftermath.html", shown)
