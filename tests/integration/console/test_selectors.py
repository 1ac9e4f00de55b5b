"""What pages and API read: search by keyset, the trace as data, payloads by stage, groups by fingerprint."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from rest_framework.utils.encoders import JSONEncoder

from hub.console.differences import difference
from hub.console.watching.charts import sparkline
from hub.models import Message
from hub.permissions import visible_interfaces
from hub.selectors.mending import exceptions
from hub.selectors.record import messages, trace
from tests.functional.busy import LAB, ORDERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.3")]


def test_pages_of_a_search_hold_every_message_once(busy):
    olga, seen, before = busy.cast.olga, [], None
    while rows := messages.search(olga, before=before, limit=4):
        seen += [row.id for row in rows]
        before = rows[-1].id
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == set(Message.objects.values_list("id", flat=True))


def test_a_search_takes_states_of_messages_and_of_deliveries(busy):
    olga = busy.cast.olga
    assert {row.standing for row in messages.search(olga, state="dead")} == {"dead"}
    assert {row.state for row in messages.search(olga, state="quarantined")} == {"quarantined"}
    assert [row.business_key for row in messages.search(olga, text="s-11")] == ["S-11"]
    assert [row.interface_key for row in messages.search(olga, business_key="B-1")] == [ORDERS]


def test_a_trace_is_data_with_every_hop_try_and_value(busy):
    found = trace.trace_of(Message.objects.get(id=busy.delivered), may_read=True)
    assert found.hops[0].what == "received"
    assert found.deliveries[0].attempts[0].status == 201
    assert found.values is not None
    assert found.values.is_same is True
    glucose = next(value for value in found.values.values if value.target == "glucose")
    assert (glucose.rule, glucose.source) == (3, ("$.glucose.value", "$.glucose.unit"))
    assert json.loads(json.dumps(asdict(found), cls=JSONEncoder))["release"]["number"] == 1


def test_the_trace_of_a_quarantined_message_names_the_value(busy):
    found = trace.trace_of(Message.objects.get(id=busy.quarantined), may_read=True)
    assert found.values is not None
    assert found.values.is_same is None
    assert [(one.field, one.path) for one in found.values.problems] == [("verdict", "$.verdict")]


def test_payloads_are_found_by_stage(busy):
    message = Message.objects.get(id=busy.delivered)
    assert b"mg/dL" in trace.payload_of(message, "received")
    assert b"g/L" in trace.payload_of(message, "canonical")
    delivery = trace.trace_of(message, may_read=True, with_values=False).deliveries[0]
    assert b"origin" in trace.payload_of(message, "sent", delivery.id)
    assert trace.payload_of(Message.objects.get(id=busy.quarantined), "sent") is None


def test_what_looks_alike_is_one_group(busy):
    groups = exceptions.groups(busy.cast.olga, interface=LAB)
    assert [(one.state, one.count) for one in groups] == [("dead", 2), ("quarantined", 3), ("quarantined", 1)]
    assert len(exceptions.items(groups[1], may_read=True)) == 3
    assert exceptions.count(visible_interfaces(busy.cast.olga)) == sum(
        one.count for one in exceptions.groups(busy.cast.olga)
    )


def test_a_difference_marks_words_and_folds_what_is_equal():
    old = "\n".join(f"line {i}" for i in range(20)) + "\nvalue is 1 mg"
    found = difference("a", old, "b", old.replace("1 mg", "1 kg"))
    assert [row.folded for row in found.rows if row.folded] == [16]
    assert [piece.text for piece in found.rows[-1].new if piece.is_marked] == ["kg"]


def test_a_sparkline_of_nothing_lies_at_the_foot():
    assert {point.split(",")[1] for point in sparkline([0, 0, 0]).split()} == {"22.0"}
