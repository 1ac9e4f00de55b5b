"""The list of replay plans as it is declared."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hub.console import words
from hub.console.listing import Column, Listing, choice, interfaces, moment, opened, text
from hub.models import ReplayPlan
from hub.models.replay import ReplayMode, ReplayState
from hub.selectors.mending import replays


def _rows(user: Any, values: dict[str, Any], before: Any, limit: int) -> list[ReplayPlan]:
    return list(replays.plans(user, **values, before=before)[:limit])


def _count(user: Any, values: dict[str, Any], most: int) -> int:
    return replays.plans(user, **values).order_by()[:most].count()


def _states(user: Any) -> list[tuple[str, str]]:
    return [(str(state), words.state(state).word) for state in ReplayState]


def _approved_by(row: ReplayPlan) -> str:
    if row.approved_by:
        return row.approved_by["name"]
    return "a second person is asked" if row.needs_second_person else "not needed"


LISTING = opened(
    Listing(
        name="replays",
        title="Replays",
        url="replays",
        filters=(
            interfaces(),
            choice("state", "State", _states),
            choice("mode", "How", lambda user: ReplayMode.choices),
            text("planned_by", "Planned by", hint="Name"),
            text("text", "Words", hint="In the reason"),
            moment("since", "From (UTC)"),
            moment("until", "Until (UTC)", hint="2026-11-21 18:00"),
        ),
        columns=(
            Column("state", "State", lambda row: row.state, "state", order="state"),
            Column(
                "mode",
                "Plan",
                lambda row: row.get_mode_display(),
                "wide",
                url=lambda row: reverse("replay", args=[row.id]),
                under=lambda row: row.reason,
            ),
            Column("interface", "Interface", lambda row: row.interface_key, "mono", order="interface_key"),
            Column("size", "Items", lambda row: row.size, "number", order="size"),
            Column("planned_by", "Planned by", lambda row: row.planned_by["name"]),
            Column("approved_by", "Approved by", _approved_by),
            Column("planned_at", "Planned (UTC)", lambda row: row.planned_at, "moment", order="id"),
            Column("reason", "Reason", lambda row: row.reason, is_on_page=False),
            Column("approved_at", "Approved (UTC)", lambda row: row.approved_at, is_on_page=False),
            Column("digest", "Digest of the list", lambda row: row.digest, is_on_page=False),
            Column("id", "Id", lambda row: row.id, is_on_page=False),
        ),
        rows=_rows,
        count=_count,
    )
)
