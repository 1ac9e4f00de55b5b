"""The schema and the page that is made from it: whole, true to its own examples, and closed to strangers."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
import yaml
from django.urls import get_resolver

from governance.api.openapi.generating import document

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


@pytest.fixture
def schema(api, world):
    return api("get", "/api/schema/").json()


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, one in methods.items():
            yield f"{method} {path}", one


def test_it_is_openapi_and_comes_as_json_or_yaml(api, schema):
    assert schema["openapi"].startswith("3.1")
    text = api("get", "/api/schema/", Accept="application/yaml")
    assert text["Content-Type"].startswith("application/yaml")
    assert yaml.safe_load(text.content)["paths"].keys() == schema["paths"].keys()
    assert api("get", "/api/schema/", Accept="text/html").status_code == 406


def test_only_who_may_use_the_api_reads_it(api, client, world):
    for address in ("/api/schema/", "/api/schema"):
        assert client.get(address).status_code == 401
    assert client.get("/api/docs/")["Location"].startswith("/sign-in")
    assert client.get("/api/docs/", headers={"Authorization": f"Bearer {world.token}"}).status_code == 302


def test_every_address_of_the_api_stands_in_it(schema):
    routed = {
        "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(part.pattern))
        for outer in get_resolver("hub.api.urls").url_patterns
        for part in getattr(outer, "url_patterns", [outer])
    }
    assert routed <= schema["paths"].keys()
    assert "post" in schema["paths"]["/api/v1/interfaces/{key}/messages"]


def test_every_operation_says_who_may_what_it_takes_and_how_it_refuses(schema):
    names = [one["operationId"] for _, one in operations(schema)]
    assert len(names) == len(set(names))
    for name, one in operations(schema):
        assert one["summary"], name
        assert one["security"] == [{"token": []}, {"session": []}], name
        assert "401" in one["responses"], name
        assert all(part["description"] for part in one.get("parameters", [])), name
        for status, answer in one["responses"].items():
            if status >= "400":
                assert answer["$ref"] == f"#/components/responses/Problem{status}", name


def test_every_example_keeps_its_schema(schema):
    """Of answers, bodies and refusals alike."""
    held = {"components": schema["components"]}
    media = [part for _, one in operations(schema) for part in _media(one)]
    media += [part for one in schema["components"]["responses"].values() for part in one["content"].values()]
    assert len(media) > 100
    for part in media:
        jsonschema.Draft202012Validator({**part["schema"], **held}).validate(part["example"])


def test_every_reference_leads_somewhere(schema):
    found = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(schema)))
    assert len(found) > 30
    for pointer in found:
        part = schema
        for name in pointer.split("/"):
            part = part[name]


def test_a_proposal_shows_the_schema_that_its_content_is_checked_by(schema):
    for many, name in (("mappings", "MappingContent"), ("code-lists", "CodeListContent"), ("systems", "SystemContent")):
        body = schema["paths"][f"/api/v1/{many}/{{key}}"]["put"]["requestBody"]["content"]["application/json"]
        assert body["schema"]["properties"]["content"]["$ref"] == f"#/components/schemas/{name}"
        assert schema["components"]["schemas"][name]["required"]


def test_the_page_shows_every_operation_without_script(api, schema):
    page = api("get", "/api/docs/", by="victor").content.decode()
    for name, one in operations(schema):
        assert f'id="{one["operationId"]}"' in page, name
    assert "curl" in page
    assert "style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)


def test_the_document_is_made_once():
    assert document() is document()


def _media(one):
    for part in (one.get("requestBody", {}), *one["responses"].values()):
        yield from part.get("content", {}).values()
