"""``propose``: the only way in which controlled content is written, from page, API, import or demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from governance import audit
from governance.changes import checks, effective, kinds
from governance.changes.operation import Operation
from governance.changes.policies import policy_for
from governance.guard.context import change
from governance.models import ChangeOperation, ChangeRequest, Revision
from governance.models.change_request import ChangeCounter


def propose(
    *, operations: Sequence[Operation], title: str, by: Any, reason: str, source: str = "service"
) -> ChangeRequest:
    """Make a change request of these operations; the policy of what they touch decides what happens next.

    Operations whose content equals what is in force are left out. Raises ContentRefused with all broken rules,
    BaseMoved where another change came first, Refused where nothing would change.
    """
    with change(by=by, reason=reason, source=source) as made:
        counter = _queue_up()
        bases = {(item.kind, item.key): effective.revision_of(item.kind, item.key) for item in operations}
        checks.check_no_repeats(operations)
        checks.check_bases(operations, bases)
        wanted = [item for item in operations if not _is_in_force(item, bases[item.kind, item.key])]
        checks.check_something_changes(wanted)
        checks.check_contents(wanted)
        request = ChangeRequest(
            number=_next_number(counter),
            title=title,
            reason=made.reason,
            author=made.by.frozen(),
            proposed_at=timezone.now(),
            policy=policy_for(wanted).name,
        )
        request.save()
        _write_operations(request, wanted, bases)
        audit.record("change.proposed", subject=("change", request.number), title=title)
        policy_for(wanted).after_proposal(request, by=by)
    return request


def _is_in_force(item: Operation, base: Revision | None) -> bool:
    return (base.content if base else None) == item.content


def _write_operations(request: ChangeRequest, wanted: Sequence[Operation], bases: dict) -> None:
    ordered = sorted(wanted, key=lambda item: kinds.position(item.kind))
    for position, item in enumerate(ordered):
        base = bases[item.kind, item.key]
        kind, old = kinds.get(item.kind), base.content if base else None
        ChangeOperation(
            change=request,
            position=position,
            kind=item.kind,
            key=item.key,
            base=base,
            content=item.content,
            difference=kind.compare(old, item.content) if old else [],
            change_kind=kind.change_kind(old, item.content),
        ).save()


def _queue_up() -> ChangeCounter:
    """One proposal at a time: two that are each sound might break each other (one retires what the other uses)."""
    year = timezone.now().year
    ChangeCounter.objects.get_or_create(year=year)
    return ChangeCounter.objects.select_for_update().get(year=year)


def _next_number(counter: ChangeCounter) -> str:
    """The counter's row is locked: nobody else takes this number."""
    last = counter.last + 1
    ChangeCounter.objects.filter(year=counter.year).update(last=last)
    return f"CR-{counter.year}-{last:04d}"
