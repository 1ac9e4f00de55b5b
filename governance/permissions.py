"""Who may: rights of persons on objects. The only place, with models/permission.py, that knows guardian.

A right holds everywhere (a role of hub/roles.py has it) or on one object (``allow``). Who may see an interface may also
see what it touches: the hub fills ``reaches`` with that, because this floor knows no interface.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model, Q, QuerySet
from guardian.shortcuts import assign_perm, get_objects_for_user

from governance.errors import NotAllowed
from governance.models import (
    ApprovalPolicy,
    Person,
    PersonObjectPermission,
    RoleObjectPermission,
    ServiceAccount,
    System,
)
from governance.nouns import noun

Reach = Callable[[Any], Iterable[str]]
Home = Callable[[str], Model | None]
NewHome = Callable[[dict[str, Any]], Model | None]

_reaches: dict[str, Reach] = {}
_homes: dict[str, Home] = {}
_new_homes: dict[str, NewHome] = {}
SystemMay = Callable[[ServiceAccount, Model], bool]
_systems_may: list[SystemMay] = []


def reaches(kind: str, found: Reach) -> None:
    """Register what else a user may see: ``found(user)`` gives keys of this kind ("system", "entity", "icd")."""
    _reaches[kind] = found


def reached(user: Any, kind: str) -> set[str]:
    """Keys of this kind that the user may see because of what a higher floor lets them see."""
    found = _reaches.get(kind)
    return set(found(user)) if found else set()


def proposed_on(kind: str, home: Home, new_home: NewHome | None = None) -> None:
    """Register on which object the right to propose a change of this kind is looked for, by the changed thing's key.

    ``new_home`` reads from a content to which object the thing would then belong; without it that never changes.
    """
    _homes[kind] = home
    if new_home is not None:
        _new_homes[kind] = new_home


def systems_propose(allowed: SystemMay) -> None:
    """Register what a service account was given to propose changes on: ``allowed(account, home)``."""
    _systems_may.append(allowed)


def allow(role_or_person: Any, permission: str, obj: Model) -> None:
    """Give a right on one object ("view_interface"); the caller opens the change."""
    assign_perm(f"{obj._meta.app_label}.{permission}", role_or_person, obj)


def withdraw(role_or_person: Any, permission: str, obj: Model) -> bool:
    """Take a right on one object away; False where it was not given. The caller opens the change."""
    is_role = isinstance(role_or_person, Group)
    table: Any = RoleObjectPermission if is_role else PersonObjectPermission
    whose = {"group": role_or_person} if is_role else {"user": role_or_person}
    rows = table.objects.filter(object_pk=str(obj.pk), permission__codename=permission, **whose)
    found = rows.filter(content_type__app_label=obj._meta.app_label, content_type__model=obj._meta.model_name).first()
    if found is None:
        return False
    found.delete()
    return True


def visible_to(person: Person, permission: str, rows: QuerySet) -> QuerySet:
    """Those of ``rows`` on which the person, or a role of theirs, has this right; all where it holds for the table."""
    if not person.is_active:
        return rows.none()
    right = f"{rows.model._meta.app_label}.{permission}"
    return rows if person.has_perm(right) else get_objects_for_user(person, right, rows, accept_global_perms=False)


def holds_everywhere(user: Any, right: str) -> bool:
    """Whether an active person has this right ("governance.view_system") on everything; nobody else ever has."""
    return isinstance(user, Person) and user.is_active and user.has_perm(right)


def visible_or_reached(user: Any, permission: str, rows: QuerySet, *, kind: str) -> QuerySet:
    """Those of ``rows`` that were given to the user, and those that what they may see touches."""
    if holds_everywhere(user, f"{rows.model._meta.app_label}.{permission}"):
        return rows
    match user:
        case Person(is_active=True):
            given = visible_to(user, permission, rows.model._default_manager.all()).values("pk")
            return rows.filter(Q(pk__in=given) | Q(key__in=reached(user, kind)))
        case ServiceAccount(is_active=True):
            return rows.filter(key__in=reached(user, kind))
    return rows.none()


def has_right(person: Person, permission: str, obj: Model) -> bool:
    """Whether the person has this right on this object."""
    name = f"{obj._meta.app_label}.{permission}"
    return person.has_perm(name) or person.has_perm(name, obj)


def proposes_somewhere(user: Any) -> bool:
    """Whether an active person, or a role of theirs, has the right to propose changes of some object."""
    if not isinstance(user, Person) or not user.is_active:
        return False
    mine = PersonObjectPermission.objects.filter(user=user, permission__codename__startswith="propose_")
    roles = RoleObjectPermission.objects.filter(group__in=user.groups.all())
    return mine.exists() or roles.filter(permission__codename__startswith="propose_").exists()


def check_right(user: Any, right: str, sentence: str) -> None:
    """A right that holds everywhere or not at all; ``sentence`` says what it would allow."""
    if not holds_everywhere(user, right):
        raise NotAllowed(sentence, field="right", value=right, rule="a role that has this right")


def visible_systems(user: Any) -> QuerySet[System]:
    """Systems that the user may look at: by a role, by a right on one, or because a visible interface touches it."""
    return visible_or_reached(user, "view_system", System.objects.all(), kind="system")


def visible_policies(user: Any) -> QuerySet[ApprovalPolicy]:
    """Approval policies: who may read them reads all of them."""
    rows = ApprovalPolicy.objects.all()
    return rows if holds_everywhere(user, "governance.view_approvalpolicy") else rows.none()


def check_may_propose(user: Any, kind: str, key: str, content: dict[str, Any] | None = None) -> None:
    """Propose a change of this controlled object, which need not exist yet.

    A service account may where that was granted to it; it never signs and never releases.

    The right holds everywhere, or on the object itself; a mapping and an ICD belong to their entity, a connection to
    its system. What does not exist yet needs the right everywhere. ``content``, where it is known, may move the thing
    to another object: that one's right is needed too.
    """
    if holds_everywhere(user, "governance.add_changerequest"):
        return
    if not _may_propose_on(user, _homes[kind](key) if key and kind in _homes else None):
        words = noun(kind)
        raise NotAllowed(
            f"You may not propose changes of the {words} {key}." if key else f"You may not propose a new {words}.",
            field=kind,
            value=key,
            rule="the right to propose changes",
        )
    if content and kind in _new_homes and not _may_propose_on(user, _new_homes[kind](content)):
        raise NotAllowed(
            f"You may propose changes of the {noun(kind)} {key}, but not give it to something else.",
            field=kind,
            value=key,
            rule="the right to propose changes where it would belong",
        )


def _may_propose_on(user: Any, home: Model | None) -> bool:
    if isinstance(user, ServiceAccount):
        return user.is_active and home is not None and any(allowed(user, home) for allowed in _systems_may)
    return isinstance(user, Person) and home is not None and has_right(user, f"propose_{home._meta.model_name}", home)


def is_allowed(check: Callable[..., None]) -> Callable[..., bool]:
    """A ``check_*`` as yes or no: it takes the same, and says False where the check refuses."""

    @wraps(check)
    def answered(*about: Any, **named: Any) -> bool:
        try:
            check(*about, **named)
        except NotAllowed:
            return False
        return True

    answered.__doc__ = f"``{check.__name__}`` as yes or no."
    return answered


def why_not_propose(user: Any, kind: str, key: str) -> str:
    """The sentence of ``check_may_propose`` for a button that is closed; "" where it is open."""
    try:
        check_may_propose(user, kind, key)
    except NotAllowed as refused:
        return refused.sentence
    return ""


may_propose = is_allowed(check_may_propose)


proposed_on("system", lambda key: System.objects.filter(key=key).first())
