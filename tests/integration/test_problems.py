"""Whatever the API refuses, over HTTP: the answer names field, value and rule, and never a credential."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from governance.models import Refusal
from hub.flow import control
from hub.flow.preparing.prepare import prepare
from hub.flow.sending.deliver import deliver
from hub.flow.work import drain
from hub.models import Delivery, Message
from tests.factories.world import connection, icd, interface, release, sample
from tests.integration.test_decisions import said
from tests.integration.test_delivery import NONE
from tests.integration.test_intake import EVENT, post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

BATCH = "application/cloudevents-batch+json"
NOBODY, WHY = "01980000-0000-7000-8000-000000000000", "I looked at the target"
SECRET = "ilk_0123456789abcdefSECRET"


def problem_of(answer) -> list[dict[str, str]]:
    """The ``errors`` of a refusal; each has field, value and rule, and a sentence for a person."""
    assert answer.status_code >= 400
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()["errors"]
    assert found
    for one in found:
        assert all(one[name] for name in ("field", "value", "rule", "detail")), one
    assert SECRET not in answer.content.decode()
    return [(one["field"], one["value"], one["rule"]) for one in found]


PLAN = {"messages": [NOBODY], "mode": "same_bytes", "reason": WHY}


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "field"),
    [
        ("get", "messages?colour=red", None, 400, "colour"),
        ("get", "messages?limit=0", None, 400, "limit"),
        ("get", "messages?since=yesterday", None, 400, "since"),
        ("get", "messages?state=lost", None, 400, "state"),
        ("get", "messages?before=x", None, 400, "before"),
        ("get", "replays?x=1", None, 400, "x"),
        ("get", f"messages/{NOBODY}", None, 404, "message"),
        ("get", f"messages/{NOBODY}/payload?stage=smell", None, 400, "stage"),
        ("get", "interfaces/IF-999", None, 404, "interface"),
        ("get", f"replays/{NOBODY}", None, 404, "plan"),
        ("get", f"deliveries/{NOBODY}/decision", None, 404, "delivery"),
        ("get", "nowhere", None, 404, "path"),
        ("get", "messages/no-id", None, 404, "path"),
        ("get", "interfaces/IF-001/messages", None, 405, "method"),
        ("delete", "messages", None, 405, "method"),
        ("post", f"messages/{NOBODY}/reject", {"reason": WHY}, 404, "message"),
        ("post", f"messages/{NOBODY}/reject", {}, 422, "reason"),
        ("post", f"messages/{NOBODY}/reject", {"reason": 5}, 422, "reason"),
        ("post", f"messages/{NOBODY}/reject", [], 422, "body"),
        ("post", f"deliveries/{NOBODY}/cancel", {"reason": WHY}, 404, "delivery"),
        ("post", "interfaces/IF-001/pause", {"reason": "x"}, 422, "reason"),
        ("post", "interfaces/IF-001/pause", {"reason": "why " * 600}, 422, "reason"),
        ("post", "interfaces/IF-001/resume", {"reason": WHY}, 422, "state"),
        ("post", "replays", {**PLAN, "surplus": SECRET}, 422, "surplus"),
        ("post", "replays", {**PLAN, "messages": []}, 422, "messages"),
        ("post", "replays", {**PLAN, "messages": [5]}, 422, "messages"),
        ("post", "replays", {**PLAN, "mode": "backwards"}, 422, "mode"),
        ("post", "replays", PLAN, 404, "messages"),
    ],
)
def test_a_refused_request_names_field_value_and_rule(api, method, path, content, status, field):
    answer = api(method, path, content, by="olga")
    assert answer.status_code == status
    assert problem_of(answer)[0][0] in (field, "message" if field == "messages" else field)


@pytest.mark.parametrize(
    ("body", "more", "status", "field"),
    [
        (b"{", {}, 400, "body"),
        (b'{"sample": "S-1", "lot": nul}', {}, 400, "body"),
        (b"\xff", {}, 400, "body"),
        ({"sample": "S-1", "lot": 5}, {}, 422, "$.lot"),
        ({"sample": "S-1"}, {}, 422, "$"),
        ({"lot": "L"}, {"media": "text/csv"}, 415, "Content-Type"),
        (sample(1), {"Content-Encoding": "gzip"}, 415, "Content-Encoding"),
        (sample(1), {"Transfer-Encoding": "chunked"}, 411, "Content-Length"),
        ({**sample(1), "sample": "S" * 201}, {}, 422, "idempotency key"),
        ({}, {"media": EVENT}, 422, "specversion"),
        ({"specversion": "0.3"}, {"media": EVENT}, 422, "specversion"),
        ({"specversion": "1.0", "id": "", "source": "s", "type": "t"}, {"media": EVENT}, 422, "id"),
        ({}, {"media": BATCH}, 400, "body"),
        ([0] * 1001, {"media": BATCH}, 413, "body"),
    ],
)
def test_a_refused_message_names_field_value_and_rule(client, world, body, more, status, field):
    answer = post(client, world, body, **more)
    assert answer.status_code == status
    assert problem_of(answer)[0][0] == field


def test_what_is_too_large_says_how_large(client, world, settings):
    settings.HUB_MAX_BODY_BYTES = 10
    assert problem_of(post(client, world, b"[" + b"1" * 20)) == [("Content-Length", "21", "≤ 10")]


def test_a_message_without_a_key_and_one_with_other_content(client, world):
    release(("icd", icd(idempotency_key=[])))
    assert problem_of(post(client, world, sample(1))) == [("Idempotency-Key", "missing", "required")]
    assert post(client, world, sample(1), **{"Idempotency-Key": "K-1"}).status_code == 202
    other = post(client, world, sample(2), **{"Idempotency-Key": "K-1"})
    assert problem_of(other) == [("idempotency key", "K-1", "one content a key")]


def test_a_credential_is_never_a_value(client, world):
    """Neither in the answer nor in the trail."""
    wrong = {"Authorization": f"Bearer {SECRET}"}
    for path in ("messages", f"messages/{NOBODY}"):
        assert problem_of(client.get(f"/api/v1/{path}"))[0][:2] == ("Authorization", "missing")
        assert problem_of(client.get(f"/api/v1/{path}", headers=wrong))[0][:2] == ("Authorization", "not shown")
    assert problem_of(post(client, world, sample(1), token=SECRET))[0][:2] == ("Authorization", "not shown")
    good = {"Authorization": f"Bearer {world.token}"}
    problem_of(client.get(f"/api/v1/messages/{NOBODY}/payload?access_token={SECRET}", headers=good))
    assert Refusal.objects.count() == 2
    assert not Refusal.objects.filter(value__contains="SECRET").exists()


def test_what_the_framework_refuses(world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.cast.olga, backend="django.contrib.auth.backends.ModelBackend")
    path, token = "/api/v1/replays", {"Authorization": f"Bearer {world.token}"}
    assert problem_of(strict.post(path, "{}", "application/json"))[0][0] == "X-CSRFToken"
    assert problem_of(strict.post(path, "{", "application/json", headers=token))[0][0] == "body"
    assert problem_of(strict.post(path, "a,b", "text/csv", headers=token))[0][:2] == ("Content-Type", "text/csv")
    assert problem_of(strict.get("/api/v1/messages?text=%00"))[0][:2] == ("address", "%00")


FATES = [(1, {}), (2, {}), (3, {"verdict": "MAYBE"})]  # complete, dead, in quarantine


@pytest.fixture
def held(client, world) -> SimpleNamespace:
    """One message of each fate: complete, dead, in quarantine, in doubt."""
    release(("interface", interface(key="IF-002", gxp=False)))
    world.target.status_for["S-2"] = 422
    ids = [post(client, world, sample(n, lot=f"L-{n}", **more)).json()["id"] for n, more in FATES]
    drain()
    release(("connection", connection(world.target.url, **NONE)))
    world.target.honours_keys, world.target.drop_next = False, 1
    post(client, world, sample(4, lot="L-4"))
    prepare()
    deliver()
    dead, doubtful = Delivery.objects.get(state="dead"), Delivery.objects.get(state="in_doubt")
    return SimpleNamespace(complete=ids[0], dead=dead, quarantined=ids[2], doubtful=doubtful)


def test_a_refused_act_names_field_value_and_rule(world, api, held):
    """In a state that does not allow it, without the right, or by the same person twice."""

    def refused(path, content=None, by="olga"):
        return problem_of(api("post", path, {"reason": WHY, **(content or {})}, by=by))[0]

    doubtful, dead = f"deliveries/{held.doubtful.id}", f"deliveries/{held.dead.id}"
    assert refused(f"messages/{held.complete}/reject") == ("state", "complete", "quarantined")
    assert refused(f"{doubtful}/cancel") == ("state", "in_doubt", "dead")
    assert refused(f"{dead}/decision", {"decision": "cancel"}) == ("state", "dead", "in_doubt")
    assert refused(f"{doubtful}/decision", {"decision": "pray"})[:2] == ("decision", "pray")
    assert refused(f"{doubtful}/decision", {"decision": "it_arrived"})[:2] == ("external_id", "missing")
    assert refused(f"{doubtful}/decision/confirm", {"proposal": NOBODY})[:2] == ("proposal", NOBODY)
    assert problem_of(api("get", f"{doubtful}/decision", by="olga"))[0][0] == "delivery"
    proposal = said(world, held.doubtful).id
    assert refused(f"{doubtful}/decision/confirm", {"proposal": NOBODY}, by="quinn")[:2] == ("proposal", NOBODY)
    assert refused(f"{doubtful}/decision/confirm", {"proposal": str(proposal)})[:2] == ("by", "Olga Brandt")
    assert refused(f"{dead}/cancel", by="victor")[0] == "interface"
    assert problem_of(api("get", f"messages/{held.complete}/payload", by="victor"))[0][0] == "interface"
    assert problem_of(api("get", f"messages/{held.quarantined}/payload?stage=sent", by="olga"))[0][:2] == (
        "stage",
        "sent",
    )
    control.pause(interface_key="IF-001", by=world.cast.olga, reason=WHY)
    assert refused("interfaces/IF-001/pause") == ("state", "paused", "running")


def test_a_refused_replay_names_field_value_and_rule(world, api, held):
    def refused(path="replays", by="olga", **plan):
        return problem_of(api("post", path, {"reason": WHY, **plan}, by=by))[0]

    assert refused(messages=[held.complete], mode="same_bytes")[:2] == ("messages", held.complete)
    assert refused(messages=[held.quarantined], mode="same_bytes")[:2] == ("mode", "same_bytes")
    plan = {"messages": [str(held.dead.message_id)], "mode": "same_bytes", "reason": WHY}
    path = f"replays/{api('post', 'replays', plan, by='olga').json()['id']}/approve"
    assert refused(path, by="quinn") == ("by", "Quinn Mbeki", "an electronic signature")
    assert Message.objects.count() == 4
