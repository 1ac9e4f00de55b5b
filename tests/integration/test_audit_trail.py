"""The exported audit trail: it verifies offline, and says what was done to it, by whatever hand."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from governance.guard.state import guard_state
from governance.ledger import verify
from governance.ledger.export.fsck import check
from governance.ledger.seal import seal
from governance.models import AuditEvent, LedgerEntry, Person, SealedCheckpoint, SealedLeaf
from tests.factories.trail import Trail, forge, new_person, past_the_guards, resealed, run, seal_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.6")]

PERSON = Person._meta.db_table
HISTORY = Person.history.model._meta.db_table
EVENT = AuditEvent._meta.db_table
LEDGER = LedgerEntry._meta.db_table


@pytest.fixture
def trail(tmp_path, settings) -> Trail:
    return Trail(tmp_path, settings)


def fsck() -> str:
    return "\n".join(check().findings)


def test_what_nobody_touched_holds(trail):
    trail.history()
    report = trail.verify()
    assert report.findings == []
    assert any("up to the checkpoint of" in remark for remark in report.remarks)
    assert fsck() == ""


def test_every_row_line_says_who_attests_it(trail):
    trail.history()
    said = set(SealedLeaf.objects.values_list("attested", flat=True))
    assert "yes" in said
    assert "no" not in said


def test_the_verifier_runs_alone(trail, tmp_path):
    """Without Django, without us: the file from the bundle, an isolated interpreter, another folder."""
    trail.history()
    bundle, key = trail.bundle(), tmp_path / "seal_key.pub"
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            bundle / "verify.py",
            bundle,
            "--key",
            key,
            "--held",
            bundle / "last-checkpoint.txt",
        ],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "VERIFIED: all of it holds." in done.stdout


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"UPDATE {PERSON} SET full_name = 'Another' WHERE username = 'lims'", "is not what its last ledger line"),
        (f"DELETE FROM {PERSON} WHERE username = 'qms'", "is gone, and no ledger line says who removed it"),
        (
            f"UPDATE {HISTORY} SET full_name = 'Another' WHERE username = 'lims' AND row_version = 1",
            "is not what ledger line",
        ),
        (f"UPDATE {HISTORY} SET act_reason = 'Because' WHERE username = 'lims'", "was changed after it was sealed"),
        (f"UPDATE {HISTORY} SET act_actor_id = 'olga' WHERE username = 'lims'", "was changed after it was sealed"),
        (f"DELETE FROM {HISTORY} WHERE username = 'erp'", "is missing; ledger line"),
    ],
    ids=["edited row", "deleted row", "edited history", "edited reason", "edited actor", "deleted history"],
)
def test_what_the_owner_of_the_database_does_is_found(trail, statement, words):
    """Guards off, edit, guards on: the edit is named, and so are the guards once they are sealed."""
    trail.history()
    with past_the_guards(PERSON, HISTORY):
        run(statement)
    assert words in fsck()
    trail.write("mes")
    seal_all()
    found = trail.found()
    assert words in found
    assert PERSON in found
    assert "The guards of the database were changed between" in found


def test_an_edited_audit_event_is_found(trail, cast):
    seal_all()
    with past_the_guards(EVENT):
        run(f"UPDATE {EVENT} SET sentence = 'Nothing happened.' WHERE kind = 'person.enrolled'")
    assert f"The row {EVENT}" in trail.found()


def test_a_removed_audit_event_is_found(trail, cast):
    seal_all()
    with past_the_guards(EVENT):
        run(f"DELETE FROM {EVENT} WHERE kind = 'person.enrolled'")
    assert f"The row {EVENT}" in fsck()
    assert "is gone" in trail.found()


def test_a_row_past_everything_is_found(trail):
    """Written with the guards off, with a history row of its own: no line of the ledger knows it."""
    trail.history()
    with past_the_guards(PERSON, HISTORY):
        row = new_person("ghost")
        row.row_version = 1
        row.save_base(raw=True, force_insert=True)
    assert "No ledger line says that the row" in trail.found()


def test_an_edited_ledger_line_is_named(trail):
    trail.history()
    line = LedgerEntry.objects.filter(table_name=PERSON).order_by("number")[1]
    with past_the_guards(LEDGER):
        run(f"UPDATE {LEDGER} SET act = '{{}}' WHERE number = {line.number}")
    for found in (trail.found(), fsck()):
        assert f"Ledger line {line.number}, sealed as entry" in found
        assert "is no longer what was sealed" in found


def test_a_removed_ledger_line_is_named(trail):
    trail.history()
    line = LedgerEntry.objects.filter(table_name=PERSON).order_by("number")[1]
    with past_the_guards(LEDGER):
        run(f"DELETE FROM {LEDGER} WHERE number = {line.number}")
    assert f"Ledger line {line.number}, sealed as entry" in trail.found()
    assert "is no longer there" in fsck()


def test_a_leaf_that_was_made_to_fit_breaks_the_root(trail):
    """Line and leaf are edited together: the signature speaks of another root, and the lines between are named."""
    trail.history()
    line = LedgerEntry.objects.filter(table_name=PERSON).order_by("number").first()
    leaf = SealedLeaf.objects.get(number=line.number)
    from governance.ledger.leaf import COLUMNS, leaf_bytes, leaf_hash

    with past_the_guards(LEDGER, SealedLeaf._meta.db_table):
        run(f"UPDATE {LEDGER} SET act = '{{}}' WHERE number = {line.number}")
        values = LedgerEntry.objects.values(*COLUMNS).get(number=line.number)
        said = leaf_bytes(values, attested=leaf.attested, evidence=leaf.evidence, withheld=leaf.withheld)
        run(f"UPDATE {SealedLeaf._meta.db_table} SET hash = %s WHERE number = %s", leaf_hash(said), line.number)
    assert "are not those that it was signed over. The change is among" in trail.found()


def test_a_forged_row_is_found(trail):
    """Stolen database credentials, every guard satisfied: what lacks is the code that the database cannot make."""
    trail.history()
    before = guard_state()
    forge(Person.objects.get(username="lims"), "Mine")
    assert guard_state() == before
    assert "which waits to be sealed, is not attested" in fsck()
    seal_all()
    assert "which waits to be sealed" not in fsck()
    found = trail.found()
    assert "version 3 (update), ledger line" in found
    assert "is not attested: it was not written by the application" in found
    assert AuditEvent.objects.filter(kind="ledger.unattested").count() == 1


def test_guards_that_were_off_for_a_moment_are_found(trail):
    trail.history()
    with past_the_guards(PERSON):
        pass
    trail.write("mes")
    seal_all()
    assert "The guards of the database were changed between" in trail.found()
    assert LedgerEntry.objects.filter(kind="guard_changed").count() == 1
    assert AuditEvent.objects.filter(kind="ledger.guards_changed").count() == 1
    seal_all()
    assert LedgerEntry.objects.filter(kind="guard_changed").count() == 1, "it is said once"


def test_guards_that_were_off_are_told_without_any_other_write(trail):
    trail.history()
    with past_the_guards(PERSON):
        pass
    seal()
    seal_all()
    assert "The guards of the database were changed between" in trail.found()


def test_guards_that_a_migration_puts_in_place_are_explained(trail):
    from django.db import connection

    from governance.guard import install
    from hub.database.ownership import as_owner

    trail.history()
    with as_owner():
        install.drop(connection)
        install.install(connection)
    seal_all()
    report = trail.verify()
    assert report.findings == []
    assert sum("The guards were" in remark for remark in report.remarks) >= 2


def test_a_cut_tail_is_found_by_who_holds_a_checkpoint(trail):
    """Lines, leaves and checkpoints of the end are gone together: only the checkpoint that left the house tells."""
    trail.history()
    held = trail.last()
    first = SealedCheckpoint.objects.order_by("size").first()
    tables = [model._meta.db_table for model in (LedgerEntry, SealedLeaf, SealedCheckpoint, Person)] + [HISTORY]
    last = SealedLeaf.objects.get(position=first.size - 1).number
    with past_the_guards(*tables):
        run(f"DELETE FROM {LEDGER} WHERE number > {last}")
        run(f"DELETE FROM {SealedLeaf._meta.db_table} WHERE position >= {first.size}")
        run(f"DELETE FROM {SealedCheckpoint._meta.db_table} WHERE size > {first.size}")
    assert "its end was cut off, or an older database was restored" in trail.found(held=held)


def test_lines_cut_from_the_end_alone_are_found_without_any(trail):
    trail.history()
    last = LedgerEntry.objects.order_by("-number").first()
    with past_the_guards(LEDGER):
        run(f"DELETE FROM {LEDGER} WHERE number = {last.number}")
    assert f"Ledger line {last.number}, sealed as entry" in trail.found()


def test_a_log_that_was_written_anew_is_found_by_who_holds_a_checkpoint(trail):
    """Everything is sealed again with the sealer's own key: it verifies, but does not go on from what was held."""
    trail.history()
    held = trail.last()
    with past_the_guards(SealedLeaf._meta.db_table, SealedCheckpoint._meta.db_table, LEDGER):
        run(f"DELETE FROM {SealedLeaf._meta.db_table}")
        run(f"DELETE FROM {SealedCheckpoint._meta.db_table}")
        run(f"UPDATE {LEDGER} SET act = '{{}}' WHERE table_name = '{PERSON}'")
    seal_all()
    folder = trail.bundle()
    assert trail.found(folder) == ""
    assert "is of another log" in trail.found(folder, held)


