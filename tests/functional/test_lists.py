"""Lists in a real browser: detail beside the list, the back button, views, masks, and nothing that was stored runs."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from governance.actors import DEMONSTRATION
from hub.flow.work import drain
from hub.models import ReplayPlan
from hub.services.grants import allow_role
from tests.factories.world import element, release, sample
from tests.functional.busy import LAB, send
from tests.functional.conftest import session_of

pytestmark = [pytest.mark.browser, pytest.mark.req("M3.6"), pytest.mark.django_db(transaction=True)]

REASON = "The complaint names the lot; I compare it."
SCRIPT = '"><img src=x onerror="document.title=\'ran\'"><script>document.title="ran"</script>'


def boxes(page) -> tuple[dict, dict]:
    return page.locator("#message-list").bounding_box(), page.locator("#open").bounding_box()


def test_detail_opens_beside_the_list_and_the_back_button_closes_it(visit):
    seen = visit()
    seen.page.goto(f"{seen.url}{reverse('messages')}?state=dead")
    seen.page.get_by_role("link", name="S-11").click()
    listed, shown = boxes(seen.page)
    assert shown["x"] >= listed["x"] + listed["width"]
    assert "state=dead" in seen.page.url
    seen.page.go_back()
    assert seen.page.locator("#open").count() == 0
    assert seen.page.locator(".message-list li").count() == 3
    seen.page.go_forward()
    assert seen.page.locator("#open-head").inner_text() == "S-11"
    assert not seen.errors


@pytest.mark.parametrize("width", [1000, 390])
def test_on_a_narrow_screen_detail_stands_below(visit, width):
    seen = visit(width=width)
    seen.page.goto(f"{seen.url}{reverse('messages')}?state=dead")
    seen.page.get_by_role("link", name="S-11").click()
    listed, shown = boxes(seen.page)
    assert shown["y"] >= listed["y"] + listed["height"]


def test_the_list_polls_only_while_nothing_is_open(visit, busy):
    seen = visit()
    seen.page.goto(seen.url + reverse("messages"))
    expect(seen.page.locator("[data-updated]")).to_have_text(re.compile("^updated "))
    send(LAB, sample(88, lot="L-88"))
    with seen.page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        seen.page.evaluate("htmx.trigger(document.getElementById('message-list'), 'refresh')")
    expect(seen.page.get_by_role("link", name="S-88")).to_be_visible()
    seen.page.get_by_role("link", name="S-88").click()
    assert seen.page.locator("[data-live]").count() == 0
    assert not seen.errors


def test_a_view_is_kept_opened_and_forgotten(visit):
    seen = visit()
    seen.page.goto(f"{seen.url}{reverse('messages')}?state=dead")
    seen.page.locator("summary", has_text="Views").click()
    seen.page.get_by_label("Keep these filters as").fill("Dead letters")
    seen.page.get_by_role("button", name="Keep this view").click()
    assert seen.page.get_by_role("status").inner_text() == "The view “Dead letters” is kept."
    seen.page.goto(seen.url + reverse("messages"))
    seen.page.locator("summary", has_text="Views").click()
    seen.page.get_by_role("link", name="Dead letters").click()
    assert seen.page.url.endswith("?state=dead")
    seen.page.locator("summary", has_text="Views").click()
    seen.page.get_by_role("button", name="Forget the view Dead letters").click()
    assert seen.page.get_by_role("status").inner_text() == "The view “Dead letters” is forgotten."
    assert not seen.errors


def test_filter_view_export_and_replay_work_without_scripts(browser, busy, live_server):
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    context.add_cookies([{**session_of(busy.cast.olga), "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("messages"))
    page.get_by_label("State").select_option("dead")
    page.get_by_role("button", name="Filter", exact=True).click()
    assert page.locator(".message-list li").count() == 3
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV").click()
    assert waited.value.suggested_filename.startswith("messages-")
    page.goto(f"{live_server.url}{reverse('exceptions')}?state=dead&interface=IF-002")
    page.locator(".message-list a").first.click()
    page.get_by_label("Reason").last.fill("The target is mended.")
    page.get_by_role("button", name="Preview the replay").click()
    assert "Nothing has happened yet." in page.locator(".page-head").inner_text()
    page.get_by_role("button", name="Replay now").click()
    assert ReplayPlan.objects.get().state == "done"
    assert "1 of 1 reached" in page.locator("#progress-head").inner_text()


def test_a_mask_comes_off_with_a_reason(visit, busy):
    release(("element", element("lot", "text", max_length=40, data_class="personal")))
    allow_role(
        role="quality approver", permission="unmask_payload", interface_key=LAB, by=DEMONSTRATION, reason="Quality may"
    )
    seen = visit("quinn")
    seen.page.goto(f"{seen.url}{reverse('message', args=[busy.delivered])}?stage=received")
    body = seen.page.locator("pre.payload")
    assert "•••• masked" in body.inner_text()
    assert "24-1187" not in body.inner_text()
    seen.page.locator("#payload").get_by_role("link", name="Unmask with a reason").click()
    seen.page.get_by_label("Reason").fill(REASON)
    seen.page.get_by_role("button", name="Unmask for five minutes").click()
    assert "24-1187" in body.inner_text()
    seen.page.locator("#payload").get_by_role("button", name="Mask again").click()
    assert "24-1187" not in body.inner_text()
    assert not seen.errors


def test_nothing_that_was_stored_runs_on_any_page(visit, busy):
    """A script in every text that a page shows: of records, reasons, views, assignments, filters."""
    message = send(LAB, sample(99, lot=SCRIPT, sample=SCRIPT, verdict=SCRIPT, **{SCRIPT: SCRIPT}))[0]
    drain()
    olga = visit()
    page, errors = olga.page, olga.errors
    from django.test import Client

    client = Client()
    client.force_login(busy.cast.olga, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("interface-pause", args=[LAB]), {"reason": SCRIPT})
    client.post(reverse("view-save"), {"listing": "messages", "name": SCRIPT[:80], "query": "state=dead"})
    client.post(reverse("exceptions-assign", args=["0" * 12]), {"person": SCRIPT[:64], "reason": SCRIPT})
    given = {"message": [str(busy.dead)], "mode": "same_bytes", "reason": SCRIPT, "go": "1"}
    client.post(reverse("replay-new"), given)
    plan = ReplayPlan.objects.get()
    urls = [
        reverse("messages"),
        f"{reverse('messages')}?open={message}",
        *(f"{reverse('message', args=[message])}?stage={stage}" for stage in ("received", "difference")),
        reverse("exceptions"),
        reverse("replays"),
        reverse("replay", args=[plan.id]),
        reverse("audit"),
        reverse("refusals"),
        reverse("drift"),
        reverse("interface", args=[LAB]),
    ]
    for url in urls:
        page.goto(olga.url + url)
        assert page.title() != "ran", url
        assert page.locator('img[src="x"]').count() == 0, url
    assert not errors
