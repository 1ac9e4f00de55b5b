"""From the rows of a list to pages of records, with a checkpoint that never runs ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .cursors import position, stored
from .errors import Misconfigured
from .places import MISSING, pick
from .records import BrokenRecord, Checkpoint, Page, Record
from .request import encode_json

if TYPE_CHECKING:
    from .rest import RestStream


class Reader:
    """One reading of one stream. ``start`` is the cursor of the checkpoint that it goes on from.

    A source that sorts by its cursor may be left after any page. One that does not is passed only as a
    whole: every page but the last carries the checkpoint from which the reading began.
    """

    def __init__(self, stream: RestStream, start: Any) -> None:
        self.stream, self.start = stream, start
        self._furthest = start  # in the source's own spelling
        self._seen: Any = None  # position of the last record, to notice a source that does not sort

    def page(self, rows: Sequence[Any], *, last: bool) -> Page:
        records = tuple(self._record(row) for row in rows)
        passed = self._furthest if last or self.stream.ordered else self.start
        return Page(records, Checkpoint(stored(passed)))

    def _record(self, row: Any) -> Record | BrokenRecord:
        """A row that is no record goes into quarantine with its reason; the reading goes on."""
        try:
            identity = self._identity(row)
            return Record(identity, row, self._advance(row))
        except ValueError as error:
            return BrokenRecord((), encode_json(row), f"A record of {self.stream.name!r} {error}.")

    def _identity(self, row: Any) -> tuple[str, ...]:
        if not isinstance(row, Mapping):
            raise ValueError(f"is {type(row).__name__}, where an object with fields is expected")
        values = [pick(row, place) for place in self.stream.identity]
        for place, value in zip(self.stream.identity, values, strict=True):
            if value is MISSING or value in (None, "") or isinstance(value, bool | Mapping | list):
                raise ValueError(f"has no usable value in its identity field {place!r}")
        return tuple(str(value) for value in values)

    def _advance(self, row: Mapping[str, Any]) -> datetime | None:
        """Move the checkpoint past this row. A fresh row may have no cursor yet: it moves nothing."""
        stream = self.stream
        raw = pick(row, stream.cursor) if stream.cursor else None
        if raw is MISSING or raw in (None, ""):
            return None
        try:
            here = position(raw, stream.cursor_format)
        except ValueError as error:
            raise ValueError(f"has a wrong {stream.cursor!r}: {error}") from None
        if stream.ordered and self._seen is not None and here < self._seen:
            raise self._unsorted(raw)
        self._seen = here
        if self._furthest is None or here > position(self._furthest, stream.cursor_format):
            self._furthest = raw
        return here if isinstance(here, datetime) else None

    def _unsorted(self, raw: Any) -> Misconfigured:
        return Misconfigured(
            f"The stream {self.stream.name!r} is declared as ordered by {self.stream.cursor!r}, but {raw!r} "
            "came after a later value; a checkpoint within it would lose records."
        )
