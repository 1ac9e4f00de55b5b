"""Review by exception: what stands out is queued by risk, reviewed by somebody else, and closed with a signature."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.models import AuditEvent, AuditReview, Refusal, Signature
from governance.review import queue
from governance.services.persons import enrol
from governance.signing import keys as keys_
from hub.models import Message
from tests.factories.cast import PASSWORD
from tests.factories.signing import sign_on
from tests.factories.trail import forge, past_the_guards, run, seal_all
from tests.factories.world import sample
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.2")]
SAID = "Each was asked for in writing; I compared them with the requests."


@pytest.fixture
def reviewer(world) -> Client:
    """Victor, through the sign-in page."""
    client = Client()
    assert client.post("/sign-in", {"username": "victor", "password": PASSWORD}).status_code == 302
    return client


def keys(rule: str = "") -> list[str]:
    first = AuditEvent.objects.order_by("id")[0].recorded_at
    from django.utils import timezone

    return [one.key for one in queue.open_findings(first, timezone.now()) if rule in ("", one.rule)]


def chosen(client: Client, found: list[str], **more: str):
    shown = client.get(reverse("review")).content.decode()
    import re

    until = re.search(r'name="until" value="([^"]+)"', shown).group(1)
    since = re.search(r'type="hidden" name="since" value="([^"]+)"', shown).group(1)
    given = {"finding": found, "since": since, "until": until, "conclusion": SAID, **more}
    return client.post(reverse("review"), given)


def test_a_signed_review_closes_its_findings(world, reviewer):
    before = keys("privileges")
    answer = chosen(reviewer, before[:2])
    assert answer.status_code == 302, answer.content.decode()
    review = AuditReview.objects.get()
    assert keys("privileges") == before  # written, not signed: it closes nothing
    assert "it closes nothing" in reviewer.get(reverse("review-one", args=[review.id])).content.decode()
    done = sign_on(reviewer, answer["Location"], username="victor")
    assert done.status_code == 302, done.content.decode()
    assert set(before) - set(keys("privileges")) == set(before[:2])
    assert Signature.objects.get().subject_kind == "review"
    assert AuditEvent.objects.filter(kind="review.closed", subject_id=str(review.id)).exists()
    shown = reviewer.get(reverse("review")).content.decode()
    assert "Victor Lind" in shown
    assert "2 closed" in shown


def test_a_signature_that_was_altered_closes_nothing(world, reviewer):
    before = keys("privileges")
    sign_on(reviewer, chosen(reviewer, before[:1])["Location"], username="victor")
    assert set(before) - set(keys("privileges")) == {before[0]}
    table = AuditReview._meta.db_table
    with past_the_guards(table):
        run(f"UPDATE {table} SET conclusion = 'I did not look'")
    assert set(before) <= set(keys("privileges"))


def test_the_reviewer_is_not_who_did_it(world, reviewer):
    from governance.services.persons import enrol

    enrol(username="nora", full_name="Nora", password="x", roles=[], by=world.cast.victor, reason="A new colleague")
    own = next(one for one in keys("privileges") if str(AuditEvent.objects.get(subject_id="nora").id) in one)
    answer = chosen(reviewer, [own])
    assert answer.status_code == 403
    assert "Somebody else must review this, you did it yourself" in answer.content.decode()
    assert not AuditReview.objects.exists()
    assert Refusal.objects.get(act="review.write").rule == "another person than who did it"


def test_what_is_wrong_is_told_and_nothing_written(world, reviewer):
    for found, more, status, sentence in (
        ([], {}, 422, "Choose at least one finding."),
        (["privileges:nothing"], {}, 422, "1 of the findings are not open"),
        (keys()[:1], {"conclusion": "."}, 422, "says too little"),
        (keys()[:1], {"reviewer": "olga"}, 422, "no field “reviewer”"),
        (keys()[:1], {"until": "2101-01-01"}, 400, "not in the future"),
    ):
        answer = chosen(reviewer, found, **more)
        assert answer.status_code == status, sentence
        assert sentence in answer.content.decode()
    assert not AuditReview.objects.exists()


def test_a_period_with_too_much_is_refused_and_hides_nothing(world, reviewer, monkeypatch):
    there = len(queue.findings(timezone.now() - timedelta(days=7), timezone.now()))
    monkeypatch.setattr(queue, "MOST", there)
    assert reviewer.get(reverse("review")).status_code == 200
    monkeypatch.setattr(queue, "MOST", there - 1)
    answer = reviewer.get(reverse("review"))
    assert answer.status_code == 400
    assert "Choose a shorter one" in answer.content.decode()


def test_each_late_entry_is_found(world, client):
    late = sample(1), sample(2)
    for record in late:
        assert post(client, world, {**record}).status_code == 202
    then = timezone.now() - timedelta(days=3)
    table = Message._meta.db_table
    with past_the_guards(table):
        run(f"UPDATE {table} SET occurred_at = '{then:%Y-%m-%d %H:%M:%S}'")
    found = [one for one in queue.findings(*everything()) if one.rule == "late"]
    assert len(found) == 2
    assert found[0].sentence == "A record of IF-001 arrived 3 days after it happened."


def test_keys_and_signatures_stand_out(world):
    keys_.register(by=DEMONSTRATION, reason=SAID)
    (found,) = [one for one in queue.findings(*everything()) if "signing key" in one.sentence]
    assert (found.rule, found.score) == ("privileges", 70)


def everything():
    return AuditEvent.objects.order_by("id")[0].recorded_at, timezone.now()


def test_only_who_reads_the_whole_trail_sees_the_queue(world, as_person):
    assert as_person("olga").get(reverse("review")).status_code == 403
    assert as_person("victor").get(reverse("review")).status_code == 200
    enrol(
        username="ada", full_name="Ada", password="x", roles=["administrator"], by=DEMONSTRATION, reason="She runs it"
    )
    from governance.models import Person

    world.cast.ada = Person.objects.get(username="ada")
    assert "You may look at the review, but not write one." in as_person("ada").get(reverse("review")).content.decode()
    assert chosen(as_person("ada"), keys()[:1]).status_code == 403


def test_rows_that_stand_out_are_found(world, trail):
    trail.write("lims", full_name="One")
    for name in ("Two", "Three", "Four"):
        trail.write("lims", full_name=name)
    trail.write("qms", full_name="A")
    trail.write("qms", full_name="B")
    trail.remove("qms")
    forge(trail.write("erp"), "Somebody Else")
    seal_all()
    from django.utils import timezone

    first = AuditEvent.objects.order_by("id")[0].recorded_at
    told = {one.rule: one.sentence for one in queue.findings(first, timezone.now())}
    assert told["corrections"] == "Person lims had full name changed 3 times."
    assert told["deletions"] == "Person qms was removed."
    assert "is not attested" in told["unattested"]
    evidence = {one.rule: one.record for one in queue.findings(first, timezone.now())}
    assert evidence["corrections"] == ("person", "lims")
    assert evidence["deletions"] == ("person", "qms")
    assert evidence["unattested"] == ("person", "erp")
    scores = [one.score for one in queue.findings(first, timezone.now())]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 100
