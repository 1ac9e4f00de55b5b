"""The list of messages as it is declared: what it can be asked, and what a file of it holds."""

from __future__ import annotations

from typing import Any

from hub.console import words
from hub.console.listing import Column, Listing, choice, interfaces, moment, opened, text
from hub.flow.states import DeliveryStatus, MessageStatus, Reason
from hub.selectors.record import messages
from hub.selectors.record.messages import MessageRow

STATES = (
    *(str(state) for state in MessageStatus),
    *(str(state) for state in (DeliveryStatus.DEAD, DeliveryStatus.IN_DOUBT, DeliveryStatus.RETRY_WAIT)),
    *(str(state) for state in (DeliveryStatus.PENDING, DeliveryStatus.CONFIRMED, DeliveryStatus.CANCELLED)),
)


def _states(user: Any) -> list[tuple[str, str]]:
    return [(state, words.state(state).word) for state in STATES]


def _reasons(user: Any) -> list[tuple[str, str]]:
    return [(str(reason), words.reason(reason)) for reason in Reason]


def _held(user: Any) -> list[tuple[str, str]]:
    return [("yes", "Waits for a person"), ("no", "Nothing is held")]


def _rows(user: Any, values: dict[str, Any], before: Any, limit: int) -> list[MessageRow]:
    return messages.search(user, **values, before=before, limit=limit)


def _routes(row: MessageRow) -> str:
    return "; ".join(f"{one.route}: {words.state(one.state).word}" for one in row.routes)


def _receipts(row: MessageRow) -> str:
    return "; ".join(f"{one.route}: {one.external_id}" for one in row.routes if one.external_id)


LISTING = opened(
    Listing(
        name="messages",
        title="Messages",
        url="messages",
        filters=(
            text("text", "Words", hint="Lot, order, id, type"),
            interfaces(),
            choice("state", "State", _states),
            choice("reason", "Reason", _reasons),
            choice("exceptions", "Exceptions", _held),
            moment("since", "From (UTC)"),
            moment("until", "Until (UTC)", hint="2026-11-21 18:00"),
            text("external_id", "Id at a target", hint="Exactly"),
            text("business_key", "Business key", is_minor=True),
            text("correlation_id", "Correlation id", is_minor=True),
        ),
        columns=(
            Column("received_at", "Received (UTC)", lambda row: row.received_at, "moment", order="id"),
            Column("interface", "Interface", lambda row: row.interface_key, "mono", order="interface_key"),
            Column("business_key", "Business key", lambda row: row.business_key),
            Column("state", "State", lambda row: words.state(row.standing).word),
            Column("reason", "Reason", lambda row: words.reason(row.reason) if row.reason else ""),
            Column("type", "Type", lambda row: row.event_type),
            Column("source", "From system", lambda row: row.source_system),
            Column("routes", "Routes", _routes),
            Column("receipts", "Ids at the targets", _receipts),
            Column("correlation_id", "Correlation id", lambda row: row.correlation_id),
            Column("id", "Id", lambda row: row.id),
        ),
        rows=_rows,
        count=messages.count,
        extras=("open",),
    )
)
