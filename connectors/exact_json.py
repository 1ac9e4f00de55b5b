"""JSON as files and queues bring and take it. Pure.

Every digit is kept, and what two readers could read in two ways is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from .errors import RecordRejected

BROKEN_JSON = (ValueError, RecursionError)
_EXACT = msgspec.json.Encoder(decimal_format="number")


def parsed(text: str, *, number: Callable[[str], Any] = Decimal, whole: Callable[[str], Any] = int) -> Any:
    """Numbers stay exact; a key that stands twice, NaN and half a character are refused.

    ``number`` and ``whole`` read a number with and without a fraction or an exponent; their ``ValueError`` refuses it.
    """
    value = json.loads(
        text,
        parse_float=number,
        parse_int=whole,
        parse_constant=_refuse_constant,
        object_pairs_hook=_without_twins,
    )
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    return value


def encoded(data: Mapping[str, Any]) -> bytes:
    """A record as JSON. Raises ``RecordRejected`` for half a character, or a value that is not JSON."""
    try:
        return _EXACT.encode(data)
    except (TypeError, ValueError) as error:
        raise RecordRejected("The record cannot be written as JSON.", detail=str(error)) from None


def said(error: Exception) -> str:
    """Why ``parsed`` refused, as the end of a sentence."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeEncodeError):
        return "it holds half a character (a lone surrogate)"
    return str(error)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice!r} stands twice")
    return value
