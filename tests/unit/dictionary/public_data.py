"""Where the public records lie that some gates use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


def public(*parts: str) -> Path:
    """A file or folder of HUB_TEST_DATA; skips the test, with the reason, where it is absent."""
    root = Path(os.environ.get("HUB_TEST_DATA", REPOSITORY / ".." / "shared" / "data"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"HUB_TEST_DATA has no {'/'.join(parts)} (looked in {root})")
    return path
