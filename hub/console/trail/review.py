"""Review of the audit trail by exception: the queue of a period, worst first, and reviews that closed parts of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from governance.console import places, query
from governance.console.doors import record
from governance.console.query import BadQuery, check_fields
from governance.errors import NotAllowed, NotFound, Refused
from governance.models import AuditReview
from governance.permissions import check_right
from governance.review import queue, rules, writing
from governance.review.closing import MEANING
from governance.signing import manifestation
from governance.signing.judge import why_not
from hub.console.doors import page
from hub.selectors.story.records import may_read

PERIOD = timedelta(days=7)
LONGEST = timedelta(days=366)
SHOWN = 200


@dataclass(frozen=True)
class Period:
    """What the page shows: from and until, in UTC, and one rule or all ("")."""

    since: datetime
    until: datetime
    rule: str

    @property
    def texts(self) -> dict[str, str]:
        return {"since": f"{self.since:%Y-%m-%d %H:%M}", "until": f"{self.until:%Y-%m-%d %H:%M:%S.%f}"}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def index(request: HttpRequest) -> HttpResponse:
    """The queue; a POST writes a review of what was chosen, and leads to its signing."""
    check_right(request.user, "governance.view_auditevent", "Only who may read the whole audit trail sees its review.")
    if request.method == "POST":
        return _written(request)
    return _queue(request, _period(request, request.GET))


@require_safe
@page
def show(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """One review: its findings, its conclusion, its signature or the way to it."""
    check_right(request.user, "governance.view_auditevent", "Only who may read the whole audit trail sees its review.")
    query.only(request)
    found = AuditReview.objects.filter(id=review_id).first()
    if found is None:
        raise NotFound(f"There is no review {review_id}.")
    pages = _Pages(request.user)
    about = (queue.KIND, str(found.id))
    shown = {
        "review": found,
        "items": [{**item, "label": rules.label_of(item["rule"]), "page": pages.of(item)} for item in found.items],
        "is_closed": queue.is_closed(found),
        "signatures": manifestation.rows_of(*about),
        "why_not": why_not(about, MEANING, request.user),
        "sign": reverse("sign", args=[*about, MEANING]),
        "crumbs": [("Audit trail", reverse("audit")), ("Review", reverse("review"))],
    }
    return render(request, "hub/review/detail.html", shown)


def _written(request: HttpRequest) -> HttpResponse:
    check_fields(request, "finding", "since", "until", "conclusion")
    period = _period(request, request.POST)
    conclusion = request.POST.get("conclusion", "")
    try:
        made = writing.write(
            keys=set(request.POST.getlist("finding")),
            since=period.since,
            until=period.until,
            by=request.user,
            conclusion=conclusion,
        )
    except NotAllowed as refused:
        if refused.field != "finding":
            raise
        return _refused(request, period, refused)
    except Refused as refused:
        return _refused(request, period, refused)
    return redirect("sign", queue.KIND, str(made.id), MEANING)


def _refused(request: HttpRequest, period: Period, refused: Refused) -> HttpResponse:
    record(request, "review.write", refused, {})
    return _queue(request, period, refused=refused, status=refused.status)


def _queue(request: HttpRequest, period: Period, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    try:
        found = queue.findings(period.since, period.until, most=queue.MOST)
    except Refused as many:
        raise BadQuery(many.sentence, field=many.field, value=many.value, rule=many.rule) from None
    closed = queue.closed_by(period.since)
    waiting = [one for one in found if one.key not in closed and period.rule in ("", one.rule)]
    pages = _Pages(request.user)
    may_review = request.user.has_perm("governance.review_trail")
    shown = {
        "lines": [_line(request.user, one, pages.of(one.frozen())) for one in waiting[:SHOWN]],
        "waiting": len(waiting),
        "most": SHOWN,
        "period": period.texts,
        "rule": period.rule,
        "rules": rules.each(),
        "coverage": queue.coverage(period.since, period.until, found),
        "reviews": _reviews(),
        "refused": refused,
        "conclusion": request.POST.get("conclusion", ""),
        "chosen": request.POST.getlist("finding"),
        "why_not": "" if may_review else "You may look at the review, but not write one.",
        "crumbs": [("Audit trail", reverse("audit"))],
    }
    return render(request, "hub/review/queue.html", shown, status=status)


class _Pages:
    """Where the evidence of findings stands: the event, or the story of the record, as far as the user may read it."""

    def __init__(self, user: Any) -> None:
        self._user, self._asked = user, dict[tuple[str, str], str]()

    def of(self, item: Mapping[str, Any]) -> str:
        """The address of a frozen finding's evidence; "" where there is none for this user."""
        name, filters = item.get("listed") or ("", {})  # those of an earlier build have none
        if name:
            return f"{reverse(name)}?{urlencode(filters)}"
        if item["event"]:
            return reverse("audit-event", args=[item["event"]])
        kind, key = item.get("record") or ("", "")
        if (kind, key) not in self._asked:
            is_there = bool(kind) and may_read(self._user, kind, key, places.visible)
            self._asked[kind, key] = reverse("story", args=[kind, key]) if is_there else ""
        return self._asked[kind, key]


def _line(user: Any, one: Any, page: str) -> dict[str, Any]:
    own = one.actor_id == str(user.pk)
    tone = "bad" if one.score >= 80 else "warn" if one.score >= 50 else "mute"
    return {"finding": one, "label": rules.label_of(one.rule), "page": page, "is_own": own, "tone": tone}


def _reviews() -> list[tuple[AuditReview, bool]]:
    newest = list(AuditReview.objects.order_by("-id")[:20])
    signed = queue.signed(newest)
    return [(one, one.id in signed) for one in newest]


def _period(request: HttpRequest, given: Any) -> Period:
    query.only(request, "since", "until", "rule")
    now = timezone.now()
    until = _moment(given, "until", now)
    since = _moment(given, "since", until - PERIOD)
    if not since < until <= now:
        raise BadQuery("The period must end after it begins, and not in the future.", field="since")
    if until - since > LONGEST:
        raise BadQuery("A period is at most 366 days.", field="since")
    return Period(since, until, query.choice(request, "rule", [one.name for one in rules.each()]))


def _moment(given: Any, name: str, otherwise: datetime) -> datetime:
    text = given.get(name, "").strip()
    found = query.moment(text) if text else otherwise
    if found is None:
        raise BadQuery(f"{name} is “{text[:40]}”, which is no time; write it as 2026-11-21 08:30.", field=name)
    return found
