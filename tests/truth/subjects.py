"""What ``<name>`` in the truth table stands for: one of everything that can be looked at or acted on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone

from governance.actors import DEMONSTRATION
from governance.changes import Operation
from governance.changes.propose import draft
from governance.guard.transactions import write
from governance.models import AuditEvent, ChangeRequest, ForeignRecord, PersonSession, ServiceToken
from governance.review import queue, writing
from governance.services import signing_suspension
from governance.signing.demonstration import sign_as
from hub.flow.replaying import replay
from hub.flow.work import drain
from hub.models import Delivery
from hub.selectors.mending import exceptions
from hub.services import decisions, views
from tests.factories.world import connection, element, icd, release, sample, to_canonical
from tests.integration.test_intake import post

TERM = {"key": "lims_glu", "system": "lims", "term": "GLU", "element": "glucose", "relation": "same"}
# Nothing refers to these, so that they can be retired; no interface touches them, but two are about a known entity.
SPARE: list[tuple[str, dict[str, Any]]] = [
    ("local_term", TERM),
    ("system", {"key": "spare", "label": "Spare", "category": "erp", "owner": "Finance", "level": 4, "gxp": False}),
    ("code_list", {"key": "spare", "label": "Spare", "codes": {"a": {"label": "First"}}}),
    ("element", element("spare", "text", max_length=40)),
    ("entity", {"key": "spare", "label": "Spare", "business_key": ["lot"], "fields": [
        {"name": "lot", "element": "lot", "required": True}]}),
    ("icd", icd(key="ICD-0009", label="Spare")),
    ("icd", {name: part for name, part in icd(key="ICD-0008", label="About no entity").items() if name != "entity"}),
    ("mapping", to_canonical(key="spare", label="Spare")),
    ("connection", connection("https://spare.example") | {"key": "spare", "label": "Spare"}),
]  # fmt: skip


def make_subjects(world: SimpleNamespace) -> dict[str, str]:
    """Name in the table → id, key or number."""
    return _traffic(world) | _governed(world) | _of_otto(world)


def _traffic(world: SimpleNamespace) -> dict[str, str]:
    """Messages in every state, two doubts, a plan, a group of exceptions."""
    client, otto, target = Client(), world.people["otto"], world.target

    def send(number: int, **more: Any) -> UUID:
        return UUID(post(client, world, sample(number, lot=f"L-{number}", **more)).json()["id"])

    target.status_for["S-2"] = 422
    delivered, held, unknown = send(1), send(3, verdict="MAYBE"), send(6, verdict="MAYBE")
    send(2)
    drain()
    doubts = []
    for number in (4, 5):
        target.drop_next = 1
        doubts.append(send(number))
        drain()
    doubtful, said = (Delivery.objects.get(message_id=one).id for one in doubts)
    proposal = decisions.propose(
        delivery_id=said, decision="cancel", external_id="", by=otto, reason="It does not stand there"
    )
    plan = replay.plan(message_ids=[held], mode="current_release", by=otto, reason="The code is known now")
    signed = replay.plan(message_ids=[unknown], mode="current_release", by=otto, reason="The code is known now")
    signature = sign_as(subject=("replay", str(signed.id)), meaning="approved", person=world.people["approver"])
    found = {"delivered": delivered, "held": held, "doubtful": doubtful, "said": said}
    found |= {"signature": signature.id, "intent": signature.intent_id}
    found |= {"dead": Delivery.objects.get(state="dead").id, "proposal": proposal.id, "plan": plan.id}
    return {name: str(one) for name, one in found.items()} | {"group": exceptions.groups(otto)[0].fingerprint}


def _governed(world: SimpleNamespace) -> dict[str, str]:
    """``change`` made all that IF-001 touches, ``foreign`` the interface that nobody was given."""
    touching = {kind: ChangeRequest.objects.get(operations__kind=kind, operations__key=key).number
                for kind, key in (("element", "glucose"), ("interface", "IF-002"))}  # fmt: skip
    events = AuditEvent.objects.order_by("-id")
    return {
        "change": touching["element"],
        "drafted": _draft(world).number,
        "judged": _judged().number,
        "foreign": touching["interface"],
        "event": str(events.filter(interface_key="IF-001")[0].id),
        "enrolment": str(events.filter(kind="person.enrolled", subject_id="tilda")[0].id),
        "token": str(ServiceToken.objects.get(account=world.account).id),
    }


def _draft(world: SimpleNamespace) -> ChangeRequest:
    """Of the engineer, who has not submitted it."""
    changed = element("lot", "text", max_length=60)
    return draft(
        operations=[Operation("element", "lot", changed)],
        title="Longer lots",
        by=world.people["engineer"],
        reason="Lots of Lyon are longer",
    )


def _judged() -> ChangeRequest:
    """A change of a list, which reaches the element that takes its codes; it is in force."""
    hues = {"key": "hue", "label": "Hue", "codes": {"red": {"label": "Red"}}}
    release(("code_list", hues), ("element", element("shade", "code", code_list="hue")))
    release(("code_list", hues | {"label": "Hue of a lot"}))
    return ChangeRequest.objects.filter(operations__key="hue").latest("proposed_at")


def _of_otto(world: SimpleNamespace) -> dict[str, str]:
    """What is one person's own."""
    otto, now = world.people["otto"], timezone.now()
    session = PersonSession.objects.create(
        person=otto,
        session_key="of-otto",
        device="Elsewhere",
        authenticated_by="password",
        opened_at=now,
        seen_at=now,
    )
    signing_suspension.suspend(person=world.people["tilda"], by=DEMONSTRATION, reason="The truth table asks for it")
    view = views.save(listing="messages", name="Mine", query="", role="", by=otto)
    with write():
        record = ForeignRecord(
            package="",
            digest="sha256:0",
            origin="elsewhere",
            subject_kind="change",
            subject_id="1",
            subject_version="1",
            title="Of elsewhere",
            imported_by={"name": "Otto"},
            imported_at=now,
        )
        record.save()
    return _review(world) | {"record": str(record.id), "session": str(session.id), "view": str(view.id)}


def _review(world: SimpleNamespace) -> dict[str, str]:
    """What the auditor wrote about one finding, without having signed it."""
    since, until = AuditEvent.objects.order_by("id")[0].recorded_at, timezone.now()
    first = queue.open_findings(since, until)[0].key
    by, said = world.people["auditor"], "I looked at the first of them"
    return {"review": str(writing.write(keys=[first], since=since, until=until, by=by, conclusion=said).id)}
