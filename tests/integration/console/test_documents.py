"""The pages of a control document, what goes with a change of them, and the paper."""

from __future__ import annotations

import hashlib
import io
import sys
from dataclasses import replace

import pytest
from django.urls import reverse
from pypdf import PdfReader

from dictionary.models import InterfaceControlDocument
from governance.changes import Operation
from governance.changes.effective import revision_of
from governance.changes.propose import draft
from governance.console import places
from governance.guard.context import change
from governance.models import ChangeRequest
from governance.signing.manifestation import rows_of
from tests.factories.deciding import engineer, put_policies_in_force, released
from tests.factories.documents import WRITTEN, describe, document, put, wanted
from tests.factories.forms import Page, problems
from tests.factories.world import element
from tests.integration.console.test_proposing import may_propose, url

pytestmark = [pytest.mark.django_db, pytest.mark.req("M1.6")]
WHY = "Agreed with the owner"
SCRIPT = "<script>alert(1)</script><img src='file:///etc/passwd'>"


@pytest.fixture
def described(busy):
    return describe(busy)


@pytest.fixture
def author(described, as_person):
    may_propose(described.cast.olga)
    return as_person("olga")


def paper(client, version: str = "") -> PdfReader:
    query = f"?version={version}" if version else ""
    answer = client.get(reverse("icd-pdf", args=["ICD-0001"]) + query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def text_of(found: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in found.pages).split())


def test_the_page_shows_what_is_written_and_what_is_generated(described, as_person):
    shown = as_person("olga").get(reverse("icd-document", args=["ICD-0001"])).content.decode()
    for words in (
        *("Mara Vogt", "phone 4310", WRITTEN["security"]),
        "Native: the target recognises a repeat",
        "$.verdict",
    ):
        assert words in shown
    assert "The document agrees with what runs." in shown
    assert "No electronic signature belongs to this version." in shown


def test_an_older_version_is_shown_as_such_and_one_that_never_was_is_not_there(described, as_person):
    client = as_person("olga")
    shown = client.get(reverse("icd-document", args=["ICD-0001"]) + "?version=1.0.0").content.decode()
    assert "Superseded, in force is 1.1.0" in shown
    assert "Mara Vogt" not in shown
    for version in ("9.9.9", "x' or 1=1"):
        assert client.get(reverse("icd-document", args=["ICD-0001"]), {"version": version}).status_code == 404
    assert client.get(reverse("icd-document", args=["ICD-0001"]) + "?other=1").status_code == 400


def test_the_interface_page_says_whether_its_document_holds(described, as_person):
    client = as_person("olga")
    shown = client.get(reverse("interface", args=["IF-001"])).content.decode()
    assert "Agrees" in shown
    assert reverse("icd-pdf", args=["ICD-0001"]) in shown
    other = client.get(reverse("interface", args=["IF-002"])).content.decode()
    assert "it cannot carry production traffic" in other


def test_a_difference_that_an_upgrade_brought_is_shown_row_by_row(described, as_person, monkeypatch):
    monkeypatch.setattr("hub.documents.sections.DEFAULT", "what the new build says")
    client = as_person("olga")
    shown = client.get(reverse("icd-document", args=["ICD-0001"])).content.decode()
    assert "The document and the configuration disagree in" in shown
    assert "IF-001 › Service level › Backlog" in shown
    assert "what the new build says" in shown
    assert "Disagrees" in client.get(reverse("interface", args=["IF-001"])).content.decode()
    assert "disagree in" in client.get(reverse("icd", args=["ICD-0001"])).content.decode()


def test_a_change_of_the_interface_brings_its_document_along_and_shows_it(author):
    page = Page(author, url("interface", "IF-001")).fill(**{"retry.max_attempts": "9"}).press("check")
    assert page.status == 200, problems(page)
    assert "Goes with it" in page.text
    assert "IF-001 › When something fails › Tries" in page.text
    done = Page(author, url("interface", "IF-001")).fill(**{"retry.max_attempts": "9"}).propose()
    assert done.status == 302, problems(done)
    assert revision_of("icd", "ICD-0001").version == "1.2.0"
    assert "agrees with what runs" in author.get(reverse("icd-document", args=["ICD-0001"])).content.decode()


