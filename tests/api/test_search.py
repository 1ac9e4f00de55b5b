"""Search over the API: what the console's box finds, and nothing that the reader may not know of. Units by word."""

from __future__ import annotations

import pytest

from governance.actors import DEMONSTRATION
from hub.flow.work import drain
from hub.selectors import search
from hub.services.grants import allow_role
from tests.api.test_reading import follow
from tests.factories.world import element, release, sample
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6"), pytest.mark.req("M3.6")]


def names(told) -> set[str]:
    return {one["name"] for one in told["groups"]}


def test_it_finds_what_the_console_finds(api, client, world):
    post(client, world, sample(1))
    drain()
    for text in ("S-1", "glucose", "lims", "qms", "world"):
        told = api("get", f"search?q={text}", by="olga").json()
        groups = search.search(world.cast.olga, text)
        assert [(one["name"], one["count"], len(one["hits"])) for one in told["groups"]] == [
            (one.name, one.count, len(one.hits)) for one in groups
        ]
        assert told["total"] == sum(one.count for one in groups) > 0


def test_a_system_finds_what_its_interface_touches_and_a_stranger_nothing(api, world, stranger):
    assert names(api("get", "search?q=glucose").json()) >= {"elements"}
    assert names(api("get", "search?q=qms-rest").json()) >= {"connections"}
    assert names(api("get", "search?q=CR-").json()) >= {"changes"}
    for text in ("glucose", "qms-rest", "IF-001", "lims", "CR-", "world"):
        assert api("get", f"search?q={text}", token=stranger).json() == {"total": 0, "groups": []}, text


def test_a_protected_key_is_found_whole_and_masked_by_who_may_unmask_it_only(api, client, world):
    """Even a hit without its value would say that the key is there."""
    release(("element", element("reference", "text", max_length=40, data_class="personal")))
    message = post(client, world, sample(1, sample="BADGE-1")).json()["id"]
    drain()
    assert api("get", "search?q=BADGE-1", by="olga").json() == {"total": 0, "groups": []}
    how = {"interface_key": world.interface, "by": DEMONSTRATION, "reason": "They may"}
    allow_role(role="operator", permission="unmask_payload", **how)
    whole = api("get", "search?q=BADGE-1", by="olga").json()
    assert [hit["key"] for one in whole["groups"] for hit in one["hits"]] == [message]
    assert "BADGE" not in str(whole)
    assert api("get", "search?q=BADGE", by="olga").json()["groups"] == []


def test_a_search_for_nothing_is_refused_by_name(api, world):
    for query, field in (("", "q"), ("q=", "q"), ("q=%20", "q"), ("text=glucose", "text"), (f"q={'a' * 201}", "q")):
        answer = api("get", f"search?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), query


def test_units_are_found_by_word_and_by_what_converts(api, world):
    (first, *_) = api("get", "units?q=mg/dL").json()["results"]
    assert (first["code"], first["name"]) == ("mg/dL", "milligram per deciliter")
    like, of_element = (follow(api, f"units?q=gram&limit=100&{one}") for one in ("like=g/L", "element=glucose"))
    assert like == of_element
    assert {"g/L", "mg/dL"} <= {one["code"] for one in like}
    assert "kg" not in {one["code"] for one in like}
    few = follow(api, "units?q=gram&like=g/L&limit=7")
    assert few == like
    wrong = (
        ("like=smell", "like"),
        ("like=km9999999", "like"),
        ("like=m&element=glucose", "element"),
        ("element=nowhere", "element"),
        ("element=lot", "element"),
        ("cursor=Wy0xXQ", "cursor"),
        ("measures=mass", "measures"),
    )
    for query, field in wrong:
        answer = api("get", f"units?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), query
