"""Values of protected data classes are masked for everybody; taking the mask off is an act with a reason."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.models import AuditEvent
from hub.flow.work import drain
from hub.models import Message
from hub.selectors.mending import exceptions
from hub.services.grants import allow_role
from tests.factories.world import element, interface, release, sample, to_canonical, to_target
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6"), pytest.mark.req("M3.3")]

NAME = "Anna Muster"
REASON = "The complaint names the inspector; I compare the name."
STAGES = ("received", "canonical", "sent", "difference")


def entity_with_inspector() -> dict:
    names = ("reference", "lot", "glucose", "verdict", "measured_at", "inspector")
    return {
        "key": "result",
        "label": "Result",
        "business_key": ["reference"],
        "fields": [{"name": name, "element": name, "required": name in ("reference", "lot")} for name in names],
    }


@pytest.fixture
def inspected(client, world):
    """A delivered result that names a person, who is of a personal data class."""
    rule = {"target": "inspector", "path": "$.inspector.name"}
    release(
        ("element", element("inspector", "text", max_length=40, data_class="personal")),
        ("entity", entity_with_inspector()),
        ("mapping", to_canonical(rules=[*to_canonical()["rules"], rule])),
        ("mapping", to_target(rules=[*to_target()["rules"], {"target": "by", "path": "$.inspector"}])),
    )
    allow_role(
        role="quality approver",
        permission="unmask_payload",
        interface_key="IF-001",
        by=DEMONSTRATION,
        reason="Quality may unmask",
    )
    message = UUID(post(client, world, sample(1, inspector={"name": NAME})).json()["id"])
    drain()
    return message


def signed_in(client, person):
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pages(message: UUID) -> list[str]:
    url = reverse("message", args=[message])
    return [url, *(f"{url}?stage={stage}" for stage in STAGES), f"{reverse('messages')}?open={message}"]


def test_a_protected_value_is_masked_in_every_stage_and_the_rest_is_shown(client, world, inspected):
    assert world.target.effects[0]["by"] == NAME  # the target gets what it should
    olga = signed_in(client, world.cast.olga)
    shown = {url: olga.get(url).content.decode() for url in pages(inspected)}
    assert [url for url, page in shown.items() if NAME in page] == []
    for url in pages(inspected)[1:5]:
        assert "•••• masked" in shown[url]
        assert "S-1" in shown[url]
    looks = AuditEvent.objects.filter(kind="payload.viewed").values_list("facts__stage", flat=True)
    assert set(looks) == {"values, masked", *(f"{stage}, masked" for stage in STAGES)}


def test_the_mask_comes_off_for_one_stage_with_a_reason_and_for_five_minutes(client, world, inspected):
    quinn = signed_in(client, world.cast.quinn)
    received = f"{reverse('message', args=[inspected])}?stage=received"
    act = reverse("message-unmask", args=[inspected, "received"])
    assert "compare" not in quinn.get(act).content.decode()
    assert quinn.post(act, {"reason": ""}).status_code == 422
    assert not AuditEvent.objects.filter(kind="payload.unmasked").exists()
    assert quinn.post(act, {"reason": REASON})["Location"].endswith("?stage=received#payload")
    assert NAME in quinn.get(received).content.decode()
    assert NAME not in quinn.get(received.replace("received", "canonical")).content.decode()
    event = AuditEvent.objects.get(kind="payload.unmasked")
    told = (event.actor["name"], event.reason, event.subject_id, event.facts["stage"], event.interface_key)
    assert told == ("Quinn Mbeki", REASON, str(inspected), "received", "IF-001")
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert NAME not in quinn.get(received).content.decode()


def test_the_mask_can_be_put_back_at_once(client, world, inspected):
    quinn = signed_in(client, world.cast.quinn)
    quinn.post(reverse("message-unmask", args=[inspected, "values"]), {"reason": REASON})
    assert NAME in quinn.get(reverse("message", args=[inspected])).content.decode()
    quinn.post(reverse("message-mask", args=[inspected, "values"]))
    assert NAME not in quinn.get(reverse("message", args=[inspected])).content.decode()


def test_reading_payloads_is_not_the_right_to_unmask_them(client, world, inspected):
    olga, act = signed_in(client, world.cast.olga), reverse("message-unmask", args=[inspected, "received"])
    page = olga.get(f"{reverse('message', args=[inspected])}?stage=received").content.decode()
    assert "You may read the messages of IF-001, but not unmask their protected values." in page
    assert olga.get(act).status_code == 403
    assert olga.post(act, {"reason": REASON}).status_code == 403
    assert signed_in(client, world.cast.quinn).get(act.replace("received", "sideways")).status_code == 404


def test_a_right_that_has_gone_puts_the_mask_back(client, world, inspected):
    quinn = signed_in(client, world.cast.quinn)
    quinn.post(reverse("message-unmask", args=[inspected, "received"]), {"reason": REASON})
    from governance.guard.context import change
    from governance.models.permission import RoleObjectPermission

    with change(by=DEMONSTRATION, reason="The right is taken back"):
        RoleObjectPermission.objects.get(permission__codename="unmask_payload").delete()
    assert NAME not in quinn.get(f"{reverse('message', args=[inspected])}?stage=received").content.decode()


def test_the_api_gives_a_system_exactly_what_is_stored_and_a_person_the_mask(client, world, inspected):
    bearer = {"Authorization": f"Bearer {world.token}"}
    urls = [f"/api/v1/messages/{inspected}", f"/api/v1/messages/{inspected}/payload?stage=received"]
    assert [NAME in client.get(url, headers=bearer).content.decode() for url in urls] == [True, True]
    olga = signed_in(client, world.cast.olga)
    assert [NAME in olga.get(url).content.decode() for url in urls] == [False, False]


def test_what_no_rule_names_is_masked_where_the_whole_interface_is_confidential(client, world):
    release(("interface", interface(gxp=False, data_class="confidential")))
    message = post(client, world, sample(1, note=f"seen by {NAME}")).json()["id"]
    drain()
    olga = signed_in(client, world.cast.olga)
    page = olga.get(f"{reverse('message', args=[message])}?stage=received").content.decode()
    assert (NAME in page, "mg/dL" in page) == (False, True)


def test_a_class_that_is_given_later_masks_what_came_before(client, world):
    message = post(client, world, sample(1, lot=NAME)).json()["id"]
    drain()
    olga, url = signed_in(client, world.cast.olga), f"{reverse('message', args=[message])}?stage=sent"
    assert NAME in olga.get(url).content.decode().split("payload-head")[-1]
    release(("element", element("lot", "text", max_length=40, data_class="personal")))
    assert NAME not in olga.get(url).content.decode().split("payload-head")[-1]


def test_a_problem_with_a_protected_value_is_told_without_it_and_others_with_theirs(client, world, inspected):
    long = NAME * 10  # longer than the element allows
    post(client, world, sample(2, lot="L-2", inspector={"name": long}))
    post(client, world, sample(3, lot="L-3", verdict="MAYBE", inspector={"name": long}))
    drain()
    olga = signed_in(client, world.cast.olga)
    for group in exceptions.groups(world.cast.olga):
        page = olga.get(f"{reverse('exceptions')}?group={group.fingerprint}").content.decode()
        assert NAME not in page
    assert "MAYBE" in page
    for message in Message.objects.all():
        assert NAME not in olga.get(reverse("message", args=[message.id])).content.decode()
    assert NAME not in olga.get(reverse("interface", args=["IF-001"])).content.decode()


def test_what_a_target_says_of_a_record_with_protected_values_is_not_quoted(client, world, inspected):
    world.target.status_for["S-5"] = 422
    message = post(client, world, sample(5, lot="L-5", inspector={"name": NAME})).json()["id"]
    drain()
    olga = signed_in(client, world.cast.olga)
    page = olga.get(reverse("message", args=[message])).content.decode()
    assert "The target refused the record." in page
    assert NAME not in page


def test_no_file_holds_a_payload_or_a_sentence_that_could_quote_one(client, world, inspected):
    quinn = signed_in(client, world.cast.quinn)
    quinn.post(reverse("message-unmask", args=[inspected, "values"]), {"reason": REASON})
    for form in ("csv", "jsonl"):
        content = b"".join(quinn.get(f"{reverse('messages')}?format={form}").streaming_content).decode("utf-8-sig")
        assert NAME not in content
        assert "S-1" in content
    assert next(csv.reader(io.StringIO(content)))


def test_the_envelope_of_a_cloud_event_is_masked_with_its_record(client, world):
    release(("interface", interface(gxp=False, data_class="personal")))
    event = {"specversion": "1.0", "id": "e1", "source": "lims", "type": "t", "subject": NAME, "data": sample(9)}
    message = post(client, world, event, media="application/cloudevents+json").json()["id"]
    drain()
    olga = signed_in(client, world.cast.olga)
    page = olga.get(f"{reverse('message', args=[message])}?stage=received").content.decode()
    assert (NAME in page, "mg/dL" in page) == (False, True)


def test_a_key_that_is_made_of_a_protected_value_is_masked_like_it(client, world):
    protected = {"max_length": 40, "data_class": "personal"}
    release(("element", element("reference", "text", **protected)), ("element", element("lot", "text", **protected)))
    world.target.status_for["BADGE-1"] = 422
    first, second = (
        post(client, world, sample(1, sample=name, lot=NAME)).json()["id"] for name in ("BADGE-1", "BADGE-2")
    )
    drain()
    olga = signed_in(client, world.cast.olga)
    group = exceptions.groups(world.cast.olga)[0]
    urls = [
        reverse("messages"),
        f"{reverse('messages')}?open={first}",
        reverse("message", args=[first]),
        reverse("message", args=[second]),  # it waits for the first one of its key
        f"{reverse('exceptions')}?group={group.fingerprint}",
        f"{reverse('search')}?q={first}",
    ]
    for url in urls:
        page = olga.get(url).content.decode()
        assert "BADGE" not in page, url
        assert NAME not in page, url
    exported = b"".join(olga.get(f"{reverse('messages')}?format=csv").streaming_content).decode()
    assert "BADGE" not in exported
