"""``propose``: the only way in which controlled content is written, from page, API, import or demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from governance import audit
from governance.changes.choosing.policies import AT_ONCE
from governance.changes.operation import Operation
from governance.changes.proposing import checks, contents, submission
from governance.guard.context import change
from governance.models import ChangeRequest


def propose(
    *, operations: Sequence[Operation], title: str, by: Any, reason: str, source: str = "service"
) -> ChangeRequest:
    """Draft a change request of these operations and submit it; the policies of what they touch decide what it needs.

    Operations whose content equals what is in force are left out. Raises ContentRefused with all broken rules,
    BaseMoved where another change came first, Refused where nothing would change.
    """
    with change(by=by, reason=reason, source=source):
        request = draft(operations=operations, title=title, by=by, reason=reason, source=source)
        submission.put_in(request, by)
    return request


def draft(
    *, operations: Sequence[Operation], title: str, by: Any, reason: str, source: str = "service", **more: Any
) -> ChangeRequest:
    """A change request that may still be edited, by several persons. Refuses what ``propose`` refuses.

    ``more`` are fields of the request that its maker knows (``rolls_back``, ``is_emergency``).
    """
    checks.check_title(title)
    with change(by=by, reason=reason, source=source) as made:
        counter = contents.queue_up()
        wanted, bases = contents.checked(operations)
        request = ChangeRequest(
            number=contents.next_number(counter),
            title=title,
            reason=made.reason,
            author=made.by.frozen(),
            proposed_at=timezone.now(),
            policy=AT_ONCE,
            **more,
        )
        request.save()
        contents.write(request, wanted, bases)
        audit.record("change.proposed", subject=("change", request.number), title=title)
    return request
