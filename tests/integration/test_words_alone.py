"""Another label is a word: what it leads to is named, nobody is asked about it, and no document grows its risk."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.changes import Operation, kinds
from governance.changes.effective import revision_of
from governance.changes.impact import Impact, impact_of_change
from governance.changes.weighing import owners, reach
from governance.models.change_request import ChangeState
from tests.factories.deciding import engineer, put_policies_in_force, released, starter_policies
from tests.factories.documents import describe, put, wanted
from tests.factories.world import connection, element
from tests.integration.console.test_change_pages import signed_in
from tests.integration.test_released_before_approval import now

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4"), pytest.mark.req("M1.6")]

QMS = {"key": "qms", "label": "Quality system", "category": "qms", "owner": "Quality", "level": 3, "gxp": True}


def called(label: str, **more):
    return ("system", {**QMS, "label": label, **more}, "qms")


@pytest.fixture
def house(world):
    """IF-001 in production, described whole; then the starter policies."""
    describe(world)
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    return world


def test_another_label_of_a_system_is_words_in_its_document_too_and_asks_nobody(house):
    made = now(put(wanted(called("Quality (eqms)")), house.ivo))
    assert {(one.kind, one.change_kind) for one in made.operations.all()} == {
        ("system", "editorial"),
        ("icd", "editorial"),
    }
    assert (made.risk, made.path, made.state) == ("low", "short", ChangeState.DRAFT)
    assert reach.basis(made).objects
    assert reach.critical(made) == ()
    assert all(one.is_named for one in reach.basis(made).objects)
    assert Impact.from_content(reach.basis(made).content()).content() == reach.basis(made).content()
    page = signed_in(house.cast.rick).get(reverse("change", args=[made.number])).content.decode()
    in_admin = reverse("admin:governance_changerequest_change", args=[made.pk])
    for text in (page, signed_in(house.cast.rick).get(in_admin).content.decode()):
        assert "named; nothing changes for it" in text
        assert "not asked" not in text
        assert "Say what it means" not in text
    released(house.cast, house.ivo, made.number)
    assert revision_of("icd", "ICD-0001").version == "1.1.1"


def test_where_a_policy_asks_for_the_longer_path_words_still_ask_no_owner(house):
    held = next(one for one in starter_policies() if one["key"] == "every-change")
    longer = Operation("approval_policy", held["key"], {**held, "path": "standard"})
    released(house.cast, house.ivo, put([longer], house.ivo).number)
    made = now(put(wanted(called("Quality")), house.ivo))
    assert made.state == ChangeState.ASSESSED
    assert owners.undisposed(made) == []


@pytest.mark.parametrize(
    "content",
    [
        ("system", {**QMS, "label": "Quality", "category": "tracker"}, "qms"),
        ("connection", connection("https://elsewhere.example"), "qms-rest"),
        ("element", element("glucose", "quantity", unit="mg/dL", digits=2), "glucose"),
    ],
)
def test_what_means_something_else_asks_owners_as_before(house, content):
    made = now(put(wanted(content), house.ivo))
    assert made.change_kind != "editorial"
    assert owners.undisposed(made) != []
    assert not any(one.is_named for one in reach.critical(made))


def test_another_system_under_the_same_label_is_no_word(house):
    other = ("system", {**QMS, "key": "qms-two"}, "qms-two")
    moved = ("connection", {**connection(house.target.url), "system": "qms-two"}, "qms-rest")
    made = now(put(wanted(other, moved), house.ivo))
    assert made.operations.get(kind="icd").change_kind == "compatible"


def test_words_beside_a_change_of_meaning_are_named_and_what_it_reaches_is_asked(house):
    longer = element("glucose", "quantity", unit="mg/dL", digits=2)
    words = Operation("system", "qms", QMS | {"label": "Quality"})
    alone = impact_of_change([words])
    both = impact_of_change([words, Operation("element", "glucose", longer)])
    meant = impact_of_change([Operation("element", "glucose", longer)])
    assert {one.reference for one in both.critical} == {one.reference for one in meant.critical}
    assert {one.reference for one in alone.objects} <= {one.reference for one in both.objects}
    by_name = {one.reference: one for one in both.objects}
    assert by_name["interface", "IF-001"].nearest.path[0].reference == ("element", "glucose")
    grown = {one.reference for one in both.grew_beyond(alone)}
    assert {one.reference for one in meant.objects} <= grown
    assert grown.isdisjoint({one.reference for one in both.objects if one.is_named})


MEANT = {
    "system qms": ("system", "qms", QMS | {"category": "tracker"}),
    "system lims": ("system", "lims", {"category": "other"}),
    "element glucose": ("element", "glucose", {"unit": "mg/dL"}),
    "code list": ("code_list", "verdict", {"codes": {"pass": {"label": "Passed"}}, "crosswalks": {}}),
    "connection": ("connection", "qms-rest", connection("https://elsewhere.example")),
}


@pytest.mark.parametrize("which", MEANT)
def test_other_words_for_what_a_change_reaches_take_nobody_off_the_list_of_whom_it_asks(house, which):
    """Of every kind that it reaches, one after the other and all at once."""
    kind, key, change = MEANT[which]
    meant = Operation(kind, key, revision_of(kind, key).content | change)
    alone = impact_of_change([meant])
    said = [_words(one.reference) for one in alone.objects if _is_another(one.reference, meant)]
    assert {"interface"} < {one.kind for one in said}
    for words in (*([one] for one in said), said):
        both = impact_of_change([meant, *words])
        assert {one.reference for one in both.critical} == {one.reference for one in alone.critical}
        assert {one.reference for one in both.objects if not one.is_named} == {one.reference for one in alone.objects}
        assert [one.node for one in both.starts if not one.is_named] == [one.node for one in alone.starts]
        assert Impact.from_content(both.content()).content() == both.content()


def test_words_beside_another_category_ask_the_owner_of_the_connection_all_the_same(house):
    meant = Operation("system", "qms", QMS | {"category": "tracker"})
    made = [now(put([meant, *more], house.ivo)) for more in ([], [_words(("connection", "qms-rest"))])]
    asked = [{one.reference for one in owners.undisposed(one)} for one in made]
    assert asked[0] == asked[1] >= {("connection", "qms-rest"), ("interface", "IF-001")}


def _is_another(reference, meant) -> bool:
    """Another object than the change itself, with a label."""
    return (
        reference != (meant.kind, meant.key)
        and "label" in kinds.get(reference[0]).editorial
        and "label" in (revision_of(*reference).content or {})
    )


def _words(reference) -> Operation:
    """Another label of this object, and nothing else."""
    return Operation(*reference, {**revision_of(*reference).content, "label": "Other words"})
