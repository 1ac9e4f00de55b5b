"""Issues in the order of their last activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.base import Stream
from connectors.records import Checkpoint, Page, Record

if TYPE_CHECKING:
    from .connector import Roundup

FORM = "%Y-%m-%d.%H:%M:%S"  # Roundup's own, in UTC for a user without a time zone of its own
START = "1970-01-01.00:00:00"
FIELDS = {  # ours: theirs. What the hub itself writes later is left out, so that it is no change to us.
    "title": "title",
    "description": "description",
    "status": "status.name",
    "priority": "priority.name",
    "assigned_to": "assignedto.username",
    "lot": "lot",
    "original_id": "interlock_original_id",
    "opened_by": "creator.username",
}


class IssueStream(Stream):
    """Pages by activity, and within one second by number of page: the list is sorted by what moves in it,
    so that counting pages from its start would skip issues. Retired issues do not show."""

    connector: Roundup
    name = "issues"
    cursor = "activity"

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        start = since.cursor if since and since.cursor else None
        after, page, furthest = self._earlier(start) if start else START, 1, start
        seen: set[tuple[str, str]] = set()
        while True:
            rows = self._rows(after, page)
            fresh = [row for row in rows if (row["id"], row["activity"]) not in seen]
            seen |= {(row["id"], row["activity"]) for row in rows}
            last = rows[-1]["activity"] if rows else after
            furthest = max(furthest or last, last) if rows else furthest
            yield Page(tuple(self._record(row) for row in fresh), Checkpoint(furthest))
            if len(rows) < self.connector.settings.page_size:
                return
            after, page = (after, page + 1) if last == after else (last, 1)

    def _earlier(self, moment: str) -> str:
        return (_time(moment) - timedelta(seconds=self.connector.settings.overlap_seconds)).strftime(FORM)

    def _rows(self, after: str, page: int) -> list[dict[str, Any]]:
        params = {
            "@fields": ",".join([*FIELDS.values(), "activity", "creation"]),
            "activity": f"{after};",
            "@sort": "activity,id",
            "@page_size": self.connector.settings.page_size,
            "@page_index": page,
        }
        return self.connector.http.read("rest/data/issue", params=params).json()["data"]["collection"]

    def _record(self, row: Mapping[str, Any]) -> Record:
        data = {
            "id": row["id"],
            "issue": f"issue{row['id']}",
            "url": self.connector.issue_url(row["id"]),
            "opened_at": _time(row["creation"]).isoformat(),
            **{ours: row.get(theirs) for ours, theirs in FIELDS.items()},
        }
        return Record((row["id"],), data, _time(row["activity"]))


def _time(text: str) -> datetime:
    return datetime.strptime(text, FORM).replace(tzinfo=UTC)
