"""What is signed can be read, with whoever signed before; what happened to a change reads as sentences."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from governance.changes import Operation, propose, stages
from governance.changes.propose import draft
from governance.models import AuditEvent, ChangeRequest
from tests.factories.deciding import REASON, approved, disposed, engineer, put_policies_in_force
from tests.factories.signing import sign_on
from tests.factories.world import to_canonical
from tests.integration.console.test_change_pages import WORDS, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

FEWER = to_canonical(rules=to_canonical()["rules"][:2])
PLAN = {"rollback": "Release the earlier revision again.", "success": "No result is refused for two weeks."}


@pytest.fixture
def planned(world):
    """A change of high risk that owners have spoken for, planned and waiting for its review."""
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    made = propose(
        operations=[Operation("mapping", "lims-result", FEWER)], title="Fewer fields", by=world.ivo, reason=REASON
    )
    disposed(world.cast, made)
    stages.plan(number=made.number, by=world.ivo, reason=REASON, **PLAN)
    world.request = ChangeRequest.objects.get(pk=made.pk)
    return world


def read(client, *address: str) -> str:
    """The page without its raw content and its markup."""
    text = client.get(reverse(address[0], args=address[1:])).content.decode()
    text = re.sub(r'<pre class="content".*?</pre>', "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_plan_impact_and_the_word_of_owners_stand_on_the_page_of_signing(planned):
    page = read(signed_in(planned.cast.rick), "sign", "change", planned.request.number, "reviewed")
    assert f"How it is rolled back {PLAN['rollback']}" in page
    assert f"How anybody will know that it worked {PLAN['success']}" in page
    assert "IF-001 interface" in page
    assert f"Effect accepted Rick Sato: {REASON}" in page
    assert "mapping lims-result (semantic, from 1.0.0)" in page
    assert "Author Ivo Keller" in page
    assert "the change is semantic" in page


def test_the_page_of_a_release_shows_who_reviewed_and_who_approved(planned):
    number = planned.request.number
    approved(planned.cast, number)
    stages.implement(number=number, text="Nothing had to be done elsewhere.", by=planned.ivo)
    stages.make_ready(number=number, by=planned.ivo, reason=REASON)
    olga = signed_in(planned.cast.olga)
    page = read(olga, "sign", "change_release", number, "released")
    for name, meaning in (("Rick Sato", "Review"), ("Quinn Mbeki", "Approval")):
        assert re.search(rf"{name} valid demonstration {meaning}: I .*? \d\d:\d\d:\d\d", page), name
    assert sign_on(olga, reverse("sign", args=["change_release", number, "released"]), "olga").status_code == 302


def test_the_history_reads_as_sentences_with_the_word_of_owners_and_signatures(planned):
    number = planned.request.number
    approved(planned.cast, number)
    page = read(signed_in(planned.cast.quinn), "change", number)
    for sentence in (
        f"Ivo Keller began {number}.",
        "Ivo Keller put the mapping lims-result into it.",
        "Ivo Keller submitted it.",
        "Rick Sato said what it means for the interface IF-001: effect accepted.",
        "Ivo Keller planned it.",
        "Rick Sato signed the proposal (review).",
        "Quinn Mbeki signed the proposal (approval).",
        "Quinn Mbeki gave the last signature that its approval needed: it is approved.",
    ):
        assert sentence in page, sentence
    assert "is draft" not in page


def test_the_history_names_no_object_that_the_reader_may_not_know_of(planned):
    """Ivo's role sees no interface here."""
    page = read(signed_in(planned.ivo), "change", planned.request.number)
    assert "Ivo Keller planned it." in page
    assert "IF-001" not in page


def test_who_sees_an_interface_reads_what_was_said_of_it_and_nobody_else(planned):
    event = AuditEvent.objects.get(kind="change.dispositioned", facts__key="IF-001")
    assert event.sentence.startswith(f"Rick Sato said what {planned.request.number} means for the interface IF-001")
    quinn, ivo = signed_in(planned.cast.quinn), signed_in(planned.ivo)
    for client, is_told in ((quinn, True), (ivo, False)):
        trail = read(client, "story", "change", planned.request.number)
        assert ("means for the interface IF-001" in trail) is is_told
        assert client.get(reverse("audit-event", args=[event.id])).status_code == (200 if is_told else 404)


def test_what_was_submitted_is_told_in_a_sentence(planned):
    ivo, made = (
        signed_in(planned.ivo),
        draft(operations=[Operation("system", "qms", WORDS)], title="Words", by=planned.ivo, reason=REASON),
    )
    address = reverse("change-act", args=[made.number, "submit"])
    done = ivo.post(address, {"reason": REASON}, follow=True).content.decode()
    assert f"{made.number} is submitted, and waits for its signatures." in done
