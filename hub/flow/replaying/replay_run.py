"""A replay plan runs: each item back into the queue, or a sentence that says why not. A few queries a portion."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from governance.models.together import change_together
from hub.flow.replaying import replay_deliveries
from hub.flow.replaying.replay_steps import keep_steps
from hub.flow.states import MessageStatus
from hub.models import MessageState, ReplayPlan
from hub.models.replay import ReplayMode

PORTION = 200  # items read and written at once

Outcome = tuple[str, str]  # (queued, left or still_wrong; the sentence that says why)

QUEUED: Outcome = ("queued", "")
MOVED_ON: Outcome = ("left", "It is not in quarantine any more.")
UNREADABLE: Outcome = ("left", "It could not be read as a record; correct it at its source, or reject it.")


def run_portion(request: ReplayPlan) -> bool:
    """Put the next items back and write each one's outcome; True where more are left. Runs inside the open change.

    An item without an outcome has not been reached. The payloads of a portion are in memory together.
    """
    items = list(request.items.filter(outcome="").order_by("position")[: PORTION + 1])
    is_more, items = len(items) > PORTION, items[:PORTION]
    whole = [item.message_id for item in items if item.delivery_id is None]
    parts = [item.delivery_id for item in items if item.delivery_id is not None]
    outcomes = {**_messages(whole, request), **replay_deliveries.again(parts, request)}
    for item in items:
        item.outcome, item.sentence = outcomes[item.delivery_id or item.message_id]
    change_together(items, ["outcome", "sentence"])
    return is_more


def _messages(ids: Sequence[UUID], request: ReplayPlan) -> dict[UUID, Outcome]:
    """Quarantined messages are received once more, under the release that the mode names."""
    if not ids:
        return {}
    held = MessageState.objects.select_for_update().filter(id__in=ids, state=MessageStatus.QUARANTINED).order_by("id")
    outcomes, again = dict.fromkeys(ids, MOVED_ON), []
    for state in held:
        outcomes[state.id] = UNREADABLE if state.reason == "unreadable" else QUEUED
        if outcomes[state.id] is QUEUED:
            again.append(state)
    for state in again:
        _receive_once_more(state, request)
    fields = ["state", "release_id", "changed_at", "reason", "sentence", "error_field", "error_value", "error_rule"]
    MessageState.objects.bulk_update(again, fields, batch_size=200)
    keep_steps([(state.id, "replayed", "quarantined,received", state.release_id) for state in again])
    return outcomes


def _receive_once_more(state: MessageState, request: ReplayPlan) -> None:
    state.state, state.changed_at = MessageStatus.RECEIVED, timezone.now()
    state.reason = state.sentence = state.error_field = state.error_value = state.error_rule = ""
    if request.mode == ReplayMode.CURRENT_RELEASE and request.release_id:
        state.release_id = request.release_id
