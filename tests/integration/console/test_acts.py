"""Acts from the console: a reason always, a second person where it matters, nothing on one click."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import AuditEvent, Refusal
from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery, InterfaceControl, MessageState, ReplayPlan
from hub.services import decisions
from tests.factories.cast import PASSWORD
from tests.factories.signing import sign_on
from tests.functional.busy import COMPLAINTS, LAB

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]
REASON = "Asked for by the owner of the laboratory."


def test_pausing_asks_for_a_reason_and_is_recorded(busy, as_person):
    client, url = as_person("olga"), reverse("interface-pause", args=[LAB])
    for given in ({}, {"reason": "x"}):
        answer = client.post(url, given)
        assert answer.status_code == 422
        assert b"reason" in answer.content.lower()
    assert InterfaceControl.objects.get(interface__key=LAB).paused_at is None
    assert Refusal.objects.filter(act="interface.pause").count() == 1
    assert client.post(url, {"reason": REASON}).status_code == 302
    assert InterfaceControl.objects.get(interface__key=LAB).paused_because == REASON
    event = AuditEvent.objects.get(kind="interface.paused", interface_key=LAB)
    assert (event.actor["name"], event.reason) == ("Olga Brandt", REASON)


def test_who_only_looks_is_refused_and_told_why(busy, as_person):
    answer = as_person("victor").post(reverse("interface-pause", args=[LAB]), {"reason": REASON})
    assert answer.status_code == 403
    assert "You may look at IF-001, but not operate it." in answer.content.decode()
    assert Refusal.objects.get(act="pause").actor["name"] == "Victor Lind"


def test_acts_need_the_token_of_their_form(busy):
    client = Client(enforce_csrf_checks=True)
    client.force_login(busy.cast.olga, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("interface-pause", args=[LAB]), {"reason": REASON}).status_code == 403
    assert client.post(reverse("sign-out")).status_code == 403


def test_a_replay_is_previewed_frozen_and_approved_by_a_second_person(busy, as_person):
    olga, given = as_person("olga"), {"message": [str(busy.dead)], "mode": "same_bytes", "reason": REASON}
    preview = olga.post(reverse("replay-new"), given)
    assert preview.status_code == 200
    assert "Nothing has happened yet." in preview.content.decode()
    assert not ReplayPlan.objects.exists()
    frozen = olga.post(reverse("replay-new"), {**given, "go": "1"})
    plan = ReplayPlan.objects.get()
    assert frozen["Location"] == reverse("replay", args=[plan.id])
    assert "you had a hand in it yourself" in olga.get(frozen["Location"]).content.decode()
    signing = reverse("sign", args=["replay", str(plan.id), "approved"])
    assert olga.get(signing).status_code == 403
    quinn = as_person("quinn")
    assert "Signing runs the plan now." in quinn.get(signing).content.decode()
    assert sign_on(quinn, signing, "quinn").status_code == 302
    assert "Everybody who had to sign this has signed it." in quinn.get(signing).content.decode()
    assert "I approve this content" in olga.get(frozen["Location"]).content.decode()
    busy.target.status_for = {}
    drain()
    assert ClosedDelivery.objects.filter(message_id=busy.dead, state="confirmed").exists()
    assert "Back in the queue" in olga.get(frozen["Location"]).content.decode()


def test_where_nothing_is_gxp_a_replay_runs_at_once(busy, as_person):
    dead = Delivery.objects.get(interface_key=COMPLAINTS, state="dead")
    given = {"message": [str(dead.message_id)], "mode": "same_bytes", "reason": REASON, "go": "1"}
    as_person("olga").post(reverse("replay-new"), given)
    assert ReplayPlan.objects.get().state == "done"


def test_a_replay_without_messages_or_reason_says_what_is_missing(busy, as_person):
    answer = as_person("olga").post(reverse("replay-new"), {"mode": "same_bytes"})
    assert answer.status_code == 422
    assert "Select at least one message." in answer.content.decode()
    assert "A reason is always needed." in answer.content.decode()


def test_a_quarantined_message_can_be_rejected_with_a_reason(busy, as_person):
    url = reverse("message-reject", args=[busy.quarantined])
    assert as_person("olga").post(url, {"reason": REASON}).status_code == 302
    assert MessageState.objects.get(id=busy.quarantined).state == "rejected"


def test_a_dead_delivery_can_be_cancelled_with_a_reason(busy, as_person):
    delivery = Delivery.objects.get(message_id=busy.dead)
    assert as_person("olga").post(reverse("delivery-cancel", args=[delivery.id]), {"reason": REASON}).status_code == 302
    assert ClosedDelivery.objects.get(id=delivery.id).state == "cancelled"


def test_two_persons_decide_what_is_in_doubt(busy, as_person):
    url = reverse("delivery-decide", args=[Delivery.objects.get(state="in_doubt").id])
    said = {"decision": "it_arrived", "external_id": "4711", "reason": REASON}
    assert as_person("olga").post(url, {**said, "external_id": ""}).status_code == 422
    assert as_person("olga").post(url, said).status_code == 302
    assert as_person("olga").get(url).status_code == 403
    page = as_person("quinn").get(url).content.decode()
    assert "4711" in page
    assert as_person("quinn").post(url, {"reason": REASON}).status_code == 422
    assert as_person("quinn").post(url, {"reason": REASON, **shown(page)}).status_code == 302
    assert ClosedDelivery.objects.get(message_id=busy.doubtful, route_key="stock").external_id == "4711"


def test_a_click_decides_what_its_page_showed_and_nothing_else(busy, as_person):
    doubtful = Delivery.objects.get(state="in_doubt")
    url, quinn = reverse("delivery-decide", args=[doubtful.id]), as_person("quinn")
    as_person("olga").post(url, {"decision": "it_arrived", "external_id": "4711", "reason": REASON})
    first = shown(quinn.get(url).content.decode())
    decisions.propose(
        delivery_id=doubtful.id, decision="cancel", external_id="", by=busy.cast.olga, reason="It was another lot"
    )
    answer = quinn.post(url, {"reason": REASON, **first})
    assert answer.status_code == 409
    assert "Olga Brandt has said something else since you looked: cancel." in answer.content.decode()
    assert Delivery.objects.get(id=doubtful.id).state == "in_doubt"
    assert quinn.post(url, {"reason": REASON, **shown(answer.content.decode())}).status_code == 302
    assert ClosedDelivery.objects.get(id=doubtful.id).state == "cancelled"


def shown(page: str) -> dict[str, str]:
    """The proposal that the page's form would confirm."""
    return {"proposal": re.findall(r'name="proposal" value="([^"]+)"', page)[0]}


