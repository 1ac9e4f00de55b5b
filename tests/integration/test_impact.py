"""What a change reaches, in a world of several systems: all that depends on it, and nothing that only looks alike."""

from __future__ import annotations

import json

import pytest

from governance.changes import Operation, kinds
from governance.changes.effective import revision_of
from governance.changes.impact import Impact, impact_of, impact_of_change, impact_of_field
from governance.changes.impact.attachment import attachment, attachment_of_differences
from governance.changes.impact.described import compared
from governance.changes.impact.fields import read
from governance.changes.impact.standing import standing
from governance.signing.statement import canonical, digest
from tests.factories.several import from_the_line, make_several
from tests.factories.world import release, to_target

pytestmark = [pytest.mark.django_db, pytest.mark.req("B2"), pytest.mark.req("M7.4")]


@pytest.fixture
def several(world):
    make_several(world.target.url)
    return world


def reached(impact: Impact) -> set[str]:
    return {one.node.text for one in impact.nodes}


def keys(impact: Impact) -> set[tuple[str, str]]:
    return {one.reference for one in impact.objects}


def test_a_field_reaches_its_rule_interface_consumer_and_case(several):
    found = reached(impact_of_field("mes", read("$.charge.no")))
    assert {
        "mapping:mes-result#rule 2 (lot)@interface:IF-003",
        "element:lot#value of lot@interface:IF-003",
        "entity:result#field lot@interface:IF-003",
        "interface:IF-003",
        "interface:IF-003#route qms",
        "interface:IF-003#objective p95_ms",
        "mapping:qms-result#rule 2 (lot)@interface:IF-003",
        "system:qms#input $.lot of results@interface:IF-003",
        "mapping:mes-result#test case “a sound one”",
    } <= found


def test_it_does_not_reach_what_another_source_feeds_through_the_same_mapping(several):
    found = impact_of_field("mes", read("$.charge.no"))
    assert ("interface", "IF-001") not in keys(found)
    assert not [text for text in reached(found) if "IF-001" in text or "rule 1 " in text]
    assert found.owners == ("Ivo Keller", "Quality")


def test_the_field_of_a_condition_and_an_object_around_a_field_count(several):
    assert "mapping:crm-complaint#rule 1 (complaint)@interface:IF-004" in reached(
        impact_of_field("crm", read("Status"))
    )
    assert impact_of_field("mes", read("$.charge")).nodes == impact_of_field("mes", read("$.charge.no")).nodes
    assert not impact_of_field("mes", read("$.charge.name")).nodes
    assert not impact_of_field("mes", read("$.charges")).nodes


def test_a_field_that_the_agreement_makes_keys_of_reaches_the_whole_interface(several):
    found = reached(impact_of_field("lims", read("$.sample")))
    assert {"icd:ICD-0001#idempotency key $.sample@interface:IF-001", "interface:IF-001"} <= found
    optional = reached(impact_of_field("lims", read("$.verdict")))
    assert "interface:IF-001" not in optional
    assert {"interface:IF-001#what it carries", "interface:IF-001#route qms"} <= optional


def test_a_field_that_a_target_takes_reaches_the_rules_that_write_it(several):
    found = impact_of_field("qms", read("$.lot"))
    assert {one.node.key for one in found.nodes if one.node.kind == "interface"} == {"IF-001", "IF-003"}
    assert ("mapping", "mes-result") not in keys(found)
    assert {one.node.key for one in impact_of_field("qms", read("$.text")).nodes if one.node.kind == "interface"} == {
        "IF-004"
    }


def test_a_document_narrows_a_field_to_its_own(several):
    assert impact_of_field("mes", read("$.id"), document="ICD-0003").nodes
    assert not impact_of_field("mes", read("$.id"), document="ICD-0001").nodes


def test_an_element_reaches_every_interface_that_runs_with_it(several):
    found = impact_of([("element", "lot")])
    assert {key for kind, key in keys(found) if kind == "interface"} == {"IF-001", "IF-003"}
    assert {key for kind, key in keys(impact_of([("element", "complaint")])) if kind == "interface"} == {"IF-004"}
    assert found.highest_criticality == "high"
    path = next(one for one in found.nodes if one.node.text == "interface:IF-003")
    assert path.path[0].text == "element:lot"
    assert len(path.path) == path.distance + 1


def test_a_draft_is_judged_before_and_after_it(several):
    now = standing()
    content = from_the_line()
    content["rules"][1]["path"] = "$.batch"
    after = now.with_operations([Operation("mapping", "mes-result", content)])
    assert impact_of_field("mes", read("$.batch"), graph=after).nodes
    assert not impact_of_field("mes", read("$.batch")).nodes
    moved = dict(revision_of("interface", "IF-003").content)
    moved["routes"] = [{**moved["routes"][0], "connection": "qms-rest-2", "key": "other"}]
    found = reached(impact_of_change([Operation("interface", "IF-003", moved)]))
    assert {"interface:IF-003#route qms", "interface:IF-003#route other"} <= found


def test_a_draft_gives_the_graph_that_its_release_gives(several):
    content = to_target(label="Another")
    content["rules"] = content["rules"][:2]
    expected = standing().with_operations([Operation("mapping", "qms-result", content)]).digest
    before = standing().graph.digest
    release(("mapping", content))
    assert standing().graph.digest == expected != before


def test_it_grows_when_an_interface_comes_to_it_or_becomes_more_critical(several):
    def grown() -> list[tuple[str, str]]:
        return [one.reference for one in impact_of([("mapping", "qms-complaint")]).grew_beyond(before)]

    before, held = impact_of([("mapping", "qms-complaint")]), revision_of("interface", "IF-004").content
    release(("interface", {**held, "label": "Another word for it"}))
    assert grown() == []
    release(("interface", {**held, "criticality": "critical"}), ("interface", {**held, "key": "IF-005"}))
    assert grown() == [("interface", "IF-004"), ("interface", "IF-005")]


def test_as_evidence_it_can_be_hashed_and_comes_back_whole(several):
    found = impact_of_field("mes", read("$.charge.no"))
    piece = attachment(found, about={"system": "mes", "field": "$.charge.no"})
    assert piece.title == f"Impact found: {len(found.objects)} objects"
    assert Impact.from_content(json.loads(canonical(piece.facts))["impact"]) == found
    empty, asked = {"type": "object", "properties": {}}, {"system": "mes", "document": "ICD-0003", "record": ""}

    def every(user, kind):
        return kinds.get(kind).model._base_manager.all()

    held = compared(**asked, new=empty, old=None, user=several.cast.victor, visible=every)
    differences = attachment_of_differences(held, about={"system": "mes"})
    assert digest(differences.facts).startswith("sha256:")
    assert [one["what"] for one in differences.facts["differences"]] == ["removed"] * 2


def test_it_is_computed_again_after_a_release_and_not_before(several, django_assert_max_num_queries):
    impact_of([("element", "lot")])
    with django_assert_max_num_queries(2):
        impact_of([("element", "lot")])


def test_an_element_names_the_rules_that_fill_and_read_it(several):
    found = reached(impact_of([("element", "complaint")]))
    assert "mapping:crm-complaint#rule 1 (complaint)@interface:IF-004" in found
    assert "mapping:qms-complaint#rule 1 (text)@interface:IF-004" in found
