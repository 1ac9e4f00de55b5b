"""Systems: the register, what each owns, and checks of connections that say in plain words what is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.urls import reverse

from governance.models import AuditEvent
from tests.factories.world import connection, element, interface, release
from tests.functional.busy import LAB

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]


def checked(client, key: str) -> str:
    return client.post(reverse("connection-check", args=[key]), follow=True).content.decode()


def test_the_register_is_narrowed(busy, as_person):
    client = as_person("olga")
    for query, there, not_there in (
        ("?scope=out", "Old archive", "Quality system"),
        ("?category=crm", "Complaint desk", "Old archive"),
        ("?level=1", "Environmental monitoring", "Complaint desk"),
        ("?q=finance", "Enterprise planning", "Complaint desk"),
    ):
        content = client.get(reverse("systems") + query).content.decode()
        assert there in content, query
        assert not_there not in content, query


def test_a_system_shows_what_it_owns_and_how_it_is_validated(busy, as_person):
    release(
        ("element", element("batch", "text", owner_system="erp")),
        (
            "system",
            {"key": "plm", "label": "Product data", "category": "other", "owner": "R", "validation": "validated"},
        ),
    )
    client = as_person("olga")
    assert reverse("element", args=["batch"]) in client.get(reverse("system", args=["erp"])).content.decode()
    assert "Validated" in client.get(reverse("system", args=["plm"])).content.decode()
    assert "Not said" in client.get(reverse("system", args=["erp"])).content.decode()


def test_a_connection_stands_on_the_page_of_its_system(busy, as_person):
    answer = as_person("olga").get(reverse("connection", args=["qms-rest"]))
    assert answer["Location"] == reverse("system", args=["qms"]) + "#connection-qms-rest"
    assert as_person("olga").get(reverse("connection", args=["none"])).status_code == 404


def test_a_check_is_kept_with_who_ran_it_and_what_it_said(busy, as_person):
    content = checked(as_person("olga"), "qms-rest")
    assert "It works." in content
    assert "by Olga Brandt" in content
    event = AuditEvent.objects.get(kind="connection.checked")
    assert event.sentence == "Olga Brandt checked the connection qms-rest. It works."
    assert "works, " in as_person("olga").get(reverse("systems")).content.decode()


def test_who_may_not_check_sees_only_whether_it_works(busy, as_person):
    checked(as_person("olga"), "qms-rest")
    content = as_person("victor").get(reverse("system", args=["qms"])).content.decode()
    assert "It works." in content
    assert "Connected to" not in content
    assert "Only who operates an interface over this connection may check it." in content
    assert as_person("victor").post(reverse("connection-check", args=["qms-rest"])).status_code == 403


def break_it(made: dict) -> None:
    """Give the laboratory's interface this connection as its target."""
    route = {"key": "qms", "connection": made["key"], "sink": "results", "mapping": "qms-result"}
    release(("connection", made), ("interface", interface(key=LAB, routes=[route])))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://nowhere.invalid", "nowhere.invalid&#x27; cannot be found"),
        ("http://127.0.0.1:9", "The system at 127.0.0.1, port 9, cannot be reached: connection refused"),
    ],
)
def test_a_check_names_a_host_that_does_not_answer(busy, as_person, address, words):
    made = connection(busy.target.url)
    break_it({**made, "key": "broken", "settings": {**made["settings"], "base_url": address}})
    content = checked(as_person("olga"), "broken")
    assert "It does not work." in content
    assert words in content


def test_a_check_names_a_password_that_is_refused(busy, as_person):
    busy.target.knows_us = False
    content = checked(as_person("olga"), "qms-rest")
    assert "It does not work." in content
    assert "Access denied" in content


@pytest.mark.parametrize(
    ("makes", "words"),
    [
        ("", "is not an existing file with an absolute path"),
        ("CREATE TABLE other (id TEXT PRIMARY KEY)", "no such table"),
    ],
)
def test_a_check_names_a_database_or_a_table_that_is_missing(busy, as_person, tmp_path, makes, words):
    place = tmp_path / "qms.sqlite3"
    if makes:
        with closing(sqlite3.connect(place)) as database:
            database.execute(makes)
    settings = {"engine": "sqlite", "database": str(place), "sinks": {"results": {"table": "result", "keys": ["id"]}}}
    break_it({"key": "broken", "label": "Broken", "system": "qms", "connector": "sql", "settings": settings})
    content = checked(as_person("olga"), "broken")
    assert "It does not work." in content
    assert words in content


def test_service_accounts_are_shown_to_who_operates_an_interface_of_the_system(busy, as_person):
    url = reverse("system", args=["lims"])
    assert "Service accounts" in as_person("olga").get(url).content.decode()
    assert "Service accounts" not in as_person("rick").get(url).content.decode()
