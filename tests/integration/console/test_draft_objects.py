"""The objects of an open draft: one is taken out, another one that is in force is changed or retired in it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.changes import Operation
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.models import ChangeRequest
from tests.factories.deciding import REASON, engineer, put_policies_in_force
from tests.factories.forms import Page
from tests.factories.world import element, interface, release
from tests.integration.console.test_change_pages import WORDS, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

LONGER = element("lot", "text", max_length=60)


@pytest.fixture
def house(world):
    release(("element", element("spare", "text", max_length=40)), ("interface", interface(key="IF-002")))
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    world.draft = draft(
        operations=[Operation("system", "qms", WORDS), Operation("element", "lot", LONGER)],
        title="Two things",
        by=world.ivo,
        reason=REASON,
    )
    return world


def held(request: ChangeRequest) -> dict[str, bool]:
    """Key → whether the draft retires it."""
    return {one.key: one.content is None for one in request.operations.all()}


def objects_of(request: ChangeRequest, **query: str) -> str:
    return reverse("change-objects", args=[request.number], query=query)


def test_an_object_is_taken_out_with_a_reason_and_the_last_one_stays(house):
    ivo, number = signed_in(house.ivo), house.draft.number
    address = reverse("change-drop", args=[number, "element", "lot"])
    assert f'href="{address}"' in ivo.get(reverse("change", args=[number])).content.decode()
    assert ivo.post(address, {"reason": "."}).status_code == 422
    assert ivo.post(address, {"reason": REASON, "key": "qms"}).status_code == 422
    assert held(house.draft) == {"qms": False, "lot": False}
    assert ivo.post(address, {"reason": REASON}).status_code == 302
    assert held(house.draft) == {"qms": False}
    assert ivo.get(address).status_code == 404
    last = reverse("change-drop", args=[number, "system", "qms"])
    assert f'href="{last}"' not in ivo.get(reverse("change", args=[number])).content.decode()
    refused = ivo.post(last, {"reason": REASON})
    assert (refused.status_code, "cancel the whole draft instead" in refused.content.decode()) == (422, True)


def test_an_object_in_force_is_retired_in_the_draft(house):
    ivo, number = signed_in(house.ivo), house.draft.number
    onward = ivo.get(objects_of(house.draft, kind="element", key="spare", do="retire"))
    assert onward["Location"] == reverse("propose-retire", args=["element", "spare"]) + f"?change={number}"
    page = Page(ivo, onward["Location"])
    assert f"Retire it in {number}" in page.text
    assert "title" not in page.values
    assert page.say(reason=".").press("propose").status == 422
    assert ivo.post(onward["Location"], {**page.values, "reason": REASON, "state": "released"}).status_code == 422
    assert "spare" not in held(house.draft)
    assert page.say(reason=REASON).press("propose").status == 302
    assert held(house.draft) == {"qms": False, "lot": False, "spare": True}
    shown = ivo.get(reverse("change", args=[number])).content.decode()
    assert "Retired" in shown
    assert "put the data element spare into it" in shown


def test_one_that_is_used_is_not_retired_there(house):
    ivo = signed_in(house.ivo)
    address = reverse("propose-retire", args=["element", "glucose"]) + f"?change={house.draft.number}"
    refused = Page(ivo, address).say(reason=REASON).press("propose")
    assert (refused.status, "glucose" in held(house.draft)) == (422, False)


def test_what_the_draft_makes_anew_is_taken_out_and_not_retired(house):
    ivo, number = signed_in(house.ivo), house.draft.number
    new = Operation("element", "newcomer", element("newcomer", "text", max_length=40))
    drafting.edit(number=number, operation=new, by=house.ivo, reason=REASON)
    address = reverse("propose-retire", args=["element", "newcomer"]) + f"?change={number}"
    assert address not in ivo.get(reverse("change", args=[number])).content.decode()
    assert ivo.get(address).status_code == 404


def test_another_object_is_asked_for_by_kind_and_key(house):
    ivo, number = signed_in(house.ivo), house.draft.number
    assert ivo.get(objects_of(house.draft)).status_code == 200
    onward = ivo.get(objects_of(house.draft, kind="element", key="glucose", do="change"))
    assert onward["Location"] == reverse("propose-change", args=["element", "glucose"]) + f"?change={number}"
    for kind, noun, key in (("element", "data element", "nowhere"), ("interface", "interface", "IF-002")):  # not his
        refused = ivo.get(objects_of(house.draft, kind=kind, key=key, do="change"))
        assert refused.status_code == 422
        assert f"There is no {noun} &#x27;{key}&#x27; in force that you may see." in refused.content.decode()
    assert ivo.get(objects_of(house.draft, kind="nothing", key="x")).status_code == 400
    assert ivo.get(objects_of(house.draft, state="released")).status_code == 400


def test_others_do_none_of_it_and_a_submitted_change_has_no_such_page(house):
    number, quinn = house.draft.number, signed_in(house.cast.quinn)
    drop = reverse("change-drop", args=[number, "element", "lot"])
    retire = reverse("propose-retire", args=["element", "spare"]) + f"?change={number}"
    for address in (drop, objects_of(house.draft), retire):
        assert quinn.get(address).status_code == 403, address
    assert quinn.post(drop, {"reason": REASON}).status_code == 403
    page = quinn.get(reverse("change", args=[number])).content.decode()
    assert "Take it out of this draft" not in page
    assert "Edit it in this draft" not in page
    drafting.submit(number=number, by=house.ivo, reason=REASON)
    ivo = signed_in(house.ivo)
    assert ivo.get(objects_of(house.draft)).status_code == 404
    refused = ivo.post(drop, {"reason": REASON})
    assert (refused.status_code, "lot" in held(house.draft)) == (422, True)
