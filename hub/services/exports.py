"""That a list left the house as a file is part of the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance import audit
from governance.guard.context import change


def record_export(
    *, by: Any, name: str, title: str, form: str, count: int, filters: Mapping[str, str], digest: str
) -> None:
    """One event a file: how many rows, by which filters, SHA-256 of the file."""
    with change(by=by, reason=f"Exported the list “{title}” as {form}.", source="console"):
        audit.record(
            "list.exported",
            subject=("list", name),
            interface=filters.get("interface", "")[:64],
            form=form.upper(),
            count=count,
            filters=dict(filters),
            digest=digest,
        )


audit.describe(list__exported="{actor} exported {count} row(s) of the list {subject} as {form}.")
