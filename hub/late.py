"""A rule of the review that only the hub knows: records that arrived long after they happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F

from governance.ids import floor_of
from governance.review.finding import Finding
from governance.review.rules import rule
from hub.models import Message

LATE = timedelta(hours=24)


@rule("late", "Late entries", "A record arrived more than 24 hours after it happened, by its own account.")
def late(since: datetime, until: datetime) -> Iterator[Finding]:
    rows = Message.objects.filter(id__gte=floor_of(since), id__lt=floor_of(until), kind="business")
    late_ones = rows.filter(occurred_at__lt=F("received_at") - LATE).order_by("id")
    for row in late_ones.only("interface_key", "occurred_at", "received_at", "actor_id", "actor_name").iterator(500):
        days = (row.received_at - row.occurred_at).days if row.occurred_at else 0
        yield Finding(
            key=f"late:{row.id}",
            rule="late",
            score=min(60, 30 + days),
            sentence=f"A record of {row.interface_key} arrived {days} day(s) after it happened.",
            at=row.received_at,
            actor_id=row.actor_id,
            actor=row.actor_name,
            record=("message", str(row.id)),
        )
