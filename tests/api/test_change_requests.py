"""Change control over the API: a system proposes where that was granted, and decides nothing."""

from __future__ import annotations

import pytest

from governance.actors import DEMONSTRATION
from governance.models import ChangeRequest, Refusal
from hub.services.grants import grant
from tests.factories.deciding import approved, engineer, put_policies_in_force, sign
from tests.factories.world import REASON, interface

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

WHY = {"title": "Another owner", "reason": "The laboratory has a new head"}
WANTED = {"kind": "interface", "key": "IF-001", "content": interface(label="Results to quality, renamed")}


@pytest.fixture
def house(world):
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    for direction in ("read", "propose"):
        grant(account=world.account, interface_key="IF-001", direction=direction, by=DEMONSTRATION, reason=REASON)
    return world


def proposed(api) -> str:
    answer = api("post", "changes", {**WHY, "operations": [WANTED]})
    assert answer.status_code == 201, answer.content
    return answer.json()["number"]


def test_a_system_proposes_and_persons_decide(api, house):
    number = proposed(api)
    assert ChangeRequest.objects.get(number=number).author["kind"] == "service_account"
    refused = api("post", f"changes/{number}/signatures", {"meaning": "approved"})
    assert (refused.status_code, "never approves" in refused.json()["detail"]) == (403, True)
    assert Refusal.objects.filter(act="change.sign", status=403).exists()
    approved(house.cast, number)
    sign(house.cast.olga, number, "released", "change_release")
    told = api("get", f"changes/{number}/signatures").json()["signatures"]
    assert [(one["subject"], one["name"], one["is_valid"]) for one in told] == [
        ("change", "Quinn Mbeki", True),
        ("change_release", "Olga Brandt", True),
    ]
    assert api("get", f"changes/{number}").json()["state"] == "closed"


def test_what_was_not_granted_cannot_be_proposed(api, house):
    other = {"kind": "element", "key": "lot", "content": None}
    assert api("post", "changes", {**WHY, "operations": [other]}).status_code == 403


@pytest.mark.parametrize("surplus", ["status", "state", "approved_by", "policy", "path", "risk", "released_at"])
def test_nobody_says_in_a_body_how_it_was_decided(api, house, surplus):
    answer = api("post", "changes", {**WHY, "operations": [WANTED], surplus: "approved"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, surplus)
    within = api("post", "changes", {**WHY, "operations": [{**WANTED, surplus: "approved"}]})
    assert (within.status_code, surplus in within.json()["errors"][0]["field"]) == (422, True)


def test_where_nothing_is_signed_a_systems_proposal_waits_for_a_person(api, world):
    for direction in ("read", "propose"):
        grant(account=world.account, interface_key="IF-001", direction=direction, by=DEMONSTRATION, reason=REASON)
    number = proposed(api)
    assert ChangeRequest.objects.get(number=number).is_open_draft


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"title": "One", "title": "Two"}', "twice"),
        (b'{"title": NaN}', "NaN"),
        ({**WHY, "reason": "."}, "says too little"),
        ({**WHY, "reason": "The laboratory \u202edaeh wen a sah"}, "U+202E"),
        ({**WHY, "title": "Cafe\u0301"}, "normalisation form C"),
        ({**WHY, "label": "Cafe\u0301"}, "The text at label is not in Unicode normalisation form C"),
        ({**WHY, "label": "Results \u2066to"}, "The text at label holds U+2066"),
    ],
    ids=["twice", "NaN", "point", "turned reason", "two spellings", "content with two", "turned content"],
)
def test_what_could_be_misread_does_not_come_in(api, house, body, says):
    if isinstance(body, dict):
        content = {**WANTED["content"], "label": body.get("label", "Results to quality, renamed")}
        body = {**{name: body[name] for name in WHY}, "operations": [{**WANTED, "content": content}]}
    before = ChangeRequest.objects.count()
    answer = api("post", "changes", body)
    assert answer.status_code in (400, 422), answer.content
    assert says in answer.content.decode(), answer.content
    assert ChangeRequest.objects.count() == before
