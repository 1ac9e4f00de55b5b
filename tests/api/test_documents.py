"""Control documents over the API: read, printed, compared, and proposed with what they describe."""

from __future__ import annotations

import sys

import pytest

from governance.changes.effective import revision_of
from tests.factories.documents import WRITTEN, describe, document
from tests.factories.world import icd, interface

pytestmark = [pytest.mark.django_db, pytest.mark.req("M1.6")]

WORDS = {"title": "Fewer tries", "reason": "The target answers within minutes now"}
FEWER = interface(stage="production", retry={"max_attempts": 3})


@pytest.fixture
def described(world):
    return describe(world)


def changed(**more) -> dict:
    return {**WORDS, "operations": [{"kind": "interface", "key": "IF-001", "content": FEWER}], **more}


def test_a_revision_is_read_whole(described, api):
    found = api("get", "icds/ICD-0001/document").json()
    assert (found["version"], found["status"], found["missing"]) == ("1.1.0", "In force", [])
    assert found["content"]["generated"].keys() == {"IF-001"}
    assert found["digest"] == revision_of("icd", "ICD-0001").digest
    older = api("get", "icds/ICD-0001/document?version=1.0.0").json()
    assert older["status"] == "Superseded, in force is 1.1.0"
    assert "Purpose" in older["missing"]
    assert api("get", "icds/ICD-0001/document?version=7.0.0").status_code == 404


def test_it_is_printed(described, api):
    answer = api("get", "icds/ICD-0001/document.pdf", Accept="application/pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="ICD-0001-1.1.0.pdf"'
    assert answer.content.startswith(b"%PDF-1.7")


def test_where_a_library_is_missing_it_says_so(described, api, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = api("get", "icds/ICD-0001/document.pdf", Accept="application/pdf")
    assert answer.status_code == 503
    assert b"libharfbuzz-subset0" in answer.content


def test_what_is_generated_and_where_it_differs(described, api, monkeypatch):
    now = api("get", "icds/ICD-0001/generated").json()["generated"]
    assert now == revision_of("icd", "ICD-0001").content["generated"]
    assert api("get", "icds/ICD-0001/differences").json()["agrees"] is True
    monkeypatch.setattr("hub.documents.sections.DEFAULT", "another default")
    found = api("get", "icds/ICD-0001/differences").json()
    assert found["agrees"] is False
    assert {
        "field": "IF-001 › Service level › Backlog",
        "document": "the default of this hub",
        "configuration": "another default",
    } in found["differences"]


def test_the_interface_says_whether_its_document_holds(described, api):
    found = api("get", "interfaces/IF-001").json()["document"]
    assert found == {
        "icd": "ICD-0001",
        "version": "1.1.0",
        "stage": "production",
        "described": True,
        "agrees": True,
        "missing": [],
        "closed": "",
    }


@pytest.mark.usefixtures("engineer")
def test_a_change_is_refused_with_the_list_or_brings_the_document_along(described, api):
    answer = api("post", "changes", changed(), by="rick")
    assert answer.status_code == 422
    assert "IF-001 › When something fails › Tries: the document says “5”, the configuration says “3”." in answer.text
    answer = api("post", "changes", changed(companions="bring"), by="rick")
    assert answer.status_code == 201, answer.text
    assert [one["kind"] for one in answer.json()["operations"]] == ["icd", "interface"]
    assert api("get", "icds/ICD-0001/differences").json()["agrees"] is True


@pytest.mark.usefixtures("engineer")
def test_companions_are_brought_or_not_and_nothing_else(described, api):
    answer = api("post", "changes", changed(companions="all"), by="rick")
    assert answer.status_code == 422
    assert "companions" in answer.text


@pytest.mark.usefixtures("engineer")
def test_a_new_document_is_proposed_without_what_is_generated(world, api):
    whole = {**document(), "key": "ICD-0001"}
    bare = api("put", "icds/ICD-0001", {**WORDS, "content": whole}, by="rick", If_Match=tag(api))
    assert bare.status_code == 422
    assert "It holds nothing yet of what is generated of the interface 'IF-001'." in bare.text
    answer = api(
        "put", "icds/ICD-0001", {**WORDS, "content": whole, "companions": "bring"}, by="rick", If_Match=tag(api)
    )
    assert answer.status_code == 201, answer.text
    assert "generated" in revision_of("icd", "ICD-0001").content


@pytest.mark.usefixtures("engineer")
def test_an_interface_goes_into_production_only_with_a_whole_document(world, api):
    wanted = [
        {"kind": "icd", "key": "ICD-0001", "content": icd(interfaces=["IF-001"], **{**WRITTEN, "escalation": []})},
        {"kind": "interface", "key": "IF-001", "content": FEWER},
    ]
    answer = api("post", "changes", {**WORDS, "operations": wanted, "companions": "bring"}, by="rick")
    assert answer.status_code == 422
    assert "says nothing about: Escalation path." in answer.text


def tag(api) -> str:
    return api("get", "icds/ICD-0001", by="rick")["ETag"]
