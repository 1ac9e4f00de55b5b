"""Regular expressions that always end: Rust's engine through JSON Schema, linear in the text, no
backtracking."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import jsonschema_rs


@cache
def matcher(pattern: str) -> Callable[[str], bool] | None:
    """A test whether a whole text matches, or None for no pattern. Raises ValueError for a bad pattern."""
    if not pattern:
        return None
    schema = {"type": "string", "pattern": anchored(pattern)}
    return jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions()).is_valid


def anchored(pattern: str) -> str:
    return f"^(?:{pattern})$"


def pattern_problem(pattern: str) -> str | None:
    try:
        matcher(pattern)
    except (ValueError, jsonschema_rs.ValidationError):
        return f"the pattern '{pattern}' is not a regular expression without look-around and back-references"
    return None
