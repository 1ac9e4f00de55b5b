"""Counts attempts before they are checked: of many at the same moment no more are admitted than the limit says.

An attempt takes its place first and gives it back when it was right. The rows of an attempt are locked in one order
(PostgreSQL), or the whole database is (SQLite), so two attempts never see the same count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hub.models import SignInCount

FIRST_DELAY = timedelta(minutes=1)
REMEMBERED = timedelta(hours=24)  # a count whose delay grows
STALE = 500  # forgotten rows that are removed at once


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that is counted.

    ``grows``: the delay doubles with each failure past ``most``, up to the time of a lock.
    ``is_shared``: others fail here too, so a success takes back its own attempt only.
    """

    key: str
    account: str
    most: int
    grows: bool = False
    is_shared: bool = False

    def counted(self, row: SignInCount, now: datetime) -> None:
        """One failure more, and the lock that it makes."""
        lock = timedelta(minutes=settings.HUB_SIGN_IN_LOCK_MINUTES)
        row.failures = row.failures + 1 if row.forgotten_after > now else 1
        beyond = row.failures - self.most
        delay = min(lock, FIRST_DELAY * 2 ** min(beyond, 16)) if self.grows and beyond >= 0 else lock
        row.locked_until = now + delay if beyond >= 0 else None
        row.forgotten_after = now + (max(REMEMBERED, lock) if self.grows else lock)

    def undone(self, row: SignInCount) -> None:
        """The attempt was right. A lock that is there now is its own: behind another it was not admitted."""
        row.failures = max(0, row.failures - 1) if self.is_shared else 0
        row.locked_until = None


def reserve(limits: Sequence[Limit]) -> datetime | None:
    """Count one attempt; or the end of the lock that is in its way, and nothing is counted."""
    now = timezone.now()
    with transaction.atomic():
        rows = _held(limits, now)
        ends = [row.locked_until for row in rows.values() if row.locked_until and row.locked_until > now]
        if ends:
            return max(ends)
        for one in limits:
            one.counted(rows[one.key], now)
        _save(rows)
    return None


def give_back(limits: Sequence[Limit]) -> None:
    """The attempt was right: it counts no more, and where nobody else fails the earlier ones are forgotten."""
    with transaction.atomic():
        rows = _held(limits, timezone.now())
        for one in limits:
            one.undone(rows[one.key])
        _save(rows)


def locked_until(limits: Sequence[Limit]) -> datetime | None:
    """When the lock ends that the next attempt would meet; None where there is none."""
    rows = SignInCount.objects.filter(key__in=[one.key for one in limits], locked_until__gt=timezone.now())
    return max((row.locked_until for row in rows if row.locked_until), default=None)


def remove_stale() -> None:
    """Rows that count nothing any more; those that somebody holds are left for the next time."""
    with transaction.atomic():
        rows = SignInCount.objects.select_for_update(skip_locked=True).filter(forgotten_after__lt=timezone.now())
        SignInCount.objects.filter(key__in=[row.key for row in rows[:STALE]]).delete()


def _held(limits: Sequence[Limit], now: datetime) -> dict[str, SignInCount]:
    """The rows, made where they are missing, locked in one order for everybody until the transaction ends."""
    wanted = sorted(limits, key=lambda one: one.key)
    while True:
        SignInCount.objects.bulk_create(
            [SignInCount(key=one.key, account=one.account, forgotten_after=now) for one in wanted],
            ignore_conflicts=True,
        )
        found = SignInCount.objects.select_for_update().filter(key__in=[one.key for one in wanted]).order_by("key")
        rows = {row.key: row for row in found}
        if len(rows) == len(wanted):  # else a stale one was removed in between
            return rows


def _save(rows: dict[str, SignInCount]) -> None:
    SignInCount.objects.bulk_update(rows.values(), ["failures", "locked_until", "forgotten_after"])
