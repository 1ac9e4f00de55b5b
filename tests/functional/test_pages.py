"""Every page in both themes and widths: accessible, without a policy error, never wider than the screen."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from governance.actors import DEMONSTRATION
from governance.guard.context import change
from hub.flow import replay
from hub.flow.states import DeliveryStatus
from hub.models import Delivery
from hub.selectors import exceptions
from hub.services import decisions
from tests.functional.busy import AIR, LAB
from tests.functional.conftest import OUTPUT, WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.req("M3.6"), pytest.mark.django_db(transaction=True)]

LOOKED = "Lot 24-1190 stands in the list of blocked lots."
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def pages(busy) -> dict[str, str]:
    """Name of the picture → address."""
    groups = {group.state: group.fingerprint for group in exceptions.groups(busy.cast.olga)}
    message = reverse("message", args=[busy.delivered])
    return {
        "overview": reverse("overview"),
        "interfaces": reverse("interfaces"),
        "interface": reverse("interface", args=[LAB]),
        "interface-paused": reverse("interface", args=[AIR]),
        "pause": reverse("interface-pause", args=[LAB]),
        "messages": reverse("messages"),
        "messages-open": reverse("messages") + f"?open={busy.dead}",
        "message": message + "?stage=received",
        "message-difference": message + "?stage=difference",
        "message-quarantined": reverse("message", args=[busy.quarantined]),
        "message-twice-wrong": reverse("message", args=[busy.twice_wrong]),
        "exceptions": reverse("exceptions"),
        "exceptions-replay": reverse("exceptions") + f"?group={groups['dead']}",
        "exceptions-in-doubt": reverse("exceptions") + f"?group={groups['in_doubt']}",
        "replays": reverse("replays"),
        "systems": reverse("systems"),
        "system": reverse("system", args=["qms"]),
        "audit": reverse("audit"),
        "search": reverse("search") + "?q=24-11",
        "dictionary": reverse("dictionary"),
        "dictionary-search": reverse("dictionary") + "?q=" + quote("yield loss"),
        "element": reverse("element", args=["verdict"]),
        "entity": reverse("entity", args=["result"]),
        "code-list": reverse("code-list", args=["verdict"]),
        "mappings": reverse("mappings"),
        "mapping": reverse("mapping", args=["lims-result"]),
        "preview": reverse("mapping-preview", args=["lims-result"]),
        "nothing-here": "/nowhere",
    }


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_and_clean(visit, busy, width):
    """What is wrong with one page is told together with what is wrong with all others."""
    _look_at(visit(width=width), pages(busy), width)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_a_second_person_are_accessible_and_clean(visit, busy, width):
    """The first person has planned a replay and said what stands at the target; another one looks at both."""
    doubtful = Delivery.objects.get(message_id=busy.doubtful, state=DeliveryStatus.IN_DOUBT)
    decide = {"decide-first": reverse("delivery-decide", args=[doubtful.id])}
    _look_at(visit(width=width), decide, width)
    plan = replay.plan(message_ids=[busy.dead], mode="same_bytes", by=busy.cast.olga, reason="The target is mended.")
    decisions.propose(
        delivery_id=doubtful.id, decision="it_arrived", external_id="LOT-24-1190", by=busy.cast.olga, reason=LOOKED
    )
    seen = visit("quinn", width=width)
    _look_at(seen, second_pages(doubtful.id, plan.id), width)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_djangos_admin_is_accessible_and_clean(visit, busy, width):
    with change(by=DEMONSTRATION, reason="Reads in Django's admin"):
        busy.cast.victor.is_staff = busy.cast.victor.is_superuser = True
        busy.cast.victor.save()
    _look_at(visit("victor", width=width), {"admin": reverse("admin:index")}, width)


def second_pages(delivery_id: UUID, plan_id: UUID) -> dict[str, str]:
    """Name of the picture → address, of what waits for the second person."""
    return {
        "decide-second": reverse("delivery-decide", args=[delivery_id]),
        "replay-planned": reverse("replay", args=[plan_id]),
        "replay-approve": reverse("replay-approve", args=[plan_id]),
    }


def _look_at(seen, addresses: dict[str, str], width: int) -> None:
    """Open every page in both themes, keep a picture of each, and fail with all that is wrong with any."""
    found = []
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name, address in addresses.items():
        seen.page.goto(seen.url + address)
        for theme in ("light", "dark"):
            seen.page.emulate_media(color_scheme=theme)
            seen.page.screenshot(path=OUTPUT / f"{name}-{theme}-{width}.png", full_page=True)
            found += [f"{name} {theme}: {line}" for line in _violations(seen.page)]
        found += [f"{name}: {line}" for line in seen.errors if name != "nothing-here"]
        found += [f"{name}: scrolls sideways"] if _is_too_wide(seen.page) else []
        seen.errors.clear()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_is_accessible_and_clean(visit, theme):
    seen = visit(theme=theme, width=390)
    seen.context.clear_cookies()
    seen.page.goto(f"{seen.url}/sign-in")
    seen.page.screenshot(path=OUTPUT / f"sign-in-{theme}-390.png", full_page=True)
    assert not _violations(seen.page)
    assert not seen.errors


def _violations(page) -> list[str]:
    results = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']} at {one['nodes'][0]['target']}: {one['nodes'][0]['failureSummary']}" for one in results]


def _is_too_wide(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
