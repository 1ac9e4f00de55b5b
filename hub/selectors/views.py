"""Saved views that a person may open: their own, and those that were shared with one of their roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from hub.models import SavedView


def visible(user: Any) -> QuerySet[SavedView]:
    """Own ones, and those of the user's roles."""
    return SavedView.objects.filter(Q(owner=user) | Q(role__in=user.groups.all())).select_related("owner", "role")


def choices(user: Any, listing: str, is_readable: Callable[[str], bool]) -> dict[str, Any]:
    """What a page offers: ``views`` to open, and the ``roles`` with which one can be shared."""
    rows = visible(user).filter(listing=listing).distinct().order_by("name", "id")
    return {
        "views": [(one, one.owner_id == user.pk) for one in rows if is_readable(one.query)],
        "roles": list(user.groups.order_by("name").values_list("name", flat=True)),
    }
