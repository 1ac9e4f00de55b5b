"""Every picture of the documentation: which page it shows, and how it is taken. ``make pictures`` writes docs/images.

A picture more is one line in ``PICTURES`` (of the busy world) or ``TUTORIAL`` (where it stands in the tutorial).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.urls import resolve, reverse

from hub.selectors.mending import exceptions
from tests.factories.processes import ROOT
from tests.functional.building import fill
from tests.functional.busy import COMPLAINTS, LAB
from tests.functional.documentation.palette import shrink
from tests.functional.pages import Address, at, doubtful_delivery, message

IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1280, "height": 860}
NOW = datetime(2026, 11, 20, 9, 41, tzinfo=UTC)
MOST_BYTES = 100_000


def nothing(page: Any) -> None:
    """The page is shown as it opens."""


def largest_group(busy: SimpleNamespace) -> str:
    """The dead ones of which there are most."""
    found = max((one for one in exceptions.groups(busy.cast.olga) if one.state == "dead"), key=lambda one: one.count)
    return f"{reverse('exceptions')}?group={found.fingerprint}"


def preview_a_replay(page: Any) -> None:
    page.get_by_role("textbox", name="Reason").fill("The quality system knows the two lots now.")
    page.get_by_role("button", name="Preview the replay").click()
    page.wait_for_url("**/replays/new")


def say_what_a_unit_is(page: Any) -> None:
    field = page.locator('[name="f.rules.2.unit.from"]')
    page.locator('[name="f.rules.2.unit.from_path"]').fill("")
    field.fill("mg/dL")
    page.locator("[data-pick]").first.wait_for()
    page.locator("#result").get_by_text("Every value could be mapped").wait_for()
    field.evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 560)")


def change_a_unit(page: Any) -> None:
    fill(page, {"definition": "Mass of glucose in a volume of blood plasma.", "digits": "3"})
    page.get_by_role("button", name="Check it").click()
    page.get_by_role("heading", name="What it does").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.get_by_label("Reason").fill("The new analyser measures three digits.")


class Picture(NamedTuple):
    page: str  # the name of the URL that it shows
    person: str
    address: Address
    before: Callable[[Any], None] = nothing
    height: int = SIZE["height"]


PICTURES = {
    "overview": Picture("overview", "olga", at("overview"), height=1040),
    "message": Picture("message", "olga", message("delivered")),
    "exceptions": Picture("exceptions", "olga", largest_group),
    "replay": Picture("replay-new", "olga", largest_group, preview_a_replay),
    "in-doubt": Picture("delivery-decide", "olga", doubtful_delivery),
    "lists": Picture("messages", "olga", at("messages", interface=LAB)),
    "objective": Picture("interface", "ivo", at("interface", COMPLAINTS)),
    "unit": Picture("mapping-edit", "ivo", at("mapping-edit", "lims-result"), say_what_a_unit_is),
    "proposal": Picture("propose-change", "ivo", at("propose-change", "element", "glucose"), change_a_unit),
    "tokens": Picture("service-account", "ivo", at("service-account", "lims")),
    "persons": Picture("accounts", "ada", at("accounts")),
}
TUTORIAL = {  # name of the picture → name of the URL that is open where it stands
    "tutorial-system": "propose-new",
    "tutorial-check": "propose-new",
    "tutorial-mapping": "mapping-new",
    "tutorial-message": "messages",
    "tutorial-exception": "exceptions",
}


def are_wanted() -> bool:
    return os.environ.get("HUB_TEST_PICTURES") == "yes"


def take(name: str, page: Any, shows: str, height: int = SIZE["height"]) -> None:
    """Write the picture; what is open must be the page that the registry names."""
    assert resolve(urlsplit(page.url).path).url_name == shows, f"{name} shows {page.url}, not the page “{shows}”."
    if not are_wanted():
        return
    place = IMAGES / f"{name}.png"
    page.set_viewport_size({**SIZE, "height": height})
    page.emulate_media(color_scheme="light")
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=place, animations="disabled")
    shrink(place)
    assert place.stat().st_size < MOST_BYTES, f"{place.name} has {place.stat().st_size:,} bytes."
