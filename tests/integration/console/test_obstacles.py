"""The page of a message names everything that keeps it back, each with field, value and rule."""

from __future__ import annotations

import pytest
from django.urls import reverse

from connectors.records import Record
from hub.flow.intake.incoming import contradiction, from_record
from hub.flow.intake.receive import receive
from hub.flow.runtime import in_force
from hub.flow.work import drain
from hub.models import Message
from hub.selectors.mending import obstacles
from hub.selectors.record import trace
from tests.factories.world import sample

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6"), pytest.mark.req("M7.6")]


def found(message_id, *, may_read=True) -> tuple[obstacles.Obstacle, ...]:
    message = Message.objects.get(id=message_id)
    return obstacles.of(message, trace.trace_of(message, may_read=may_read))


def polled(change=lambda item: item, **record):
    """One record of a stream, as far as it comes."""
    item = change(from_record(in_force("IF-001"), Record(("1",), record)))
    message_id = receive([item])[0].message_id
    drain()
    return message_id


def test_every_problem_of_the_mapping_is_named(busy):
    both = {(one.field, one.value) for one in found(busy.twice_wrong)}
    assert both == {("$.glucose.value", "furlong"), ("$.at", "soon")}
    assert all(one.rule and one.sentence for one in found(busy.twice_wrong))


def test_the_page_shows_all_and_to_who_may_not_read_payloads_no_value(busy, as_person):
    url = reverse("message", args=[busy.twice_wrong])
    shown = as_person("olga").get(url).content.decode()
    assert "2 problems keep this message back." in shown
    assert all(f"value <code>{value}</code>" in shown for value in ("furlong", "soon"))
    veiled = as_person("victor").get(url).content.decode()
    assert "furlong" not in veiled
    assert "soon" not in veiled


def test_every_problem_of_the_contract_is_named(world):
    broken = found(polled(sample=5, lot=7))
    assert [(one.field, one.value, one.rule) for one in broken] == [("$.lot", "7", "type"), ("$.sample", "5", "type")]


def test_a_problem_that_is_not_of_the_content_stands_alone(world):
    twice = found(polled(contradiction, **sample(1, verdict="MAYBE")))
    assert [one.rule for one in twice] == ["one content a key"]


def test_nothing_keeps_a_sound_message_back(busy):
    assert found(busy.delivered) == ()
    assert len(found(busy.quarantined)) == 1
