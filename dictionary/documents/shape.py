"""The parts of a document that are for people, as JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string", "maxLength": 8000}
_LINE = {"type": "string", "minLength": 1, "maxLength": 300}


def _rows(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    item = {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}
    return {"type": "array", "maxItems": 50, "items": item}


_SECTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["section", "title", "rows"],
    "properties": {
        "section": _LINE,
        "title": _LINE,
        "rows": _rows(("name", "value"), name=_LINE, value={"type": "string", "maxLength": 100_000})
        | {"maxItems": 2000},
    },
}
DOCUMENT: dict[str, Any] = {
    "interfaces": {
        "type": "array",
        "maxItems": 50,
        "uniqueItems": True,
        "items": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9._-]{0,158}$"},
        "description": "Keys of the interfaces that this document describes, one a line.",
    },
    "purpose": {**_TEXT, "description": "What the interface is for, and what happens where it fails."},
    "owners": {
        **_rows(("side", "name"), side=_LINE, name=_LINE, contact=_LINE),
        "description": "Who answers for each side, and how they are reached.",
    },
    "message_formats": {**_TEXT, "description": "What the schema cannot say: encoding, volumes, an example."},
    "transport": {**_TEXT, "description": "What the connections cannot say: networks, windows, maintenance."},
    "error_handling": {**_TEXT, "description": "What each side does with what it refuses or cannot reach."},
    "escalation": {
        **_rows(("after", "who", "contact"), after=_LINE, who=_LINE, contact=_LINE),
        "description": "Who is called after how long, in this order.",
    },
    "service_level": {**_TEXT, "description": "What both sides agreed on: hours, response, volumes."},
    "security": {**_TEXT, "description": "Who may send and read, how they prove it, how data is protected."},
    "guarantees": {**_TEXT, "description": "What the guarantee of each route means for the people at both ends."},
    "generated": {
        "type": "object",
        "readOnly": True,
        "description": "What follows from the configuration, by interface, as it was agreed; the hub writes it.",
        "additionalProperties": {"type": "array", "maxItems": 200, "items": _SECTION},
    },
}
