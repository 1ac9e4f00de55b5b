"""A wire tap for tests."""

from __future__ import annotations

from collections.abc import Callable

from connectors.records import Exchange, Heard


def listening(seen: list[Exchange]) -> Callable[[Heard], None]:
    """Keeps every exchange, redacted."""
    return lambda heard: seen.append(heard.exchange())
