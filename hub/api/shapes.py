"""The answers of the hub's doors, as they are documented; those of a message are hub/selectors/record/journey.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from governance.api.openapi.shapes import Moment, said
from governance.models import AuditEvent
from hub.models import Drift, Interface, ReplayItem, ReplayPlan
from hub.selectors import documents
from hub.selectors.mending import replays
from hub.selectors.record import veil


@dataclass(frozen=True, slots=True)
class InterfaceLine:
    """An interface with what it runs with and its switch."""

    key: Annotated[str, said("Its name for ever.", "IF-001")]
    label: Annotated[str, said("What people call it.", "Results to quality")]
    source: Annotated[str, said("Key of the system that it reads from.", "lims")]
    mode: Annotated[str, said("push or poll.", "push")]
    owner: Annotated[str, said("Who answers for it.", "Olga Brandt")]
    criticality: Annotated[str, said("low, medium, high or critical.", "high")]
    gxp: Annotated[bool, said("Whether a replay needs a second person.", True)]
    version: Annotated[str, said("Version of the revision in force.", "1.0.0")]
    release: Annotated[int, said("Number of the release that handles messages now.", 3)]
    release_digest: Annotated[str, said("Digest over everything that the release pins.", "sha256:77ab…")]
    paused_at: Moment | None
    paused_by: Annotated[str, said("Who paused it; empty where it runs.", "")]
    paused_because: Annotated[str, said("Why; empty where it runs.", "")]


@dataclass(frozen=True, slots=True)
class Pin:
    """One revision that a release runs with."""

    kind: Annotated[str, said("Kind of the object.", "mapping")]
    key: Annotated[str, said("Its key.", "lims-result")]
    version: Annotated[str, said("Its version.", "1.0.0")]
    digest: Annotated[str, said("Its digest.", "sha256:1f0c…")]


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What the interface's control document says of it, and whether that is what runs."""

    icd: Annotated[str, said("Key of the document.", "ICD-0001")]
    version: Annotated[str, said("Its version in force.", "1.0.0")]
    stage: Annotated[str, said("test or production; production asks for a document.", "production")]
    described: Annotated[bool, said("Whether the document describes this interface.", True)]
    agrees: Annotated[bool, said("Whether it says what runs.", True)]
    missing: Annotated[list[str], said("Parts that production asks for and nobody wrote.", [])]
    closed: Annotated[str, said("Why it takes no records now; empty where it does.", "")]


@dataclass(frozen=True, slots=True)
class InterfaceFull(InterfaceLine):
    """With its content and everything that the release in force pins. The ETag is the digest of its revision."""

    content: dict[str, Any]
    pins: list[Pin]
    document: DocumentState


@dataclass(frozen=True, slots=True)
class DriftLine:
    """A field that arrives and that no rule names."""

    interface: Annotated[str, said("Key of the interface.", "IF-001")]
    path: Annotated[str, said("Where it stands in the record.", "$.colour")]
    count: Annotated[int, said("In how many records.", 12)]
    first_seen_at: Moment
    last_seen_at: Moment
    first_message_id: UUID
    last_message_id: UUID


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A replay plan: a frozen list with a digest."""

    id: UUID
    interface: Annotated[str, said("Key of the interface.", "IF-001")]
    mode: Annotated[str, said("How it is replayed.", "current_release")]
    state: Annotated[str, said("planned, approved, done or refused.", "planned")]
    reason: Annotated[str, said("Why.", "The code was added")]
    release: Annotated[int | None, said("The release that it was frozen for.", 3)]
    size: Annotated[int, said("How many items.", 12)]
    digest: Annotated[str, said("Over everything that decides what will happen.", "sha256:90ab…")]
    planned_by: Annotated[str, said("Who.", "Olga Brandt")]
    planned_at: Moment
    needs_second_person: Annotated[bool, said("Whether somebody else must approve it.", True)]
    approved_by: Annotated[str | None, said("Who approved it.", "Quinn Mbeki")]


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One message or delivery of a plan, in the order of its key."""

    position: int
    message_id: UUID
    delivery_id: UUID | None
    route: Annotated[str, said("Of the delivery; empty where the whole message is meant.", "qms")]
    outcome: Annotated[str, said("What became of it; empty while it waits.", "")]
    sentence: Annotated[str, said("For a person.", "")]


