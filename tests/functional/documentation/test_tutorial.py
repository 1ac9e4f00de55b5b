"""docs/tutorial/first-interface.md, from its first line to its last: a real hub, a browser and a terminal."""

from __future__ import annotations

import pytest

from tests.factories.processes import ROOT
from tests.functional.documentation.desk import Desk
from tests.functional.documentation.pictures import SIZE, TUTORIAL, take
from tests.functional.documentation.player import Player

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.req("M3.6")]

PAGE = ROOT / "docs" / "tutorial" / "first-interface.md"


@pytest.fixture
def desk(tmp_path):
    found = Desk(tmp_path)
    yield found
    found.leave()


def test_the_tutorial_is_true_from_its_first_line_to_its_last(browser, desk):
    page = browser.new_context(viewport=SIZE, reduced_motion="reduce").new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    player = Player(page, desk, lambda name, seen: take(name, seen, TUTORIAL[name]))
    player.play(PAGE.read_text(encoding="utf-8"))
    assert len(list((desk.folder / "archive" / "results").glob("*.json"))) == 1
    assert not errors
