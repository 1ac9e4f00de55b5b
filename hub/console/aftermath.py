"""Beside a change request: what its releases handled, and the offer to reprocess what failed."""

from __future__ import annotations

from typing import Any

from governance.console.change_shown import beside
from governance.models import ChangeRequest
from hub.models import Interface
from hub.models.replay import ReplayMode
from hub.permissions import may_operate
from hub.selectors.trail.aftermath import handled

SHOWN = 20  # messages of each interface on the page


def shown(request: ChangeRequest, user: Any) -> dict[str, Any] | None:
    """Of what it released; of a rollback, what the change that failed had handled."""
    failed = request.rolls_back or request
    if failed.released_at is None:
        return None
    rows = [one for one in handled(user, failed.number) if one.count]
    interfaces = {one.key: one for one in Interface.objects.filter(key__in=[row.interface for row in rows])}
    return {
        "failed": failed,
        "is_past": request.rolls_back is not None or request.state == "rolled_back",
        "mode": ReplayMode.CURRENT_RELEASE.value,
        "rows": [(row, row.reached[:SHOWN], may_operate(user, interfaces[row.interface])) for row in rows],
    }


beside("hub/changes/aftermath.html", shown)
