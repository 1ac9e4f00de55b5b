"""A signed record that leaves the house: one file with record, history, every signature, keys, proofs and a manifest.

A ZIP of plain files, so that it can be read in twenty years:

    manifest.json       format, origin, subject, and the SHA-256 of every other file; manifest.jws signs it
    record.json         type, id, version, title, change and canonical content (RFC 8785)
    enclosed/….json     what the record names by its digest; only where who exported may read all of it
    history.json        what happened to it
    signatures/0001.jws …, withdrawals/0001.jws …
    keys.json           the public keys, with the times in which they were in use
    proofs.json         for each of them that is sealed: its leaf, the path to the root, and the signed checkpoint
    seal-keys.txt       the sealer's public keys, for convenience
    rendering.txt, rendering.pdf   how a person reads it (PDF/A-3b): nothing but a rendering
    verify_package.py, verify.py   check all of it without the hub; use copies that you trust

Signatures are copied as they are stored, byte for byte; an imported package is exported again as the file that came.
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from governance.errors import Refused
from governance.ledger import inclusion, verify
from governance.ledger.keys import public_keys
from governance.models import Signature, SignatureWithdrawal, SigningKey
from governance.printing import PrintingUnavailable, imprint, pdf
from governance.signing import jws, keys, manifestation, subjects, validity, verify_package
from governance.signing.insert import time_of
from governance.signing.statement import canonical, digest, digest_of_bytes
from governance.signing.verify_package import ENCLOSED, FORMAT, PROOFS, SEAL_KEYS

FIXED = (1980, 1, 1, 0, 0, 0)  # the same content makes the same bytes
log = logging.getLogger(__name__)


def build(kind: str, subject_id: str, *, by: Any, now: Any) -> bytes:
    """The package of one of our records. Raises Refused where nothing was signed."""
    subject = subjects.get(kind)
    found = subject.recall(subject_id)
    rows = list(
        Signature.objects.select_related("withdrawal")
        .filter(subject_kind=kind, subject_id=subject_id)
        .order_by("position")
    )
    if found is None or not rows:
        raise Refused(f"Nothing was signed of {kind} {subject_id}.", field="subject", value=subject_id, rule="signed")
    record = {
        "type": kind,
        "id": subject_id,
        "version": subject.version(found),
        "title": subject.title(found),
        "change": subject.change(found),
        "content": subject.content(found),
    }
    tokens = _tokens(rows)
    files = {
        "record.json": canonical(record),
        "history.json": canonical(subject.history(found)),
        "keys.json": canonical(_keys()),
        **{name: row.jws.encode() for name, row in tokens.items()},
        PROOFS: canonical(_proofs(tokens)),
        **({SEAL_KEYS: sealers.encode("ascii")} if (sealers := public_keys()) else {}),
        **{f"{ENCLOSED}{name}.json": canonical(one) for name, one in subject.enclosed(found, by).items()},
        **_rendered(record, by),
        **{Path(one).name: Path(one).read_bytes() for one in (verify.__file__, verify_package.__file__)},
    }
    return _packed(files, _manifest(record, files, now))


def _tokens(rows: Sequence[Signature]) -> dict[str, Signature | SignatureWithdrawal]:
    """File name → the row whose token it holds."""
    taken = {f"withdrawals/{one.position:04}.jws": validity.genuine_withdrawal(one) for one in rows}
    signed = {f"signatures/{one.position:04}.jws": one for one in rows}
    return signed | {name: row for name, row in taken.items() if row is not None}


def _proofs(tokens: Mapping[str, Signature | SignatureWithdrawal]) -> dict[str, Any]:
    """That they stand in the sealed log; what was signed a moment ago is not sealed yet, and has none."""
    found = {name: inclusion.of_row(row._meta.db_table, row.pk) for name, row in tokens.items()}
    return {name: one.as_json() for name, one in found.items() if one}


def _keys() -> list[dict[str, Any]]:
    """Every key that there is: withdrawals and the manifest may be by later ones."""
    return [
        {
            "kid": one.kid,
            "public": one.public,
            "valid_from": one.valid_from.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "valid_until": one.valid_until.strftime("%Y-%m-%dT%H:%M:%SZ") if one.valid_until else None,
        }
        for one in SigningKey.objects.order_by("valid_from", "kid")
    ]


def _rendered(record: dict[str, Any], by: Any) -> dict[str, bytes]:
    """As plain text, and on paper where this installation can print."""
    rows = manifestation.rows_of(record["type"], record["id"])
    files = {"rendering.txt": _as_text(record, rows)}
    context = {
        "record": record,
        "rows": rows,
        "digest": digest(record["content"]),
        "origin": settings.HUB_ORIGIN,
        "content": json.dumps(record["content"], indent=2, ensure_ascii=False, default=str),
        "imprint": imprint(number=record["id"], version=record["version"], status="Signed record", by=by),
    }
    try:
        return files | {"rendering.pdf": pdf("printing/record.html", context, title=record["title"], language="en")}
    except PrintingUnavailable as missing:
        log.warning("package.no_pdf: %s", missing.sentence)
        return files


def _as_text(record: dict[str, Any], rows: Sequence[manifestation.Row]) -> bytes:
    lines = [
        f"{record['title']} ({record['type']} {record['id']}, version {record['version']})",
        f"of {settings.HUB_ORIGIN}, {settings.HUB_ENVIRONMENT}",
        f"content {digest(record['content'])}",
        "",
        *(f"{row} [{row.state}] {row.sentence}" for row in rows),
        "",
        "This page is a rendering; the signatures are over record.json.",
    ]
    return "\n".join(lines).encode() + b"\n"


def _manifest(record: dict[str, Any], files: Mapping[str, bytes], now: Any) -> dict[str, Any]:
    return {
        "type": FORMAT,
        "instance": settings.HUB_ORIGIN,
        "environment": settings.HUB_ENVIRONMENT,
        "subject": {name: record[name] for name in ("type", "id", "version", "title")},
        "exported": time_of(now),
        "files": {name: digest_of_bytes(content) for name, content in sorted(files.items())},
    }


def _packed(files: Mapping[str, bytes], manifest: dict[str, Any]) -> bytes:
    kid, key = keys.in_use()
    signed = {"manifest.json": canonical(manifest), "manifest.jws": jws.sign(manifest, key, kid).encode()}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in sorted({**files, **signed}.items()):
            into.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()
