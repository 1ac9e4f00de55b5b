"""Django's admin is a reading room: everything of ours is found there, nothing is written, no secret is shown."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from connectors.models import Secret
from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.guard.transactions import write
from governance.models import PastPassword, Person, PersonPermission, PersonSession, ServiceToken, System
from governance.reading import paging
from governance.reading.fields import shown
from governance.reading.room import ReadingRoom
from governance.services.persons import enrol
from hub.admin_site import OURS
from hub.models import DataKey, Delivery, Inbox, Message, MessageState, Payload
from tests.factories.cast import PASSWORD
from tests.functional.busy import make_busy

pytestmark = [pytest.mark.django_db, pytest.mark.req("M3.6")]

ROOMS = sorted(admin.site._registry, key=lambda model: model._meta.label)
label = lambda model: model._meta.label  # noqa: E731 - the name of a test's case


@pytest.fixture
def busy(transactional_db, world):
    return make_busy(world)


@pytest.fixture
def ada(world):
    """An administrator who may do whatever the admin offers."""
    return opened(world.cast.olga, is_superuser=True)


def opened(person: Person, *, is_superuser: bool = False) -> Person:
    with change(by=DEMONSTRATION, reason="A reader of tables for a test"):
        person.is_staff, person.is_superuser = True, is_superuser
        person.save()
    return person


def give(person: Person, codename: str) -> None:
    with change(by=DEMONSTRATION, reason="A right for a test"):
        PersonPermission(person=person, permission=Permission.objects.get(codename=codename)).save()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def place(model, view: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def test_every_table_of_ours_has_a_room_and_history_is_read_at_its_object():
    ours = {model for name in OURS for model in apps.get_app_config(name).get_models()}
    history = {model for model in ours if hasattr(model, "tracked_fields")}
    assert set(ROOMS) == (ours - history) | {Group}
    assert all(isinstance(admin.site._registry[model], ReadingRoom) for model in ROOMS)


@pytest.mark.parametrize("act", ["has_add_permission", "has_change_permission", "has_delete_permission"])
def test_nothing_can_be_written_in_the_admin(rf, ada, act):
    request = rf.get("/admin/")
    request.user = ada
    assert admin.site._registry  # there is something to read
    for registered in admin.site._registry.values():
        assert getattr(registered, act)(request) is False


def test_a_role_cannot_be_added_without_a_reason(ada):
    answer = signed_in(ada).post("/admin/auth/group/add/", {"name": "sneaky"})
    assert answer.status_code == 403
    assert not Group.objects.filter(name="sneaky").exists()


@pytest.mark.parametrize("view", ["change", "delete"])
def test_a_system_is_neither_changed_nor_removed(ada, view):
    system = System.objects.first()
    answer = signed_in(ada).post(place(System, view, system.pk), {"label": "Another", "post": "yes"})
    assert answer.status_code == 403
    assert System.objects.get(pk=system.pk).label == system.label


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ["password_change", "logout"])
def test_a_password_is_not_changed_here_and_signing_out_is_the_consoles(ada, method, address):
    client = signed_in(ada)
    assert getattr(client, method)(f"/admin/{address}/").status_code == 404
    page = client.get("/admin/").content.decode()
    assert "password_change" not in page
    assert 'action="/sign-out"' in page


def test_who_is_not_signed_in_is_sent_to_the_consoles_sign_in():
    answer = Client().get("/admin/hub/message/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in?next=%2Fadmin%2Fhub%2Fmessage%2F"


def test_a_person_who_may_not_enter_is_told_so(world):
    """Who has no role; whoever works on changes gets in (test_change_admin.py)."""
    nora = enrol(
        username="nora", full_name="Nora Weiss", password=PASSWORD, roles=[], by=DEMONSTRATION, reason="A test"
    )
    assert signed_in(nora).get("/admin/", follow=True).status_code == 403
    assert signed_in(world.cast.rick).get("/admin/", follow=True).status_code == 200


def test_without_the_right_to_a_table_it_is_neither_listed_nor_read(world):
    client = signed_in(opened(world.cast.rick))
    assert "governance/person" not in client.get("/admin/").content.decode()
    assert client.get(place(Person, "changelist")).status_code == 403
    give(world.cast.rick, "view_person")
    assert client.get(place(Person, "changelist")).status_code == 200
    assert client.get(place(Person, "history", world.cast.rick.pk)).status_code == 200


def test_every_list_costs_the_same_number_of_queries_however_long_it_is(busy, ada, monkeypatch):
    client = signed_in(ada)
    grown = []
    for model in ROOMS:
        counts = []
        for length in (1, 50):
            monkeypatch.setattr(admin.site._registry[model], "list_per_page", length)
            client.get(place(model, "changelist"))  # content types and the like are read once
            with CaptureQueriesContext(connection) as queries:
                assert client.get(place(model, "changelist")).status_code == 200
            counts.append(len(queries))
        grown += [f"{model._meta.label}: {counts}"] if counts[0] != counts[1] or counts[1] > 12 else []
    assert not grown, grown


def test_no_list_counts_its_table(busy, ada, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 2)
    monkeypatch.setattr(admin.site._registry[Message], "list_per_page", 1)
    client = signed_in(ada)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(place(Message, "changelist")).content.decode()
    counts = [one["sql"] for one in queries if "COUNT(" in one["sql"] and "hub_message" in one["sql"]]
    assert counts
    assert all("LIMIT 2" in sql for sql in counts)
    assert page.count("field-interface_key") == 1
    assert "No more than 2 rows are listed." in page


def test_every_object_and_its_history_can_be_opened(busy, ada):
    client = signed_in(ada)
    seen = 0
    for model in ROOMS:
        found = model._default_manager.first()
        if found is None:
            continue
        seen += 1
        for view in ("change", "history"):
            assert client.get(place(model, view, found.pk)).status_code == 200, (model, view)
    assert seen > 25


def test_no_page_shows_a_secret_or_a_value_of_a_payload(busy, ada):
    with change(by=DEMONSTRATION, reason="A secret for a test"):
        kept = Secret(name="qms", rotated_at=timezone.now())
        kept.put("correct horse")
        kept.save()
        PastPassword(person=ada, encoded="argon2$of-the-past").save()
    secrets = [ServiceToken.objects.first().token_hash, Person.objects.first().password]
    secrets += [bytes(row).hex() for row in DataKey.objects.values_list("wrapped", flat=True)]
    secrets += [bytes(row).hex() for row in Payload.objects.values_list("data", flat=True)[:3]]
    secrets += [bytes(Inbox.objects.first().content_mac).hex(), bytes(kept.sealed).hex(), "correct horse"]
    client = signed_in(ada)
    now, key = timezone.now(), client.session.session_key
    PersonSession.objects.create(person=ada, session_key=key, device="Firefox", opened_at=now, seen_at=now)
    secrets += [key, "argon2$of-the-past"]
    quoted = [row.error_value for row in (*MessageState.objects.all(), *Delivery.objects.all()) if row.error_value]
    assert quoted
    for model in ROOMS:
        pages = [place(model, "changelist")]
        pages += [
            place(model, view, row.pk) for row in model._default_manager.all()[:5] for view in ("change", "history")
        ]
        for page in pages:
            content = client.get(page).content.decode()
            assert not [one for one in secrets if one in content], page
            assert not [one for one in quoted if f">{one}<" in content], page


def test_rights_on_single_interfaces_count_here_too(busy, world):
    """Rick may look at some interfaces only; the tables show him what belongs to those."""
    rick = opened(world.cast.rick)
    for name in ("view_message", "view_payload", "view_delivery"):
        give(rick, name)
    client = signed_in(rick)
    quiet = "IF-005"  # only operators see it
    message = Message.objects.exclude(interface_key=quiet).first()
    assert client.get(place(Message, "change", message.pk)).status_code == 200
    other = Message(
        interface_key=quiet, idempotency_key="k", correlation_id="c", actor_id="a", actor_name="n", source_system="lims"
    )
    with write():
        other.save()
    assert client.get(place(Message, "change", other.pk), follow=True).redirect_chain  # "perhaps it was deleted"
    assert str(other.pk) not in client.get(place(Message, "changelist")).content.decode()


def test_a_history_says_who_why_with_which_build_and_what_was_different(ada, world):
    person = world.cast.victor
    with change(by=ada, reason="She has married.", ticket="HR-7"):
        person.full_name = "Victoria Lind"
        person.save()
    page = signed_in(ada).get(place(Person, "history", person.pk)).content.decode()
    for words in ("She has married.", "HR-7", "Olga Brandt", "Victor Lind", "Victoria Lind", "0.1.0/"):
        assert words in page
    assert "full name" in page


def test_a_removed_object_keeps_its_history(ada, world):
    membership = world.cast.victor.membership_set.get()
    pk = membership.pk
    with change(by=ada, reason="He has left the group."):
        membership.delete()
    page = signed_in(ada).get(place(type(membership), "history", pk))
    assert page.status_code == 200
    assert "Removed" in page.content.decode()
    assert "He has left the group." in page.content.decode()


@pytest.mark.parametrize("pk", ["01980000-0000-7000-8000-000000000009", "nonsense"])
def test_what_never_was_has_no_history(ada, pk):
    assert signed_in(ada).get(place(System, "history", pk)).status_code == 404


def test_a_large_table_is_searched_for_exact_values(busy, ada):
    client = signed_in(ada)
    message = Message.objects.exclude(business_key="").first()
    for term in (str(message.pk), message.correlation_id):
        assert str(message.pk) in client.get(place(Message, "changelist"), {"q": term}).content.decode()
    for term in ("nothing of that name", message.business_key):  # a key may be masked: a guess confirms nothing
        page = client.get(place(Message, "changelist"), {"q": term}).content.decode()
        assert str(message.pk) not in page


def test_a_list_is_filtered_by_time_and_state(busy, ada):
    client = signed_in(ada)
    page = client.get(place(Delivery, "changelist"), {"since": "hour", "state": "dead"}).content.decode()
    assert "dead" in page
    assert page.count("field-state") == Delivery.objects.filter(state="dead").count()


@pytest.mark.parametrize(
    ("name", "is_shown"),
    [("token_hash", False), ("password", False), ("content_mac", False), ("hint", True), ("digest", True)],
)
def test_a_column_that_is_named_like_a_secret_is_never_shown(name, is_shown):
    """Also of a table that nobody described."""
    model = next(one for one in ROOMS if name in {field.name for field in one._meta.concrete_fields})
    assert (name in {field.name for field in shown(model)}) is is_shown


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (Message, "colour=red"),
        (Message, "interface_key__contains=I"),
        (Person, "password__startswith=m"),
        (ServiceToken, "token_hash__startswith=a"),
        (MessageState, "error_value__startswith=1"),
        (Person, "is_staff__exact=perhaps"),
    ],
)
def test_a_filter_that_is_none_of_the_list_is_refused_by_name(ada, model, query):
    """By one on a hidden column its content could be guessed bit by bit."""
    answer = signed_in(ada).get(f"{place(model, 'changelist')}?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.content.decode()


@pytest.mark.parametrize("query", ["is_staff__exact=1", "joined_at__year=2026", "q=olga&o=1&p=1"])
def test_the_lists_own_filters_work(ada, query):
    assert signed_in(ada).get(f"{place(Person, 'changelist')}?{query}").status_code == 200


@pytest.mark.parametrize(("name", "status"), [("victor", 200), ("quinn", 403)])
def test_an_auditor_reads_every_table_by_role_and_an_approver_none(world, name, status):
    """No flag on the account: the role of the auditor reads, the others do not."""
    client = signed_in(getattr(world.cast, name))
    for table in ("hub/message", "hub/delivery", "governance/auditevent", "dictionary/mapping"):
        assert client.get(f"/admin/{table}/", follow=True).status_code == status, table
