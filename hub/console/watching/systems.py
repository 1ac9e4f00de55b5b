"""Systems and their connections; a connection's check says what is wrong with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from governance.console import query
from governance.console.past import in_the_past
from governance.console.query import check_fields
from governance.models import System
from hub.console.doors import page
from hub.console.words import CATEGORIES, CRITICALITIES, LEVELS, SCOPES, YES_NO
from hub.permissions import check_may_check
from hub.selectors import systems
from hub.selectors.trail import audit
from hub.selectors.watching import interfaces
from hub.services import checks

FILTERS = (
    ("category", "Kind", CATEGORIES),
    ("level", "ISA-95 level", LEVELS),
    ("criticality", "Criticality", CRITICALITIES),
    ("gxp", "GxP", YES_NO),
    ("scope", "Scope", SCOPES),
)


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """The register; ``?q=`` and one filter a column narrow it."""
    query.only(request, "q", *(name for name, _, _ in FILTERS))
    text = query.words(request, "q")
    given = {name: query.choice(request, name, dict(choices)) for name, _, choices in FILTERS}
    listed = list(systems.listed(request.user))
    shown = {
        "rows": systems.rows(one for one in listed if _matches(one, given, text.lower())),
        "total": len(listed),
        "text": text,
        "fields": [(name, label, choices, given[name]) for name, label, choices in FILTERS],
        "is_filtered": bool(text or any(given.values())),
    }
    return render(request, "hub/systems/list.html", shown)


@require_safe
@page
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One system: facts, connections with their last check, interfaces, what it owns, its accounts."""
    query.only(request, "as_of")
    system = systems.system_for(request.user, key)
    if (then := in_the_past(request, system)) is not None:
        return then
    mine = list(interfaces.listed(request.user))
    used = systems.uses(system, mine)
    shown = {
        "system": system,
        "connections": systems.connections(request.user, system),
        "interfaces": used,
        "owned": systems.owned(request.user, system),
        "accounts": systems.accounts(request.user, system, used),
        "events": audit.about("system", key, limit=6),
        "crumbs": [("Systems", reverse("systems"))],
    }
    return render(request, "hub/systems/detail.html", shown)


@require_safe
@page
def connection(request: HttpRequest, key: str) -> HttpResponse:
    """A connection stands on the page of its system; ``?as_of=`` shows it alone, as it was."""
    found = systems.connection_for(request.user, key)
    then = in_the_past(request, found)
    return then if then is not None else redirect(_place(found))


@require_POST
@page
def check(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the connection whether it works. Writes nothing there; what it said stands on the page and in the trail."""
    found = systems.connection_for(request.user, key)
    check_may_check(request.user, found)
    check_fields(request)
    checks.check(connection=found, by=request.user)
    return redirect(_place(found))


def _place(found: Any) -> str:
    return f"{reverse('system', args=[found.system.key])}#connection-{found.key}"


def _matches(system: System, given: dict[str, str], text: str) -> bool:
    said = {
        "category": system.category,
        "level": str(system.level),
        "criticality": system.criticality,
        "gxp": "yes" if system.is_gxp else "no",
        "scope": "out" if system.is_excluded else "in",
    }
    words = f"{system.key} {system.label} {system.owner}".lower()
    return text in words and all(value in ("", said[name]) for name, value in given.items())
