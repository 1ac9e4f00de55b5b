"""The demonstration: records of real files and databases reach real targets, once and in our words."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from governance import ids
from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.changes.effective import revision_of
from governance.guard.transactions import write
from governance.models import AuditEvent, ChangeRequest, Person, Refusal, Revision
from governance.signing.demonstration import sign_as
from hub.demonstration import history, records, signed, sources
from hub.demonstration.clock import moved as moved_clock
from hub.demonstration.content import content
from hub.demonstration.feeder import CYCLE, Feeder
from hub.demonstration.load import load
from hub.demonstration.past import Past
from hub.demonstration.places import Places
from hub.flow.intake.poll import poll_due
from hub.flow.replaying import replay
from hub.flow.sending import clients
from hub.flow.states import NEVER
from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery, Drift, Inbox, Interface, Message, MessageState, StreamState
from hub.selectors.documents import covered
from hub.services import decisions

pytestmark = [pytest.mark.django_db, pytest.mark.req("B4"), pytest.mark.req("B6")]

ROUNDS = 6  # a hold changes its lot, which is then polled: what one round moves, the next may have to carry on


def moved(home):
    """Loaded, the contract laboratory's backlog sent, everything moved that can move."""
    places = Places(home)
    loaded = load(places)
    feeder = Feeder(places, _poster(loaded.token))
    feeder.send_backlog()
    settle()
    return SimpleNamespace(places=places, loaded=loaded, feeder=feeder)


