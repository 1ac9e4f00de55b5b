"""Under policies no controlled kind changes at any door: each makes a change request that waits, or refuses."""

from __future__ import annotations

import json

import pytest
import yaml
from django.test import Client

from dictionary.services import transfer
from governance.actors import DEMONSTRATION
from governance.changes import kinds
from governance.errors import UngovernedWrite
from governance.guard.context import change
from governance.models import ChangeRequest, EffectiveRevision
from hub.services.grants import allow_role
from tests.factories.deciding import REASON, engineer, put_policies_in_force
from tests.factories.world import release
from tests.truth.subjects import TERM

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.4")]


@pytest.fixture
def house(world):
    world.ivo = engineer()
    release(("local_term", TERM))
    put_policies_in_force(world.cast, world.ivo)
    allow_role(
        role="integration engineer",
        permission="view_interface",
        interface_key="IF-001",
        by=DEMONSTRATION,
        reason=REASON,
    )
    return world


def in_force() -> dict:
    rows = EffectiveRevision.objects.select_related("revision")
    return {(row.kind, row.key): row.revision.digest for row in rows}


def one_of(kind) -> tuple[str, dict]:
    row = kind.model._base_manager.filter(is_retired=False).first()
    name = "term" if kind.name == "local_term" else "label"
    return row.key, {**row.content, name: "Another one for a test"}


def test_the_api_makes_a_request_of_every_kind_and_changes_nothing(house):
    client, before = Client(), in_force()
    client.force_login(house.ivo, backend="django.contrib.auth.backends.ModelBackend")
    for kind in kinds.each():
        key, content = one_of(kind)
        operations = [{"kind": kind.name, "key": key, "content": content}]
        body = {"title": f"Words of {key}", "reason": REASON, "operations": operations}
        answer = client.post("/api/v1/changes", json.dumps(body), content_type="application/json")
        assert answer.status_code == 201, (kind.name, answer.content)
        assert answer.json()["state"] in ("draft", "assessed"), kind.name
        assert answer.json()["submitted_at"], kind.name
    assert in_force() == before


def test_an_import_makes_a_request_and_changes_nothing(house):
    before = in_force()
    _, content = one_of(kinds.get("element"))
    operations = transfer.read([yaml.safe_dump({"element": [content]})])
    made = transfer.import_(operations, by=house.ivo, reason=REASON)
    assert ChangeRequest.objects.get(pk=made.pk).submitted_at is not None
    assert in_force() == before


def test_no_row_in_force_can_be_written_or_deleted_past_a_release(house):
    for kind in kinds.each():
        row = kind.model._base_manager.filter(is_retired=False).first()
        row.content = {**row.content, "label": "Written past everybody"}
        with pytest.raises(UngovernedWrite, match="change request"), change(by=house.ivo, reason=REASON):
            row.save()
        with pytest.raises(UngovernedWrite), change(by=house.ivo, reason=REASON):
            row.delete()
        with pytest.raises(UngovernedWrite):
            kind.model.objects.filter(pk=row.pk).update(version="9.9.9")
