"""Two who sign at the same moment, each on a connection of their own: one place is filled once, a request works once.

Everybody is through with their password before anybody's transaction begins.
"""

from __future__ import annotations

import pytest

from governance.errors import Refused
from governance.models import Signature, SignatureWithdrawal, SigningAttempt
from governance.signing import identity
from governance.signing.policy import Policy, Step
from governance.signing.standing import standing_of
from governance.signing.statement import digest
from tests.factories.at_once import together, waiting_for_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.1")]


def answer(act) -> str:
    """``done``, or the first words of the refusal."""
    try:
        act()
    except Refused as refused:
        return " ".join(refused.sentence.split()[:4])
    return "done"


def all_at_once(desk, monkeypatch, *acts):
    waiting_for_all(monkeypatch, identity, "authenticate", len(acts))
    return together(len(acts), lambda number: answer(acts[number]))


def test_of_two_last_signers_one_fills_the_place(desk, monkeypatch):
    desk.register.rules = Policy("one", "1", (Step("reviewed"),))
    shown = {who: desk.shown(who, "reviewed") for who in ("rick", "quentin")}
    acts = [lambda who=who: desk.sign(who, intent=shown[who]) for who in shown]
    assert all_at_once(desk, monkeypatch, *acts) == {"done": 1, "Everybody who had to": 1}
    assert desk.register.done == [("reviewed", True)]
    assert Signature.objects.count() == 1
    assert sorted(SigningAttempt.objects.values_list("is_accepted", flat=True)) == [False, True]


def test_the_last_two_of_a_quorum_complete_it_once(desk, monkeypatch):
    desk.register.rules = Policy("quorum", "1", (Step("reviewed", quorum=2),))
    shown = {who: desk.shown(who, "reviewed") for who in ("rick", "quentin")}
    acts = [lambda who=who: desk.sign(who, intent=shown[who]) for who in shown]
    assert all_at_once(desk, monkeypatch, *acts) == {"done": 2}
    assert desk.register.done == [("reviewed", False), ("reviewed", True)]
    first, second = Signature.objects.order_by("position")
    assert (second.position, second.previous) == (2, first.digest)


@pytest.mark.parametrize("is_same", [True, False], ids=["the same request", "two requests of one person"])
def test_one_person_signs_once_however_often_they_send_it(desk, monkeypatch, is_same):
    desk.register.rules = Policy("quorum", "1", (Step("reviewed", quorum=2),))
    shown = [desk.shown("rick", "reviewed")]
    shown += shown if is_same else [desk.shown("rick", "reviewed")]
    refused = "This was signed already:" if is_same else "You have signed this"
    acts = [lambda intent=intent: desk.sign("rick", intent=intent) for intent in shown]
    assert all_at_once(desk, monkeypatch, *acts) == {"done": 1, refused: 1}
    assert Signature.objects.count() == 1


def test_a_signature_is_not_withdrawn_while_the_next_step_is_signed(desk, monkeypatch):
    first, intent = desk.sign("rick", "reviewed"), desk.shown("quinn", "approved")
    acts = (lambda: desk.withdraw("rick", first), lambda: desk.sign("quinn", intent=intent))
    answers = all_at_once(desk, monkeypatch, *acts)
    assert answers["done"] == 1, answers
    is_withdrawn, is_approved = SignatureWithdrawal.objects.exists(), Signature.objects.count() == 2
    assert is_withdrawn != is_approved
    card = desk.register.recall("card-1")
    now = standing_of(
        *desk.about,
        version="1.0.0",
        digest=digest(desk.register.content(card)),
        policy=desk.register.rules,
        hands=lambda: desk.register.hands(card),
    )
    assert now.is_complete == is_approved
