"""The lists that numbers lead to: deliveries and failed tries, filtered exactly as the number was counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.console import query
from governance.permissions import visible_systems
from hub.console.doors import identity, moment, page
from hub.permissions import visible_interfaces
from hub.selectors.watching import behind
from hub.selectors.watching.behind import Found, Window

STATES = (("", "Delivered"), ("waiting", "Waiting for the hub"))
ORDERS = (("", "Newest first"), ("slowest", "Slowest first"))


@require_safe
@page
def deliveries(request: HttpRequest) -> HttpResponse:
    """Delivered in the last day (``?since=``, ``?until=``, ``?order=slowest``), or waiting now or ``?at=`` a time."""
    query.only(request, "interface", "system", "state", "since", "until", "at", "order", "before")
    state, order = query.choice(request, "state", dict(STATES)), query.choice(request, "order", dict(ORDERS))
    window, at = _window(request), _moment(request, "at")
    before = _identity(request)
    if state == "waiting":
        found = behind.waiting(request.user, window, at=at, before=before)
    elif order == "slowest":
        found = behind.slowest(request.user, window)
    else:
        found = behind.arrived(request.user, window, before=before)
    fields = [("state", "What", STATES, state), ("order", "Order", ORDERS, order)]
    shown = {"is_waiting": state == "waiting", "at": at, "order": order}
    return render(request, "hub/deliveries/list.html", _shown(request, found, window, fields) | shown)


@require_safe
@page
def tries(request: HttpRequest) -> HttpResponse:
    """Tries of the last day that did not succeed."""
    query.only(request, "interface", "since", "until", "before")
    window = _window(request)
    found = behind.failed_tries(request.user, window, before=_identity(request))
    return render(request, "hub/deliveries/tries.html", _shown(request, found, window, []))


def _shown(request: HttpRequest, found: Found, window: Window, fields: list[Any]) -> dict[str, Any]:
    names = [("", "All"), *((key, key) for key in _interfaces(request))]
    return {
        "found": found,
        "window": window,
        "fields": [("interface", "Interface", names, window.interface), *fields],
        "kept": [(name, request.GET[name]) for name in ("system", "since", "until", "at") if request.GET.get(name)],
        "is_filtered": bool(request.GET),
        "crumbs": [("Overview", reverse("overview"))],
    }


def _interfaces(request: HttpRequest) -> list[str]:
    return list(visible_interfaces(request.user).order_by("key").values_list("key", flat=True))


def _window(request: HttpRequest) -> Window:
    interface = query.choice(request, "interface", _interfaces(request)) if "interface" in request.GET else ""
    system = query.choice(request, "system", _systems(request)) if "system" in request.GET else ""
    return Window(interface, system, _moment(request, "since"), _moment(request, "until"))


def _systems(request: HttpRequest) -> list[str]:
    return list(visible_systems(request.user).order_by("key").values_list("key", flat=True))


def _moment(request: HttpRequest, name: str) -> datetime | None:
    text = query.words(request, name)
    found = moment(text) if text else None
    if text and found is None:
        raise query.BadQuery(
            f"The filter “{name}” cannot be “{text[:60]}”. It takes a time such as 2026-11-21T14:00 (UTC).",
            field=name,
            value=text[:60],
            rule="a time",
        )
    return found


def _identity(request: HttpRequest) -> Any:
    text = query.words(request, "before")
    found = identity(text) if text else None
    if text and found is None:
        raise query.BadQuery(
            f"The filter “before” cannot be “{text[:60]}”. It takes the id of a row.", field="before", value=text[:60]
        )
    return found
