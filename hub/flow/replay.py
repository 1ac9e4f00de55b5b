"""Replay: what was quarantined or died goes its way again, by a frozen plan with a reason.

Same bytes: the dead delivery is sent again under its old key. Original release or the one in force: the message is
prepared anew. Where the interface is GxP a second person approves the plan first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from governance import audit
from governance.actors import actor_of
from governance.errors import NotFound, Refused
from governance.guard.context import change
from governance.signing.ceremony import attest
from governance.signing.statement import digest
from hub.flow import replay_items
from hub.flow.bell import ring
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import Delivery, Interface, MessageState, ReplayItem, ReplayPlan
from hub.models.replay import ReplayMode, ReplayState
from hub.permissions import check_is_person, check_still_may_operate

LARGEST_PLAN = 10_000


def plan(*, message_ids: Sequence[UUID], mode: str, by: Any, reason: str) -> ReplayPlan:
    """Freeze what will be replayed, in key order. Raises Refused naming the first message that cannot be."""
    check_plan(message_ids, mode)
    with change(by=by, reason=reason) as made:
        states = list(MessageState.objects.filter(id__in=message_ids).order_by("interface_key", "sequence", "id"))
        interface = check_one_interface(message_ids, states)
        check_still_may_operate(by, interface.key)
        items = [pair for state in states for pair in _replayable(state, mode)]
        request = ReplayPlan(
            interface_key=interface.key,
            mode=mode,
            reason=made.reason,
            planned_by=made.by.frozen(),
            planned_at=timezone.now(),
            digest=digest([[str(part) for part in pair] for pair in items]),
            size=len(items),
            needs_second_person=interface.is_gxp,
        )
        request.save()
        for position, (message_id, delivery_id) in enumerate(items):
            ReplayItem(plan=request, position=position, message_id=message_id, delivery_id=delivery_id).save()
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


def approve(*, plan_id: UUID, by: Any, reason: str) -> ReplayPlan:
    """The second person: approves the frozen plan, and it runs."""
    with change(by=by, reason=reason):
        request = ReplayPlan.objects.select_for_update().filter(id=plan_id).first()
        if request is None:
            raise NotFound(f"There is no replay plan {plan_id}.")
        check_is_person(by)
        check_still_may_operate(by, request.interface_key)
        if request.state != ReplayState.PLANNED:
            raise Refused(f"This plan is {request.get_state_display().lower()} already.")
        attest(
            meaning="replay_approved",
            subject=("replay", str(request.id)),
            content={"digest": request.digest, "size": request.size, "mode": request.mode},
            by=by,
            reason=reason,
            not_by=[request.planned_by["id"]],
        )
        request.state, request.approved_by, request.approved_at = (
            ReplayState.APPROVED,
            actor_of(by).frozen(),
            timezone.now(),
        )
        request.save()
        audit.record("replay.approved", subject=("replay", str(request.id)), interface=request.interface_key)
        execute(request)
    ring()
    return request


def execute(request: ReplayPlan) -> None:
    """Each item back into the queue, with an outcome a row; what moved on meanwhile is left alone and said."""
    for item in request.items.all():
        item.outcome, item.sentence = replay_items.again(item, request.mode)
        item.save()
    request.state = ReplayState.DONE
    request.save()
    done = request.items.filter(outcome="queued").count()
    audit.record(
        "replay.executed",
        subject=("replay", str(request.id)),
        interface=request.interface_key,
        done=done,
        size=request.size,
    )


def check_plan(message_ids: Sequence[UUID], mode: str) -> None:
    if mode not in ReplayMode.values:
        raise Refused(
            f"{mode!r} is no mode of replay; there are: {', '.join(ReplayMode.values)}.",
            field="mode",
            value=mode,
        )
    if not message_ids:
        raise Refused("Name at least one message to replay.", field="messages", rule="at least one")
    if len(message_ids) > LARGEST_PLAN:
        raise Refused(f"A plan holds at most {LARGEST_PLAN} messages.", field="messages", rule=f"≤ {LARGEST_PLAN}")


def check_one_interface(message_ids: Sequence[UUID], states: Sequence[MessageState]) -> Interface:
    missing = set(message_ids) - {state.id for state in states}
    if missing:
        raise NotFound(f"There is no message {min(missing)}.", field="messages", value=str(min(missing)))
    keys = {state.interface_key for state in states}
    if len(keys) > 1:
        raise Refused(f"A plan is for one interface; these are of {', '.join(sorted(keys))}.", field="messages")
    return Interface.objects.get(key=keys.pop())


def _replayable(state: MessageState, mode: str) -> list[tuple[UUID, UUID | None]]:
    """(message, delivery) pairs; a quarantined message has no delivery yet."""
    if state.state == MessageStatus.QUARANTINED:
        if mode == ReplayMode.SAME_BYTES:
            raise Refused(
                f"Message {state.id} is in quarantine and was never sent; reprocess it instead.",
                field="mode",
                value=mode,
            )
        return [(state.id, None)]
    dead = Delivery.objects.filter(message_id=state.id, state=DeliveryStatus.DEAD).order_by("id")
    pairs: list[tuple[UUID, UUID | None]] = [(state.id, one.id) for one in dead]
    if not pairs:
        raise Refused(
            f"Message {state.id} is {state.state}: it has neither a dead delivery nor is it in quarantine.",
            field="messages",
            value=str(state.id),
        )
    return pairs


audit.describe(
    replay__planned="{actor} planned to replay {size} item(s): {mode}.",
    replay__approved="{actor} approved the replay {subject}.",
    replay__executed="{done} of {size} item(s) of the replay {subject} were put back into the queue.",
    message__rejected="{actor} closed the quarantined message {subject}.",
    delivery__cancelled="{actor} cancelled the delivery {subject}.",
)
