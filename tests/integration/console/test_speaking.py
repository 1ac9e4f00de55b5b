"""One page on which an owner says what a change means for all that is theirs; each object is kept by itself."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.changes import propose
from governance.changes.proposing import drafting
from governance.changes.weighing import owners
from governance.errors import NotAllowed
from governance.models import AuditEvent, ImpactDisposition
from tests.factories.deciding import engineer, put_policies_in_force
from tests.factories.documents import wanted
from tests.factories.world import REASON, element, interface, release
from tests.integration.console.test_change_pages import signed_in
from tests.integration.test_released_before_approval import now

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

WORD = {"verdict": "accepted", "comment": "It stays readable for us"}
FIRST, SECOND = "interface IF-001", "interface IF-002"


@pytest.fixture
def house(world):
    """Two interfaces that a change of one element reaches; Olga is named as the owner of both."""
    release(("interface", interface(key="IF-002", label="The same, elsewhere")))
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    longer = wanted(("element", element("glucose", "quantity", unit="mg/dL", digits=2), "glucose"))
    world.change = propose(operations=longer, title="Another unit", by=world.ivo, reason=REASON)
    world.page = reverse("change-speak", args=[world.change.number])
    return world


def waiting(house) -> set[str]:
    return {f"{one.reference[0]} {one.reference[1]}" for one in owners.undisposed(now(house.change))}


def test_one_reason_serves_for_all_that_is_chosen_and_each_is_kept_by_itself(house):
    """Rick may not know of IF-002: it stands on no page of his, and waits for somebody who may."""
    assert waiting(house) == {FIRST, SECOND, "system qms"}
    client = signed_in(house.cast.rick)
    shown = client.get(reverse("change", args=[house.change.number])).content.decode()
    assert f'href="{house.page}"' in shown
    page = client.get(house.page).content.decode()
    assert (page.count('name="objects"'), page.count(" checked"), "IF-002" in page) == (2, 0, False)
    assert client.get(f"{house.page}?chosen=all").content.decode().count(" checked") == 2
    answer = client.post(house.page, {**WORD, "objects": [FIRST, "system qms"]})
    assert (answer.status_code, answer["Location"]) == (302, reverse("change", args=[house.change.number]))
    rows = ImpactDisposition.objects.filter(change=house.change)
    assert {(f"{one.kind} {one.key}", one.comment) for one in rows} == {
        (FIRST, WORD["comment"]),
        ("system qms", WORD["comment"]),
    }
    assert AuditEvent.objects.filter(kind="change.dispositioned").count() == 2
    assert waiting(house) == {SECOND}
    assert "waits for your word" in client.get(house.page).content.decode()


def test_another_reason_is_said_for_another_part_and_the_rest_stays(house):
    client = signed_in(house.cast.rick)
    answer = client.post(house.page, {**WORD, "objects": FIRST})
    assert answer["Location"] == house.page
    assert FIRST not in client.get(house.page).content.decode()
    client.post(house.page, {"verdict": "no_effect", "comment": "Another reason here", "objects": "system qms"})
    rows = ImpactDisposition.objects.filter(change=house.change)
    assert {(one.key, one.verdict) for one in rows} == {("IF-001", "accepted"), ("qms", "no_effect")}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (WORD, "Choose the objects that you speak for."),
        ({**WORD, "objects": [FIRST, SECOND]}, "interface IF-002 is not among the objects"),  # he may not know of it
        ({**WORD, "objects": [FIRST, "interface IF-999"]}, "interface IF-999 is not among the objects"),
        ({**WORD, "objects": [FIRST], "comment": "-"}, "reason"),
        ({**WORD, "objects": [FIRST], "by": "quinn"}, "This form has no field"),
    ],
)
def test_what_is_wrong_with_it_takes_nothing(house, body, says):
    answer = signed_in(house.cast.rick).post(house.page, body)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ImpactDisposition.objects.exists()


def test_an_owner_sees_what_is_theirs_alone_and_an_author_speaks_for_nothing(house):
    olga = signed_in(house.cast.olga).get(house.page).content.decode()
    assert (f'value="{FIRST}"' in olga, "system qms" in olga) == (True, False)
    assert owners.why_not_speak(now(house.change), house.cast.olga) == ""
    author = signed_in(house.ivo)
    assert "had a hand in it" in author.get(house.page).content.decode()
    assert author.post(house.page, {**WORD, "objects": FIRST}).status_code == 422
    with pytest.raises(NotAllowed, match="belongs to Quality"):
        owners.speak(number=house.change.number, nodes=[("interface", "IF-001"), ("system", "qms")], by=house.cast.olga,
                     **WORD)  # fmt: skip
    assert not ImpactDisposition.objects.exists()


def test_before_and_after_owners_are_asked_nobody_speaks(house):
    drafting.withdraw(number=house.change.number, by=house.ivo, reason=REASON)
    client = signed_in(house.cast.rick)
    assert "owners speak while it is assessed" in client.get(house.page).content.decode()
    assert client.post(house.page, {**WORD, "objects": FIRST}).status_code == 422
