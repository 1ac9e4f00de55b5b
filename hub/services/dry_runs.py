"""A dry run of a replay as a reader may see it: what would become of each message. Every look is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.models import Interface
from hub.selectors.mending import rehearsal
from hub.selectors.mending.rehearsal import Rehearsed
from hub.services.looks import record_look

SAMPLES = 10
DIFFERENCES = 3  # that are shown in full


@dataclass(frozen=True, slots=True)
class DryRun:
    """``tried`` messages; ``outcomes`` counts what each route would get, by the words of ``Rehearsed.outcome``.

    ``wrong`` are the first that would not go, ``differing`` the first that would be sent otherwise than before.
    """

    tried: int
    outcomes: Mapping[str, int]
    wrong: tuple[Rehearsed, ...]
    differing: tuple[Rehearsed, ...]


def why_not(interface: Interface) -> str:
    """What is said to who may not read payloads."""
    return f"You may not read the content of {interface.key}, so it cannot be tried for you."


def run(
    *,
    interface: Interface,
    message_ids: Sequence[UUID],
    mode: str,
    by: Any,
    source: str,
    only: Collection[UUID] | None = None,
) -> DryRun:
    """Nothing is written but who looked. The caller has checked the rights to operate and to read payloads."""
    found = rehearsal.rehearse(message_ids, mode=mode, release_id=interface.control.release_id, only=only)
    differing = tuple(one for one in found if one.outcome in ("changed", "new"))[:DIFFERENCES]
    for message_id in {one.message_id for one in differing}:
        record_look(
            by=by,
            message_id=message_id,
            interface_key=interface.key,
            stage="a dry run of a replay, masked",
            source=source,
        )
    return DryRun(
        tried=len(message_ids[: rehearsal.TRIED]),
        outcomes=Counter(one.outcome for one in found),
        wrong=tuple(one for one in found if one.outcome in ("still_wrong", "left"))[:SAMPLES],
        differing=differing,
    )
