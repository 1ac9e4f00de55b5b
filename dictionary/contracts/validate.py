"""Documents against schemas, by validators that are compiled once for each schema."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

import jsonschema_rs

from dictionary.contracts.violations import Violation, violations
from dictionary.values.json import dumps

CACHED = 512

_validators: OrderedDict[str, Any] = OrderedDict()
_lock = Lock()


class SchemaRefused(ValueError):
    """The schema itself is not JSON Schema 2020-12; the message says where."""


def schema_hash(schema: Mapping[str, Any]) -> str:
    """SHA-256 of the schema's sorted JSON, in hex: the key under which its validator is kept."""
    return hashlib.sha256(dumps(schema)).hexdigest()


def validator(schema: Mapping[str, Any], key: str = "") -> Any:
    """The compiled validator; give the `key` (the schema's hash) where it is known, to save hashing. Raises
    SchemaRefused.

    Formats are checked; patterns run on an engine without backtracking; nothing is fetched from outside.
    """
    key = key or schema_hash(schema)
    with _lock:
        if key in _validators:
            _validators.move_to_end(key)
            return _validators[key]
    compiled = _compiled(schema)
    with _lock:
        _validators[key] = compiled
        if len(_validators) > CACHED:
            _validators.popitem(last=False)
    return compiled


def check(document: Any, schema: Mapping[str, Any], key: str = "") -> list[Violation]:
    """Every violation of the schema, none for a valid document. A valid document costs one quick pass."""
    compiled = validator(schema, key)
    return [] if compiled.is_valid(document) else violations(compiled, document)


def _compiled(schema: Mapping[str, Any]) -> Any:
    try:
        return jsonschema_rs.Draft202012Validator(
            dict(schema), validate_formats=True, offline=True, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        reason = str(error).strip() or type(error).__name__
        raise SchemaRefused(f"The schema is not JSON Schema 2020-12: {reason.splitlines()[0]}.") from None
