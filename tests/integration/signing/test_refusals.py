"""Every refused attempt at signing leaves one refusal: who, on which record, by which rule (21 CFR 11.300(d))."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from governance.changes import Operation, propose
from governance.changes.propose import draft
from governance.changes.proposing import drafting
from governance.models import AuditEvent, ChangeRequest, Refusal, Signature
from governance.services import signing_suspension
from tests.factories.cast import PASSWORD
from tests.factories.deciding import REASON, disposed, engineer, put_policies_in_force, sign
from tests.factories.signing import intent_on
from tests.integration.signing.conftest import card, edit

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]

CARD = ("test_card", "card-1")
QMS = {"key": "qms", "label": "Quality system", "category": "qms", "owner": "Quality", "level": 3, "gxp": True}
URL = reverse("sign", args=[*CARD, "reviewed"])


def form_of(client: Client, **more: str) -> dict[str, str]:
    """What Rick's form would send."""
    shown = client.get(URL).content.decode()
    return {"intent": intent_on(shown), "username": "rick", "password": PASSWORD, **more}


def replayed(desk, client: Client) -> Any:
    given = form_of(client)
    edit(desk.cast)
    given = form_of(client)
    assert client.post(URL, given).status_code == 302
    edit(desk.cast, title="LIMS again")
    return client.post(URL, given)


def moved(desk, client: Client) -> Any:
    """The intent of one card at the address of another."""
    given = form_of(client)
    card(desk.cast, "card-2")
    return client.post(reverse("sign", args=["test_card", "card-2", "reviewed"]), given)


def changed(desk, client: Client) -> Any:
    given = form_of(client)
    edit(desk.cast)
    return client.post(URL, given)


def wrong_password(desk, client: Client) -> Any:
    return client.post(URL, form_of(client, password="wrong"))


def unknown_field(desk, client: Client) -> Any:
    return client.post(URL, form_of(client, approved_by="quinn"))


def unknown_filter(desk, client: Client) -> Any:
    return client.post(f"{URL}?password={PASSWORD}", form_of(client))


def left_empty(desk, client: Client) -> Any:
    return client.post(URL, form_of(client, password=""))


def not_their_turn(desk, client: Client) -> Any:
    return client.post(reverse("sign", args=[*CARD, "approved"]), form_of(client))


def suspended(desk, client: Client) -> Any:
    given = form_of(client)
    signing_suspension.suspend(person=desk.cast.rick, by=desk.cast.ada, reason="He forgot it")
    return client.post(URL, given)


def no_such_record(desk, client: Client) -> Any:
    return client.post(reverse("sign", args=["test_card", "card-9", "reviewed"]), form_of(client))


Attempt = Callable[[Any, Client], Any]
ATTEMPTS: list[tuple[Attempt, int, tuple[str, str], str]] = [
    (replayed, 409, CARD, "used once"),
    (moved, 422, ("test_card", "card-2"), "shown to you on this page"),
    (changed, 409, CARD, "the content that was shown"),
    (wrong_password, 422, CARD, "the signer's password"),
    (unknown_field, 422, CARD, "only fields of this form"),
    (unknown_filter, 400, CARD, "It takes: intent."),
    (left_empty, 422, CARD, "what the form asks for"),
    (not_their_turn, 409, CARD, "reviewed"),
    (suspended, 403, CARD, "re-enrolled with a second person"),
    (no_such_record, 404, ("test_card", "card-9"), "exists, and is yours"),
]


