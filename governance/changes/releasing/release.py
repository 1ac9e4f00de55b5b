"""``release``: all operations of a change come into force in one transaction, or none does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from governance import audit
from governance.actors import actor_of
from governance.changes import kinds, transitions, versions
from governance.errors import BaseMoved
from governance.guard.context import change
from governance.ledger import bell
from governance.models import ChangeOperation, ChangeRequest, EffectiveRevision, Revision
from governance.models.change_request import ChangeState
from governance.signing.statement import digest

AfterRelease = Callable[[ChangeRequest, list[Revision]], None]
_after_release: list[AfterRelease] = []


def after_release(hook: AfterRelease) -> AfterRelease:
    """Register what a higher floor does in the same transaction: the hub re-releases interfaces that are touched."""
    if hook not in _after_release:
        _after_release.append(hook)
    return hook


def release(*, change_request: ChangeRequest, by: Any, **fields: Any) -> list[Revision]:
    """Write the revisions, move what is in force, bring the projections along. Raises BaseMoved.

    ``fields`` of the request are stored with its new state (who released it, where that is not ``by``).
    """
    with change(by=by, reason=change_request.reason, ticket=change_request.number):
        operations = list(change_request.operations.select_related("base").order_by("position"))
        released = [_put_in_force(change_request, operation) for operation in operations]
        for hook in _after_release:
            hook(change_request, released)
        transitions.move(
            change_request,
            ChangeState.RELEASED,
            **{"released_at": timezone.now(), "released_by": actor_of(by).frozen(), **fields},
        )
        audit.record("change.released", subject=("change", change_request.number), count=len(released))
        bell.ring()
    return released


def _put_in_force(change_request: ChangeRequest, operation: ChangeOperation) -> Revision:
    current = EffectiveRevision.objects.select_for_update().filter(kind=operation.kind, key=operation.key).first()
    if (current.revision_id if current else None) != operation.base_id:
        raise BaseMoved(
            f"The {kinds.noun(operation.kind)} {operation.key!r} changed since {change_request.number} was drafted."
        )
    revision = _revision(change_request, operation)
    EffectiveRevision.objects.update_or_create(kind=operation.kind, key=operation.key, defaults={"revision": revision})
    kinds.get(operation.kind).apply(operation.key, operation.content, revision)
    audit.record(
        "revision.retired" if operation.content is None else "revision.released",
        subject=(operation.kind, operation.key),
        kind=operation.kind,
        version=revision.version,
        change_kind=operation.change_kind,
    )
    return revision


def _revision(change_request: ChangeRequest, operation: ChangeOperation) -> Revision:
    base = operation.base
    revision = Revision(
        kind=operation.kind,
        key=operation.key,
        version=versions.following(base.version if base else None, operation.change_kind),
        content=operation.content,
        digest=digest({"kind": operation.kind, "key": operation.key, "content": operation.content}),
        base=base,
        change=change_request,
        effective_at=timezone.now(),
    )
    revision.save()
    return revision
