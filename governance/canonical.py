"""What is hashed and signed has one spelling: canonical JSON (RFC 8785) of strictly checked content. Pure.

Python's sorted ``json.dumps`` is not RFC 8785. Floats are refused (a number that carries meaning is text), big
integers and decimals become text before they come here, text is NFC.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from decimal import Decimal
from typing import Any

import rfc8785

from governance.errors import Refused

LARGEST_INTEGER = 2**53 - 1  # I-JSON, RFC 7493 section 2.2


class NotCanonical(Refused, ValueError):
    """Content that has no one spelling: nothing can be signed or hashed of it."""

    code = "not_canonical"


def canonical(content: Any) -> bytes:
    """RFC 8785 bytes. Raises NotCanonical for a float, a big integer or text that is not NFC."""
    checked = plain(content)
    quick = json.dumps(checked, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return quick.encode() if quick.isascii() else rfc8785.dumps(checked)  # only other characters sort differently


def digest(content: Any) -> str:
    """``sha256:hex`` of the canonical bytes."""
    return digest_of_bytes(canonical(content))


def digest_of_bytes(data: bytes) -> str:
    """``sha256:hex``: the algorithm is named, so that it can change."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def plain(content: Any) -> Any:
    """JSON-able content with decimals as text; refuses what would not come back the same."""
    match content:
        case None | bool():
            return content
        case str():
            return _text(content)
        case int():
            return _integer(content)
        case Decimal():
            return format(content, "f")
        case float():
            raise NotCanonical(
                f"{content!r} is a binary float; numbers that carry meaning are text or Decimal.", rule="no fraction"
            )
        case dict():
            return {_text(str(key)): plain(value) for key, value in content.items()}
        case list() | tuple():
            return [plain(item) for item in content]
    raise ValueError(f"{type(content).__name__} has no place in JSON.")


def _text(value: str) -> str:
    if unicodedata.is_normalized("NFC", value):
        return value
    raise NotCanonical(f"{value!r} is not in Unicode normalisation form C.", rule="NFC")


def _integer(value: int) -> int:
    if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        return value
    raise NotCanonical(f"{value} is beyond 2^53-1; write it as text.", rule="at most 2^53-1")
