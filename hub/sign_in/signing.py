"""Counts wrong passwords at signing with those of signed-in persons on their own account (governance/signing/brake)."""

from __future__ import annotations

import math

from django.conf import settings
from django.utils import timezone

from hub.sign_in import counts
from hub.sign_in.counts import Limit
from hub.sign_in.lockout import LockedOut, own_key


class SigningBrake:
    """One limit an account: HUB_SIGN_IN_FAILURES wrong passwords, whatever page they are typed at."""

    def admit(self, username: str) -> None:
        lock = counts.reserve(self._limits(username))
        if lock is None:
            return
        refused = LockedOut(
            f"Your password was wrong too often. Try again after {lock.until:%H:%M} UTC, or ask an administrator.",
            field="password",
            rule=f"at most {settings.HUB_SIGN_IN_FAILURES} failures",
        )
        refused.retry_after = max(1, math.ceil((lock.until - timezone.now()).total_seconds()))
        raise refused

    def passed(self, username: str) -> None:
        counts.give_back(self._limits(username))

    def failed(self, username: str) -> str:
        counts.keep(self._limits(username))
        lock = counts.lock_of(self._limits(username))
        return f"It is locked until {lock.until:%Y-%m-%d %H:%M} UTC." if lock else ""

    def _limits(self, username: str) -> list[Limit]:
        key, account = own_key(username)
        return [Limit(key, account, settings.HUB_SIGN_IN_FAILURES)]
