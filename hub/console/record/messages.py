"""Messages: the list with one open beside it, and one message in full with its trace and payloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hub.console.doors import identity, page
from hub.console.listing import answer
from hub.console.record import payloads
from hub.console.record.message_access import message_for
from hub.console.record.message_list import LISTING
from hub.console.record.unmasking import unmasked_until
from hub.models import Interface, Message
from hub.permissions import may_operate, may_read_payload, may_unmask
from hub.selectors.mending import obstacles
from hub.selectors.record import trace
from hub.services.looks import record_look


@require_safe
@page
def index(request: HttpRequest) -> HttpResponseBase:
    """The newest messages that match the query string; ``?open=`` shows one beside the list."""

    def more(rows: Sequence[Any]) -> dict[str, Any]:
        return _opened(request)

    return answer(request, LISTING, "hub/messages/list.html", more)


@require_safe
@page
def show(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message in full. That its values were shown is recorded, and the payload that ``?stage=`` opens."""
    message, interface = message_for(request.user, message_id)
    shown = {**_story(request, message, interface), **payloads.tabs(request, message, interface)}
    if shown["may_read"]:
        stage = "values, masked" if shown["trace"].mask else "values"
        record_look(by=request.user, message_id=message.id, interface_key=interface.key, stage=stage, source="console")
    shown["crumbs"] = [("Messages", reverse("messages"))]
    shown["obstacles"] = obstacles.of(message, shown["trace"])
    return render(request, "hub/messages/detail.html", shown)


def _opened(request: HttpRequest) -> dict[str, Any]:
    """The message that stands open beside the list; nothing where there is none to see."""
    message_id = identity(request.GET.get("open", ""))
    if message_id is None:
        return {}
    return _story(request, *message_for(request.user, message_id), with_values=False)


def _story(request: HttpRequest, message: Message, interface: Interface, *, with_values: bool = True) -> dict[str, Any]:
    may_read = may_read_payload(request.user, interface)
    stage = "difference" if request.GET.get("stage") == "difference" else "values"
    until = unmasked_until(request, message.id, "values") or unmasked_until(request, message.id, stage)
    until = until if may_unmask(request.user, interface) else None  # the right may have gone since
    return {
        "message": message,
        "interface": interface,
        "payload_tabs": payloads.TABS,
        "trace": trace.trace_of(message, may_read=may_read, with_values=with_values, unmasked=bool(until)),
        "unmasked_until": until,
        "may_read": may_read,
        "may_unmask": may_unmask(request.user, interface),
        "may_operate": may_operate(request.user, interface),
    }
