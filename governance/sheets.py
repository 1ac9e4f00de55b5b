"""Text in files that spreadsheets open: no cell can become a formula. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

# What spreadsheets take for a formula, or strip before they look for one; full-width forms too.
FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠\t\r\n]|^[\t\r\n]")
MARK = "\ufeff"  # by which spreadsheets recognise UTF-8


def neutral(value: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe before it (OWASP, CSV injection); numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """RFC 4180 in UTF-8 with its mark, every cell neutral."""
    kept = io.StringIO()
    out = csv.writer(kept)
    out.writerow(head)
    out.writerows([neutral(value) for value in row] for row in rows)
    return (MARK + kept.getvalue()).encode(errors="replace")
