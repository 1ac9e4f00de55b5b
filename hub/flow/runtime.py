"""What an interface runs with, compiled: the pinned revisions of one release, loaded once and kept.

A release is immutable, so what is compiled from it never goes stale.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models.signals import post_save

from connectors.base import Guarantee, Sink
from connectors.offers import unopened
from dictionary.mapping import CompiledMapping, compile_mapping
from dictionary.mapping.conditions import Condition, compile_condition
from dictionary.specs import CodeListSpec, ElementSpec, EntitySpec, MappingSpec
from governance.errors import NotFound
from governance.models import Revision
from hub.documents import door
from hub.flow.intake.contract import Contract
from hub.models import InterfaceControl, InterfaceRelease

KEPT = 256
KEPT_SECONDS = 1.0


@dataclass(frozen=True)
class RetryPolicy:
    """Waits grow by decorrelated jitter between ``base`` and ``cap``; after ``attempts`` or ``age`` it is over."""

    base: timedelta
    cap: timedelta
    attempts: int
    age: timedelta

    @classmethod
    def of(cls, content: dict[str, Any]) -> RetryPolicy:
        return cls(
            base=timedelta(seconds=content.get("base_seconds", 2)),
            cap=timedelta(seconds=content.get("cap_seconds", 300)),
            attempts=content.get("max_attempts", 20),
            age=timedelta(hours=content.get("max_age_hours", 72)),
        )


@dataclass(frozen=True)
class RunningRoute:
    """One route, with the connection it uses and its mapping to the target, if it has one."""

    key: str
    connection: Revision
    sink: str
    mapping: CompiledMapping | None
    mapping_version: str
    after: tuple[str, ...]
    condition: Condition | None

    @cached_property
    def at_once(self) -> int:
        """How many records the sink takes at a time; 1 where that cannot be told before the attempt fails.

        Whatever somebody's connector raises here must not cost the deliveries of other routes: the attempt says it.
        """
        try:
            return max(1, self.unopened_sink().at_once)
        except Exception:
            return 1

    @cached_property
    def cannot_be_asked(self) -> bool:
        """Whether only a person could find out what became of a record; False where that cannot be told."""
        try:
            return self.unopened_sink().guarantee() is Guarantee.NONE
        except Exception:
            return False

    def unopened_sink(self) -> Sink:
        """The sink without a session: what it promises, not what it does."""
        content = self.connection.content or {}
        return unopened(content["connector"], content["settings"]).sink(self.sink)


@dataclass(frozen=True)
class Running:
    """One release, ready to run."""

    id: UUID
    number: int
    digest: str
    interface: Revision
    content: dict[str, Any]
    icd: Revision
    contract: Contract
    mapping: CompiledMapping | None
    mapping_version: str
    routes: tuple[RunningRoute, ...]
    retry: RetryPolicy
    source_connection: Revision | None

    @property
    def key(self) -> str:
        return self.content["key"]

    @property
    def data_class(self) -> str:
        return self.content.get("data_class", "internal")

    @property
    def is_tapped(self) -> bool:
        return self.content.get("tap", False)

    @property
    def closed(self) -> str:
        """Why its doors take nothing now; "" where they are open."""
        return door.closed(self.content, self.icd)

    def is_awaited(self, key: str) -> bool:
        """Whether another route waits for this one."""
        return any(key in route.after for route in self.routes)

    def route(self, key: str) -> RunningRoute:
        return next(route for route in self.routes if route.key == key)


_kept: OrderedDict[UUID, Running] = OrderedDict()
_lock = threading.Lock()
_in_force: dict[str, tuple[float, UUID]] = {}  # interface → (when asked, release)


def running(release_id: UUID) -> Running:
    """The compiled release of that id."""
    with _lock:
        if release_id in _kept:
            _kept.move_to_end(release_id)
            return _kept[release_id]
    made = _load(release_id)
    with _lock:
        _kept[release_id] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def in_force(interface_key: str) -> Running:
    """The release that new messages of this interface run with, at most a second old. Raises NotFound."""
    kept = _in_force.get(interface_key)
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return running(kept[1])
    control = (
        InterfaceControl.objects.filter(interface__key=interface_key, interface__is_retired=False)
        .values_list("release_id", flat=True)
        .first()
    )
    if control is None:
        raise NotFound(f"There is no interface {interface_key!r}.", field="interface", value=interface_key)
    _in_force[interface_key] = (time.monotonic(), control)
    return running(control)


def forget() -> None:
    """Drop everything compiled (a test made a new database)."""
    with _lock:
        _kept.clear()
    _in_force.clear()
    door.forget()


def _load(release_id: UUID) -> Running:
    release = InterfaceRelease.objects.get(id=release_id)
    pins = Pins(release)
    content = pins.content("interface", release.interface_key)
    mapping = pins.compiled(content["mapping"]) if content.get("mapping") else None
    connection = content["source"].get("connection")
    return Running(
        id=release.id,
        number=release.number,
        digest=release.digest,
        interface=pins.revision("interface", release.interface_key),
        content=content,
        icd=pins.revision("icd", content["icd"]),
        contract=Contract(pins.content("icd", content["icd"])),
        mapping=mapping,
        mapping_version=pins.version("mapping", content.get("mapping")),
        routes=tuple(_route(route, pins) for route in content["routes"]),
        retry=RetryPolicy.of(content.get("retry", {})),
        source_connection=pins.revision("connection", connection) if connection else None,
    )


def _route(route: dict[str, Any], pins: Pins) -> RunningRoute:
    return RunningRoute(
        key=route["key"],
        connection=pins.revision("connection", route["connection"]),
        sink=route["sink"],
        mapping=pins.compiled(route["mapping"]) if route.get("mapping") else None,
        mapping_version=pins.version("mapping", route.get("mapping")),
        after=tuple(route.get("after", ())),
        condition=compile_condition(route["when"], f"route {route['key']}") if route.get("when") else None,
    )


class Pins:
    """The revisions that a release pins, by kind and key."""

    def __init__(self, release: InterfaceRelease) -> None:
        found = Revision.objects.in_bulk([UUID(line[3]) for line in release.pins])
        self._revisions = {(revision.kind, revision.key): revision for revision in found.values()}

    def revision(self, kind: str, key: str) -> Revision:
        return self._revisions[kind, key]

    def content(self, kind: str, key: str) -> dict[str, Any]:
        return self._revisions[kind, key].content or {}

    def version(self, kind: str, key: str | None) -> str:
        return self._revisions[kind, key].version if key else ""

    def compiled(self, key: str) -> CompiledMapping:
        spec = MappingSpec.from_content(self.content("mapping", key))
        return compile_mapping(
            spec,
            entity=EntitySpec.from_content(self.content("entity", spec.entity)),
            elements=self._all("element", ElementSpec),
            code_lists=self._all("code_list", CodeListSpec),
            revision=self.version("mapping", key),
        )

    def contents(self, kind: str) -> dict[str, dict[str, Any]]:
        """Everything of one kind, by key."""
        return {key: one.content or {} for (name, key), one in self._revisions.items() if name == kind}

    def _all(self, kind: str, spec: Any) -> dict[str, Any]:
        return {key: spec.from_content(content) for key, content in self.contents(kind).items()}


def _released(**signal: Any) -> None:
    """A release came into force in this process: the next message asks for it."""
    _in_force.clear()


post_save.connect(_released, sender=InterfaceControl, dispatch_uid="hub.runtime.released")
