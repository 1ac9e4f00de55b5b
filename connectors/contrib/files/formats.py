"""CSV, JSON and JSON Lines: the records of a file, and the places in it that are none. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import json
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.exact_json import BROKEN_JSON, parsed, said

from .unreadable import Unreadable

MAX_LINES = 200  # that one CSV record may span; an unclosed quote would else swallow the file


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a file: its ``data``, or the ``reason`` why it has none. ``fatal``: nothing follows."""

    place: str  # "line 7"
    raw: str | bytes
    data: Any = None
    reason: str = ""
    fatal: bool = False


def decoded(name: str, content: bytes, encoding: str) -> str:
    """Strict. A byte order mark is taken off; the codec "utf-16" must have one, or it would be a guess."""
    codec = codecs.lookup(encoding).name
    if codec == "utf-16" and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"The file {name} has no byte order mark at byte 0, and {encoding} needs one.")
    try:
        return content.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The file {name} does not read as {encoding}, its declared encoding: at byte {error.start}"
            f" stands 0x{content[error.start]:02x} ({error.reason})."
        ) from None


def csv_records(name: str, text: str, delimiter: str) -> Iterator[Found]:
    """One a line under the header. A broken record costs only itself: reading goes on behind its last line.

    What a quoted field says is never read as a record. Where a quote is not closed as CSV has it, nobody can say
    how far the field was meant to go: then the broken record is that one line, and the next is read.
    """
    lines = list(io.StringIO(text, newline=""))
    header, at = _header(name, lines, delimiter)
    while at < len(lines):
        found, used = _csv_record(name, lines, at, header, delimiter)
        at += used
        if found is not None:
            yield found


def _header(name: str, lines: list[str], delimiter: str) -> tuple[list[str], int]:
    try:
        header, used = _row(lines, 0, delimiter)
    except csv.Error as error:
        raise Unreadable(f"Line 1 of {name} is not a CSV header: {error}.") from None
    columns = [column.strip() for column in header]
    if not columns or "" in columns:
        raise Unreadable(f"Line 1 of {name} must name every column; it is the header.")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise Unreadable(f"The header of {name} has the column {twice[0]!r} twice.")
    return columns, used


def _csv_record(name: str, lines: list[str], at: int, header: list[str], delimiter: str) -> tuple[Found | None, int]:
    place = f"line {at + 1}"
    try:
        row, used = _row(lines, at, delimiter)
    except csv.Error as error:
        return Found(place, lines[at], reason=f"Line {at + 1} of {name} is not CSV: {error}."), 1
    if not row:
        return None, used
    raw = "".join(lines[at : at + used])
    if len(row) != len(header):
        reason = f"{_where(at, used)} of {name} has {len(row)} columns where the header has {len(header)}."
        return Found(place, raw, reason=reason), used
    return Found(place, raw, dict(zip(header, row, strict=True))), used


def _where(at: int, used: int) -> str:
    return f"Line {at + 1}" if used == 1 else f"The record in lines {at + 1} to {at + used}"


def _row(lines: list[str], at: int, delimiter: str) -> tuple[list[str], int]:
    reader = csv.reader(lines[at : at + MAX_LINES], delimiter=delimiter, strict=True)
    return next(reader, []), max(reader.line_num, 1)


def jsonl_records(name: str, text: str) -> Iterator[Found]:
    """One a line; blank lines are none."""
    for number, line in enumerate(io.StringIO(text), start=1):
        if line.strip():
            yield _jsonl_record(name, number, line)


def _jsonl_record(name: str, number: int, line: str) -> Found:
    place = f"line {number}"
    try:
        value = parsed(line)
    except BROKEN_JSON as error:
        return Found(place, line, reason=f"Line {number} of {name} is not JSON: {said(error)}.")
    return _object(place, f"Line {number} of {name}", line, value)


def json_records(name: str, text: str, records_at: str) -> Iterator[Found]:
    """The objects of a list, at the dotted path ``records_at``; a single object is a list of one."""
    try:
        value = parsed(text)
    except BROKEN_JSON as error:
        raise Unreadable(f"The file {name} is not JSON: {said(error)}.") from None
    for key in filter(None, records_at.split(".")):
        if not isinstance(value, dict) or key not in value:
            raise Unreadable(f"The file {name} has nothing at {records_at!r}: {key!r} is missing.")
        value = value[key]
    for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
        yield _object(f"item {number}", f"Item {number} of {name}", _as_text(item), item)


def _as_text(item: Any) -> str:
    try:
        return json.dumps(item, default=str)
    except RecursionError:  # it was only just read; it is refused for its depth, and the file is kept
        return reprlib.repr(item)


def _object(place: str, subject: str, raw: str, value: Any) -> Found:
    if isinstance(value, dict):
        return Found(place, raw, value)
    return Found(place, raw, reason=f"{subject} is not an object with fields.")
