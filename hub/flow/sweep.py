"""Each second: finds whatever nobody rang for. Losing every bell costs at most one tick."""

from __future__ import annotations

from hub.flow.bell import ring
from hub.flow.replaying import replay_work
from hub.flow.sending import lease
from hub.flow.waiting import is_work_waiting


def sweep() -> bool:
    """Take back leases that ran out, ring where work is waiting, go on with replays; True where any was waiting."""
    recovered = lease.recover()
    found = bool(recovered) or is_work_waiting()
    if found:
        ring()
    replay_work.advance_for_a_while()
    return found
