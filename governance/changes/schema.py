"""JSON Schema violations as sentences that name field, value and rule."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs


def sentences(schema: dict[str, Any], content: Any) -> list[str]:
    """One sentence a violation, none where the content keeps the schema (JSON Schema 2020-12)."""
    return [_sentence(error) for error in _validator(json.dumps(schema, sort_keys=True)).iter_errors(content)]


@cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(schema))


def _sentence(error: Any) -> str:
    place = [str(part) for part in error.instance_path]
    if error.kind.name == "required":
        return f"The field '{'.'.join([*place, error.kind.property])}' is missing."
    path = ".".join(place) or "content"
    return f"The field '{path}' breaks a rule: {error.message}."
