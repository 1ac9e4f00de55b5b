"""A right on one object ends at that object, and a refused proposal tells nothing of what its author may not see."""

from __future__ import annotations

import json

import pytest

from dictionary.models import Entity
from governance.changes.effective import revision_of
from governance.models import System
from hub.models import Interface
from tests.factories.world import INTERFACE, connection, contents, icd, interface, release, to_canonical
from tests.integration.test_rights import give, person

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

WORDS = {"title": "A change for a test", "reason": "A reason that is long enough"}


@pytest.fixture
def gus(world):
    """A guest, beside things of others: an entity, a system, a connection and a mapping that no interface uses."""
    entity = next(content for kind, content in contents(world.target.url) if kind == "entity")
    release(("entity", {**entity, "key": "other", "label": "Other"}))
    release(("system", {"key": "erp", "label": "ERP", "category": "erp", "owner": "Finance", "level": 4, "gxp": False}))
    release(("connection", {**connection(world.target.url), "key": "erp-rest", "system": "erp"}))
    release(("mapping", to_canonical(key="spare", label="Spare")))
    return person("gus")


def owns(who, right: str, thing) -> None:
    give(who, f"view_{right}", thing)
    give(who, f"propose_{right}", thing)


@pytest.fixture
def send(client, gus):
    """PUT or DELETE as Gus, from the version in force."""
    client.force_login(gus, backend="django.contrib.auth.backends.ModelBackend")

    def sent(path: str, content=None, *, method: str = "put"):
        tag = client.get(f"/api/v1/{path}").headers.get("ETag", '"sha256:00"')
        body = WORDS if content is None else {**WORDS, "content": content}
        act = getattr(client, method)
        return act(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers={"If-Match": tag})

    return sent


def test_who_may_change_an_entity_gives_its_mapping_and_its_contract_to_no_other(gus, send):
    owns(gus, "entity", Entity.objects.get(key="result"))
    for path, content in (
        ("mappings/spare", to_canonical(key="spare", label="Spare", entity="other")),
        ("icds/ICD-0001", icd(entity="other")),
        ("icds/ICD-0001", {name: value for name, value in icd().items() if name != "entity"}),
    ):
        refused = send(path, content)
        assert refused.status_code == 403, path
        assert "not give it to something else" in refused.json()["detail"]
    assert send("mappings/spare", to_canonical(key="spare", label="Still mine")).status_code == 201
    owns(gus, "entity", Entity.objects.get(key="other"))
    assert send("mappings/spare", to_canonical(key="spare", label="Still mine", entity="other")).status_code == 201


def test_who_may_change_a_system_gives_its_connection_to_no_other(world, gus, send):
    owns(gus, "system", System.objects.get(key="qms"))
    moved = {**connection(world.target.url), "system": "erp"}
    assert send("connections/qms-rest", moved).status_code == 403
    assert revision_of("connection", "qms-rest").content["system"] == "qms"


def test_the_same_holds_where_several_objects_are_proposed_at_once(client, gus, send):
    owns(gus, "entity", Entity.objects.get(key="result"))
    moved = to_canonical(key="spare", label="Spare", entity="other")
    body = {**WORDS, "operations": [{"kind": "mapping", "key": "spare", "content": moved}]}
    assert client.post("/api/v1/changes", json.dumps(body), content_type="application/json").status_code == 403


def test_a_reference_to_what_the_author_may_not_see_is_answered_like_one_that_leads_nowhere(gus, send):
    owns(gus, "interface", Interface.objects.get(key=INTERFACE))
    answers = []
    for key in ("erp-rest", "no-such"):
        route = {"key": "qms", "connection": key, "sink": "results", "mapping": "qms-result"}
        refused = send(f"interfaces/{INTERFACE}", interface(routes=[route]))
        answers.append((refused.status_code, refused.json()["detail"].replace(key, "…")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert "which does not exist" in answers[0][1]


def test_a_back_test_tells_nothing_of_a_code_list_that_its_author_may_not_see(client, gus, send):
    """Nor does it run with it: the hidden list is answered like one that leads nowhere."""
    owns(gus, "entity", Entity.objects.get(key="result"))
    release(("code_list", {"key": "hidden", "label": "Hidden", "codes": {"OK": {"label": "Secret"}}}))
    answers = []
    for key in ("hidden", "no_such"):
        rule = {"target": "verdict", "path": "$.verdict", "codes": {"list": key}}
        others = [one for one in to_canonical()["rules"] if one["target"] != "verdict"]
        body = {"content": to_canonical(rules=[*others, rule]), "last": 20}
        told = client.post("/api/v1/mappings/lims-result/back-test", json.dumps(body), content_type="application/json")
        answers.append((told.status_code, told.json()["detail"].replace(key, "…")))
    assert answers[0] == answers[1]
    assert (answers[0][0], "which does not exist" in answers[0][1]) == (422, True)


def test_what_keeps_an_object_from_being_retired_is_not_named_to_who_may_not_see_it(gus, send):
    owns(gus, "entity", Entity.objects.get(key="result"))
    refused = send("mappings/lims-result", method="delete")
    assert refused.status_code == 422
    assert INTERFACE not in refused.content.decode()
    assert "something that you may not see refers to it" in refused.json()["detail"]
    give(gus, "view_interface", Interface.objects.get(key=INTERFACE))
    assert f"the interface '{INTERFACE}' refers to it" in send("mappings/lims-result", method="delete").json()["detail"]


def test_a_hidden_object_is_answered_like_one_that_is_not_there(gus, send):
    hidden = send("mappings/spare", to_canonical(key="spare"))
    absent = send("mappings/thing", to_canonical(key="thing"))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"].replace("spare", "thing") == absent.json()["detail"]
