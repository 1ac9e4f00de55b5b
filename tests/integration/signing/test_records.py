"""Doors of signed records: a package from the page, records of others with their origin, and the first two persons."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.models import AuditEvent, ForeignRecord, Person, SigningSuspension
from governance.services import signed_records
from governance.signing.verify_package import check
from tests.integration.signing.conftest import WHY

pytestmark = [pytest.mark.django_db, pytest.mark.req("M6.1")]


def test_a_package_is_taken_from_the_page_and_that_stands_in_the_trail(desk, entered):
    desk.sign("rick", "reviewed")
    answer = entered("victor").get(reverse("signed-package", args=["test_card", "card-1"]))
    assert answer["Content-Disposition"] == 'attachment; filename="card-card-1.signed.zip"'
    assert check(answer.content).is_sound
    assert AuditEvent.objects.get(kind="record.exported").actor["name"] == "Victor Lind"


def test_what_nobody_signed_or_may_not_be_seen_is_no_package(desk, entered):
    victor = entered("victor")
    assert victor.get(reverse("signed-package", args=["test_card", "card-1"])).status_code == 422
    assert victor.get(reverse("signed-package", args=["test_card", "card-9"])).status_code == 404


def test_a_foreign_record_is_shown_with_its_origin_and_leaves_as_it_came(desk, entered, settings):
    desk.sign("rick", "reviewed")
    held = signed_records.export(kind="test_card", subject_id="card-1", by=DEMONSTRATION, reason=WHY)
    settings.HUB_ORIGIN = "another site"
    signed_records.import_package(held=held, pinned=None, by=DEMONSTRATION, reason=WHY)
    record, victor = ForeignRecord.objects.get(), entered("victor")
    assert "Card card-1" in victor.get(reverse("foreign-records")).content.decode()
    page = victor.get(reverse("foreign-record", args=[record.id])).content.decode()
    for shown in ("Rick Sato", "Signed at interlock; it counts as no approval here.", "foreign"):
        assert shown in page
    assert victor.get(reverse("foreign-record-package", args=[record.id])).content == held
    assert entered("rick").get(reverse("foreign-record", args=[record.id])).status_code == 403


def test_genesis_enrols_two_who_confirm_each_other(db, entered, capsys):
    call_command("genesis", "ann", "Ann Lee", "bob", "Bob Ray", "--reason", "Decision of the site's head")
    lines = capsys.readouterr().out.splitlines()
    secrets = {line.split()[0]: line.split()[1] for line in lines[:2]}
    assert SigningSuspension.objects.filter(confirmed_at=None).count() == 2
    clients = {}
    for name, secret in secrets.items():
        clients[name] = entered(name, secret)
        new = f"seven green lamps of {name}x"
        own = {"present_password": secret, "new_password": new, "again": new}
        assert clients[name].post(reverse("account-password"), own).status_code == 302
    for one, other in (("ann", "bob"), ("bob", "ann")):
        confirm = reverse("signer-confirm", args=[other])
        assert clients[one].post(confirm, {"reason": "We sit at one desk"}).status_code == 302
    assert not SigningSuspension.objects.filter(confirmed_at=None).exists()


def test_genesis_is_for_an_empty_hub_and_takes_two_names(cast):
    with pytest.raises(CommandError, match="has begun"):
        call_command("genesis", "ann", "Ann Lee", "bob", "Bob Ray", "--reason", WHY)


def test_genesis_enrols_both_or_nobody(db):
    with pytest.raises(CommandError, match="no user name"):
        call_command("genesis", "ann", "Ann Lee", "Bob!", "Bob Ray", "--reason", WHY)
    assert not Person.objects.exists()
