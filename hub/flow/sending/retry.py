"""When to try again: decorrelated jitter, a cap, a number of attempts and an age, as the release says."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from hub.flow.runtime import RetryPolicy

LONGEST_ASKED = timedelta(days=1)  # a target that asks for more is asked again after a day

_random = random.SystemRandom()


def wait(policy: RetryPolicy, last: timedelta, *, retry_after: float | None = None) -> timedelta:
    """min(cap, uniform(base, 3 × last)); never sooner than the target asked for (``retry_after``, s; a day at most)."""
    longest = max(policy.base, last * 3)
    drawn = timedelta(seconds=_random.uniform(policy.base.total_seconds(), longest.total_seconds()))
    asked = timedelta(seconds=min(retry_after or 0, LONGEST_ASKED.total_seconds()))
    return max(min(policy.cap, drawn), asked)


def is_exhausted(policy: RetryPolicy, *, attempts: int, first_tried_at: datetime, now: datetime) -> bool:
    """Whether the policy gives up."""
    return attempts >= policy.attempts or now - first_tried_at >= policy.age
