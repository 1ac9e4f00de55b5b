"""What a role may do is written by migrations and by nothing else: roles, their rights, and what these are of.

A role keeps its rights by the numbers of permissions. Whoever moved a permission's code name to another number would
give every role another right without touching a role: so Django's own two tables are guarded like those of roles,
and each of their rows is a line of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_migrate

from governance.guard.tables import guard
from governance.guard.transactions import MIGRATION, write

FILLED: tuple[Any, ...] = (ContentType, Permission, Group, Group.permissions.through)
_PERMISSIONS = "django.contrib.auth.management.create_permissions"  # as Django itself names its receiver


def register() -> None:
    for model in FILLED:
        guard(model, by_migration=True, is_in_ledger=True)


def connect() -> None:
    """Put Django's two receivers behind ones that say on whose behalf they write."""
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid=_PERMISSIONS)
    post_migrate.connect(_kinds, dispatch_uid="governance.guard.rights.kinds")
    post_migrate.connect(_permissions, dispatch_uid="governance.guard.rights.permissions")


def _kinds(**signal: Any) -> None:
    _as_migration(create_contenttypes, signal)


def _permissions(**signal: Any) -> None:
    _as_migration(create_permissions, signal)


def _as_migration(fill: Callable[..., Any], signal: dict[str, Any]) -> None:
    with write(MIGRATION):
        fill(**signal)
