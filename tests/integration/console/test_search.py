"""One search for everything: grouped, counted, and only what the reader may see."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.models import ChangeRequest
from hub.flow.replaying import replay
from hub.selectors import search
from tests.functional.busy import QUIET

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]


def found(user, text: str) -> dict[str, search.Group]:
    return {group.name: group for group in search.search(user, text)}


def test_each_kind_of_thing_is_found(busy):
    olga = busy.cast.olga
    replay.plan(message_ids=[busy.dead], mode="same_bytes", by=olga, reason="The target is mended.")
    for text, name in (
        ("24-1187", "messages"),
        ("complaints", "interfaces"),
        ("packaging", "systems"),
        ("qms-rest", "connections"),
        ("share of a batch", "elements"),
        ("result", "entities"),
        ("verdict", "code-lists"),
        ("NOK", "codes"),
        ("defect", "terms"),
        ("lims-result", "mappings"),
        ("free order", "icds"),
        ("a world", "changes"),
        ("target is mended", "replays"),
        ("sensors", "events"),
    ):
        assert name in found(olga, text), text


def test_a_group_counts_what_it_found(busy):
    group = found(busy.cast.olga, "24-1187")["messages"]
    assert group.count == len(group.hits) == 1
    assert found(busy.cast.olga, "nowhere to be found") == {}


def test_what_one_may_not_see_is_not_found_and_not_counted(busy):
    assert QUIET in {hit.key for hit in found(busy.cast.olga, "yearly")["interfaces"].hits}
    assert "interfaces" not in found(busy.cast.rick, "yearly")
    hidden = ChangeRequest.objects.filter(operations__kind="interface", operations__key=QUIET).get()
    assert hidden.number in {hit.key for hit in found(busy.cast.olga, hidden.number)["changes"].hits}
    assert "changes" not in found(busy.cast.rick, hidden.number)


@pytest.mark.parametrize(
    ("text", "name", "key"),
    [("IF-001", "interface", "IF-001"), ("if-001", "interface", "IF-001"), ("qms-rest", "connection", "qms-rest")],
)
def test_an_exact_id_leads_straight_there(busy, as_person, text, name, key):
    answer = as_person("olga").get(reverse("search"), {"q": text})
    assert (answer.status_code, answer["Location"]) == (302, reverse(name, args=[key]))


def test_the_id_of_a_message_leads_straight_there(busy, as_person):
    answer = as_person("olga").get(reverse("search"), {"q": str(busy.delivered)})
    assert answer["Location"] == reverse("message", args=[busy.delivered])


def test_a_word_is_no_id_and_the_groups_can_be_asked_for(busy, as_person):
    client = as_person("olga")
    assert client.get(reverse("search"), {"q": "verdict"}).status_code == 200
    assert client.get(reverse("search"), {"q": "IF-001", "all": "yes"}).status_code == 200


def test_an_id_of_others_leads_nowhere(busy, as_person):
    answer = as_person("rick").get(reverse("search"), {"q": QUIET})
    assert answer.status_code == 200
    assert "Yearly" not in answer.content.decode()
