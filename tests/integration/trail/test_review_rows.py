"""What the review finds of rows: real corrections, what was removed or forged, each with the story that shows it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from governance.models import AuditReview, GovernedModel, Membership, Person, PersonPermission
from governance.review import queue, records
from governance.services.persons import enrol
from tests.factories.deciding import engineer, put_policies_in_force
from tests.factories.trail import forge, seal_all
from tests.factories.world import element, release
from tests.integration.trail.test_review import SAID, chosen, everything, keys, reviewer  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("M6.2")]


def corrections() -> dict[str, tuple[str, str]]:
    """Sentence → kind and key of the record whose story shows it."""
    return {one.sentence: one.record for one in queue.findings(*everything()) if one.rule == "corrections"}


def test_the_way_of_a_change_request_is_no_correction(world):
    """It is drafted, planned, approved, released …: its state, risk and times move, and nobody corrected anything."""
    made = put_policies_in_force(world.cast, engineer())
    assert made.history.count() > 3
    assert corrections() == {}


def test_what_is_released_again_and_again_is_named_by_the_field_that_was_corrected(world):
    for unit in ("mg", "g", "kg"):
        release(("element", element("weighed", "quantity", unit=unit, label=f"Weighed in {unit}")))
    assert corrections() == {}, "made once, corrected twice"
    release(("element", element("weighed", "quantity", unit="t", label="Weighed in t")))
    assert corrections() == {
        "Data element weighed had label changed 3 times.": ("element", "weighed"),
        "Data element weighed had unit changed 3 times.": ("element", "weighed"),
    }


def test_corrections_rank_below_what_was_removed_however_many_they_are(world, trail):
    trail.write("lims", full_name="First")
    for number in range(20):
        trail.write("lims", full_name=f"Name {number}")
    trail.remove("lims")
    found = [one.rule for one in queue.findings(*everything()) if one.rule in ("corrections", "deletions")]
    assert found == ["deletions", "corrections"]


def test_each_finding_about_a_row_leads_to_the_story_of_its_record(world, trail, reviewer):  # noqa: F811
    membership = Membership.objects.get(person=world.cast.rick)
    with change(by=DEMONSTRATION, reason=SAID):
        membership.delete()
    forge(trail.write("erp"), "Somebody Else")
    seal_all()
    shown = reviewer.get(reverse("review")).content.decode()
    assert "Membership of rick was removed." in shown
    for key in ("rick", "erp"):
        page = reverse("story", args=["person", key])
        assert f'href="{page}"' in shown
        assert reviewer.get(page).status_code == 200
    answer = chosen(reviewer, keys("deletions"))
    assert (
        f'href="{reverse("story", args=["person", "rick"])}"'
        in reviewer.get(reverse("review-one", args=[AuditReview.objects.get().id])).content.decode()
    ), answer


def test_it_leads_nobody_to_a_story_that_they_may_not_read(world, as_person):
    """Ada may read the trail, and no person."""
    enrol(username="ada", full_name="Ada", password="x", roles=[], by=DEMONSTRATION, reason="She looks at the trail")
    world.cast.ada = Person.objects.get(username="ada")
    right = Permission.objects.get(codename="view_auditevent", content_type__app_label="governance")
    with change(by=DEMONSTRATION, reason=SAID):
        PersonPermission.objects.create(person=world.cast.ada, permission=right)
        Membership.objects.get(person=world.cast.rick).delete()
    shown = as_person("ada").get(reverse("review")).content.decode()
    assert "Membership of rick was removed." in shown
    page = reverse("story", args=["person", "rick"])
    assert page not in shown
    assert as_person("ada").get(page).status_code == 404


def test_every_governed_model_says_what_of_it_is_reviewed():
    """Which columns people correct, and whose story shows a row: corrections of others would not be seen."""
    governed = [model for model in apps.get_models() if issubclass(model, GovernedModel)]
    assert [model._meta.label for model in governed if not records.is_said(model)] == []
