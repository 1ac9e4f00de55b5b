"""How a signature is shown everywhere: full name, meaning, local time with zone and UTC, hash (21 CFR 11.50).

Pages include ``_components/signatures.html`` with these rows; prints and exports use the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from governance.models import ForeignRecord, ForeignSignature, Signature
from governance.signing.meanings import MEANINGS
from governance.signing.validity import Verdict, verdict_of


@dataclass(frozen=True)
class Row:
    """One signature in words. ``origin`` is "" for our own; ``verdict`` None for a foreign one, which has no
    ``subject`` (kind, id) here.
    """

    id: UUID
    name: str
    title: str
    meaning: str
    sentence: str
    local: str
    utc: str
    digest: str
    reason: str
    verdict: Verdict | None
    is_demonstration: bool = False
    origin: str = ""
    subject: tuple[str, str] = ("", "")

    @property
    def state(self) -> str:
        """Whether it counts, in the words of pages, prints and exports: "valid", "void, demonstration", "foreign"."""
        word = self.verdict.word if self.verdict else "foreign"
        return f"{word}, demonstration" if self.is_demonstration else word

    def __str__(self) -> str:
        """One line, for plain text and prints."""
        when = self.local if self.local == self.utc else f"{self.local} ({self.utc})"
        return f"{self.name}, {self.meaning}, {when}, {self.digest}"


def rows_of(kind: str, subject_id: str) -> list[Row]:
    """All signatures of a subject in their order, withdrawn and void ones too: the list hides nothing."""
    found = Signature.objects.select_related("withdrawal").filter(subject_kind=kind, subject_id=subject_id)
    return [row_of(one) for one in found.order_by("position")]


def row_of(one: Signature) -> Row:
    return Row(
        id=one.id,
        name=one.person["name"],
        title=one.person["title"],
        meaning=MEANINGS.get(one.meaning, (one.meaning, ""))[0],
        sentence=one.sentence,
        local=local_time(one.signed_at, one.zone),
        utc=utc_time(one.signed_at),
        digest=one.digest,
        reason=one.reason,
        verdict=verdict_of(one),
        is_demonstration=one.is_demonstration,
        subject=(one.subject_kind, one.subject_id),
    )


def rows_of_foreign(record: ForeignRecord) -> list[Row]:
    """Signatures of an imported record, each with its origin."""
    return [_foreign(one, record.origin) for one in record.signatures.order_by("signed_at", "id")]


def _foreign(one: ForeignSignature, origin: str) -> Row:
    return Row(
        id=one.id,
        name=one.person["name"],
        title=one.person["title"],
        meaning=one.meaning,
        sentence=one.sentence,
        local=local_time(one.signed_at, one.zone),
        utc=utc_time(one.signed_at),
        digest=one.digest,
        reason="",
        verdict=None,
        origin=origin,
    )


def local_time(at: datetime, zone: str) -> str:
    """``2026-11-22 01:05:09 CET (Europe/Zurich)``; UTC says it once."""
    if zone == "UTC":
        return utc_time(at)
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S %Z} ({zone})"


def utc_time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
