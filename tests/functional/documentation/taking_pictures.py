"""Takes the pictures of the how-to pages and of the README, on demand only: ``make pictures``."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection as database
from django.utils import timezone
from playwright.sync_api import expect

from governance.actors import DEMONSTRATION
from governance.changes.effective import revision_of
from governance.models import ServiceAccount
from governance.services import service_accounts
from governance.services.persons import enrol
from hub.models import Interface
from hub.services.rights import give_interface
from tests.factories.cast import PASSWORD
from tests.factories.world import connection, interface, release
from tests.functional.busy import keep_a_day, push, system
from tests.functional.documentation.clock.sitecustomize import in_time
from tests.functional.documentation.pictures import NOW, PICTURES, SIZE, take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REASON = "Agreed on with the laboratory on 12 November."
MEANINGS = {
    "reference": ("Number of a sample", "The number that stands on the label of a sample."),
    "lot": ("Number of a lot", "The number of the lot that a sample was taken from."),
    "glucose": ("Glucose", "Mass of glucose in a volume."),
    "verdict": ("Verdict", "Whether the sample meets its specification."),
}
SOUND = (
    ("IF-006", "Lots to the laboratory", "erp", "lims-rest", 310),
    ("IF-007", "Batches released", "mes", "wms-rest", 520),
)


@pytest.fixture(autouse=True)
def _clock(monkeypatch, transactional_db):
    """Ids never run backwards within a process, so they too begin again."""
    monkeypatch.setattr("governance.ids._last", 0)
    database.ensure_connection()
    in_time(database.connection)
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def believable(_clock, busy):
    """The busy world with the rest of its persons, with words that somebody would write, and with sound interfaces."""
    for name, full_name, role in (
        ("ivo", "Ivo Keller", "integration engineer"),
        ("ada", "Ada Lindqvist", "administrator"),
    ):
        person = enrol(
            username=name, full_name=full_name, password=PASSWORD, roles=[role], by=DEMONSTRATION, reason=REASON
        )
        setattr(busy.cast, name, person)
    release(*(("element", _said(key, *words)) for key, words in MEANINGS.items()))
    _add_sound_ones(busy.target.url)
    for key in Interface.objects.values_list("key", flat=True):
        give_interface(role="integration engineer", key=key, by=DEMONSTRATION, reason=REASON)
    _rotate("lims")
    return busy


def test_pictures_are_taken(believable, visit):
    """All of them from one world."""
    seen = {name: visit(name, width=SIZE["width"]) for name in sorted({one.person for one in PICTURES.values()})}
    for name, picture in PICTURES.items():
        one = seen[picture.person]
        one.page.set_viewport_size({**SIZE, "height": picture.height})
        one.page.goto(one.url + picture.address(believable))
        if name == "overview":
            expect(one.page.locator("[data-updated]")).not_to_be_empty()
        picture.before(one.page)
        take(name, one.page, picture.page, picture.height)
        assert not one.errors, name


def _said(key: str, label: str, definition: str) -> dict:
    return {**revision_of("element", key).content, "label": label, "definition": definition}


def _rotate(key: str) -> None:
    """Two tokens beside each other, as in the middle of a rotation; the one of the test world has ended."""
    for overlap in (0, 7):
        service_accounts.issue_token(
            account=ServiceAccount.objects.get(key=key),
            expires_at=timezone.now() + timedelta(days=90),
            overlap=timedelta(days=overlap),
            by=DEMONSTRATION,
            reason=REASON,
        )


def _add_sound_ones(target_url: str) -> None:
    """Two interfaces without a fault stand beside the troubled ones, as on a common day."""
    release(
        system("wms", "Warehouse", "wms", 3),
        ("connection", {**connection(target_url), "key": "lims-rest", "system": "lims"}),
        ("connection", {**connection(target_url), "key": "wms-rest", "system": "wms"}),
        *(("interface", _sound(key, label, source, target)) for key, label, source, target, _ in SOUND),
    )
    for key, _, _, over, size in SOUND:
        give_interface(role="operator", key=key, by=DEMONSTRATION, reason=REASON)
        keep_a_day(key, size, over=over)


def _sound(key: str, label: str, source: str, target: str) -> dict:
    route = {"key": "to", "connection": target, "sink": "results"}
    return interface(key=key, label=label, source=push(source), icd="ICD-0002", routes=[route], owner="Ivo Keller")
