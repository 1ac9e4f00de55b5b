"""Messages: search, the trace of one, its payloads, and the acts on one message or delivery."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from governance.errors import NotFound
from hub.console import payloads, words
from hub.console.doors import act, identity, moment, page
from hub.flow import replay_items
from hub.flow.states import DeliveryStatus, MessageStatus
from hub.models import Delivery, Interface, Message
from hub.permissions import (
    check_may_operate,
    interface_for,
    may_operate,
    may_read_payload,
    visible_interfaces,
)
from hub.selectors import messages, obstacles, trace
from hub.services.looks import record_look

PAGE = 50
FILTERS = ("interface", "state", "business_key", "correlation_id", "text", "since", "until")
STATES = (
    *(str(state) for state in MessageStatus),
    *(str(state) for state in (DeliveryStatus.DEAD, DeliveryStatus.IN_DOUBT, DeliveryStatus.RETRY_WAIT)),
    *(str(state) for state in (DeliveryStatus.PENDING, DeliveryStatus.CONFIRMED, DeliveryStatus.CANCELLED)),
)


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """The newest messages that match the query string; ``?open=`` shows one beside the list."""
    filters = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows = messages.search(request.user, **_parsed(filters), before=identity(request.GET.get("before", "")), limit=PAGE)
    shown = {
        "rows": rows,
        "filters": filters,
        "is_filtered": any(filters.values()),
        "problems": _problems(filters),
        "states": [(state, words.state(state).word) for state in STATES],
        "interfaces": visible_interfaces(request.user).order_by("key").values_list("key", "label"),
        "next": rows[-1].id if len(rows) == PAGE else None,
        **_opened(request),
    }
    return render(request, "hub/messages/list.html", shown)


@require_safe
@page
def show(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message in full. That its values were shown is recorded, and the payload that ``?stage=`` opens."""
    message, interface = message_for(request.user, message_id)
    shown = {**_story(request, message, interface), **payloads.tabs(request, message, interface)}
    if shown["may_read"]:
        record_look(
            by=request.user, message_id=message.id, interface_key=interface.key, stage="values", source="console"
        )
    shown["crumbs"] = [("Messages", reverse("messages"))]
    shown["obstacles"] = obstacles.of(message, shown["trace"])
    return render(request, "hub/messages/detail.html", shown)


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
    shown = {
        "title": f"Cancel the delivery to {delivery.route_key}",
        "says": "It is given up for good: nothing more is sent to this target for this message. "
        "Later messages of its key may go.",
        "button": "Cancel this delivery",
    }
    subject = ("delivery", str(delivery_id))
    return _acted(request, "delivery.cancel", delivery.message_id, subject, shown, replay_items.cancel)


def message_for(user: Any, message_id: UUID) -> tuple[Message, Interface]:
    """The message and its interface; NotFound where it is not there as where it is not the user's."""
    message = Message.objects.filter(id=message_id).first()
    if message is None:
        raise NotFound(f"There is no message {message_id}.")
    return message, interface_for(user, message.interface_key)


def delivery_for(user: Any, delivery_id: UUID) -> Delivery:
    """An open delivery that the user may operate."""
    delivery = Delivery.objects.filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound(f"There is no open delivery {delivery_id}.")
    check_may_operate(user, interface_for(user, delivery.interface_key))
    return delivery


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


def _parsed(filters: dict[str, str]) -> dict[str, Any]:
    return {**filters, "since": moment(filters["since"]), "until": moment(filters["until"])}


def _problems(filters: dict[str, str]) -> list[str]:
    """What of the query string could not be understood, in sentences."""
    found = [
        f"“{filters[name]}” is no time; write it as 2026-11-21 08:30."
        for name in ("since", "until")
        if filters[name] and moment(filters[name]) is None
    ]
    if filters["state"] and filters["state"] not in STATES:
        found.append(f"There is no state “{filters['state']}”.")
    return found


def _opened(request: HttpRequest) -> dict[str, Any]:
    """The message that stands open beside the list; nothing where there is none to see."""
    message_id = identity(request.GET.get("open", ""))
    if message_id is None:
        return {}
    return _story(request, *message_for(request.user, message_id), with_values=False)


def _story(request: HttpRequest, message: Message, interface: Interface, *, with_values: bool = True) -> dict[str, Any]:
    may_read = may_read_payload(request.user, interface)
    return {
        "message": message,
        "interface": interface,
        "trace": trace.trace_of(message, may_read=may_read, with_values=with_values),
        "may_read": may_read,
        "may_operate": may_operate(request.user, interface),
    }