def test_looking_at_a_payload_is_recorded_once_a_look(busy, as_person):
    client, url = as_person("olga"), reverse("message", args=[busy.delivered])
    looks = AuditEvent.objects.filter(kind="payload.viewed").order_by("recorded_at")
    as_person("victor").get(url)  # sees no value
    assert not looks.exists()
    client.get(url)
    assert looks.get().facts["stage"] == "values"
    assert b"mg/dL" in client.get(f"{url}?stage=received").content
    assert sorted(look.facts["stage"] for look in looks) == ["received", "values", "values"]
    assert {look.actor["name"] for look in looks} == {"Olga Brandt"}


def test_a_preview_shows_values_problems_and_what_no_rule_names(busy, as_person):
    url = reverse("mapping-preview", args=["lims-result"])
    sound = as_person("olga").post(url, {"message": str(busy.delivered)}).content.decode()
    assert "Every value could be mapped" in sound
    assert "$.operator" not in sound
    wrong = as_person("olga").post(url, {"sample": '{"sample": "S", "verdict": "MAYBE", "colour": 1}'}).content.decode()
    assert "It would go into quarantine" in wrong
    assert "$.colour" in wrong
    assert as_person("olga").post(url, {"sample": "{"}).status_code == 422


def test_a_preview_on_the_way_out_reads_the_canonical_entity_and_shows_its_trace(busy, as_person):
    url, olga = reverse("mapping-preview", args=["qms-result"]), as_person("olga")
    assert "the canonical entity of a message" in olga.get(url).content.decode()
    sound = olga.post(url, {"message": str(busy.delivered)}).content.decode()
    assert "Every value could be mapped" in sound
    for told in ("$.hub.mapping_revision", "As the rule read it", "<code>$.measured_at</code>"):
        assert told in sound
    assert "<code>$.hub.release</code>" not in sound  # provenance is offered, nobody has to name it
    nothing = olga.post(url, {"message": str(busy.quarantined)})
    assert (nothing.status_code, "No canonical entity of this message" in nothing.content.decode()) == (422, True)
    assert as_person("victor").post(url, {"message": str(busy.delivered)}).status_code == 422


def test_a_word_of_the_shop_floor_finds_the_element_and_its_use(busy, as_person):
    content = as_person("olga").get(reverse("dictionary") + "?q=defect").content.decode()
    assert "“defect” in mes (packaging line): narrower" in content
    assert reverse("mapping", args=["lims-result"]) in content


def test_a_connection_says_whether_it_works(busy, as_person):
    assert as_person("victor").post(reverse("connection-check", args=["qms-rest"])).status_code == 403
    content = as_person("olga").post(reverse("connection-check", args=["qms-rest"]), follow=True).content.decode()
    assert "It works." in content or "It does not work." in content


def test_sessions_are_recorded_and_failures_tell_nothing(busy):
    client, url = Client(), reverse("sign-in")
    wrong = client.post(url, {"username": "olga", "password": "wrong"})
    unknown = client.post(url, {"username": "nobody", "password": "wrong"})
    sentence = "This user name and password do not belong together."
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert client.post(url + "?next=//evil.example/", {"username": "olga", "password": PASSWORD})["Location"] == "/"
    client.post(reverse("sign-out"))
    kinds = set(AuditEvent.objects.filter(actor_id=str(busy.cast.olga.pk)).values_list("kind", flat=True))
    assert {"session.opened", "session.closed"} <= kinds
    assert client.get("/").status_code == 302


def test_the_trail_hides_what_is_not_for_everybody(busy, as_person):
    content = as_person("rick").get(reverse("audit")).content.decode()
    assert "enrolled" not in content
    assert "IF-005" not in content
