"""By keyboard alone."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.req("M3.6"), pytest.mark.django_db(transaction=True)]

FOCUSED = "document.activeElement.closest('a, button, input, select, summary, [tabindex]')"


def focused(page, attribute: str) -> str:
    return page.evaluate(f"({FOCUSED})?.getAttribute('{attribute}') ?? ''")


def tab_to(page, selector: str, *, most: int = 80) -> None:
    """Press Tab until the focus stands on what the selector names."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{most} tabs did not reach {selector}")


def test_the_skip_link_is_first_and_a_slash_goes_to_the_search(visit):
    seen = visit()
    seen.page.goto(seen.url)
    seen.page.keyboard.press("Tab")
    assert focused(seen.page, "class") == "skip"
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("24-1187")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/search?q=24-1187")
    assert seen.page.get_by_role("link", name="S-1").count()


def test_a_slash_that_is_typed_into_a_field_stays_there(visit):
    seen = visit()
    seen.page.goto(seen.url + reverse("systems"))
    seen.page.get_by_label("Words").press_sequentially("a/b")
    expect(seen.page.get_by_label("Words")).to_have_value("a/b")


def test_the_skip_link_leads_past_the_navigation(visit):
    seen = visit()
    seen.page.goto(seen.url + reverse("interfaces"))
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    tab_to(seen.page, "#q", most=2)


def test_tab_walks_the_sidebar_in_its_order(visit):
    seen = visit()
    seen.page.goto(seen.url)
    tab_to(seen.page, ".brand", most=2)
    labels = []
    for _ in range(4):
        seen.page.keyboard.press("Tab")
        labels.append(focused(seen.page, "title"))
    assert labels == ["Overview", "Landscape", "Interfaces", "Messages"]


def test_the_focus_can_be_seen(visit):
    seen = visit()
    seen.page.goto(seen.url)
    tab_to(seen.page, ".sidebar a[aria-current]", most=4)
    style = seen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"


def test_tab_walks_interfaces_then_systems_of_the_landscape(visit):
    seen = visit()
    seen.page.goto(seen.url + reverse("landscape"))
    tab_to(seen.page, ".landscape.wide")
    kinds = []
    for _ in range(seen.page.locator(".landscape.wide a").count()):
        seen.page.keyboard.press("Tab")
        kinds.append(focused(seen.page, "class").split(" ")[0])
    assert kinds == sorted(kinds), "edges come before nodes"
    assert set(kinds) == {"edge", "node"}
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/systems/*")


def test_a_filter_is_set_by_keyboard(visit):
    seen = visit()
    seen.page.goto(seen.url + reverse("systems"))
    tab_to(seen.page, "#f-scope")
    seen.page.keyboard.type("Out")
    tab_to(seen.page, ".filters button", most=2)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**scope=out")
    expect(seen.page.get_by_role("link", name="Old archive")).to_be_visible()
    assert seen.page.locator("tbody tr").count() == 1


def test_the_focus_stays_on_what_was_opened_and_closed(visit):
    seen = visit()
    seen.page.goto(seen.url + reverse("landscape"))
    tab_to(seen.page, "summary#paths-head")
    for is_open in (True, False):
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.activeElement.parentElement.open") is is_open
    assert focused(seen.page, "id") == "paths-head"


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


def test_the_overview_does_not_read_itself_while_somebody_works_in_it(visit):
    """With the clock set forward it would be due; a focus inside holds it, and leaving lets it go."""
    seen = visit()
    seen.page.clock.install()
    seen.page.goto(seen.url)
    asked: list[str] = []
    seen.page.on("request", lambda one: asked.append(one.url) if one.headers.get("hx-request") else None)
    seen.page.locator(".chart + details summary").first.focus()
    seen.page.clock.run_for(60_000)
    assert asked == []
    seen.page.locator("#search-everything").focus()
    with seen.page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        seen.page.clock.run_for(5_000)
