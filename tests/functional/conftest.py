"""A real headless Chromium on the live server, signed in, with every console and policy error collected."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.factories.target import Target
from tests.functional.busy import make_busy

CHROMIUM = "/usr/bin/chromium"
OUTPUT = Path(__file__).resolve().parent.parent.parent / ".test-output" / "screens"
WIDTHS = (1440, 390)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium these tests are skipped, and say so."""
    missing = pytest.mark.skip(reason=f"Chromium is not installed: there is no {CHROMIUM}")
    for item in items:
        if "/functional/" in str(item.path) and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            if not shutil.which(CHROMIUM):
                item.add_marker(missing)


@pytest.fixture(scope="session")
def target_port() -> int:
    """Below the ports that the system gives to whoever asks for any: nobody takes it between two tests."""
    for port in range(20000 + os.getpid() % 5000, 30000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("No port is free.")


@pytest.fixture
def target(target_port: int) -> Iterator[Target]:
    """It stands at the same address in every test, so that a prepared hub can be copied."""
    with Target(target_port) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One a module, for it takes a second to start.

    Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    """
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield running
        running.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def browser(db, chromium) -> Iterator[Any]:
    """Chromium without a page open, and without one when the test is over: before its rows go."""
    yield chromium
    for context in list(chromium.contexts):
        context.close()


@pytest.fixture
def busy(transactional_db, world) -> SimpleNamespace:
    return make_busy(world)


@pytest.fixture
def visit(browser, busy, live_server):
    """Open pages as one of the cast; ``errors`` holds what a page complained about."""

    def opened(
        name: str = "olga", *, theme: str = "light", width: int = 1440, scripts: bool = True, workers: str = "block"
    ) -> SimpleNamespace:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
            service_workers=workers,
        )
        context.add_cookies([{**session_of(getattr(busy.cast, name)), "url": live_server.url}])
        page, errors = context.new_page(), []
        page.on("console", lambda note: errors.append(note.text) if _is_complaint(note) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return SimpleNamespace(page=page, errors=errors, url=live_server.url, context=context)

    return opened


def _is_complaint(note: Any) -> bool:
    """A worker that the browser was told to block is none."""
    return note.type in ("error", "warning") and "registration blocked by Playwright" not in note.text


def session_of(person: Any) -> dict[str, str]:
    """A signed-in session's cookie."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
