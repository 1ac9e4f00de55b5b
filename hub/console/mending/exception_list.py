"""The list of exceptions as it is declared: one row a group of what looks alike."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hub.console import words
from hub.console.listing import Column, Listing, choice, interfaces, opened, text
from hub.flow.states import Reason
from hub.selectors.mending import exceptions
from hub.selectors.mending.exceptions import WORST_FIRST, Group

ASSIGNED = (("me", "To me"), ("nobody", "To nobody"), ("somebody", "To somebody"))


def _rows(user: Any, values: dict[str, Any], before: Any, limit: int) -> list[Group]:
    return exceptions.groups(user, **values)


def _states(user: Any) -> list[tuple[str, str]]:
    return [(str(state), words.state(state).word) for state in WORST_FIRST]


def _reasons(user: Any) -> list[tuple[str, str]]:
    return [(str(reason), words.reason(reason)) for reason in Reason]


def _rule(row: Group) -> str:
    """What a target said about a field may quote its value, so no file holds it."""
    return "" if row.reason == Reason.REJECTED else row.shown_rule


LISTING = opened(
    Listing(
        name="exceptions",
        title="Exceptions",
        url="exceptions",
        filters=(
            interfaces(),
            choice("state", "State", _states),
            choice("reason", "Reason", _reasons),
            choice("assigned", "Assigned", lambda user: ASSIGNED),
            text("deviation", "Deviation", hint="Exactly"),
        ),
        columns=(
            Column("state", "State", lambda row: words.state(row.state).word, order="state"),
            Column("reason", "Reason", lambda row: words.reason(row.reason), order="reason"),
            Column("interface", "Interface", lambda row: row.interface_key, order="interface"),
            Column("route", "Route", lambda row: row.route),
            Column("field", "Field", lambda row: row.field),
            Column("rule", "Rule", _rule),
            Column("count", "How many", lambda row: row.count, "number", order="count"),
            Column("first_at", "First (UTC)", lambda row: row.first_at, "moment", order="first_at"),
            Column("last_at", "Last (UTC)", lambda row: row.last_at, "moment", order="last_at"),
            Column("assigned_to", "Assigned to", lambda row: row.assigned_to),
            Column("deviation", "Deviation", lambda row: row.deviation),
            Column("group", "Fingerprint", lambda row: row.fingerprint),
        ),
        rows=_rows,
        extras=("group",),
        is_whole=True,
    )
)


def address(group: Group) -> str:
    """The page on which the group stands open."""
    return f"{reverse('exceptions')}?group={group.fingerprint}#open"
