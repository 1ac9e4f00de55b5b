"""What a change reaches is signed by its digest: who may not see all of it reads it neither on a page nor in a file."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from dictionary.models import Entity
from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose, stages
from governance.changes.weighing import owners
from governance.services import signed_records
from governance.signing import keys
from governance.signing.statement import digest_of_bytes
from governance.signing.verify_package import check
from tests.factories.deciding import approved, engineer, put_policies_in_force
from tests.factories.world import to_canonical
from tests.integration.signing.test_package import repacked
from tests.integration.test_rights import give, person

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1"), pytest.mark.req("M7.6")]

WHY = "The supplier's laboratory reports in another unit"
ENCLOSED = "enclosed/decided-on.json"


@pytest.fixture
def number(world) -> str:
    """A change of a mapping that reaches the interface IF-001 and the system qms, approved."""
    ivo = engineer()
    put_policies_in_force(world.cast, ivo)
    content = to_canonical(rules=to_canonical()["rules"][:2])
    made = propose(operations=[Operation("mapping", content["key"], content)], title="A change", by=ivo, reason=WHY)
    said = {"number": made.number, "verdict": "accepted", "comment": "The results stay readable for us."}
    owners.disposition(kind="interface", key="IF-001", by=world.cast.olga, **said)
    owners.disposition(kind="system", key="qms", by=world.cast.rick, **said)
    stages.plan(number=made.number, by=ivo, reason=WHY, rollback="Release the earlier one.", success="Nothing fails.")
    approved(world.cast, made.number)
    return made.number


@pytest.fixture
def gus():
    """He may see the entity and its mappings, not the interfaces and systems that use them."""
    guest = person("gus")
    for right in ("view_entity", "propose_entity"):
        give(guest, right, Entity.objects.get(key="result"))
    return guest


def files_of(held: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(held)) as files:
        return {name: files.read(name) for name in files.namelist()}


def test_who_may_see_all_of_it_takes_it_along_and_who_may_not_takes_its_digest(client, world, number, gus):
    held = {}
    for reader in (world.cast.quinn, gus):
        client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(f"/signed/change/{number}/package")
        assert answer.status_code == 200
        assert check(answer.content, keys.public()).problems == []
        held[reader.username] = files_of(answer.content)
    named = json.loads(held["gus"]["record.json"])["content"]["enclosed"]["decided-on"]
    assert digest_of_bytes(held["quinn"][ENCLOSED]) == named
    assert b"IF-001" in held["quinn"][ENCLOSED]
    assert ENCLOSED not in held["gus"]
    for name, content in held["gus"].items():
        assert b"IF-001" not in content, name
        assert b"stay readable for us" not in content, name


def test_what_is_enclosed_must_be_what_was_signed(number):
    held = signed_records.export(kind="change", subject_id=number, by=DEMONSTRATION, reason=WHY)
    other = files_of(held)[ENCLOSED].replace(b"stay readable", b"are unreadable")
    found = check(repacked(held, **{ENCLOSED: other}), keys.public()).problems
    assert f"{ENCLOSED} is not what the record names." in found
    left_out = check(repacked(held, **{ENCLOSED: None}), keys.public())
    assert left_out.left_out == [ENCLOSED]
