"""``?as_of=``: a governed object as it was, on its page and over the API, or a sentence that says why not."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from dictionary.models import DataElement
from governance.actors import DEMONSTRATION
from governance.changes import Operation, propose
from governance.changes.proposing import drafting
from governance.guard.context import change
from governance.models import Person, System
from governance.services.persons import give_role
from hub.flow import control
from hub.models import Interface, InterfaceControl
from tests.factories.deciding import REASON, engineer, put_policies_in_force
from tests.factories.world import element, interface, release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.2")]


def changed():
    """The element glucose gets another name; answers a time at which it still had the old one."""
    before = DataElement.history.filter(key="glucose").latest("history_date").history_date
    release(("element", element("glucose", "quantity", unit="mg/dL", digits=2, label="Sugar of the blood")))
    return before


def seen(client, name: str, key: str, at) -> tuple[int, str]:
    text = at if isinstance(at, str) else at.isoformat()
    answer = client.get(f"{reverse(name, args=[key])}?{urlencode({'as_of': text})}")
    return answer.status_code, answer.content.decode()


def test_a_page_shows_what_was(world, as_person):
    before = changed()
    status, then = seen(as_person("olga"), "element", "glucose", before)
    assert status == 200
    assert "As it was on" in then
    assert "<h1>Glucose</h1>" in then
    assert "Sugar of the blood" in then  # what has changed since
    status, now = seen(as_person("olga"), "element", "glucose", timezone.now())
    assert "<h1>Sugar of the blood</h1>" in now
    assert "Nothing has changed since" in now


def test_every_controlled_page_takes_it(world, as_person):
    at = timezone.now()
    for name, key in (
        ("system", "lims"), ("connection", "qms-rest"), ("element", "lot"), ("entity", "result"), ("icd", "ICD-0001"),
        ("mapping", "lims-result"), ("code-list", "verdict"), ("interface", "IF-001"),
    ):  # fmt: skip
        assert seen(as_person("olga"), name, key, at)[0] == 200, name
        assert seen(as_person("olga"), name, key, "never")[0] == 400, name


@pytest.mark.parametrize(
    ("at", "status", "sentence"),
    [
        ("2001-01-01", 404, "There was no data element glucose on 2001-01-01 00:00:00 UTC yet. It is there since"),
        ("2101-01-01", 400, "2101-01-01 00:00:00 UTC is still to come"),
        ("yesterday", 400, "as_of is “yesterday”; write one time as 2026-11-21 08:30."),
        ("", 400, "write one time"),
    ],
)
def test_a_time_without_an_answer_is_told(world, as_person, at, status, sentence):
    found, page = seen(as_person("olga"), "element", "glucose", at)
    assert found == status
    assert sentence in page


def test_the_api_reads_what_was(world, as_person):
    before = changed()
    client, path = as_person("olga"), "/api/v1/elements/glucose"
    now, then = (client.get(path, query) for query in ({}, {"as_of": before.isoformat()}))
    assert (then.json()["label"], now.json()["label"]) == ("Glucose", "Sugar of the blood")
    assert then.json()["version"] != now.json()["version"]
    assert then["ETag"] == f'"{then.json()["digest"]}"'


@pytest.mark.parametrize(("at", "status"), [("2001-01-01T00:00:00Z", 404), ("2101-01-01T00:00:00Z", 400), ("x", 400)])
def test_the_api_says_why_not(world, as_person, at, status):
    for path in ("elements/glucose", "interfaces/IF-001"):
        answer = as_person("olga").get(f"/api/v1/{path}", {"as_of": at})
        assert answer.status_code == status
        assert answer.json()["errors"][0]["field"] == "as_of", answer.json()


def test_an_interface_has_the_switches_of_then(world, as_person):
    first = InterfaceControl.history.latest("history_date").history_date
    control.pause(interface_key="IF-001", by=world.cast.olga, reason="The pump is being exchanged")
    release(("interface", interface(label="Another name")))
    path = "/api/v1/interfaces/IF-001"
    then, now = (as_person("olga").get(path, query).json() for query in ({"as_of": first.isoformat()}, {}))
    assert (then["paused_at"], bool(now["paused_at"])) == (None, True)
    assert then["label"] != now["label"]
    assert Interface.objects.get().label == "Another name"


def test_it_is_no_way_around_rights(world, as_person):
    at = timezone.now() - timedelta(seconds=1)
    assert seen(as_person("olga"), "interface", "IF-999", at)[0] == 404
    assert System.objects.filter(key="lims").exists()
    from governance.services.persons import enrol

    nora = enrol(username="nora", full_name="Nora", password="x", roles=[], by=world.cast.olga, reason="Has no role")
    client = as_person("olga")
    client.force_login(nora, backend="django.contrib.auth.backends.ModelBackend")
    assert seen(client, "interface", "IF-001", timezone.now())[0] == 404
    assert client.get("/api/v1/elements/glucose", {"as_of": timezone.now().isoformat()}).status_code == 404


def test_a_person_as_they_were_with_the_roles_of_then(world, as_person):
    before = timezone.now()
    with change(by=DEMONSTRATION, reason=REASON):
        olga = Person.objects.get(username="olga")
        olga.full_name = "Olga Weber"
        olga.save()
    give_role(person=world.cast.olga, role="auditor", by=DEMONSTRATION, reason=REASON)
    status, then = seen(as_person("victor"), "account", "olga", before)
    assert status == 200
    words = " ".join(re.sub(r"<[^>]*>", " ", then).split())
    assert "Full name Olga Brandt now Olga Weber" in words
    assert "Roles operator now auditor operator" in words
    assert "password" not in words.lower().replace("password", "", 2)  # the two facts about it, and no hash
    assert seen(as_person("rick"), "account", "olga", before)[0] == 403
    assert seen(as_person("victor"), "account", "olga", "2001-01-01")[0] == 404


def test_a_change_request_as_it_was(world, as_person):
    author = engineer()
    put_policies_in_force(world.cast, author)
    content = element("glucose", "quantity", unit="mg/dL", digits=2)
    wanted = [Operation("element", "glucose", content)]
    made = propose(operations=wanted, title="Another unit", by=author, reason=REASON)
    before = timezone.now()
    drafting.withdraw(number=made.number, by=author, reason=REASON)
    drafting.cancel(number=made.number, by=author, reason=REASON)
    status, then = seen(as_person("victor"), "change", made.number, before)
    words = " ".join(re.sub(r"<[^>]*>", " ", then).split())
    assert status == 200
    assert "State Assessed now Cancelled" in words
    assert "Data element glucose" in words
    assert seen(as_person("victor"), "change", "CR-2000-0001", before)[0] == 404