def test_a_checkpoint_that_was_held_is_the_beginning(trail):
    trail.history()
    held = trail.last()
    trail.write("mes")
    seal_all()
    report = trail.verify(held=held)
    assert report.findings == []
    assert any("goes on from the checkpoint" in remark for remark in report.remarks)


def test_another_key_proves_nothing(trail, tmp_path):
    from governance.ledger.keys import make_key

    trail.history()
    trail.keys = verify.read_keys(make_key(tmp_path / "another").public)
    assert "which is not one that you trust" in trail.found()


def test_a_false_signature_is_found(trail):
    trail.history()
    bundle = trail.bundle()
    notes = [json.loads(line) for line in (bundle / verify.CHECKPOINTS).read_text().splitlines()]
    notes[-1] = notes[-1].replace("build: ", "build: x")
    (bundle / verify.CHECKPOINTS).write_text("".join(json.dumps(note) + "\n" for note in notes))
    assert "The signature of the checkpoint of" in trail.found(resealed(bundle))


def test_a_checkpoint_that_was_taken_out_is_found(trail):
    trail.history()
    trail.write("mes")
    seal_all()
    bundle = trail.bundle()
    lines = (bundle / verify.CHECKPOINTS).read_bytes().splitlines(keepends=True)
    (bundle / verify.CHECKPOINTS).write_bytes(lines[0] + lines[2])
    assert "does not follow the one before it" in trail.found(resealed(bundle))