@pytest.mark.parametrize(("attempt", "status", "about", "rule"), ATTEMPTS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_refused_attempt_leaves_one_refusal(desk, entered, attempt, status, about, rule):
    client = entered("rick")
    before = Refusal.objects.count()
    answer = attempt(desk, client)
    assert answer.status_code == status, answer.content.decode()
    (row,) = Refusal.objects.order_by("recorded_at")[before:]
    assert (row.act, row.status, row.actor_id) == ("signature.make", status, str(desk.cast.rick.pk))
    assert ((row.subject_kind, row.subject_id), row.rule) == (about, rule)
    assert PASSWORD not in str(vars(row))
    assert Signature.objects.count() == (1 if attempt is replayed else 0)


def test_who_had_a_hand_in_it_is_recorded_with_the_record_that_they_tried(desk, entered):
    assert entered("olga").post(URL, {"password": PASSWORD}).status_code == 403
    row = Refusal.objects.get(act="signature.make")
    assert (row.subject_kind, row.subject_id, row.rule) == (*CARD, "another person than who prepared it")
    assert row.actor_id == str(desk.cast.olga.pk)


def test_wrong_passwords_lock_and_alert_and_no_other_refusal_is_counted(desk, entered):
    """The lock is an alert of its own beside the refusals of the attempts."""
    rick = entered("rick")
    for _ in range(settings.HUB_SIGN_IN_FAILURES + 1):
        assert unknown_field(desk, rick).status_code == 422
    assert not Refusal.objects.filter(act="signing.lock").exists()
    answers = [wrong_password(desk, rick).status_code for _ in range(settings.HUB_SIGN_IN_FAILURES + 1)]
    assert answers == [422] * settings.HUB_SIGN_IN_FAILURES + [429]
    alert = Refusal.objects.get(act="signing.lock")
    assert (alert.subject_kind, alert.subject_id, alert.actor_id) == ("person", "rick", str(desk.cast.rick.pk))
    assert AuditEvent.objects.filter(kind="signing.locked").count() == 1
    rules = Refusal.objects.filter(act="signature.make").order_by("recorded_at").values_list("rule", flat=True)
    wrong = list(rules)[settings.HUB_SIGN_IN_FAILURES + 1 :]
    limit = f"at most {settings.HUB_SIGN_IN_FAILURES} failures"
    assert wrong == ["the signer's password"] * settings.HUB_SIGN_IN_FAILURES + [limit]


# --- changes that nobody may sign in their stage, each with a sentence of its own -------------------------------


@pytest.fixture
def house(world):
    world.ivo = engineer()
    put_policies_in_force(world.cast, world.ivo)
    return world


def open_draft(house) -> ChangeRequest:
    wanted = [Operation("system", "qms", {**QMS, "label": "Another label"})]
    return draft(operations=wanted, title="A draft", by=house.ivo, reason=REASON)


def submitted(house) -> ChangeRequest:
    wanted = [Operation("system", "qms", {**QMS, "label": "Another label"})]
    return propose(operations=wanted, title="A change", by=house.ivo, reason=REASON)


def withdrawn(house) -> ChangeRequest:
    return drafting.withdraw(number=submitted(house).number, by=house.ivo, reason=REASON)


def held(house) -> ChangeRequest:
    return drafting.hold(number=submitted(house).number, by=house.ivo, reason=REASON)


def cancelled(house) -> ChangeRequest:
    return drafting.cancel(number=submitted(house).number, by=house.ivo, reason=REASON)


def rejected(house) -> ChangeRequest:
    made = submitted(house)
    disposed(house.cast, made)
    sign(house.cast.quinn, made.number, "rejected")
    return made


def emergency(house) -> ChangeRequest:
    made = open_draft(house)
    drafting.declare_emergency(number=made.number, by=house.ivo, reason=REASON)
    return drafting.submit(number=made.number, by=house.ivo, reason=REASON)


STAGES = [
    (open_draft, "is an open draft: it can be signed once somebody has submitted it."),
    (withdrawn, "was withdrawn and is a draft again: it can be signed once it is submitted again."),
    (held, "is on hold: nothing of it is signed until somebody takes it off hold."),
    (cancelled, "was cancelled: nothing of it is signed any more."),
    (rejected, "was rejected: nothing of it is signed any more."),
    (emergency, "is an emergency: two persons release it first, and others review and approve it in retrospect."),
]


@pytest.mark.parametrize(("stage", "sentence"), STAGES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_change_that_nobody_may_sign_now_says_what_is_true_and_the_attempt_is_on_record(
    house, entered, stage, sentence
):
    request, quinn = stage(house), entered("quinn")
    address = reverse("sign", args=["change", request.number, "approved"])
    for answer in (quinn.get(address), quinn.post(address, {"password": PASSWORD})):
        assert answer.status_code == 409
        assert f"{request.number} {sentence}" in answer.content.decode()
    row = Refusal.objects.get(act="signature.make")
    assert (row.subject_kind, row.subject_id, row.rule) == ("change", request.number, "a stage that is signed")
    assert (row.actor_id, row.sentence) == (str(house.cast.quinn.pk), f"{request.number} {sentence}")


def test_a_system_that_tries_to_sign_is_recorded_with_the_change_that_it_tried(api, house):
    from governance.actors import DEMONSTRATION
    from hub.services.grants import grant
    from tests.factories.world import interface

    grant(account=house.account, interface_key="IF-001", direction="read", by=DEMONSTRATION, reason=REASON)
    renamed = Operation("interface", "IF-001", interface(label="Results, renamed"))
    made = propose(operations=[renamed], title="A change", by=house.ivo, reason=REASON)
    assert api("post", f"changes/{made.number}/signatures", {}).status_code == 403
    row = Refusal.objects.get(act="change.sign")
    assert (row.subject_kind, row.subject_id) == ("change", made.number)
