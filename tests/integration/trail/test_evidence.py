"""The audit trail page says of each event, and of each row that its act wrote, how it stands in the sealed log."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from governance.models import AuditEvent
from hub.flow import control
from tests.factories.trail import forge, past_the_guards, run, seal_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.2")]
EVENT = AuditEvent._meta.db_table


def pause(world) -> AuditEvent:
    control.pause(interface_key="IF-001", by=world.cast.olga, reason="The pump is being exchanged")
    return AuditEvent.objects.get(kind="interface.paused")


def page(client, event: AuditEvent) -> str:
    return client.get(reverse("audit-event", args=[event.id])).content.decode()


def rows(client, **asked: str) -> list[dict]:
    answer = client.get(reverse("audit"), {"format": "jsonl", **asked})
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_an_event_waits_and_is_then_sealed(world, as_person):
    event = pause(world)
    assert "Not yet sealed" in page(as_person("victor"), event)
    seal_all()
    shown = page(as_person("victor"), event)
    assert "Row, line and leaf agree" in shown
    assert "Not yet sealed" not in shown
    assert "The pump is being exchanged" in shown
    assert event.fingerprint in shown


def test_an_event_that_the_owner_edited_is_not_as_sealed(world, as_person):
    event = pause(world)
    seal_all()
    with past_the_guards(EVENT):
        run(f"UPDATE {EVENT} SET reason = 'Nothing much' WHERE kind = %s", "interface.paused")
    assert "Not as sealed" in page(as_person("victor"), event)
    listed = {row["id"]: row["evidence"] for row in rows(as_person("victor"))}
    assert listed.pop(str(event.id)) == "Not as sealed"
    assert {word.split()[0] for word in listed.values()} == {"Sealed"}


def test_a_forged_row_of_an_act_is_not_attested(world, trail, as_person):
    row = trail.write("lims")
    forge(row, "Somebody Else")
    seal_all()
    thief = type(row).history.filter(id=row.pk).latest("row_version")
    assert proof_of(row, thief).word == "Not attested"
    assert proof_of(row, type(row).history.filter(id=row.pk).earliest("row_version")).state == "sealed"


def proof_of(row, history_row):
    from governance.selectors import proof

    return proof.of_history(type(row), [history_row])[history_row.history_id]


def test_the_trail_is_searched_by_act_person_record_time_and_kind(world, as_person):
    event = pause(world)
    for asked in (
        {"act": str(event.change_id)},
        {"actor": "Olga", "kind": "interface.paused"},
        {"subject": "IF-001", "since": "2020-01-01", "kind": "interface.paused"},
        {"correlation_id": event.correlation_id, "kind": "interface.paused"},
    ):
        assert str(event.id) in {row["id"] for row in rows(as_person("victor"), **asked)}, asked
    assert rows(as_person("victor"), act=str(event.id)) == []
    wrong = as_person("victor").get(reverse("audit"), {"act": "7"})
    assert wrong.status_code == 400
    assert "is no id" in wrong.content.decode()


def test_who_may_not_see_the_interface_finds_nothing_of_it(world, as_person):
    event = pause(world)
    from governance.services.persons import enrol

    nobody = enrol(
        username="nora", full_name="Nora None", password="x", roles=[], by=world.cast.olga, reason="Has no role"
    )
    client = as_person("olga")
    client.force_login(nobody, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("audit-event", args=[event.id])).status_code == 404
    assert str(event.id) not in client.get(reverse("audit")).content.decode()
