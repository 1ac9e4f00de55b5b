"""The real Tryton and Roundup for tests: a fresh home of the installed landscape, each behind a proxy.

Skips with a sentence where the landscape is not installed; ``HUB_TEST_LANDSCAPE=required`` makes that a
failure.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "deploy" / "landscape"
INSTALLED = ROOT / ".landscape" / "templates" / "complete"
ABSENT = "the landscape is not installed: run make landscape"


@dataclass(frozen=True)
class Landscape:
    """A running home. ``tryton`` and ``roundup`` are proxies, which can lose answers or make them up."""

    home: Path
    state: dict[str, Any]
    tryton: Any
    roundup: Any

    def run(self, program: str, *arguments: str) -> str:
        command = [sys.executable, PROGRAMS / f"{program}.py", "--home", self.home, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout

    def inspect(self, lot: str, *arguments: str) -> dict[str, Any]:
        """An inspection by Tryton's inspector; without more it fails and opens an alert."""
        return json.loads(self.run("inspect_lot", lot, *arguments))

    def stands(self) -> dict[str, list[dict]]:
        """What both systems hold, asked without the hub and without the proxies."""
        return json.loads(self.run("show"))


@contextmanager
def running() -> Iterator[Landscape]:
    _wanted()
    home = ROOT / ".landscape" / f"test-{os.getpid()}"
    proxies = []
    try:
        found = Landscape(home, {}, *(_proxy(proxies) for _ in range(2)))
        found.run("reset")
        address = f"http://127.0.0.1:{found.roundup.server_port}/quality"
        ports = ["--tryton-port", "0", "--roundup-port", "0", "--roundup-address", address]
        found.state.update(json.loads(found.run("start", *ports)))
        found.tryton.point_at(found.state["tryton"]["url"])
        found.roundup.point_at(found.state["roundup"]["direct_url"])
        yield found
    finally:
        remove = [sys.executable, PROGRAMS / "reset.py", "--remove", "--home", home]
        subprocess.run(remove, check=True, capture_output=True)
        for proxy, thread in proxies:
            proxy.shutdown()
            thread.join()
            proxy.server_close()


def _wanted() -> None:
    if INSTALLED.exists():
        return
    if os.environ.get("HUB_TEST_LANDSCAPE") == "required":
        pytest.fail(ABSENT)
    pytest.skip(ABSENT)


def _proxy(started: list) -> Any:
    proxy = _program("proxy").Proxy(0, "http://127.0.0.1:9")
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    started.append((proxy, thread))
    return proxy


@cache
def _program(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"landscape_{name}", PROGRAMS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
