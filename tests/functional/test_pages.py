"""Every page in both themes and widths: accessible, without a policy error, never wider than the screen."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from hub.selectors import exceptions
from tests.functional.busy import AIR, LAB
from tests.functional.conftest import OUTPUT, WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.req("M3.6"), pytest.mark.django_db(transaction=True)]

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
    seen, found = visit(width=width), []
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name, address in pages(busy).items():
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
