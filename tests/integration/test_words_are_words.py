"""What is called words alters nothing: values that look alike, codes that are sent otherwise, cases that went."""

from __future__ import annotations

import pytest

from dictionary.kinds import MappingKind
from governance.changes import Operation, propose
from governance.models import ChangeRequest
from tests.factories.deciding import engineer, put_policies_in_force
from tests.factories.world import release, to_canonical, to_target

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

WHY = "The laboratory and quality agreed on this on 20 November."
LIST = {
    "key": "verdicts",
    "label": "Verdicts",
    "codes": {"pass": {"label": "Passed"}, "fail": {"label": "Failed"}},
    "crosswalks": {"lims": {"OK": "pass", "NOK": "fail"}},
}
CASE = {"name": "sound", "input": {"sample": "S-1"}, "expected": {"reference": "S-1"}}


@pytest.fixture
def house(world):
    world.ivo = engineer()
    return world


def kind_of(house, kind: str, before: dict, after: dict) -> str:
    """What kind of change it is, once policies are in force."""
    release((kind, before))
    put_policies_in_force(house.cast, house.ivo)
    made = propose(operations=[Operation(kind, after["key"], after)], title="A change", by=house.ivo, reason=WHY)
    return ChangeRequest.objects.get(pk=made.pk).change_kind


def with_constant(value: object, **more: object) -> dict:
    return to_target(rules=[*to_target()["rules"], {"target": "is_final", "constant": value}], **more)


def test_a_number_that_becomes_true_beside_another_label_changes_the_meaning(house):
    assert kind_of(house, "mapping", with_constant(1), with_constant(True, label="Result of the lab")) == "semantic"


def test_another_label_alone_is_words(house):
    assert kind_of(house, "mapping", with_constant(1), with_constant(1, label="Result of the lab")) == "editorial"


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"crosswalks": {"lims": {"OK": "pass", "NOK": "fail", "NO": "fail"}}}, "semantic"),  # none is sent any more
        ({"crosswalks": {"lims": {"OK": "pass", "NOK": "fail"}, "erp": {"1": "pass"}}}, "compatible"),
        ({"codes": {**LIST["codes"], "fail": {"label": "Failed", "retired": True}}}, "semantic"),
        ({"codes": {**LIST["codes"], "open": {"label": "Open"}}}, "compatible"),
        ({"crosswalks": {"lims": {**LIST["crosswalks"]["lims"], "P": "pass"}}, "outbound": {"lims": {"pass": "P"}}},
         "semantic"),
        ({"crosswalks": {"lims": {**LIST["crosswalks"]["lims"], "P": "pass"}}, "outbound": {"lims": {"pass": "OK"}}},
         "compatible"),
    ],
)  # fmt: skip
def test_a_code_that_is_sent_otherwise_or_retired_is_no_mere_addition(house, more, kind):
    assert kind_of(house, "code_list", LIST, {**LIST, **more}) == kind


@pytest.mark.parametrize(
    ("cases", "kind"),
    [
        ([CASE, {**CASE, "name": "another"}], "editorial"),
        ([], "compatible"),
        ([{**CASE, "name": "other"}], "compatible"),
    ],
)
def test_a_test_case_that_goes_is_no_word(house, cases, kind):
    """They hold or refuse a mapping: without one, an error goes unnoticed."""
    held = to_canonical(cases=[CASE])
    assert MappingKind().change_kind(held, to_canonical(cases=cases)) == kind
