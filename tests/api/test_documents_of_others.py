"""One document about two interfaces, read by somebody who may see one of them: the other is left out, everywhere."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from governance.changes.effective import revision_of
from tests.factories.documents import describe, document, put, wanted
from tests.factories.world import connection, interface

pytestmark = [pytest.mark.django_db, pytest.mark.req("M1.6")]

SECRET = ("IF-002", "10.9.8.7", "Vault keeper", "qms-vault")
ELSEWHERE = {**connection("http://10.9.8.7:8443/hidden"), "key": "qms-vault"}
OTHER = interface(
    key="IF-002",
    label="Other results",
    owner="Vault keeper",
    routes=[{**interface()["routes"][0], "connection": "qms-vault"}],
)
WHOLE = "/api/v1/icds/ICD-0001"


@pytest.fixture
def shared(world):
    """ICD-0001 describes IF-001, which the lab's account and Olga see, and IF-002, which only Victor sees."""
    describe(world)
    both = document() | {"interfaces": ["IF-001", "IF-002"]}
    put(
        wanted(("connection", ELSEWHERE, "qms-vault"), ("interface", OTHER, "IF-002"), ("icd", both, "ICD-0001")),
        world.cast.olga,
    )
    assert revision_of("icd", "ICD-0001").content["generated"].keys() == {"IF-001", "IF-002"}
    return world


def hints(text: str) -> list[str]:
    return [word for word in SECRET if word in text]


def paper(answer) -> tuple[str, dict]:
    found = PdfReader(io.BytesIO(answer.content))
    return " ".join(page.extract_text() for page in found.pages), dict(found.attachments)


def test_the_api_tells_each_reader_what_they_may_see(shared, api):
    mine = api("get", "icds/ICD-0001/document")
    assert (mine.json()["left_out"], mine.json()["content"]["interfaces"]) == (1, ["IF-001"])
    assert mine.json()["content"]["generated"].keys() == {"IF-001"}
    for door in ("document", "generated", "differences"):
        assert not hints(api("get", f"icds/ICD-0001/{door}").text), door
    assert api("get", "icds/ICD-0001/differences").json()["agrees"] is True
    whole = api("get", "icds/ICD-0001/document", by="victor")
    assert whole.json()["left_out"] == 0
    assert hints(whole.text) == list(SECRET)


def test_what_cannot_be_told_in_part_is_not_there(shared, api):
    assert api("get", WHOLE).status_code == 404
    assert "ICD-0001" not in api("get", "icds").text
    assert api("get", WHOLE, by="olga").status_code == 404
    assert api("get", WHOLE, by="victor").status_code == 200
    put(wanted(("interface", None, "IF-002"), ("icd", document(), "ICD-0001")), shared.cast.olga)
    assert api("get", WHOLE, by="olga").status_code == 200


def test_the_paper_leaves_out_the_enclosed_revision_with_it(shared, api):
    text, enclosed = paper(api("get", "icds/ICD-0001/document.pdf", by="olga", Accept="application/pdf"))
    assert "1 interface left out." in text
    assert not hints(text)
    assert not enclosed
    text, enclosed = paper(api("get", "icds/ICD-0001/document.pdf", by="victor", Accept="application/pdf"))
    assert hints(text) == list(SECRET)
    assert list(enclosed) == ["ICD-0001-1.2.0.json"]


def test_no_page_names_the_other_interface(shared, api, client):
    client.force_login(shared.cast.olga, backend="django.contrib.auth.backends.ModelBackend")
    pages = [reverse(name, args=["ICD-0001"]) for name in ("icd", "icd-document")]
    for page in (*pages, reverse("icds"), reverse("interface", args=["IF-001"])):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert not hints(answer.content.decode()), page
    listed = client.get(reverse("changes")).content.decode()  # an operator sees every connection
    assert set(hints(listed)) <= {"qms-vault"}
    assert "1 interface left out." in client.get(pages[1]).content.decode()
    for page in (
        reverse("icd", args=["ICD-0001"]) + "?as_of=2030-01-01",
        reverse("propose-change", args=["icd", "ICD-0001"]),
        reverse("story", args=["icd", "ICD-0001"]),
    ):
        assert client.get(page).status_code == 404, page
