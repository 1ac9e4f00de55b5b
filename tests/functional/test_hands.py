"""By keyboard alone, and without scripts."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.req("M3.6"), pytest.mark.django_db(transaction=True)]


def test_the_skip_link_is_first_and_a_slash_goes_to_the_search(visit):
    seen = visit()
    seen.page.goto(seen.url)
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "skip"
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("24-1187")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/search?q=24-1187")
    assert seen.page.get_by_role("link", name="S-1").count()


def test_the_theme_is_chosen_by_a_button_and_kept(visit):
    seen = visit()
    seen.page.goto(seen.url)
    seen.page.get_by_role("button", name="Switch between light and dark").click()
    seen.page.goto(seen.url + reverse("messages"))
    assert seen.page.locator("html").get_attribute("data-theme") == "dark"
    assert not seen.errors


def test_the_overview_reads_itself_again(visit):
    """The live part asks for itself and says since when it stands."""
    seen = visit()
    seen.page.goto(seen.url)
    expect(seen.page.locator("[data-updated]")).to_have_text(re.compile("^updated "))
    with seen.page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        seen.page.evaluate("htmx.trigger(document.getElementById('live'), 'refresh')")
    assert not seen.errors


def test_a_filter_and_an_act_work_without_scripts(visit, browser, busy, live_server):
    from tests.functional.conftest import session_of

    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{**session_of(busy.cast.olga), "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("messages"))
    page.get_by_label("State").select_option("dead")
    page.get_by_role("button", name="Search", exact=True).click()
    assert page.locator(".message-list li").count() == 3
    page.goto(live_server.url + reverse("interface-pause", args=["IF-002"]))
    page.get_by_label("Reason").fill("The complaint desk is being moved.")
    page.get_by_role("button", name="Pause this interface").click()
    assert page.get_by_role("status").inner_text() == "IF-002 is paused."
