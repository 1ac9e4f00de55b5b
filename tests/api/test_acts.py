"""Acts over the API: read strictly, allowed to whom they belong, and never answered with a library's own words."""

from __future__ import annotations

import json

import pytest

from governance.models import ChangeRequest, Refusal
from hub.flow.work import drain
from hub.models import ReplayPlan
from tests.factories.world import element, sample
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

WHY = {"title": "A better definition", "reason": "The old one said too little"}
LIBRARY_WORDS = (
    "Expecting",
    "parse error",
    "Traceback",
    "codec",
    "delimiter",
    "msgspec",
    "line 1 column",
    "ParseError",
)


@pytest.fixture
def held(client, world) -> str:
    """The id of a message in quarantine."""
    message_id = post(client, world, sample(1, verdict="MAYBE")).json()["id"]
    drain()
    return message_id


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"\xff\xfe", 400),
        (b'{"reason": "a", "reason": "b"}', 400),
        (b'{"mode": NaN}', 400),
        (b'{"messages": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
        (b'{"messages": ' + b"[" * 200 + b"]" * 200 + b"}", 400),
        (b'{"messages": [' + b"9" * 5000 + b"]}", 400),
        (b'{"reason": "\\u0000"}', 422),
        (b'{"reason": "\\ud800"}', 422),
        (b'{"\\ud800": 1}', 422),
        (b'{"messages": {}, "mode": "same_bytes", "reason": "Some reason"}', 422),
        (b'{"messages": [null], "mode": "same_bytes", "reason": "Some reason"}', 422),
        (b'{"messages": ["x"], "mode": 7, "reason": "Some reason"}', 422),
        (b'{"messages": ["x"], "mode": "same_bytes", "reason": null}', 422),
    ],
)
def test_a_malformed_replay_is_a_problem_in_our_own_words(api, world, body, status):
    answer = api("post", "replays", body, by="olga")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert answer.json()["errors"][0]["field"]
    assert not any(words in answer.content.decode() for words in LIBRARY_WORDS)


def test_a_body_that_is_too_large_is_a_413(api, world, settings):
    settings.HUB_MAX_BODY_BYTES = 100
    assert api("post", "replays", {"reason": "x" * 200}, by="olga").status_code == 413


def test_a_body_whose_length_is_not_said_is_a_411(api, world):
    answer = api("post", "replays", by="olga", Transfer_Encoding="chunked")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (411, "Content-Length")


@pytest.mark.parametrize("path", ["interfaces/IF-001/pause", "interfaces/IF-001/resume"])
def test_a_field_that_cannot_be_set_is_named(api, world, path):
    for surplus in ("state", "paused_by", "is_halted", "__class__", "reason\u202e"):
        answer = api("post", path, {"reason": "An upgrade", surplus: "x"}, by="olga")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, surplus)


def test_an_approval_can_say_which_plan_it_is_for(api, world, held):
    plan = {"messages": [held], "mode": "current_release", "reason": "The code was added"}
    made = api("post", "replays", plan, by="olga")
    assert made["Location"] == f"/api/v1/replays/{made.json()['id']}"
    shown = api("get", made["Location"], by="quinn")
    assert shown["ETag"] == made["ETag"]
    path = f"replays/{made.json()['id']}/approve"
    stale = api("post", path, {"reason": "I checked it"}, by="quinn", If_Match='"another"')
    assert (stale.status_code, ReplayPlan.objects.get().state) == (412, "planned")
    current = api("post", path, {"reason": "I checked it"}, by="quinn", If_Match=shown["ETag"])
    assert (current.status_code, "electronic signature" in current.json()["detail"]) == (403, True)
    assert ReplayPlan.objects.get().state == "planned"


