"""Packages of signed records: out, checked offline, in elsewhere as foreign, out again bit for bit."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from governance.actors import DEMONSTRATION
from governance.errors import Refused
from governance.ledger import tree, verify
from governance.ledger.keys import make_key
from governance.models import AuditEvent, ForeignRecord, ForeignSignature, LedgerEntry, Signature, SigningKey
from governance.services import signed_records
from governance.signing import jws, keys, manifestation
from governance.signing.rules import NotOpen
from governance.signing.statement import canonical, digest_of_bytes
from governance.signing.verify_package import check
from tests.factories.trail import Trail, past_the_guards, run, seal_all
from tests.integration.signing.conftest import WHY, edit

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]


@pytest.fixture
def held(desk) -> bytes:
    """The package of a card with two signatures and one that was withdrawn."""
    desk.withdraw("rick", desk.sign("rick", "reviewed"))
    desk.sign("quentin", "reviewed", reason="Compared with the gauge itself")
    desk.sign("quinn", "approved")
    return signed_records.export(kind="test_card", subject_id="card-1", by=DEMONSTRATION, reason=WHY)


def repacked(held: bytes, **changed: bytes | None) -> bytes:
    """The package with some files replaced, or left out where the new content is None."""
    names = {name.replace("/", "__").replace(".", "_"): name for name in zipfile.ZipFile(io.BytesIO(held)).namelist()}
    replaced = {names.get(name, name): content for name, content in changed.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(held)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = replaced.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name in set(replaced) - set(old.namelist()):
            new.writestr(name, replaced[name])
    return out.getvalue()


def test_a_package_is_sound_and_holds_every_signature_byte_for_byte(held):
    report = check(held, keys.public())
    assert report.problems == []
    assert report.tokens == list(Signature.objects.order_by("position").values_list("jws", flat=True))
    assert len(report.withdrawn) == 1
    assert report.is_pinned
    with zipfile.ZipFile(io.BytesIO(held)) as files:
        rendering = files.read("rendering.txt").decode()
    assert "Quinn Mbeki, Approval," in rendering
    assert AuditEvent.objects.filter(kind="record.exported").count() == 1


def test_the_check_asks_no_database(held, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert check(held).is_sound


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"record_json": b'{"a":1}'}, "record.json was altered"),
        ({"history_json": b"[1]"}, "history.json was altered"),
        ({"rendering_txt": b"Approved by everybody"}, "rendering.txt was altered"),
        ({"signatures__0002_jws": None}, "signatures/0002.jws is missing"),
        ({"withdrawals__0001_jws": None}, "withdrawals/0001.jws is missing"),
        ({"keys_json": None}, "no keys.json"),
        ({"manifest_json": b"{}"}, "not the one that was signed"),
        ({"manifest_jws": b"a.b.c"}, "It is not base64url."),
        ({"more.txt": b"x"}, "more.txt does not belong"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_was_altered_is_said(held, changed, says):
    report = check(repacked(held, **changed))
    assert any(says in sentence for sentence in report.problems), report.problems
    assert not report.is_sound


def test_every_altered_byte_of_a_record_fails(held):
    with zipfile.ZipFile(io.BytesIO(held)) as files:
        record = files.read("record.json")
    for place in range(0, len(record), 7):
        other = bytes([record[place] ^ 1])
        assert not check(repacked(held, record_json=record[:place] + other + record[place + 1 :])).is_sound


def test_content_altered_with_a_manifest_of_ones_own_still_fails(held, settings):
    """Somebody with a key of their own makes everything anew but the signatures."""
    with zipfile.ZipFile(io.BytesIO(held)) as files:
        record, manifest = (json.loads(files.read(name)) for name in ("record.json", "manifest.json"))
        listed = json.loads(files.read("keys.json"))
    settings.HUB_SIGNING_KEY = keys.new_secret()
    kid, key = keys.private()
    record["content"]["title"] = "Gauge that was never reviewed"
    listed.append({**listed[0], "kid": kid, "public": str(key.as_dict(private=False)["x"])})
    changed = {"record_json": canonical(record), "keys_json": canonical(listed)}
    manifest["files"] |= {name.replace("_json", ".json"): digest_of_bytes(content) for name, content in changed.items()}
    forged = repacked(
        held,
        **changed,
        manifest_json=canonical(manifest),
        manifest_jws=jws.sign(manifest, key, kid).encode(),
    )
    assert check(forged).problems == ["signatures/0003.jws: The content is not what was signed."]
    assert "not one of the pinned keys" in " ".join(check(forged, keys.public()).problems)


def test_a_withdrawal_by_somebody_else_than_the_signer_is_found(held):
    """Another person's name in a token that the hub's key signed: no signature is taken back by it."""
    with zipfile.ZipFile(io.BytesIO(held)) as files:
        token, manifest = files.read("withdrawals/0001.jws"), json.loads(files.read("manifest.json"))
    kid, key = keys.private()
    for name, says in (("0", ["withdrawals/0001.jws: It withdraws a signature of somebody else."]), (None, [])):
        said = jws.verify(token.decode(), keys.public())
        said["signer"]["id"] = name or said["signer"]["id"]
        other = jws.sign(said, key, kid).encode()
        manifest["files"]["withdrawals/0001.jws"] = digest_of_bytes(other)
        sealed = {"manifest_json": canonical(manifest), "manifest_jws": jws.sign(manifest, key, kid).encode()}
        assert check(repacked(held, withdrawals__0001_jws=other, **sealed)).problems == says


@pytest.mark.parametrize("junk", [b"", b"no zip", b"PK\x03\x04" + b"\x00" * 40], ids=["empty", "text", "broken"])
def test_a_file_that_is_no_package_is_refused_with_a_sentence(junk):
    assert "no package" in check(junk).problems[0]


# --- without the hub ------------------------------------------------------------------------------------------


def proven(held: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(held)) as files:
        return json.loads(files.read("proofs.json"))


@pytest.mark.django_db(transaction=True)
def test_a_package_verifies_without_the_hub_and_its_signatures_stand_in_the_sealed_log(desk, settings, tmp_path):
    """An isolated interpreter, the files of the package, a folder elsewhere; both keys are pinned."""
    trail = Trail(tmp_path, settings)
    for number in range(5):
        trail.write(f"before-{number}")
    seal_all()
    held, kid = signed_and_sealed(desk), keys.in_use()[0]
    path = tmp_path / "card.signed.zip"
    path.write_bytes(held)
    with zipfile.ZipFile(path) as files:
        for name in ("verify_package.py", "verify.py"):
            files.extract(name, tmp_path)
        assert files.read("rendering.pdf").startswith(b"%PDF-")
    run = [sys.executable, "-S", "-P", tmp_path / "verify_package.py", path, "--key", f"{kid}={keys.public()[kid]}"]
    env = {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [*run, "--seal-key", tmp_path / "seal_key.pub"], cwd="/", env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 of 4 stand in the sealed log." in done.stdout
    assert "VERIFIED: all of it holds." in done.stdout
    for given, lacks in ((run, "--seal-key"), (run[:5], "--key and --seal-key")):  # it brings keys of its own along
        done = subprocess.run(given, cwd="/", env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (2, "")
        assert done.stdout.splitlines()[-1].startswith(f"COULD NOT VERIFY: without {lacks} the package vouches")
        assert "VERIFIED: all" not in done.stdout
    another = make_key(tmp_path / "another")
    assert "not signed with a key of the sealer" in " ".join(
        check(held, keys.public(), verify.read_keys(another.public)).problems
    )
    first, second, *_ = proven(held)
    for changed, says in (
        ({first: proven(held)[second]}, "is of something else"),
        ({first: proven(held)[first] | {"index": 0}}, "does not lead to the checkpoint"),
        ({first: proven(held)[first] | {"path": []}}, "does not lead to the checkpoint"),
        ({first: proven(held)[first] | {"checkpoint": "x"}}, "This is no checkpoint"),
        ({"signatures/0009.jws": proven(held)[first]}, "signatures/0009.jws: It does not say what it should"),
    ):
        report = check(repacked(held, proofs_json=canonical(proven(held) | changed)), keys.public(), trail.keys)
        assert any(says in sentence for sentence in report.problems), report.problems


def signed_and_sealed(desk) -> bytes:
    desk.withdraw("rick", desk.sign("rick", "reviewed"))
    seal_all()
    desk.sign("quentin", "reviewed")
    desk.sign("quinn", "approved")
    unsealed = signed_records.export(kind="test_card", subject_id="card-1", by=DEMONSTRATION, reason=WHY)
    assert list(proven(unsealed)) == ["signatures/0001.jws", "withdrawals/0001.jws"]
    assert check(unsealed).is_sound
    seal_all()
    return signed_records.export(kind="test_card", subject_id="card-1", by=DEMONSTRATION, reason=WHY)


@pytest.mark.django_db(transaction=True)
def test_a_signature_whose_line_was_edited_does_not_leave_with_a_proof(desk, settings, tmp_path):
    Trail(tmp_path, settings)
    desk.sign("rick", "reviewed")
    seal_all()
    table = LedgerEntry._meta.db_table
    with past_the_guards(table):
        run(f"UPDATE {table} SET act = '{{}}' WHERE table_name = '{Signature._meta.db_table}'")
    with pytest.raises(Refused, match="is not what was sealed"):
        signed_records.export(kind="test_card", subject_id="card-1", by=DEMONSTRATION, reason=WHY)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 13])
def test_the_stand_alone_verifier_follows_every_path(size):
    entries = [f"entry {number}".encode() for number in range(size)]
    root = "sha256:" + tree.root(entries).hex()
    for index, entry in enumerate(entries):
        path = tree.inclusion(entries, index)
        assert verify.root_of(entry, index, size, path) == root
        for wrong in ((index + 1, path), (-1, path), (index, [*path, b"x"]), (index, path[1:] if path else [b"x"])):
            assert verify.root_of(entry, wrong[0], size, wrong[1]) != root


# --- elsewhere ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [{"type": "interlock/signature/1"}, {"human": ""}])
def test_a_signature_that_does_not_say_which_human_being_signed_is_none(held, said):
    """As those of builds before the first version; the token itself is genuine."""
    with zipfile.ZipFile(io.BytesIO(held)) as files:
        token, manifest = files.read("signatures/0003.jws"), json.loads(files.read("manifest.json"))
    kid, key = keys.private()
    told = jws.verify(token.decode(), keys.public())
    told["type"], told["signer"]["human"] = said.get("type", told["type"]), said.get("human", told["signer"]["human"])
    other = jws.sign(told, key, kid).encode()
    manifest["files"]["signatures/0003.jws"] = digest_of_bytes(other)
    sealed = {"manifest_json": canonical(manifest), "manifest_jws": jws.sign(manifest, key, kid).encode()}
    (problem, *_) = check(repacked(held, signatures__0003_jws=other, **sealed)).problems
    assert problem.startswith("signatures/0003.jws: It ")
    assert ("interlock/signature/2" in problem) == ("type" in said)


def test_an_imported_record_is_foreign_and_leaves_again_bit_for_bit(desk, held, settings):
    pinned = keys.public()
    settings.HUB_ORIGIN = "another site"
    record = signed_records.import_package(held=held, pinned=pinned, by=DEMONSTRATION, reason=WHY)
    assert (record.origin, record.subject_id) == ("interlock", "card-1")
    rows = manifestation.rows_of_foreign(record)
    assert [(row.name, row.origin, row.verdict) for row in rows][-1] == ("Quinn Mbeki", "interlock", None)
    again = signed_records.export_again(record=record, by=DEMONSTRATION, reason=WHY)
    assert again == held
    assert check(again, pinned).tokens == list(ForeignSignature.objects.order_by("id").values_list("jws", flat=True))


def test_a_foreign_signature_is_no_approval_here(desk, held, settings):
    settings.HUB_ORIGIN = "another site"
    signed_records.import_package(held=held, pinned=None, by=DEMONSTRATION, reason=WHY)
    edit(desk.cast)
    with pytest.raises(NotOpen, match="means “reviewed”"):
        desk.shown("quinn", "approved")


def test_only_sound_packages_of_others_come_in_and_once(desk, held, settings):
    def come(package: bytes, pinned=None):
        return signed_records.import_package(held=package, pinned=pinned, by=DEMONSTRATION, reason=WHY)

    with pytest.raises(Refused, match="of this installation"):
        come(held)
    settings.HUB_ORIGIN = "another site"
    with pytest.raises(Refused, match="was altered"):
        come(repacked(held, rendering_txt=b"x"))
    with pytest.raises(Refused, match="pinned"):
        come(held, {"unknown": "key"})
    come(held)
    with pytest.raises(Refused, match="imported already"):
        come(held)
    settings.DEVELOPMENT, settings.HUB_ENVIRONMENT = False, "production"
    with pytest.raises(Refused, match="demonstration"):
        come(held)
    assert ForeignRecord.objects.count() == 1


def test_a_signature_outside_the_time_of_its_key_fails(desk, held):
    from governance.guard.context import change

    with change(by=DEMONSTRATION, reason=WHY):
        row = SigningKey.objects.get()
        row.valid_from += timedelta(days=1)
        row.save()
    late = signed_records.export(kind="test_card", subject_id="card-1", by=DEMONSTRATION, reason=WHY)
    assert "signatures/0001.jws: Its key was not in use at the time that it states." in check(late).problems


def test_the_command_exports_verifies_and_imports(desk, held, settings, tmp_path, capsys):
    path = tmp_path / "card.zip"
    call_command("signatures", "export", "test_card", "card-1", str(path), "--reason", WHY)
    kid, public = next(iter(keys.public().items()))
    call_command("signatures", "verify", str(path), "--key", f"{kid}={public}")
    out = capsys.readouterr().out
    assert "approved  Quinn Mbeki" in out
    assert "Sound: Card card-1 of interlock, 3 signature(s), 1 withdrawn." in out
    with pytest.raises(CommandError, match="Could not verify: without --key the package vouches") as refused:
        call_command("signatures", "verify", str(path))
    assert refused.value.returncode == 2
    settings.HUB_ORIGIN = "another site"
    call_command("signatures", "import", str(path), "--reason", WHY)
    foreign, again = ForeignRecord.objects.get(), tmp_path / "again.zip"
    call_command("signatures", "export", "foreign_record", str(foreign.id), str(again), "--reason", WHY)
    assert again.read_bytes() == path.read_bytes()
    path.write_bytes(repacked(path.read_bytes(), record_json=b"{}"))
    with pytest.raises(CommandError, match=r"record\.json was altered"):
        call_command("signatures", "verify", str(path))
