"""Rows of a list in an order, from one place on: paging by the last row of the page before, whatever the order."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

Rows = TypeVar("Rows", bound=QuerySet[Any])


def ordered(rows: Rows, order: str, before: UUID | None) -> Rows:
    """Newest first, or by the field that ``order`` names ("-size": the largest first), then newest first.

    ``before`` is the id of the last row of the page before. The field is never NULL.
    """
    name, is_falling = order.removeprefix("-"), order.startswith("-")
    if name in ("", "id"):
        way = "lt" if is_falling or not name else "gt"
        rows = rows.filter(**{f"id__{way}": before}) if before else rows
        return rows.order_by(order or "-id")
    if before:
        last = Subquery(rows.filter(id=before).values(name)[:1])
        further = Q(**{f"{name}__{'lt' if is_falling else 'gt'}": last})
        rows = rows.filter(further | Q(**{name: last, "id__lt": before}))
    return rows.order_by(order, "-id")
