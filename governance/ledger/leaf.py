"""The leaf of a ledger line: the very bytes that are hashed into the tree, exported and verified. Pure.

Canonical JSON on one line: keys sorted, no space, ASCII, whole numbers only. What the database wrote of a row stands in
it as text, byte for byte, unless a column of it may hold what no export may show: then the column holds a salted
SHA-256 of what it was. The salt stays in the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from governance.ledger.verify import canonical, digest, loads

FORMAT = 1
YES, NO, NOT_APPLICABLE = "yes", "no", "not applicable"
COLUMNS = (
    "number", "uid", "xid", "kind", "table_name", "row_key", "row_version", "operation", "old", "new", "act", "root",
    "size", "content", "fingerprint", "session", "recorded_at",
)  # fmt: skip
EVIDENCE = (  # of a history row, beside its values; a later release may not change this list: old digests would break
    "history_id", "history_date", "history_type", "history_change_reason", "act_id", "act_correlation_id", "act_ticket",
    "act_reason", "act_actor", "act_actor_id", "act_source", "act_fingerprint", "act_recorded_at", "row_hash",
    "row_mac",
)  # fmt: skip


def leaf_bytes(line: Mapping[str, Any], *, attested: str, evidence: str = "", withheld: str = "") -> bytes:
    """The leaf of ``line`` (its COLUMNS); ``evidence`` is a digest, ``withheld`` is ``salt:column,column`` or empty."""
    said = {name: plain(line[name]) for name in COLUMNS}
    if withheld:
        said["old"], said["new"] = (without(said[name], withheld) for name in ("old", "new"))
    return canonical({**said, "format": FORMAT, "attested": attested, "evidence": evidence})


def leaf_hash(leaf: bytes) -> str:
    """RFC 6962, section 2.1, as ``alg:hex``."""
    return "sha256:" + hashlib.sha256(b"\x00" + leaf).hexdigest()


def evidence_of(history_row: Any) -> dict[str, Any]:
    """Who, when, why and with what code a history row was written."""
    return {name: plain(getattr(history_row, name)) for name in EVIDENCE}


def evidence_digest(history_row: Any) -> str:
    return digest(canonical(evidence_of(history_row)))


def without(text: str | None, withheld: str) -> str | None:
    """A row's JSON in which the withheld columns are salted digests."""
    if text is None:
        return None
    salt, _, names = withheld.partition(":")
    hidden = frozenset(names.split(","))
    row = {name: _code(salt, value) if name in hidden else value for name, value in loads(text).items()}
    return canonical(row).decode("ascii")


def _code(salt: str, value: Any) -> str:
    return "withheld:" + hashlib.sha256(bytes.fromhex(salt) + canonical(value)).hexdigest()


def plain(value: Any) -> Any:
    """A column's value as JSON has it: times in UTC with microseconds, fractions as text."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case UUID():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
    return str(value)
