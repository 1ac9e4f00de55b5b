"""Rights on single objects: given to a person or a role with a reason, and taken away again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model

from dictionary.models import Entity
from governance import audit
from governance.errors import NotFound, Refused
from governance.guard.context import change
from governance.models import Person, PersonObjectPermission, RoleObjectPermission, System
from governance.permissions import allow, withdraw
from hub.models import Interface
from hub.roles import role as role_of

OBJECTS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "interface": (
        Interface,
        ("view_interface", "operate_interface", "approve_interface", "read_payload", "propose_interface"),
    ),
    "system": (System, ("view_system", "check_connection", "propose_system")),
    "entity": (Entity, ("view_entity", "propose_entity")),
}


def give(*, to: Person | Group, right: str, kind: str, key: str, by: Any, reason: str) -> None:
    """Let a person or a role do this with one object."""
    found = object_of(kind, key, right)
    with change(by=by, reason=reason):
        allow(to, right, found)
        audit.record("right.given", subject=_subject(to), right=right, kind=kind, key=key)


def take(*, of: Person | Group, right: str, kind: str, key: str, by: Any, reason: str) -> None:
    """The reverse of ``give``. Raises Refused where the right was not given on this object."""
    found = object_of(kind, key, right)
    with change(by=by, reason=reason):
        if not withdraw(of, right, found):
            raise Refused(
                f"{_subject(of)[1]} has no {right} on {key}.", field="right", value=right, rule="a right given"
            )
        audit.record("right.taken", subject=_subject(of), right=right, kind=kind, key=key)


def give_interface(*, role: str, key: str, by: Any, reason: str) -> int:
    """Give a role of the table one interface, with the rights that the table names; returns how many were new."""
    with change(by=by, reason=reason):
        group, there = _group_on(role, key)
        missing = [right for right in role_of(role).on_interface if right not in there]
        for right in missing:
            give(to=group, right=right, kind="interface", key=key, by=by, reason=reason)
    return len(missing)


def take_interface(*, role: str, key: str, by: Any, reason: str) -> int:
    """Take every right of a role on one interface away; returns how many they were."""
    with change(by=by, reason=reason):
        group, there = _group_on(role, key)
        for right in there:
            take(of=group, right=right, kind="interface", key=key, by=by, reason=reason)
    return len(there)


def _group_on(role: str, key: str) -> tuple[Group, list[str]]:
    """The role, and the rights that it has on this interface."""
    found = object_of("interface", key, "view_interface")
    group = Group.objects.get(name=role)
    rows = RoleObjectPermission.objects.filter(group=group, object_pk=str(found.pk))
    rows = rows.filter(content_type__app_label="hub", content_type__model="interface")
    return group, sorted(rows.values_list("permission__codename", flat=True))


def object_of(kind: str, key: str, right: str) -> Model:
    """The object; Refused where such a right cannot be given on it, NotFound where there is none."""
    model, rights = OBJECTS.get(kind, (None, ()))
    if model is None or right not in rights:
        known = ", ".join(rights or OBJECTS)
        name = "right" if model else "kind"
        raise Refused(f"On {kind!r} there are: {known}.", field=name, value=right if model else kind, rule=known)
    found = model._default_manager.filter(key=key).first()
    if found is None:
        raise NotFound(f"There is no {kind} {key!r}.", field="key", value=key)
    return found


def of_person(person: Person) -> list[tuple[str, str, str]]:
    """(kind, key, right) of every right that was given to this person alone."""
    rows = PersonObjectPermission.objects.filter(user=person).select_related("permission", "content_type")
    kinds = {model._meta.label_lower: (kind, model) for kind, (model, _) in OBJECTS.items()}
    found = []
    for row in rows:
        kind, model = kinds.get(f"{row.content_type.app_label}.{row.content_type.model}", ("", None))
        key = model._default_manager.filter(pk=row.object_pk).values_list("key", flat=True).first() if model else None
        if key:
            found.append((kind, key, row.permission.codename))
    return sorted(found)


def _subject(who: Person | Group) -> tuple[str, str]:
    """Who, not on what: such events say who works here, and are not for everybody."""
    return ("person", who.username) if isinstance(who, Person) else ("role", who.name)


audit.describe(
    right__given="{actor} gave {subject} the right {right} on the {kind} {key}.",
    right__taken="{actor} took the right {right} on the {kind} {key} from {subject}.",
)
