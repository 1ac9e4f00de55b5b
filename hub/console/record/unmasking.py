"""Unmasking: protected values of one stage of one message, for one person, for a few minutes, with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.console.query import check_fields
from governance.errors import NotFound
from hub.console.doors import act, page
from hub.console.record.message_access import message_for
from hub.permissions import check_may_unmask
from hub.selectors.record import trace
from hub.services import looks

LASTS = timedelta(minutes=5)
KEPT = "unmasked"  # in the session: "message/stage" → the moment at which the mask is back
STAGES = {
    "values": "its values with their origin",
    "received": "its content as received",
    "canonical": "its canonical content",
    "sent": "its content as sent",
    "difference": "the difference of its stages",
}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def unmask(request: HttpRequest, message_id: UUID, stage: str) -> HttpResponse:
    """Ask why, record it, and take the mask off this stage for five minutes."""
    message, interface = message_for(request.user, message_id)
    if stage not in STAGES:
        raise NotFound(f"There is no stage {stage!r}.")
    check_may_unmask(request.user, interface)
    key = trace.mask_for(message).key("business_key", message.business_key)
    name, back = key or str(message.id), _back(message_id, stage)

    def do(**given: object) -> None:
        looks.unmask(message_id=message_id, stage=stage, **given)  # type: ignore[arg-type]
        _remember(request, message_id, stage)

    return act(
        request,
        name="payload.unmask",
        subject=("message", str(message_id)),
        do=do,
        done="Unmasked for you for five minutes. It stands in the audit trail with your reason.",
        back=back,
        shown={
            "title": "Unmask this message",
            "says": f"You will see {STAGES[stage]} with values of protected data classes, for five minutes. "
            "Your name, the message, the stage and your reason stay in the audit trail.",
            "button": "Unmask for five minutes",
            "crumbs": [("Messages", reverse("messages")), (name, back)],
        },
    )


@require_http_methods(["POST"])
@page
def mask_again(request: HttpRequest, message_id: UUID, stage: str) -> HttpResponse:
    """Put the mask back before its time."""
    message_for(request.user, message_id)
    check_fields(request)
    kept = dict(request.session.get(KEPT, {}))
    kept.pop(f"{message_id}/{stage}", None)
    request.session[KEPT] = kept
    return redirect(_back(message_id, stage))


def unmasked_until(request: HttpRequest, message_id: UUID, stage: str) -> datetime | None:
    """Until when this session sees the stage without a mask; None where it does not."""
    until = request.session.get(KEPT, {}).get(f"{message_id}/{stage}")
    moment = datetime.fromisoformat(until) if until else None
    return moment if moment and moment > timezone.now() else None


def _remember(request: HttpRequest, message_id: UUID, stage: str) -> None:
    """Beside what is unmasked still; what ran out is forgotten."""
    now = timezone.now()
    kept = {name: at for name, at in request.session.get(KEPT, {}).items() if datetime.fromisoformat(at) > now}
    request.session[KEPT] = {**kept, f"{message_id}/{stage}": (now + LASTS).isoformat()}


def _back(message_id: UUID, stage: str) -> str:
    page_of = reverse("message", args=[message_id])
    return page_of if stage == "values" else f"{page_of}?stage={stage}#payload"
