"""Counts attempts before they are checked: of many at the same moment no more are admitted than the limit says.

An attempt takes its place first and gives it back when it was right. Only a failure moves the time at which failures
are forgotten, once it is known to be one; and who meets a lock leaves nothing behind. The rows of an attempt are locked
in one order (PostgreSQL), or the whole database is (SQLite), so two attempts never see the same count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
class Lock:
    """What is in the way of an attempt. ``can_be_lifted``: it is of one account alone, which somebody can unlock."""

    until: datetime
    can_be_lifted: bool


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
        """One attempt more, as if it had failed, and the lock that it makes. What failed before is kept no longer."""
        lock = timedelta(minutes=settings.HUB_SIGN_IN_LOCK_MINUTES)
        if not row.failures or row.forgotten_after <= now:
            row.failures, row.forgotten_after = 0, now + self.memory()
        row.failures += 1
        beyond = row.failures - self.most
        delay = min(lock, FIRST_DELAY * 2 ** min(beyond, 16)) if self.grows and beyond >= 0 else lock
        row.locked_until = now + delay if beyond >= 0 else None

    def failed(self, row: SignInCount, now: datetime) -> None:
        """It was wrong: all are kept for their time from now on, or until the lock ends that they made."""
        ends = None if self.grows else row.locked_until
        row.forgotten_after = ends or now + self.memory()

    def memory(self) -> timedelta:
        """How long failures are kept after the last of them."""
        lock = timedelta(minutes=settings.HUB_SIGN_IN_LOCK_MINUTES)
        return max(REMEMBERED, lock) if self.grows else lock

    def undone(self, row: SignInCount) -> None:
        """The attempt was right. A lock that is there now is its own: behind another it was not admitted."""
        row.failures = max(0, row.failures - 1) if self.is_shared else 0
        row.locked_until = None


def reserve(limits: Sequence[Limit]) -> Lock | None:
    """Count one attempt; or the lock that is in its way, and nothing is written: guessing on fills no table."""
    found = lock_of(limits)
    if found:
        return found
    now = timezone.now()
    with transaction.atomic():
        rows = _made(limits, now)
        found = _lock_in(rows.values(), now)
        if found:  # it came after the look
            transaction.set_rollback(True)
            return found
        for one in limits:
            one.counted(rows[one.key], now)
        _save(rows)
    return None


def give_back(limits: Sequence[Limit]) -> None:
    """The attempt was right: it counts no more, and where nobody else fails the earlier ones are forgotten."""
    with transaction.atomic():
        rows = _held(limits)
        for one in limits:
            if one.key in rows:
                one.undone(rows[one.key])
        _save(rows)


def keep(limits: Sequence[Limit]) -> None:
    """The attempt was wrong: its count stays, and the time of all failures begins anew."""
    now = timezone.now()
    with transaction.atomic():
        rows = _held(limits)
        for one in limits:
            if one.key in rows:
                one.failed(rows[one.key], now)
        _save(rows)


def lock_of(limits: Sequence[Limit]) -> Lock | None:
    """The lock that the next attempt would meet; None where there is none."""
    now = timezone.now()
    return _lock_in(SignInCount.objects.filter(key__in=[one.key for one in limits], locked_until__gt=now), now)


def forget(account: str) -> None:
    """No failure of this account counts any more; its rows are taken in the order in which attempts take them."""
    with transaction.atomic():
        rows = SignInCount.objects.select_for_update().filter(account=account).order_by("key")
        held = [row.key for row in rows]
        SignInCount.objects.filter(key__in=held).update(failures=0, locked_until=None)


def remove_stale() -> None:
    """Rows that count nothing any more; those that somebody holds are left for the next time."""
    with transaction.atomic():
        now = timezone.now()
        rows = SignInCount.objects.select_for_update(skip_locked=True).filter(forgotten_after__lt=now)
        free = rows.exclude(locked_until__gt=now)
        SignInCount.objects.filter(key__in=[row.key for row in free[:STALE]]).delete()


def _lock_in(rows: Iterable[SignInCount], now: datetime) -> Lock | None:
    """The last of their locks to end; it can be lifted where each of them can."""
    locked = [(row.locked_until, row.account) for row in rows if row.locked_until and row.locked_until > now]
    if not locked:
        return None
    return Lock(max(until for until, _ in locked), all(account for _, account in locked))


def _made(limits: Sequence[Limit], now: datetime) -> dict[str, SignInCount]:
    """All the rows, made where they are missing, and held. Where a stale one is removed in between, none is held on to:
    who began anew with later rows in hand would break the order.
    """
    wanted = sorted(limits, key=lambda one: one.key)
    while True:
        with transaction.atomic():
            SignInCount.objects.bulk_create(
                [SignInCount(key=one.key, account=one.account, forgotten_after=now) for one in wanted],
                ignore_conflicts=True,
            )
            rows = _held(limits)
            if len(rows) == len(wanted):
                return rows
            transaction.set_rollback(True)


def _held(limits: Sequence[Limit]) -> dict[str, SignInCount]:
    """The rows that there are, locked in one order for everybody until the transaction ends."""
    found = SignInCount.objects.select_for_update().filter(key__in=[one.key for one in limits]).order_by("key")
    return {row.key: row for row in found}


def _save(rows: dict[str, SignInCount]) -> None:
    SignInCount.objects.bulk_update(rows.values(), ["failures", "locked_until", "forgotten_after"])
