"""JSON as the API reads it: strict, with a sentence of our own for what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser

from governance.errors import MISSING, NOT_SHOWN, Refused

DEEPEST = 100


class NotReadable(Refused):
    """The body is no JSON."""

    status = 400
    code = "unreadable"


class TooLarge(Refused):
    status = 413
    code = "too_large"


class NoLength(Refused):
    """A body whose end nobody announced: the web server hands it on as if it were empty."""

    status = 411
    code = "length_required"


def check_length(headers: Mapping[str, str]) -> None:
    """Refuses a chunked body, before a field of it is called missing."""
    if "chunked" in headers.get("Transfer-Encoding", "").lower() and not headers.get("Content-Length"):
        sentence = "Send the length of the body; chunked bodies are not taken here."
        raise NoLength(sentence, field="Content-Length", value=MISSING, rule="required")


class StrictJson(BaseParser):
    """RFC 8259 in UTF-8: no name twice, no NaN, nothing that no database keeps (NUL, half a surrogate pair)."""

    media_type = "application/json"
    number: Callable[[str], Any] = float

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        limit = settings.HUB_MAX_BODY_BYTES
        body = stream.read(limit + 1)
        if len(body) > limit:
            sentence = f"The body is larger than the {limit} bytes that this door takes."
            raise TooLarge(sentence, field="Content-Length", value=f"> {limit}", rule=f"≤ {limit}")
        return read(body, number=type(self).number)


class ExactJson(StrictJson):
    """Numbers with a fraction keep their digits: for records, whose numbers carry meaning."""

    number = Decimal


def read(body: bytes, *, number: Callable[[str], Any] = float) -> Any:
    """The value that the body holds. Raises NotReadable, and Refused (422) for text that cannot be kept."""
    try:
        text = body.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=number)
    except UnicodeDecodeError as error:
        raise _unreadable(f"it is no UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise _unreadable(f"it stops being JSON in line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError):
        raise _unreadable("it nests too deeply, or holds a number that is too long") from None
    for path, text in _texts(found, "", 0):
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            sentence = f"The text at {path!r} holds a character that cannot be kept: NUL, or half a surrogate pair."
            raise Refused(sentence, field=path, value=NOT_SHOWN, rule="Unicode text without NUL")
    return found


def _unreadable(why: str) -> NotReadable:
    return NotReadable(f"The body cannot be read: {why}.", field="body", value=NOT_SHOWN, rule="JSON, RFC 8259")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _unreadable("a name stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _unreadable(f"{name} is no JSON number")


def _texts(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every name and text with where it stands."""
    if depth > DEEPEST:
        raise _unreadable(f"it nests more than {DEEPEST} levels deep")
    if isinstance(value, str):
        yield path or "body", value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield path or "body", name
            yield from _texts(inner, f"{path}.{_shown(name)}" if path else _shown(name), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{index}]", depth + 1)


def _shown(name: str) -> str:
    return name[:60].encode("ascii", "backslashreplace").decode()
