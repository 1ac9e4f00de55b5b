"""Each second: finds whatever nobody rang for. Losing every bell costs at most one tick."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from hub.flow import lease
from hub.flow.bell import ring
from hub.flow.states import CLAIMABLE
from hub.models import Delivery, MessageState


def sweep() -> bool:
    """Take back leases that ran out, and ring where work is waiting; True where there was any."""
    recovered = lease.recover()
    found = bool(recovered) or is_work_waiting()
    if found:
        ring()
    return found


def is_work_waiting() -> bool:
    """Whether anything could be prepared or sent now."""
    if MessageState.objects.filter(state="received").exists():
        return True
    due = Q(state__in=CLAIMABLE, due_at__lte=timezone.now()) | Q(state="waiting_dependency", waits_for=0)
    return Delivery.objects.filter(due).exists()
