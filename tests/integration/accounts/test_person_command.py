"""An empty hub becomes usable: the first administrator is enrolled on the command line, the rest in the console."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from governance.models import AuditEvent, Person
from governance.services import signing_suspension
from tests.integration.accounts.conftest import WHY, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]

PASSWORD = "nine blue lanterns"


@pytest.fixture
def typed(monkeypatch):
    def give(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))

    return give


def enrol(username: str = "first", *roles: str, name: str = "Ada First"):
    given = [part for role in roles or ("administrator",) for part in ("--role", role)]
    call_command("person", "enrol", username, "--name", name, *given, "--reason", WHY)


def test_the_first_administrator_enrols_the_next_person_in_the_console(typed):
    typed(PASSWORD)
    enrol()
    client, answer = sign_in("first", PASSWORD)
    assert answer.status_code == 302
    made = client.post("/accounts/new", {"username": "nina", "full_name": "Nina", "role": "operator", "reason": WHY})
    assert made.status_code == 200
    event = AuditEvent.objects.get(kind="person.enrolled", subject_id="first")
    assert (event.actor["name"], event.reason) == ("Command line", WHY)
    assert signing_suspension.open_one(Person.objects.get(username="first")), "Who typed the password could sign."


@pytest.mark.parametrize(
    ("password", "username", "role", "sentence"),
    [
        ("short", "first", "administrator", "too short"),
        (PASSWORD, "First", "administrator", "'First' is no user name"),
        (PASSWORD, "first", "emperor", "There is no role emperor; there are: operator"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_nobody_is_enrolled(db, typed, password, username, role, sentence):
    typed(password)
    with pytest.raises(CommandError, match=sentence):
        enrol(username, role)
    assert not Person.objects.exists()


def test_a_full_name_that_does_not_read_as_it_is_stored_is_refused(db, typed):
    typed(PASSWORD)
    with pytest.raises(CommandError, match=r"The full name holds U\+202E \(RIGHT-TO-LEFT OVERRIDE\)"):
        enrol(name="Ada \u202etsriF")
    assert not Person.objects.exists()


def test_a_name_that_is_taken_is_refused(cast, typed):
    typed(PASSWORD)
    with pytest.raises(CommandError, match="There is a person 'olga' already"):
        enrol("olga")


def test_roles_locks_and_passwords_are_helped_with_from_outside(cast, capsys):
    call_command("person", "give-role", "rick", "operator", "--reason", WHY)
    assert cast.rick.groups.count() == 2
    for _ in range(5):
        sign_in("olga", "wrong")
    call_command("person", "unlock", "olga", "--reason", WHY)
    assert sign_in("olga")[1].status_code == 302
    capsys.readouterr()
    call_command("person", "reset-password", "olga", "--reason", WHY)
    secret = capsys.readouterr().out.strip()
    assert sign_in("olga", secret)[0].get("/")["Location"] == "/account/password"


def test_a_person_who_is_not_there_is_said(db):
    with pytest.raises(CommandError, match="There is no person 'nobody'"):
        call_command("person", "unlock", "nobody", "--reason", WHY)


def test_the_command_gives_interfaces_to_a_role_and_takes_them_back(world, capsys):
    from hub.permissions import visible_interfaces
    from tests.factories.world import interface, release

    release(("interface", interface(key="IF-002", label="Another")))
    call_command("role", "give", "operator", all=True, reason=WHY)
    assert "3 rights of operator on 2 interface(s) changed." in capsys.readouterr().out
    assert visible_interfaces(Person.objects.get(username="olga")).count() == 2
    call_command("role", "take", "operator", "IF-002", reason=WHY)
    assert visible_interfaces(Person.objects.get(username="olga")).count() == 1
    with pytest.raises(CommandError, match="There is no interface 'IF-999'"):
        call_command("role", "give", "operator", "IF-999", reason=WHY)
