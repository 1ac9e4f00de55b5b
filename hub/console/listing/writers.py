"""Rows as CSV, XLSX and JSONL. In the first two no cell can become a formula; JSONL holds the exact text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import IO, Any

from openpyxl import Workbook

from governance.sheets import neutral
from hub.console.listing.model import Column

NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767  # characters, of XLSX


def plain(value: Any) -> Any:
    """As a file holds it: times in UTC (ISO 8601), ids as text, nothing as None."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def write_csv(kept: IO[bytes], columns: Sequence[Column], rows: Iterable[Any]) -> int:
    """RFC 4180 in UTF-8, with the mark by which spreadsheets recognise it; returns how many rows."""
    text = io.TextIOWrapper(kept, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    out, count = csv.writer(text), 0
    out.writerow([one.label for one in columns])
    for row in rows:
        out.writerow([neutral(plain(one.value(row))) for one in columns])
        count += 1
    text.detach()
    return count


def write_xlsx(kept: IO[bytes], columns: Sequence[Column], rows: Iterable[Any]) -> int:
    """One sheet, written row by row."""
    book = Workbook(write_only=True)
    sheet, count = book.create_sheet("List"), 0
    sheet.append([one.label for one in columns])
    for row in rows:
        sheet.append([_cell(one.value(row)) for one in columns])
        count += 1
    book.save(kept)
    return count


def write_jsonl(kept: IO[bytes], columns: Sequence[Column], rows: Iterable[Any]) -> int:
    """One object a line, names as declared, nothing changed."""
    count = 0
    for row in rows:
        line = json.dumps({one.name: plain(one.value(row)) for one in columns})
        kept.write(line.encode() + b"\n")
        count += 1
    return count


def _cell(value: Any) -> Any:
    found = neutral(plain(value))
    return NOT_IN_XML.sub("�", found)[:LONGEST_CELL] if isinstance(found, str) else found


WRITERS = {
    "csv": ("text/csv; charset=utf-8", write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "jsonl": ("application/x-ndjson", write_jsonl),
}
