"""One page rebuilds what happened to a record from the trail alone (M6.2), whatever became of the record."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.fingerprint import fingerprint
from governance.models import Person
from hub.flow import control
from hub.flow.work import drain
from hub.models import Message
from tests.factories.trail import past_the_guards, run, seal_all
from tests.factories.world import element, release, sample
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.2")]


def story(client, kind: str, key: str):
    return client.get(reverse("story", args=[kind, key]))


def test_a_message_is_told_across_systems_with_fingerprints(world, as_person, client):
    message_id = post(client, world, sample(1)).json()["id"]
    drain()
    seal_all()
    shown = story(as_person("olga"), "message", message_id).content.decode()
    received, delivered = shown.index("From lims"), shown.index("confirmed")
    assert received < delivered
    assert "qms-rest" in shown
    assert fingerprint() in shown
    assert "IF-001 1.0.0" in shown


def test_a_controlled_record_is_told_with_old_and_new_and_who(world, as_person):
    release(("element", element("glucose", "quantity", unit="mg/dL", digits=2, notes="As the laboratory reports it")))
    seal_all()
    shown = story(as_person("victor"), "element", "glucose").content.decode()
    assert shown.index("row version 1") < shown.index("row version 2")
    assert "<ins>As the laboratory reports it</ins>" in shown
    assert "Sealed in" in shown
    assert "cannot be trusted" not in shown


def test_a_record_that_is_gone_has_its_story(world, trail, as_person):
    trail.history()
    shown = story(as_person("victor"), "person", "erp")
    assert shown.status_code == 200
    assert "Person removed" in shown.content.decode()
    assert not Person.objects.filter(username="erp").exists()


def test_a_history_that_was_edited_shows(world, trail, as_person):
    trail.history()
    table = Person.history.model._meta.db_table
    with past_the_guards(table):
        run(f"UPDATE {table} SET act_reason = 'None of your business' WHERE username = %s", "qms")
    shown = story(as_person("victor"), "person", "qms").content.decode()
    assert "1 step cannot be trusted" in shown
    with past_the_guards(table):
        run(f"DELETE FROM {table} WHERE username = %s AND row_version = 2", "lims")
    assert "without history" in story(as_person("victor"), "person", "lims").content.decode()


def test_it_is_only_for_who_may_see_the_record(world, as_person, client):
    control.pause(interface_key="IF-001", by=world.cast.olga, reason="The pump is being exchanged")
    message_id = post(client, world, sample(1)).json()["id"]
    assert story(as_person("olga"), "interface", "IF-001").status_code == 200
    assert story(as_person("olga"), "person", "olga").status_code == 404
    for kind, key in (("element", "nothing"), ("message", "7"), ("spell", "x"), ("replay", message_id)):
        assert story(as_person("victor"), kind, key).status_code == 404, kind
    assert Message.objects.filter(id=message_id).exists()
