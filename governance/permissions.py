"""Who may: rights of persons on objects. The only place, with models/permission.py, that knows guardian."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from guardian.shortcuts import assign_perm, get_objects_for_user

from governance.models import Person


def allow(role_or_person: Any, permission: str, obj: Model) -> None:
    """Give a right on one object ("view_interface"); the caller opens the change."""
    assign_perm(f"{obj._meta.app_label}.{permission}", role_or_person, obj)


def visible_to(person: Person, permission: str, rows: QuerySet) -> QuerySet:
    """Those of ``rows`` on which the person, or a role of theirs, has this right; all where it holds for the table."""
    if not person.is_active:
        return rows.none()
    label = rows.model._meta.app_label
    return get_objects_for_user(person, f"{label}.{permission}", rows, accept_global_perms=True)


def has_right(person: Person, permission: str, obj: Model) -> bool:
    """Whether the person has this right on this object."""
    name = f"{obj._meta.app_label}.{permission}"
    return person.has_perm(name) or person.has_perm(name, obj)
