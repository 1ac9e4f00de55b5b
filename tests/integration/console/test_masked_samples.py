"""Real messages in the mapping editor: what is masked on the message's own page is masked here too."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from hub.flow.work import drain
from tests.factories.forms import Page
from tests.factories.world import element, release, sample
from tests.integration.console.test_masking import NAME, inspected, signed_in  # noqa: F401 - a fixture
from tests.integration.console.test_proposing import may_propose
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6"), pytest.mark.req("M3.6")]


@pytest.fixture
def editor(client, world) -> Page:
    may_propose(world.cast.olga)
    return Page(signed_in(client, world.cast.olga), reverse("mapping-edit", args=["lims-result"]))


def test_a_back_test_shows_no_protected_value_and_still_counts_it(world, inspected, editor):  # noqa: F811
    shown = editor.fill(rules__1__path="$.sample").say(last="20").press("back_test").text
    assert "Message <a" in shown
    assert "•••• masked" in shown
    assert NAME not in shown


def test_a_draft_that_replaces_a_protected_value_is_counted_and_the_value_not_shown(world, inspected, editor):  # noqa: F811
    """The draft takes the name from elsewhere."""
    content = json.loads(json.dumps(editor.values))
    number = next(name.split(".")[2] for name, value in content.items() if value == "inspector" and "target" in name)
    shown = editor.fill(**{f"rules__{number}__path": "$.verdict"}).say(last="20").press("back_test").text
    assert "Mapped otherwise</dt><dd>1<" in shown
    assert NAME not in shown


def test_messages_to_choose_from_are_named_without_a_protected_key(client, world):
    release(("element", element("reference", "text", max_length=40, data_class="personal")))
    post(client, world, sample(1, sample="BADGE-1"))
    drain()
    may_propose(world.cast.olga)
    page = Page(signed_in(client, world.cast.olga), reverse("mapping-edit", args=["lims-result"]))
    assert "IF-001" in page.text
    assert "BADGE-1" not in page.text


def test_the_sample_of_a_cloud_event_is_the_record_that_the_mapping_reads(client, world):
    event = {"specversion": "1.0", "id": "e1", "source": "lims", "type": "t", "data": sample(9)}
    post(client, world, event, media="application/cloudevents+json")
    drain()
    may_propose(world.cast.olga)
    page = Page(signed_in(client, world.cast.olga), reverse("mapping-edit", args=["lims-result"]))
    assert json.loads(page.values["sample"])["sample"] == "S-9"
    assert "It would go into quarantine" not in page.text


def test_a_mask_that_is_no_number_is_said_to_be_untried_and_not_to_be_wrong(client, world):
    release(("element", element("glucose", "quantity", unit="g/L", digits=2, data_class="personal")))
    post(client, world, sample(1))
    drain()
    may_propose(world.cast.olga)
    page = Page(signed_in(client, world.cast.olga), reverse("mapping-edit", args=["lims-result"]))
    assert "What is masked was not tried" in page.text
    assert "this rule could not be tried on it" in page.text
    assert "It would go into quarantine" not in page.text
    wrong = json.loads(page.values["sample"]) | {"lot": ["no", "text"]}
    shown = page.say(sample=json.dumps(wrong)).press("preview").text
    assert "It would go into quarantine" in shown
