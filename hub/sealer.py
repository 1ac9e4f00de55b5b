"""One turn of the sealer, in whatever process has the key."""

from __future__ import annotations

import structlog

from governance.errors import Refused
from governance.ledger.seal import seal

log = structlog.get_logger(__name__)


def seal_now() -> None:
    """Seal what is committed; where an epoch must begin first, say so in the log and in ``/readyz``."""
    try:
        seal()
    except Refused as refused:
        log.error("sealer.stopped", why=refused.sentence)
