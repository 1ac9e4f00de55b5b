"""A reviewer writes what they looked at and what they conclude; then it waits for their signature."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from governance import audit
from governance.errors import NotAllowed, Refused
from governance.guard.context import change
from governance.models import AuditReview, Person
from governance.permissions import check_right
from governance.review import queue
from governance.review.finding import Finding
from governance.selectors.past import check_past
from governance.signing.separation import marks, marks_of

MOST = 200  # findings of one review


def write(*, keys: Collection[str], since: datetime, until: datetime, by: Any, conclusion: str) -> AuditReview:
    """The review of these findings of a period. Raises Refused, NotAllowed.

    Findings are found anew: what is not open any more, or one's own act, is refused, and nothing is written.
    """
    check_may_review(by)
    check_past(until)
    found = queue.findings(since, until, most=queue.MOST)
    chosen = _chosen(found, keys, since)
    _check_others(chosen, by)
    with change(by=by, reason=conclusion) as made:
        review = AuditReview(
            since=since,
            until=until,
            events=queue.events_of(since, until),
            found=len(found),
            items=[one.frozen() for one in chosen],
            conclusion=made.reason,
            reviewer=made.by.frozen(),
            reviewer_id=made.by.id,
        )
        review.save()
        audit.record("review.written", subject=(queue.KIND, str(review.id)), count=len(chosen))
    return review


def check_may_review(by: Any) -> None:
    check_right(by, "governance.review_trail", "You may not review the audit trail.")


def _chosen(found: list[Finding], keys: Collection[str], since: datetime) -> list[Finding]:
    closed = queue.closed_by(since)
    chosen = [one for one in found if one.key in keys and one.key not in closed]
    if not keys:
        raise Refused("Choose at least one finding.", field="finding", value="none", rule="at least one")
    if len(keys) > MOST:
        raise Refused(
            f"Choose at most {MOST} findings at a time.", field="finding", value=str(len(keys)), rule=f"{MOST}"
        )
    if len(chosen) != len(set(keys)):
        gone = len(set(keys)) - len(chosen)
        raise Refused(
            f"{gone} of the findings are not open in this period: closed meanwhile, or never there. Look again.",
            field="finding",
            value=str(gone),
            rule="open findings of the period",
        )
    return chosen


def _check_others(chosen: list[Finding], by: Person) -> None:
    """The reviewer is not the actor, nor another account of theirs."""
    own = [one for one in chosen if one.actor_id and marks([one.actor_id]) & marks_of(by)]
    if own:
        raise NotAllowed(
            f"Somebody else must review this, you did it yourself: {own[0].sentence}",
            field="finding",
            value=own[0].key,
            rule="another person than who did it",
        )


audit.describe(
    review__written="{actor} wrote a review of {count} finding(s) of the audit trail.",
    review__closed="{actor} closed {count} finding(s) of the audit trail with a signature.",
)
