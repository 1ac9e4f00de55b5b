"""Which tables of messages the database guards: their evidence is the batch's line in the ledger, not one a row."""

from __future__ import annotations

from governance.guard.tables import guard, guard_moves
from hub.flow.states import DELIVERY_FOLLOWING, MESSAGE_FOLLOWING
from hub.models import Attempt, ClosedDelivery, DataKey, Delivery, Message, MessageState, MessageStep, Payload

WRITTEN_ONCE = (Message, MessageStep, Attempt, ClosedDelivery)


def register() -> None:
    for once in WRITTEN_ONCE:
        guard(once, is_append_only=True, is_in_ledger=False, clock="")
    guard(Payload)
    guard(DataKey)
    guard(MessageState)
    guard_moves(MessageState, "state", MESSAGE_FOLLOWING)
    guard(Delivery)
    guard_moves(Delivery, "state", DELIVERY_FOLLOWING)
