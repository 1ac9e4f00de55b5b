"""The picture of the overview in the README: taken here, never by hand.

``make picture`` writes docs/images/overview.png; every other run keeps its own copy in .test-output.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from governance.actors import DEMONSTRATION
from hub.services.grants import allow_role
from tests.factories.world import connection, interface, release
from tests.functional.busy import keep_a_day, push, system
from tests.functional.conftest import OUTPUT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

README = Path(__file__).resolve().parents[2] / "docs" / "images" / "overview.png"
SOUND = (
    ("IF-006", "Lots to the laboratory", "erp", "lims-rest", 310),
    ("IF-007", "Batches released", "mes", "wms-rest", 520),
)


def test_the_overview_looks_its_best(visit, busy):
    """Two interfaces without a fault stand beside the troubled ones, as on a common day."""
    _add_sound_ones(busy.target.url)
    seen = visit()
    seen.page.set_viewport_size({"width": 1440, "height": 1006})
    seen.page.goto(seen.url + reverse("overview"))
    expect(seen.page.locator("[data-updated]")).not_to_be_empty()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    place = README if os.environ.get("HUB_TEST_PICTURE") == "yes" else OUTPUT / "readme.png"
    seen.page.screenshot(path=place)
    assert not seen.errors
    assert place.stat().st_size > 50_000


def _add_sound_ones(target_url: str) -> None:
    release(
        system("wms", "Warehouse", "wms", 3),
        ("connection", {**connection(target_url), "key": "lims-rest", "system": "lims"}),
        ("connection", {**connection(target_url), "key": "wms-rest", "system": "wms"}),
        *(("interface", _sound(key, label, source, target)) for key, label, source, target, _ in SOUND),
    )
    for key, _, _, over, size in SOUND:
        allow_role(
            role="operator", permission="view_interface", interface_key=key, by=DEMONSTRATION, reason="For the picture"
        )
        keep_a_day(key, size, over=over)


def _sound(key: str, label: str, source: str, target: str) -> dict:
    route = {"key": "to", "connection": target, "sink": "results"}
    return interface(key=key, label=label, source=push(source), icd="ICD-0002", routes=[route], owner="Ivo Keller")
