"""Without scripts, on paper, with less motion, and without a network."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hub.models import InterfaceControl
from tests.functional.conftest import OUTPUT

pytestmark = [pytest.mark.browser, pytest.mark.req("M3.6"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plain(visit):
    """A browser without scripts."""
    return visit(scripts=False)


def test_an_interface_is_paused_with_a_reason_without_scripts(plain):
    page = plain.page
    page.goto(plain.url + reverse("interface", args=["IF-002"]))
    page.get_by_role("link", name="Pause").click()
    page.get_by_label("Reason").fill("no")
    page.get_by_role("button", name="Pause this interface").click()
    expect(page.get_by_role("alert")).to_contain_text("says too little")
    page.get_by_label("Reason").fill("The complaint desk is being moved.")
    page.get_by_role("button", name="Pause this interface").click()
    expect(page.get_by_role("status")).to_have_text("IF-002 is paused.")
    assert InterfaceControl.objects.get(interface__key="IF-002").paused_because == "The complaint desk is being moved."


def test_lists_are_narrowed_without_scripts(plain):
    page = plain.page
    page.goto(plain.url + reverse("messages"))
    page.get_by_label("State").select_option("dead")
    page.get_by_role("button", name="Filter", exact=True).click()
    assert page.locator(".message-list > li").count() == 3
    page.goto(plain.url + reverse("landscape"))
    page.get_by_label("GxP").select_option("yes")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator(".landscape.wide .edge").count() == 1
    page.goto(plain.url + reverse("interfaces"))
    page.get_by_label("Filter").fill("complaint")
    page.get_by_role("button", name="Filter").click()
    assert page.locator("tbody tr").count() == 1


def test_everything_is_searched_without_scripts(plain):
    page = plain.page
    page.goto(plain.url)
    page.get_by_label("Search everything").fill("IF-001")
    page.get_by_label("Search everything").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results to quality")


def test_a_connection_is_checked_without_scripts(plain):
    page = plain.page
    page.goto(plain.url + reverse("system", args=["qms"]))
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("status")).to_contain_text("It works.")
    expect(page.get_by_role("status")).to_contain_text("by Olga Brandt")


def test_tables_below_charts_open_without_scripts(plain):
    page = plain.page
    page.goto(plain.url)
    page.get_by_text("Show as table").first.click()
    expect(page.get_by_role("region", name="Throughput as a table")).to_be_visible()


def test_pages_are_made_for_paper(visit):
    """What can only be clicked is gone, what scrolled is whole, and the theme is the light one."""
    seen = visit(theme="dark")
    for name in ("overview", "landscape", "interfaces"):
        seen.page.goto(seen.url + reverse(name))
        seen.page.emulate_media(media="print", color_scheme="dark")
        for gone in (".sidebar", ".find", ".who", ".filters"):
            assert not seen.page.locator(gone).first.is_visible(), (name, gone)
        assert seen.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
        seen.page.screenshot(path=OUTPUT / f"print-{name}.png", full_page=True)
        seen.page.emulate_media(media="screen")
    seen.page.goto(seen.url + reverse("landscape"))
    seen.page.emulate_media(media="print")
    sheet = seen.page.pdf(path=OUTPUT / "landscape.pdf", prefer_css_page_size=True)
    assert b"/MediaBox [0 0 1191" in sheet or b"/MediaBox [0 0 1190" in sheet, "A3, lying: 1190.55 points wide"


def test_nothing_moves_for_who_wants_less_motion(visit):
    seen = visit()
    seen.page.goto(seen.url)
    moving = "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).animationName !== 'none').length"
    assert seen.page.evaluate(moving) == 0


def test_without_a_network_a_page_of_ours_says_so(visit):
    seen = visit(workers="allow")
    seen.page.goto(seen.url)
    seen.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    seen.page.reload()
    seen.context.set_offline(True)
    seen.page.goto(seen.url + reverse("interfaces"))
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("The hub cannot be reached")
