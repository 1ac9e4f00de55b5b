"""The controlled kind "connection"."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar

from connectors import configuration, credentials
from connectors.errors import ConnectorError
from connectors.models import Connection
from connectors.registry import registry
from connectors.schema import describe
from governance.changes.kinds import Content, Effective, Kind, Reference
from governance.changes.schema import sentences
from governance.changes.weighing.graph import Facts

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "label", "system", "connector", "settings"],
    "properties": {
        "key": {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,62}$"},
        "label": {"type": "string", "minLength": 1, "maxLength": 160},
        "description": {"type": "string"},
        "system": {"type": "string"},
        "connector": {"type": "string"},
        "settings": {"type": "object"},
        "credentials": {
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": "^(env|file|secret):.+"},
        },
    },
}


class ConnectionKind(Kind):
    name: ClassVar[str] = "connection"
    label: ClassVar[str] = "Connection"
    model = Connection
    links: ClassVar[dict[str, str]] = {"system": "system"}
    shaped_by: ClassVar[str] = "connector"

    def detectability(self, content: Content) -> str:
        """A connection that is wrong stops the work at once."""
        return "high"

    def schema(self, content: Content) -> Content:
        """With the settings and credentials of the connector that the draft names."""
        parts = {**SCHEMA["properties"], "connector": {"enum": sorted(one.key for one in registry)}}
        named = content.get("connector")
        if isinstance(named, str) and named in registry:  # a draft may hold anything
            connector = registry[named]
            parts |= {"settings": describe(connector.Settings), "credentials": _references(connector.Credentials)}
        else:
            parts |= {"settings": {"type": "object"}}
        return {**SCHEMA, "properties": parts}

    def validate(self, content: Content) -> list[str]:
        broken = sentences(SCHEMA, content)
        return broken or _settings_problems(content) + _credential_problems(content)

    def references(self, content: Content) -> set[Reference]:
        return {("system", content["system"])}

    def facts(self, content: Content, effective: Effective) -> Facts:
        """As those of its system, whose owner answers for the way into it."""
        system = effective.content("system", content["system"])
        own = super().facts(content, effective)
        if system is None:
            return own
        return Facts(own.label, system.get("owner", ""), system.get("criticality", ""), system.get("gxp") is True)


def _references(credentials: type) -> Content:
    """Each credential as a text that says where its value is kept."""
    named = {
        spec.name: {"type": "string", "description": spec.metadata.get("help", "")} for spec in fields(credentials)
    }
    return {"type": "object", "additionalProperties": False, "properties": named}


def _credential_problems(content: Content) -> list[str]:
    """References that no installation follows; whether something stands behind the others shows when it is opened."""
    given = content.get("credentials", {})
    return [problem for name, reference in given.items() if (problem := credentials.misdirected(name, reference))]


def _settings_problems(content: Content) -> list[str]:
    """What the connector itself says of the settings."""
    if content["connector"] not in registry:
        names = ", ".join(sorted(connector.key for connector in registry))
        return [f"The field 'connector' is {content['connector']!r}; installed are: {names}."]
    try:
        configuration.load(registry[content["connector"]].Settings, content["settings"])
    except ConnectorError as error:
        return [error.message]
    return []
