"""A change of high risk, walked from its form to its closure by four persons in real browsers; pictures of it."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from governance.changes.effective import revision_of
from governance.models import ChangeRequest, Signature
from tests.factories.cast import PASSWORD
from tests.factories.deciding import engineer, put_policies_in_force
from tests.functional.building import SAMPLE, fill, finish
from tests.functional.conftest import OUTPUT
from tests.functional.looking import look_at

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.req("M7.4"),
    pytest.mark.req("M7.5"),
    pytest.mark.django_db(transaction=True),
]

WHY = "The laboratory sends the lot in another field since Monday."


class Desk:
    """One request, and whoever comes to its page; ``step`` numbers the pictures."""

    def __init__(self, visit, number: str) -> None:
        self.visit, self.number, self.step, self.seats = visit, number, 0, {}

    def page_of(self, name: str):
        """The page of the request, as this person sees it now."""
        seat = self.seats.setdefault(name, self.visit(name))
        seat.page.goto(seat.url + reverse("change", args=[self.number]))
        return seat.page

    def act(self, name: str, label: str, **fields: str) -> None:
        """Press an act of the page, fill in its form, send it."""
        page = self.page_of(name)
        page.get_by_role("link", name=label, exact=True).click()
        for field, text in fields.items():
            page.locator(f'[name="{field}"]').fill(text)
        page.get_by_role("button", name=label, exact=True).click()
        page.wait_for_url(f"**/changes/{self.number}")
        self.picture(page, label)

    def say(self, name: str, key: str) -> None:
        """What it means for one object, said by its owner."""
        page = self.page_of(name)
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=key, exact=True))
        row.get_by_role("link", name="Say what it means").click()
        page.get_by_label("Effect accepted").check()
        page.locator('[name="comment"]').fill("The results stay readable for us.")
        page.get_by_role("button", name="Say what it means").click()
        page.wait_for_url(f"**/changes/{self.number}")

    def sign(self, name: str, label: str) -> None:
        """The ceremony: read, the user name where it is the first of the session, the password."""
        page = self.page_of(name)
        page.get_by_role("link", name=label, exact=True).click()
        expect(page.get_by_role("heading", name="What will be signed")).to_be_visible()
        self.picture(page, f"{label}-page")
        if page.get_by_label("Your user name").count():
            page.get_by_label("Your user name").fill(name)
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Sign", exact=True).click()
        page.wait_for_url("**/signatures/*")
        self.picture(self.page_of(name), label)

    def refused(self, name: str, label: str, why: str) -> None:
        """The button is there and closed, with the sentence why."""
        page = self.page_of(name)
        expect(page.get_by_role("button", name=label, exact=True)).to_be_disabled()
        expect(page.get_by_text(why)).to_be_visible()

    def picture(self, page, name: str) -> None:
        self.step += 1
        OUTPUT.mkdir(parents=True, exist_ok=True)
        words = re.sub(r"[^a-z]+", "-", name.lower())
        page.screenshot(path=OUTPUT / f"deciding-{self.step:02}-{words}.png", full_page=True)

    @property
    def state(self) -> str:
        return ChangeRequest.objects.values_list("state", flat=True).get(number=self.number)


@pytest.fixture
def desk(visit, busy) -> Desk:
    """Ivo takes the lot from another field, in the editor of the mapping."""
    busy.cast.ivo = engineer()
    put_policies_in_force(busy.cast, busy.cast.ivo)
    seat = visit("ivo")
    seat.page.goto(seat.url + reverse("mapping-edit", args=["lims-result"]))
    seat.page.get_by_label("One record of the source, as JSON").fill(json.dumps(SAMPLE))
    fill(seat.page, {"rules.1.path": "$.sample"})
    made = Desk(visit, finish(seat.page, WHY))
    made.seats["ivo"] = seat
    made.picture(seat.page, "proposed")
    return made


def test_a_change_of_high_risk_is_decided_in_the_browser(desk, busy):
    before = revision_of("mapping", "lims-result").version
    desk.refused("ivo", "Write the plan", "Somebody has yet to say")
    while (page := desk.page_of("rick")).get_by_role("link", name="Say what it means").count():
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Say what it means")).first
        desk.say("rick", row.get_by_role("link").first.inner_text())
    desk.act("ivo", "Write the plan", rollback="The earlier revision again.", success="Nothing is refused.", reason=WHY)
    desk.refused("ivo", "Sign the review", "had a hand in it")
    desk.sign("rick", "Sign the review")
    desk.sign("quinn", "Sign the approval")
    assert desk.state == "approved"
    desk.act("ivo", "Record the implementation", text="Nothing had to be done in the laboratory.")
    desk.act("ivo", "Make it ready", reason=WHY)
    assert revision_of("mapping", "lims-result").version == before
    desk.sign("olga", "Sign the release")
    assert revision_of("mapping", "lims-result").version != before
    desk.act("rick", "Verify that it works", text="Ten results arrived with their lots.")
    desk.act("ivo", "Attach evidence", title="Two weeks later", text="Nothing was refused.", reason=WHY)
    desk.sign("quinn", "Sign the closure")
    assert desk.state == "closed"
    mine = Signature.objects.filter(subject_id=desk.number).order_by("signed_at")
    assert [(one.person["name"], one.meaning) for one in mine] == [
        ("Rick Sato", "reviewed"),
        ("Quinn Mbeki", "approved"),
        ("Olga Brandt", "released"),
        ("Quinn Mbeki", "closed"),
    ]
    look_at(desk.seats["quinn"], {"change-closed": reverse("change", args=[desk.number])})
    assert not any(seat.errors for seat in desk.seats.values())
