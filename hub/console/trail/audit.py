"""The audit trail: a list that can be asked, and one event with what it did to governed rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.errors import NotFound
from governance.models import AuditEvent
from governance.selectors import proof
from hub.console.doors import page
from hub.console.listing import Column, Listing, answer, choice, identity, interfaces, moment, opened, text
from hub.console.trail import audit_words
from hub.selectors.story import records
from hub.selectors.trail import act_rows, audit


def _rows(user: Any, values: dict[str, Any], before: Any, limit: int) -> list[AuditEvent]:
    rows = list(audit.events(user, **values, before=before)[:limit])
    proofs = proof.of_events(rows)
    for row in rows:
        row.proof = proofs[row.id]  # type: ignore[attr-defined]
    return rows


def _count(user: Any, values: dict[str, Any], most: int) -> int:
    return audit.events(user, **values).order_by()[:most].count()


def _kinds(user: Any) -> list[tuple[str, str]]:
    return sorted(((name, audit_words.kind(name)) for name in audit.kinds(user)), key=lambda one: one[1])


def _line_of(row: Any) -> str:
    return f"Ledger line {row.proof.number}" if row.proof.number else ""


def _event_page(row: AuditEvent) -> str:
    return reverse("audit-event", args=[row.id])


LISTING = opened(
    Listing(
        name="audit",
        title="Audit trail",
        url="audit",
        filters=(
            text("text", "Words", hint="In sentence or reason"),
            text("actor", "Who", hint="Name"),
            choice("kind", "Kind of act", _kinds),
            interfaces(),
            text("subject", "About", hint="Key or id"),
            moment("since", "From (UTC)"),
            moment("until", "Until (UTC)", hint="2026-11-21 18:00"),
            text("correlation_id", "Correlation id", is_minor=True),
            identity("act", "Act id", is_minor=True),
        ),
        columns=(
            Column("at", "When (UTC)", lambda row: row.recorded_at, "moment", url=_event_page, order="id"),
            Column("what", "What", lambda row: row.sentence, "wide"),
            Column("why", "Why", lambda row: row.reason, "wide"),
            Column(
                "who", "Who", lambda row: row.actor["name"], under=lambda row: ", ".join(row.actor.get("roles", ()))
            ),
            Column("kind", "Kind of act", lambda row: audit_words.kind(row.kind), order="kind"),
            Column("interface", "Interface", lambda row: row.interface_key, "mono", order="interface_key"),
            Column("evidence", "Evidence", lambda row: row.proof.word, under=lambda row: _line_of(row)),
            Column("ticket", "Ticket", lambda row: row.ticket, is_on_page=False),
            Column("subject_kind", "Subject", lambda row: audit_words.subject(row.subject_kind), is_on_page=False),
            Column("subject", "Subject id", lambda row: row.subject_id, is_on_page=False),
            Column("act", "Act id", lambda row: row.change_id, is_on_page=False),
            Column("correlation_id", "Correlation id", lambda row: row.correlation_id, is_on_page=False),
            Column("source", "Door", lambda row: row.source, is_on_page=False),
            Column("fingerprint", "Fingerprint of the system", lambda row: row.fingerprint, is_on_page=False),
            Column("ledger_line", "Ledger line", lambda row: row.proof.number, is_on_page=False),
            Column("checkpoint", "Checkpoint", lambda row: row.proof.checkpoint, is_on_page=False),
            Column("id", "Id", lambda row: row.id, is_on_page=False),
        ),
        rows=_rows,
        count=_count,
    )
)


@require_safe
@page
def index(request: HttpRequest) -> HttpResponseBase:
    """Newest first, by who, what, kind, interface and time."""
    return answer(request, LISTING, "hub/audit/list.html")


@require_safe
@page
def show(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """One event: who, why, the facts, and what it did to governed rows; what one may not read does not exist."""
    event = audit.readable(request.user).filter(id=event_id).first()
    if event is None:
        raise NotFound(f"There is no event {event_id}.")
    same = (
        audit.readable(request.user).filter(change_id=event.change_id).exclude(id=event.id) if event.change_id else ()
    )
    shown = {
        "event": event,
        "kind": audit_words.kind(event.kind),
        "subject": audit_words.subject(event.subject_kind),
        "subject_page": audit_words.page_of(event.subject_kind, event.subject_id),
        "has_story": event.subject_id and event.subject_kind in records.names(),
        "interface_page": audit_words.page_of("interface", event.interface_key),
        "facts": sorted(event.facts.items()),
        "proof": proof.of_events([event])[event.id],
        "touched": act_rows.touched(event, may_see_all=request.user.has_perm("governance.view_auditevent")),
        "most": act_rows.MOST,
        "same_act": list(same[:20]),
        "crumbs": [("Audit trail", reverse("audit"))],
    }
    return render(request, "hub/audit/detail.html", shown)
