"""Declarations of the API: what they read, what they document, and what they announce."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import QueryDict

from governance.api.openapi.describing import describe
from governance.api.openapi.shapes import example_of
from governance.api.protocol.deprecation import Deprecation, headers
from governance.api.protocol.fields import Choice, Identity, Listing, Moment, Number, Text
from governance.api.protocol.operation import Operation
from governance.api.protocol.paging import cursor_of, number, place_of, text
from governance.api.protocol.record import BadValue, UnknownField, read_query
from governance.errors import Refused

pytestmark = [pytest.mark.req("M7.6")]

OLD = Deprecation(since=date(2026, 1, 1), until=date(2027, 3, 1), instead="Use cursor.")
NEWER = Deprecation(since=date(2026, 6, 1), until=date(2027, 2, 1), instead="Use nothing.")


def test_what_goes_is_announced_with_the_dates_that_come_first():
    assert headers([]) == {}
    assert headers([OLD, NEWER]) == {"Deprecation": "@1767225600", "Sunset": "Mon, 01 Feb 2027 00:00:00 GMT"}


def test_an_operation_that_goes_is_marked_with_what_to_use_instead():
    found = describe(Operation("Old", deprecated=OLD), name="old", tag="t", path=[], components={})
    assert found["deprecated"] is True
    assert "gone after 2027-03-01. Use cursor." in found["description"]
    assert "deprecated" not in describe(Operation("New"), name="new", tag="t", path=[], components={})


def test_an_operation_documents_only_what_it_can_answer():
    reading = describe(Operation("Read"), name="r", tag="t", path=[], components={})["responses"]
    writing = describe(Operation("Do", body=(), act="x.do"), name="w", tag="t", path=[], components={})["responses"]
    assert list(reading) == ["200", "400", "401", "406", "429"]
    assert set(writing) - set(reading) == {"403", "411", "413", "415", "422"}


@pytest.mark.parametrize(
    ("field", "good", "bad", "status"),
    [
        (Text(name="x", help="", most=3), "abc", "abcd", 422),
        (Choice(name="x", help="", choices=("a",)), "a", "b", 422),
        (Moment(name="x", help=""), "2026-11-21T08:30:00+01:00", "2026-11-21T08:30:00", 422),
        (Moment(name="x", help=""), "2026-11-21T08:30:00Z", "", 422),
        (Identity(name="x", help=""), "01980000-0000-7000-8000-000000000001", "0198", 422),
        (Number(name="x", help="", least=1, most=9, default=5), "9", "10", 422),
        (Listing(name="x", help="", item=Text(name="y", help=""), most=1), ["a"], ["a", "b"], 422),
        (Listing(name="x", help="", item=Text(name="y", help="")), ["a"], [5], 422),
    ],
)
def test_a_field_reads_what_it_documents_and_refuses_the_rest(field, good, bad, status):
    field.read(good)
    with pytest.raises(Refused) as refused:
        field.read(bad)
    assert (refused.value.status, bool(refused.value.field), bool(refused.value.rule)) == (status, True, True)


def test_a_query_has_every_declared_field_and_no_other():
    known = (Text(name="a", help=""), Number(name="n", help="", least=1, most=9, default=5))
    assert read_query(known, QueryDict("a=x")) == {"a": "x", "n": 5}
    for wrong, kind in (("b=1", UnknownField), ("a=1&a=2", UnknownField), ("n=", BadValue)):
        with pytest.raises(kind):
            read_query(known, QueryDict(wrong))


def test_whatever_a_field_refuses_is_a_400_in_a_query_and_a_422_in_a_body():
    fields = (Text(name="a", help="", most=1, required=True),)
    for given in ("", "a=12"):
        with pytest.raises(Refused) as of_query:
            read_query(fields, QueryDict(given))
        with pytest.raises(Refused) as of_body:
            Operation("Do", body=fields).read_body(QueryDict(given).dict())
        assert (of_query.value.status, of_body.value.status) == (400, 422)
        assert (of_query.value.field, of_query.value.rule) == (of_body.value.field, of_body.value.rule)


def test_a_cursor_brings_back_its_place_and_nothing_else_is_one():
    assert place_of(cursor_of(2, -5, "abc"), number, number, text) == [2, -5, "abc"]
    for wrong in ("x", "é", cursor_of(1), cursor_of("a", 1, "b"), cursor_of(True, 1, "b"), cursor_of(1, 1, "\x00")):
        with pytest.raises(BadValue):
            place_of(wrong, number, number, text)


def test_an_example_is_made_of_what_is_declared():
    schema = {
        "type": "object",
        "properties": {
            "key": {"type": "string", "examples": ["IF-001"]},
            "at": {"type": "string", "format": "date-time"},
            "state": {"enum": ["a", "b"]},
            "rows": {"type": "array", "items": {"type": "integer"}},
            "more": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        },
    }
    assert example_of(schema, {}) == {
        "key": "IF-001",
        "at": "2026-11-21T08:30:00Z",
        "state": "a",
        "rows": [1],
        "more": None,
    }
