"""A rejection stays what it is: it is not taken back, not washed away, and its record still verifies years later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose, stages
from governance.changes.deciding import standings
from governance.changes.proposing import drafting
from governance.changes.releasing import ordering
from governance.changes.weighing import owners
from governance.errors import NotAllowed, Refused
from governance.models import ChangeRequest, Signature
from governance.services import signed_records
from governance.signing import ceremony, keys
from governance.signing.validity import verdict_of
from governance.signing.verify_package import check
from tests.factories.cast import PASSWORD
from tests.factories.deciding import disposed, released, session_of, sign, starter_policies
from tests.factories.world import REASON
from tests.integration.test_released_before_approval import (
    MAPPING,
    another_reviewer,
    emergency,
    house,  # noqa: F401 - a fixture
    now,
    released_by_two,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1"), pytest.mark.req("M7.4")]
NO = "It cannot stay so"


def rejected(house) -> ChangeRequest:  # noqa: F811
    """A change of a mapping that Rena rejects before its release."""
    made = propose(
        operations=[Operation("mapping", MAPPING["key"], MAPPING)], title="A change", by=house.ivo, reason=REASON
    )
    disposed(house.cast, now(made))
    plan = {"rollback": "The earlier revision again.", "success": "Nothing is refused for two weeks."}
    stages.plan(number=made.number, by=house.ivo, reason=REASON, **plan)
    sign(house.rena, made.number, "rejected", reason=NO)
    return now(made)


def test_after_a_rejection_in_retrospect_nobody_speaks_or_signs_and_it_stays_rejected(house):  # noqa: F811
    request = released_by_two(house)
    sign(house.rena, request.number, "rejected", reason=NO)
    (kind, key), *_ = [one.reference for one in owners.undisposed(now(request))]
    said = {"number": request.number, "kind": kind, "key": key, "verdict": "accepted", "comment": REASON}
    with pytest.raises(Refused, match="owners speak while"):
        owners.disposition(**said, by=another_reviewer("rolf", "Rolf Ek"))
    with pytest.raises(Refused, match="rejected in retrospect"):
        sign(house.cast.quinn, request.number, "approved")
    assert standings.standing(now(request), "change").veto is not None
    assert not standings.is_approved(now(request), "mapping", MAPPING["key"])


@pytest.mark.parametrize("make", [released_by_two, None], ids=["in retrospect", "before the release"])
def test_a_rejection_is_not_taken_back(house, make):  # noqa: F811
    request = make(house) if make else rejected(house)
    made = (
        sign(house.rena, request.number, "rejected", reason=NO) if make else Signature.objects.get(meaning="rejected")
    )
    with pytest.raises(Refused, match="not taken back"):
        ceremony.withdraw(
            signature=made,
            by=house.rena,
            session_key=session_of(house.rena),
            username=house.rena.username,
            password=PASSWORD,
            reason="I was wrong there",
        )
    assert verdict_of(made).word == "valid"


def test_the_record_of_a_rejection_verifies_after_a_policy_was_changed(house):  # noqa: F811
    request = rejected(house)
    held = next(one for one in starter_policies() if one["key"] == "every-change")
    operation = Operation("approval_policy", held["key"], {**held, "description": "Another word here."})
    released(
        house.cast, house.ivo, propose(operations=[operation], title="Policy words", by=house.ivo, reason=REASON).number
    )
    assert verdict_of(Signature.objects.get(subject_id=request.number)).word == "valid"
    package = signed_records.export(kind="change", subject_id=request.number, by=DEMONSTRATION, reason=REASON)
    assert check(package, keys.public()).problems == []


def test_what_was_on_hold_is_signed_for_its_time_again_and_then_carried_out(house):  # noqa: F811
    request = emergency(house)
    at = timezone.now() + timedelta(days=1)
    two = (house.cast.olga, house.cast.rick)
    for is_held in (True, False):
        ordering.set_time(number=request.number, at=at, by=house.cast.olga, reason=REASON)
        for person in two:
            sign(person, request.number, "released", "change_release")
        if is_held:
            drafting.hold(number=request.number, by=house.ivo, reason=REASON)
            drafting.resume(number=request.number, by=house.ivo, reason=REASON)
            assert not standings.standing(now(request), "change_release").live
    assert ordering.release_due(at + timedelta(minutes=1)) == [request.number]


def test_who_released_an_emergency_speaks_for_no_owner_of_it(house):  # noqa: F811
    request = released_by_two(house)
    kind, key = owners.undisposed(now(request))[0].reference
    said = {"number": request.number, "kind": kind, "key": key, "verdict": "accepted", "comment": REASON}
    with pytest.raises(NotAllowed, match="had a hand"):
        owners.disposition(**said, by=house.cast.rick)
    owners.disposition(**said, by=house.rena)
