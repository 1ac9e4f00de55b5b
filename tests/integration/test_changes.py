"""Controlled content changes by proposal only, whole or not at all, into immutable revisions."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection as database
from django.db import connections, transaction

from dictionary.models import DataElement
from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.errors import BaseMoved, ContentRefused, NoChangeContext, Refused, UngovernedWrite
from governance.guard.context import change
from governance.models import AuditEvent, ChangeRequest, Revision, System
from hub.flow.control import pause
from hub.models import InterfaceControl, InterfaceRelease
from tests.factories.world import connection, element, interface, release, to_canonical

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]

QMS = {"key": "qms", "label": "QMS", "category": "qms", "owner": "Quality"}


def propose_one(kind: str, content: dict | None, key: str = "", **more):
    item = Operation(kind, key or content["key"], content, **more)
    return propose(operations=[item], title="A change", by=DEMONSTRATION, reason="Because of a test")


def test_a_proposal_is_released_with_revision_projection_and_sentences():
    request = propose_one("system", QMS)
    assert (request.state, request.number) == ("released", ChangeRequest.objects.get().number)
    assert System.objects.get().version == "1.0.0"
    assert Revision.objects.get().digest.startswith("sha256:")
    assert [event.kind for event in AuditEvent.objects.order_by("recorded_at", "id")] == [
        "change.proposed",
        "revision.released",
        "change.released",
    ]


@pytest.mark.parametrize(
    ("edit", "version"),
    [({"label": "Quality"}, "1.0.1"), ({"gxp": True}, "2.0.0")],
    ids=["editorial", "semantic"],
)
def test_the_version_follows_from_the_difference(edit, version):
    propose_one("system", QMS)
    propose_one("system", {**QMS, **edit})
    assert System.objects.get().version == version
    assert Revision.objects.count() == 2


def test_another_definition_is_another_meaning():
    """Words that only name a thing are editorial; those that say what it is are not."""
    lot = {"key": "lot", "label": "Lot", "type": "text", "definition": "What was made in one go."}
    for edit, version in (({}, "1.0.0"), ({"label": "Batch"}, "1.0.1"), ({"definition": "A delivery."}, "2.0.0")):
        lot = lot | edit
        propose_one("element", lot)
        assert DataElement.objects.get().version == version


def test_nothing_that_is_in_force_already_is_released_again():
    propose_one("system", QMS)
    with pytest.raises(Refused, match="Nothing would change"):
        propose_one("system", QMS)


def test_a_base_that_moved_is_a_conflict():
    propose_one("system", QMS)
    propose_one("system", {**QMS, "label": "Other"}, base="1.0.0")
    with pytest.raises(BaseMoved, match=r"in force as 1\.0\.1"):
        propose_one("system", {**QMS, "label": "Third"}, base="1.0.0")


def test_all_operations_or_none():
    wrong = Operation("connection", "x-rest", {**connection("http://127.0.0.1:1"), "key": "x-rest", "system": "absent"})
    with pytest.raises(ContentRefused, match="'absent', which does not exist"):
        propose(
            operations=[Operation("system", "qms", QMS), wrong],
            title="Two at once",
            by=DEMONSTRATION,
            reason="Both or none",
        )
    assert not System.objects.exists()
    assert not ChangeRequest.objects.exists()


@pytest.mark.req("B4")
def test_a_mapping_can_only_target_elements_of_the_dictionary(world):
    mapping = to_canonical()
    mapping["rules"].append({"target": "colour", "path": "$.colour"})
    with pytest.raises(ContentRefused, match="colour"):
        release(("mapping", mapping))


def test_what_others_refer_to_cannot_be_retired(world):
    with pytest.raises(ContentRefused, match="refers to it"):
        propose_one("icd", None, key="ICD-0001")


def test_a_changed_mapping_makes_a_new_release_of_each_interface_that_uses_it(world):
    before = InterfaceRelease.objects.get()
    release(("mapping", to_canonical(label="Another label")))
    after = InterfaceRelease.objects.get(number=2)
    assert after.digest != before.digest
    assert {tuple(pin[:3]) for pin in after.pins} - {tuple(pin[:3]) for pin in before.pins} == {
        ("mapping", "lims-result", "1.0.1")
    }


def test_an_element_that_nobody_uses_releases_no_interface(world):
    release(("element", element("unused", "text")))
    assert InterfaceRelease.objects.count() == 1


@pytest.mark.req("M1.5")
def test_a_system_out_of_scope_cannot_be_used(world):
    out = {
        "key": "old",
        "label": "Old",
        "category": "qms",
        "owner": "IT",
        "excluded_because": "It is being retired.",
    }
    release(("system", out))
    with pytest.raises(ContentRefused, match="out of scope"):
        release(("interface", interface(key="IF-9", source={"system": "old", "mode": "push"})))


def test_a_sink_that_the_connector_does_not_offer_is_refused_with_those_that_it_does(world):
    routes = [{"key": "qms", "connection": "qms-rest", "sink": "nothing", "mapping": "qms-result"}]
    with pytest.raises(ContentRefused, match="results"):
        release(("interface", interface(routes=routes)))


@pytest.mark.req("M6.6")
def test_a_reason_has_an_end():
    with pytest.raises(Refused, match="at most 2000"), change(by=DEMONSTRATION, reason="word " * 500):
        pass


def test_a_governed_row_is_not_written_without_a_reason():
    with pytest.raises(NoChangeContext):
        System(key="x").save()
    with pytest.raises(Refused, match="says too little"), change(by=DEMONSTRATION, reason="."):
        pass


@pytest.mark.req("M6.6")
@pytest.mark.parametrize("call", ["update", "delete", "bulk_create", "bulk_update"])
def test_calls_that_leave_no_history_are_refused_with_the_right_one(call):
    propose_one("system", QMS)
    rows = System.objects.all()
    arguments = {"update": [], "delete": [], "bulk_create": [[]], "bulk_update": [[], []]}[call]
    with pytest.raises(UngovernedWrite, match="inside `with change"):
        getattr(rows, call)(*arguments)


@pytest.mark.req("M6.2")
def test_history_says_who_why_and_with_which_build(world):
    row = System.history.filter(key="qms").first()
    assert row.act_actor["name"] == "Demonstration loader"
    assert row.act_reason == "The world of a test"
    assert row.act_fingerprint.startswith("0.1.0/")
    assert row.row_hash.startswith("sha256:")


def test_an_order_policy_that_does_not_exist_yet_is_refused(cast, target):
    from tests.factories.world import icd, make_world

    make_world(cast, target)
    with pytest.raises(ContentRefused, match="latest_wins") as refused:
        propose_one("icd", icd(order_policy="latest_wins"))
    assert "order_policy" in str(refused.value)
    propose_one("icd", icd(order_policy="none"))


@pytest.mark.django_db(transaction=True)
def test_a_release_waits_for_a_pause_and_keeps_it(cast, target):
    """PostgreSQL: the pause has written and not committed when the release comes to the same row."""
    if database.vendor != "postgresql":
        pytest.skip("SQLite has one writer: nothing can come between")
    from tests.factories.world import make_world

    world = make_world(cast, target)
    failed: list[BaseException] = []

    def change_it() -> None:
        try:
            release(("mapping", to_canonical(label="Results, renamed")))
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    worker = Thread(target=change_it)
    with transaction.atomic():
        pause(interface_key="IF-001", by=world.cast.olga, reason="The line has stopped")
        worker.start()
        while worker.is_alive() and not _somebody_waits():
            worker.join(0.02)
    worker.join()
    assert failed == []
    control = InterfaceControl.objects.get(interface__key="IF-001")
    assert (control.paused_by, control.release.number) == ("Olga Brandt", 2)


def _somebody_waits() -> bool:
    """For a lock that this connection holds."""
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        return cursor.fetchone()[0] > 0
