"""A governed object as it was: read from its history, which the database keeps equal to what the rows were."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from governance.errors import Refused


class NotAsOf(Refused):
    """There is no answer for that time: it is to come. ``status`` 400."""

    status = 400
    code = "not_as_of"


class NotThen(NotAsOf):
    """The object was not there at that time. ``status`` 404, for somebody who may know that it is there now."""

    status = 404
    code = "not_then"


def row_as_of(model: Any, pk: UUID, at: datetime, name: str) -> Any:
    """The history row that held at this time. ``name`` is what a sentence calls the object.

    Raises NotAsOf for a time to come and NotThen where the object was not there yet, or was removed.
    """
    check_past(at)
    rows = model.history.filter(id=pk).order_by("-row_version", "-history_date")
    found = rows.filter(history_date__lte=at).first()
    if found is None:
        first = rows.last()
        since = f" It is there since {words(first.history_date)}." if first else ""
        raise NotThen(f"There was no {name} on {words(at)} yet.{since}", **_field(at, "a time when it was there"))
    if found.history_type == "-":
        gone = words(found.history_date)
        raise NotThen(f"The {name} was removed on {gone}.", **_field(at, "a time when it was there"))
    return found


def rows_then(model: Any, at: datetime, **where: Any) -> list[Any]:
    """The history rows of a table that held at this time, of those that ``where`` (columns that never change) names."""
    held: dict[UUID, Any] = {}
    for row in model.history.filter(history_date__lte=at, **where).order_by("row_version", "history_date"):
        held[row.id] = row
    return [row for row in held.values() if row.history_type != "-"]


def check_past(at: datetime) -> None:
    """Nobody knows yet how anything will be."""
    if at > timezone.now():
        raise NotAsOf(f"{words(at)} is still to come; ask for a time that is over.", **_field(at, "a time in the past"))


def until_of(model: Any, row: Any) -> datetime | None:
    """When the version after this history row began; None where it holds still."""
    later = model.history.filter(id=row.id, row_version__gt=row.row_version).order_by("row_version")
    return later.values_list("history_date", flat=True).first()


def words(at: datetime) -> str:
    """``2026-11-21 08:30:00 UTC``"""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _field(at: datetime, rule: str) -> dict[str, str]:
    return {"field": "as_of", "value": at.isoformat(), "rule": rule}