def test_a_bundle_since_a_time_goes_on_from_a_checkpoint(trail):
    trail.history()
    middle = SealedCheckpoint.objects.order_by("-size").first()
    trail.write("qms", full_name="Quality")
    seal_all()
    bundle = trail.bundle(since=middle.sealed_at)
    assert trail.found(bundle) == ""
    assert len((bundle / verify.LEAVES).read_bytes().splitlines()) == 1
    assert trail.found(bundle, middle.note) == ""
    first = SealedCheckpoint.objects.order_by("size").first()
    with pytest.raises(verify.Unable, match="begins after"):
        trail.verify(bundle, first.note)


def test_lines_that_wait_speak_for_their_rows(trail):
    trail.history()
    trail.write("qms", full_name="Quality")
    report = trail.verify()
    assert report.findings == []
    assert any("nobody has signed them yet" in remark for remark in report.remarks)


def test_no_secret_is_exported(trail, cast):
    """Neither a password's hash nor what was refused, which may be the value of a payload."""
    from governance.audit import record_refusal
    from governance.errors import Refused

    record_refusal("test", Refused("Patient 4711 is unknown.", field="name", value="Patient 4711"))
    encoded = cast.olga.password.rpartition("$")[2]
    seal_all()
    bundle = trail.bundle()
    everything = b"".join(path.read_bytes() for path in bundle.iterdir())
    assert encoded.encode() not in everything
    assert b"Patient 4711" not in everything
    assert b"withheld:" in everything
    assert trail.found(bundle) == ""
    assert fsck() == ""


@pytest.mark.slow
def test_any_turned_byte_is_found(trail):
    trail.history()
    bundle = trail.bundle()
    files = sorted(path for path in bundle.iterdir())
    assert trail.found(bundle) == ""

    @hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def turn(data):
        path = data.draw(st.sampled_from([one for one in files if one.stat().st_size]))
        before = path.read_bytes()
        place = data.draw(st.integers(0, len(before) - 1))
        other = data.draw(st.integers(1, 255))
        try:
            path.write_bytes(before[:place] + bytes([before[place] ^ other]) + before[place + 1 :])
            assert trail.verify(bundle).findings, f"{path.name} at {place}"
        finally:
            path.write_bytes(before)

    turn()


@pytest.mark.slow
def test_a_turned_byte_is_found_where_the_sums_were_made_to_fit(trail):
    """What carries evidence does not rest on the sums: who edits a bundle can make them anew."""
    trail.history()
    bundle = trail.bundle()
    names = (verify.LEAVES, verify.CHECKPOINTS, verify.HISTORY, verify.EVENTS, verify.PRESENT)
    sums = (bundle / verify.SUMS).read_bytes()

    @hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def turn(data):
        path = bundle / data.draw(st.sampled_from([name for name in names if (bundle / name).stat().st_size]))
        before = path.read_bytes()
        place = data.draw(st.integers(0, len(before) - 1))
        other = data.draw(st.integers(1, 255))
        try:
            path.write_bytes(before[:place] + bytes([before[place] ^ other]) + before[place + 1 :])
            assert trail.verify(resealed(bundle)).findings, f"{path.name} at {place}"
        finally:
            path.write_bytes(before)
            (bundle / verify.SUMS).write_bytes(sums)

    turn()


def test_the_commands_say_it(trail, tmp_path, capsys):
    trail.history()
    call_command("fsck")
    assert "VERIFIED" in capsys.readouterr().out
    call_command("audit", "export", str(tmp_path / "taken"))
    assert "Exported to" in capsys.readouterr().out
    assert verify.main([str(tmp_path / "taken"), "--key", str(tmp_path / "seal_key.pub")]) == 0
    assert verify.main([str(tmp_path / "nowhere"), "--key", str(tmp_path / "seal_key.pub")]) == 2
    with past_the_guards(PERSON):
        run(f"UPDATE {PERSON} SET full_name = 'Another' WHERE username = 'lims'")
    with pytest.raises(SystemExit, match="1"):
        call_command("fsck")
    assert "FOUND: The row" in capsys.readouterr().out
