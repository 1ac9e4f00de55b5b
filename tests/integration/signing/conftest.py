"""A subject with children that can be signed, and persons who sit at the console."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.errors import NotFound, Refused
from governance.guard.context import change
from governance.models import ForeignIdentity, Person, PersonSession
from governance.services import persons, sessions
from governance.signing import ceremony, separation, subjects
from governance.signing.policy import Policy, Step
from governance.signing.subjects import Subject
from tests.factories.cast import PASSWORD

WHY = "The test asks for it"
TWO_STEPS = Policy("two steps", "1", (Step("reviewed"), Step("approved", role="quality approver")))


class Register(Subject):
    """A card in the register of accounts with its identities: governed, with children, and with a history of hands."""

    kind, label = "test_card", "Card"

    def __init__(self) -> None:
        self.rules, self.done, self.is_open = TWO_STEPS, [], True

    def find(self, subject_id, by):
        found = self.recall(subject_id)
        if found is None or not by.groups.exists():
            raise NotFound(f"There is no card {subject_id!r}.")
        return found

    def recall(self, subject_id):
        return Person.objects.filter(username=subject_id).first()

    def content(self, found):
        children = ForeignIdentity.objects.filter(person=found).order_by("id")
        return {"title": found.title, "identities": [[one.issuer, one.subject] for one in children]}

    def version(self, found):
        return "1.0.0"

    def title(self, found):
        return found.full_name

    def policy(self, found):
        return self.rules

    def check_sign(self, found, meaning, by):
        if not self.is_open:
            raise Refused("This card is not open for signing.", field="state", rule="open")

    def hands(self, found):
        return separation.hands_of([found, *ForeignIdentity.objects.filter(person=found)])

    def signed(self, found, signature, *, is_complete):
        self.done.append((signature.meaning, is_complete))

    def withdrawn(self, found, withdrawal):
        self.done.append(("withdrawn", False))


class Desk:
    """What the tests do: show and sign, each person in their own sitting."""

    about = ("test_card", "card-1")

    def __init__(self, cast: SimpleNamespace, register: Register) -> None:
        self.cast, self.register, self.keys = cast, register, {}

    def sit(self, who: str, *, how: str = "password") -> str:
        """The key of a new session."""
        key = f"{who}-{PersonSession.objects.count()}"
        sessions.opened(
            person=getattr(self.cast, who), session_key=key, device="Test", address=None, authenticated_by=how
        )
        self.keys[who] = key
        return key

    def shown(self, who: str, meaning: str):
        key = self.keys.get(who) or self.sit(who)
        return ceremony.intend(subject=self.about, meaning=meaning, by=getattr(self.cast, who), session_key=key)

    def sign(self, who: str, meaning: str = "", *, intent=None, **given):
        """The first signing of a sitting gives the user name too."""
        intent = intent or self.shown(who, meaning)
        given = {"username": who, "password": PASSWORD, **given}
        return ceremony.sign(intent=intent, by=getattr(self.cast, who), session_key=self.keys[who], **given)

    def withdraw(self, who: str, signature, **given):
        given = {"password": PASSWORD, "reason": "I looked at the wrong page", **given}
        return ceremony.withdraw(signature=signature, by=getattr(self.cast, who), session_key=self.keys[who], **given)


@pytest.fixture
def register():
    made = Register()
    subjects.register(made)
    subjects._subjects[made.kind] = made
    yield made
    del subjects._subjects[made.kind]


@pytest.fixture
def staff(cast):
    """The cast, with an administrator and a second approver."""
    for username, role in (("ada", "administrator"), ("bo", "administrator"), ("quentin", "quality approver")):
        made = persons.enrol(
            username=username, full_name=username.title(), password=PASSWORD, roles=[role], by=DEMONSTRATION, reason=WHY
        )
        setattr(cast, username, made)
    return cast


def card(cast, key: str) -> None:
    with change(by=cast.olga, reason=WHY):
        row = Person(username=key, full_name=f"Card {key}", title="Gauge of the site", is_active=False)
        row.save()
        ForeignIdentity(person=row, issuer="https://id.example", subject=key).save()


def edit(cast, by="olga", title="Gauge of another site", key="card-1") -> None:
    with change(by=getattr(cast, by), reason=WHY):
        row = Person.objects.get(username=key)
        row.title = title
        row.save()


def edit_child(cast, *, is_new: bool = False, by="olga") -> None:
    with change(by=getattr(cast, by), reason=WHY):
        row = Person.objects.get(username="card-1")
        child = ForeignIdentity(person=row, issuer="x") if is_new else ForeignIdentity.objects.get(person=row)
        child.subject = "another"
        child.save()


@pytest.fixture
def desk(staff, register):
    """A card that Olga wrote, with an identity that nobody of the others touched."""
    card(staff, "card-1")
    return Desk(staff, register)


@pytest.fixture
def entered():
    """A client that went through the sign-in page as this person."""

    def enter(username: str, password: str = PASSWORD) -> Client:
        client = Client()
        answer = client.post("/sign-in", {"username": username, "password": password})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return enter


@pytest.fixture
def later(monkeypatch):
    """Moves the clock of the services."""

    def move(delta) -> None:
        now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: now + delta)

    return move
