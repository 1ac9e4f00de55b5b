"""States of messages and deliveries, and which follows which: the documentation's diagram is made from here."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # due_at of what waits for a person


class MessageStatus(StrEnum):
    RECEIVED = "received"
    ROUTED = "routed"
    COMPLETE = "complete"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class DeliveryStatus(StrEnum):
    WAITING_DEPENDENCY = "waiting_dependency"
    PENDING = "pending"
    LEASED = "leased"
    SENDING = "sending"
    RETRY_WAIT = "retry_wait"
    IN_DOUBT = "in_doubt"
    DEAD = "dead"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why something is dead, in doubt or in quarantine."""

    UNMAPPED = "unmapped"
    INVALID = "invalid"
    REJECTED = "rejected"
    EXHAUSTED = "exhausted"
    MISCONFIGURED = "misconfigured"
    UNKNOWN_OUTCOME = "unknown_outcome"
    UNREADABLE = "unreadable"
    INTERNAL = "internal"


M, D = MessageStatus, DeliveryStatus

MESSAGE_FOLLOWING: dict[MessageStatus, tuple[MessageStatus, ...]] = {
    M.RECEIVED: (M.ROUTED, M.COMPLETE, M.QUARANTINED),
    M.ROUTED: (M.COMPLETE,),
    M.QUARANTINED: (M.RECEIVED, M.REJECTED),
    M.COMPLETE: (),
    M.REJECTED: (),
}

DELIVERY_FOLLOWING: dict[DeliveryStatus, tuple[DeliveryStatus, ...]] = {
    D.WAITING_DEPENDENCY: (D.PENDING, D.DEAD, D.CANCELLED),
    D.PENDING: (D.LEASED, D.CANCELLED),
    D.LEASED: (D.SENDING, D.PENDING, D.CONFIRMED, D.RETRY_WAIT, D.IN_DOUBT, D.DEAD),
    D.SENDING: (D.CONFIRMED, D.RETRY_WAIT, D.IN_DOUBT, D.DEAD),
    D.RETRY_WAIT: (D.LEASED, D.DEAD, D.CANCELLED),
    D.IN_DOUBT: (D.LEASED, D.CONFIRMED, D.PENDING, D.DEAD, D.CANCELLED),
    D.DEAD: (D.PENDING, D.CANCELLED),
    D.CONFIRMED: (),
    D.CANCELLED: (),
}

OPEN = tuple(state for state, following in DELIVERY_FOLLOWING.items() if following)
TERMINAL = tuple(state for state, following in DELIVERY_FOLLOWING.items() if not following)
CLAIMABLE = (D.PENDING, D.RETRY_WAIT, D.IN_DOUBT)
IN_FLIGHT = (D.LEASED, D.SENDING)
HOLDING = (M.RECEIVED, M.QUARANTINED)  # an earlier message of the key that has not been routed yet
