"""Where the sealed log stands: the last checkpoint, how far it lags, what nobody attests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from governance.ledger.head import newest
from governance.ledger.seal import why_not
from governance.models import LedgerEntry, SealedCheckpoint, SealedLeaf

LATE_SECONDS = 60.0  # lag that a person should hear of


@dataclass(frozen=True)
class Sealing:
    """``checkpoint`` is None before the first; ``oldest_waiting_at`` is of the first line after the last sealed."""

    checkpoint: SealedCheckpoint | None
    oldest_waiting_at: datetime | None
    unattested: int
    stopped: str  # why the sealer must not go on; "" where it may

    @property
    def lag_seconds(self) -> float:
        """How long the oldest line that is not sealed has been waiting."""
        waiting = self.oldest_waiting_at
        return max(0.0, (timezone.now() - waiting).total_seconds()) if waiting else 0.0

    @property
    def is_late(self) -> bool:
        return self.lag_seconds > LATE_SECONDS

    @property
    def sentence(self) -> str:
        """What is wrong; "" where nothing is."""
        if self.stopped:
            return self.stopped
        if self.is_late:
            return f"The ledger was not sealed for {self.lag_seconds:.0f} s. Is a worker with the sealer's key running?"
        return ""


def sealing() -> Sealing:
    """Four quick queries, each by an index."""
    last = SealedLeaf.objects.aggregate(last=Max("number"))["last"] or 0
    waiting = (
        LedgerEntry.objects.filter(number__gt=last).order_by("number").values_list("recorded_at", flat=True).first()
    )
    unattested = SealedLeaf.objects.filter(attested="no").count()
    return Sealing(newest(), waiting, unattested, why_not())
