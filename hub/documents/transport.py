"""A connection in words: how a system is reached, and what one stream or sink of it is; no secret. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from connectors.base import Connector
from connectors.errors import ConnectorError
from connectors.offers import unopened
from connectors.registry import registry
from dictionary.documents import named

Content = Mapping[str, Any]
ADDRESS = ("base_url", "url", "host", "port", "engine", "database", "folder", "store")  # of any connector, in order


def rows(connection: Content, system: Content) -> dict[str, str]:
    """Where it is, what speaks to it, and which credentials it takes, by their names alone."""
    connector, settings = connection.get("connector", ""), connection.get("settings", {})
    return {
        named.SYSTEM: named.named(system),
        "Connection": str(connection.get("key", "")),
        "Connector": registry[connector].label if connector in registry else str(connector),
        "Address": ", ".join(_address(name, settings[name]) for name in ADDRESS if settings.get(name)),
        "Credentials": ", ".join(sorted(connection.get("credentials", {}))) or "none",
    }


def part(connection: Content, group: str, name: str) -> str:
    """What the settings say of one stream or sink ("streams", "sinks"): format, folder, table, path, keys."""
    offered = connection.get("settings", {}).get(group, {})
    if isinstance(offered, Mapping):
        found = offered.get(name)
    else:
        found = next((one for one in offered if isinstance(one, Mapping) and one.get("name") == name), None)
    if not isinstance(found, Mapping):
        return "as its connector defines it"
    words = sorted(found.keys() - {"name"})
    return "; ".join(f"{word.replace('_', ' ')} {_said(found[word])}" for word in words)


def opened(connection: Content) -> Connector | None:
    """The connector without a session; None where its settings cannot be read."""
    try:
        return unopened(connection["connector"], connection["settings"])
    except (ConnectorError, KeyError):
        return None


def _address(name: str, value: Any) -> str:
    if name in ("base_url", "url"):
        parts = urlsplit(str(value))
        host = parts.netloc.rpartition("@")[2]  # no user and no password, whoever wrote them there
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    return f"{name} {value}"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{one} {_said(value[one])}" for one in sorted(value))
    if isinstance(value, list | tuple):
        return ", ".join(_said(one) for one in value)
    text = str(value)
    return text if text.strip() and not {";", ","} & set(text) else f"“{text}”"  # a delimiter stays one
