"""A rollback brings back only what was decided for, and ends no decision about an emergency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.changes import Operation, propose
from governance.changes.effective import revision_of
from governance.changes.releasing import rollback
from governance.changes.told import open_acts
from governance.changes.told.stage_words import stage_of
from governance.changes.weighing import owners
from governance.errors import Refused
from governance.guard.context import change
from governance.models import ChangeRequest
from governance.models.change_request import ChangeState
from governance.signing.rules import NotOpen
from tests.factories.deciding import disposed, release_signed, released, sign
from tests.factories.world import REASON, to_canonical
from tests.integration.console.test_change_pages import signed_in
from tests.integration.test_released_before_approval import MAPPING, house, now, page, released_by_two  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M7.5")]

THIRD = {**to_canonical(), "label": "Results under other words"}


def changed(house, content) -> ChangeRequest:  # noqa: F811
    made = propose(
        operations=[Operation("mapping", content["key"], content)], title="Mended", by=house.ivo, reason=REASON
    )
    return released(house.cast, house.ivo, made.number)


def back_from(house, request: ChangeRequest) -> ChangeRequest:  # noqa: F811
    return rollback.roll_back(number=request.number, by=house.cast.quinn, reason=REASON)


# --- what comes back ---------------------------------------------------------------------------------------------


def test_what_was_rejected_in_retrospect_does_not_come_back(house):  # noqa: F811
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason="It cannot stay so")
    mended = changed(house, to_canonical())
    with pytest.raises(Refused, match=rf"bring back version .*, and {request.number}, which put it in force, does not"):
        back_from(house, mended)
    assert revision_of("mapping", MAPPING["key"]).content == to_canonical()


def test_what_is_rejected_while_the_rollback_waits_does_not_come_back(house):  # noqa: F811
    request = released_by_two(house)
    mended = changed(house, to_canonical())
    back = back_from(house, mended)
    sign(house.rena, request.number, "rejected", reason="It cannot stay so")
    with pytest.raises(Refused, match="Propose an ordinary change instead"):
        release_signed(house.cast.olga, back.number)
    assert revision_of("mapping", MAPPING["key"]).content == to_canonical()


def test_what_was_decided_for_comes_back_by_whatever_way_it_came(house):  # noqa: F811
    """From before the first policy, by approval, and by a rollback of its own."""
    back = back_from(house, changed(house, MAPPING))
    assert release_signed(house.cast.olga, back.number).state == ChangeState.CLOSED
    assert revision_of("mapping", MAPPING["key"]).content == to_canonical()
    back = back_from(house, changed(house, MAPPING))
    assert release_signed(house.cast.olga, back.number).state == ChangeState.CLOSED
    changed(house, MAPPING)
    back = back_from(house, changed(house, THIRD))
    assert release_signed(house.cast.olga, back.number).state == ChangeState.CLOSED
    assert revision_of("mapping", MAPPING["key"]).content == MAPPING


# --- an emergency that was rolled back ---------------------------------------------------------------------------


@pytest.fixture
def past(house) -> ChangeRequest:  # noqa: F811
    """An emergency that was rolled back before anybody decided on it."""
    request = released_by_two(house)
    back = rollback.roll_back(number=request.number, by=house.cast.olga, reason=REASON)
    release_signed(house.cast.quinn, back.number)
    assert now(request).state == ChangeState.ROLLED_BACK
    return now(request)


def queue(house, name: str) -> str:  # noqa: F811
    return signed_in(house.cast.quinn).get(reverse("changes") + f"?queue={name}").content.decode()


def row(request: ChangeRequest) -> str:
    return f'href="{reverse("change", args=[request.number])}"'


def is_late(request: ChangeRequest, by) -> None:
    with change(by=by, reason=REASON):
        late = now(request)
        late.retrospective_due_at = timezone.now() - timedelta(hours=1)
        late.save()


def test_it_is_still_approved_in_retrospect(house, past):  # noqa: F811
    assert stage_of(past) == "Rolled back before approval"
    text = page(house.rena, past)
    assert "Rolled back before approval" in text
    assert "Approval in retrospect due" in text
    assert row(past) in queue(house, "decide")
    assert row(past) not in queue(house, "overdue")
    is_late(past, house.ivo)
    assert row(past) in queue(house, "overdue")
    overview = signed_in(house.cast.quinn).get(reverse("overview")).content.decode()
    assert "its approval in retrospect was due" in overview
    assert [one.meaning for one in open_acts.open_signatures(now(past))] == ["reviewed", "rejected"]
    with pytest.raises(Refused, match="Somebody has yet to say"):
        sign(house.rena, past.number, "reviewed")
    disposed(house.cast, now(past), by=house.rena)
    assert owners.undisposed(now(past)) == []
    sign(house.rena, past.number, "reviewed")
    sign(house.cast.quinn, past.number, "approved")
    done = now(past)
    assert (done.state, done.retrospective_done_at is None) == (ChangeState.ROLLED_BACK, False)
    assert stage_of(done) == "Rolled back"
    _is_decided(house, past)


def test_it_is_still_rejected_in_retrospect(house, past):  # noqa: F811
    is_late(past, house.ivo)
    sign(house.rena, past.number, "rejected", reason="It should never have been")
    done = now(past)
    assert (done.state, stage_of(done)) == (ChangeState.ROLLED_BACK, "Rolled back, rejected in retrospect")
    assert done.stopped_because == "It was rejected in retrospect, after it had been rolled back."
    _is_decided(house, past)


def _is_decided(house, past) -> None:  # noqa: F811
    assert open_acts.open_signatures(now(past)) == []
    for name in ("decide", "overdue", "stopped"):
        assert row(past) not in queue(house, name)
    with pytest.raises(NotOpen, match="was rolled back: nothing of it is signed any more"):
        sign(house.cast.quinn, past.number, "approved")


def test_one_that_was_rejected_first_is_over_once_it_is_rolled_back(house):  # noqa: F811
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason="It cannot stay so")
    is_late(request, house.ivo)
    assert row(request) in queue(house, "overdue"), "it is in force still"
    back = rollback.roll_back(number=request.number, by=house.cast.olga, reason=REASON)
    release_signed(house.cast.quinn, back.number)
    assert stage_of(now(request)) == "Rolled back, rejected in retrospect"
    _is_decided(house, request)
