"""Acts on one message or delivery: reject what is in quarantine, give up what is dead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hub.console.doors import act, page
from hub.console.record.message_access import delivery_for, message_for
from hub.flow.replaying import replay_items
from hub.permissions import check_may_operate, interface_for


@require_http_methods(["GET", "HEAD", "POST"])
@page
def reject(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Close a quarantined message for good."""
    _, interface = message_for(request.user, message_id)
    check_may_operate(request.user, interface)
    shown = {
        "title": "Reject this message",
        "says": "It leaves quarantine for good and will not be delivered. Later messages of its key may go.",
        "button": "Reject this message",
    }
    return _acted(request, "message.reject", message_id, ("message", str(message_id)), shown, replay_items.reject)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def cancel(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Give up a dead delivery."""
    delivery = delivery_for(request.user, delivery_id)
    check_may_operate(request.user, interface_for(request.user, delivery.interface_key))
    shown = {
        "title": f"Cancel the delivery to {delivery.route_key}",
        "says": "It is given up for good: nothing more is sent to this target for this message. "
        "Later messages of its key may go.",
        "button": "Cancel this delivery",
    }
    subject = ("delivery", str(delivery_id))
    return _acted(request, "delivery.cancel", delivery.message_id, subject, shown, replay_items.cancel)


def _acted(
    request: HttpRequest,
    name: str,
    message_id: UUID,
    subject: tuple[str, str],
    shown: dict[str, Any],
    do: Any,
) -> HttpResponse:
    back = reverse("message", args=[message_id])
    return act(
        request,
        name=name,
        subject=subject,
        do=lambda **given: do(**{f"{subject[0]}_id": UUID(subject[1])}, **given),
        done="Done. It stands in the audit trail with your reason.",
        back=back,
        shown={**shown, "crumbs": [("Messages", reverse("messages")), (str(message_id)[:8], back)]},
    )
