"""What a change reaches, over the API: for a system's account and for persons, and what is refused."""

from __future__ import annotations

import json

import pytest

from governance.changes.effective import revision_of
from tests.factories.several import make_several
from tests.factories.world import icd, release

pytestmark = [pytest.mark.django_db, pytest.mark.req("B2"), pytest.mark.req("M7.4")]
SCHEMA = {"type": "object", "properties": {"sample": {"type": "string"}, "lot": {"type": "string"}}}

LOOP = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}


def keys(answer) -> set[str]:
    return {f"{one['kind']}:{one['key']}" for one in answer.json()["objects"]}


def test_a_field_of_a_system_with_reason_and_owners(api):
    answer = api("get", "impact?system=lims&field=$.lot")
    assert answer.status_code == 200
    found = answer.json()
    assert {"interface:IF-001", "mapping:lims-result", "element:lot", "system:qms"} <= keys(answer)
    assert found["owners"] == ["Olga Brandt", "Quality"]
    assert found["hidden"] == 0
    assert found["starts"] == ["system:lims#$.lot of ICD-0001"]
    (rule,) = [part for one in found["objects"] if one["key"] == "lims-result" for part in one["parts"]]
    assert rule["why"][-1] == "is read by rule 2 (lot) of the mapping lims-result, in IF-001"


def test_what_the_account_may_not_see_is_counted_and_unnamed(api, world):
    make_several(world.target.url)
    answer = api("get", "impact?system=qms&field=$.lot")
    assert answer.json()["hidden"] == 1
    assert "IF-003" not in answer.content.decode()
    assert "IF-003" in api("get", "impact?kind=element&key=lot", by="victor").content.decode()


def test_what_is_held_is_compared_as_far_as_the_account_may_see_it(api, world):
    make_several(world.target.url)
    given = {"system": "qms", "document": "results", "new": {"type": "object", "properties": {}}}
    paths = {one["path"] for one in api("post", "impact/descriptions", given).json()["differences"]}
    assert "$.lot" in paths
    assert "$.text" not in paths  # only the complaints of IF-004 are written there
    both = api("post", "impact/descriptions", given, by="victor").json()["differences"]
    assert {one["path"] for one in both} == paths | {"$.text"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("system=crm&field=$.x", 404),
        ("system=nowhere&field=$.x", 404),
        ("kind=element&key=complaint", 404),
        ("kind=nothing&key=x", 400),
        ("system=lims", 400),
        ("system=lims&field=$.x&kind=element&key=lot", 400),
        ("system=lims&field=$..x", 400),
        ("colour=blue", 400),
        ("", 400),
    ],
)
def test_what_cannot_be_asked_or_is_not_there(api, world, query, status):
    make_several(world.target.url)
    answer = api("get", f"impact?{query}")
    assert answer.status_code == status
    assert answer.json()["errors"][0]["detail"]


def test_a_field_that_nothing_names_is_refused_with_those_that_are_known(api, world):
    for query, field, value, rule in (
        ("field=$.lott", "field", "$.lott", "a known field"),
        ("field=$.lot&document=ICD-0999", "document", "ICD-0999", "a known document"),
    ):
        answer = api("get", f"impact?system=lims&{query}")
        assert answer.status_code == 400, query
        (error,) = answer.json()["errors"]
        assert (error["field"], error["value"], error["rule"]) == (field, value, rule)
    assert "$.lott of lims; known are " in api("get", "impact?system=lims&field=lott").json()["detail"]
    assert "known are ICD-0001." in answer.json()["detail"]


def test_a_field_that_only_an_agreement_describes_is_known(api):
    schema = revision_of("icd", "ICD-0001").content["schema"]
    described = {**schema, "properties": {**schema["properties"], "remark": {"type": "string"}}}
    release(("icd", icd(schema=described)))
    answer = api("get", "impact?system=lims&field=$.remark")
    assert (answer.status_code, "icd:ICD-0001" in keys(answer)) == (200, True)
    assert api("get", "impact?system=lims&field=$.remarks").status_code == 400


def test_of_a_system_of_which_no_field_is_known_every_field_is_answered(api):
    release(("system", {"key": "cmms", "label": "Maintenance", "category": "cmms", "owner": "Works", "level": 3}))
    answer = api("get", "impact?system=cmms&field=$.order", by="victor")
    assert (answer.status_code, answer.json()["objects"]) == (200, [])


def test_the_names_of_known_fields_are_those_that_the_reader_may_see(api, world):
    make_several(world.target.url)
    answer = api("get", "impact?system=qms&field=$.nothing")
    assert answer.status_code == 400
    assert "$.lot" in answer.json()["detail"]
    assert "$.text" not in answer.json()["detail"]  # only the complaints of IF-004 are written there
    assert "$.text" in api("get", "impact?system=qms&field=$.nothing", by="victor").json()["detail"]


def test_a_description_is_compared_with_an_older_one_and_with_what_is_held(api):
    new = {"type": "object", "properties": {"sample": {"type": "string"}, "batch": {"type": "string"}}}
    answer = api("post", "impact/descriptions", {"system": "lims", "new": new, "old": SCHEMA})
    assert answer.status_code == 200
    (one,) = answer.json()["differences"]
    assert (one["what"], one["path"], one["to"]) == ("renamed", "$.lot", "$.batch")
    assert "IF-001" in [found["key"] for found in one["impact"]["objects"]]
    held = api("post", "impact/descriptions", {"system": "lims", "document": "ICD-0001", "new": new}).json()
    went = {one["path"] for one in held["differences"] if one["what"] in ("removed", "renamed")}
    assert {"$.lot", "$.verdict", "$.glucose.value", "$.at"} <= went


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({"system": "lims", "new": LOOP, "old": SCHEMA}, 422, "leads back to itself"),
        ({"system": "lims", "new": {"properties": {"a\u202eb": {}}}, "old": SCHEMA}, 422, "turns around"),
        ({"system": "lims", "new": {}, "old": SCHEMA}, 422, "neither OpenAPI nor JSON Schema"),
        ({"system": "lims", "new": SCHEMA, "approved_by": "me"}, 422, "cannot be set here"),
        ({"system": "lims", "new": "text"}, 422, "must be a JSON object"),
        ({"system": "nowhere", "new": SCHEMA}, 404, "There is no system"),
        ({"new": SCHEMA}, 422, "is missing"),
        (b'{"system": "lims", "new": {"type": "object", "type": "array"}}', 400, "stands twice"),
        (b'{"system": "lims", "new": {"minimum": NaN}}', 400, "no JSON number"),
    ],
)  # fmt: skip
def test_a_description_that_cannot_be_taken(api, given, status, sentence):
    answer = api("post", "impact/descriptions", given)
    assert answer.status_code == status
    assert sentence in json.dumps(answer.json(), ensure_ascii=False)


def test_without_a_token_nothing_is_told(client, world):
    assert client.get("/api/v1/impact?system=lims&field=$.lot").status_code == 401
