"""The operations of a change request: checked, put in order and written, new or again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from governance.changes import effective, kinds
from governance.changes.kinds import Reference
from governance.changes.operation import Operation
from governance.changes.proposing import checks, difference
from governance.changes.weighing import evidence, ground
from governance.models import ChangeOperation, ChangeRequest, Revision
from governance.models.change_evidence import Phase
from governance.models.change_request import ChangeCounter
from governance.models.together import create_together

Bases = Mapping[Reference, Revision | None]
SIGNED_WORDS = ("title", "reason", "is_emergency", "rollback_plan", "success_criterion")


def queue_up() -> ChangeCounter:
    """One change at a time: two that are each sound might break each other (one retires what the other uses)."""
    year = timezone.now().year
    ChangeCounter.objects.get_or_create(year=year)
    return ChangeCounter.objects.select_for_update().get(year=year)


def next_number(counter: ChangeCounter) -> str:
    """The counter's row is locked: nobody else takes this number."""
    last = counter.last + 1
    ChangeCounter.objects.filter(year=counter.year).update(last=last)
    return f"CR-{counter.year}-{last:04d}"


def checked(operations: Sequence[Operation], number: str = "") -> tuple[list[Operation], Bases]:
    """Those that would change something, with their bases. Raises ContentRefused, BaseMoved or Refused.

    ``number`` of the request that holds them already, for who reads what is wrong with it.
    """
    bases = {(item.kind, item.key): effective.revision_of(item.kind, item.key) for item in operations}
    checks.check_no_repeats(operations)
    checks.check_bases(operations, bases, number)
    wanted = [item for item in operations if not _is_in_force(item, bases[item.kind, item.key])]
    checks.check_something_changes(wanted)
    checks.check_contents(wanted)
    return wanted, bases


def write(request: ChangeRequest, wanted: Sequence[Operation], bases: Bases) -> None:
    """The operations of a new request, with their history."""
    ordered = sorted(wanted, key=lambda item: kinds.position(item.kind))
    known: ground.Known = {}
    create_together(
        [
            ChangeOperation(
                change=request,
                position=position,
                kind=item.kind,
                key=item.key,
                **described(item, bases[item.kind, item.key], known),
            )
            for position, item in enumerate(ordered)
        ]
    )


def described(item: Operation, base: Revision | None, known: ground.Known | None = None) -> dict[str, Any]:
    """The fields of an operation that follow from its content and its base; ``known`` where many are described."""
    change_kind, lines = ground.judged(item.kind, base, item.content, {} if known is None else known)
    return {"base": base, "content": item.content, "difference": lines, "change_kind": change_kind}


def as_operations(request: ChangeRequest) -> list[Operation]:
    """What the request changes, as it was drafted: with the versions that its authors saw."""
    rows = request.operations.select_related("base").order_by("position")
    return [Operation(one.kind, one.key, one.content, base=one.base.version if one.base else "") for one in rows]


def hands_of(request: ChangeRequest, *later: str) -> set[str]:
    """Ids of all actors who had a hand in what is approved: the author, whoever edited, added or removed an
    operation, wrote its plan or attached evidence to it, written or found. Who only held, withdrew or reassessed it
    wrote nothing.

    ``later`` are phases of evidence that came after the approval, for what is signed over them.
    """
    edited = ChangeOperation.history.filter(change_id=request.pk).values_list("act_actor_id", flat=True)
    attached = evidence.attached_by(request, Phase.PROPOSAL, *later)
    return {request.author["id"], *edited, *_writers(request), *attached}


def _writers(request: ChangeRequest) -> set[str]:
    """Who wrote words of the request itself that are signed, from its history."""
    found, before = set(), None
    rows = type(request).history.filter(id=request.pk).order_by("row_version")
    for actor, *words in rows.values_list("act_actor_id", *SIGNED_WORDS):
        if words != before:
            found.add(actor)
        before = words
    return found


def _is_in_force(item: Operation, base: Revision | None) -> bool:
    return difference.is_same(base.content if base else None, item.content)