def test_what_is_put_into_a_draft_brings_its_document_along_too(author, described):
    """With the edit that needs it; and with the submission, where another release made it necessary meanwhile."""
    wanted = [Operation("element", "unused", element("unused", "text"))]
    request = draft(operations=wanted, title="An element", by=described.cast.olga, reason=WHY)
    address = url("interface", "IF-001") + f"?change={request.number}"
    for tries in ("9", "7"):
        page = Page(author, address).fill(**{"retry.max_attempts": tries}).press("check")
        assert "IF-001 › When something fails › Tries" in page.text
        done = page.say(title="Fewer tries", reason=WHY).press("propose")
        assert done.status == 302, problems(done)
    held = request.operations.get(kind="icd")
    assert "7" in str(held.content["generated"])
    with change(by=described.cast.olga, reason=WHY):
        held.delete()
    assert author.post(reverse("change-act", args=[request.number, "submit"]), {"reason": WHY}).status_code == 302
    assert ChangeRequest.objects.get(pk=request.pk).state == "released"
    assert "agrees with what runs" in author.get(reverse("icd-document", args=["ICD-0001"])).content.decode()


def test_the_written_parts_are_changed_by_the_form_and_the_generated_ones_are_no_field_of_it(author):
    page = Page(author, url("icd", "ICD-0001"))
    assert "f.purpose" in page.values
    assert not [name for name in page.values if name.startswith("f.generated")]
    done = page.fill(purpose=SCRIPT).propose()
    assert done.status == 302, problems(done)
    held = revision_of("icd", "ICD-0001")
    assert held.content["purpose"] == SCRIPT
    assert held.content["generated"].keys() == {"IF-001"}
    shown = author.get(reverse("icd-document", args=["ICD-0001"])).content.decode()
    assert SCRIPT not in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert(1)</script>" in text_of(paper(author))


def test_an_interface_is_put_into_production_by_its_form_only_with_a_document(author, described):
    page = Page(author, url("interface", "IF-002")).fill(stage="production").press("check")
    assert page.status == 422
    assert "its document ICD-0002 does not describe it" in problems(page)


def test_the_paper_is_a_pdf_a_with_its_fonts_its_data_and_no_way_out(described, as_person):
    found = paper(as_person("olga"))
    xmp = found.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert 'pdfaid:part="3"' in xmp
    assert 'pdfaid:conformance="B"' in xmp
    assert found.trailer["/Root"]["/OutputIntents"]
    assert found.trailer["/Root"]["/Lang"] == "en"
    for page in found.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = (
                font["/DescendantFonts"][0]["/FontDescriptor"]
                if "/DescendantFonts" in font
                else font["/FontDescriptor"]
            )
            assert {"/FontFile2", "/FontFile3"} & inner.keys()
        assert not [one for one in page.get("/Annots", ()) if "/URI" in str(one.get_object())]
    ((name, (content,)),) = found.attachments.items()
    assert name == "ICD-0001-1.1.0.json"
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" == revision_of("icd", "ICD-0001").digest


def test_the_paper_says_what_it_is_on_every_page(described, as_person):
    found = paper(as_person("olga"))
    for number, page in enumerate(found.pages, start=1):
        text = " ".join(page.extract_text().split())
        assert "ICD-0001 · 1.1.0" in text
        assert "In force" in text
        assert "by Olga Brandt" in text
        assert "From build 0.1.0/" in text
        assert f"Page {number} of {len(found.pages)}" in text
    assert "Superseded, in force is 1.1.0" in text_of(paper(as_person("olga"), "1.0.0"))


def test_the_paper_and_the_page_carry_the_signatures(described, as_person):
    cast, author = described.cast, engineer()
    put_policies_in_force(cast, author)
    made = put(wanted(("icd", document() | {"service_level": "Working days."}, "ICD-0001")), author)
    released(cast, author, made.number)
    (row,) = [one for one in rows_of("change", made.number) if one.meaning.startswith("Approv")]
    words = ("Quinn Mbeki", row.meaning, row.local, row.utc, row.digest)
    client, address = as_person("olga"), reverse("icd-document", args=["ICD-0001"])
    for text in (text_of(paper(client)), client.get(address).content.decode()):
        unbroken = "".join(text.split())  # a hash fills more than one line on paper
        assert [one for one in words if "".join(one.split()) not in unbroken] == []
        assert "valid,demonstration" in "".join(text.split())
    assert words[0] not in client.get(address + "?version=1.1.0").content.decode()


def test_where_a_library_is_missing_the_page_says_so(described, as_person, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = as_person("olga").get(reverse("icd-pdf", args=["ICD-0001"]))
    assert answer.status_code == 503
    assert "libpango-1.0-0" in answer.content.decode()
    assert "It was not printed." in answer.content.decode()


def test_an_author_who_may_not_see_the_document_cannot_bring_it_along(author, monkeypatch):
    unseen = replace(places.place_of("icd"), visible=lambda user: InterfaceControlDocument.objects.none())
    monkeypatch.setitem(places._places, "icd", unseen)
    page = Page(author, url("interface", "IF-001")).fill(**{"retry.max_attempts": "9"}).press("check")
    assert page.status == 422
    assert "described by a document that you may not see" in problems(page)
    assert "ICD-0001 ›" not in page.text
