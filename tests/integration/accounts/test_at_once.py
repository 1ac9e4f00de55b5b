"""Guesses at the same moment: no more of them are looked at than the limit says, and a code opens for one only."""

from __future__ import annotations

import pytest
from django.test import Client

from governance.models import Person, PersonSession
from governance.services import second_factors
from hub.sign_in import lockout
from tests.factories.at_once import together, waiting_for_all
from tests.factories.cast import PASSWORD
from tests.integration.accounts.conftest import code_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

MANY = 12  # threads
DEEP = 7  # requests in one another


def test_a_guess_that_begins_while_another_is_looked_at_is_counted_too(cast, monkeypatch):
    """Each guess begins while the one before is being checked: none of them has failed yet."""
    looked_at: list[str] = []
    look = Person.check_password

    def meanwhile(person: Person, given: str) -> bool:
        looked_at.append(given)
        if len(looked_at) < DEEP:
            sign_in("olga", f"guess {len(looked_at)}")
        return look(person, given)

    monkeypatch.setattr(Person, "check_password", meanwhile)
    sign_in("olga", "guess 0")
    assert looked_at == [f"guess {number}" for number in range(5)]
    assert sign_in("olga")[1].status_code == 429


def test_a_code_that_is_tried_while_another_is_looked_at_is_counted_too(factor, monkeypatch):
    looked_at: list[str] = []
    client, _ = sign_in()
    look = second_factors.verify

    def meanwhile(*, person: Person, code: str) -> bool:
        looked_at.append(code)
        if len(looked_at) < DEEP:
            client.post("/sign-in/code", {"code": f"{len(looked_at):06}"})
        return look(person=person, code=code)

    monkeypatch.setattr(second_factors, "verify", meanwhile)
    client.post("/sign-in/code", {"code": "000000"})
    assert len(looked_at) == 5


@pytest.mark.django_db(transaction=True)
def test_of_guesses_in_parallel_five_are_looked_at(cast, monkeypatch):
    waiting_for_all(monkeypatch, lockout, "admit", MANY)
    answers = together(MANY, lambda number: sign_in("olga", f"guess {number}")[1].status_code)
    assert answers == {422: 5, 429: MANY - 5}


@pytest.mark.django_db(transaction=True)
def test_guesses_in_parallel_from_many_addresses_meet_the_brake(cast, settings, monkeypatch):
    settings.HUB_SIGN_IN_BRAKE = 7
    waiting_for_all(monkeypatch, lockout, "admit", MANY)
    guess = {number: {"REMOTE_ADDR": f"192.0.2.{number}"} for number in range(MANY)}
    answers = together(MANY, lambda number: sign_in("olga", "wrong", extra=guess[number])[1].status_code)
    assert answers == {422: 7, 429: MANY - 7}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_a_code_in_parallel_opens_once(factor, monkeypatch, kind):
    clients: list[Client] = [sign_in("olga", PASSWORD)[0] for _ in range(3)]
    code = code_of(factor.secret) if kind == "code" else factor.codes[0]
    waiting_for_all(monkeypatch, second_factors, "verify", 3)
    answers = together(3, lambda number: clients[number].post("/sign-in/code", {"code": code}).status_code)
    assert answers == {302: 1, 422: 2}
    assert PersonSession.objects.count() == 1