@dataclass(frozen=True, slots=True)
class PlanFull(PlanLine):
    """With its items. The ETag is over digest and state."""

    items: list[PlanItem]


@dataclass(frozen=True, slots=True)
class EventLine:
    """What somebody did, frozen."""

    id: UUID
    kind: Annotated[str, said("Kind of act.", "interface.paused")]
    sentence: Annotated[str, said("In words.", "Olga Brandt paused IF-001.")]
    reason: Annotated[str, said("Why.", "An upgrade of the target")]
    actor: Annotated[str, said("Who, as they were called then.", "Olga Brandt")]
    actor_kind: Annotated[str, said("person, service_account or system.", "person")]
    subject_kind: Annotated[str, said("Of what kind is what was acted on.", "interface")]
    subject: Annotated[str, said("Its key or id.", "IF-001")]
    interface: Annotated[str, said("The interface that it belongs to; empty for others.", "IF-001")]
    correlation_id: Annotated[str, said("Shared by all that one request did.", "trace-77")]
    ticket: Annotated[str, said("The change request, where there was one.", "")]
    source: Annotated[str, said("Through which door.", "api")]
    recorded_at: Moment


def interface_line(interface: Interface) -> InterfaceLine:
    return InterfaceLine(**_interface(interface))


def interface_full(interface: Interface) -> InterfaceFull:
    pins = [Pin(kind, key, version, digest) for kind, key, version, _, digest in interface.control.release.pins]
    held = documents.covered(interface)
    document = DocumentState(
        icd=held.icd,
        version=held.version,
        stage=held.stage,
        described=held.is_described,
        agrees=held.agrees,
        missing=list(held.missing),
        closed=held.closed,
    )
    return InterfaceFull(**_interface(interface), content=interface.content, pins=pins, document=document)


def drift_line(row: Drift) -> DriftLine:
    return DriftLine(
        row.interface_key,
        row.path,
        row.count,
        row.first_seen_at,
        row.last_seen_at,
        row.first_message_id,
        row.last_message_id,
    )


def plan_line(plan: ReplayPlan) -> PlanLine:
    return PlanLine(**_plan(plan))


def plan_full(plan: ReplayPlan, *, may_read: bool) -> PlanFull:
    items = list(plan.items.all())
    routes = replays.routes_of(items)
    return PlanFull(**_plan(plan), items=[_item(item, routes, may_read) for item in items])


def event_line(row: AuditEvent) -> EventLine:
    return EventLine(
        id=row.id,
        kind=row.kind,
        sentence=row.sentence,
        reason=row.reason,
        actor=row.actor["name"],
        actor_kind=row.actor["kind"],
        subject_kind=row.subject_kind,
        subject=row.subject_id,
        interface=row.interface_key,
        correlation_id=row.correlation_id,
        ticket=row.ticket,
        source=row.source,
        recorded_at=row.recorded_at,
    )


def _interface(interface: Interface) -> dict[str, Any]:
    held = interface.control
    return {
        "key": interface.key,
        "label": interface.label,
        "source": interface.source.key,
        "mode": interface.mode,
        "owner": interface.owner,
        "criticality": interface.criticality,
        "gxp": interface.is_gxp,
        "version": interface.version,
        "release": held.release.number,
        "release_digest": held.release.digest,
        "paused_at": held.paused_at,
        "paused_by": held.paused_by,
        "paused_because": held.paused_because,
    }


def _plan(plan: ReplayPlan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "interface": plan.interface_key,
        "mode": plan.mode,
        "state": plan.state,
        "reason": plan.reason,
        "release": plan.release.number if plan.release else None,
        "size": plan.size,
        "digest": plan.digest,
        "planned_by": plan.planned_by["name"],
        "planned_at": plan.planned_at,
        "needs_second_person": plan.needs_second_person,
        "approved_by": plan.approved_by["name"] if plan.approved_by else None,
    }


def _item(item: ReplayItem, routes: Mapping[UUID, str], may_read: bool) -> PlanItem:
    sentence = veil.outcome_of(item, may_read=may_read)
    route = routes.get(item.delivery_id, "") if item.delivery_id else ""
    return PlanItem(item.position, item.message_id, item.delivery_id, route, item.outcome, sentence)
