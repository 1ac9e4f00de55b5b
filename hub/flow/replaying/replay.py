"""Replay: what was quarantined or died goes its way again, by a frozen plan with a reason.

Same bytes: the dead delivery is sent again as it is. Original release, or the one in force when it was planned: new
bytes are made. Where the interface is GxP a second person signs the plan first (hub/flow/replaying/replay_signing.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from governance import audit
from governance.errors import NotFound, Refused
from governance.guard.context import change, current
from governance.models.together import create_together
from hub.flow.bell import ring
from hub.flow.replaying import replay_run, replay_work
from hub.flow.replaying.replay_digest import checked_digest, digest_of
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import (
    Delivery,
    Interface,
    InterfaceControl,
    InterfaceRelease,
    MessageState,
    ReplayItem,
    ReplayPlan,
)
from hub.models.replay import ReplayMode, ReplayState
from hub.permissions import check_still_may_operate

LARGEST_PLAN = 10_000
AT_ONCE = replay_run.PORTION  # items of a plan that runs while the person waits


def plan(
    *, message_ids: Sequence[UUID], mode: str, by: Any, reason: str, only: Collection[UUID] | None = None
) -> ReplayPlan:
    """Freeze what will be replayed, in key order. Raises Refused naming the first message that cannot be.

    ``only`` are the deliveries that are meant; without it every dead one of these messages is.
    """
    check_plan(message_ids, mode)
    with change(by=by, reason=reason) as made:
        states = list(MessageState.objects.filter(id__in=message_ids).order_by("interface_key", "sequence", "id"))
        interface = check_one_interface(message_ids, states)
        check_still_may_operate(by, interface.key)
        request = ReplayPlan(
            interface_key=interface.key,
            mode=mode,
            release=_release_in_force(interface) if mode == ReplayMode.CURRENT_RELEASE else None,
            reason=made.reason,
            planned_by=made.by.frozen(),
            planned_at=timezone.now(),
            needs_second_person=interface.is_gxp,
        )
        items = _items(request, states, only)
        request.size, request.digest = len(items), digest_of(request, items)
        request.save()
        create_together(items)
        audit.record(
            "replay.planned",
            subject=("replay", str(request.id)),
            interface=interface.key,
            size=len(items),
            mode=ReplayMode(mode).label.lower(),
        )
        if not request.needs_second_person:
            execute(request)
    ring()
    return request


def check(message_ids: Sequence[UUID], mode: str) -> Interface:
    """The interface of these messages. Refuses what ``plan`` would refuse, and freezes nothing."""
    check_plan(message_ids, mode)
    states = list(MessageState.objects.filter(id__in=message_ids).order_by("interface_key", "sequence", "id"))
    interface = check_one_interface(message_ids, states)
    _items(ReplayPlan(mode=mode), states)
    return interface


def approve_signed(request: ReplayPlan) -> None:
    """The transition of the second person's signature, in its transaction (hub/flow/replaying/replay_signing.py)."""
    checked_digest(request)
    request.state, request.approved_by = ReplayState.APPROVED, current().by.frozen()
    request.approved_at = timezone.now()
    request.save()
    audit.record("replay.approved", subject=("replay", str(request.id)), interface=request.interface_key)
    execute(request)
    transaction.on_commit(ring, robust=True)


def execute(request: ReplayPlan) -> None:
    """A small plan runs in this transaction; a large one is put on its way, and the ticks take it in portions."""
    if request.size <= AT_ONCE:
        replay_run.run_portion(request)
        replay_work.finish(request)
        return
    request.state = ReplayState.RUNNING
    request.save()


def _release_in_force(interface: Interface) -> InterfaceRelease:
    """Read in the transaction, not from what a process keeps for a second."""
    return InterfaceControl.objects.select_related("release").get(interface=interface).release


def check_plan(message_ids: Sequence[UUID], mode: str) -> None:
    if mode not in ReplayMode.values:
        raise Refused(
            f"{mode!r} is no mode of replay; there are: {', '.join(ReplayMode.values)}.",
            field="mode",
            value=mode,
            rule=f"one of {', '.join(ReplayMode.values)}",
        )
    if not message_ids:
        raise Refused("Name at least one message to replay.", field="messages", value="none", rule="at least one")
    if len(message_ids) > LARGEST_PLAN:
        raise Refused(
            f"A plan holds at most {LARGEST_PLAN} messages.",
            field="messages",
            value=str(len(message_ids)),
            rule=f"≤ {LARGEST_PLAN}",
        )


def check_one_interface(message_ids: Sequence[UUID], states: Sequence[MessageState]) -> Interface:
    missing = set(message_ids) - {state.id for state in states}
    if missing:
        raise NotFound(f"There is no message {min(missing)}.", field="messages", value=str(min(missing)))
    keys = {state.interface_key for state in states}
    if len(keys) > 1:
        of = ", ".join(sorted(keys))
        raise Refused(
            f"A plan is for one interface; these are of {of}.", field="messages", value=of, rule="of one interface"
        )
    return Interface.objects.get(key=keys.pop())


def _items(
    request: ReplayPlan, states: Sequence[MessageState], only: Collection[UUID] | None = None
) -> list[ReplayItem]:
    """One a quarantined message or a dead delivery; a quarantined message has no delivery yet."""
    rows = Delivery.objects.filter(message_id__in=[state.id for state in states], state=DeliveryStatus.DEAD)
    dead: dict[UUID, list[Delivery]] = defaultdict(list)
    for delivery in rows.order_by("id"):
        if only is None or delivery.id in only:
            dead[delivery.message_id].append(delivery)
    pairs = [pair for state in states for pair in _replayable(state, dead[state.id], request.mode, only)]
    return [
        ReplayItem(plan=request, position=position, message_id=message_id, delivery_id=delivery_id)
        for position, (message_id, delivery_id) in enumerate(pairs)
    ]


def _replayable(
    state: MessageState, dead: Sequence[Delivery], mode: str, only: Collection[UUID] | None
) -> list[tuple[UUID, UUID | None]]:
    """(message, delivery) pairs of one message."""
    is_held = state.state == MessageStatus.QUARANTINED
    if not is_held and not dead:
        among = "" if only is None else " of this group"
        raise Refused(
            f"Message {state.id} is {state.state}: it has neither a dead delivery{among} nor is it in quarantine.",
            field="messages",
            value=str(state.id),
            rule="dead or in quarantine",
        )
    if mode == ReplayMode.SAME_BYTES and (is_held or any(one.payload_id is None for one in dead)):
        why = (
            "is in quarantine and was never sent" if is_held else "has a delivery that was never mapped for its target"
        )
        raise Refused(
            f"Message {state.id} {why}; reprocess it instead.",
            field="mode",
            value=mode,
            rule="only what was mapped for its target has bytes to send again",
        )
    return [(state.id, None)] if is_held else [(state.id, one.id) for one in dead]


audit.describe(
    replay__planned="{actor} planned to replay {size} item(s): {mode}.",
    replay__approved="{actor} approved the replay {subject}.",
    replay__executed="{done} of {size} item(s) of the replay {subject} were put back into the queue.",
    message__rejected="{actor} closed the quarantined message {subject}.",
    delivery__cancelled="{actor} cancelled the delivery {subject}.",
)
