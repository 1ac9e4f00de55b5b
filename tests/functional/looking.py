"""Looking at pages: both themes and widths, axe-core, what the console complains about, and a picture of each."""

from __future__ import annotations

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from tests.functional.conftest import OUTPUT, WIDTHS

RULES = {
    "resultTypes": ["violations"],
    "preload": False,  # axe would read style sheets again, in a way that our policy refuses
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}

PICTURES = ("light", "dark")  # the theme of the picture of each width: one of each pair is enough to be looked at
COLOURS = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SETTLE = (
    "document.getAnimations().forEach(one => one.finish())"  # a colour on its way to the other theme has no contrast
)


def look_at(seen: SimpleNamespace, addresses: dict[str, str], *, refuses: Collection[str] = ()) -> None:
    """Open every page once, look at it in both widths and themes, and fail with all that is wrong with any.

    ``refuses``: those that answer with an error on purpose, which the browser writes to its console.
    """
    seen.page.add_init_script(AXE_SCRIPT)
    found: list[str] = []
    for name, address in addresses.items():
        seen.page.goto(seen.url + address)
        found += wrong_with(seen, name, refuses=name in refuses)
    assert not found, "\n".join(found)


def wrong_with(seen: SimpleNamespace, name: str, *, refuses: bool = False) -> list[str]:
    """What is wrong with the page that is open, in either width and theme; a picture of each width is kept."""
    found: list[str] = []
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for width, theme in zip(WIDTHS, PICTURES, strict=True):
        seen.page.set_viewport_size({"width": width, "height": 900})
        found += [f"{name} {width}: scrolls sideways"] if is_too_wide(seen.page) else []
        for shown, rules in (("light", RULES), ("dark", COLOURS)):  # the other rules know no theme
            seen.page.emulate_media(color_scheme=shown)
            seen.page.evaluate(SETTLE)
            if (shown, width) != ("dark", WIDTHS[1]):  # the same colours as in the wide one, and an axe run less
                found += [f"{name} {shown} {width}: {line}" for line in violations(seen.page, rules)]
            if shown == theme:
                seen.page.screenshot(path=OUTPUT / f"{name}-{theme}-{width}.png", full_page=True)
    found += [f"{name}: {line}" for line in seen.errors if not (refuses and "status of 4" in line)]
    seen.errors.clear()
    return found


def violations(page: Any, rules: dict[str, Any] = RULES) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    results = page.evaluate("rules => axe.run(document, rules).then(found => found.violations)", rules)
    return [f"{one['id']} at {one['nodes'][0]['target']}: {one['nodes'][0]['failureSummary']}" for one in results]


def is_too_wide(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
