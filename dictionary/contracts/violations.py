"""What a JSON Schema validator finds, as sentences for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jsonschema_rs

from dictionary.values.errors import shown


class Violation(NamedTuple):
    """`path` is JSONPath ("$.lines[2].lot"), `value` an excerpt of what stands there, `rule` the schema's
    keyword."""

    path: str
    value: Any
    rule: str
    sentence: str


def violations(validator: Any, document: Any, most: int = 200) -> list[Violation]:
    """The first `most` violations of a compiled validator, in the order of the document's paths."""
    found = []
    for error in validator.iter_errors(document):
        found.append(violation(error))
        if len(found) == most:
            break
    return sorted(found, key=lambda one: (one.path, one.rule))


def violation(error: jsonschema_rs.ValidationError) -> Violation:
    path = as_path(error.instance_path)
    keyword = _keyword(error)
    return Violation(path, _excerpt(error.instance), keyword, _sentence(error, keyword, path))


def as_path(parts: list[str | int]) -> str:
    return "$" + "".join(_part(part) for part in parts)


def _part(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if part.isidentifier() else f"['{part}']"


def _excerpt(value: Any) -> Any:
    return shown(value) if isinstance(value, (dict, list)) else value if not isinstance(value, str) else value[:200]


def _keyword(error: jsonschema_rs.ValidationError) -> str:
    return str(error.schema_path[-1]) if error.schema_path else "schema"


def _sentence(error: jsonschema_rs.ValidationError, keyword: str, path: str) -> str:
    where = "the document" if path == "$" else f"field {path[2:] if path.startswith('$.') else path}"
    details = error.kind.as_dict() if hasattr(error.kind, "as_dict") else {}
    if keyword in _WORDS:
        return _WORDS[keyword](where, shown(error.instance), details)
    return f"The value {shown(error.instance)} of {where} is refused: {error.message}."


def _names(value: Any) -> str:
    names = value if isinstance(value, (list, tuple)) else [value]
    return ", ".join(f"'{name}'" for name in list(names)[:8])


def _missing(where: str, value: str, details: Mapping[str, Any]) -> str:
    return f"The field '{str(details.get('property', '')).strip(chr(34))}' is missing in {where}."


def _unknown(where: str, value: str, details: Mapping[str, Any]) -> str:
    return f"In {where}, {_names(details.get('unexpected', []))} is not a field of the contract."


def _type(where: str, value: str, details: Mapping[str, Any]) -> str:
    return f"The value {value} of {where} must be {_types(details.get('types') or details.get('type'))}."


def _types(types: Any) -> str:
    names = types if isinstance(types, (list, tuple)) else [types]
    return " or ".join(_TYPES.get(str(name), str(name)) for name in names)


def _said(ending: str, detail: str) -> Callable[[str, str, Mapping[str, Any]], str]:
    def sentence(where: str, value: str, details: Mapping[str, Any]) -> str:
        wanted = details.get(detail, "")
        text = _names(wanted) if isinstance(wanted, (list, tuple)) else wanted
        return f"The value {value} of {where} {ending.format(text)}."

    return sentence


_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_WORDS: dict[str, Callable[[str, str, Mapping[str, Any]], str]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "type": _type,
    "enum": _said("is not one of {}", "options"),
    "const": _said("must be {}", "expected_value"),
    "maxLength": _said("is longer than {} characters", "limit"),
    "minLength": _said("is shorter than {} characters", "limit"),
    "minimum": _said("is below {}", "limit"),
    "maximum": _said("is above {}", "limit"),
    "exclusiveMinimum": _said("must be above {}", "limit"),
    "exclusiveMaximum": _said("must be below {}", "limit"),
    "pattern": _said("does not match the pattern {}", "pattern"),
    "format": _said("is not a {}", "format"),
    "multipleOf": _said("is not a multiple of {}", "multiple_of"),
    "minItems": _said("has fewer than {} items", "limit"),
    "maxItems": _said("has more than {} items", "limit"),
}
