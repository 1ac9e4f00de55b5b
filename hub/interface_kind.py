"""The controlled kind "interface": its content, what it refers to, and what must hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from connectors.errors import Unsupported
from connectors.offers import unopened
from governance.changes.kinds import Content, Description, Effective, Kind, Reference
from governance.changes.schema import sentences
from governance.changes.weighing.graph import Edge
from hub import objectives
from hub.documents import proof
from hub.documents.agreement import undocumented
from hub.interface_parts import Parts, source_document
from hub.models import Interface

_KEY = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9._-]{0,158}$"}

_ROUTE_KEY = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9._-]{0,39}$"}  # it is part of our key at the target

ROUTE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "connection", "sink"],
    "properties": {
        "key": _ROUTE_KEY,
        "label": {"type": "string", "maxLength": 160},
        "connection": {"type": "string"},
        "sink": {"type": "string"},
        "mapping": {"type": "string"},
        "after": {"type": "array", "items": _ROUTE_KEY, "uniqueItems": True, "maxItems": 8},
        "when": {"type": "string", "maxLength": 1000},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "label", "owner", "source", "icd", "routes"],
    "properties": {
        "key": _KEY,
        "label": {"type": "string", "minLength": 1, "maxLength": 160},
        "description": {"type": "string"},
        "owner": {"type": "string", "minLength": 1, "maxLength": 160},
        "stage": {"enum": list(proof.STAGES)},
        "criticality": {"enum": ["low", "medium", "high", "critical"]},
        "gxp": {"type": "boolean"},
        "data_class": {"enum": ["public", "internal", "confidential", "personal"]},
        "source": {
            "type": "object",
            "additionalProperties": False,
            "required": ["system", "mode"],
            "properties": {
                "system": {"type": "string"},
                "mode": {"enum": ["push", "poll"]},
                "connection": {"type": "string"},
                "stream": {"type": "string"},
                "every_seconds": {"type": "integer", "minimum": 1, "maximum": 86400},
            },
        },
        "icd": {"type": "string"},
        "mapping": {"type": "string"},
        "routes": {"type": "array", "items": ROUTE, "minItems": 1, "maxItems": 32},
        "retry": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "base_seconds": {"type": "integer", "minimum": 1, "maximum": 3600},
                "cap_seconds": {"type": "integer", "minimum": 1, "maximum": 86400},
                "max_attempts": {"type": "integer", "minimum": 1, "maximum": 1000},
                "max_age_hours": {"type": "integer", "minimum": 1, "maximum": 8760},
            },
        },
        "objective": objectives.SCHEMA,
        "runbook": {"type": "string", "maxLength": 20_000},
        "tap": {"type": "boolean"},
    },
}


class InterfaceKind(Kind):
    name: ClassVar[str] = "interface"
    label: ClassVar[str] = "Interface"
    model = Interface
    links: ClassVar[dict[str, str]] = {
        "source.system": "system",
        "source.connection": "connection",
        "icd": "icd",
        "mapping": "mapping",
        "routes.connection": "connection",
        "routes.mapping": "mapping",
    }

    def schema(self, content: Content) -> Content:
        return SCHEMA

    def validate(self, content: Content) -> list[str]:
        return sentences(SCHEMA, content) or _source_problems(content) + _route_problems(content)

    def references(self, content: Content) -> set[Reference]:
        source = content["source"]
        found = {("system", source["system"]), ("icd", content["icd"])}
        found |= {("connection", source["connection"])} if source.get("connection") else set()
        found |= {("mapping", content["mapping"])} if content.get("mapping") else set()
        for route in content["routes"]:
            found.add(("connection", route["connection"]))
            found |= {("mapping", route["mapping"])} if route.get("mapping") else set()
        return found

    def dependencies(self, content: Content, effective: Effective) -> Iterator[Edge]:
        """With every field that flows through it."""
        yield from super().dependencies(content, effective)
        yield from Parts(content, effective).edges()

    def descriptions(self, content: Content, effective: Effective) -> Iterator[Description]:
        """What its agreement says of the source's document."""
        icd = effective.content("icd", content["icd"])
        if icd is not None:
            yield Description(content["source"]["system"], source_document(content), icd["schema"])

    def validate_within(self, content: Content, effective: Effective) -> list[str]:
        return [
            *_excluded_systems(content, effective),
            *_directions(content, effective),
            *_unknown_ends(content, effective),
            *undocumented(content, effective),
        ]


def _source_problems(content: Content) -> list[str]:
    source = content["source"]
    if source["mode"] == "poll":
        missing = [name for name in ("connection", "stream", "every_seconds") if not source.get(name)]
        return [f"The field 'source.{name}' is missing; an interface that polls needs it." for name in missing]
    surplus = [name for name in ("connection", "stream", "every_seconds") if source.get(name)]
    return [f"The field 'source.{name}' has no meaning where systems push." for name in surplus]


def _route_problems(content: Content) -> list[str]:
    keys = [route["key"] for route in content["routes"]]
    found = [f"The route {key!r} stands twice." for key in sorted({key for key in keys if keys.count(key) > 1})]
    for route in content["routes"]:
        for earlier in route.get("after", []):
            if earlier not in keys or earlier == route["key"]:
                found.append(f"The route {route['key']!r} waits for {earlier!r}, which is no other route of it.")
    return found or _circle(content)


def _circle(content: Content) -> list[str]:
    waiting = {route["key"]: set(route.get("after", [])) for route in content["routes"]}
    while True:
        ready = {key for key, after in waiting.items() if not after & waiting.keys()}
        if not ready:
            break
        waiting = {key: after for key, after in waiting.items() if key not in ready}
    return [f"The routes {', '.join(sorted(waiting))} wait for each other."] if waiting else []


def _excluded_systems(content: Content, effective: Effective) -> list[str]:
    keys = {content["source"]["system"]}
    for route in content["routes"]:
        keys.add((effective.content("connection", route["connection"]) or {}).get("system", ""))
    found = []
    for key in sorted(keys - {""}):
        reason = (effective.content("system", key) or {}).get("excluded_because")
        if reason:
            found.append(f"The system {key!r} is out of scope and cannot be used: {reason}")
    return found


def _directions(content: Content, effective: Effective) -> list[str]:
    wanted = [(content["mapping"], "to_canonical")] if content.get("mapping") else []
    wanted += [(route["mapping"], "to_target") for route in content["routes"] if route.get("mapping")]
    found = []
    for key, direction in wanted:
        actual = (effective.content("mapping", key) or {}).get("direction")
        if actual != direction:
            found.append(f"The mapping {key!r} goes {actual}; here one is needed that goes {direction}.")
    return found


def _unknown_ends(content: Content, effective: Effective) -> list[str]:
    """Streams and sinks that the connector does not offer with these settings."""
    ends = [("sink", route["connection"], route["sink"]) for route in content["routes"]]
    source = content["source"]
    if source.get("connection"):
        ends.append(("stream", source["connection"], source["stream"]))
    found = []
    for what, connection, name in ends:
        held = effective.content("connection", connection) or {}
        try:
            getattr(unopened(held["connector"], held["settings"]), what)(name)
        except Unsupported as error:
            found.append(error.message)
    return found
