"""Rights of roles and rights on single objects: who sees what, who may propose, who may be the second person."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from connectors.models import Connection
from dictionary.models import Entity
from dictionary.permissions import (
    visible_code_lists,
    visible_elements,
    visible_entities,
    visible_mappings,
    visible_terms,
)
from governance.actors import DEMONSTRATION
from governance.errors import NotAllowed
from governance.guard.context import change
from governance.guard.transactions import MIGRATION, write
from governance.models import System
from governance.permissions import allow, check_may_propose, may_propose, visible_systems, withdraw
from governance.services.persons import enrol
from hub import roles
from hub.database.ownership import as_owner
from hub.models import Interface
from hub.permissions import check_may_approve, check_may_check, check_may_operate, visible_interfaces
from hub.selectors.trail import audit
from tests.factories.cast import PASSWORD
from tests.factories.world import INTERFACE, element, interface, release

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

WHY = "The test gives a right"


def person(username: str, *with_roles: str):
    return enrol(
        username=username, full_name=username.title(), password=PASSWORD, roles=with_roles, by=DEMONSTRATION, reason=WHY
    )


def give(to, right: str, obj) -> None:
    with change(by=DEMONSTRATION, reason=WHY):
        allow(to, right, obj)


def keys(rows) -> set[str]:
    return set(rows.values_list("key", flat=True))


@pytest.fixture
def gus(world):
    """A guest: signed in, without any role."""
    return person("gus")


def test_a_migration_makes_every_role_with_its_rights(db):
    found = {group.name: {one.codename for one in group.permissions.all()} for group in Group.objects.all()}
    named = {role.name: {right.partition(".")[2] for right in role.everywhere} for role in roles.ROLES}
    reading = {name for name, rights in found.items() if rights - named[name]}
    assert reading == {role.name for role in roles.ROLES if role.reads_tables} == {"auditor", "administrator"}
    assert all(named[name] <= rights for name, rights in found.items())
    assert all(right.startswith("view_") for name in reading for right in found[name] - named[name])


def test_roles_are_brought_back_to_the_table_and_others_are_left_alone(transactional_db):
    auditor = Group.objects.get(name="auditor")
    before = set(auditor.permissions.values_list("codename", flat=True))
    with as_owner(), write(MIGRATION):
        auditor.permissions.clear()
        Group.objects.create(name="visitors of the site")
        roles.ensure()
    assert set(auditor.permissions.values_list("codename", flat=True)) == before
    other = Group.objects.get(name="visitors of the site")
    assert not other.permissions.exists()
    with as_owner(), write(MIGRATION):
        other.delete()


def test_without_a_role_nothing_exists(gus):
    for visible in (visible_systems, visible_entities, visible_elements, visible_code_lists, visible_mappings):
        assert not visible(gus).exists()
    assert not visible_interfaces(gus).exists()
    assert not visible_terms(gus).exists()


def test_who_sees_an_interface_sees_what_it_touches_and_nothing_else(gus):
    release(("system", {"key": "erp", "label": "ERP", "category": "erp", "owner": "Finance", "level": 4}))
    release(("element", element("colour", "text")))
    give(gus, "view_interface", Interface.objects.get(key=INTERFACE))
    assert keys(visible_systems(gus)) == {"lims", "qms"}
    assert keys(visible_entities(gus)) == {"result"}
    assert keys(visible_mappings(gus)) == {"lims-result", "qms-result"}
    assert keys(visible_code_lists(gus)) == {"verdict"}
    assert "colour" not in keys(visible_elements(gus))
    assert "lot" in keys(visible_elements(gus))


def test_a_service_account_sees_what_its_interfaces_touch(world):
    release(("system", {"key": "erp", "label": "ERP", "category": "erp", "owner": "Finance", "level": 4}))
    assert keys(visible_systems(world.account)) == {"lims", "qms"}
    assert keys(visible_entities(world.account)) == {"result"}
    with pytest.raises(NotAllowed, match="not propose changes"):
        check_may_propose(world.account, "interface", INTERFACE)


def test_one_system_and_one_entity_can_be_given_and_taken_away(gus):
    system, entity = System.objects.get(key="lims"), Entity.objects.get(key="result")
    give(gus, "view_system", system)
    give(gus, "view_entity", entity)
    assert (keys(visible_systems(gus)), keys(visible_entities(gus))) == ({"lims"}, {"result"})
    with change(by=DEMONSTRATION, reason=WHY):
        assert withdraw(gus, "view_system", system)
        assert not withdraw(gus, "view_system", system)
    assert not visible_systems(gus).exists()


def test_an_engineer_proposes_everything_and_an_operator_nothing(world):
    assert may_propose(person("ivo", "integration engineer"), "code_list", "new-list")
    assert not may_propose(world.cast.olga, "code_list", "verdict")


@pytest.mark.parametrize(
    ("right", "kind", "key", "other"),
    [
        ("propose_interface", "interface", INTERFACE, ("interface", "IF-999")),
        ("propose_entity", "mapping", "lims-result", ("code_list", "verdict")),
        ("propose_entity", "icd", "ICD-0001", ("interface", INTERFACE)),
        ("propose_system", "connection", "qms-rest", ("system", "lims")),
    ],
)
def test_a_right_on_one_object_lets_propose_on_just_that(gus, right, kind, key, other):
    homes = {
        "propose_interface": lambda: Interface.objects.get(key=INTERFACE),
        "propose_entity": lambda: Entity.objects.get(key="result"),
        "propose_system": lambda: System.objects.get(key="qms"),
    }
    assert not may_propose(gus, kind, key)
    give(gus, right, homes[right]())
    assert may_propose(gus, kind, key)
    assert not may_propose(gus, *other)


def test_a_quality_approver_is_the_second_person_without_operating(gus):
    mine = Interface.objects.get(key=INTERFACE)
    give(gus, "approve_interface", mine)
    check_may_approve(gus, mine)
    with pytest.raises(NotAllowed, match="not operate it"):
        check_may_operate(gus, mine)


def test_who_operates_may_approve_what_others_plan_and_who_only_looks_may_not(world):
    mine = Interface.objects.get(key=INTERFACE)
    check_may_approve(world.cast.olga, mine)
    with pytest.raises(NotAllowed, match="nor approve what others plan there"):
        check_may_approve(world.cast.rick, mine)
    with pytest.raises(NotAllowed):
        check_may_approve(world.account, mine)


def test_connections_are_checked_by_who_operates_over_them_or_has_the_right_on_the_system(world, gus):
    connection = Connection.objects.get(key="qms-rest")
    check_may_check(world.cast.olga, connection)
    with pytest.raises(NotAllowed, match="Only who operates"):
        check_may_check(gus, connection)
    give(gus, "check_connection", connection.system)
    check_may_check(gus, connection)


def test_an_auditor_sees_interfaces_that_nobody_gave_to_the_role(world):
    release(("interface", interface(key="IF-002", label="Another")))
    assert keys(visible_interfaces(world.cast.victor)) == {"IF-001", "IF-002"}
    assert keys(visible_interfaces(world.cast.olga)) == {"IF-001"}


def test_the_audit_trail_names_nothing_to_who_has_no_role(world, gus):
    assert not audit.events(gus).exists()
    assert audit.events(world.cast.rick).filter(kind="revision.released").exists()
    assert not audit.events(world.cast.rick).filter(subject_kind__in=("person", "role")).exists()
    give(gus, "view_interface", Interface.objects.get(key=INTERFACE))
    assert set(audit.events(gus).values_list("subject_id", flat=True)) == {INTERFACE}
