"""The pages of change control: queues, a request with its path and its closed buttons, and every act of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from governance.changes import Operation, propose
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.models import ChangeRequest
from tests.factories.cast import PASSWORD
from tests.factories.deciding import REASON, approved, engineer, put_policies_in_force
from tests.factories.forms import Page
from tests.factories.world import to_canonical

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

WORDS = {
    "key": "qms",
    "label": "Quality management system",
    "category": "qms",
    "owner": "Quality",
    "level": 3,
    "gxp": True,
}


@pytest.fixture
def house(world):
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    return world


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/")
    return client


def proposed(house, content=WORDS, kind="system") -> ChangeRequest:
    return propose(operations=[Operation(kind, content["key"], content)], title="A change", by=house.ivo, reason=REASON)


def shown(client: Client, request: ChangeRequest) -> str:
    answer = client.get(reverse("change", args=[request.number]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_author_sees_closed_buttons_with_the_sentence(house):
    request = proposed(house)
    page = shown(signed_in(house.ivo), request)
    assert "Sign the approval" in page
    assert "You may not sign" in page or "had a hand" in page
    assert reverse("change-act", args=[request.number, "withdraw"]) in page


def test_an_approver_signs_on_the_page_and_the_release_follows(house):
    request, quinn = proposed(house), signed_in(house.cast.quinn)
    page = shown(quinn, request)
    address = reverse("sign", args=["change", request.number, "approved"])
    assert address in page
    form = quinn.get(address)
    intent = str(form.context["intent"].id)
    answer = quinn.post(address, {"intent": intent, "username": "quinn", "password": PASSWORD, "reason": ""})
    assert answer.status_code == 302, answer.content.decode()
    assert ChangeRequest.objects.get(pk=request.pk).state == "approved"
    assert "Quinn Mbeki" in shown(quinn, request)


def test_queues_hold_what_waits(house):
    first, second = proposed(house), proposed(house, to_canonical(label="Renamed"), "mapping")
    approved(house.cast, first.number)
    client = signed_in(house.cast.olga)
    waiting = client.get(reverse("changes"), {"queue": "decide"}).content.decode()
    assert second.number in waiting
    assert f">{first.number}<" not in waiting
    assert f">{first.number}<" in client.get(reverse("changes"), {"queue": "release"}).content.decode()
    assert client.get(reverse("changes"), {"queue": "nothing"}).status_code == 400


@pytest.mark.parametrize("name", ["withdraw", "hold", "cancel", "reassess"])
def test_an_act_needs_a_reason_and_then_is_done(house, name):
    request, ivo = proposed(house), signed_in(house.ivo)
    address = reverse("change-act", args=[request.number, name])
    assert ivo.get(address).status_code == 200
    assert ivo.post(address, {"reason": "."}).status_code == 422
    assert ivo.post(address, {"reason": REASON, "state": "released"}).status_code == 422
    assert ivo.post(address, {"reason": REASON}).status_code == 302
    expected = {"withdraw": "draft", "hold": "on_hold", "cancel": "cancelled", "reassess": "draft"}[name]
    assert ChangeRequest.objects.get(pk=request.pk).state == expected


def test_acts_of_others_are_refused_by_right_and_hidden_ids_are_not_there(house):
    request = proposed(house)
    victor = signed_in(house.cast.victor)
    address = reverse("change-act", args=[request.number, "withdraw"])
    assert victor.post(address, {"reason": REASON}).status_code == 403
    assert victor.get(reverse("change-act", args=["CR-2026-9999", "withdraw"])).status_code == 404
    assert victor.get(reverse("change-act", args=[request.number, "nothing"])).status_code == 404


def test_a_draft_is_kept_edited_by_another_and_submitted(house):
    anna = engineer("anna", "Anna Petrov")
    made = (
        Page(signed_in(house.ivo), reverse("propose-change", args=["system", "qms"])).fill(label="QMS").press("check")
    )
    done = made.say(title="A shorter label", reason=REASON).press("draft")
    number = ChangeRequest.objects.latest("proposed_at").number
    assert ChangeRequest.objects.get(number=number).is_open_draft
    edited = Page(signed_in(anna), reverse("propose-change", args=["system", "qms"]) + f"?change={number}")
    assert edited.values["f.label"] == "QMS"
    edited.fill(label="Quality system II").press("check").say(title="A shorter label", reason=REASON).press("propose")
    request = ChangeRequest.objects.get(number=number)
    assert request.operations.get().content["label"] == "Quality system II"
    page = shown(signed_in(anna), request)
    assert "Ivo Keller, Anna Petrov" in page
    assert signed_in(anna).post(reverse("change-act", args=[number, "submit"]), {"reason": REASON}).status_code == 302
    assert ChangeRequest.objects.get(number=number).submitted_at is not None
    assert done is not None


def test_two_who_edit_one_draft_overwrite_nothing_unawares(house):
    """Nor is a refusal mute: the draft may be submitted meanwhile."""
    ivo, anna = signed_in(house.ivo), signed_in(engineer("anna", "Anna Petrov"))
    request = draft(operations=[Operation("system", "qms", WORDS)], title="Words", by=house.ivo, reason=REASON)
    address = reverse("propose-change", args=["system", "qms"]) + f"?change={request.number}"
    mine, hers = Page(ivo, address), Page(anna, address)
    assert hers.fill(label="Hers").propose().status == 302
    refused = mine.fill(label="Mine").propose()
    assert (refused.status, "Anna Petrov has changed the system qms" in refused.text) == (409, True)
    assert request.operations.get().content["label"] == "Hers"
    again = Page(ivo, address)
    drafting.submit(number=request.number, by=house.ivo, reason=REASON)
    refused = again.fill(label="Mine").propose()
    assert (refused.status, "what it changes is frozen" in refused.text) == (422, True)


def test_new_objects_of_one_draft_refer_to_each_other_and_are_edited_there(house):
    ivo = signed_in(house.ivo)
    colours = {"key": "colour", "label": "Colour", "codes": {"red": {"label": "Red"}}, "crosswalks": {}}
    request = draft(
        operations=[Operation("code_list", "colour", colours)], title="Colours", by=house.ivo, reason=REASON
    )
    held = f"?change={request.number}"
    text = "{key: shade, label: Shade, definition: The colour of a lot., type: code, code_list: colour}"
    page = Page(ivo, reverse("propose-new", args=["element"]) + held)
    assert page.say(mode="text", text=text).propose().status == 302
    address = reverse("propose-change", args=["code_list", "colour"])
    assert (ivo.get(address).status_code, ivo.get(address + "?change=CR-2020-0001").status_code) == (404, 404)
    assert Page(ivo, address + held).fill(label="Colours").propose().status == 302
    drafting.submit(number=request.number, by=house.ivo, reason=REASON)
    assert [one.key for one in request.operations.order_by("position")] == ["colour", "shade"]
