"""Looking at pages: both themes, axe-core, width, what the console complains about, and a picture of each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.functional.conftest import OUTPUT

RULES = {
    "preload": False,  # axe would read style sheets again, in a way that our policy refuses
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}


def look_at(seen: SimpleNamespace, addresses: dict[str, str], width: int, *, refuses: bool = False) -> None:
    """Open every page once, look at it in both themes, and fail with all that is wrong with any.

    ``refuses``: the pages answer with an error on purpose, which the browser writes to its console.
    """
    found: list[str] = []
    for name, address in addresses.items():
        seen.page.goto(seen.url + address)
        found += wrong_with(seen, name, width, refuses=refuses)
    assert not found, "\n".join(found)


def wrong_with(seen: SimpleNamespace, name: str, width: int, *, refuses: bool = False) -> list[str]:
    """What is wrong with the page that is open, in either theme; its pictures are kept."""
    found: list[str] = []
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=theme)
        seen.page.screenshot(path=OUTPUT / f"{name}-{theme}-{width}.png", full_page=True)
        found += [f"{name} {theme}: {line}" for line in violations(seen.page)]
    found += [f"{name}: {line}" for line in seen.errors if not (refuses and "status of 4" in line)]
    found += [f"{name}: scrolls sideways"] if is_too_wide(seen.page) else []
    seen.errors.clear()
    return found


def violations(page: Any) -> list[str]:
    results = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']} at {one['nodes'][0]['target']}: {one['nodes'][0]['failureSummary']}" for one in results]


def is_too_wide(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
