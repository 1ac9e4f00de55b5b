"""A list as a file: CSV, XLSX or JSONL of exactly what matches, by the same selector and the same rights.

The file is written to the end before it is sent, so that the trail can say how many rows left the house, and with
which digest. A list that is too long is refused, never cut.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone

from governance.errors import Refused
from hub.console.listing import sorting
from hub.console.listing.model import Listing
from hub.console.listing.query import Asked
from hub.console.listing.writers import WRITERS
from hub.services.exports import record_export

MOST = 10_000  # rows of a file
PORTION = 500  # rows in memory
IN_MEMORY = 2_000_000  # bytes, before the file goes to the disk


class TooMany(Refused):
    """More rows match than one file takes."""

    code = "too_many"


def answer(user: Any, listing: Listing, asked: Asked) -> FileResponse:
    """The file; that it was taken is in the audit trail with its count, filters and digest."""
    media_type, write = WRITERS[asked.format]
    # Closed by the response that sends it.
    kept: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115
    count = write(kept, listing.columns, _all(user, listing, asked))
    record_export(
        by=user,
        name=listing.name,
        title=listing.title,
        form=asked.format,
        count=count,
        filters=asked.texts,
        digest=_digest(kept),
    )
    name = f"{listing.name}-{timezone.now():%Y%m%dT%H%M%SZ}.{asked.format}"
    return FileResponse(kept, as_attachment=True, filename=name, content_type=media_type)


def _all(user: Any, listing: Listing, asked: Asked) -> Iterator[Any]:
    """Every row that matches, a portion at a time; sorted ones at once, for what they are sorted by may move on."""
    count, before, portion = 0, asked.before, MOST + 1 if asked.sort else PORTION
    while True:
        rows = sorting.rows_of(user, listing, asked, before, portion)
        count += len(rows)
        if count > MOST:
            raise TooMany(
                f"More than {MOST:,} rows match; a file takes no more. Narrow the filters, for example by time.",
                field="format",
                value=asked.format,
                rule=f"≤ {MOST}",
            )
        yield from rows
        if listing.is_whole or len(rows) < portion:
            return
        before = rows[-1].id


def _digest(kept: IO[bytes]) -> str:
    kept.seek(0)
    found = hashlib.sha256()
    while part := kept.read(65_536):
        found.update(part)
    kept.seek(0)
    return f"sha256:{found.hexdigest()}"
