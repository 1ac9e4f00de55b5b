"""The door for messages: what it takes, what it refuses, and that it loses nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from governance.models import Refusal
from hub.models import Inbox, Message, MessageState
from tests.factories.world import sample

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6"), pytest.mark.req("M4.4")]

URL = "/api/v1/interfaces/IF-001/messages"


def post(
    client,
    world,
    content: Any,
    *,
    url: str = URL,
    media: str = "application/json",
    token: str = "",
    **headers,
):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    bearer = f"Bearer {token or world.token}"
    return client.post(url, body, content_type=media, headers={"Authorization": bearer, **headers})


def event(number: int, **more: Any) -> dict[str, Any]:
    attributes = {"specversion": "1.0", "id": f"e{number}", "source": "lims/1", "type": "lims.result.v1"}
    return {**attributes, "data": sample(number), **more}


def test_a_sound_message_is_accepted_after_the_commit(client, world):
    answer = post(client, world, sample(1))
    assert answer.status_code == 202
    said = answer.json()
    message = Message.objects.get(id=said["id"])
    assert (message.business_key, message.ordering_key, message.sequence) == ("S-1", "L-1", 1)
    assert said["duplicate"] is False
    assert message.actor_name == "lims"


def test_a_cloud_event_keeps_its_attributes(client, world):
    answer = post(client, world, event(7, time="2026-11-21T08:30:00Z"), media="application/cloudevents+json")
    message = Message.objects.get(id=answer.json()["id"])
    assert (message.event_type, message.event_source) == ("lims.result.v1", "lims/1")
    assert message.occurred_at.isoformat() == "2026-11-21T08:30:00+00:00"


def test_a_duplicate_is_answered_as_the_first_and_counted(client, world):
    first, second = post(client, world, sample(1)), post(client, world, sample(1))
    assert second.status_code == 202
    assert second.json() == {**first.json(), "duplicate": True}
    assert Message.objects.count() == 1
    assert Inbox.objects.get().duplicates == 1


def test_the_same_key_with_other_content_is_a_conflict(client, world):
    post(client, world, sample(1))
    answer = post(client, world, sample(1, lot="L-2"))
    assert answer.status_code == 409
    assert "accepted before with other content" in answer.json()["detail"]
    assert Message.objects.get().ordering_key == "L-1"
    assert Refusal.objects.get().status == 409


def test_a_broken_schema_names_field_value_and_rule_and_stores_a_refusal(client, world):
    answer = post(client, world, {"sample": "S-1"})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert "lot" in answer.json()["detail"]
    assert answer.json()["errors"][0]["rule"]
    assert not Message.objects.exists()
    refusal = Refusal.objects.get()
    assert refusal.digest.startswith("sha256:")
    assert refusal.actor["name"] == "lims"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b'{"sample": ', 400, "JSON"),
        (b'{"sample": "a", "sample": "b", "lot": "1"}', 400, "sample"),
        (b'{"sample": NaN}', 400, "JSON"),
        (b"\xff\xfe{}", 400, "UTF-8"),
        (b"[" * 100_000, 400, "JSON"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(client, world, body, status, words):
    answer = post(client, world, body)
    assert answer.status_code == status, answer.content
    assert words.lower() in answer.json()["detail"].lower() or "document" in answer.json()["detail"].lower()
    assert not Message.objects.exists()


def test_a_null_is_called_null(client, world):
    said = post(client, world, sample(1, lot=None)).json()["errors"][0]
    assert (said["field"], said["value"], said["rule"]) == ("$.lot", "null", "type")


def test_a_body_of_20_mb_is_refused(client, world):
    answer = post(client, world, b'{"sample": "' + b"x" * 20_000_000 + b'"}')
    assert answer.status_code == 413
    assert "larger than" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer ilk_wrong"}, 401),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
    ],
)
def test_a_wrong_token_opens_nothing(client, world, headers, status):
    answer = client.post(URL, b"{}", content_type="application/json", headers=headers)
    assert answer.status_code == status
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_foreign_interface_and_one_that_does_not_exist_look_the_same(client, world):
    from tests.factories.world import interface, release

    release(("interface", interface(key="IF-002")))
    foreign = post(client, world, sample(1), url=URL.replace("IF-001", "IF-002"))
    unknown = post(client, world, sample(1), url=URL.replace("IF-001", "IF-999"))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    blank = lambda answer, key: answer.content.decode().replace(key, "?").split("correlation_id")[0]  # noqa: E731
    assert blank(foreign, "IF-002") == blank(unknown, "IF-999")


def test_a_revoked_token_opens_nothing_at_once(client, world):
    from governance.actors import DEMONSTRATION
    from governance.models import ServiceToken
    from governance.services.service_accounts import revoke_token

    assert post(client, world, sample(1)).status_code == 202
    revoke_token(token=ServiceToken.objects.get(), by=DEMONSTRATION, reason="The laptop was lost")
    assert post(client, world, sample(2)).status_code == 401


def test_a_batch_takes_the_good_ones_and_says_what_is_wrong_with_the_others(client, world):
    batch = [event(1), {**event(2), "data": {"lot": "L-1"}}, event(3), event(1)]
    answer = post(client, world, batch, media="application/cloudevents-batch+json")
    assert answer.status_code == 207
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [202, 422, 202, 202]
    assert "sample" in items[1]["detail"]
    assert items[3]["duplicate"] is True
    assert Message.objects.count() == 2
    assert Refusal.objects.count() == 1


def test_a_body_without_a_length_is_refused_and_not_read_as_empty(client, world):
    answer = post(client, world, sample(1), **{"Transfer-Encoding": "chunked"})
    assert (answer.status_code, "length" in answer.json()["detail"]) == (411, True)
    assert Message.objects.count() == 0


@pytest.mark.parametrize("field", ["id", "source", "type", "data"])
def test_a_cloud_event_without_a_required_attribute_is_refused(client, world, field):
    broken = event(1)
    del broken[field]
    answer = post(client, world, broken, media="application/cloudevents+json")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_plain_json_without_any_key_is_refused(client, world):
    from tests.factories.world import icd, release

    release(("icd", icd(idempotency_key=["$.absent"])))
    assert post(client, world, sample(1)).status_code == 422
    assert post(client, world, sample(1), **{"Idempotency-Key": "k-1"}).status_code == 202


def test_other_media_types_and_methods_are_refused(client, world):
    assert post(client, world, b"a,b", media="text/csv").status_code == 415
    assert client.get(URL).status_code == 405


def test_text_that_a_database_cannot_hold_does_not_take_the_others_with_it(client, world):
    answer = post(client, world, sample(1, lot="nul\x00lot"))
    assert answer.status_code in (202, 422)
    assert post(client, world, sample(2)).status_code == 202


def test_accepted_messages_wait_as_received(client, world):
    post(client, world, sample(1))
    assert MessageState.objects.get().state == "received"


EVENT = "application/cloudevents+json"


def test_the_media_type_says_whether_it_is_an_event(client, world):
    for content, field in ((sample(1), "specversion"), (["no", "event"], "$"), ({"hello": 1}, "specversion")):
        answer = post(client, world, content, media=EVENT, **{"Idempotency-Key": "k-1"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
        assert ("'specversion' is missing" in answer.json()["detail"]) is (field == "specversion")
    assert not Message.objects.exists()
    assert post(client, world, event(1), media=EVENT).status_code == 202


def test_plain_json_may_have_a_field_of_that_name(client, world):
    answer = post(client, world, sample(1, specversion="2 of the method"))
    assert answer.status_code == 202
    assert Message.objects.get().event_type == ""


def test_joined_keys_are_never_those_of_another_record(client, world):
    from tests.factories.world import icd, release

    release(("icd", icd(idempotency_key=["$.lot", "$.sample"])))
    first, second = {"lot": "a|b", "sample": "c"}, {"lot": "a", "sample": "b|c"}
    assert [post(client, world, one).status_code for one in (first, second, first)] == [202, 202, 202]
    assert Message.objects.count() == 2
    release(("icd", icd(idempotency_key=[])))
    events = [event(1, source="lims#1", id="2"), event(2, source="lims", id="1#2"), event(1, source="lims#1", id="2")]
    assert [post(client, world, one, media=EVENT).status_code for one in events] == [202, 202, 202]
    assert Message.objects.count() == 4
