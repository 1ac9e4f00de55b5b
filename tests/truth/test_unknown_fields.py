"""Mass assignment: no form takes a field that it does not have. Every POST of the pages is asked, with one too many."""

from __future__ import annotations

import pytest
from django.test import Client

from governance.models import AuditEvent, Person, Refusal
from governance.models.ledger_entry import LedgerEntry
from hub.models import SavedView
from tests.factories.cast import PASSWORD
from tests.truth.bodies import body_of
from tests.truth.people import COLUMNS, asked, make_truth_world
from tests.truth.test_table import Line, table

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

OPENED_BY = ("302", "200", "422")
FIRST_STEP = "sign-in-code"  # not there without a first step: tests/integration/accounts/test_sign_in.py
UNKNOWN = {"is_superuser": "1"}


@pytest.fixture
def truth(db, target):
    return make_truth_world(target)


def forms() -> list[Line]:
    """Every act of the pages that somebody may do."""
    lines = [line for line in table() if line.method == "POST" and not line.name.startswith("api-")]
    return [line for line in lines if line.name != FIRST_STEP and who_may(line)]


def who_may(line: Line) -> str:
    """Somebody for whom the door opens: at the door of signing in nobody yet, otherwise a signed-in person."""
    if line.name == "sign-in":
        return "anonymous"
    people = [name for name in COLUMNS if name not in ("anonymous", "system")]
    opened = [name for name in people if line.expected[COLUMNS.index(name)] in OPENED_BY]
    return "otto" if line.name == "view-forget" else next(iter(opened), "")


def traces() -> tuple[int, ...]:
    """What grows with every act: the audit trail, the ledger, views and superusers. A refusal on record is no act."""
    superusers = Person.objects.filter(is_superuser=True).count()
    written = LedgerEntry.objects.exclude(table_name=Refusal._meta.db_table).count()
    return AuditEvent.objects.count(), written, SavedView.objects.count(), superusers


def answered(world, line: Line, more: dict[str, str]) -> tuple[str, int, bool]:
    """(page, status, whether anything was done) for the door's own body with ``more`` beside it."""
    kept: list[object] = []

    def ask(client: Client, headers: dict[str, str]) -> int:
        before = traces()
        body = {**body_of("POST", line.name, line.args, world.subjects), **more}
        answer = client.post(line.address(world.subjects), body, headers=headers)
        kept.extend((answer.content.decode(), traces() != before))
        return answer.status_code

    status = asked(world, who_may(line), ask)
    return str(kept[0]), status, bool(kept[1])


def test_every_form_refuses_a_field_that_it_does_not_have_and_names_it(truth):
    lines = forms()
    assert len({line.name for line in lines}) > 35
    wrong = []
    for line in lines:
        page, status, is_done = answered(truth, line, UNKNOWN)
        if (status, "“is_superuser”" in page, is_done) != (422, True, False):
            wrong.append(f"{line.name}: {status}, {'' if 'is_superuser' in page else 'not '}named, done: {is_done}")
    assert wrong == []


def test_the_token_of_the_form_is_no_unknown_field(truth):
    pause = next(line for line in forms() if line.name == "interface-pause")
    _, status, is_done = answered(truth, pause, {"csrfmiddlewaretoken": "any"})
    assert (status, is_done) == (302, True)
    assert Client().post("/sign-in", {"username": "otto", "password": PASSWORD}).status_code == 302
