"""Controlled objects over the API: read as they are in force, changed by a proposal and by nothing else."""

from __future__ import annotations

import pytest

from governance.changes.effective import revision_of
from governance.models import ChangeRequest, Refusal
from tests.factories.world import element, release

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

WHY = {"title": "A better definition", "reason": "The old one said too little"}
COLLECTIONS = ("systems", "connections", "elements", "entities", "code-lists", "local-terms", "icds", "mappings")


@pytest.fixture
def lot(api):
    """The element ``lot`` as it is in force, with its tag."""
    found = api("get", "elements/lot", by="olga")
    return found.json(), found["ETag"]


def proposal(content, **more):
    return {"content": {**content, **more}, **WHY}


@pytest.mark.parametrize("many", COLLECTIONS)
def test_every_collection_is_listed_and_each_of_it_is_read(api, many):
    rows = api("get", many, by="olga").json()["results"]
    assert rows or many == "local-terms"
    for row in rows:
        one = api("get", f"{many}/{row['key']}", by="olga")
        assert one.json() == row
        assert one["ETag"] == f'"{row["digest"]}"'


def test_a_reader_who_has_it_gets_it_only_once(api, lot):
    _, tag = lot
    again = api("get", "elements/lot", by="olga", If_None_Match=f'"other", W/{tag}')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert api("get", "elements/lot", by="olga", If_None_Match='"other"').status_code == 200


def test_filters_narrow_a_list(api):
    found = api("get", "systems?category=qms", by="olga").json()["results"]
    assert [row["key"] for row in found] == ["qms"]
    assert api("get", "systems?category=space", by="olga").status_code == 400


def test_a_proposal_from_what_was_read_is_released(api, engineer, lot):
    content, tag = lot[0]["content"], lot[1]
    made = api("put", "elements/lot", proposal(content, definition="A batch, by number."), by="rick", If_Match=tag)
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "released"
    assert made.json()["operations"][0]["difference"][0]["field"] == "definition"
    assert api("get", made["Location"], by="rick").json() == made.json()
    now = api("get", "elements/lot", by="rick")
    assert now.json()["content"]["definition"] == "A batch, by number."
    assert now["ETag"] != tag


def test_a_proposal_must_say_what_it_was_made_from(api, engineer, lot):
    changed, tag = proposal(lot[0]["content"], definition="A batch, by number."), lot[1]
    assert api("put", "elements/lot", changed, by="rick").status_code == 428
    for wrong in ('"sha256:0"', f"W/{tag}", "nonsense"):
        stale = api("put", "elements/lot", changed, by="rick", If_Match=wrong)
        assert (stale.status_code, stale.json()["errors"][0]["field"]) == (412, "If-Match")
    assert api("put", "elements/lot", changed, by="rick", If_None_Match="*").status_code == 412
    release(("element", {**lot[0]["content"], "definition": "Somebody was faster."}))
    assert api("put", "elements/lot", changed, by="rick", If_Match=tag).status_code == 412


def test_a_change_that_comes_between_look_and_act_is_a_412_too(api, engineer, lot, monkeypatch):
    """The door compared with a revision that is not in force any more when the change is made."""
    held = revision_of("element", "lot")
    release(("element", {**lot[0]["content"], "definition": "Somebody was faster."}))
    monkeypatch.setattr("governance.api.controlled.revision_of", lambda kind, key: held)
    changed = proposal(lot[0]["content"], definition="A batch, by number.")
    late = api("put", "elements/lot", changed, by="rick", If_Match=lot[1])
    assert (late.status_code, late.json()["errors"][0]["field"]) == (412, "If-Match")


def test_what_is_new_is_proposed_as_new(api, engineer):
    made = element("colour", "text")
    assert api("put", "elements/colour", proposal(made), by="rick").status_code == 428
    assert api("put", "elements/colour", proposal(made), by="rick", If_Match='"x"').status_code == 412
    assert api("put", "elements/colour", proposal(made), by="rick", If_None_Match="*").status_code == 201
    assert api("get", "elements/colour", by="rick").json()["version"] == "1.0.0"


def test_what_is_used_cannot_be_retired_and_what_is_not_can(api, engineer, lot):
    refused = api("delete", "elements/lot", WHY, by="rick", If_Match=lot[1])
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "content")
    release(("element", element("colour", "text")))
    tag = api("get", "elements/colour", by="rick")["ETag"]
    assert api("delete", "elements/colour", WHY, by="rick").status_code == 428
    assert api("delete", "elements/colour", WHY, by="rick", If_Match=tag).status_code == 201
    assert api("get", "elements/colour", by="rick").status_code == 404
    assert api("delete", "elements/colour", WHY, by="rick", If_Match=tag).status_code == 404
    again = proposal(element("colour", "text"))
    assert api("put", "elements/colour", again, by="rick", If_Match=tag).status_code == 412
    assert api("put", "elements/colour", again, by="rick", If_None_Match="*").status_code == 201


def test_who_may_only_look_cannot_propose(api, lot):
    changed = proposal(lot[0]["content"], definition="A batch, by number.")
    for by in ("victor", ""):
        assert api("put", "elements/lot", changed, by=by, If_Match=lot[1]).status_code == 403
    assert Refusal.objects.filter(act="element.propose", status=403).count() == 2
    assert not ChangeRequest.objects.filter(title=WHY["title"]).exists()


@pytest.mark.parametrize("surplus", ["version", "state", "author", "digest"])
def test_mass_assignment_is_refused_by_name(api, engineer, lot, surplus):
    body = {**proposal(lot[0]["content"]), surplus: "x"}
    refused = api("put", "elements/lot", body, by="rick", If_Match=lot[1])
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, surplus)


def test_content_that_breaks_rules_is_refused_with_each(api, engineer, lot):
    wrong = {**lot[0]["content"], "type": "smell", "colour": "red"}
    refused = api("put", "elements/lot", proposal(wrong), by="rick", If_Match=lot[1])
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) >= 1
    other = api("put", "elements/lot", proposal(lot[0]["content"], key="other"), by="rick", If_Match=lot[1])
    assert (other.status_code, "must be 'lot'" in other.json()["detail"]) == (422, True)


def test_a_key_in_odd_unicode_is_only_a_key_that_is_not_there(api):
    for odd in ("%F0%9F%A6%84", "%E2%80%AE", "a%2Fb", "%ff", "x" * 3000, "lot%20", "..%2F..%2Fetc"):
        assert api("get", f"elements/{odd}", by="olga").status_code == 404


def test_an_interface_of_others_cannot_be_read_or_proposed(api, world, stranger):
    for method in ("get", "put", "delete"):
        body = None if method == "get" else WHY if method == "delete" else proposal({"key": "IF-001"})
        assert api(method, "interfaces/IF-001", body, token=stranger, If_Match='"x"').status_code == 404
    assert api("get", "interfaces", token=stranger).json() == {"results": [], "next": None}


def test_an_interface_shows_its_pins_and_its_tag(api, world):
    found = api("get", "interfaces/IF-001")
    assert {pin["kind"] for pin in found.json()["pins"]} >= {"icd", "mapping", "connection"}
    assert found["ETag"].startswith('"sha256:')


def test_an_entity_is_read_as_json_schema(api):
    key = api("get", "entities", by="olga").json()["results"][0]["key"]
    found = api("get", f"entities/{key}/schema", by="olga")
    assert found["Content-Type"] == "application/schema+json"
    assert found.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert api("get", f"entities/{key}/schema", by="olga", If_None_Match=found["ETag"]).status_code == 304
    assert api("get", "entities/none/schema", by="olga").status_code == 404
