"""The generated part of a document: what the configuration says of one interface, in sections of named rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import ConnectorError
from dictionary.documents import named
from dictionary.documents.parts import Section, section
from governance.changes.kinds import Effective
from hub.documents import fields, transport
from hub.flow.runtime import RetryPolicy

Content = Mapping[str, Any]
GUARANTEES = {
    "native": "Native: the target recognises a repeat by our key, so what is in doubt is sent again.",
    "probe": "Probe: the target is asked whether it holds the record before it is sent again.",
    "none": "None: the target can neither recognise a repeat nor be asked; two persons decide what is in doubt.",
    "unknown": "Unknown: the connector does not say.",
}
DEFAULT = "the default of this hub"


def of(content: Content, effective: Effective) -> list[Section]:
    """All sections of an interface with this content, in the order in which they are read."""
    return [
        section("parties", "What it connects", _parties(content, effective)),
        section("arrival", "How records arrive", _arrival(content, effective)),
        *_mapped("arrival_fields", "What is made of them", content.get("mapping"), effective),
        *(part for route in content["routes"] for part in _route(route, effective)),
        section("errors", "When something fails", _errors(content)),
        section("level", "Service level", _level(content)),
        section("protection", "Protection", _protection(content)),
    ]


def _parties(content: Content, effective: Effective) -> dict[str, str]:
    targets = [_system(route["connection"], effective) for route in content["routes"]]
    names = dict.fromkeys(named.named(one) for one in targets if one)
    source = effective.content("system", content["source"]["system"]) or {}
    return {
        named.FROM: named.named({**source, "key": content["source"]["system"]}),
        named.TO: ", ".join(names),
        "Owner": content["owner"],
        "Criticality": content.get("criticality", "medium"),
        "GxP": "yes" if content.get("gxp") else "no",
        "Stage": content.get("stage", "test"),
    }


def _arrival(content: Content, effective: Effective) -> dict[str, str]:
    source = content["source"]
    if source["mode"] == "push":
        return {
            "Direction": "The source pushes.",
            "Door": f"POST /api/v1/interfaces/{content['key']}/messages, over HTTPS in production",
            "Formats": "JSON: one CloudEvent 1.0, a batch of them, or one plain record with an Idempotency-Key",
            "Proof": "Bearer token of a service account that was given this interface",
            "Answer": "202 once it is stored; a repeat is answered as the first was, other content is 409",
        }
    connection = effective.content("connection", source["connection"]) or {}
    return {
        "Direction": "The hub reads.",
        **transport.rows(connection, _system(source["connection"], effective)),
        "Stream": source["stream"],
        "Stream, as set": transport.part(connection, "streams", source["stream"]),
        "Rate": f"a reading every {source['every_seconds']} s",
    }


def _route(route: Content, effective: Effective) -> list[Section]:
    connection = effective.content("connection", route["connection"]) or {}
    title = f"Route {route['key']}"
    told = {
        **transport.rows(connection, _system(route["connection"], effective)),
        "Sink": route["sink"],
        "Sink, as set": transport.part(connection, "sinks", route["sink"]),
        **_promise(connection, route["sink"]),
        "After": ", ".join(route.get("after", ())),
        "Only when": route.get("when", ""),
        "Mapping": route.get("mapping", "") or "canonical, as it is",
    }
    return [
        section(f"route.{route['key']}", title, told),
        *_mapped(f"route_fields.{route['key']}", f"{title}, what is sent", route.get("mapping"), effective),
    ]


def _promise(connection: Content, sink: str) -> dict[str, str]:
    """What holds when an answer is lost, and how many records are under way at a time."""
    opened = transport.opened(connection)
    try:
        found = opened.sink(sink) if opened else None
    except ConnectorError:
        found = None
    if found is None:
        return {"Guarantee": GUARANTEES["unknown"]}
    return {
        "Guarantee": GUARANTEES[str(found.guarantee())],
        "Records at a time": str(found.at_once),
        "A doubt is settled after": f"{found.settles_in:g} s" if found.settles_in else "",
    }


def _mapped(name: str, title: str, key: str | None, effective: Effective) -> list[Section]:
    mapping = effective.content("mapping", key) if key else None
    if mapping is None:
        return []
    units = _units(mapping, effective) if mapping["direction"] == "to_canonical" else {}
    rows = {"Entity": mapping["entity"], "By the mapping": mapping["key"], **fields.rows(mapping, units)}
    return [section(name, title, rows)]


def _units(mapping: Content, effective: Effective) -> dict[str, str]:
    """Canonical field → unit and digits of its element."""
    entity = effective.content("entity", mapping["entity"]) or {}
    found = {}
    for field in entity.get("fields", ()):
        element = effective.content("element", field["element"]) or {}
        if element.get("unit"):
            digits = element.get("digits")
            found[field["name"]] = element["unit"] + (f" with {digits} digits" if digits is not None else "")
    return found


def _errors(content: Content) -> dict[str, str]:
    policy, own = RetryPolicy.of(content.get("retry", {})), content.get("retry", {})

    def said(name: str, text: str) -> str:
        return text if name in own else f"{text} ({DEFAULT})"

    return {
        "First wait": said("base_seconds", f"{policy.base.total_seconds():g} s"),
        "Longest wait": said("cap_seconds", f"{policy.cap.total_seconds():g} s"),
        "Tries": said("max_attempts", str(policy.attempts)),
        "Given up after": said("max_age_hours", f"{policy.age.total_seconds() / 3600:g} h"),
        "A record that breaks the schema": "refused at the door with field and rule (422), or kept in quarantine",
        "A record that the target refuses": "kept as a dead letter with its reason, until a person decides",
        "Runbook": content.get("runbook", ""),
    }


def _level(content: Content) -> dict[str, str]:
    own = content.get("objective", {})
    return {
        "Accepted to delivered, 95 of 100": f"within {own['p95_ms']} ms" if "p95_ms" in own else DEFAULT,
        "Delivered at the first try": f"{own['first_try_percent']} %" if "first_try_percent" in own else DEFAULT,
        "Backlog": f"at most {own['backlog']} deliveries" if "backlog" in own else DEFAULT,
    }


def _protection(content: Content) -> dict[str, str]:
    return {
        "Data class": content.get("data_class", "internal"),
        "Exchanges are recorded": "all of them, without secrets" if content.get("tap") else "those that failed",
    }


def _system(connection: str, effective: Effective) -> Content:
    held = effective.content("connection", connection) or {}
    return effective.content("system", held.get("system", "")) or {}
