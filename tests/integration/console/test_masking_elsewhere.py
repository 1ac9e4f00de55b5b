"""The mask holds beside the message too: behind numbers, in the mapping editor, in dry runs and in searches."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from governance.actors import DEMONSTRATION
from hub.flow.work import drain
from hub.models import ClosedDelivery, Delivery, InterfaceRelease, Message
from hub.selectors.mending.rehearsal import rehearse
from hub.selectors.record import trace
from hub.selectors.record.masking import HIDES_ALL
from hub.services.grants import allow_role
from tests.factories.forms import Page
from tests.factories.world import element, release, sample, to_target
from tests.integration.console.test_masking import NAME, inspected, signed_in  # noqa: F401 - a fixture
from tests.integration.console.test_proposing import may_propose
from tests.integration.test_intake import post

pytestmark = [pytest.mark.django_db, pytest.mark.req("M7.6")]


@pytest.fixture
def badges(client, world):
    """Three messages under keys of a personal data class: two delivered, one refused by its target."""
    release(("element", element("reference", "text", max_length=40, data_class="personal")))
    world.target.status_for["BADGE-3"] = 422
    made = [post(client, world, sample(1, sample=f"BADGE-{n}", lot=f"L-{n}")).json()["id"] for n in (1, 2, 3)]
    drain()
    return made


@pytest.mark.parametrize("address", ["/deliveries", "/deliveries?order=slowest", "/tries"])
def test_a_masked_key_stays_masked_behind_a_number(client, world, badges, address):
    answer = signed_in(client, world.cast.olga).get(address)
    assert answer.status_code == 200
    assert "BADGE" not in answer.content.decode()
    assert "•••• masked" in answer.content.decode()


def test_a_masked_key_names_no_sample_in_the_mapping_editor(client, world, badges):
    may_propose(world.cast.olga)
    page = signed_in(client, world.cast.olga).get(reverse("mapping-edit", args=["lims-result"])).content.decode()
    assert badges[0] in page
    assert "BADGE" not in page


def found_by(client, text: str, name: str = "text") -> list[str]:
    pages = (client.get(reverse("messages"), {name: text}), client.get("/api/v1/messages", {name: text}))
    return [page.content.decode() for page in pages]


def test_a_masked_key_is_found_whole_by_who_may_see_it_and_never_by_its_parts(client, world, badges):
    for permission in ("view_interface", "read_payload", "unmask_payload"):
        allow_role(role="reviewer", permission=permission, interface_key="IF-001", by=DEMONSTRATION, reason="A test")
    rick = signed_in(client, world.cast.rick)
    assert all(badges[0] in page for page in found_by(rick, "BADGE-1"))
    for part in ("BADGE", "badge-1", "B", "DGE-1"):
        assert not any(badges[0] in page for page in found_by(rick, part)), part


def test_a_whole_guess_of_a_masked_key_confirms_nothing_to_who_may_not_see_it(client, world, badges):
    olga = signed_in(client, world.cast.olga)
    for name in ("text", "business_key"):
        for text in ("BADGE-1", "BADGE-9"):
            assert not any(badges[0] in page for page in found_by(olga, text, name)), (name, text)
    assert badges[0] not in olga.get(reverse("search"), {"q": "BADGE-1"}).content.decode()
    assert all(badges[0] in page for page in found_by(olga, badges[0]))  # the id that stands in the list
    assert olga.get("/api/v1/messages", {"business_key": "BADGE-1"}).json()["results"] == []


def test_a_key_of_an_open_class_is_found_whole_by_who_reads_the_list(client, world):
    message = post(client, world, sample(78)).json()["id"]
    olga = signed_in(client, world.cast.olga)
    assert all(message in page for page in found_by(olga, "S-78", "business_key"))
    assert not any(message in page for page in found_by(olga, "S-79", "business_key"))


def test_a_key_that_is_not_masked_is_found_by_its_parts(client, world):
    message = post(client, world, sample(77)).json()["id"]
    assert all(message in page for page in found_by(signed_in(client, world.cast.olga), "s-7"))


@pytest.mark.parametrize("path", ["$.sample", "$.inspector.name"])
def test_a_back_test_counts_by_what_is_stored_and_shows_what_is_masked(client, world, inspected, path):  # noqa: F811
    may_propose(world.cast.olga)
    page = Page(signed_in(client, world.cast.olga), reverse("mapping-edit", args=["lims-result"]))
    tested = page.fill(rules__1__path=path).say(last="20").press("back_test").text
    assert "<dt>Mapped otherwise</dt><dd>1</dd>" in tested
    assert tested.count("Message <a") == 1
    assert NAME not in tested


def test_a_back_test_of_a_mapping_to_a_target_is_masked_too(client, world, inspected):  # noqa: F811
    may_propose(world.cast.olga)
    page = Page(signed_in(client, world.cast.olga), reverse("mapping-edit", args=["qms-result"]))
    number = len(to_target()["rules"])
    tested = page.fill(**{f"rules__{number}__path": "$.reference"}).say(last="20").press("back_test").text
    assert "<dt>Mapped otherwise</dt><dd>1</dd>" in tested
    assert NAME not in tested


def test_a_dry_run_masks_what_was_sent_by_the_rules_that_made_it(client, world, inspected):  # noqa: F811
    world.target.status_for["S-5"] = 422
    message = UUID(post(client, world, sample(5, lot="L-5", inspector={"name": NAME})).json()["id"])
    drain()
    assert Delivery.objects.filter(message_id=message, state="dead").exists()
    renamed = [{"target": "who", "path": "$.inspector"}, {"target": "by", "constant": "nobody"}]
    release(("mapping", to_target(rules=[*to_target()["rules"], *renamed])))
    newest = InterfaceRelease.objects.order_by("-number").first()
    (one,) = rehearse([message], mode="current_release", release_id=newest.id)
    assert one.outcome == "changed"
    assert NAME.encode() not in one.before + one.after


def test_what_a_release_sends_that_nobody_knows_is_hidden_whole():
    assert HIDES_ALL.outgoing("qms").hides(("anything",))
    assert HIDES_ALL.key("business_key", "S-1") != "S-1"


def test_a_protected_key_is_masked_for_those_with_fewer_rights_too(client, world):
    """Who may not even read payloads learns no more than who may."""
    release(("element", element("reference", "text", max_length=40, data_class="personal")))
    message = Message.objects.get(id=post(client, world, sample(1, sample="BADGE-1")).json()["id"])
    drain()
    for may_read in (True, False):
        told = trace.trace_of(message, may_read=may_read).message
        assert (told.business_key, told.idempotency_key) == ("•••• masked", "•••• masked")
        assert told.ordering_key == message.ordering_key == "L-1"
    page = signed_in(client, world.cast.victor).get(reverse("message", args=[message.id]))
    assert page.status_code == 200
    assert "BADGE-1" not in page.content.decode()


def test_a_receipt_is_as_hidden_as_the_key_that_the_target_was_sent(client, world, badges):
    """A target often answers with that key; to find by it would confirm a guess."""
    assert ClosedDelivery.objects.filter(message_id=badges[0], external_id="1").exists()
    message = Message.objects.get(id=badges[0])
    for may_read in (True, False):
        (one,) = trace.trace_of(message, may_read=may_read).deliveries
        assert (one.external_id, one.external_url) == ("•••• masked", "")
    olga = signed_in(client, world.cast.olga)
    exported = b"".join(olga.get("/messages?format=csv").streaming_content).decode()
    assert "qms: •••• masked" in exported
    assert "qms: 1" not in exported
    assert str(message.id) not in olga.get("/messages?external_id=1").content.decode()
    for right in ("read_payload", "unmask_payload"):
        allow_role(role="operator", permission=right, interface_key="IF-001", by=DEMONSTRATION, reason="They may")
    assert str(message.id) in olga.get("/messages?external_id=1").content.decode()
