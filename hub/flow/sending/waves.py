"""Which deliveries of a batch may be under way together: those of one route, as many as its target takes at once.

A batch holds one delivery of a key and route at most, so that order lasts whatever is sent side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import DatabaseError

from hub.flow.runtime import Running, RunningRoute, running
from hub.flow.sending.lease import Held, Lease
from hub.flow.sending.settle import bury

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wave:
    """Deliveries that are sent before the first answer is awaited."""

    release: Running
    route: RunningRoute
    deliveries: Sequence[Held]


def waves_of(held: Lease) -> Iterator[Wave]:
    """The batch in waves. A release that cannot be read costs its deliveries, not those of others: they are buried."""
    routes: dict[tuple[UUID, str], list[Held]] = defaultdict(list)
    for delivery in held.deliveries:
        routes[delivery.release_id, delivery.route_key].append(delivery)
    for deliveries in routes.values():
        if found := _route(deliveries, held.token):
            yield from (Wave(*found, wave) for wave in _cut(deliveries, found[1].at_once))


def _cut(deliveries: Sequence[Held], at_once: int) -> Iterator[list[Held]]:
    """What is to be asked for first goes alone."""
    plain = [one for one in deliveries if not one.ask_first]
    yield from (plain[start : start + at_once] for start in range(0, len(plain), at_once))
    yield from ([one] for one in deliveries if one.ask_first)


def _route(deliveries: Sequence[Held], token: UUID) -> tuple[Running, RunningRoute] | None:
    """The release that they were prepared under, and their route in it."""
    first = deliveries[0]
    try:
        release = running(first.release_id)
        return release, release.route(first.route_key)
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("deliver.release_unreadable", delivery_id=str(first.id))
        for delivery in deliveries:
            bury(delivery, token, error)
        return None
