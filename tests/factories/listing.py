"""A real HTTP system that lists its records two a page, and says from when on it was asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.factories.serving import serving

PAGE = 2


class Listing:
    """``GET /results?page=2&since=…``: ``rows`` that changed at or after ``since``, in the order they stand in."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []  # the parameters of each request
        self.url = ""

    def __enter__(self) -> Listing:
        self._serving = serving(lambda path, _: self.page(dict(parse_qsl(urlsplit(path).query))))
        self.url = self._serving.__enter__()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self._serving.__exit__(*exc_info)

    def add(self, *numbers: int) -> None:
        """Results with these numbers, each changed in the second of its number."""
        for number in numbers:
            changed = f"2026-01-01T00:00:{number:02}Z"
            self.rows.append({"sample": f"S-{number}", "lot": f"L-{number}", "verdict": "OK", "changed": changed})

    def page(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        self.asked.append(asked)
        found = [row for row in self.rows if row["changed"] >= asked.get("since", "")]
        start = (int(asked.get("page", 1)) - 1) * PAGE
        return found[start : start + PAGE]
