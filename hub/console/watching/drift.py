"""Drift: fields that arrive and that no rule names, over all interfaces of a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from hub.console.doors import page
from hub.console.listing import Column, Listing, answer, interfaces, opened, text
from hub.models import Drift
from hub.selectors import drift


def _rows(user: Any, values: dict[str, Any], before: Any, limit: int) -> list[Drift]:
    return list(drift.of_user(user, **values, before=before)[:limit])


def _count(user: Any, values: dict[str, Any], most: int) -> int:
    return drift.of_user(user, **values).order_by()[:most].count()


LISTING = opened(
    Listing(
        name="drift",
        title="Drift",
        url="drift",
        filters=(interfaces(), text("path", "Field of the source", hint="A part of its path")),
        columns=(
            Column("path", "Field of the source", lambda row: row.path, "mono", order="path"),
            Column(
                "interface",
                "Interface",
                lambda row: row.interface_key,
                "mono",
                url=lambda row: reverse("interface", args=[row.interface_key]),
                order="interface_key",
            ),
            Column("count", "Messages", lambda row: row.count, "number", order="count"),
            Column(
                "first_seen",
                "First seen (UTC)",
                lambda row: row.first_seen_at,
                "moment",
                url=lambda row: reverse("message", args=[row.first_message_id]),
                order="first_seen_at",
            ),
            Column(
                "last_seen",
                "Last seen (UTC)",
                lambda row: row.last_seen_at,
                "moment",
                url=lambda row: reverse("message", args=[row.last_message_id]),
                order="last_seen_at",
            ),
        ),
        rows=_rows,
        count=_count,
    )
)


@require_safe
@page
def index(request: HttpRequest) -> HttpResponseBase:
    """The newest unknown fields first."""
    return answer(request, LISTING, "hub/drift/list.html")
