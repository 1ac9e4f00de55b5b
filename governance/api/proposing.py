"""What every proposal through the API shares: its fields, its rights, and what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rest_framework.response import Response

from governance.api import collections, discretion, shapes
from governance.api.protocol.fields import Choice, Moment, Text
from governance.changes import Operation, propose
from governance.changes.proposing import companions
from governance.errors import ContentRefused, NotFound
from governance.models import ChangeRequest
from governance.permissions import check_may_propose, holds_everywhere
from governance.selectors.past import NotThen, row_as_of, words

TITLE = Text(
    name="title", help="What the change is about, for a list.", most=200, required=True, example="A better definition"
)
REASON = Text(name="reason", help="Why; it is kept for ever.", required=True, example="The old one said too little")
AS_OF = Moment(name="as_of", help="Read it as it was at this time, from its history.", example="2026-11-21T08:30:00Z")
COMPANIONS = Choice(
    name="companions",
    help="bring: documents that describe these objects are made anew and become part of the change. Without it, a "
    "change that would make one wrong is refused.",
    choices=("bring",),
    example="bring",
)
KEY = Text(name="key", help="Key of the object.", most=160, required=True, example="glucose")


def check_may(user: Any, kind: str, key: str, content: dict[str, Any] | None) -> None:
    """404 for an object that the user may not know of, 403 for one that they may only read.

    Who may not propose what is new is answered for a free key as for a hidden one: the answer tells nobody which it is.
    """
    found = collections.of(kind)
    is_seen = found.visible(user).filter(key=key, is_retired=False).exists()
    is_there = is_seen or found.visible(user).model._base_manager.filter(key=key, is_retired=False).exists()
    if not is_seen and (is_there or not holds_everywhere(user, "governance.add_changerequest")):
        raise missing(kind, key)
    check_may_propose(user, kind, key, content)


def missing(kind: str, key: str) -> NotFound:
    """One sentence for what is not there and for what is somebody else's."""
    return NotFound(f"There is no {kind.replace('_', ' ')} {key!r}.", field=kind, value=key)


def row_of(user: Any, kind: str, key: str) -> Any:
    """The row in force, of the kind's own model; NotFound where it is not there, or not for this user."""
    rows = collections.of(kind).visible(user).select_related("revision__change")
    found = rows.filter(key=key, is_retired=False).first()
    if found is None:
        raise missing(kind, key)
    return found


def proposed(operations: Sequence[Operation], given: dict[str, Any], by: Any) -> Response:
    """Propose, and answer with the change request: released already, or waiting for whoever must approve it."""
    discretion.check_known(by, operations)
    if given["companions"]:
        operations = _with_companions(by, operations)
    try:
        made = propose(operations=operations, title=given["title"], by=by, reason=given["reason"], source="api")
    except ContentRefused as refused:
        raise discretion.told(by, operations, refused) from None
    return answered(made)


def _with_companions(by: Any, operations: Sequence[Operation]) -> list[Operation]:
    whole = companions.bring(operations)
    discretion.check_companions(by, whole[len(operations) :])
    return whole


def answered(made: ChangeRequest) -> Response:
    made.refresh_from_db()
    address = f"/api/v1/changes/{made.number}"
    return Response(asdict(shapes.change(made)), status=201, headers={"Location": address})


def row_of_then(user: Any, kind: str, key: str, at: datetime) -> Any:
    """The object as it was, for whom may read it now: of its own model, from its history, with its revision.

    What was retired then is not there; NotAsOf says so as it does for a time before the object, or to come.
    """
    row = collections.of(kind).visible(user).filter(key=key).first()
    if row is None:
        raise missing(kind, key)
    then = row_as_of(type(row), row.pk, at, f"{kind.replace('_', ' ')} {key!r}").instance
    if then.is_retired:
        raise NotThen(f"The {kind.replace('_', ' ')} {key!r} was retired on {words(at)}.", field="as_of", value=str(at))
    return then