@pytest.fixture(scope="module")
def shared(django_db_setup, django_db_blocker, tmp_path_factory):
    """One for all tests that only look."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield moved(tmp_path_factory.mktemp("home"))
        transaction.set_rollback(True)


@pytest.fixture
def demo(shared, db):
    """To look at."""
    return shared


@pytest.fixture
def own(shared, db, tmp_path):
    """To change: its rows roll back, its files are put back."""
    home, kept = shared.places.home, tmp_path / "kept"
    shutil.copytree(home, kept)
    yield shared
    clients.drop_all()
    shutil.rmtree(home)
    shutil.copytree(kept, home)


@pytest.mark.req("M1.6")
def test_every_interface_is_in_production_with_a_whole_document_that_agrees(demo):
    found = [covered(one) for one in Interface.objects.filter(is_retired=False)]
    assert len(found) == 9
    assert all(one.stage == "production" and one.agrees and not one.missing and not one.closed for one in found)


def test_a_second_load_leaves_a_document_that_somebody_changed(own):
    held = revision_of("icd", "ICD-0103").content
    wanted = [Operation("icd", "ICD-0103", {**held, "service_level": "Agreed anew."})]
    ivo = Person.objects.get(username="ivo")
    signed.release(propose(operations=wanted, title="Agreed", by=ivo, reason="Both sides agreed anew").number)
    assert load(own.places).changes == []
    assert revision_of("icd", "ICD-0103").content["service_level"] == "Agreed anew."


def _poster(token):
    def post(body, media_type):
        headers = {"Authorization": f"Bearer {token}"}
        return (
            Client()
            .post("/api/v1/interfaces/IF-105/messages", body, content_type=media_type, headers=headers)
            .status_code
        )

    return post


def settle() -> None:
    """Time passes until nothing moves any more."""
    for _ in range(ROUNDS):
        StreamState.objects.update(due_at=timezone.now())
        with write():
            Delivery.objects.exclude(due_at=NEVER).update(due_at=timezone.now())
        poll_due()
        while drain():
            pass


def rows(demo, system: str, statement: str) -> list[dict]:
    with closing(sqlite3.connect(demo.places.database(system))) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(statement)]


def tasks(demo) -> list[dict]:
    return [json.loads(path.read_text()) for path in demo.places.tasks.iterdir()]


def quarantined(interface: str) -> set[tuple[str, str, str]]:
    found = MessageState.objects.filter(interface_key=interface, state="quarantined")
    return set(found.values_list("error_field", "error_value", "error_rule"))


@pytest.mark.req("M3.3")
def test_every_sound_record_stands_once_at_its_real_target(demo):
    sound, _, _ = history.ncrs(timezone.now())
    numbers = {row["NCR_NO"] for row in sound} | {"NCR-26-00052"}  # the last one only lacks its hold
    held = {row["NCR_NO"] for row in sound if row["SCHWERE"] != "MIN"}
    assert {row["nc_number"] for row in rows(demo, "qms", "SELECT * FROM nonconformance")} == numbers
    assert Counter(task["record"]["number"] for task in tasks(demo)) == dict.fromkeys(numbers, 1)
    assert {row["hold_no"] for row in rows(demo, "erp", "SELECT * FROM lot_hold")} == held
    results = rows(demo, "qms", "SELECT * FROM inspection_result")
    origins = Counter(row["source_system"] for row in results)
    assert origins == {"lims": history.RESULTS, "partner-lab": history.EVENTS}
    suppliers = rows(demo, "qms", "SELECT * FROM supplier")
    assert len(suppliers) == len(records.words("suppliers"))
    for system in ("maintenance", "archive"):
        kept = [json.loads(row["data"])["original_id"] for row in rows(demo, system, "SELECT * FROM object")]
        assert Counter(kept) == {f"KAL-2026-{n:04d}": 1 for n in range(1, history.CERTIFICATES + 1)}


@pytest.mark.req("M2.2")
@pytest.mark.req("M2.3")
def test_units_words_and_dates_become_those_of_the_dictionary(demo):
    results = {row["sample_number"]: row for row in rows(demo, "qms", "SELECT * FROM inspection_result")}
    measured = {name: (row["value"], row["unit"]) for name, row in results.items()}
    assert measured["P26-000005"] == ("92.70", "mg/dL")  # 0,927 g/L
    assert measured["P26-000001"] == ("22.2", "Cel")  # 71,9 °F
    assert measured["P26-000004"] == ("4.630", "mm")  # 0,1823 Zoll
    assert measured["P26-000003"] == ("6.91", None)  # a pH has no unit
    assert measured["LY-00001"] == ("498.5", "mg/dL")  # 4985.0 ug/mL
    words = {row["characteristic"]: row["verdict"] for row in results.values()}
    assert words.keys() == {
        "Glucose assay",
        "Assay of active substance",
        "Storage temperature",
        "Temperature on arrival",
        "Tablet height",
        "pH",
    }
    source = rows(demo, "lims", "SELECT * FROM ergebnis WHERE PROBE_NR = 'P26-000005'")[0]
    assert source["URTEIL"] == "nicht bestanden"
    assert results["P26-000005"]["verdict"] == "fail"
    measured_at = datetime.strptime(source["GEMESSEN_AM"], "%d.%m.%Y %H:%M").replace(tzinfo=records.SITE)
    assert results["P26-000005"]["inspected_at"] == f"{measured_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    nonconformance = rows(demo, "qms", "SELECT * FROM nonconformance WHERE nc_number = 'NCR-26-00010'")[0]
    assert nonconformance["defect_quantity"] == "1410"  # 1.410
    assert nonconformance["yield_percent"] == "98.05"  # 98,05
    assert (nonconformance["site"], nonconformance["process_step"]) == ("Visp", "Filling")


@pytest.mark.req("M2.5")
def test_each_record_shows_at_its_target_where_it_came_from(demo):
    for row in rows(demo, "qms", "SELECT * FROM nonconformance"):
        assert (row["source_system"], row["original_id"], row["mapping_revision"]) == (
            "mes",
            row["nc_number"],
            "1.0.0",
        )
        assert ClosedDelivery.objects.filter(message_id=row["message_id"], route_key="qms").count() == 1
    one = next(task for task in tasks(demo) if task["record"]["number"] == "NCR-26-00002")
    assert one["origin"]["mapping_revision"] == "1.0.0"
    assert one["priority"] == "high"


def test_a_hold_blocks_its_lot_and_the_laboratory_hears_of_it(demo):
    held = {row["lot_no"] for row in rows(demo, "erp", "SELECT lot_no FROM lot_hold")}
    blocked = rows(demo, "lims", "SELECT CHARGE FROM los WHERE STATUS = 'pending'")
    assert held
    assert held <= {row["CHARGE"] for row in blocked}


def test_every_wrong_record_is_kept_with_field_value_and_rule(demo):
    mes = {one for one in quarantined("IF-101") if one[2]}
    assert mes == {
        ("$.SCHWERE", "KRIT", "codes"),
        ("$.AUSBEUTE", "104.20", "maximum"),
        ("$.LINIE", "VP9", "lookup"),
    }
    broken = MessageState.objects.get(interface_key="IF-101", reason="unreadable")
    assert "has 4 columns where the header has 13" in broken.sentence
    assert quarantined("IF-102") == {
        ("$.WERT", "°Bx", "unit"),
        ("$.GEMESSEN_AM", "03/04/2026 08:30", "date.format"),
        ("$.URTEIL", "n. b.", "codes"),
    }
    assert quarantined("IF-103") == {("$.country", "Germany", "pattern"), ("$.quality_status", "Z", "codes")}
    assert quarantined("IF-105") == {
        ("$.completed", "03/04/2026 10:15", "date.ambiguous"),
        ("$.result.value", "K", "unit"),
    }
    assert quarantined("IF-106") == {("$.valid_until", "04/05/2027", "date.ambiguous")}
    hold = Delivery.objects.get(interface_key="IF-101", state="dead")
    assert (hold.route_key, hold.reason) == ("hold", "rejected")
    assert "FOREIGN KEY constraint failed" in hold.sentence
    lot = Delivery.objects.get(interface_key="IF-104", state="dead")
    assert (lot.error_field, lot.error_value, lot.error_rule) == ("$.lot_status", "expired", "codes")
    assert Refusal.objects.get().status == 422  # the event without a lot


@pytest.mark.req("M3.3")
def test_what_a_mute_target_was_sent_waits_for_two_persons_and_holds_up_nothing_else(demo):
    doubtful = Delivery.objects.filter(state="in_doubt")
    keys = {"KAL-2026-0002", "KAL-2026-0006", "KAL-2026-0010"}  # the failed ones
    assert {one.route_key for one in doubtful} == {"notice"}
    assert {one.due_at for one in doubtful} == {NEVER}
    messages = [one.message_id for one in doubtful]
    assert set(Message.objects.filter(id__in=messages).values_list("business_key", flat=True)) == keys
    assert ClosedDelivery.objects.filter(message_id__in=messages, state="confirmed").count() == 2 * len(keys)
    kept = [json.loads(row["data"])["original_id"] for row in rows(demo, "mail", "SELECT * FROM object")]
    assert Counter(kept) == dict.fromkeys(keys, 1)


@pytest.mark.req("M3.3")
def test_two_persons_decide_about_a_notice(own):
    olga, quinn = Person.objects.get(username="olga"), Person.objects.get(username="quinn")
    delivery = Delivery.objects.filter(state="in_doubt").first()
    said = decisions.propose(
        delivery_id=delivery.id, decision="it_arrived", external_id="m-1", by=olga, reason="The engineer has the mail"
    )
    decisions.confirm(delivery_id=delivery.id, proposal=said.id, by=quinn, reason="I asked the engineer too")
    settle()
    assert ClosedDelivery.objects.get(id=delivery.id).state == "confirmed"
    assert MessageState.objects.get(id=delivery.message_id).state == "complete"


def test_repeats_and_unknown_fields_are_counted(demo):
    assert Inbox.objects.get(interface_key="IF-101", duplicates__gt=0).idempotency_key == "NCR-26-00001|NEW"
    assert Inbox.objects.get(interface_key="IF-105", duplicates__gt=0).idempotency_key.endswith("#lyon-1")
    drift = {(one.interface_key, one.path): one.count for one in Drift.objects.all()}
    assert drift["IF-101", "$.SCHICHT"] == history.NCRS / 2
    assert drift["IF-102", "$.RAUMFEUCHTE"] == history.RESULTS
    assert ("IF-103", "$.payment_terms") in drift
    assert ("IF-106", "$.technician") in drift


@pytest.mark.req("M3.3")
def test_a_new_line_of_the_crosswalk_and_a_replay_bring_the_rest_in_order(own):
    wrong = MessageState.objects.get(interface_key="IF-101", error_value="KRIT")
    severity = revision_of("code_list", "severity").content
    tables = severity["crosswalks"]
    mapped = {**severity, "crosswalks": {**tables, "mes": {**tables["mes"], "KRIT": "critical"}}}
    proposed = propose(
        operations=[Operation("code_list", "severity", mapped)],
        title="KRIT of the new line",
        by=Person.objects.get(username="ivo"),
        reason="The MES was updated and writes KRIT",
    )
    signed.release(proposed.number)
    olga, quinn = Person.objects.get(username="olga"), Person.objects.get(username="quinn")
    made = replay.plan(message_ids=[wrong.id], mode="current_release", by=olga, reason="KRIT is mapped now")
    sign_as(subject=("replay", str(made.id)), meaning="approved", person=quinn, reason="Checked the new line")
    settle()
    last = rows(own, "qms", "SELECT nc_number, severity FROM nonconformance ORDER BY rowid")[-3:]
    assert [row["nc_number"] for row in last] == ["NCR-26-00049", "NCR-26-00050", "NCR-26-00051"]
    assert last[0]["severity"] == "critical"
    assert len(tasks(own)) == history.NCRS + 4
    assert load(own.places).is_nothing
    assert revision_of("code_list", "severity").content == mapped


@pytest.mark.req("M3.3")
def test_what_the_target_refused_is_sent_again_once_the_target_knows_the_lot(own):
    refused = Delivery.objects.get(interface_key="IF-101", state="dead")
    made = records.lot(0, timezone.now()) | {"lot_no": "L26-952"}
    with sources.opened(own.places.database("erp")) as database:
        sources.insert(database, "lot", [made])
    olga, quinn = Person.objects.get(username="olga"), Person.objects.get(username="quinn")
    plan = replay.plan(message_ids=[refused.message_id], mode="same_bytes", by=olga, reason="The ERP has the lot now")
    sign_as(subject=("replay", str(plan.id)), meaning="approved", person=quinn, reason="The lot was booked late")
    settle()
    held = rows(own, "erp", "SELECT stock_status FROM lot JOIN lot_hold USING (lot_no) WHERE lot_no = 'L26-952'")
    assert held == [{"stock_status": "Q"}]
    assert MessageState.objects.get(id=refused.message_id).state == "complete"


def test_a_second_load_changes_nothing(own):
    before = (Revision.objects.count(), AuditEvent.objects.count(), ChangeRequest.objects.count())
    assert load(own.places).is_nothing
    assert (Revision.objects.count(), AuditEvent.objects.count(), ChangeRequest.objects.count()) == before
    assert set(ChangeRequest.objects.values_list("author__id", flat=True)) == {DEMONSTRATION.id}


def test_the_feeder_keeps_every_source_alive(own):
    before = Counter(MessageState.objects.values_list("interface_key", flat=True))
    for _ in range(2 * len(CYCLE)):
        own.feeder.feed()
    settle()
    after = Counter(MessageState.objects.values_list("interface_key", flat=True))
    assert (after - before).keys() == {f"IF-10{number}" for number in range(1, 10)}
    assert int(own.places.counter.read_text()) == history.FIRST_FEED + 1 + 2 * len(CYCLE)


def test_nothing_is_closed_before_its_effectiveness_check_and_the_reason_is_a_sentence(demo):
    made = ChangeRequest.objects.filter(author__id=DEMONSTRATION.id)
    assert made.filter(state="effectiveness", effectiveness_due_at__gt=timezone.now()).count() == 3
    assert made.filter(state="closed", effectiveness_due_at=None).count() == 3
    reasons = set(made.values_list("reason", flat=True))
    assert reasons == {
        "The loader of the demonstration sets up a sample company, so that there is something to look at."
    }


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's own clock cannot be moved")
def test_an_effectiveness_check_is_closed_by_the_first_start_after_it_is_due(own, monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)
    with moved_clock(timezone.now() + timedelta(days=15)):
        signed.close_all()
    made = ChangeRequest.objects.filter(author__id=DEMONSTRATION.id)
    assert set(made.values_list("state", flat=True)) == {"closed"}
    assert not made.filter(closed_at__lt=F("effectiveness_due_at")).exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's own clock cannot be moved")
def test_its_past_was_moved_by_the_engine_at_its_own_time(own, monkeypatch):
    monkeypatch.setattr(ids, "_last", 0)
    until = timezone.now()
    with write():
        Delivery.objects.exclude(due_at=NEVER).update(due_at=until - timedelta(hours=1))
    with moved_clock(until - timedelta(minutes=50)) as clock:
        Past(own.places, own.loaded.token, clock).play(until)
        clients.drop_all()
    steps = {until - timedelta(minutes=minutes) for minutes in (42, 22)}
    made = ClosedDelivery.objects.filter(created_at__lt=until - timedelta(minutes=10))
    for step in steps:
        of_step = made.filter(created_at__range=(step, step + timedelta(minutes=10)))
        assert of_step.count() > 10
        assert all(step < one.closed_at < until for one in of_step)
    message = Message.objects.get(id=made.latest("created_at").message_id)
    assert abs(ids.time_of(message.id) - message.received_at) < timedelta(seconds=5)
    assert MessageState.objects.filter(changed_at__gt=timezone.now()).count() == 0


def test_the_command_shows_address_accounts_and_the_token_once(settings, tmp_path, capsys, monkeypatch):
    settings.HUB_HOME = tmp_path
    monkeypatch.setenv("PORT", "8123")
    call_command("demo")
    first = capsys.readouterr().out
    call_command("demo")
    second = capsys.readouterr().out
    token = (tmp_path / "demo-token").read_text()
    assert "http://127.0.0.1:8123" in first
    assert token in first
    assert token not in second
    assert "nothing was changed" in second
    assert (tmp_path / "demo-token").stat().st_mode & 0o777 == 0o600
    for person in content("persons")["persons"]:
        assert person["username"] in second
        found = Person.objects.get(username=person["username"])
        assert found.check_password(content("persons")["password"])


@pytest.mark.parametrize("environment", ["production", "validation"])
def test_it_is_loaded_in_development_only(settings, tmp_path, environment):
    settings.HUB_HOME, settings.HUB_ENVIRONMENT, settings.DEVELOPMENT = tmp_path, environment, False
    before = AuditEvent.objects.count()
    with pytest.raises(CommandError, match=f"is not loaded where HUB_ENVIRONMENT is {environment}"):
        call_command("demo")
    assert AuditEvent.objects.count() == before
    assert not list(tmp_path.iterdir())
