"""Signed records that leave and that come: exported, checked, imported as foreign, exported again as they came."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from governance import audit
from governance.actors import actor_of
from governance.errors import Refused
from governance.guard.context import change
from governance.models import ForeignRecord, ForeignSignature
from governance.signing import jws, package
from governance.signing.statement import digest_of_bytes
from governance.signing.verify_package import Report, check
from governance.text import problems_within


class BadPackage(Refused):
    """The file is no package, or says something else than its manifest."""

    code = "bad_package"


def export(*, kind: str, subject_id: str, by: Any, reason: str) -> bytes:
    """The package of one of our records; who took it is in the trail. The caller has judged the right to see it."""
    held = package.build(kind, subject_id, by=by, now=timezone.now())
    with change(by=by, reason=reason):
        audit.record("record.exported", subject=(kind, subject_id), digest=digest_of_bytes(held))
    return held


def export_again(*, record: ForeignRecord, by: Any, reason: str) -> bytes:
    """A foreign record leaves as the file that came, bit for bit."""
    held = base64.b64decode(record.package)
    with change(by=by, reason=reason):
        audit.record("record.exported", subject=("foreign_record", str(record.id)), digest=record.digest)
    return held


def import_package(
    *,
    held: bytes,
    pinned: Mapping[str, str] | None,
    seal_keys: Mapping[str, bytes] | None = None,
    by: Any,
    reason: str,
) -> ForeignRecord:
    """Keep a package of another installation. It counts as no approval here, whoever signed it there."""
    report = check(held, pinned, seal_keys)
    if not report.is_sound:
        raise BadPackage(report.problems[0])
    _check_may_come(report, held)
    said = report.manifest
    with change(by=by, reason=reason):
        record = ForeignRecord(
            package=base64.b64encode(held).decode(),
            digest=digest_of_bytes(held),
            origin=said["instance"],
            subject_kind=said["subject"]["type"],
            subject_id=said["subject"]["id"],
            subject_version=said["subject"]["version"],
            title=said["subject"]["title"][:200],
            imported_by=actor_of(by).frozen(),
            imported_at=timezone.now(),
        )
        record.save()
        for token, statement in zip(report.tokens, report.statements, strict=True):
            _signature(record, token, statement).save()
        audit.record(
            "record.imported",
            subject=("foreign_record", str(record.id)),
            origin=record.origin,
            title=record.title,
            signatures=len(report.tokens),
            is_pinned=report.is_pinned,
        )
    return record


def _check_may_come(report: Report, held: bytes) -> None:
    said = report.manifest
    for content in (said, *report.statements):
        for problem in problems_within(content):
            raise BadPackage(problem, rule="text that reads as it is stored")
    if said["instance"] == settings.HUB_ORIGIN and said["environment"] == settings.HUB_ENVIRONMENT:
        raise Refused("This package is of this installation; its signatures are here.", field="origin", rule="foreign")
    if said["environment"] == "development" and not settings.DEVELOPMENT:
        raise Refused("This package is of a demonstration and counts nowhere else.", field="environment")
    if ForeignRecord.objects.filter(digest=digest_of_bytes(held)).exists():
        raise Refused("This package was imported already.", field="digest", rule="a new one")


def _signature(record: ForeignRecord, token: str, said: dict[str, Any]) -> ForeignSignature:
    return ForeignSignature(
        record=record,
        jws=token,
        digest=digest_of_bytes(token.encode()),
        person=said["signer"],
        meaning=said["meaning"]["code"],
        sentence=said["meaning"]["sentence"],
        signed_at=datetime.fromisoformat(said["time"]["utc"]),
        zone=said["time"]["zone"],
        key_id=jws.header_of(token)["kid"],
    )


audit.describe(
    record__exported="{actor} exported {subject} with its signatures.",
    record__imported="{actor} imported {title} of {origin} with {signatures} signature(s), as foreign.",
)
