"""Which records have a story, how each is found, and who may read it. Deny first: what is not yours is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from governance.changes import kinds
from governance.errors import NotAllowed, NotFound
from governance.models import ChangeRequest, Person, ServiceAccount
from governance.permissions import holds_everywhere
from governance.selectors import changes
from hub.models import Message, ReplayPlan
from hub.permissions import interface_for

Visible = Callable[[Any, str], Any]  # (user, kind) → projections that the user may know of
BY_RIGHT: dict[str, tuple[Any, str, str]] = {
    "person": (Person, "username", "governance.view_person"),
    "service_account": (ServiceAccount, "key", "governance.view_serviceaccount"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A governed row by its kind and key; ``message`` instead where it is a message."""

    kind: str
    key: str
    title: str
    model: Any = None
    pk: UUID | None = None
    message: Message | None = None


def names() -> list[str]:
    """The kinds of records that have a story."""
    return [*(one.name for one in kinds.each()), *BY_RIGHT, "change", "replay", "message"]


def record_for(user: Any, kind: str, key: str, visible: Visible) -> Record:
    """The record, for whom may see it; one that is gone is found by its history, by whom may read the whole trail."""
    if kind == "message":
        return _message(user, key)
    if kind == "replay":
        return _replay(user, key)
    if kind == "change":
        return _change(user, key, visible)
    if kind in BY_RIGHT:
        model, name, right = BY_RIGHT[kind]
        return _by_key(kind, key, model, name, may_see=holds_everywhere(user, right))
    if kind in {one.name for one in kinds.each()}:
        is_seen = visible(user, kind).filter(key=key).exists() or holds_everywhere(user, "governance.view_auditevent")
        return _by_key(kind, key, kinds.get(kind).model, "key", may_see=is_seen)
    raise NotFound(f"There is no kind {kind!r}.")


def may_read(user: Any, kind: str, key: str, visible: Visible) -> bool:
    """Whether there is such a record, and its story is this user's to read."""
    try:
        record_for(user, kind, key, visible)
    except (NotFound, NotAllowed):
        return False
    return True


def _by_key(kind: str, key: str, model: Any, name: str, *, may_see: bool) -> Record:
    last = model.history.filter(**{name: key}).order_by("-history_date", "-history_id").first() if may_see else None
    if last is None:
        raise NotFound(f"There is no {kind.replace('_', ' ')} {key!r}.")
    return Record(kind, key, str(last.instance), model, last.id)


def _message(user: Any, key: str) -> Record:
    wanted = _identity(key)
    found = Message.objects.filter(id=wanted).first() if wanted else None
    if found is None:
        raise NotFound(f"There is no message {key!r}.")
    interface_for(user, found.interface_key)
    return Record("message", key, found.business_key or key, message=found)


def _replay(user: Any, key: str) -> Record:
    wanted = _identity(key)
    found = ReplayPlan.objects.filter(id=wanted).first() if wanted else None
    if found is None:
        raise NotFound(f"There is no replay {key!r}.")
    interface_for(user, found.interface_key)
    return Record("replay", key, f"Replay on {found.interface_key}", ReplayPlan, found.id)


def _change(user: Any, key: str, visible: Visible) -> Record:
    found = ChangeRequest.objects.filter(number=key).first()
    if found is None or not changes.operations(user, visible).filter(change=found).exists():
        raise NotFound(f"There is no change request {key!r}.")
    return Record("change", key, f"{found.number} {found.title}", ChangeRequest, found.id)


def _identity(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
