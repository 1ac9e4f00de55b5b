"""Refusals: what was refused at the doors, to whom, and by which rule."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from governance.models import Refusal
from hub.console.doors import page
from hub.console.listing import Column, Listing, answer, choice, moment, opened, text
from hub.console.trail import audit_words
from hub.selectors.trail import refusals

STATUSES = {
    400: "Not understood",
    401: "Not signed in",
    403: "No right",
    404: "Does not exist for them",
    409: "Contradicts what is there",
    413: "Too large",
    415: "Wrong kind of content",
    422: "Breaks a rule",
    429: "Too many at once",
}


def _rows(user: Any, values: dict[str, Any], before: Any, limit: int) -> list[Refusal]:
    return list(refusals.refusals(user, **values, before=before)[:limit])


def _count(user: Any, values: dict[str, Any], most: int) -> int:
    return refusals.refusals(user, **values).order_by()[:most].count()


def _acts(user: Any) -> list[tuple[str, str]]:
    return [(name, audit_words.kind(name)) for name in refusals.acts(user)]


def _statuses(user: Any) -> list[tuple[str, str]]:
    return [(str(one), _status(one)) for one in refusals.statuses(user)]


def _status(status: int) -> str:
    return f"{status} {STATUSES.get(status, '')}".strip()


def _about(row: Refusal) -> str:
    return f"{audit_words.subject(row.subject_kind)} {row.subject_id}".strip()


LISTING = opened(
    Listing(
        name="refusals",
        title="Refusals",
        url="refusals",
        filters=(
            text("text", "Words", hint="In sentence or rule"),
            text("actor", "Who", hint="Name"),
            choice("act", "Act", _acts),
            choice("status", "Answer", _statuses),
            text("subject", "About", hint="Key or id"),
            moment("since", "From (UTC)"),
            moment("until", "Until (UTC)", hint="2026-11-21 18:00"),
        ),
        columns=(
            Column("at", "When (UTC)", lambda row: row.recorded_at, "moment", order="id"),
            Column("act", "Act", lambda row: audit_words.kind(row.act), under=_about, order="act"),
            Column("why", "Why it was refused", lambda row: row.sentence, "wide"),
            Column("who", "Who", lambda row: row.actor["name"]),
            Column("answer", "Answer", lambda row: _status(row.status), order="status"),
            Column("field", "Field", lambda row: row.field, "mono", under=lambda row: row.rule),
            Column("about", "About", _about, is_on_page=False),
            Column("rule", "Rule", lambda row: row.rule, is_on_page=False),
            Column("digest", "Digest of the content", lambda row: row.digest, is_on_page=False),
            Column("correlation_id", "Correlation id", lambda row: row.correlation_id, is_on_page=False),
            Column("id", "Id", lambda row: row.id, is_on_page=False),
        ),
        rows=_rows,
        count=_count,
    )
)


@require_safe
@page
def index(request: HttpRequest) -> HttpResponseBase:
    """Newest first. Values are not shown: what was refused may have been a secret in the wrong field."""
    return answer(request, LISTING, "hub/refusals/list.html")
