"""Why the doors of an interface take nothing now: its stage, its document, and whether anybody approved that."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.conf import settings

from governance.changes.deciding import standings
from governance.models import Revision
from hub.documents import proof

KEPT_SECONDS = 10.0  # an approval that stopped counting closes the doors within this time

_approved: dict[UUID, tuple[float, bool]] = {}  # revision → (when asked, whether an approval of it counts)


def closed(interface: dict[str, Any], icd: Revision | None) -> str:
    """One sentence, or "" where the doors are open; ``icd`` is the revision of the document that it runs with.

    In a hub of production every record is production traffic: an interface in test takes none there, and neither does
    one whose document came into force unsigned, before the hub had a policy, or signed by a demonstration's persons.
    """
    key, name, is_real = interface["key"], interface["icd"], settings.HUB_ENVIRONMENT == proof.PRODUCTION
    if proof.stage_of(interface) == proof.PRODUCTION:
        gaps = proof.gaps(key, name, (icd.content if icd else None) or {})
        return next(iter(gaps), "") or (_unapproved(key, icd) if is_real and icd else "")
    if is_real:
        return (
            f"The interface {key!r} is in the stage test, and this hub is in production: it takes no records until its "
            f"document {name} is approved for it and its stage is production."
        )
    return ""


def forget() -> None:
    """Ask about every approval anew (a test made a new database)."""
    _approved.clear()


def _unapproved(interface: str, icd: Revision) -> str:
    if _is_approved(icd):
        return ""
    return (
        f"The interface {interface!r} cannot carry production traffic: no approval of its document {icd.key} "
        f"{icd.version} counts in this hub. Propose a change of the document, and have it approved and released."
    )


def _is_approved(icd: Revision) -> bool:
    kept, now = _approved.get(icd.id), time.monotonic()
    if kept is None or now - kept[0] >= KEPT_SECONDS:
        kept = _approved[icd.id] = (now, standings.is_approved(icd.change, icd.kind, icd.key))
    return kept[1]
