"""What we read from Tryton. A change is found by time; names, units and links are put in place of ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.base import Stream
from connectors.records import Checkpoint, Page, Record

from .measurements import inspected

if TYPE_CHECKING:
    from .connector import Tryton

START = datetime(1970, 1, 1, tzinfo=UTC)
Place = tuple[datetime, int]  # when a record changed, and its id: the order of every stream


class TrytonStream(Stream):
    """Records of one model in the order of their last change.

    ``write_date`` is null until a record is changed for the first time, so that each page takes the next
    of those that were never changed and the next of those that were, and merges them. Deletions do not show.
    """

    connector: Tryton
    cursor = "changed_at"
    model: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]

    def read(self, since: Checkpoint | None) -> Iterator[Page]:
        settings, furthest = self.connector.settings, _place(since)
        after: Place = (furthest[0] - timedelta(seconds=settings.overlap_seconds), -1) if furthest else (START, -1)
        while True:
            rows = self._next(after)
            if rows:
                after = _changed(rows[-1])
                furthest = max(furthest or after, after)
            yield Page(tuple(self._records(rows)), Checkpoint(_cursor(furthest)))
            if len(rows) < settings.page_size:
                return

    def data(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """One JSON-able record a row, in order; what needs further questions asks them for the whole page."""
        raise NotImplementedError

    def _records(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Record]:
        for row, data in zip(rows, self.data(rows) if rows else (), strict=True):
            link = self.connector.link(self.model, row["id"])
            yield Record((str(row["id"]),), {"id": row["id"], "url": link, **data}, _changed(row)[0])

    def _next(self, after: Place) -> list[dict[str, Any]]:
        """The never changed first: one that is changed between the two questions comes twice, not never."""
        fresh = self._ask([["write_date", "=", None], *_beyond("create_date", after)], "create_date")
        written = self._ask(_beyond("write_date", after), "write_date")
        return sorted(fresh + written, key=_changed)[: self.connector.settings.page_size]

    def _ask(self, domain: list, order: str) -> list[dict[str, Any]]:
        return self.connector.rows(
            self.model,
            domain,
            [*self.fields, "create_date", "write_date"],
            order=[[order, "ASC"], ["id", "ASC"]],
            limit=self.connector.settings.page_size,
            active_test=False,  # what was deactivated is still read
        )


def _beyond(field: str, after: Place) -> list:
    moment, record_id = after
    return [["OR", [[field, ">", moment]], [[field, "=", moment], ["id", ">", record_id]]]]


def _changed(row: Mapping[str, Any]) -> Place:
    return (row["write_date"] or row["create_date"], row["id"])


def _cursor(place: Place | None) -> Any:
    return [place[0].isoformat(), place[1]] if place else None


def _place(since: Checkpoint | None) -> Place | None:
    if since is None or since.cursor is None:
        return None
    moment, record_id = since.cursor
    return datetime.fromisoformat(moment), record_id


def named(row: Mapping[str, Any], path: str) -> Any:
    """The value at ``product.code`` of a row; Tryton answers it as ``{"product.": {"code": …}}``."""
    *holders, name = path.split(".")
    for holder in holders:
        row = row.get(f"{holder}.") or {}
    return row.get(name)


class QualityAlerts(TrytonStream):
    """Alerts with the inspection that opened them. What the hub writes back is left out on purpose: an
    alert that only got its references is the same record to the hub, and no new message."""

    name = "quality_alerts"
    model = "quality.alert"
    fields = ("number", "title", "description", "state", "origin", "company.party.name", "create_uid.name")

    def data(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        origins = [_origin(row["origin"], "quality.inspection") for row in rows]
        inspections = inspected(self.connector, [["id", "in", [id for id in origins if id]]])
        return [
            {
                "number": row["number"],
                "title": row["title"],
                "description": row["description"],
                "state": row["state"],
                "opened_at": row["create_date"].isoformat(),
                "opened_by": named(row, "create_uid.name"),
                "company": named(row, "company.party.name"),
                **(inspections.get(origin, {}) if origin else {}),
            }
            for row, origin in zip(rows, origins, strict=True)
        ]


class Inspections(TrytonStream):
    name = "inspections"
    model = "quality.inspection"
    fields = ("number",)

    def data(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        found = inspected(self.connector, [["id", "in", [row["id"] for row in rows]]])
        return [{"number": row["number"], **found.get(row["id"], {})} for row in rows]


class Lots(TrytonStream):
    name = "lots"
    model = "stock.lot"
    fields = (
        "number",
        "active",
        "product.code",
        "product.name",
        "product.default_uom.symbol",
        "expiration_date",
    )

    def data(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "number": row["number"],
                "active": bool(row["active"]),
                "product": named(row, "product.code"),
                "product_name": named(row, "product.name"),
                "stock_unit": named(row, "product.default_uom.symbol"),
                "expires_on": row["expiration_date"] and row["expiration_date"].isoformat(),
            }
            for row in rows
        ]


class Parties(TrytonStream):
    """Suppliers, and whoever else the company knows: Tryton has one list for all."""

    name = "parties"
    model = "party.party"
    fields = ("code", "name", "active", "tax_identifier.code")

    def data(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "code": row["code"],
                "name": row["name"],
                "active": bool(row["active"]),
                "tax_identifier": named(row, "tax_identifier.code"),
            }
            for row in rows
        ]


def _origin(reference: str | None, model: str) -> int | None:
    """The id in ``model,id``, where the reference is to that model."""
    kind, _, record_id = (reference or "").partition(",")
    return int(record_id) if kind == model else None
