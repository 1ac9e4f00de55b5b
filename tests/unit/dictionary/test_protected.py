"""Which places of a document hold protected values, and what a masked body still shows."""

from __future__ import annotations

import json

import pytest

from dictionary.mapping.protected import NOTHING_PROTECTED, Places, of_source, of_target
from dictionary.specs.mapping import MappingSpec
from hub.selectors.record import masked
from hub.selectors.record.masking import MASK

pytestmark = pytest.mark.req("M7.6")

INWARD = MappingSpec.from_content(
    {
        "key": "in",
        "label": "In",
        "entity": "person",
        "direction": "to_canonical",
        "rules": [
            {"target": "name", "concat": {"parts": ["$.patient.first", " ", "$.patient.last"]}},
            {"target": "lot", "path": "$.lot"},
            {"target": "aliases", "path": "$.aliases[*].name", "many": True},
        ],
    }
)
SECRET = frozenset({"name", "aliases"})


def shown(content: bytes, places: Places, **more) -> dict:
    return json.loads(masked.body(content, places, **more))


def test_what_feeds_a_protected_field_is_masked_and_the_rest_is_not():
    places = of_source(INWARD, SECRET, hides_unknown=False)
    record = (
        b'{"patient":{"first":"Anna","last":"Muster","ward":3},"lot":"L-1","aliases":[{"name":"A","k":1}],"x":1.50}'
    )
    assert shown(record, places) == {
        "patient": {"first": MASK, "last": MASK, "ward": 3},
        "lot": "L-1",
        "aliases": [{"name": MASK, "k": 1}],
        "x": 1.5,
    }
    assert b"1.50" in masked.body(record, places)  # what is shown is shown digit by digit


def test_of_a_protected_interface_what_no_rule_names_is_masked_too():
    places = of_source(INWARD, SECRET, hides_unknown=True)
    assert shown(b'{"lot":"L-1","note":{"text":"Anna"},"patient":{"ward":3}}', places) == {
        "lot": "L-1",
        "note": MASK,
        "patient": MASK,
    }


@pytest.mark.parametrize(
    "content", [b"Anna Muster", b'"Anna"', b'{"patient": {', b'{"lot":1} Anna', b"\xff\xfeAnna", b""]
)
def test_what_is_no_json_object_is_masked_as_a_whole(content):
    places = of_source(INWARD, SECRET, hides_unknown=False)
    assert b"Anna" not in masked.body(content, places)


def test_where_nothing_is_protected_the_body_is_untouched():
    assert masked.body(b"\xffanything", NOTHING_PROTECTED) == b"\xffanything"


def test_the_record_within_a_cloud_event_is_masked_at_its_place():
    places = of_source(INWARD, SECRET, hides_unknown=True)
    event = b'{"id":"e1","subject":"Anna","data":{"lot":"L-1","patient":{"first":"Anna"}}}'
    found = shown(event, places, media_type="application/cloudevents+json")
    assert found == {"id": "e1", "subject": MASK, "data": {"lot": "L-1", "patient": MASK}}


def test_a_target_value_is_hidden_where_its_rule_reads_a_protected_field():
    spec = MappingSpec.from_content(
        {
            "key": "out",
            "label": "Out",
            "entity": "person",
            "direction": "to_target",
            "rules": [
                {"target": "who.name", "path": "$.name"},
                {"target": "all", "path": "$"},
                {"target": "who.lot", "path": "$.lot"},
                {"target": "people", "each": {"path": "$.aliases", "rules": [{"target": "n", "path": "$"}]}},
            ],
        }
    )
    source = Places(frozenset({("name",), ("aliases",)}), frozenset())
    places = of_target(spec, source, hides_unknown=False)
    record = b'{"who":{"name":"Anna","lot":"L-1"},"all":{"name":"Anna"},"people":[{"n":"A"}]}'
    assert shown(record, places) == {"who": {"name": MASK, "lot": "L-1"}, "all": MASK, "people": MASK}


def test_a_path_that_cannot_be_read_is_hidden_where_anything_is():
    assert of_source(INWARD, SECRET, hides_unknown=False).hides_text("$..name")
    assert of_source(INWARD, SECRET, hides_unknown=False).hides_text("$")
    assert not of_source(INWARD, SECRET, hides_unknown=False).hides_text("$.lot")
    assert not NOTHING_PROTECTED.hides_text("$..name")
