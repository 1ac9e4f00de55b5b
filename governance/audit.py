"""Audit events: one sentence template for each kind of act, written in the transaction of the act.

Templates are filled from the facts; higher floors add their own with ``describe`` when they start.
"""

from __future__ import annotations

from typing import Any

from governance.actors import Actor, actor_of
from governance.fingerprint import fingerprint
from governance.guard.context import correlation, current
from governance.guard.transactions import write
from governance.models import AuditEvent, Refusal
from governance.secrecy import without_tokens

TEMPLATES: dict[str, str] = {}


def describe(**templates: str) -> None:
    """Register sentence templates: kind with ``__`` for the dot, for example ``change__released="…"``."""
    for name, template in templates.items():
        kind = name.replace("__", ".")
        if TEMPLATES.get(kind, template) != template:
            raise ValueError(f"The audit event {kind} already has another sentence.")
        TEMPLATES[kind] = template


def record(kind: str, /, *, subject: tuple[str, str], interface: str = "", **facts: Any) -> AuditEvent:
    """Write the event of the open change. ``facts`` are JSON-able and fill the sentence."""
    made = current()
    event = AuditEvent(
        kind=kind,
        sentence=TEMPLATES[kind].format(actor=made.by.name, subject=subject[1], **_in_words(facts)),
        actor=made.by.frozen(),
        actor_id=made.by.id,
        subject_kind=subject[0],
        subject_id=subject[1],
        interface_key=interface,
        change_id=made.id,
        correlation_id=made.correlation_id,
        ticket=made.ticket,
        reason=made.reason,
        facts=facts,
        source=made.source,
        fingerprint=fingerprint(),
    )
    event.save()
    return event


def _in_words(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as the sentence says them: a kind of object without its underscores."""
    return {name: value.replace("_", " ") if name == "kind" else value for name, value in facts.items()}


def record_refusal(
    act: str,
    error: Any,
    *,
    by: Any = None,
    subject: tuple[str, str] = ("", ""),
    digest: str = "",
) -> Refusal:
    """Written by a door after the rollback, on the same connection. ``error`` has sentence, field, value, rule."""
    actor = actor_of(by) if by else Actor("anonymous", "", "Somebody unknown", authenticated_by="nothing")
    refusal = Refusal(
        act=act,
        status=getattr(error, "status", 422),
        sentence=without_tokens(str(getattr(error, "sentence", error)))[:2000],
        actor=actor.frozen(),
        actor_id=actor.id,
        subject_kind=subject[0],
        subject_id=without_tokens(subject[1])[:160],
        field=without_tokens(str(getattr(error, "field", "")))[:200],
        value=without_tokens(str(getattr(error, "value", "")))[:200],
        rule=without_tokens(str(getattr(error, "rule", "")))[:200],
        digest=digest,
        correlation_id=correlation.get(),
    )
    with write():
        refusal.save()
    return refusal


describe(
    change__proposed="{actor} proposed {subject}: {title}.",
    change__submitted="{actor} submitted {subject}: risk {risk}, under {policy}.",
    change__edited="{actor} edited the {kind} {key} in {subject}.",
    change__dropped="{actor} took the {kind} {key} out of {subject}.",
    change__emergency="{actor} declared {subject} an emergency.",
    change__withdrawn="{actor} withdrew {subject}; it is a draft again.",
    change__cancelled="{actor} cancelled {subject}.",
    change__held="{actor} put {subject} on hold.",
    change__resumed="{actor} took {subject} off hold.",
    change__dispositioned="{actor} said what {subject} means for the {kind} {key}: {verdict}.",
    change__planned="{actor} planned {subject}.",
    change__approved="{subject} is approved by the signatures that its policies ask for.",
    change__rejected="{actor} rejected {subject}.",
    change__implemented="{actor} recorded the implementation of {subject}.",
    change__ready="{actor} found {subject} ready for release.",
    change__stopped="{subject} was stopped: {because}",
    change__ordered="{actor} signed the release of {subject} for {at}.",
    change__verified="{actor} verified {subject}.",
    change__closed="{actor} closed {subject}.",
    change__rolled_back="{subject} was rolled back by {rollback}.",
    change__retrospect="{subject} has its retrospective approval.",
    change__released="{actor} released {subject} with {count} change(s).",
    revision__released="The {kind} {subject} is in force as {version} ({change_kind} change).",
    revision__retired="The {kind} {subject} was retired with {version}.",
    person__enrolled="{actor} enrolled {subject} as {roles}.",
    service_account__created="{actor} created the service account {subject} for {system}.",
    service_token__issued="{actor} issued a token for {subject}, valid until {expires}.",
    service_token__shortened="An earlier token of {subject} ends on {expires}.",
    service_token__revoked="{actor} revoked a token of {subject}.",
    session__opened="{actor} signed in.",
    session__closed="{actor} signed out.",
)
