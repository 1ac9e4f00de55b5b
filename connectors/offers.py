"""What a connection would offer, without opening it: its streams and sinks, some of them configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors import configuration
from connectors.base import Connector
from connectors.registry import registry


def unopened(key: str, settings: Mapping[str, Any]) -> Connector:
    """A connector without credentials: it can name its streams and sinks, and say what they guarantee."""
    kind = registry[key]
    return kind(configuration.load(kind.Settings, settings))
