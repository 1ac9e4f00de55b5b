"""JSON in and out without losing a digit: numbers with a fraction or an exponent become Decimal, and go out
as they came.

What RFC 8259 leaves open is refused, with the place: duplicate names, NaN and Infinity, text that is not
UTF-8, numbers outside the range that we handle.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec

from dictionary.values.numbers import MAX_EXPONENT, MAX_LENGTH

_MEMBER = re.compile(rb'"\s*:')
_BYTE = re.compile(r"\(byte (\d+)\)")
_MARK = b"\xef\xbb\xbf"


class JsonRefused(ValueError):
    """The bytes are not JSON that can be trusted; `position` is the byte where that shows, or None."""

    def __init__(self, sentence: str, position: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.position = position


def loads(raw: bytes) -> Any:
    """The document in `raw`; raises JsonRefused."""
    raw = bytes(raw).removeprefix(_MARK)
    try:
        document = _DECODER.decode(raw)
    except UnicodeDecodeError:
        raise _not_utf8(raw) from None
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _malformed(raw, error) from None
    if len(_MEMBER.findall(raw)) != _members(document):
        _look_for_duplicates(raw)
    return document


def dumps(value: Any) -> bytes:
    """Deterministic bytes: names sorted, no spaces, UTF-8, a Decimal as its own digits. Refuses NaN and
    Infinity."""
    out = _ENCODER.encode(value)
    if b"null" in out or b"NaN" in out or b"Infinity" in out:
        _refuse_not_finite(value)
    return out


def _exact(text: str) -> Decimal:
    if len(text) > MAX_LENGTH:
        raise _out_of_range(text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _out_of_range(text) from None
    if number and abs(number.adjusted()) > MAX_EXPONENT:
        raise _out_of_range(text)
    return number


_HALF = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=_exact)
_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def _out_of_range(text: str) -> JsonRefused:
    return JsonRefused(f"The number {text[:40]} is outside the range of numbers that are handled.")


def _not_utf8(raw: bytes) -> JsonRefused:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        sentence = f"The document is not UTF-8: byte {error.start} is 0x{raw[error.start]:02X}."
        return JsonRefused(sentence, error.start)
    return JsonRefused("The document is not UTF-8.")


def _malformed(raw: bytes, error: Exception) -> JsonRefused:
    """msgspec names the byte; a document that only ends too early is named by its length."""
    if isinstance(error.__cause__, JsonRefused):
        return error.__cause__  # raised by _exact, wrapped on its way
    if isinstance(error, RecursionError):
        return JsonRefused("The document is nested too deeply.")
    if "out of range" in str(error):
        return JsonRefused("The document holds a number outside the range that is handled.")
    found = _BYTE.search(str(error))
    if not found:
        return _ends_early(raw)
    place = int(found[1])
    if raw.startswith((b"NaN", b"Infinity", b"-Infinity"), place):
        return JsonRefused(f"The document is not JSON: NaN or Infinity at byte {place} is not a number.", place)
    reason = _BYTE.sub("", str(error)).removeprefix("JSON is malformed:").strip()
    return JsonRefused(f"The document is not JSON: {reason} at byte {place}.", place)


def _ends_early(raw: bytes) -> JsonRefused:
    """msgspec says so also where the second half of a surrogate pair is missing, which the standard library takes."""
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return JsonRefused(f"The document is not JSON: it ends too early, after {len(raw)} bytes.", len(raw))
    half = _HALF.search(raw)
    where = f" at byte {half.start()}" if half else ""
    return JsonRefused(
        f"The document is not Unicode: a \\u escape{where} is half of a surrogate pair.", half.start() if half else None
    )


def _members(value: Any) -> int:
    """How many name/value pairs a decoded document holds."""
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if type(one) is dict:
            count += len(one)
            waiting += [inner for inner in one.values() if type(inner) is dict or type(inner) is list]
        elif type(one) is list:
            waiting += [inner for inner in one if type(inner) is dict or type(inner) is list]
    return count


def _look_for_duplicates(raw: bytes) -> None:
    """The slow, sure way, taken only where the quick count does not settle it."""

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise _repeated([name for name, _ in pairs], raw)
        return members

    json.loads(raw, object_pairs_hook=distinct, parse_float=str, parse_int=str)


def _repeated(names: list[str], raw: bytes) -> JsonRefused:
    """The last place at which the repeated name is written is where the repetition shows."""
    twice = next(name for name in names if names.count(name) > 1)
    place = raw.rfind(json.dumps(twice, ensure_ascii=False).encode())
    where = f", again at byte {place}" if place >= 0 else ""
    return JsonRefused(f"The name '{twice[:80]}' stands twice in one object of the document{where}.", max(place, 0))


def _refuse_not_finite(value: Any) -> None:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, (list, tuple)):
            waiting += one
        elif isinstance(one, (Decimal, float)) and not Decimal(one).is_finite():
            _refuse(one)


def _refuse(number: Decimal | float) -> NoReturn:
    raise JsonRefused(f"The number {number} cannot be written as JSON (RFC 8259 §6).")
