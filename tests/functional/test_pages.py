"""Every page in both themes and widths: accessible, without a policy error, never wider than the screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.review import queue, writing
from hub.flow.replaying import replay
from hub.flow.states import DeliveryStatus
from hub.models import Delivery
from hub.services import decisions
from tests.functional.looking import look_at, wrong_with
from tests.functional.pages import ALONE, ELSEWHERE, FORMS, NO_PAGE, PAGES, SECOND, WRONG, names_of_urls

pytestmark = [pytest.mark.browser, pytest.mark.req("M3.6"), pytest.mark.django_db(transaction=True)]

LOOKED = "Lot 24-1190 stands in the list of blocked lots."


def test_every_page_is_visited_by_a_browser():
    """A page that is not in the registry has never been looked at."""
    visited = PAGES.keys() | ALONE.keys() | SECOND | FORMS | NO_PAGE | set().union(*ELSEWHERE.values())
    assert names_of_urls() - visited == set(), "Add these to tests/functional/pages.py."
    assert visited - names_of_urls() == set(), "These stand in tests/functional/pages.py and are gone."


@pytest.mark.slow
def test_every_page_is_accessible_and_clean(visit, busy):
    """What is wrong with one page is told together with what is wrong with all others."""
    addresses = {name: address(busy) for held in PAGES.values() for name, address in held.items()}
    look_at(visit(), addresses)


@pytest.mark.slow
def test_the_preview_of_a_replay_is_accessible_and_clean(visit, busy):
    """It is made by a form of the exceptions, not by an address."""
    seen = visit()
    seen.page.goto(seen.url + PAGES["exceptions"]["exceptions-replay"](busy))
    seen.page.get_by_role("textbox", name="Reason").fill("The target is mended.")
    seen.page.get_by_role("button", name="Preview the replay").click()
    seen.page.wait_for_url("**/replays/new")
    assert wrong_with(seen, "replay-new") == []


@pytest.mark.slow
def test_pages_that_refuse_are_accessible_and_clean(visit, busy):
    look_at(visit(), {name: address(busy) for name, address in WRONG.items()}, refuses=WRONG)
    looking = {"error-403": reverse("interface-pause", args=["IF-001"])}
    look_at(visit("victor"), looking, refuses=looking)


@pytest.mark.slow
def test_pages_without_a_session_are_accessible_and_clean(visit, busy):
    seen = visit()
    seen.context.clear_cookies()
    look_at(seen, {name: address(busy) for held in ALONE.values() for name, address in held.items()})


@pytest.mark.slow
def test_the_pages_of_a_second_person_are_accessible_and_clean(visit, busy):
    """The first person has planned a replay and said what stands at the target; another one looks at both."""
    doubtful = Delivery.objects.get(message_id=busy.doubtful, state=DeliveryStatus.IN_DOUBT)
    plan = replay.plan(message_ids=[busy.dead], mode="same_bytes", by=busy.cast.olga, reason="The target is mended.")
    decisions.propose(
        delivery_id=doubtful.id, decision="it_arrived", external_id="LOT-24-1190", by=busy.cast.olga, reason=LOOKED
    )
    addresses = {
        "decide-second": reverse("delivery-decide", args=[doubtful.id]),
        "replay-planned": reverse("replay", args=[plan.id]),
        "sign": reverse("sign", args=["replay", str(plan.id), "approved"]),
        "replay-stop": reverse("replay-stop", args=[plan.id]),
    }
    look_at(visit("quinn"), addresses)


@pytest.mark.slow
def test_the_pages_of_a_reviewer_are_accessible_and_clean(visit, busy):
    """Only who reads the whole audit trail sees its review; one is written and waits for its signature."""
    until = timezone.now()
    since = until - timedelta(days=1)
    found = [one.key for one in queue.open_findings(since, until)[:2]]
    review = writing.write(keys=found, since=since, until=until, by=busy.cast.victor, conclusion=LOOKED)
    addresses = {"review": reverse("review"), "review-one": reverse("review-one", args=[review.id])}
    look_at(visit("victor"), addresses)
