"""The services judge rights themselves, in their own transaction: the door may have looked a moment too early."""

from __future__ import annotations

from uuid import UUID

import pytest

from governance.actors import DEMONSTRATION
from governance.errors import NotAllowed
from governance.guard.context import change
from governance.models import Person
from hub.flow import control
from hub.flow.replaying import replay, replay_items
from hub.flow.work import drain
from hub.models import Delivery, InterfaceControl, MessageState
from hub.services import decisions
from tests.factories.deciding import approve_replay
from tests.factories.world import connection, release, sample
from tests.integration.test_delivery import NONE
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

WHY = "The owner asked for it"


@pytest.fixture
def aside(client, world):
    """One of each: a message in quarantine, a dead delivery, one in doubt, a plan that waits."""
    release(("connection", connection(world.target.url, **NONE)))
    world.target.status_for["S-2"] = 422
    held = UUID(post(client, world, sample(1, lot="L-1", verdict="MAYBE")).json()["id"])
    post(client, world, sample(2, lot="L-2"))
    drain()
    world.target.drop_next = 1
    post(client, world, sample(3, lot="L-3"))
    drain()
    return {
        "held": held,
        "dead": Delivery.objects.get(state="dead").id,
        "doubtful": Delivery.objects.get(state="in_doubt").id,
        "plan": replay.plan(message_ids=[held], mode="current_release", by=world.cast.olga, reason=WHY),
    }


ACTS = {
    "pause": lambda a, by: control.pause(interface_key="IF-001", by=by, reason=WHY),
    "reject": lambda a, by: replay_items.reject(message_id=a["held"], by=by, reason=WHY),
    "cancel": lambda a, by: replay_items.cancel(delivery_id=a["dead"], by=by, reason=WHY),
    "plan": lambda a, by: replay.plan(message_ids=[a["held"]], mode="current_release", by=by, reason=WHY),
    "approve": lambda a, by: approve_replay(a["plan"], by),
    "propose": lambda a, by: decisions.propose(
        delivery_id=a["doubtful"], decision="cancel", external_id="", by=by, reason=WHY
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_who_may_only_look_is_refused_by_the_service_too(world, aside, act):
    with pytest.raises(NotAllowed, match="not operate it"):
        ACTS[act](aside, world.cast.victor)
    assert MessageState.objects.get(id=aside["held"]).state == "quarantined"
    ACTS[act](aside, world.cast.quinn)


def test_a_right_that_was_taken_away_meanwhile_is_not_used(world):
    quinn = world.cast.quinn
    control.pause(interface_key="IF-001", by=quinn, reason=WHY)
    with change(by=DEMONSTRATION, reason="She left the company"):
        gone = Person.objects.get(pk=quinn.pk)  # the object in hand knows nothing of it
        gone.is_active = False
        gone.save()
    with pytest.raises(NotAllowed):
        control.resume(interface_key="IF-001", by=quinn, reason=WHY)
    assert InterfaceControl.objects.get().paused_at
    control.resume(interface_key="IF-001", by=world.cast.olga, reason=WHY)
