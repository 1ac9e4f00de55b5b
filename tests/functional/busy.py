"""A world in which something has happened: deliveries, dead letters, quarantine, doubt, a pause, a day."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.guard.transactions import write
from governance.ids import floor_of
from hub.flow import control
from hub.flow.intake.incoming import Envelope, from_push
from hub.flow.intake.receive import receive
from hub.flow.runtime import in_force
from hub.flow.work import drain
from hub.models import ClosedDelivery, InterfaceRelease
from hub.services.grants import allow_role
from tests.factories.world import REASON, connection, element, icd, interface, release, sample

LAB, COMPLAINTS, ORDERS, AIR, QUIET = "IF-001", "IF-002", "IF-003", "IF-004", "IF-005"
RIGHTS = {
    "view_interface": ("operator", "reviewer", "quality approver", "auditor"),
    "operate_interface": ("operator", "quality approver"),
    "read_payload": ("operator", "quality approver"),
}


def system(key: str, label: str, category: str, level: int, **more: Any) -> tuple[str, dict[str, Any]]:
    content = {
        "key": key,
        "label": label,
        "category": category,
        "owner": "Site owner",
        "level": level,
        "gxp": True,
    }
    return "system", {**content, **more}


def contents(target_url: str) -> list[tuple[str, dict[str, Any]]]:
    """What stands beside the small world: more systems, a target that cannot be asked, a local term."""
    plain = {"mapping": "lims-result", "gxp": False, "owner": "Rick Sato"}
    to_qms = {"key": "qms", "connection": "qms-rest", "sink": "results", "mapping": "qms-result"}
    to_stock = {"key": "stock", "connection": "erp-rest", "sink": "results"}
    told_later = {**to_qms, "after": ["stock"]}
    return [
        system("erp", "Enterprise planning", "erp", 4, owner="Finance"),
        system("crm", "Complaint desk", "crm", 4, owner="Customer care"),
        system("air", "Environmental monitoring", "instrument", 1),
        system("mes", "Packaging lines", "mes", 3),
        system(
            "old",
            "Old archive",
            "other",
            4,
            gxp=False,
            excluded_because="Read-only since 2019; retired in spring.",
        ),
        ("element", element("yield_loss", "decimal", digits=3, definition="Share of a batch that is lost.")),
        (
            "local_term",
            {
                "key": "mes_defect",
                "system": "mes",
                "term": "defect",
                "element": "verdict",
                "relation": "narrower",
                "context": "packaging line",
            },
        ),
        ("connection", {**connection(target_url, idempotency_header=""), "key": "erp-rest", "system": "erp"}),
        ("icd", icd(key="ICD-0002", label="Free order", ordering_key="", order_policy="none")),
        (
            "interface",
            interface(
                key=COMPLAINTS,
                label="Complaints to quality",
                source=push("crm"),
                icd="ICD-0002",
                routes=[to_qms],
                **plain,
            ),
        ),
        (
            "interface",
            interface(
                key=ORDERS,
                label="Blocked lots to planning",
                source=push("mes"),
                icd="ICD-0002",
                routes=[to_stock, told_later],
                **plain,
            ),
        ),
        (
            "interface",
            interface(
                key=AIR,
                label="Excursion alarms",
                source=push("air"),
                icd="ICD-0002",
                routes=[to_qms],
                **plain,
            ),
        ),
        (
            "interface",
            interface(
                key=QUIET,
                label="Yearly calibration",
                source=push("erp"),
                icd="ICD-0002",
                routes=[to_qms],
                **plain,
            ),
        ),
    ]


def push(system: str) -> dict[str, str]:
    return {"system": system, "mode": "push"}


def make_busy(world: SimpleNamespace) -> SimpleNamespace:
    """Run messages of every fate through the real flow, and remember one of each."""
    release(*contents(world.target.url))
    _give_rights()
    keep_a_day(LAB, 420)
    keep_a_day(COMPLAINTS, 160)
    keep_a_day(ORDERS, 60)
    found = SimpleNamespace(**vars(world))
    found.delivered = send(LAB, sample(1, lot="24-1187"), sample(2, lot="24-1180", operator="K. Lee"))[0]
    drain()
    world.target.status_for = {"S-11": 422, "S-12": 422, "C-7": 422}
    found.dead = send(LAB, sample(11, lot="24-1190"), sample(12, lot="24-1191"))[0]
    found.quarantined = send(LAB, *[sample(20 + i, lot=f"24-12{i:02}", verdict="MAYBE") for i in range(3)])[0]
    wrong = sample(30, lot="24-1300", glucose={"value": "90", "unit": "furlong"}, at="soon")
    found.twice_wrong = send(LAB, wrong)[0]
    send(COMPLAINTS, {**sample(0), "sample": "C-7", "lot": "24-1187"}, {**sample(0), "sample": "C-8"})
    drain()
    send(ORDERS, {**sample(0), "sample": "B-1", "lot": "24-1187"})
    drain()
    found.doubtful = _doubtful(world)
    send(AIR, {**sample(0), "sample": "E-1"})
    control.pause(interface_key=AIR, by=world.cast.olga, reason="Sensors are being calibrated until noon.")
    return found


def send(interface_key: str, *documents: dict[str, Any]) -> list[UUID]:
    """Accept these as if their system had pushed them."""
    running = in_force(interface_key)
    actor = DEMONSTRATION
    envelope = Envelope(event_type=f"{running.content['source']['system']}.record.v1")
    items = [from_push(running, one, json.dumps(one).encode(), envelope, actor) for one in documents]
    return [one.message_id for one in receive(items)]


def _doubtful(world: SimpleNamespace) -> UUID:
    """A target that can neither recognise a repeat nor be asked drops its answer."""
    message = send(ORDERS, {**sample(0), "sample": "B-2", "lot": "24-1190"})[0]
    world.target.drop_next = 1
    drain()
    return message


def _give_rights() -> None:
    for key in (COMPLAINTS, ORDERS, AIR):
        for right, roles in RIGHTS.items():
            for role in roles:
                allow_role(role=role, permission=right, interface_key=key, by=DEMONSTRATION, reason=REASON)
    allow_role(role="operator", permission="view_interface", interface_key=QUIET, by=DEMONSTRATION, reason=REASON)


def keep_a_day(interface_key: str, size: int, *, over: str = "qms-rest") -> None:
    """Deliveries of the last day, more of them at noon, as the tables keep them."""
    chance = random.Random(interface_key)
    now, released = (
        timezone.now(),
        InterfaceRelease.objects.filter(interface_key=interface_key).latest("number"),
    )
    rows = []
    for _ in range(size):
        accepted = now - timedelta(hours=abs(chance.gauss(11, 6)) % 23, seconds=chance.random() * 3600)
        row_id, message_id = (UUID(int=floor_of(accepted).int | chance.getrandbits(74)) for _ in range(2))
        rows.append(
            ClosedDelivery(
                id=row_id,
                message_id=message_id,
                interface_key=interface_key,
                route_key="qms",
                connection_key=over,
                release_id=released.id,
                idempotency_key=str(row_id),
                state="confirmed",
                attempts=1 + (chance.random() < 0.03),
                created_at=accepted,
                closed_at=accepted + timedelta(milliseconds=chance.lognormvariate(5.4, 0.6)),
            )
        )
    with write():
        ClosedDelivery.objects.bulk_create(rows)