def test_a_change_of_several_objects_is_proposed_whole_or_not_at_all(api, engineer):
    good = [{"kind": "element", "key": key, "content": element(key, "text")} for key in ("colour", "shape")]
    made = api("post", "changes", {**WHY, "operations": good}, by="rick")
    assert made.status_code == 201, made.content
    assert [one["key"] for one in made.json()["operations"]] == ["colour", "shape"]
    wrong = [{**good[0], "content": {**good[0]["content"], "label": "Hue"}}, {**good[1], "content": {"key": "shape"}}]
    assert api("post", "changes", {**WHY, "operations": wrong}, by="rick").status_code == 422
    assert api("get", "elements/colour", by="rick").json()["label"] == "Colour"
    stale = [{**wrong[0], "base": "0.0.1"}]
    assert api("post", "changes", {**WHY, "operations": stale}, by="rick").status_code == 409


@pytest.mark.parametrize(
    ("operations", "field"),
    [
        ([], "operations"),
        ("x", "operations"),
        ([5], "operation"),
        ([{"kind": "element", "key": "x"}], "content"),
        ([{"kind": "smell", "key": "x", "content": None}], "kind"),
        ([{"kind": "element", "key": "x", "content": [], "base": ""}], "content"),
        ([{"kind": "element", "key": "x", "content": None, "state": "released"}], "state"),
        ([{"kind": "element", "key": 5, "content": None}], "key"),
    ],
)
def test_an_operation_that_makes_no_sense_is_refused_by_name(api, engineer, operations, field):
    answer = api("post", "changes", {**WHY, "operations": operations}, by="rick")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.content


def test_proposing_needs_the_right_and_the_refusal_is_kept(api, world):
    body = {**WHY, "operations": [{"kind": "element", "key": "lot", "content": None}]}
    for by in ("victor", ""):
        assert api("post", "changes", body, by=by).status_code == 403
    assert Refusal.objects.filter(act="change.propose", status=403).count() == 2
    assert ChangeRequest.objects.count() == 1


def test_a_change_that_touches_what_is_somebody_elses_does_not_exist(api, engineer, stranger):
    number = ChangeRequest.objects.get().number
    assert api("get", f"changes/{number}", by="olga").status_code == 200
    assert api("get", f"changes/{number}", token=stranger).status_code == 404
    assert api("get", "changes", token=stranger).json()["results"] == []
    open_to_all = [{"kind": "element", "key": "colour", "content": element("colour", "text")}]
    made = api("post", "changes", {**WHY, "operations": open_to_all}, by="rick").json()
    assert [row["number"] for row in api("get", "changes?kind=element&key=colour", by="olga").json()["results"]] == [
        made["number"]
    ]


def test_a_mapping_is_tried_on_a_sample_and_on_a_stored_message(api, world, held):
    tried = api("post", "mappings/lims-result/preview", {"sample": sample(1)}, by="olga")
    assert tried.status_code == 200, tried.content
    assert tried.json()["is_sound"] is True
    assert tried.json()["output"]["verdict"] == "pass"
    stored = api("post", "mappings/lims-result/preview", {"message": held}, by="olga").json()
    assert [one["field"] for one in stored["problems"]] == ["verdict"]
    for body in ({}, {"sample": sample(1), "message": held}, {"sample": []}, {"message": "x"}):
        assert api("post", "mappings/lims-result/preview", body, by="olga").status_code == 422
    assert api("post", "mappings/none/preview", {"sample": {}}, by="olga").status_code == 404
    assert api("post", "mappings/lims-result/preview", {"message": held}, by="victor").status_code == 403


def test_a_preview_keeps_every_digit(api, world):
    body = json.dumps({"sample": sample(1)}).replace('"90"', "90.100000000000000000001").encode()
    tried = api("post", "mappings/lims-result/preview", body, by="olga")
    assert b"90.100000000000000000001" in tried.content


def test_a_connection_is_checked_by_who_operates_over_it(api, world, operator):
    found = api("post", "connections/qms-rest/check", token=operator)
    assert found.status_code == 200, found.content
    assert set(found.json()) == {"key", "ok", "message"}
    assert api("post", "connections/qms-rest/check", by="victor").status_code == 403
    assert api("post", "connections/none/check", token=operator).status_code == 404
