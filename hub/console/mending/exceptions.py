"""Exceptions: grouped by fingerprint, each group with its members, who looks after it and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from governance.errors import NotFound
from hub.console.doors import act, page
from hub.console.forms import AssignForm, LinkForm, ReasonForm, ReplayForm
from hub.console.listing import answer
from hub.console.mending.exception_list import LISTING, address
from hub.models.replay import ReplayMode
from hub.permissions import check_may_operate, interface_for, may_approve, may_operate, may_read_payload
from hub.selectors.mending import exceptions
from hub.selectors.mending.exceptions import Group
from hub.services import triage


@require_safe
@page
def index(request: HttpRequest) -> HttpResponseBase:
    """Every group; ``?group=`` opens one beside the list."""

    def more(rows: Sequence[Group]) -> dict[str, Any]:
        name = request.GET.get("group", "")
        chosen = exceptions.group(request.user, name) if name else None
        shown = {"total": sum(one.count for one in rows), "gone": name if chosen is None else ""}
        return shown | (_opened(request, chosen) if chosen else {})

    return answer(request, LISTING, "hub/exceptions/list.html", more)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def assign(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """Give the group to a person; an empty name gives it back to nobody."""
    chosen = _chosen(request, fingerprint)
    shown = {
        "title": f"Assign {chosen.count} alike on {chosen.interface_key}",
        "says": f"It is with {chosen.assigned_to or 'nobody'} now. What comes later and looks alike goes to them too.",
        "button": "Assign",
    }
    return _acted(request, chosen, "exceptions.assign", triage.assign, AssignForm, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def link(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """Note under which deviation the quality system works on it."""
    chosen = _chosen(request, fingerprint)
    shown = {
        "title": f"Link {chosen.count} alike on {chosen.interface_key} to a deviation",
        "says": f"It is linked to {chosen.deviation or 'no deviation'} now. The quality system stays the record of it.",
        "button": "Link",
    }
    return _acted(request, chosen, "exceptions.link", triage.link, LinkForm, shown)


def _acted(
    request: HttpRequest, chosen: Group, name: str, do: Any, form: type[ReasonForm], shown: dict[str, Any]
) -> HttpResponse:
    back = address(chosen)
    return act(
        request,
        name=name,
        subject=("exceptions", chosen.fingerprint),
        do=lambda **given: do(fingerprint=chosen.fingerprint, interface_key=chosen.interface_key, **given),
        done="Done. It stands in the audit trail with your reason.",
        back=back,
        shown={**shown, "crumbs": [("Exceptions", back)]},
        form=form,
    )


def _chosen(request: HttpRequest, fingerprint: str) -> Group:
    """A group that the user may work."""
    chosen = exceptions.group(request.user, fingerprint)
    if chosen is None:
        raise NotFound(f"There is no group {fingerprint!r}.")
    check_may_operate(request.user, interface_for(request.user, chosen.interface_key))
    return chosen


def _opened(request: HttpRequest, chosen: Group) -> dict[str, Any]:
    interface = interface_for(request.user, chosen.interface_key)
    items = exceptions.items(chosen, may_read=may_read_payload(request.user, interface))
    has_bytes = exceptions.have_bytes([one.message_id for one in items], exceptions.delivery_ids(chosen))
    mode = ReplayMode.SAME_BYTES if has_bytes else ReplayMode.CURRENT_RELEASE
    form = ReplayForm(initial={"mode": mode})
    form.offer(has_bytes=has_bytes)
    return {
        "chosen": chosen,
        "items": items,
        "limit": exceptions.LONGEST_GROUP,
        "gxp": interface.is_gxp,
        "may_operate": may_operate(request.user, interface),
        "may_decide": may_approve(request.user, interface),
        "why_not": f"You may look at {interface.key}, but not operate it.",
        "form": form,
    }
