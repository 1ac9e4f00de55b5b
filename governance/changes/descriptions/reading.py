"""The text of an API description, as JSON or YAML: bounded, strict, and without characters that mislead a reader."""

from __future__ import annotations

import json
import unicodedata
from typing import Any, NoReturn

from governance.errors import NOT_SHOWN, Refused
from governance.shapes.text import check_text, loaded
from governance.text import MISLEADING

LARGEST = 2_000_000  # characters of JSON
LARGEST_YAML = 150_000  # characters: YAML is read a hundred times slower
DEEPEST = 100  # levels


def document(text: str, field: str) -> dict[str, Any]:
    """What the text describes. Raises Refused, with a sentence for whoever uploaded it."""
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise refused(field, "It is empty.", rule="JSON or YAML")
    found = _json(text, field) if text[0] in "{[" else _yaml(text, field)
    check(found, field)
    if not isinstance(found, dict):
        raise refused(field, "It is no object with named members, so it describes nothing.", rule="an object")
    return found


def check(found: Any, field: str) -> None:
    """Depth and characters of what was read. Raises Refused."""
    try:
        check_text(found)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise refused(field, f"It cannot be taken: {why}.", rule="text without NUL") from None
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise refused(field, f"It is nested more than {DEEPEST} levels deep.", rule=f"≤ {DEEPEST} levels")
        if isinstance(value, dict):
            for name in value:
                _check_name(name, field)
            waiting += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]


def refused(field: str, sentence: str, *, rule: str) -> Refused:
    return Refused(sentence, field=field, value=NOT_SHOWN, rule=rule)


def _check_name(name: str, field: str) -> None:
    if MISLEADING.intersection(name) or any(unicodedata.category(character) == "Cc" for character in name):
        shown = name.encode("ascii", "backslashreplace").decode()[:60]
        sentence = f"The name {shown!r} holds a control character that hides or turns around what is read."
        raise refused(field, sentence, rule="names without controls")
    if not unicodedata.is_normalized("NFC", name):
        shown = name.encode("ascii", "backslashreplace").decode()[:60]
        raise refused(field, f"The name {shown!r} is not in Unicode normalisation form C.", rule="NFC")


def _yaml(text: str, field: str) -> Any:
    if len(text) > LARGEST_YAML:
        sentence = f"It has {len(text):,} characters; at most {LARGEST_YAML:,} of YAML are taken. Send it as JSON."
        raise refused(field, sentence, rule=f"≤ {LARGEST_YAML} characters of YAML")
    return loaded(text, field)


def _json(text: str, field: str) -> Any:
    if len(text) > LARGEST:
        sentence = f"It has {len(text):,} characters; at most {LARGEST:,} of JSON are taken ({LARGEST_YAML:,} of YAML)."
        raise refused(field, sentence, rule=f"≤ {LARGEST} characters")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise refused(field, f"The name {twice[:60]!r} stands twice in one object.", rule="each name once")
        return made

    def no_constant(name: str) -> NoReturn:
        raise refused(field, f"It holds {name}, which is no JSON number.", rule="JSON, RFC 8259")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=no_constant, parse_float=str)
    except json.JSONDecodeError as error:
        sentence = f"It stops being JSON in line {error.lineno}, column {error.colno}."
        raise refused(field, sentence, rule="JSON, RFC 8259") from None
    except (ValueError, RecursionError):
        sentence = "It nests too deeply, or holds a number that is too long."
        raise refused(field, sentence, rule="JSON, RFC 8259") from None
